//! What rules ask of the facts.

use super::{Column, Facts, Function, PUBLIC, Policy, Relation};
use crate::base::{Ident, ObjectRef};

/// A command that policies are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::advise) enum Command {
    Select,
    Insert,
    Update,
    Delete,
}

impl Command {
    pub(in crate::advise) const ALL: [Self; 4] = [Self::Select, Self::Insert, Self::Update, Self::Delete];

    pub(in crate::advise) fn name(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }
}

impl Relation {
    pub(in crate::advise) fn is_table(&self) -> bool {
        matches!(self.kind, 'r' | 'p')
    }

    pub(in crate::advise) fn is(&self, schema: &str, name: &str) -> bool {
        self.schema == schema && self.name == name
    }

    pub(in crate::advise) fn kind_name(&self) -> &'static str {
        match self.kind {
            'v' => "view",
            'm' => "materialized view",
            'f' => "foreign table",
            _ => "table",
        }
    }

    pub(in crate::advise) fn to_ref(&self) -> ObjectRef {
        ObjectRef {
            kind: self.kind_name().to_owned(),
            schema: Some(self.schema.clone()),
            name: self.name.clone(),
            parent: None,
        }
    }

    /// A part of it, such as a column.
    pub(in crate::advise) fn part(&self, kind: &str, name: &str) -> ObjectRef {
        ObjectRef {
            kind: kind.to_owned(),
            schema: Some(self.schema.clone()),
            name: name.to_owned(),
            parent: Some(self.name.clone()),
        }
    }

    pub(in crate::advise) fn qualified(&self) -> String {
        format!("{}.{}", Ident(&self.schema), Ident(&self.name))
    }

    /// The API roles that may do something with all of it.
    pub(in crate::advise) fn holders(&self, privilege: &str) -> Vec<String> {
        let held = self.privileges.iter().filter(|(_, held)| held.iter().any(|held| held == privilege));
        held.map(|(role, _)| role.clone()).collect()
    }
}

impl Function {
    pub(in crate::advise) fn to_ref(&self) -> ObjectRef {
        ObjectRef {
            kind: self.kind.clone(),
            schema: Some(self.schema.clone()),
            name: format!("{}({})", Ident(&self.name), self.types),
            parent: None,
        }
    }

    pub(in crate::advise) fn qualified(&self) -> String {
        format!("{}.{}({})", Ident(&self.schema), Ident(&self.name), self.types)
    }
}

impl Policy {
    /// Whether it is for a command.
    pub(in crate::advise) fn is_for(&self, command: Command) -> bool {
        self.command == "ALL" || self.command == command.name()
    }

    pub(in crate::advise) fn applies(&self, role: &str) -> bool {
        self.applies_to.iter().any(|known| known == role)
    }
}

impl Facts {
    /// Managed relations.
    pub(in crate::advise) fn relations(&self) -> impl Iterator<Item = &Relation> {
        self.relations.values().filter(|relation| relation.managed)
    }

    /// Relations of every schema but the system's.
    pub(in crate::advise) fn every_relation(&self) -> impl Iterator<Item = &Relation> {
        self.relations.values()
    }

    /// Functions of every schema but the system's.
    pub(in crate::advise) fn every_function(&self) -> impl Iterator<Item = &Function> {
        self.functions.values()
    }

    /// Policies of every schema, with their tables.
    pub(in crate::advise) fn every_policy(&self) -> impl Iterator<Item = (&Policy, &Relation)> {
        self.policies.iter().filter_map(|policy| Some((policy, self.relation(policy.relation)?)))
    }

    /// Managed tables, partitions included.
    pub(in crate::advise) fn tables(&self) -> impl Iterator<Item = &Relation> {
        self.relations().filter(|relation| relation.is_table())
    }

    pub(in crate::advise) fn relation(&self, oid: i64) -> Option<&Relation> {
        self.relations.get(&oid)
    }

    /// Managed functions and procedures.
    pub(in crate::advise) fn functions(&self) -> impl Iterator<Item = &Function> {
        self.functions.values().filter(|function| function.managed)
    }

    pub(in crate::advise) fn function(&self, oid: i64) -> Option<&Function> {
        self.functions.get(&oid)
    }

    pub(in crate::advise) fn columns(&self, relation: &Relation) -> &[Column] {
        self.columns.get(&relation.oid).map_or(&[], Vec::as_slice)
    }

    pub(in crate::advise) fn policies_of(&self, relation: &Relation) -> impl Iterator<Item = &Policy> {
        self.policies.iter().filter(|policy| policy.relation == relation.oid)
    }

    /// Managed policies with their tables.
    pub(in crate::advise) fn managed_policies(&self) -> impl Iterator<Item = (&Policy, &Relation)> {
        let managed = self.policies.iter().filter(|policy| policy.managed);
        managed.filter_map(|policy| Some((policy, self.relation(policy.relation)?)))
    }

    pub(in crate::advise) fn policy_ref(&self, policy: &Policy) -> ObjectRef {
        match self.relation(policy.relation) {
            Some(table) => table.part("policy", &policy.name),
            None => ObjectRef { kind: "policy".to_owned(), schema: None, name: policy.name.clone(), parent: None },
        }
    }

    /// The API roles that somebody can be; `public` stands in only where there are no others.
    pub(in crate::advise) fn callers(&self) -> &[String] {
        match self.api_roles.as_slice() {
            [roles @ .., _public] if !roles.is_empty() => roles,
            roles => roles,
        }
    }

    /// The API roles that may use a command on a table, or on some of its columns.
    pub(in crate::advise) fn may(&self, relation: &Relation, command: Command) -> Vec<String> {
        let mut roles = relation.holders(command.name());
        for column in self.columns(relation) {
            let more = match command {
                Command::Select => &column.select,
                Command::Insert => &column.insert,
                Command::Update => &column.update,
                Command::Delete => continue,
            };
            roles.extend(more.iter().filter(|role| !roles.contains(role)).cloned().collect::<Vec<_>>());
        }
        roles.sort_by_key(|role| self.api_roles.iter().position(|known| known == role));
        roles
    }

    /// The API roles that may do anything with a table.
    pub(in crate::advise) fn reached_by(&self, relation: &Relation) -> Vec<String> {
        let may: Vec<_> = Command::ALL.iter().map(|command| self.may(relation, *command)).collect();
        self.api_roles.iter().filter(|role| may.iter().any(|may| may.contains(role))).cloned().collect()
    }

    /// Whether a command of a role on a table has a policy that permits rows.
    pub(in crate::advise) fn is_permitted(&self, relation: &Relation, role: &str, command: Command) -> bool {
        self.policies_of(relation).any(|policy| policy.permissive && policy.is_for(command) && policy.applies(role))
    }

    /// The relations that a view reads, through other views with the owner's rights too.
    pub(in crate::advise) fn read_by<'a>(&'a self, view: &'a Relation) -> Vec<&'a Relation> {
        let mut found: Vec<&Relation> = Vec::new();
        let mut open = vec![view];
        while let Some(view) = open.pop() {
            for relation in view.reads.iter().filter_map(|oid| self.relation(*oid)) {
                if !found.iter().any(|known| known.oid == relation.oid) {
                    found.push(relation);
                    open.push(relation);
                }
            }
        }
        found
    }

    /// Whether a function is called by a managed policy.
    pub(in crate::advise) fn is_in_policy(&self, function: &Function) -> bool {
        self.policies.iter().any(|policy| policy.managed && policy.calls.contains(&function.oid))
    }

    /// Whether a function's answer depends on who asks: it reads the session, or calls what does.
    pub(in crate::advise) fn reads_session(&self, function: &Function) -> bool {
        let body = function.body.to_lowercase();
        let words = ["current_setting", "current_user", "session_user", "auth.uid", "auth.jwt", "auth.role"];
        words.iter().any(|word| body.contains(word))
            || self.functions.values().any(|other| {
                other.oid != function.oid
                    && body.contains(&format!("{}.{}(", other.schema, other.name).to_lowercase())
                    && words.iter().any(|word| other.body.to_lowercase().contains(word))
            })
    }
}

/// Roles in a sentence: `anon and authenticated`; everybody is PUBLIC.
pub(in crate::advise) fn who(roles: &[String]) -> String {
    if roles.iter().any(|role| role == PUBLIC) {
        return "everybody (PUBLIC)".to_owned();
    }
    match roles {
        [] => "nobody".to_owned(),
        [one] => Ident(one).to_string(),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(|role| Ident(role).to_string()).collect();
            format!("{} and {}", first.join(", "), Ident(last))
        }
    }
}

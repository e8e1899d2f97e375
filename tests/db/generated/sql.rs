//! A schema as SQL: the statements that make each object, whole or not at all.

use super::routines;
use super::tables;
use super::types;
use super::world::{Kind, Object, World, literal, quoted};

/// Genes that mean the same for every kind.
pub const COMMENT: usize = 0;
pub const OWNER: usize = 1;
pub const ACL: usize = 2;

/// All statements, in order. One that the server refuses is left out of the schema.
pub fn statements(world: &World, version: u32) -> Vec<String> {
    world.objects.iter().flat_map(|object| object_statements(world, object, version)).collect()
}

fn object_statements(world: &World, object: &Object, version: u32) -> Vec<String> {
    let mut sql = match object.kind {
        Kind::Schema => vec![format!("create schema {}", world.name(object))],
        Kind::Collation | Kind::Enum | Kind::Domain | Kind::Composite | Kind::Range => types::create(world, object),
        Kind::Sequence => types::sequence(world, object),
        Kind::Table | Kind::Partition | Kind::Foreign => tables::table(world, object, version),
        Kind::Id => tables::attributes(world, object),
        Kind::Reference | Kind::Column => tables::column(world, object, version),
        Kind::Key | Kind::Check | Kind::ForeignKey | Kind::Exclude => tables::constraint(world, object, version),
        Kind::Index => tables::index(world, object),
        Kind::Statistics => tables::statistics(world, object),
        Kind::View | Kind::Materialized => tables::view(world, object),
        Kind::Pure | Kind::Function | Kind::Procedure | Kind::TriggerFunction | Kind::Aggregate => {
            routines::create(world, object)
        }
        Kind::Operator | Kind::Cast => routines::syntax(world, object),
        Kind::Trigger => routines::trigger(world, object),
        Kind::Policy => tables::policy(world, object),
        Kind::Rule => tables::rule(world, object),
        _ => types::other(world, object, version),
    };
    common(world, object, &mut sql);
    sql
}

/// What `COMMENT ON` calls an object.
pub fn address(world: &World, object: &Object) -> String {
    let full = || world.full(object);
    let on = || world.first(object).map(|table| world.full(table)).unwrap_or_default();
    match object.kind {
        Kind::Schema => format!("schema {}", world.name(object)),
        Kind::Collation => format!("collation {}", full()),
        Kind::Domain => format!("domain {}", full()),
        Kind::Enum | Kind::Composite | Kind::Range => format!("type {}", full()),
        Kind::Sequence => format!("sequence {}", full()),
        Kind::Table | Kind::Partition => format!("table {}", full()),
        Kind::Foreign => format!("foreign table {}", full()),
        Kind::View => format!("view {}", full()),
        Kind::Materialized => format!("materialized view {}", full()),
        Kind::Index => format!("index {}", world.index_name(object)),
        Kind::Statistics => format!("statistics {}", full()),
        Kind::Id | Kind::Reference | Kind::Column => format!("column {}.{}", on(), world.name(object)),
        Kind::Key | Kind::Check | Kind::ForeignKey | Kind::Exclude => {
            format!("constraint {} on {}", world.name(object), on())
        }
        Kind::Trigger => format!("trigger {} on {}", world.name(object), on()),
        Kind::Policy => format!("policy {} on {}", world.name(object), on()),
        Kind::Rule => format!("rule {} on {}", world.name(object), on()),
        Kind::Pure | Kind::Function | Kind::TriggerFunction => {
            format!("function {}({})", full(), routines::arguments(world, object, true))
        }
        Kind::Procedure => format!("procedure {}({})", full(), routines::arguments(world, object, true)),
        Kind::Aggregate => format!("aggregate {}({})", full(), routines::arguments(world, object, true)),
        Kind::Operator => format!("operator {}", routines::operator(world, object)),
        Kind::Cast => format!("cast {}", routines::cast(world, object)),
        Kind::Dictionary => format!("text search dictionary {}", full()),
        Kind::Configuration => format!("text search configuration {}", full()),
        Kind::Wrapper => format!("foreign data wrapper {}", world.name(object)),
        Kind::Server => format!("server {}", world.name(object)),
        Kind::Publication => format!("publication {}", world.name(object)),
        Kind::EventTrigger => format!("event trigger {}", world.name(object)),
        Kind::Defaults => String::new(),
    }
}

/// Comment, owner, grants.
fn common(world: &World, object: &Object, sql: &mut Vec<String>) {
    let address = address(world, object);
    if address.is_empty() {
        return;
    }
    if let Some(text) = object.maybe(COMMENT, &["a comment", "it's another;\n-- in two lines", "\\back 日本", "$$"]) {
        sql.push(format!("comment on {address} is {}", literal(text)));
    }
    let owned = !object.is_column()
        && !matches!(
            object.kind,
            Kind::Key
                | Kind::Check
                | Kind::ForeignKey
                | Kind::Exclude
                | Kind::Index
                | Kind::Trigger
                | Kind::Policy
                | Kind::Rule
                | Kind::Cast
                | Kind::EventTrigger
                | Kind::Wrapper
        );
    if owned && let Some(owner) = object.maybe(OWNER, &["alice", "bob"]) {
        sql.push(format!("alter {address} owner to {owner}"));
    }
    let (rights, on): (&[&str], String) = match object.kind {
        Kind::Schema => (&["usage", "create", "usage, create", "all"], address),
        Kind::Enum | Kind::Range | Kind::Composite => (&["usage"], address),
        Kind::Domain => (&["usage"], address.clone()),
        Kind::Sequence => (&["usage", "select, update", "all"], address),
        Kind::Table | Kind::Partition | Kind::View | Kind::Materialized | Kind::Foreign => (
            &["select", "select, insert, update", "all", "references, trigger", "truncate, delete"],
            world.full(object),
        ),
        Kind::Id | Kind::Reference | Kind::Column => {
            let column = world.name(object);
            let rights = object.pick(ACL, &["select (@)", "update (@), select (@)", "references (@)"]);
            if object.genes[ACL].is_multiple_of(7)
                && let Some(table) = world.first(object)
            {
                sql.push(format!("grant {} on {} to bob", rights.replace('@', &column), world.full(table)));
            }
            return;
        }
        Kind::Pure | Kind::Function | Kind::Procedure | Kind::TriggerFunction | Kind::Aggregate => {
            (&["execute"], address.replacen("aggregate", "function", 1))
        }
        Kind::Wrapper => (&["usage"], address),
        Kind::Server => (&["usage"], format!("foreign {address}")),
        _ => return,
    };
    let gene = usize::from(object.genes[ACL]);
    let rights = rights[gene / 16 % rights.len()];
    match gene % 16 {
        0 | 1 => sql.push(format!("grant {rights} on {on} to bob")),
        2 => sql.push(format!("grant {rights} on {on} to bob, carol with grant option")),
        3 => sql.push(format!("revoke all on {on} from public, postgres")),
        4 => {
            sql.push(format!("revoke all on {on} from public"));
            sql.push(format!("grant {rights} on {on} to alice"));
        }
        5 => sql.push(format!("grant {rights} on {on} to public")),
        _ => {}
    }
}

impl World {
    /// An index is in its table's schema.
    pub fn index_name(&self, index: &Object) -> String {
        let schema = self.first(index).map(|table| self.schema_name(table)).unwrap_or_default();
        format!("{schema}.{}", self.name(index))
    }

    /// The names of columns, each as SQL writes it.
    pub fn column_list(&self, object: &Object) -> Vec<String> {
        self.refs(object, Object::is_column).into_iter().map(|column| self.name(column)).collect()
    }
}

/// Options as `name = value`, values as literals.
pub fn options(pairs: &str) -> String {
    let one = |pair: &str| pair.split_once('=').map(|(name, value)| format!("{} {}", quoted(name), literal(value)));
    pairs.split(',').filter_map(one).collect::<Vec<_>>().join(", ")
}

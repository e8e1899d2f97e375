//! Policies' expressions, as the server deparsed them.
//!
//! The server writes columns of the policy's own table bare at the top, and behind the table's name inside of a sub-select.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, InTarget, ObjectNamePart, Query,
    SelectItem, SetExpr, UnaryOperator, Value, Visit, Visitor,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

/// An expression over the columns of one table.
#[derive(Debug, Clone)]
pub(super) struct Expression {
    tree: Expr,
    table: String,
}

/// A call of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    /// The name as written, schema first where there is one.
    pub(super) name: Vec<String>,
    /// Whether an argument depends on a column.
    pub(super) of_columns: bool,
    /// Whether the server evaluates it once for a statement: it stands in a sub-select that reads nothing.
    pub(super) once: bool,
}

impl Expression {
    /// Reads what `pg_get_expr` wrote.
    pub(super) fn parse(text: &str, table: &str) -> Result<Self, String> {
        let text = bare_operators(text);
        let why = |error: sqlparser::parser::ParserError| error.to_string().replace("sql parser error: ", "");
        let mut parser = Parser::new(&PostgreSqlDialect {}).try_with_sql(&text).map_err(why)?;
        let tree = parser.parse_expr().map_err(why)?;
        match parser.peek_token().token {
            sqlparser::tokenizer::Token::EOF => Ok(Self { tree, table: table.to_owned() }),
            rest => Err(format!("unexpected {rest}")),
        }
    }

    /// The parts that OR connects.
    pub(super) fn alternatives(&self) -> Vec<Self> {
        self.list(&BinaryOperator::Or)
    }

    /// The parts that AND connects.
    pub(super) fn conditions(&self) -> Vec<Self> {
        self.list(&BinaryOperator::And)
    }

    fn list(&self, operator: &BinaryOperator) -> Vec<Self> {
        let mut found = Vec::new();
        let mut open = vec![&self.tree];
        while let Some(tree) = open.pop() {
            match bare(tree) {
                Expr::BinaryOp { left, op, right } if op == operator => open.extend([&**right, &**left]),
                other => found.push(Self { tree: other.clone(), table: self.table.clone() }),
            }
        }
        found
    }

    /// Whether it is true of every row, whoever asks: `true`, `1 = 1`, `not false`.
    pub(super) fn is_always_true(&self) -> bool {
        self.alternatives()
            .iter()
            .any(|part| part.conditions().iter().all(|condition| constant(&condition.tree) == Some(true)))
    }

    /// The table's columns that it depends on.
    pub(super) fn columns(&self) -> BTreeSet<String> {
        let mut visitor = Columns { table: &self.table, depth: 0, found: BTreeSet::new() };
        let _ = self.tree.visit(&mut visitor);
        visitor.found
    }

    /// Whether it depends on a column of its table, be it by the whole row.
    pub(super) fn looks_at(&self, column: &str) -> bool {
        let columns = self.columns();
        columns.contains(column) || columns.contains(ROW)
    }

    /// Whether it depends on any column, of its own table or of another in a sub-select.
    pub(super) fn reads_rows(&self) -> bool {
        let mut visitor = AnyColumn { found: false };
        let _ = self.tree.visit(&mut visitor);
        visitor.found
    }

    /// Whether it has a sub-select.
    pub(super) fn has_subselect(&self) -> bool {
        let mut visitor = AnyQuery { found: false };
        let _ = self.tree.visit(&mut visitor);
        visitor.found
    }

    /// Every function that it calls.
    pub(super) fn calls(&self) -> Vec<Call> {
        let mut visitor = Calls { queries: Vec::new(), found: Vec::new() };
        let _ = self.tree.visit(&mut visitor);
        visitor.found
    }

    /// Whether it asks only that somebody is logged in: `auth.uid() is not null`, `auth.role() = 'authenticated'`.
    pub(super) fn is_logged_in(&self) -> bool {
        !self.reads_rows()
            && !self.calls().is_empty()
            && match bare(&self.tree) {
                Expr::IsNotNull(_) => true,
                Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
                    [left, right].iter().any(|side| string(side).is_some_and(|text| text == "authenticated"))
                }
                _ => false,
            }
    }

    /// Whether it is true of who is not logged in: `auth.uid() is null`.
    pub(super) fn is_not_logged_in(&self) -> bool {
        !self.reads_rows()
            && match bare(&self.tree) {
                Expr::IsNull(inner) => has_call(inner),
                Expr::UnaryOp { op: UnaryOperator::Not, expr } => {
                    Self { tree: (**expr).clone(), table: self.table.clone() }.is_logged_in()
                }
                Expr::BinaryOp { left, op: BinaryOperator::NotEq, right } => {
                    (has_call(left) || has_call(right))
                        && [left, right].iter().any(|side| string(side).is_some_and(|text| text == "authenticated"))
                }
                _ => false,
            }
    }

    /// The column of which it asks only that it is null.
    pub(super) fn null_column(&self) -> Option<String> {
        match bare(&self.tree) {
            Expr::IsNull(inner) => match bare(inner) {
                Expr::Identifier(column) => Some(column.value.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Comparisons of a thing with itself, and sub-selects that hand out a column of the outer table. As written.
    pub(super) fn self_comparisons(&self) -> Vec<String> {
        let mut visitor = SelfComparisons { table: &self.table, found: Vec::new() };
        let _ = self.tree.visit(&mut visitor);
        visitor.found
    }

    /// Whether a text stands in it, as a string or as a name.
    pub(super) fn mentions(&self, wanted: &[&str]) -> bool {
        let mut visitor = Mentions { wanted, found: false };
        let _ = self.tree.visit(&mut visitor);
        visitor.found
    }
}

/// Operators of other schemas, which the server writes as `OPERATOR(extensions.=)`, by their signs alone.
fn bare_operators(text: &str) -> String {
    const WORD: &str = "OPERATOR(";
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(WORD) {
        let after = &rest[start + WORD.len()..];
        let Some(end) = after.find(')') else { break };
        let signs = after[..end].rsplit('.').next().unwrap_or_default();
        bare.push_str(&rest[..start]);
        bare.push_str(signs);
        rest = &after[end + 1..];
    }
    bare + rest
}

/// Stands for every column, where a whole row is handed on.
pub(super) const ROW: &str = "*";

/// Without parentheses and casts.
fn bare(tree: &Expr) -> &Expr {
    match tree {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => bare(inner),
        other => other,
    }
}

fn string(tree: &Expr) -> Option<&str> {
    match bare(tree) {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

fn has_call(tree: &Expr) -> bool {
    let mut visitor = Calls { queries: Vec::new(), found: Vec::new() };
    let _ = tree.visit(&mut visitor);
    !visitor.found.is_empty()
}

/// The truth of an expression without columns and calls.
fn constant(tree: &Expr) -> Option<bool> {
    match bare(tree) {
        Expr::Value(value) => match &value.value {
            Value::Boolean(truth) => Some(*truth),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => constant(expr).map(|truth| !truth),
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => match (bare(left), bare(right)) {
            (Expr::Value(left), Expr::Value(right)) => Some(left.value == right.value),
            _ => None,
        },
        Expr::Subquery(query) => constant(only_item(query)?),
        _ => None,
    }
}

/// What a sub-select of one column gives.
fn only_item(query: &Query) -> Option<&Expr> {
    match &*query.body {
        SetExpr::Select(select) => match select.projection.as_slice() {
            [SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }] => Some(expr),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a query reads nothing.
fn reads_nothing(query: &Query) -> bool {
    matches!(&*query.body, SetExpr::Select(select) if select.from.is_empty())
}

struct Columns<'a> {
    table: &'a str,
    depth: usize,
    found: BTreeSet<String>,
}

impl Visitor for Columns<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, _query: &Query) -> ControlFlow<()> {
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, tree: &Expr) -> ControlFlow<()> {
        match tree {
            Expr::Identifier(name) if self.depth == 0 => {
                self.found.insert(name.value.clone());
            }
            Expr::CompoundIdentifier(names) => {
                if let [table, column] = names.as_slice()
                    && table.value == self.table
                {
                    self.found.insert(column.value.clone());
                }
            }
            Expr::Function(function) if hands_on_row(function) => {
                self.found.insert(ROW.to_owned());
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

struct AnyColumn {
    found: bool,
}

impl Visitor for AnyColumn {
    type Break = ();

    fn pre_visit_expr(&mut self, tree: &Expr) -> ControlFlow<()> {
        self.found |= match tree {
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::QualifiedWildcard(..) => true,
            Expr::Function(function) => hands_on_row(function),
            _ => false,
        };
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, _relation: &sqlparser::ast::ObjectName) -> ControlFlow<()> {
        self.found = true;
        ControlFlow::Continue(())
    }
}

struct AnyQuery {
    found: bool,
}

impl Visitor for AnyQuery {
    type Break = ();

    fn pre_visit_query(&mut self, _query: &Query) -> ControlFlow<()> {
        self.found = true;
        ControlFlow::Continue(())
    }
}

struct Calls {
    /// For each query around, whether it reads nothing.
    queries: Vec<bool>,
    found: Vec<Call>,
}

impl Visitor for Calls {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.queries.push(reads_nothing(query));
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<()> {
        self.queries.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, tree: &Expr) -> ControlFlow<()> {
        if let Expr::Function(function) = tree
            // `ARRAY( SELECT … )` reads as a call.
            && !matches!(function.args, FunctionArguments::Subquery(_))
        {
            self.found.push(Call {
                name: name_of(function),
                of_columns: hands_on_row(function)
                    || arguments(function).iter().any(|argument| {
                        let mut columns = AnyColumn { found: false };
                        let _ = argument.visit(&mut columns);
                        columns.found
                    }),
                once: self.queries.last().copied().unwrap_or(false),
            });
        }
        ControlFlow::Continue(())
    }
}

fn name_of(function: &Function) -> Vec<String> {
    let parts = function.name.0.iter().filter_map(ObjectNamePart::as_ident);
    parts.map(|part| part.value.clone()).collect()
}

/// Whether an argument is a whole row: `f(jobs.*)`.
fn hands_on_row(function: &Function) -> bool {
    let FunctionArguments::List(list) = &function.args else { return false };
    list.args.iter().any(|argument| match argument {
        FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg) => {
            matches!(arg, FunctionArgExpr::QualifiedWildcard(_))
        }
    })
}

fn arguments(function: &Function) -> Vec<&Expr> {
    let FunctionArguments::List(list) = &function.args else { return Vec::new() };
    let expressions = list.args.iter().map(|argument| match argument {
        FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg) => arg,
    });
    expressions
        .filter_map(|argument| match argument {
            FunctionArgExpr::Expr(expr) => Some(expr),
            _ => None,
        })
        .collect()
}

struct SelfComparisons<'a> {
    table: &'a str,
    found: Vec<String>,
}

impl Visitor for SelfComparisons<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, tree: &Expr) -> ControlFlow<()> {
        let is_column = |tree: &Expr| matches!(bare(tree), Expr::Identifier(_) | Expr::CompoundIdentifier(_));
        match tree {
            Expr::BinaryOp { left, op, right }
                if is_column(left)
                    && bare(left).to_string() == bare(right).to_string()
                    && matches!(
                        op,
                        BinaryOperator::Eq
                            | BinaryOperator::NotEq
                            | BinaryOperator::LtEq
                            | BinaryOperator::GtEq
                            | BinaryOperator::Lt
                            | BinaryOperator::Gt
                    ) =>
            {
                self.found.push(tree.to_string());
            }
            Expr::IsNotDistinctFrom(left, right)
                if is_column(left) && bare(left).to_string() == bare(right).to_string() =>
            {
                self.found.push(tree.to_string());
            }
            // `tenant_id in (select tenant_id from members)` where members has no such column.
            Expr::In { expr, target: InTarget::Subquery(query), .. } => {
                if let (Expr::Identifier(column), Some(Expr::CompoundIdentifier(names))) =
                    (bare(expr), only_item(query).map(bare))
                    && let [table, inner] = names.as_slice()
                    && table.value == self.table
                    && inner.value == column.value
                    && !query.to_string().contains(&format!(" AS {}", self.table))
                    && !reads(query, self.table)
                {
                    self.found.push(tree.to_string());
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// Whether a query reads a table of this name itself, so that the name in it is its own.
fn reads(query: &Query, table: &str) -> bool {
    let mut names = Relations { found: Vec::new() };
    let _ = query.visit(&mut names);
    names.found.iter().any(|name| name == table)
}

struct Relations {
    found: Vec<String>,
}

impl Visitor for Relations {
    type Break = ();

    fn pre_visit_relation(&mut self, relation: &sqlparser::ast::ObjectName) -> ControlFlow<()> {
        self.found.extend(relation.0.last().and_then(ObjectNamePart::as_ident).map(|name| name.value.clone()));
        ControlFlow::Continue(())
    }
}

struct Mentions<'a> {
    wanted: &'a [&'a str],
    found: bool,
}

impl Visitor for Mentions<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, tree: &Expr) -> ControlFlow<()> {
        let named = |name: &str| self.wanted.contains(&name);
        let found = match tree {
            Expr::Identifier(name) => named(&name.value),
            Expr::CompoundIdentifier(names) => names.iter().any(|name| named(&name.value)),
            Expr::Value(value) => match &value.value {
                Value::SingleQuotedString(text) => named(text) || text.trim_matches(['{', '}']).split(',').any(named),
                _ => false,
            },
            _ => false,
        };
        self.found |= found;
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::Expression;

    fn read(text: &str) -> Expression {
        Expression::parse(text, "jobs").unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn knows_what_the_server_writes() {
        for text in [
            "(project_id = ANY (ARRAY( SELECT ops.my_project_ids('{owner,admin}'::text[]) AS my_project_ids)))",
            "(EXISTS ( SELECT\n   FROM ops.runs r\n  WHERE (r.id = jobs.run_id)))",
            "((( SELECT auth.jwt() AS jwt) -> 'user_metadata'::text) ->> 'tenant'::text) = (tenant_id)::text",
            "((CURRENT_USER = owner) AND (a IS NOT DISTINCT FROM b) AND (x ~~ 'a%'::text) AND (d >= (now() - '1 day'::interval)))",
            "(tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)",
            "CASE WHEN (a > 1) THEN true ELSE (b = ANY ('{x,y}'::text[])) END",
            "((a).b = 1)",
            "(tags @> ARRAY['a'::text])",
            "(period && tstzrange(now(), NULL::timestamp with time zone))",
            "(( SELECT auth.uid() AS uid) IS NOT NULL)",
            "(lower((name COLLATE \"C\")) = 'x'::text)",
            "(arr[1] = 2)",
            "((created AT TIME ZONE 'UTC'::text) > now())",
            "(ROW(a, b) = ROW(1, 2))",
            "(EXTRACT(year FROM created) = (2024)::numeric)",
            "(data ? 'key'::text)",
            "(id IN ( SELECT m.id\n   FROM ops.m m\n  WHERE (m.x = jobs.x)\nUNION\n SELECT 1))",
            "pg_has_role(CURRENT_USER, 'x'::name, 'MEMBER'::text)",
            "(SESSION_USER = (owner)::name)",
            "(NOT (EXISTS ( WITH x AS (\n         SELECT 1 AS one\n        )\n SELECT x.one\n   FROM x)))",
            "(email OPERATOR(extensions.=) 'x'::extensions.citext)",
            "(name ~~* 'a%'::text)",
            "(roles ?| ARRAY['a'::text, 'b'::text])",
            "((data #>> '{a,b}'::text[]) = 'x'::text)",
            "(SUBSTRING(name FROM 1 FOR 2) = 'ab'::text)",
            "(POSITION(('a'::text) IN (name)) > 0)",
            "(flag IS NOT TRUE)",
            "app.is_mine(jobs.*)",
            "(a = ANY (string_to_array(current_setting('x'::text), ','::text)))",
            "((a)::text = ((current_setting('request.jwt.claims'::text, true))::json ->> 'sub'::text))",
            "(GREATEST(a, b) < LEAST(c, d))",
            "(TRIM(BOTH FROM name) <> ''::text)",
            "((a, b) IN ( SELECT m.a, m.b FROM app.m m))",
            "(a = ( SELECT m.a FROM app.m m WHERE (m.u = ( SELECT auth.uid() AS uid)) ORDER BY m.a DESC LIMIT 1))",
            "((b'101'::\"bit\" & mask) <> b'000'::\"bit\")",
            "(a <@ int4range(1, 5))",
            "(id = COALESCE(a, b, '00000000-0000-0000-0000-000000000000'::uuid))",
        ] {
            read(text);
        }
    }

    #[test]
    fn tells_what_it_depends_on() {
        let columns = |text| read(text).columns().into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(columns("((a = 1) AND (EXISTS ( SELECT FROM ops.runs r WHERE (r.id = jobs.run_id))))"), "a run_id");
        assert_eq!(columns("(auth.uid() IS NOT NULL)"), "");
        assert!(read("app.is_mine(jobs.*)").looks_at("tenant_id"));
        assert!(read("app.is_mine(jobs.*)").calls().iter().all(|call| call.of_columns));
        assert!(read("((1 = 1) OR (a = 2))").is_always_true());
        assert!(!read("(a = 1)").is_always_true());
        assert!(read("(( SELECT auth.uid() AS uid) IS NOT NULL)").is_logged_in());
        assert!(read("(auth.role() = 'authenticated'::text)").is_logged_in());
        assert!(!read("(a IS NOT NULL)").is_logged_in());
        assert!(read("(auth.uid() IS NULL)").is_not_logged_in());
        assert!(!read("(a IS NULL)").is_not_logged_in());
        assert_eq!(read("(owner_id IS NULL)").null_column().as_deref(), Some("owner_id"));
    }

    #[test]
    fn finds_what_compares_with_itself() {
        let found = |text| read(text).self_comparisons().len();
        assert_eq!(found("(tenant_id = tenant_id)"), 1);
        assert_eq!(found("(EXISTS ( SELECT 1 FROM ops.m m WHERE (m.tenant_id = m.tenant_id)))"), 1);
        assert_eq!(found("(tenant_id IN ( SELECT jobs.tenant_id FROM ops.m m))"), 1);
        assert_eq!(found("(tenant_id IN ( SELECT m.tenant_id FROM ops.m m WHERE (m.a = jobs.a)))"), 0);
    }

    #[test]
    fn tells_calls_that_are_made_once() {
        let calls = read("((user_id = ( SELECT auth.uid() AS uid)) AND (t = auth.uid()) AND is_member(t))").calls();
        let told: Vec<_> = calls.iter().map(|call| (call.name.join("."), call.of_columns, call.once)).collect();
        assert_eq!(
            told,
            [("auth.uid".into(), false, true), ("auth.uid".into(), false, false), ("is_member".into(), true, false)]
        );
    }
}

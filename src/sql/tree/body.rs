//! The statements inside procedural code, found by its words.
//!
//! PL/pgSQL has no grammar that can be trusted without a server, so nothing of its control flow is read: a statement begins
//! where one may begin (`;`, `BEGIN`, `THEN`, `ELSE`, `LOOP`) with a word that begins one, and ends at its semicolon.
//! `EXECUTE` of a literal is read as the statement it holds; of `format()` with its place holders filled in; what is put
//! together otherwise is [`Inner::Dynamic`].

use std::ops::Range;

use super::super::lex::{Kind, Token, lex};
use super::{Action, Code, Parsed, action};

/// Something that code runs.
#[derive(Debug, Clone)]
pub enum Inner {
    /// A statement that can be read.
    Statement(Parsed),
    /// The statement in the text of an `EXECUTE`; the places in it are not the file's, but for that of the whole.
    Executed(Parsed),
    /// An `EXECUTE` of a text that is put together when it runs.
    Dynamic {
        /// Its bytes in the file.
        span: Range<usize>,
        /// Whether values enter the text by `||` without being quoted.
        unquoted: bool,
    },
}

/// Words that may stand before a statement.
const BEFORE: &[&str] = &["begin", "then", "else", "loop"];

/// Words that begin statements that are looked at; all others (`IF`, `RAISE`, assignments) are passed over.
const FIRST: &[&str] = &[
    "alter", "call", "cluster", "comment", "create", "delete", "drop", "execute", "grant", "insert", "lock", "merge",
    "perform", "refresh", "reindex", "revoke", "select", "set", "truncate", "update", "vacuum", "with",
];

/// The statements in a text of code, in order. `text` is the whole file.
#[must_use]
pub fn inner_statements(text: &str, code: &Code) -> Vec<Inner> {
    let Some(span) = code.span.clone() else { return Vec::new() };
    let Some(body) = text.get(span.clone()) else { return Vec::new() };
    if !matches!(code.language.as_str(), "plpgsql" | "sql") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut statement: Vec<Token<'_>> = Vec::new();
    let mut depth = 0_usize;
    let mut may_begin = true;
    for token in lex(body).filter(|token| token.kind != Kind::Comment) {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
        }
        if token.is_symbol(";") && depth == 0 {
            found.extend(read(body, span.start, &statement));
            statement.clear();
            may_begin = true;
        } else if !statement.is_empty() || may_begin && FIRST.iter().any(|word| token.is_word(word)) {
            statement.push(token);
        } else {
            may_begin = BEFORE.iter().any(|word| token.is_word(word));
        }
    }
    found.extend(read(body, span.start, &statement));
    found
}

fn read(body: &str, base: usize, tokens: &[Token<'_>]) -> Option<Inner> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    let inner = first.start..last.start + last.text.len();
    let span = base + inner.start..base + inner.end;
    if !first.is_word("execute") {
        // PERFORM is a SELECT; INTO names variables here, not a table.
        let text = if first.is_word("perform") {
            format!("select {}", &body[inner.start + 7..inner.end])
        } else {
            body[inner.clone()].to_owned()
        };
        let action = action(&text, base + inner.start).ok()?;
        let action =
            if matches!(action, Action::CreateTable(_)) && first.is_word("select") { Action::Other } else { action };
        return Some(Inner::Statement(Parsed { span, action }));
    }
    let sql = executed(tokens);
    match sql.and_then(|sql| action(&sql, base + inner.start).ok()) {
        Some(action) => Some(Inner::Executed(Parsed { span, action })),
        None => Some(Inner::Dynamic { unquoted: unquoted(tokens), span }),
    }
}

/// The text of an `EXECUTE 'literal'` or `EXECUTE format('literal', …)`, place holders filled in.
fn executed(tokens: &[Token<'_>]) -> Option<String> {
    let qualified = tokens.get(1)?.is_word("pg_catalog") && tokens.get(2).is_some_and(|token| token.is_symbol("."));
    let first = if qualified { 3 } else { 1 };
    let formatted = tokens.get(first)?.is_word("format") && tokens.get(first + 1)?.is_symbol("(");
    let at = if formatted { first + 2 } else { 1 };
    let text = unquote(tokens.get(at)?)?;
    if !formatted {
        let follows = tokens.get(at + 1);
        return follows.is_none_or(|token| token.is_word("using") || token.is_word("into")).then_some(text);
    }
    let mut filled = String::new();
    let mut rest = text.as_str();
    while let Some(percent) = rest.find('%') {
        filled.push_str(&rest[..percent]);
        let spec = rest[percent + 1..].trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '$' | '-' | '*'));
        filled.push_str(match spec.chars().next()? {
            'I' => "\"?\"",
            'L' => "'?'",
            's' => "\"?\"",
            '%' => "%",
            _ => return None,
        });
        rest = &spec[1..];
    }
    Some(filled + rest)
}

fn unquote(token: &Token<'_>) -> Option<String> {
    if token.kind != Kind::Text {
        return None;
    }
    if let Some(rest) = token.text.strip_prefix('$') {
        let tag = rest.find('$')? + 2;
        return token.text.get(tag..token.text.len() - tag).map(str::to_owned);
    }
    Some(token.text.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"))
}

/// Whether a name is joined into the text by `||` as it is.
fn unquoted(tokens: &[Token<'_>]) -> bool {
    const QUOTING: &[&str] = &["quote_ident", "quote_literal", "quote_nullable", "format"];
    let using = tokens.iter().position(|token| token.is_word("using")).unwrap_or(tokens.len());
    let tokens = &tokens[..using];
    let joins = |n: usize| {
        tokens.get(n).is_some_and(|token| token.is_symbol("|"))
            && tokens.get(n + 1).is_some_and(|token| token.is_symbol("|"))
    };
    let name = |n: usize| {
        tokens.get(n).is_some_and(|token| {
            matches!(token.kind, Kind::Word | Kind::Quoted) && !QUOTING.iter().any(|word| token.is_word(word))
        })
    };
    (0..tokens.len()).any(|n| joins(n) && name(n + 2) && !tokens.get(n + 3).is_some_and(|token| token.is_symbol("::")))
}

#[cfg(test)]
mod tests {
    use super::super::{Action, parse};
    use super::{Inner, inner_statements};
    use crate::sql::Script;

    fn found(body: &str) -> Vec<String> {
        let text = format!("do $x$ {body} $x$;");
        let script = Script::parse("x.sql", &text).unwrap();
        let parsed = parse(&script, &|_| false).unwrap();
        let Action::Do(code) = &parsed[0].action else { panic!("{parsed:?}") };
        let show = |inner| match inner {
            Inner::Statement(parsed) | Inner::Executed(parsed) => text[parsed.span].to_owned(),
            Inner::Dynamic { span, unquoted } => format!("{}{}", if unquoted { "! " } else { "? " }, &text[span]),
        };
        inner_statements(&text, code).into_iter().map(show).collect()
    }

    #[test]
    fn statements_are_found_between_control_flow() {
        let body = "declare n int := 1; begin if exists (select 1 from t) then alter table t add column c int; \
                    elsif n = 2 then null; else update t set a = case when x then 1 else 2 end; end if; \
                    for r in select * from u loop drop table u; end loop; n := 3; perform f(); end";
        assert_eq!(
            found(body),
            [
                "alter table t add column c int",
                "update t set a = case when x then 1 else 2 end",
                "drop table u",
                "perform f()",
            ]
        );
    }

    #[test]
    fn executed_texts_are_read_where_they_can_be() {
        let body = "begin execute 'drop table t'; execute format('alter table %I.%I drop column c', s, t); \
                    execute 'drop table ' || quote_ident(t); execute 'drop table ' || t; execute q; end";
        assert_eq!(
            found(body),
            [
                "execute 'drop table t'",
                "execute format('alter table %I.%I drop column c', s, t)",
                "? execute 'drop table ' || quote_ident(t)",
                "! execute 'drop table ' || t",
                "? execute q",
            ]
        );
    }
}

//! What an expression or a query is made of that its plan may not show.
//!
//! Planning evaluates immutable functions, puts the bodies of others in their place, drops collations it has dealt with,
//! and no plan says how many rows a LIMIT lets through or what a window's frame is. Two texts with equal plans mean the same
//! only if they have these things in common, in the same order. Reads text only.

use std::collections::BTreeSet;

use crate::sql::{Token, TokenKind, lex};

/// What must be the same in two texts for their plans to be comparable.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ingredients {
    /// Functions called, operators named with a schema, collations.
    calls: BTreeSet<String>,
    /// Words of a query of which plans show too little, in order.
    clauses: Vec<String>,
    /// Strings and numbers, in order.
    pub(super) constants: Vec<Constant>,
}

/// A string or a number: what it says, not how it is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Constant {
    pub(super) value: String,
    /// The type that it is cast to, if that is one of [`MANY_SPELLINGS`].
    pub(super) sql_type: Option<&'static str>,
}

impl Ingredients {
    /// Whether everything but the constants is the same.
    pub(super) fn same_but_constants(&self, other: &Self) -> bool {
        self.calls == other.calls && self.clauses == other.clauses
    }
}

impl Constant {
    /// Whether it means another value each day: `'today'`.
    pub(super) fn is_relative(&self) -> bool {
        let value = self.value.to_lowercase();
        ["now", "today", "tomorrow", "yesterday"].iter().any(|word| value.contains(word))
    }
}

/// Returns what a text is made of, or why it is not one expression or query.
pub(super) fn ingredients(text: &str) -> Result<Ingredients, &'static str> {
    let tokens: Vec<Token<'_>> =
        lex(text.trim_end().trim_end_matches(';')).filter(|token| token.kind != TokenKind::Comment).collect();
    check(&tokens)?;
    let mut found = Ingredients { calls: BTreeSet::new(), clauses: Vec::new(), constants: Vec::new() };
    let is_symbol = |at: usize, symbol| tokens.get(at).is_some_and(|token: &Token<'_>| token.is_symbol(symbol));
    let mut after_collate = false;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token.kind {
            TokenKind::Text | TokenKind::Number => {
                found.constants.push(Constant { value: value(token), sql_type: cast(&tokens[at + 1..]) });
                at += 1;
            }
            TokenKind::Word | TokenKind::Quoted => {
                let start = at;
                let mut name = vec![name_of(token)];
                while is_symbol(at + 1, ".")
                    && let Some(next) = tokens.get(at + 2).filter(|next| is_name(next))
                {
                    name.push(name_of(next));
                    at += 2;
                }
                at += 1;
                let word = (name.len() == 1 && token.kind == TokenKind::Word).then(|| name[0].clone());
                let word = word.as_deref().unwrap_or_default();
                if word == "distinct" && tokens.get(at).is_some_and(|next| next.is_word("on")) {
                    return Err("a plan does not show what DISTINCT ON compares");
                }
                if word == "operator" && is_symbol(at, "(") {
                    let end = (at..tokens.len()).find(|&end| is_symbol(end, ")")).unwrap_or(tokens.len());
                    let named: String = tokens[at + 1..end].iter().map(|token| name_of(token)).collect();
                    let own = named.strip_prefix("pg_catalog.").unwrap_or(&named);
                    found.calls.extend(own.contains('.').then(|| named.clone()));
                    at = end;
                } else if after_collate || (is_symbol(at, "(") && !OPERATORS.contains(&word)) {
                    let own = if name.len() > 1 && name[0] == "pg_catalog" { &name[1..] } else { &name };
                    found.calls.insert(own.join("."));
                }
                if CLAUSES.contains(&word) {
                    found.clauses.push(word.to_owned());
                }
                after_collate = word == "collate";
                debug_assert!(at > start);
                continue;
            }
            _ => at += 1,
        }
        after_collate = false;
    }
    Ok(found)
}

/// Refuses what would not stay inside the parentheses that it is put in.
fn check(tokens: &[Token<'_>]) -> Result<(), &'static str> {
    let mut depth = 0_usize;
    for token in tokens {
        if matches!(token.kind, TokenKind::Open(_) | TokenKind::Foreign) || token.is_symbol(";") {
            return Err("it is not one expression");
        }
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.checked_sub(1).ok_or("it closes a parenthesis that it did not open")?;
        }
    }
    if depth == 0 { Ok(()) } else { Err("a parenthesis is never closed") }
}

fn is_name(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::Quoted)
}

/// A name as the server knows it: a bare one in lower case, a quoted one as it stands. Other tokens as they are.
fn name_of(token: &Token<'_>) -> String {
    match token.kind {
        TokenKind::Quoted if token.text.starts_with('"') => token.text[1..token.text.len() - 1].replace("\"\"", "\""),
        TokenKind::Word => token.text.to_ascii_lowercase(),
        _ => token.text.to_owned(),
    }
}

/// What a constant says. A number that deparsing puts into quotes is the number; its sign is an operator elsewhere.
fn value(token: &Token<'_>) -> String {
    let text = token.text;
    let content = if let Some(plain) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        plain.replace("''", "'")
    } else if text.starts_with('$') && token.kind == TokenKind::Text {
        let tag = text[1..].find('$').map_or(0, |end| end + 2);
        text[tag..text.len() - tag].to_owned()
    } else if let Some(escaped) = text.strip_prefix(['e', 'E']).filter(|_| token.kind == TokenKind::Text) {
        match unescaped(&escaped[1..escaped.len() - 1]) {
            Some(content) => content,
            None => return text.to_owned(),
        }
    } else {
        text.to_owned()
    };
    number(&content).unwrap_or(content)
}

/// The content of an escape string; none where it has more than doubled quotes, quotes and backslashes.
fn unescaped(text: &str) -> Option<String> {
    let mut content = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        content.push(match c {
            '\'' => chars.next()?,
            '\\' => chars.next().filter(|next| matches!(next, '\\' | '\''))?,
            other => other,
        });
    }
    Some(content)
}

/// A decimal number in one spelling: digits without zeros around them, and the power of ten.
fn number(text: &str) -> Option<String> {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let exponent = exponent.parse::<i64>().ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let kept = digits.trim_end_matches('0');
    let exponent = exponent.checked_add(i64::try_from(digits.len() - kept.len()).ok()?)?;
    let kept = kept.trim_start_matches('0');
    Some(if kept.is_empty() { "0".to_owned() } else { format!("{kept}e{exponent}") })
}

/// The type of a cast that follows, if it is one of [`MANY_SPELLINGS`].
fn cast(after: &[Token<'_>]) -> Option<&'static str> {
    let (colons, rest) = after.split_at_checked(2)?;
    if !colons.iter().all(|token| token.is_symbol(":")) {
        return None;
    }
    let words: Vec<_> =
        rest.iter().take_while(|token| token.kind == TokenKind::Word).map(|token| token.text.to_lowercase()).collect();
    let whole = words.join(" ");
    let begins = |name: &&&str| whole.strip_prefix(**name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    MANY_SPELLINGS.iter().filter(begins).max_by_key(|name| name.len()).copied()
}

/// Types whose values can be written in several ways, and are deparsed in one.
const MANY_SPELLINGS: &[&str] = &[
    "date",
    "inet",
    "interval",
    "json",
    "jsonb",
    "time without time zone",
    "time with time zone",
    "timestamp without time zone",
    "timestamp with time zone",
    "uuid",
];

/// Words of which plans show too little: a limit's number, a window's partition and frame, a lock's strength.
const CLAUSES: &[&str] = &[
    "exclude",
    "fetch",
    "following",
    "for",
    "groups",
    "limit",
    "locked",
    "nowait",
    "offset",
    "order",
    "ordinality",
    "over",
    "partition",
    "preceding",
    "range",
    "recursive",
    "rows",
    "skip",
    "ties",
    "unbounded",
    "window",
];

/// Words before a parenthesis that call no function, and that deparsing adds or takes away.
const OPERATORS: &[&str] = &[
    "all",
    "and",
    "any",
    "array",
    "as",
    "between",
    "bit",
    "bpchar",
    "by",
    "case",
    "cast",
    "char",
    "decimal",
    "distinct",
    "else",
    "end",
    "escape",
    "except",
    "exists",
    "filter",
    "from",
    "having",
    "ilike",
    "in",
    "intersect",
    "interval",
    "is",
    "lateral",
    "like",
    "limit",
    "not",
    "numeric",
    "offset",
    "on",
    "operator",
    "or",
    "over",
    "row",
    "select",
    "some",
    "symmetric",
    "then",
    "time",
    "timestamp",
    "union",
    "using",
    "values",
    "varchar",
    "varying",
    "when",
    "where",
];

//! A file's text cut into statements, as psql cuts it.

use std::ops::Range;

use super::lex::{Kind, Token, lex};
use crate::base::{Error, Excerpt, Result};

/// A text and its statements.
#[derive(Debug, Clone)]
pub struct Script<'a> {
    /// What the text is called in messages.
    pub file: &'a str,
    /// The whole text.
    pub text: &'a str,
    /// Its statements in order. Between them stand white space, comments and semicolons only.
    pub statements: Vec<Statement<'a>>,
    /// The places of its comments in order, those inside statements too.
    pub comments: Vec<Range<usize>>,
}

/// One statement.
#[derive(Debug, Clone)]
pub struct Statement<'a> {
    /// The bytes of the file from the first to the last token, without the semicolon and comments around it.
    pub span: Range<usize>,
    /// The text at `span`.
    pub text: &'a str,
    /// Its words, names, and symbols but for commas: what statements are told apart by.
    pub(super) tokens: Vec<Token<'a>>,
}

impl Statement<'_> {
    /// Whether it begins with these words, in any case; bare words only.
    #[must_use]
    pub fn starts_with(&self, words: &[&str]) -> bool {
        self.tokens.len() >= words.len() && words.iter().zip(&self.tokens).all(|(word, token)| token.is_word(word))
    }

    /// Whether a bare word stands anywhere in it, in any case, outside of strings and comments.
    #[must_use]
    pub fn has_word(&self, word: &str) -> bool {
        self.tokens.iter().any(|token| token.is_word(word))
    }

    /// The words and names in it, folded as the server does.
    pub fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.tokens.iter().filter_map(Token::name)
    }
}

impl Token<'_> {
    /// The name that a word or a quoted name stands for.
    pub(super) fn name(&self) -> Option<String> {
        match self.kind {
            Kind::Word => Some(self.text.to_ascii_lowercase()),
            Kind::Quoted => Some(self.text.strip_prefix('"')?.strip_suffix('"')?.replace("\"\"", "\"")),
            _ => None,
        }
    }
}

impl<'a> Script<'a> {
    /// Cuts a text into statements.
    ///
    /// A byte order mark at the beginning counts as white space.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::base::ErrorKind::Input), with the place, for what no server can be sent: a string,
    /// quoted name or comment without an end, psql's backslash commands, and `COPY` from or to the client.
    pub fn parse(file: &'a str, text: &'a str) -> Result<Self> {
        let mut script = Self { file, text, statements: Vec::new(), comments: Vec::new() };
        let mut cut = Cut::default();
        for token in lex(text) {
            match token.kind {
                Kind::Comment => script.comments.push(token.span()),
                Kind::Open(what) => {
                    return Err(script.refuse(
                        token.start..text.len(),
                        format!("this {what} has no end"),
                        "begins here",
                    ));
                }
                Kind::Foreign if token.text == "\\" => return Err(script.refuse_meta_command(token.start)),
                _ if token.is_symbol(";") && cut.may_end() => script.push(&mut cut)?,
                _ => cut.take(token),
            }
        }
        script.push(&mut cut)?;
        Ok(script)
    }

    fn push(&mut self, cut: &mut Cut<'a>) -> Result<()> {
        let Cut { span: Some(span), mut tokens, .. } = std::mem::take(cut) else { return Ok(()) };
        tokens.shrink_to_fit();
        let statement = Statement { text: &self.text[span.clone()], span, tokens };
        if let Some((from, client)) = copy_with_client(&statement) {
            return Err(self
                .refuse(from, format!("COPY {client} moves data through psql, not through a migration"), "here")
                .with_hint("write the rows as INSERT statements (pg_dump --rows-per-insert=1000 does)"));
        }
        self.statements.push(statement);
        Ok(())
    }

    fn refuse_meta_command(&self, start: usize) -> Error {
        let rest = &self.text[start..];
        let end = start + rest.find(['\n', '\r']).unwrap_or(rest.len());
        let command = rest[..end - start].split_whitespace().next().unwrap_or("\\");
        self.refuse(start..start + command.len(), format!("{command} is a command of psql, not SQL"), "here")
            .with_hint("remove it: migrations are sent to the server as they stand, psql is not involved")
    }

    fn refuse(&self, span: Range<usize>, message: String, label: &str) -> Error {
        let excerpt = Excerpt { file: self.file.to_owned(), text: self.text.to_owned(), span, label: label.to_owned() };
        Error::input(message).with_excerpt(excerpt)
    }
}

/// The token of a text at a byte offset, to point at; one character where there is none.
#[must_use]
pub fn token_span(text: &str, offset: usize) -> Range<usize> {
    let token = lex(text).map(|token| token.span()).find(|span| span.contains(&offset));
    token.unwrap_or_else(|| {
        let offset = offset.min(text.len());
        offset..offset + text[offset..].chars().next().map_or(0, char::len_utf8)
    })
}

/// A statement in the making, with what decides whether a semicolon ends it.
///
/// The rule is psql's (`psqlscan.l`): not inside parentheses, and not inside the `BEGIN ATOMIC … END` of a statement
/// that begins `CREATE [OR REPLACE] FUNCTION` or `PROCEDURE`, where `CASE` needs an `END` too.
#[derive(Default)]
struct Cut<'a> {
    /// From the first to the last token.
    span: Option<Range<usize>>,
    tokens: Vec<Token<'a>>,
    parentheses: usize,
    blocks: usize,
}

impl<'a> Cut<'a> {
    fn may_end(&self) -> bool {
        self.parentheses == 0 && self.blocks == 0
    }

    fn take(&mut self, token: Token<'a>) {
        if token.is_symbol("(") {
            self.parentheses += 1;
        } else if token.is_symbol(")") {
            self.parentheses = self.parentheses.saturating_sub(1);
        } else if token.kind == Kind::Word && self.parentheses == 0 && self.makes_routine() {
            // Stricter than psql, which takes any BEGIN here: `create function begin() …` is one to it.
            let begins = token.is_word("atomic") && self.tokens.last().is_some_and(|last| last.is_word("begin"));
            if begins || self.blocks > 0 && token.is_word("case") {
                self.blocks += 1;
            } else if token.is_word("end") {
                self.blocks = self.blocks.saturating_sub(1);
            }
        }
        self.span.get_or_insert(token.span()).end = token.span().end;
        // Rows of data are mostly these, and no rule asks for them.
        let data = matches!(token.kind, Kind::Text | Kind::Number) || token.is_symbol(",");
        if !data {
            self.tokens.push(token);
        }
    }

    fn makes_routine(&self) -> bool {
        let word = |n: usize, word: &str| self.tokens.get(n).is_some_and(|token| token.is_word(word));
        let routine = |n| word(n, "function") || word(n, "procedure");
        word(0, "create") && (routine(1) || word(1, "or") && word(2, "replace") && routine(3))
    }
}

/// The place and words of `FROM STDIN` or `TO STDOUT` in a COPY.
fn copy_with_client(statement: &Statement<'_>) -> Option<(Range<usize>, &'static str)> {
    if !statement.starts_with(&["copy"]) {
        return None;
    }
    let mut depth = 0_usize;
    for pair in statement.tokens.windows(2) {
        if pair[0].is_symbol("(") {
            depth += 1;
        } else if pair[0].is_symbol(")") {
            depth = depth.saturating_sub(1);
        }
        let words = |one, two| depth == 0 && pair[0].is_word(one) && pair[1].is_word(two);
        let found = if words("from", "stdin") || words("from", "stdout") {
            "FROM STDIN"
        } else if words("to", "stdout") || words("to", "stdin") {
            "TO STDOUT"
        } else {
            continue;
        };
        return Some((pair[0].start..pair[1].span().end, found));
    }
    None
}

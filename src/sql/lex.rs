//! Tokens with their places: the lexer crate's, put right where PostgreSQL reads on across two of them.

use std::ops::Range;

use squawk_lexer::{LiteralKind, TokenKind, tokenize};

/// What a token is, as far as statements are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword or a bare name.
    Word,
    /// A name in double quotes.
    Quoted,
    /// A string in any of its forms.
    Text,
    /// A number or a parameter.
    Number,
    /// One character of punctuation or of an operator.
    Symbol,
    /// A comment, `--` or `/* */`.
    Comment,
    /// A character that stands in no SQL, such as a backslash.
    Foreign,
    /// A string, a quoted name or a comment that never ends.
    Open(&'static str),
}

/// A token other than white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) start: usize,
}

impl Token<'_> {
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(crate) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }
}

/// All tokens of a text but white space, in order; one at a time, because files of data have millions.
pub(crate) fn lex(text: &str) -> Lexer<'_> {
    Lexer { text, raw: Box::new(tokenize(text)), at: 0, escapes_until: None }
}

pub(crate) struct Lexer<'a> {
    text: &'a str,
    raw: Box<dyn Iterator<Item = squawk_lexer::Token> + 'a>,
    at: usize,
    /// The end of an `E''` string, or of a part that continues one, if nothing but `--` comments came after it.
    escapes_until: Option<usize>,
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let raw = self.raw.next()?;
            let start = self.at;
            self.at += raw.len as usize;
            if raw.kind == TokenKind::Whitespace {
                continue;
            }
            let mut kind = kind(raw.kind);
            if self.continues_escape_string(start) {
                let end;
                (end, kind) = end_of_escape_string(self.text, start);
                if end != self.at {
                    self.at = end;
                    self.raw = Box::new(tokenize(&self.text[end..]));
                }
                self.escapes_until = Some(end);
            } else if kind == Kind::Text && self.text[start..].starts_with(['e', 'E']) {
                self.escapes_until = Some(self.at);
            } else if !self.text[start..].starts_with("--") {
                self.escapes_until = None;
            }
            return Some(Token { kind, text: &self.text[start..self.at], start });
        }
    }
}

impl Lexer<'_> {
    /// Whether a token continues an `E''` string on a new line: backslashes escape in it too.
    fn continues_escape_string(&self, start: usize) -> bool {
        self.text[start..].starts_with('\'')
            && self.escapes_until.is_some_and(|end| self.text[end..start].contains(['\n', '\r']))
    }
}

/// Where such a part ends.
fn end_of_escape_string(text: &str, start: usize) -> (usize, Kind) {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 2,
            b'\'' => return (at + 1, Kind::Text),
            _ => at += 1,
        }
    }
    (text.len(), Kind::Open("string"))
}

fn kind(kind: TokenKind) -> Kind {
    use LiteralKind::{BitStr, ByteStr, DollarQuotedString, EscStr, Int, NationalStr, Numeric, Str, UnicodeEscStr};
    match kind {
        TokenKind::Ident => Kind::Word,
        TokenKind::QuotedIdent { terminated: true, .. } => Kind::Quoted,
        TokenKind::QuotedIdent { terminated: false, .. } => Kind::Open("quoted name"),
        TokenKind::LineComment | TokenKind::BlockComment { terminated: true } => Kind::Comment,
        TokenKind::BlockComment { terminated: false } => Kind::Open("comment"),
        TokenKind::Literal { kind } => match kind {
            Int { .. } | Numeric { .. } => Kind::Number,
            Str { terminated }
            | NationalStr { terminated }
            | ByteStr { terminated }
            | BitStr { terminated }
            | UnicodeEscStr { terminated }
            | EscStr { terminated } => {
                if terminated {
                    Kind::Text
                } else {
                    Kind::Open("string")
                }
            }
            DollarQuotedString { terminated: true } => Kind::Text,
            DollarQuotedString { terminated: false } => Kind::Open("dollar-quoted string"),
        },
        TokenKind::PositionalParam { .. } => Kind::Number,
        TokenKind::Unknown | TokenKind::Backtick | TokenKind::OpenCurly | TokenKind::CloseCurly => Kind::Foreign,
        _ => Kind::Symbol,
    }
}

//! libpq's `keyword=value` strings: `host=/run/postgresql dbname='my db'`.

use super::params::Params;
use crate::base::{Error, Result};

/// Reads a `keyword=value` string. Values may be in single quotes; a backslash takes the next character as it is.
pub(super) fn parse(text: &str) -> Result<Params> {
    let mut params = Params::default();
    let mut after_password = false;
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').unwrap_or((rest, ""));
        let name = name.trim_end();
        // What comes after a password may belong to it.
        if after_password && !Params::knows(name) {
            return Err(Error::input("what follows the password in the connection string is no connection parameter")
                .with_hint("put a password with spaces in single quotes: password='…'"));
        }
        if name.is_empty() || name.contains(char::is_whitespace) || name.len() == rest.trim_end().len() {
            return Err(no_value(name));
        }
        after_password = matches!(name, "password" | "sslpassword");
        let (value, after) = parse_value(name, after.trim_start())?;
        params.set(name, value)?;
        rest = after.trim_start();
    }
    Ok(params)
}

/// Names the word that has no value, unless it looks like part of something secret: only words of letters are shown.
fn no_value(text: &str) -> Error {
    let word = text.split_whitespace().next().unwrap_or_default();
    let plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let error = match plain {
        true => Error::input(format!("\"=\" is missing after {word:?} in the connection string")),
        false => Error::input("the connection string is neither a URL nor a list of keyword=value"),
    };
    error.with_hint("write postgresql://user@host:port/database or host=… port=… dbname=…")
}

fn parse_value<'a>(name: &str, text: &'a str) -> Result<(String, &'a str)> {
    let quoted = text.starts_with('\'');
    let mut value = String::new();
    let mut chars = text.char_indices().skip(usize::from(quoted));
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            '\'' if quoted => return Ok((value, &text[at + 1..])),
            c if !quoted && c.is_whitespace() => return Ok((value, &text[at..])),
            c => value.push(c),
        }
    }
    match quoted {
        true => {
            Err(Error::input(format!("the quote around the value of {name} is never closed in the connection string")))
        }
        false => Ok((value, "")),
    }
}

//! Connection URLs, as libpq reads them: `postgresql://user:password@host1:port1,host2/dbname?keyword=value`.
//!
//! Errors quote only the part that is wrong, and nothing at all where that part may belong to a password.

use super::params::Params;
use crate::base::{Error, Result};

/// What comes after the scheme, where the text is a URL.
pub(super) fn after_scheme(text: &str) -> Option<&str> {
    text.strip_prefix("postgresql://").or_else(|| text.strip_prefix("postgres://"))
}

/// Reads what comes after the scheme.
pub(super) fn parse(rest: &str) -> Result<Params> {
    let mut params = Params::default();
    // libpq looks for the `@` before the first slash, so a password must have `/` and `@` percent-encoded.
    let authority_end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(authority_end);
    let hosts = match authority.split_once('@') {
        Some((credentials, hosts)) => {
            let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
            set(&mut params, "user", user)?;
            set(&mut params, "password", password)?;
            hosts
        }
        None => authority,
    };
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    // Where an `@` stands that can't be the one after the password, the text around it may be the password's rest.
    let cut_short = !authority.contains('@')
        && authority.rsplit_once(':').is_some_and(|(_, port)| {
            path.contains('@') || (query.contains('@') && !port.bytes().all(|byte| byte.is_ascii_digit()))
        });
    if hosts.contains('@') || cut_short {
        return Err(unencoded_password());
    }
    parse_hosts(&mut params, hosts)?;
    set(&mut params, "dbname", path.strip_prefix('/').unwrap_or(path))?;
    parse_query(&mut params, query)?;
    Ok(params)
}

fn no_port() -> Error {
    Error::input("what follows the host's colon in the URL is no port")
        .with_hint("a port is 1 to 65535; a user and a password come before the host: user:password@host:port")
}

fn unencoded_password() -> Error {
    Error::input("the URL's user or password holds a character that must be percent-encoded")
        .with_hint("write @ as %40, / as %2F, : as %3A, ? as %3F, # as %23 and % as %25")
}

/// `host1:port1,host2,[::1]:port3`, each part optional, into the lists `host` and `port`.
fn parse_hosts(params: &mut Params, text: &str) -> Result<()> {
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for part in text.split(',') {
        let (host, port) = match part.strip_prefix('[') {
            Some(bracketed) => {
                let (address, after) = bracketed
                    .split_once(']')
                    .ok_or_else(|| Error::input(format!("\"]\" is missing in the URL's address {part:?}")))?;
                match after.strip_prefix(':') {
                    Some(port) => (address, port),
                    None if after.is_empty() => (address, ""),
                    None => {
                        return Err(Error::input(format!("{after:?} is not expected after [{address}] in the URL")));
                    }
                }
            }
            None => part.split_once(':').unwrap_or((part, "")),
        };
        if port.contains(':') {
            return Err(Error::input(format!("the URL's host {part:?} has more than one colon"))
                .with_hint("put an IPv6 address in square brackets"));
        }
        hosts.push(decode(host)?);
        ports.push(decode(port)?);
    }
    // A comma can't be part of a name, so one list of names is as good as many; empty entries mean the default.
    if hosts.iter().any(|host| !host.is_empty()) || hosts.len() > 1 {
        params.set("host", hosts.join(","))?;
    }
    if ports.iter().any(|port| !port.is_empty()) {
        // Without its host, "user:password" looks like this.
        if ports.iter().any(|port| !port.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(no_port());
        }
        params.set("port", ports.join(","))?;
    }
    Ok(())
}

fn parse_query(params: &mut Params, query: &str) -> Result<()> {
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = match pair.split_once('=') {
            Some((name, value)) => (decode(name)?, decode(value)?),
            // What only looks like a query may be the rest of a password with a question mark in it.
            None if pair.contains('@') => return Err(unencoded_password()),
            None => return Err(Error::input(format!("the URL's parameter {pair:?} has no \"=\" and no value"))),
        };
        if value.contains('@') && !Params::knows(&name) {
            return Err(unencoded_password());
        }
        // JDBC's spelling, which libpq takes too.
        if name == "ssl" && value == "true" {
            params.set("sslmode", "require")?;
        } else {
            params.set(&name, value)?;
        }
    }
    Ok(())
}

fn set(params: &mut Params, name: &str, encoded: &str) -> Result<()> {
    if !encoded.is_empty() {
        params.set(name, decode(encoded)?)?;
    }
    Ok(())
}

/// Percent-decodes. Errors don't quote the text: it may be a password.
fn decode(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match (digit(rest.next()), digit(rest.next())) {
            (Some(high), Some(low)) if (high, low) != (0, 0) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            }
            _ => {
                return Err(Error::input("a percent sign in the URL is not followed by two hexadecimal digits")
                    .with_hint("write % itself as %25"));
            }
        }
    }
    String::from_utf8(bytes).map_err(|_| Error::input("the URL's percent-encoded bytes are not UTF-8"))
}

/// Percent-encodes everything that isn't plain in every part of a URL.
pub(super) fn encode(text: &str) -> String {
    use std::fmt::Write;

    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

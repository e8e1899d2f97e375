//! What was asked for about TLS; `src/pg/tls.rs` does it.

use std::path::PathBuf;

use super::params::Params;
use super::url;
use crate::base::{Error, Result};
use crate::pg::Environment;

/// libpq's `sslmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub enum SslMode {
    /// No TLS.
    Disable,
    /// TLS only where the server doesn't let us in without.
    Allow,
    /// TLS where the server has it; the default.
    #[default]
    Prefer,
    /// TLS, whoever the server is; its chain is checked where a file of roots is there.
    Require,
    /// TLS, and a chain to a trusted root.
    VerifyCa,
    /// TLS, a chain to a trusted root, and the certificate names the host.
    VerifyFull,
}

impl SslMode {
    const NAMES: [(&'static str, Self); 6] = [
        ("disable", Self::Disable),
        ("allow", Self::Allow),
        ("prefer", Self::Prefer),
        ("require", Self::Require),
        ("verify-ca", Self::VerifyCa),
        ("verify-full", Self::VerifyFull),
    ];

    /// The name, as libpq writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, mode)| *mode == self).map_or("", |(name, _)| name)
    }
}

/// Who speaks first, `sslnegotiation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SslNegotiation {
    /// PostgreSQL's own request, then TLS.
    #[default]
    Postgres,
    /// TLS from the first byte; PostgreSQL 17 and later.
    Direct,
}

/// Which certificates to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// The operating system's.
    System,
    /// Those in a file.
    File(PathBuf),
}

/// TLS, as it was asked for. Files that libpq uses only where they are there are optional here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsOptions {
    /// Whether and how far to trust.
    pub mode: SslMode,
    /// Who speaks first.
    pub negotiation: SslNegotiation,
    /// Which certificates to trust; `None` when nobody said and there is no `~/.postgresql/root.crt`.
    pub roots: Option<Roots>,
    /// Where revoked certificates are listed.
    pub revoked: Option<PathBuf>,
    /// The client's own certificate and its key.
    pub identity: Option<(PathBuf, PathBuf)>,
}

impl TlsOptions {
    /// Reads the parameters, and looks which of libpq's default files are there.
    pub(super) fn resolve(params: &Params, env: &Environment) -> Result<Self> {
        let own_dir = env.home().map(|home| home.join(".postgresql"));
        let own = |name: &str| own_dir.as_ref().map(|dir| dir.join(name)).filter(|path| path.exists());
        let named = |name: &str| params.get(name).map(PathBuf::from);

        let roots = match params.get("sslrootcert") {
            Some("system") => Some(Roots::System),
            Some(path) => Some(Roots::File(PathBuf::from(path))),
            None => own("root.crt").map(Roots::File),
        };
        let mode = match params.get("sslmode") {
            Some(name) => parse_mode(name)?,
            // As libpq: trusting every public authority is worth nothing unless the name is checked.
            None if roots == Some(Roots::System) => SslMode::VerifyFull,
            None => SslMode::default(),
        };
        if roots == Some(Roots::System) && mode < SslMode::VerifyFull {
            let message = format!("sslmode={} is too weak for sslrootcert=system", mode.name());
            return Err(Error::input(message).with_hint("use sslmode=verify-full, or leave sslmode out"));
        }
        let negotiation = match params.get("sslnegotiation") {
            None | Some("postgres") => SslNegotiation::Postgres,
            Some("direct") => SslNegotiation::Direct,
            Some(other) => return Err(invalid("sslnegotiation", other, "postgres or direct")),
        };
        if negotiation == SslNegotiation::Direct && mode < SslMode::Require {
            let message = format!("sslmode={} is too weak for sslnegotiation=direct", mode.name());
            return Err(Error::input(message).with_hint("use sslmode=require or stronger"));
        }
        let identity = match (named("sslcert").or_else(|| own("postgresql.crt")), named("sslkey")) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (Some(cert), None) => {
                let dir = own_dir.as_ref().ok_or_else(|| Error::input("sslcert is given without sslkey"))?;
                Some((cert, dir.join("postgresql.key")))
            }
            (None, _) => None,
        };
        let revoked = named("sslcrl").or_else(|| own("root.crl"));
        Ok(Self { mode, negotiation, roots, revoked, identity })
    }

    /// What differs from the defaults, as parameters of a URL.
    pub(super) fn url_parameters(&self) -> Vec<String> {
        let mut parameters = Vec::new();
        let mut add = |name: &str, value: &str| parameters.push(format!("{name}={}", url::encode(value)));
        if self.mode != SslMode::default() {
            add("sslmode", self.mode.name());
        }
        if self.negotiation == SslNegotiation::Direct {
            add("sslnegotiation", "direct");
        }
        match &self.roots {
            Some(Roots::System) => add("sslrootcert", "system"),
            Some(Roots::File(path)) => add("sslrootcert", &path.to_string_lossy()),
            None => {}
        }
        if let Some(path) = &self.revoked {
            add("sslcrl", &path.to_string_lossy());
        }
        if let Some((cert, key)) = &self.identity {
            add("sslcert", &cert.to_string_lossy());
            add("sslkey", &key.to_string_lossy());
        }
        parameters
    }
}

fn parse_mode(name: &str) -> Result<SslMode> {
    let found = SslMode::NAMES.iter().find(|(known, _)| *known == name);
    found
        .map(|(_, mode)| *mode)
        .ok_or_else(|| invalid("sslmode", name, "disable, allow, prefer, require, verify-ca or verify-full"))
}

/// A value that isn't one of a few words. The value is shown: none of these parameters is secret.
pub(super) fn invalid(name: &str, value: &str, expected: &str) -> Error {
    Error::input(format!("{value:?} is no value for {name}")).with_hint(format!("use {expected}"))
}

//! libpq's connection keywords: which there are, which variable sets each, and what pgward does with it.

use std::collections::BTreeMap;
use std::fmt;

use crate::base::{Error, Result};

/// What pgward does with a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Support {
    /// It means what it means to libpq.
    Honoured,
    /// It changes nothing that pgward does: taking no notice is safe.
    Ignored,
    /// It changes nothing with these values; others would ask for more than there is, and are refused.
    Only(&'static [&'static str], &'static str),
    /// Taking no notice would weaken what the person asked for, so it is refused.
    Refused(&'static str),
}

struct Keyword {
    name: &'static str,
    variable: Option<&'static str>,
    support: Support,
}

const fn honoured(name: &'static str, variable: &'static str) -> Keyword {
    Keyword { name, variable: Some(variable), support: Support::Honoured }
}

const fn unnamed(name: &'static str) -> Keyword {
    Keyword { name, variable: None, support: Support::Honoured }
}

const fn ignored(name: &'static str) -> Keyword {
    Keyword { name, variable: None, support: Support::Ignored }
}

const fn only(
    name: &'static str,
    variable: &'static str,
    values: &'static [&'static str],
    why: &'static str,
) -> Keyword {
    Keyword { name, variable: Some(variable), support: Support::Only(values, why) }
}

const fn refused(name: &'static str, variable: Option<&'static str>, why: &'static str) -> Keyword {
    Keyword { name, variable, support: Support::Refused(why) }
}

/// Every keyword of PostgreSQL 18's libpq, without OAuth's (which are refused as unknown).
const KEYWORDS: &[Keyword] = &[
    honoured("service", "PGSERVICE"),
    honoured("servicefile", "PGSERVICEFILE"),
    honoured("user", "PGUSER"),
    honoured("password", "PGPASSWORD"),
    honoured("passfile", "PGPASSFILE"),
    honoured("channel_binding", "PGCHANNELBINDING"),
    honoured("connect_timeout", "PGCONNECT_TIMEOUT"),
    honoured("dbname", "PGDATABASE"),
    honoured("host", "PGHOST"),
    honoured("hostaddr", "PGHOSTADDR"),
    honoured("port", "PGPORT"),
    honoured("options", "PGOPTIONS"),
    honoured("application_name", "PGAPPNAME"),
    unnamed("fallback_application_name"),
    unnamed("keepalives"),
    unnamed("keepalives_idle"),
    unnamed("keepalives_interval"),
    unnamed("keepalives_count"),
    unnamed("tcp_user_timeout"),
    honoured("sslmode", "PGSSLMODE"),
    honoured("sslnegotiation", "PGSSLNEGOTIATION"),
    honoured("sslcert", "PGSSLCERT"),
    honoured("sslkey", "PGSSLKEY"),
    honoured("sslrootcert", "PGSSLROOTCERT"),
    honoured("sslcrl", "PGSSLCRL"),
    honoured("target_session_attrs", "PGTARGETSESSIONATTRS"),
    honoured("load_balance_hosts", "PGLOADBALANCEHOSTS"),
    // The driver always speaks UTF-8, TLS is never compressed and never older than 1.2, and there is no GSSAPI.
    ignored("client_encoding"),
    ignored("sslcompression"),
    ignored("sslsni"),
    ignored("sslkeylogfile"),
    ignored("krbsrvname"),
    ignored("gsslib"),
    ignored("gssdelegation"),
    ignored("min_protocol_version"),
    ignored("max_protocol_version"),
    only(
        "ssl_min_protocol_version",
        "PGSSLMINPROTOCOLVERSION",
        &["TLSv1", "TLSv1.1", "TLSv1.2"],
        "TLS 1.2 and 1.3 are offered; the server's ssl_min_protocol_version can insist on 1.3",
    ),
    only("gssencmode", "PGGSSENCMODE", &["disable", "prefer"], "there is no GSSAPI; use sslmode=verify-full"),
    refused("sslcertmode", Some("PGSSLCERTMODE"), "which client certificate to send is decided by sslcert and sslkey"),
    refused("sslpassword", None, "encrypted client keys can't be read; give a key without a passphrase"),
    refused("sslcrldir", Some("PGSSLCRLDIR"), "use sslcrl with one file"),
    refused("ssl_max_protocol_version", Some("PGSSLMAXPROTOCOLVERSION"), "TLS 1.2 and 1.3 are offered"),
    refused("requirepeer", Some("PGREQUIREPEER"), "the peer of a unix socket can't be checked"),
    refused("require_auth", Some("PGREQUIREAUTH"), "use channel_binding=require or sslmode=verify-full"),
    refused("replication", None, "pgward doesn't replicate"),
    refused("scram_client_key", None, "give the password"),
    refused("scram_server_key", None, "give the password"),
];

/// Connection parameters by keyword, each at most once.
///
/// `Debug` shows no passwords.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Params(BTreeMap<&'static str, String>);

impl Params {
    /// Sets a parameter; the last of several wins, as in libpq.
    ///
    /// # Errors
    ///
    /// For a keyword that libpq doesn't have, or that pgward can't honour and mustn't ignore.
    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) -> Result<()> {
        let keyword = KEYWORDS.iter().find(|keyword| keyword.name == name).ok_or_else(|| {
            let error = Error::input(format!("{name:?} is no connection parameter"));
            match nearest(name) {
                Some(near) => error.with_hint(format!("did you mean {near}?")),
                None => error.with_hint("libpq's connection parameters are the ones understood, such as sslmode"),
            }
        })?;
        match keyword.support {
            Support::Honoured => {
                self.0.insert(keyword.name, value.into());
            }
            Support::Ignored => {}
            Support::Only(values, why) => {
                let value = value.into();
                if !value.is_empty() && !values.contains(&value.as_str()) {
                    return Err(Error::input(format!("{name}={value} is not supported")).with_hint(why));
                }
            }
            Support::Refused(why) => {
                return Err(Error::input(format!("the connection parameter {name} is not supported")).with_hint(why));
            }
        }
        Ok(())
    }

    /// Whether libpq has such a parameter.
    pub(super) fn knows(name: &str) -> bool {
        KEYWORDS.iter().any(|keyword| keyword.name == name)
    }

    /// The value of a parameter; one that is set to nothing counts as not set.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        debug_assert!(Self::knows(name), "{name}");
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Takes over what isn't set here yet.
    pub(super) fn fill_from(&mut self, weaker: &Self) {
        for (name, value) in &weaker.0 {
            if self.get(name).is_none() {
                self.0.insert(name, value.clone());
            }
        }
    }

    /// The parameters that the environment sets.
    ///
    /// # Errors
    ///
    /// For a variable that asks for something pgward can't do and mustn't ignore.
    pub(super) fn from_variables(get: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let mut params = Self::default();
        for keyword in KEYWORDS {
            let Some((variable, value)) = keyword.variable.and_then(|variable| Some((variable, get(variable)?))) else {
                continue;
            };
            if let Support::Refused(why) = keyword.support {
                return Err(Error::input(format!("the variable {variable} is not supported")).with_hint(why));
            }
            params.set(keyword.name, value)?;
        }
        // The name that it had before there were modes, which libpq still reads.
        if params.get("sslmode").is_none() && get("PGREQUIRESSL").is_some_and(|value| value.starts_with('1')) {
            params.set("sslmode", "require")?;
        }
        Ok(params)
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.iter().map(|(name, value)| (name, if *name == "password" { "…" } else { value }));
        f.debug_map().entries(shown).finish()
    }
}

/// The keyword that differs least from a name nobody knows: what is written without underscores, or with one slip.
fn nearest(name: &str) -> Option<&'static str> {
    let bare = |text: &str| text.to_ascii_lowercase().replace(['_', '-'], "");
    let wanted = bare(name);
    let found = KEYWORDS.iter().find(|keyword| bare(keyword.name) == wanted);
    let alias = match wanted.as_str() {
        "username" | "login" => Some("user"),
        "database" | "db" => Some("dbname"),
        "pass" | "pwd" => Some("password"),
        "ssl" | "tls" => Some("sslmode"),
        "schema" | "searchpath" | "currentschema" => Some("options"),
        _ => None,
    };
    found.map(|keyword| keyword.name).or(alias)
}

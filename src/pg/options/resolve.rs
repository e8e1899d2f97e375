//! From parameters to [`Options`]: explicit parameters first, then the service, the environment, libpq's defaults.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::params::Params;
use super::passfile::{self, Content, Wanted};
use super::service;
use super::tls::{TlsOptions, invalid};
use super::{CONNECT_TIMEOUT, ChannelBinding, Host, KeepAlive, Options, Password, Place, TargetSession};
use crate::base::{Error, Result};
use crate::pg::Environment;

/// libpq's default socket directories on the systems there are; the password file calls them `localhost`.
pub(in crate::pg) const SOCKET_DIRS: [&str; 3] = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

pub(super) fn resolve(explicit: Params, env: &Environment) -> Result<Options> {
    let mut params = explicit;
    let variables = Params::from_variables(|name| env.get(name).map(str::to_owned))?;
    if let Some(service) = params.get("service").or(variables.get("service")) {
        let file = params.get("servicefile").or(variables.get("servicefile"));
        let found = service::lookup(service, file, env)?;
        params.fill_from(&found);
    }
    params.fill_from(&variables);

    let user = match params.get("user") {
        Some(user) => user.to_owned(),
        None => env.system_user().ok_or_else(|| {
            Error::input("no user name is given and the system has none for this process").with_hint("set PGUSER")
        })?,
    };
    let mut options = Options {
        database: params.get("dbname").unwrap_or(&user).to_owned(),
        hosts: hosts(&params)?,
        settings: params.get("options").map(str::to_owned),
        connect_timeout: connect_timeout(&params)?,
        target_session: target_session(&params)?,
        shuffle_hosts: match params.get("load_balance_hosts") {
            None | Some("disable") => false,
            Some("random") => true,
            Some(other) => return Err(invalid("load_balance_hosts", other, "disable or random")),
        },
        channel_binding: match params.get("channel_binding") {
            None | Some("prefer") => ChannelBinding::Prefer,
            Some("disable") => ChannelBinding::Disable,
            Some("require") => ChannelBinding::Require,
            Some(other) => return Err(invalid("channel_binding", other, "disable, prefer or require")),
        },
        keep_alive: keep_alive(&params)?,
        tls: TlsOptions::resolve(&params, env)?,
        application_name: params
            .get("application_name")
            .or(params.get("fallback_application_name"))
            .unwrap_or("pgward")
            .to_owned(),
        user,
        passfile: None,
        warnings: Vec::new(),
    };
    find_passwords(&mut options, &params, env);
    Ok(options)
}

/// Puts `host`, `hostaddr` and `port` side by side, as libpq does: lists of the same length, or one port for all.
fn hosts(params: &Params) -> Result<Vec<Host>> {
    let list = |name: &str| params.get(name).map(|text| text.split(',').map(str::trim).collect::<Vec<_>>());
    let (names, addrs, ports) = (list("host"), list("hostaddr"), list("port"));
    let count = addrs.as_ref().or(names.as_ref()).map_or(1, Vec::len);
    let mismatch = |name: &str, found: usize| {
        Error::input(format!("there are {found} values of {name} for {count} hosts"))
            .with_hint("give one value for each host, separated by commas")
    };
    if let Some(names) = names.as_ref().filter(|names| names.len() != count) {
        return Err(mismatch("host", names.len()));
    }
    if let Some(ports) = ports.as_ref().filter(|ports| ports.len() != count && ports.len() != 1) {
        return Err(mismatch("port", ports.len()));
    }
    let nth = |list: &Option<Vec<_>>, n: usize| {
        list.as_ref().and_then(|list| list.get(n).or(list.first()).copied()).filter(|text: &&str| !text.is_empty())
    };
    (0..count)
        .map(|n| {
            let port =
                match nth(&ports, n) {
                    None => 5432,
                    Some(text) => text.parse().ok().filter(|port| *port > 0).ok_or_else(|| {
                        Error::input(format!("{text:?} is no port")).with_hint("a port is 1 to 65535")
                    })?,
                };
            let addr = match nth(&addrs, n) {
                None => None,
                Some(text) => Some(text.parse::<IpAddr>().map_err(|_| {
                    Error::input(format!("hostaddr {text:?} is no IP address")).with_hint("give names in host")
                })?),
            };
            let place = match (nth(&names, n), addr) {
                (Some(name), None) if name.starts_with('/') => Place::Socket(PathBuf::from(name)),
                (Some(name), None) if name.starts_with('@') => {
                    return Err(Error::input(format!("the abstract socket {name:?} is not supported")));
                }
                (Some(name), addr) => Place::Tcp { name: name.to_owned(), addr },
                (None, Some(addr)) => Place::Tcp { name: addr.to_string(), addr: Some(addr) },
                (None, None) => Place::Default,
            };
            Ok(Host { place, port, password: None })
        })
        .collect()
}

/// The password that was given, else for each host what the password file has.
fn find_passwords(options: &mut Options, params: &Params, env: &Environment) {
    if let Some(password) = params.get("password") {
        options.hosts.iter_mut().for_each(|host| host.password = Some(Password::new(password)));
        return;
    }
    let named = params.get("passfile").map(PathBuf::from);
    let Some(path) = named.or_else(|| env.home().map(|home| home.join(".pgpass"))) else { return };
    let text = match passfile::read(&path) {
        Content::Text(text) => text,
        Content::Absent => return,
        Content::Unusable(why) => return options.warnings.push(why),
    };
    for host in &mut options.hosts {
        let dir;
        let name = match &host.place {
            Place::Default => "localhost",
            Place::Socket(path) if SOCKET_DIRS.iter().any(|dir| path.as_os_str() == *dir) => "localhost",
            Place::Socket(path) => {
                dir = path.to_string_lossy();
                &dir
            }
            Place::Tcp { name, .. } => name,
        };
        let wanted = Wanted { host: name, port: host.port, database: &options.database, user: &options.user };
        if let Some(password) = passfile::find(&text, wanted).filter(|password| !password.is_empty()) {
            host.password = Some(Password::new(password));
            options.passfile = Some(path.clone());
        }
    }
}

fn target_session(params: &Params) -> Result<TargetSession> {
    Ok(match params.get("target_session_attrs") {
        None | Some("any") => TargetSession::Any,
        Some("read-write") => TargetSession::ReadWrite,
        Some("read-only") => TargetSession::ReadOnly,
        Some("primary") => TargetSession::Primary,
        Some("standby") => TargetSession::Standby,
        Some("prefer-standby") => TargetSession::PreferStandby,
        Some(other) => {
            let expected = "any, read-write, read-only, primary, standby or prefer-standby";
            return Err(invalid("target_session_attrs", other, expected));
        }
    })
}

/// As libpq: nothing or a number below one waits for ever, except that nothing at all means our default.
fn connect_timeout(params: &Params) -> Result<Option<Duration>> {
    Ok(match number(params, "connect_timeout")? {
        None => Some(CONNECT_TIMEOUT),
        Some(seconds) => u64::try_from(seconds).ok().filter(|seconds| *seconds > 0).map(Duration::from_secs),
    })
}

fn keep_alive(params: &Params) -> Result<KeepAlive> {
    let positive = |name| Ok::<_, Error>(number(params, name)?.and_then(|n| u64::try_from(n).ok()).filter(|n| *n > 0));
    Ok(KeepAlive {
        off: number(params, "keepalives")? == Some(0),
        idle: positive("keepalives_idle")?.map(Duration::from_secs),
        interval: positive("keepalives_interval")?.map(Duration::from_secs),
        count: positive("keepalives_count")?.and_then(|count| u32::try_from(count).ok()),
        user_timeout: positive("tcp_user_timeout")?.map(Duration::from_millis),
    })
}

fn number(params: &Params, name: &'static str) -> Result<Option<i64>> {
    let Some(text) = params.get(name) else { return Ok(None) };
    match text.trim().parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(invalid(name, text, "a whole number")),
    }
}

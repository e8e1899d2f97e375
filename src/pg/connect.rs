//! Making a connection: which hosts, in which order, with and without TLS, how long to wait.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::net::lookup_host;
use tokio::time::{sleep, timeout};
use tokio_postgres::{Config, NoTls, config};

use super::options::{ChannelBinding, Host, Options, Place, SOCKET_DIRS, SslMode, SslNegotiation, TargetSession};
use super::refusal::{Cause, Target};
use super::session::Session;
use super::tls::{self, Connector};
use crate::base::{Error, ErrorKind, Result};

/// How long to go on asking a server that is starting up, and how often.
const STARTING: Duration = Duration::from_secs(5);
const ASK_AGAIN: Duration = Duration::from_millis(50);

/// Connects to the first of the hosts that can be had, as libpq does.
///
/// A server that is starting up is asked again for some seconds. The connection is driven by a task that ends with the
/// session.
///
/// # Errors
///
/// [`ErrorKind::Connection`] with the server's own message and a hint, for each way in which this can fail;
/// [`ErrorKind::Input`] where a certificate can't be read. Never shows a password.
pub async fn connect(options: &Options) -> Result<Session> {
    let started = Instant::now();
    loop {
        match try_all(options).await {
            Ok(session) => return Ok(session),
            Err(failures) if started.elapsed() < STARTING && failures.iter().any(|(_, cause)| cause.is_passing()) => {
                sleep(ASK_AGAIN).await;
            }
            Err(failures) => return Err(summary(failures, options)),
        }
    }
}

type Failure = (Target, Cause);

/// One error out of several: a single one as it is, several as notes.
fn summary(mut failures: Vec<Failure>, options: &Options) -> Error {
    match (failures.pop(), failures.is_empty()) {
        (Some((target, cause)), true) => cause.into_error(&target, options),
        (None, _) => Error::new(ErrorKind::Connection, "there is no host to connect to"),
        (Some(last), false) => {
            failures.push(last);
            let message = format!("none of {} attempts to connect succeeded", failures.len());
            let mut error = Error::new(ErrorKind::Connection, message);
            let mut hints: Vec<String> = Vec::new();
            for (target, cause) in failures {
                let one = cause.into_error(&target, options);
                hints.extend(one.hints().iter().filter(|hint| !hints.contains(hint)).cloned().collect::<Vec<_>>());
                error = error.with_note(one.message());
            }
            hints.into_iter().fold(error, Error::with_hint)
        }
    }
}

async fn try_all(options: &Options) -> Result<Session, Vec<Failure>> {
    let mut hosts: Vec<&Host> = options.hosts.iter().collect();
    if options.shuffle_hosts {
        // Enough chance to spread load, without a crate for it: each state hashes with keys of its own.
        let state = RandomState::new();
        let mut order: Vec<_> = hosts.into_iter().enumerate().map(|(n, host)| (state.hash_one(n), host)).collect();
        order.sort_by_key(|(key, _)| *key);
        hosts = order.into_iter().map(|(_, host)| host).collect();
    }
    let passes: &[TargetSession] = match options.target_session {
        TargetSession::PreferStandby => &[TargetSession::Standby, TargetSession::Any],
        ref wanted => std::slice::from_ref(wanted),
    };
    let mut failures = Vec::new();
    for wanted in passes {
        failures.clear();
        for host in &hosts {
            match try_host(host, *wanted, options).await {
                Ok(session) => return Ok(session),
                Err(failure) => {
                    let stop = !failure.1.concerns_one_host();
                    failures.push(failure);
                    if stop {
                        // Only this one decides; what other hosts said before is beside the point.
                        return Err(failures.split_off(failures.len() - 1));
                    }
                }
            }
        }
    }
    Err(failures)
}

async fn try_host(host: &Host, wanted: TargetSession, options: &Options) -> Result<Session, Failure> {
    let mut config = base_config(host, options);
    let (name, addr) = match &host.place {
        Place::Socket(dir) => return try_socket(&mut config, dir, host.port, wanted, options).await,
        Place::Default => match SOCKET_DIRS.map(Path::new).iter().find(|dir| socket_path(dir, host.port).exists()) {
            Some(dir) => return try_socket(&mut config, dir, host.port, wanted, options).await,
            None => ("localhost", None),
        },
        Place::Tcp { name, addr } => (name.as_str(), *addr),
    };
    let target = Target::Tcp { name: name.to_owned(), port: host.port };
    let fail = |cause| (target.clone(), cause);
    let addrs: Vec<IpAddr> = match addr {
        Some(addr) => vec![addr],
        None => within(options, async { lookup_host((name, host.port)).await.map_err(Cause::Lookup) })
            .await
            .map_err(fail)?
            .map(|addr| addr.ip())
            .collect(),
    };
    let mut failed = Cause::Lookup(std::io::Error::other("it has no address"));
    for addr in addrs {
        let mut config = config.clone();
        config.host(name).hostaddr(addr);
        match try_modes(&mut config, wanted, options).await {
            Ok(session) => return Ok(session),
            // What a server said counts for more than that another address is dead.
            Err(cause) if cause.said().is_some() => return Err(fail(cause)),
            Err(cause) => failed = cause,
        }
    }
    Err(fail(failed))
}

fn socket_path(dir: &Path, port: u16) -> std::path::PathBuf {
    dir.join(format!(".s.PGSQL.{port}"))
}

/// A unix socket never has TLS, whatever `sslmode` says, as in libpq.
async fn try_socket(
    config: &mut Config,
    dir: &Path,
    port: u16,
    wanted: TargetSession,
    options: &Options,
) -> Result<Session, Failure> {
    config.host_path(dir);
    let tried = attempt(config, config::SslMode::Disable, Connector::Plain, wanted, options).await;
    tried.map_err(|cause| (Target::Socket(socket_path(dir, port)), cause))
}

/// With and without TLS, in the order that the mode asks for.
async fn try_modes(config: &mut Config, wanted: TargetSession, options: &Options) -> Result<Session, Cause> {
    use config::SslMode as Driver;

    let tls = || tls::connector(&options.tls).map_err(Cause::Setup);
    match options.tls.mode {
        SslMode::Disable => attempt(config, Driver::Disable, Connector::Plain, wanted, options).await,
        SslMode::Allow => match attempt(config, Driver::Disable, Connector::Plain, wanted, options).await {
            Err(cause) if cause.may_be_about_tls() => {
                // Where TLS can't be had either, what the server said first is the reason.
                attempt(config, Driver::Require, tls()?, wanted, options).await.map_err(|_| cause)
            }
            tried => tried,
        },
        SslMode::Prefer => match attempt(config, Driver::Prefer, tls()?, wanted, options).await {
            Err(cause) if cause.may_be_about_tls() => {
                attempt(config, Driver::Disable, Connector::Plain, wanted, options).await.map_err(|_| cause)
            }
            tried => tried,
        },
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => {
            attempt(config, Driver::Require, tls()?, wanted, options).await
        }
    }
}

/// One attempt at one address.
async fn attempt(
    config: &mut Config,
    mode: config::SslMode,
    connector: Connector,
    wanted: TargetSession,
    options: &Options,
) -> Result<Session, Cause> {
    config.ssl_mode(mode);
    let session = within(options, async {
        Ok(match &connector {
            Connector::Plain => {
                let (client, connection) = config.connect(NoTls).await.map_err(Cause::Driver)?;
                Session::new(client, connection, connector)
            }
            Connector::Tls(tls) => {
                let (client, connection) = config.connect(tls.clone()).await.map_err(Cause::Driver)?;
                Session::new(client, connection, connector)
            }
        })
    })
    .await?;
    within(options, check_target(&session, wanted)).await?;
    Ok(session)
}

async fn within<T>(options: &Options, work: impl Future<Output = Result<T, Cause>>) -> Result<T, Cause> {
    match options.connect_timeout {
        Some(limit) => timeout(limit, work).await.unwrap_or(Err(Cause::Timeout)),
        None => work.await,
    }
}

async fn check_target(session: &Session, wanted: TargetSession) -> Result<(), Cause> {
    if matches!(wanted, TargetSession::Any | TargetSession::PreferStandby) {
        return Ok(());
    }
    let query = "select pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')::bool";
    let row = session.client().query_one(query, &[]).await.map_err(Cause::Driver)?;
    let (standby, read_only): (bool, bool) = (row.get(0), row.get(1));
    match wanted {
        TargetSession::ReadWrite if read_only => Err(Cause::NotSuch("read-only")),
        TargetSession::ReadOnly if !read_only => Err(Cause::NotSuch("read-write")),
        TargetSession::Primary if standby => Err(Cause::NotSuch("a standby")),
        TargetSession::Standby if !standby => Err(Cause::NotSuch("no standby")),
        _ => Ok(()),
    }
}

/// What doesn't depend on the address.
fn base_config(host: &Host, options: &Options) -> Config {
    let mut config = Config::new();
    config.user(&options.user).dbname(&options.database).application_name(&options.application_name).port(host.port);
    if let Some(password) = &host.password {
        config.password(password.reveal());
    }
    if let Some(settings) = &options.settings {
        config.options(settings);
    }
    config.channel_binding(match options.channel_binding {
        ChannelBinding::Disable => config::ChannelBinding::Disable,
        ChannelBinding::Prefer => config::ChannelBinding::Prefer,
        ChannelBinding::Require => config::ChannelBinding::Require,
    });
    config.ssl_negotiation(match options.tls.negotiation {
        SslNegotiation::Postgres => config::SslNegotiation::Postgres,
        SslNegotiation::Direct => config::SslNegotiation::Direct,
    });
    let keep = &options.keep_alive;
    config.keepalives(!keep.off);
    if let Some(idle) = keep.idle {
        config.keepalives_idle(idle);
    }
    if let Some(interval) = keep.interval {
        config.keepalives_interval(interval);
    }
    if let Some(count) = keep.count {
        config.keepalives_retries(count);
    }
    if let Some(time) = keep.user_timeout {
        config.tcp_user_timeout(time);
    }
    config
}

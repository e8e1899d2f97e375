//! A PostgreSQL in Docker for one run of the tests.
//!
//! Prints its URL, and removes it when standard input ends: with the script that holds the other end, however that ends.

use std::io::Write as _;
use std::time::Duration;

use pgward::pg::{Environment, Options, connect};
use testcontainers::bollard::models::PortBinding;
use testcontainers::core::{ContainerPort, IntoContainerPort};
use testcontainers::runners::AsyncRunner;
use testcontainers::{GenericImage, ImageExt};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use crate::Result;

const PORT: ContainerPort = ContainerPort::Tcp(5432);
/// Of the processors; a process of the tests has 1024.
const SHARES: i64 = 8192;
/// How long the server may take to let somebody in.
const PATIENCE: Duration = Duration::from_secs(120);

/// Serves until standard input ends. The arguments are the server's.
pub(crate) fn run(image: &str, arguments: &[&str]) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve(image, arguments))
}

async fn serve(image: &str, arguments: &[&str]) -> Result<()> {
    // Before there is something to remove.
    let [mut interrupt, mut terminate] = [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
    let (name, tag) = image.rsplit_once(':').unwrap_or((image, "latest"));
    let container = GenericImage::new(name, tag)
        .with_exposed_port(5432.tcp())
        .with_cmd(["postgres"].iter().chain(arguments).copied())
        .with_env_var("POSTGRES_PASSWORD", "postgres")
        .with_env_var("POSTGRES_HOST_AUTH_METHOD", "trust")
        .with_env_var("POSTGRES_INITDB_ARGS", "--encoding=UTF8 --locale=C --no-sync")
        // Anybody is let in, so nobody else may come: on loopback alone, on a port that Docker finds.
        .with_host_config_modifier(|config| {
            let binding = PortBinding { host_ip: Some("127.0.0.1".to_owned()), host_port: Some("0".to_owned()) };
            // Below Docker's own group all of the server's processes together get what one process of the tests gets.
            config.cgroup_parent = std::env::var("PGWARD_TEST_CGROUP_PARENT").ok();
            config.cpu_shares = Some(SHARES);
            let in_memory = std::env::var_os("PGWARD_TEST_IN_MEMORY");
            config.tmpfs = in_memory.map(|_| [("/var/lib/postgresql/data".to_owned(), String::new())].into());
            config.publish_all_ports = Some(false);
            config.port_bindings = Some([("5432/tcp".to_owned(), Some(vec![binding]))].into());
        })
        .start()
        .await?;
    let port = container.get_host_port_ipv4(PORT).await?;
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    let options = Options::parse(&url, &Environment::empty())?;
    let began = Instant::now();
    // Docker takes connections before the server does; an image may start one for itself first, which listens to nobody else.
    while let Err(error) = connect(&options).await {
        if began.elapsed() > PATIENCE || !container.is_running().await? {
            return Err(error.into());
        }
        sleep(Duration::from_millis(100)).await;
    }
    let mut out = std::io::stdout();
    writeln!(out, "{url}")?;
    out.flush()?;

    let (sender, input_ended) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = sender.send(());
    });
    tokio::select! {
        _ = input_ended => {}
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    container.rm().await?;
    Ok(())
}

//! The development server in Docker, where there are no server programs.
//!
//! One container for each project, found again by its name. It is stopped and started, never thrown away but by a reset,
//! so that its databases persist. Its port is published on loopback alone.

use std::error::Error as StdError;
use std::time::{Duration, Instant};

use testcontainers::bollard::Docker;
use testcontainers::bollard::errors::Error as DockerError;
use testcontainers::bollard::models::PortBinding;
use testcontainers::bollard::query_parameters::{RemoveContainerOptionsBuilder, StopContainerOptionsBuilder};
use testcontainers::core::IntoContainerPort;
use testcontainers::core::client::docker_client_instance;
use testcontainers::runners::AsyncRunner;
use testcontainers::{GenericImage, ImageExt, ReuseDirective};
use tokio::time::{sleep, timeout};

use super::ROLE;
use super::state::{State, short_hash};
use crate::base::{Error, Result};
use crate::pg::{Options, Password, connect};

/// The image when nobody names one.
pub(super) const IMAGE: &str = "postgres:18";
/// How long the server in a new container may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long Docker may take to say that it is there.
const ANSWER: Duration = Duration::from_secs(10);
const SETTINGS: [&str; 5] =
    ["cluster_name=pgward", "synchronous_commit=off", "timezone=UTC", "log_timezone=UTC", "jit=off"];

/// A container that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Container {
    pub(super) name: String,
    pub(super) port: u16,
    /// When it was started, which tells this run of it from the one before.
    pub(super) started: String,
}

/// The name of a project's container.
pub(super) fn name(state: &State) -> String {
    format!("pgward-{}", short_hash(&state.dir))
}

/// Whether Docker answers at all.
pub(super) async fn is_there() -> Result<(), String> {
    let asking = async {
        let docker = docker_client_instance().await.map_err(|error| error.to_string())?;
        docker.ping().await.map(drop).map_err(|error| innermost(&error))
    };
    timeout(ANSWER, asking).await.unwrap_or_else(|_| Err(format!("no answer within {ANSWER:?}")))
}

/// Starts the container, or makes one, and waits until its server takes connections.
pub(super) async fn start(state: &State, image: &str, port: u16, password: &Password) -> Result<Container> {
    let name = name(state);
    let (repository, tag) = split_image(image);
    let arguments = SETTINGS.iter().flat_map(|setting| ["-c".to_owned(), (*setting).to_owned()]);
    let request = GenericImage::new(repository, tag)
        .with_exposed_port(5432.tcp())
        .with_cmd(["postgres".to_owned()].into_iter().chain(arguments))
        .with_env_var("POSTGRES_PASSWORD", password.reveal())
        .with_env_var("POSTGRES_INITDB_ARGS", "--encoding=UTF8 --locale=C --auth-host=scram-sha-256")
        .with_container_name(&name)
        .with_label("pgward.state", state.dir.display().to_string())
        .with_reuse(ReuseDirective::Always)
        // Docker publishes on all addresses unless told otherwise.
        .with_host_config_modifier(move |config| {
            let binding = PortBinding { host_ip: Some("127.0.0.1".to_owned()), host_port: Some(port.to_string()) };
            config.publish_all_ports = Some(false);
            config.port_bindings = Some([("5432/tcp".to_owned(), Some(vec![binding]))].into());
        });
    // Marked for reuse, the container stays when this handle goes.
    let _handle = request.start().await.map_err(|error| {
        Error::environment(format!("Docker could not start {image}: {}", innermost(&error)))
            .with_hint("is the image's name right? PGWARD_DOCKER_IMAGE names another")
    })?;
    let container = running(state).await?.ok_or_else(|| ended(&name))?;
    wait_until_ready(state, &container, password).await?;
    Ok(container)
}

async fn wait_until_ready(state: &State, container: &Container, password: &Password) -> Result<()> {
    let options = Options::tcp("127.0.0.1", container.port, ROLE, password.clone(), "postgres");
    let started = Instant::now();
    loop {
        match connect(&options.with_connect_timeout(Some(Duration::from_secs(2)))).await {
            Ok(session) => {
                session.close().await;
                return Ok(());
            }
            // The server itself said no: waiting won't change that.
            Err(error) if error.sqlstate().is_some_and(|code| code != "57P03") => return Err(error),
            Err(error) if started.elapsed() > PATIENCE => return Err(error),
            Err(_) => {}
        }
        if running(state).await?.is_none() {
            return Err(ended(&container.name));
        }
        sleep(Duration::from_millis(50)).await;
    }
}

fn ended(name: &str) -> Error {
    Error::environment(format!("the development server's container {name} ended at once"))
        .with_hint(format!("docker logs {name} says why; pgward dev reset starts over with empty databases"))
}

/// The container, if it runs.
pub(super) async fn running(state: &State) -> Result<Option<Container>> {
    let name = name(state);
    let found = match docker().await?.inspect_container(&name, None).await {
        Err(error) if is_missing(&error) => return Ok(None),
        found => found.map_err(|error| failed("inspect", &name, &error))?,
    };
    let Some(run) = found.state.filter(|run| run.running == Some(true)) else { return Ok(None) };
    let ports = found.network_settings.and_then(|network| network.ports).unwrap_or_default();
    let port = ports.get("5432/tcp").and_then(|bindings| bindings.as_ref()?.first()?.host_port.as_ref()?.parse().ok());
    let started = run.started_at.unwrap_or_default();
    Ok(port.map(|port| Container { name, port, started }))
}

/// Stops the container; its databases stay. Returns whether it ran.
pub(super) async fn stop(state: &State) -> Result<bool> {
    let Some(container) = running(state).await? else { return Ok(false) };
    let options = StopContainerOptionsBuilder::new().t(60).build();
    let stopped = docker().await?.stop_container(&container.name, Some(options)).await;
    stopped.map_err(|error| failed("stop", &container.name, &error))?;
    Ok(true)
}

/// Removes the container and its databases.
pub(super) async fn remove(state: &State) -> Result<()> {
    let name = name(state);
    let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
    match docker().await?.remove_container(&name, Some(options)).await {
        Err(error) if is_missing(&error) => Ok(()),
        removed => removed.map_err(|error| failed("remove", &name, &error)),
    }
}

async fn docker() -> Result<Docker> {
    docker_client_instance()
        .await
        .map_err(|error| Error::environment(format!("Docker can't be reached: {}", innermost(&error))))
        .map_err(|error| error.with_hint("the development server is in Docker: start Docker"))
}

fn is_missing(error: &DockerError) -> bool {
    matches!(error, DockerError::DockerResponseServerError { status_code: 404, .. })
}

fn failed(what: &str, name: &str, error: &DockerError) -> Error {
    Error::environment(format!("Docker could not {what} the container {name}: {}", innermost(error)))
        .with_hint("the development server is in Docker; is Docker running?")
}

/// What went wrong at the bottom; the layers above only say that a request failed.
fn innermost(error: &dyn StdError) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// Name and tag: the tag comes after the last colon, unless that belongs to a registry's port.
fn split_image(image: &str) -> (&str, &str) {
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (image, "latest"),
    }
}

#[cfg(test)]
mod tests {
    use super::split_image;

    #[test]
    fn an_image_has_a_name_and_a_tag() {
        for (image, expected) in [
            ("postgres:18", ("postgres", "18")),
            ("postgres", ("postgres", "latest")),
            ("localhost:5000/pg", ("localhost:5000/pg", "latest")),
            ("localhost:5000/pg:17", ("localhost:5000/pg", "17")),
        ] {
            assert_eq!(split_image(image), expected);
        }
    }
}

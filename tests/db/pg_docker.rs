//! The development server in Docker. Runs where `PGWARD_TEST_DOCKER_IMAGE` names an image that Docker has.

use std::process::Command;

use pgward::base::ErrorKind;
use pgward::pg::{DevConfig, DevServer, Environment, Options, Origin, RunningIn, connect};

use crate::skipped::skipped;

/// The image, or `None` where these tests are not asked for.
#[expect(clippy::disallowed_methods, reason = "tests are told their image by the environment")]
fn image() -> Option<String> {
    let image = std::env::var("PGWARD_TEST_DOCKER_IMAGE").ok();
    if image.is_none() {
        skipped("the development server in Docker", "PGWARD_TEST_DOCKER_IMAGE names no image");
    }
    image
}

async fn run(options: &Options, sql: &str) {
    let session = connect(options).await.unwrap();
    session.client().batch_execute(sql).await.unwrap();
    session.close().await;
}

/// Removes the container however the test ends.
struct Container(String);

impl Drop for Container {
    fn drop(&mut self) {
        let _ = Command::new("docker").args(["rm", "--force", "--volumes", &self.0]).output();
    }
}

#[tokio::test]
async fn a_container_lives_as_a_local_server_does() {
    let Some(image) = image() else { return };
    let dir = tempfile::tempdir().unwrap();
    let env = Environment::empty().with("HOME", "/nonexistent");
    let config = DevConfig { image: Some(image), ..DevConfig::new(dir.path(), &env) };
    if nix::unistd::geteuid().is_root() {
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(dir.path(), open).unwrap();
    }
    let server = DevServer::locate(&config, &env).await.unwrap();
    assert_eq!(server.status().await.unwrap().running, None);
    assert!(!server.stop().await.unwrap());

    let first = server.start().await.unwrap();
    let container = Container(first.container.clone().unwrap());
    assert_eq!((first.was_running, first.origin), (false, Origin::Container));
    run(&first.options, "create table kept ()").await;
    let again = server.start().await.unwrap();
    assert!(again.was_running);
    // Another process finds it without being told about Docker: the folder remembers.
    let config = DevConfig { image: None, ..config };
    let other = DevServer::locate(&config, &env).await.unwrap();
    assert_eq!(other.start().await.unwrap().options, first.options);
    let running = other.status().await.unwrap().running.unwrap();
    assert_eq!(running.place, RunningIn::Container { name: container.0.clone() });

    assert!(server.stop().await.unwrap());
    assert_eq!(server.status().await.unwrap().running, None);
    let second = server.start().await.unwrap();
    assert_eq!((second.was_running, second.origin), (false, Origin::Kept));
    run(&second.options, "insert into kept default values").await;
    run(&Options::parse(&server.url().await.unwrap(), &env).unwrap(), "select from kept").await;

    let reset = server.reset().await.unwrap();
    assert_eq!(reset.origin, Origin::Container);
    run(&reset.options, "create table kept ()").await;

    // Published on loopback alone.
    let output = Command::new("docker").args(["port", &container.0]).output().unwrap();
    let published = String::from_utf8(output.stdout).unwrap();
    assert!(published.lines().all(|line| line.contains("127.0.0.1:")), "{published}");
}

#[tokio::test]
async fn an_image_that_is_not_there_is_named() {
    if image().is_none() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let env = Environment::empty().with("HOME", "/nonexistent");
    let config = DevConfig { image: Some("127.0.0.1:1/none:1".to_owned()), ..DevConfig::new(dir.path(), &env) };
    let server = DevServer::locate(&config, &env).await.unwrap();
    let error = server.start().await.unwrap_err();
    assert!(error.message().starts_with("Docker could not start 127.0.0.1:1/none:1: "), "{error}");
    assert_eq!(error.kind(), ErrorKind::Environment);
    if server.dir().starts_with("/var/lib/pgward") {
        std::fs::remove_dir_all(server.dir()).unwrap();
    }
}

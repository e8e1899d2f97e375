//! The development server's life: made, started, stopped, killed, reset, whatever it was left in.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use pgward::base::ErrorKind;
use pgward::pg::{
    DEV_DATABASE, DevConfig, DevServer, Environment, Options, Origin, RunningIn, connect, ensure_database,
};

use super::pg_project::Project;

async fn socket_dir(server: &DevServer) -> PathBuf {
    match server.status().await.unwrap().running.unwrap().place {
        RunningIn::Process { socket_dir, .. } => socket_dir,
        RunningIn::Container { name } => panic!("it is in Docker: {name}"),
    }
}

async fn run(options: &Options, sql: &str) {
    let session = connect(options).await.unwrap();
    session.client().batch_execute(sql).await.unwrap();
    session.close().await;
}

async fn count_rows(options: &Options) -> i64 {
    let session = connect(options).await.unwrap();
    session.client().query_one("select count(*) from kept", &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn starts_keeps_its_data_and_stops() {
    let project = Project::new();
    let server = project.server().await;
    assert_eq!(server.status().await.unwrap().version, None);
    assert!(!server.stop().await.unwrap());

    let first = server.start().await.unwrap();
    assert!(!first.was_running && first.origin != Origin::Kept);
    assert_eq!(first.options.database(), DEV_DATABASE);
    run(&first.options, "create table kept (); insert into kept default values").await;
    let running = server.status().await.unwrap().running.unwrap();
    let RunningIn::Process { pid, .. } = running.place else { panic!("{running:?}") };
    assert_eq!(Some(pid), project.pid());

    let again = project.server().await.start().await.unwrap();
    assert!(again.was_running);
    assert_eq!(again.options, first.options);

    assert!(server.stop().await.unwrap());
    assert!(server.status().await.unwrap().running.is_none());
    let second = server.start().await.unwrap();
    assert_eq!((second.was_running, second.origin), (false, Origin::Kept));
    assert_eq!(server.status().await.unwrap().running.unwrap().port, running.port, "the port is kept");
    assert_eq!(count_rows(&second.options).await, 1);
}

#[tokio::test]
async fn loopback_asks_for_the_password_and_the_url_has_it() {
    let project = Project::new();
    let server = project.server().await;
    assert!(server.url().await.is_err(), "no URL while it doesn't run");
    server.start().await.unwrap();
    let url = server.url().await.unwrap();
    let options = Options::parse(&url, &Environment::empty()).unwrap();
    run(&options, "select 1").await;
    let error = connect(&options.with_user("postgres", None)).await.unwrap_err();
    assert!(error.message().contains("asks for the password"), "{error}");
    assert_eq!(error.kind(), ErrorKind::Connection);

    let mode = |name: &str| fs::metadata(project.state().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("password"), mode("data"), mode("server.log")), (0o600, 0o700, 0o600));
    let socket_mode = fs::metadata(socket_dir(&server).await).unwrap().permissions().mode() & 0o777;
    assert_eq!(socket_mode, 0o700, "the socket is private");
}

#[tokio::test]
async fn recovers_from_a_crash() {
    let project = Project::new();
    let server = project.server().await;
    let started = server.start().await.unwrap();
    run(&started.options, "create table kept (); insert into kept default values").await;
    // Commits of the last moments may be lost, as documented; this one must not be.
    run(&started.options, "checkpoint").await;
    // A backend that is busy outlives the postmaster for as long as it computes.
    let busy = connect(&started.options).await.unwrap();
    let spin = "do $$ declare n int := 0; begin loop n := (n + 1) % 1000; end loop; end $$";
    let spinning = tokio::spawn(async move { busy.client().batch_execute(spin).await });
    let watch = connect(&started.options).await.unwrap();
    let query = "select count(*) from pg_stat_activity where state = 'active' and query like 'do %'";
    while watch.client().query_one(query, &[]).await.unwrap().get::<_, i64>(0) == 0 {}

    project.crash();
    let again = server.start().await.unwrap();
    assert!(!again.was_running);
    assert_eq!(count_rows(&again.options).await, 1);
    assert!(spinning.await.unwrap().is_err());
}

#[tokio::test]
async fn a_pid_file_of_somebody_else_is_stale() {
    let project = Project::new();
    let server = project.server().await;
    server.start().await.unwrap();
    let path = project.state().join("data/postmaster.pid");
    let text = fs::read_to_string(&path).unwrap();
    let (_, rest) = text.split_once('\n').unwrap();
    project.crash();
    // This test's own process is alive, and is no server.
    let mine = std::process::id();
    fs::write(&path, format!("{mine}\n{rest}")).unwrap();
    assert!(server.status().await.unwrap().running.is_none());
    assert!(!server.stop().await.unwrap(), "nobody else is stopped");
    let started = server.start().await.unwrap();
    assert!(!started.was_running);
    run(&started.options, "select 1").await;
}

#[tokio::test]
async fn two_starts_make_one_server() {
    let project = Project::new();
    let (one, two) = (project.server().await, project.server().await);
    let (one, two) = tokio::join!(one.start(), two.start());
    let (one, two) = (one.unwrap(), two.unwrap());
    assert!(one.was_running != two.was_running, "one starts it, the other finds it");
    assert_eq!(one.options, two.options);
}

#[tokio::test]
async fn an_init_that_never_finished_is_made_again() {
    let project = Project::new();
    let half = project.state().join("data.new.1");
    fs::create_dir_all(&half).unwrap();
    fs::write(half.join("rubbish"), "").unwrap();
    fs::create_dir(project.state().join("data")).unwrap();
    if nix::unistd::geteuid().is_root() {
        fs::set_permissions(project.state(), Permissions::from_mode(0o755)).unwrap();
    }
    project.server().await.start().await.unwrap();
    assert!(!half.exists());
}

#[tokio::test]
async fn reset_starts_over() {
    let project = Project::new();
    let server = project.server().await;
    let started = server.start().await.unwrap();
    run(&started.options, "create table kept ()").await;
    let url = server.url().await.unwrap();
    let reset = server.reset().await.unwrap();
    run(&reset.options, "create table kept ()").await;
    assert_eq!(server.url().await.unwrap(), url, "port and password stay");
    run(&Options::parse(&url, &Environment::empty()).unwrap(), "select 1").await;
}

#[tokio::test]
async fn a_taken_port_is_left_to_its_owner() {
    let project = Project::new();
    let server = project.server().await;
    server.start().await.unwrap();
    let port = server.status().await.unwrap().running.unwrap().port;
    server.stop().await.unwrap();
    let _taken = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    server.start().await.unwrap();
    assert_ne!(server.status().await.unwrap().running.unwrap().port, port);
}

#[tokio::test]
async fn a_long_or_odd_path_gets_a_short_socket() {
    let project = Project::new();
    let odd = project.dir.path().join("it's \"$HOME\", and quite long ".repeat(3));
    fs::create_dir(&odd).unwrap();
    let config = DevConfig { project: odd, ..DevConfig::default() };
    let server = DevServer::locate(&config, &project.env).await.unwrap();
    let started = server.start().await.unwrap();
    run(&started.options, "select 1").await;
    let socket_dir = socket_dir(&server).await;
    assert!(server.stop().await.unwrap());
    assert!(socket_dir.starts_with("/tmp"), "{socket_dir:?}");
    fs::remove_dir_all(socket_dir).unwrap();
}

#[tokio::test]
async fn a_server_that_does_not_start_says_why() {
    let project = Project::new();
    let server = project.server().await;
    server.start().await.unwrap();
    server.stop().await.unwrap();
    let conf = project.state().join("data/postgresql.auto.conf");
    fs::write(&conf, "shared_buffers = 'much'\n").unwrap();
    let error = server.start().await.unwrap_err();
    assert_eq!(error.message(), "the development server did not start");
    assert!(error.notes().iter().any(|note| note.contains("shared_buffers")), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::Environment);
}

#[tokio::test]
async fn without_programs_every_way_out_is_named() {
    let project = Project::new();
    let env = Environment::empty().with("HOME", "/nonexistent");
    let config =
        DevConfig { binaries: Some(project.dir.path().to_owned()), ..DevConfig::new(project.dir.path(), &env) };
    let error = DevServer::locate(&config, &env).await.unwrap().start().await.unwrap_err();
    assert!(error.message().starts_with("there is no initdb in "), "{error}");
}

#[tokio::test]
async fn a_database_is_made_once() {
    let project = Project::new();
    let options = project.server().await.start().await.unwrap().options;
    let (one, two) = tokio::join!(ensure_database(&options, "It's \"odd\""), ensure_database(&options, "It's \"odd\""));
    one.unwrap();
    two.unwrap();
    run(&options.with_database("It's \"odd\""), "select 1").await;
}

#[tokio::test]
async fn as_root_an_unreachable_project_has_its_server_elsewhere() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let project = Project::new();
    fs::set_permissions(project.dir.path(), Permissions::from_mode(0o700)).unwrap();
    let server = project.server().await;
    assert!(server.dir().starts_with("/var/lib/pgward"), "{:?}", server.dir());
    assert!(server.notes()[0].contains("can't enter"), "{:?}", server.notes());
    let started = server.start().await.unwrap();
    run(&started.options, "select 1").await;
    server.stop().await.unwrap();
    fs::remove_dir_all(server.dir()).unwrap();
}

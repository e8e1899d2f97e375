//! Whoever reads the output is gone, or it can't be written: the run goes on all the same.

use std::process::Stdio;

use tokio::process::Command;

use crate::program::{Files, Running, pgward, run, state, succeed};
use crate::support::TestDb;

fn files() -> Files {
    Files::new(&[
        ("V1__a", "create table a ();"),
        ("V2__b", "do $$ begin raise warning 'said on standard error'; end $$; create table b ();"),
        ("V3__c", "create table c ();"),
    ])
}

/// A pipe that nobody reads.
fn closed() -> Stdio {
    let (_, writer) = std::io::pipe().unwrap();
    writer.into()
}

async fn applied(db: &TestDb) {
    assert_eq!(state(&db.connect().await).await, ("1,2,3".into(), "a,b,c".into()));
}

#[tokio::test]
async fn nobody_reads_standard_output() {
    for format in ["terminal", "json"] {
        let (db, files) = (TestDb::new().await, files());
        let mut command = files.up(&db.url());
        command.args(["--format", format]).stdout(closed());
        let ended = run(command).await;
        assert_eq!(ended.status.code(), Some(0), "{ended}");
        assert!(!ended.err.contains("error:"), "{ended}");
        applied(&db).await;
    }
}

#[tokio::test]
async fn nobody_reads_anything() {
    let (db, files) = (TestDb::new().await, files());
    let mut command = files.up(&db.url());
    command.arg("--verbose").stdout(closed()).stderr(closed());
    let ended = run(command).await;
    assert_eq!(ended.status.code(), Some(0), "{ended}");
    applied(&db).await;
}

#[tokio::test]
async fn a_pipeline_that_stops_reading() {
    let (db, files) = (TestDb::new().await, files());
    let mut command = Command::new("bash");
    command.args(["-c", "\"$0\" up --migrations \"$1\" --database-url \"$2\" | head -0; exit ${PIPESTATUS[0]}"]);
    command.arg(env!("CARGO_BIN_EXE_pgward")).arg(files.path()).arg(db.url()).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let ended = run(command).await;
    assert_eq!(ended.status.code(), Some(0), "{ended}");
    applied(&db).await;
}

#[tokio::test]
async fn the_streams_are_not_even_open() {
    let (db, files) = (TestDb::new().await, files());
    let mut command = Command::new("sh");
    command.args(["-c", "exec \"$0\" up --migrations \"$1\" --database-url \"$2\" <&- >&- 2>&-"]);
    command.arg(env!("CARGO_BIN_EXE_pgward")).arg(files.path()).arg(db.url()).kill_on_drop(true);
    let ended = run(command).await;
    assert_eq!(ended.status.code(), Some(0), "{ended}");
    applied(&db).await;
}

/// What can't be written is not lost in silence: but the migrations are applied, and the error says what failed.
#[tokio::test]
async fn standard_output_is_full() {
    for format in ["terminal", "json"] {
        let (db, files) = (TestDb::new().await, files());
        let mut command = files.up(&db.url());
        command.args(["--format", format]).stdout(std::fs::File::create("/dev/full").unwrap());
        run(command).await.failed(&["error: standard output can't be written to\n", "No space left on device"]);
        applied(&db).await;
        let ended =
            run(pgward(&db.url(), &["status", "--quiet", "--migrations", files.path().to_str().unwrap()])).await;
        assert_eq!(ended.status.code(), Some(0), "{ended}");
    }
}

/// What is written as a whole takes the place of a file, but not of a pipe or a device, nor of a link to a file.
#[tokio::test]
async fn a_snapshot_into_a_pipe_and_through_a_link() {
    let db = TestDb::new().await;
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let snapshot = |out: &str| pgward(&db.url(), &["snapshot", "--quiet", "--out", out]);

    let pipe = path("pipe");
    nix::unistd::mkfifo(pipe.as_str(), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let mut reader = Command::new("cat");
    reader.arg(&pipe).kill_on_drop(true).stdout(Stdio::piped());
    let reader = Running::start(reader);
    succeed(snapshot(&pipe)).await;
    let read = reader.end().await.out;
    assert!(read.starts_with('{'), "{read:?}");

    // As /dev/stdout is, which a test must not put at risk.
    std::os::unix::fs::symlink("/proc/self/fd/1", path("stdout")).unwrap();
    let ended = succeed(snapshot(&path("stdout"))).await;
    assert_eq!(ended.out, read);

    std::fs::write(path("file"), "old").unwrap();
    std::os::unix::fs::symlink("file", path("link")).unwrap();
    succeed(snapshot(&path("link"))).await;
    assert_eq!(std::fs::read_to_string(path("file")).unwrap(), read);
    assert!(std::fs::symlink_metadata(path("link")).unwrap().is_symlink());
}

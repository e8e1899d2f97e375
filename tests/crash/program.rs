//! The built program as a process, and waiting for things without trusting the clock.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// How long anything may take before a test gives up: long enough for a machine that does much else.
const DEADLINE: Duration = Duration::from_secs(90);

/// A directory of migrations, that goes away.
pub struct Files(tempfile::TempDir);

impl Files {
    /// Writes files, given without `.sql`.
    pub fn new<N: AsRef<str>, T: AsRef<str>>(files: &[(N, T)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join(format!("{}.sql", name.as_ref())), text.as_ref()).unwrap();
        }
        Self(dir)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// `pgward up` of these files.
    pub fn up(&self, url: &str) -> Command {
        let mut command = pgward(url, &["up", "--migrations"]);
        command.arg(self.path());
        command
    }
}

/// The program, with an environment that holds nothing of this machine's. It does not outlive the test.
pub fn pgward(url: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgward"));
    command.args(args).env_clear().env("HOME", "/nonexistent").env("DATABASE_URL", url).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs to the end.
pub async fn run(command: Command) -> Ended {
    Running::start(command).end().await
}

/// Runs to the end, which must be a good one.
pub async fn succeed(command: Command) -> Ended {
    let ended = run(command).await;
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    ended
}

/// A process that runs.
pub struct Running {
    child: Child,
    pid: Pid,
    out: Option<Reader>,
    err: Option<Reader>,
}

/// How a process ended and what it said.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// Asserts that the run failed as documented, with an error that says all of this, each where a person looks.
    #[track_caller]
    pub fn failed(&self, said: &[&str]) {
        assert_eq!(self.status.code(), Some(2), "{self}");
        for text in said {
            assert!(self.err.contains(text), "no {text:?} in\n{self}");
        }
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n--- stdout\n{}--- stderr\n{}", self.status, self.out, self.err)
    }
}

/// Reads a stream as it comes.
struct Reader {
    text: Arc<Mutex<String>>,
    task: JoinHandle<()>,
}

impl Reader {
    fn new(mut stream: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&text);
        let task = tokio::spawn(async move {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = stream.read(&mut buffer).await {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..length]));
            }
        });
        Self { text, task }
    }

    fn so_far(reader: Option<&Self>) -> String {
        reader.map(|reader| reader.text.lock().unwrap().clone()).unwrap_or_default()
    }

    async fn all(reader: Option<Self>) -> String {
        let Some(reader) = reader else { return String::new() };
        within("the end of a stream", reader.task).await.unwrap();
        reader.text.lock().unwrap().clone()
    }
}

impl Running {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let pid = Pid::from_raw(child.id().unwrap().try_into().unwrap());
        let out = child.stdout.take().map(Reader::new);
        let err = child.stderr.take().map(Reader::new);
        Self { child, pid, out, err }
    }

    /// Waits until the program says something on standard error.
    pub async fn until_it_says(&mut self, text: &str) {
        let started = Instant::now();
        while !Reader::so_far(self.err.as_ref()).contains(text) {
            let ended = self.has_ended();
            let late = started.elapsed() > DEADLINE;
            assert!(!ended && !late, "it never said {text:?}:\n{}", Reader::so_far(self.err.as_ref()));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until the program has printed so many lines, or is over.
    pub async fn until_lines(&mut self, lines: usize) {
        let started = Instant::now();
        while Reader::so_far(self.out.as_ref()).lines().count() < lines && !self.has_ended() {
            assert!(started.elapsed() < DEADLINE, "never {lines} lines");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Sends a signal, unless the process is over.
    pub fn signal(&mut self, signal: Signal) {
        if !self.has_ended() {
            kill(self.pid, signal).unwrap();
        }
    }

    /// Waits for the end.
    pub async fn end(mut self) -> Ended {
        let status = within("the end of the program", self.child.wait()).await.unwrap();
        Ended { status, out: Reader::all(self.out).await, err: Reader::all(self.err).await }
    }
}

/// Waits for something, but not for ever.
pub async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, work).await {
        Ok(value) => value,
        Err(_) => panic!("waited {} s for {what}", DEADLINE.as_secs()),
    }
}

/// Asks the server again and again until it answers true.
pub async fn until(client: &tokio_postgres::Client, what: &str, query: &str) {
    within(what, async {
        while !client.query_one(query, &[]).await.unwrap().get::<_, bool>(0) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}

/// Waits until this session is the only one on its database.
pub async fn alone(client: &tokio_postgres::Client) {
    let query = "select not exists (select from pg_stat_activity where datname = current_database() \
                 and pid <> pg_backend_pid() and backend_type = 'client backend')";
    until(client, "the program's session to end", query).await;
}

/// Waits until another session on this database sleeps in `pg_sleep`.
pub async fn asleep(client: &tokio_postgres::Client) {
    let query = "select exists (select from pg_stat_activity where datname = current_database() \
                 and wait_event = 'PgSleep')";
    until(client, "a session that sleeps", query).await;
}

/// One value, as text; null is empty.
pub async fn value(client: &tokio_postgres::Client, query: &str) -> String {
    let messages = client.simple_query(query).await.unwrap();
    let row = messages.iter().find_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    row.unwrap().get(0).unwrap_or_default().to_owned()
}

/// The versions in the history, and the user's tables in `public`, each with commas between.
pub async fn state(client: &tokio_postgres::Client) -> (String, String) {
    let tables = "select coalesce(string_agg(relname, ',' order by relname), '') from pg_class \
                  where relkind = 'r' and relnamespace = 'public'::regnamespace and relname !~ '^refinery'";
    let history = "select coalesce(string_agg(version::text, ',' order by version), '') from refinery_schema_history";
    let known = value(client, "select to_regclass('public.refinery_schema_history')").await;
    let history = if known.is_empty() { String::new() } else { value(client, history).await };
    (history, value(client, tables).await)
}

//! `cargo xtask generate [--check]`: writes the files that are made from the code, or says which are out of date.
//!
//! | file | made from |
//! | --- | --- |
//! | `schema/ops.toml` | the catalog that the bundle's migrations make; switches that a person set are kept |
//! | `schema/ops.snapshot.json`, `schema/ops.sql` | the same catalog |
//! | `schema/ops.rls.toml` | what is observed in a database that they make; roles, identities and values are kept |
//! | `schema/ops.dbml`, `.mmd`, `.prisma`, `.ts`, `.md` | the same catalog |
//! | `docs/CLI.md` | the program's own help |
//! | `docs/CODES.md`, `docs/rules/*.md` | the codes of findings |
//! | `COVERAGE.md` | the kinds and their attributes, and what is left out |
//!
//! The server is `PGWARD_TEST_URL`, or else the development server.
//!
//! `cargo xtask test-server IMAGE [ARGUMENT…]`: a server in Docker for one run of the tests (`ci/docker.sh`).

#![expect(clippy::print_stderr, clippy::disallowed_methods, reason = "a program for the people who build pgward")]

mod test_server;

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use pgward::model::{Catalog, Compared, SchemaFilter, Shape, write_snapshot};
use pgward::pg::{DevConfig, DevServer, Environment, Options, Scratch, connect};
use pgward::plan::write_schema;
use pgward::runner::Runner;
use pgward::source::Migrations;
use pgward::verify::{Manifest, write_manifest};
use pgward::{docs, introspect, kinds, rls};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Commands in the order in which a person meets them.
const COMMANDS: &[&str] = &[
    "init",
    "up",
    "down",
    "redo",
    "status",
    "new",
    "verify",
    "snapshot",
    "diff",
    "rls",
    "advise",
    "docs",
    "lint",
    "gate",
    "env",
    "run",
    "project",
    "workflow",
    "environment",
    "queue",
    "worker",
    "ops",
    "dev",
    "explain",
    "completions",
    "man",
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["generate"] => generate(false),
        ["generate", "--check"] => generate(true),
        ["test-server", image, arguments @ ..] => test_server::run(image, arguments).map(|()| true),
        _ => Err("usage: cargo xtask generate [--check] | test-server IMAGE [ARGUMENT…]".into()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(2)
        }
    }
}

/// Writes what is out of date, or with `check` only says so and returns false.
fn generate(check: bool) -> Result<bool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("xtask is not in the project")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (catalog, rls) = runtime.block_on(bundle(root))?;
    let program = build(root)?;
    let manifest = root.join("schema/ops.toml");
    let mut current = true;
    let mut files = vec![
        (manifest.clone(), manifest_text(&manifest, &catalog)?),
        (root.join("schema/ops.snapshot.json"), write_snapshot(&catalog)),
        (root.join("schema/ops.sql"), write_schema(&catalog, &SchemaFilter::only(["ops"]))?),
        (root.join("schema/ops.rls.toml"), rls),
        (root.join("docs/CLI.md"), command_line(&program)?),
        (root.join("COVERAGE.md"), coverage()?),
    ];
    files.extend(
        docs::FORMATS
            .iter()
            .map(|format| (root.join("schema").join(format!("ops.{}", format.extension)), (format.render)(&catalog))),
    );
    files.extend(codes(&program, root)?);
    for path in strangers(&root.join("docs/rules"), &files)? {
        current = false;
        eprintln!(
            "{} is not generated any more{}",
            path.strip_prefix(root)?.display(),
            if check { "" } else { ": removed" }
        );
        if !check {
            std::fs::remove_file(&path)?;
        }
    }
    for (path, text) in files {
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        current = false;
        let name = path.strip_prefix(root)?.display();
        if check {
            eprintln!("{name} is out of date: run cargo xtask generate");
        } else {
            std::fs::write(&path, text)?;
            eprintln!("wrote {name}");
        }
    }
    Ok(current || !check)
}

/// Applies the bundle to a throw-away database and reads it back: its catalog, and the manifest of who can do what.
async fn bundle(root: &Path) -> Result<(Catalog, String)> {
    let env: Environment = std::env::vars().collect();
    let server = match env.get("PGWARD_TEST_URL") {
        Some(url) => Options::parse(url, &env)?,
        None => DevServer::locate(&DevConfig::new(root, &env), &env).await?.start().await?.options,
    };
    let scratch = Scratch::create(&server).await?;
    let read = async {
        let mut session = connect(scratch.options()).await?;
        Runner::new(Migrations::bundle()?).up(session.client_mut()).await?;
        let catalog = introspect::read(session.client_mut(), &SchemaFilter::only(["ops"])).await?;
        let name = "schema/ops.rls.toml";
        let manifest = rls::Manifest::parse(name, &std::fs::read_to_string(root.join(name))?)?;
        let cells = rls::observe(session.client_mut(), &manifest).await?;
        session.close().await;
        if let Some((cell, reason)) = cells.iter().find_map(|cell| Some((cell, cell.observed.as_ref().err()?))) {
            return Err(format!("nothing is known of {} on {}: {reason}", cell.command.words(), cell.object()).into());
        }
        Ok::<_, Box<dyn Error>>((catalog, manifest.written(&cells)))
    };
    let read = read.await;
    scratch.close().await?;
    read
}

fn manifest_text(file: &Path, catalog: &Catalog) -> Result<String> {
    let shapes: Vec<&'static Shape> = kinds::ALL.iter().map(|kind| kind.shape).collect();
    let old = Manifest::parse("schema/ops.toml", &std::fs::read_to_string(file)?, &shapes)?;
    Ok(write_manifest(&Manifest::of(catalog, &shapes, &old), &shapes))
}

/// The program: PGWARD_PROGRAM where it has been built, or else it is built.
fn build(root: &Path) -> Result<PathBuf> {
    if let Some(program) = std::env::var_os("PGWARD_PROGRAM") {
        return Ok(std::path::absolute(program)?);
    }
    let built = Command::new(env!("CARGO")).args(["build", "--quiet", "--bin", "pgward"]).current_dir(root).status()?;
    if !built.success() {
        return Err("pgward does not build".into());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join("debug/pgward"))
}

fn run(program: &Path, args: &[&str]) -> Result<String> {
    let output = Command::new(program).args(args).env("COLUMNS", "100").output()?;
    if !output.status.success() {
        return Err(format!("pgward {args:?} failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn command_line(program: &Path) -> Result<String> {
    let mut text =
        "# Command line\n\nThe program's own help, written by `cargo xtask generate`. Exit status: 0 nothing to \
                    object to, 1 findings,\n2 the work could not be done. Data goes to standard output, all else to \
                    standard error.\n"
            .to_owned();
    write!(text, "\n## pgward\n\n```text\n{}```\n", trimmed(&run(program, &["--help"])?))?;
    for command in COMMANDS {
        let help = run(program, &[command, "--help"])?;
        // The global options stand once, above.
        let own = help.split("\nGlobal options:").next().unwrap_or(&help);
        write!(text, "\n## pgward {command}\n\n```text\n{}```\n", trimmed(own))?;
        for inner in inner_commands(own) {
            let help = run(program, &[command, inner, "--help"])?;
            let own = help.split("\nGlobal options:").next().unwrap_or(&help);
            write!(text, "\n### pgward {command} {inner}\n\n```text\n{}```\n", trimmed(own))?;
        }
    }
    Ok(text)
}

/// The commands of a command, as its help lists them.
fn inner_commands(help: &str) -> impl Iterator<Item = &str> {
    let list = help.split_once("\nCommands:\n").map_or("", |(_, list)| list);
    list.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_whitespace().next())
}

/// Without white space at the ends of lines, which clap leaves and editors take away.
fn trimmed(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// What is read of a database, and what is not.
fn coverage() -> Result<String> {
    let mut text = "# Coverage\n\nWhat pgward reads of a database, compares, and writes SQL for, on PostgreSQL 15 to 18. Written by \
                    `cargo xtask generate` from the\nkinds themselves. Objects of none of these kinds are counted in every \
                    catalog and reported by name; `--strict-coverage` makes that exit\nstatus 2. Attributes marked * \
                    are checked by `verify` only where a manifest gives them; `diff` compares all.\n"
        .to_owned();
    for kind in kinds::ALL {
        let name = kind.shape.name;
        write!(text, "\n## {}{}\n\n", name[..1].to_uppercase(), &name[1..])?;
        if kind.shape.attributes.is_empty() {
            text.push_str("Nothing but its name.\n");
            continue;
        }
        text.push_str("| Attribute | What it is |\n| --- | --- |\n");
        for attribute in kind.shape.attributes {
            let mark = if attribute.compared == Compared::WhenDeclared { " *" } else { "" };
            writeln!(text, "| `{}`{mark} | {} |", attribute.name, attribute.about.replace('|', "\\|"))?;
        }
    }
    text.push_str("\n## Left out\n\n");
    for (what, why) in introspect::GAPS {
        writeln!(text, "- {what}: {why}.")?;
    }
    text.push_str("\n## Catalogs of the server that hold nothing of their own\n\n");
    for (catalog, why) in introspect::NOT_SCHEMA {
        writeln!(text, "- `{catalog}`: {why}.")?;
    }
    Ok(text)
}

/// The pages of the codes, and the list of them.
fn codes(program: &Path, root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let explained: serde_json::Value = serde_json::from_str(&run(program, &["explain", "--format", "json"])?)?;
    let mut list = "# Codes of findings\n\nWritten by `cargo xtask generate`; `pgward explain CODE` says the same. A code \
                    keeps its meaning for ever. Levels are changed by code or name under `[rules]` in `pgward.toml`.\n\n\
                    | code | name | by default |\n| --- | --- | --- |\n"
        .to_owned();
    let mut files = Vec::new();
    for code in explained["codes"].as_array().into_iter().flatten() {
        let text = |key: &str| code[key].as_str().unwrap_or_default();
        let level = if code["off_by_default"] == true { "off" } else { text("severity") };
        writeln!(list, "| [{0}](rules/{0}.md) | {1} | {level} |", text("code"), text("name"))?;
        let page = format!(
            "# {} {}\n\nBy default: {level}.\n\n{}\n\n## Finds\n\n```sql\n{}\n```\n\n## Does not find\n\n```sql\n{}\n```\n",
            text("code"),
            text("name"),
            text("description"),
            text("bad"),
            text("good"),
        );
        files.push((root.join("docs/rules").join(format!("{}.md", text("code"))), page));
    }
    files.push((root.join("docs/CODES.md"), list));
    Ok(files)
}

/// Files in a generated directory that are not generated any more.
fn strangers(dir: &Path, files: &[(PathBuf, String)]) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(dir)?;
    let listed = std::fs::read_dir(dir)?.collect::<std::result::Result<Vec<_>, _>>()?;
    let paths = listed.into_iter().map(|entry| entry.path());
    Ok(paths.filter(|path| files.iter().all(|(known, _)| known != path)).collect())
}

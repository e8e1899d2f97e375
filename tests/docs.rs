//! The documentation says what is so: links lead somewhere, and the commands and options that it shows exist.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The pages for people: at the top and in docs/.
fn pages() -> Vec<(PathBuf, String)> {
    let mut pages: Vec<_> = [root().to_owned(), root().join("docs")]
        .iter()
        .flat_map(|dir| fs::read_dir(dir).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();
    pages.sort();
    pages
}

#[test]
fn links_lead_somewhere() {
    let link = regex::Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let mut dead = Vec::new();
    for (page, text) in pages() {
        for target in link.captures_iter(&text).map(|found| found[1].to_owned()) {
            let file = target.split('#').next().unwrap_or_default();
            if !target.contains("://") && !file.is_empty() && !page.parent().unwrap().join(file).exists() {
                dead.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn commands_and_options_exist() {
    // At the start of a line of a code block, or in backticks: `pgward redo --prove`.
    let shown = regex::Regex::new(r"(?m)(?:`|^(?:\$ )?|^- run: )pgward ([a-z]+)([^`\n#]*)").unwrap();
    let option = regex::Regex::new(r"--[a-z-]+").unwrap();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (page, text) in pages() {
        for found in shown.captures_iter(&text) {
            let (command, rest) = (&found[1], &found[2]);
            let help = Command::new(env!("CARGO_BIN_EXE_pgward")).args([command, "--help"]).output().unwrap();
            let mut help = String::from_utf8(help.stdout).unwrap();
            // `queue health --check`: options of a command's own commands.
            if let Some(inner) = rest.split_whitespace().next().filter(|word| !word.starts_with('-'))
                && help.contains("\nCommands:\n")
            {
                let args = [command, inner, "--help"];
                let more = Command::new(env!("CARGO_BIN_EXE_pgward")).args(args).output().unwrap();
                help.push_str(&String::from_utf8(more.stdout).unwrap());
            }
            seen += 1;
            if !help.contains(&format!("Usage: pgward {command}")) {
                // A sentence that begins with the program's name.
                if !found[0].starts_with("pgward") {
                    wrong.push(format!("{}: there is no command {command}", page.display()));
                }
                continue;
            }
            let missing = option.find_iter(rest).filter(|option| !help.contains(option.as_str()));
            wrong.extend(missing.map(|option| format!("{}: {command} has no {}", page.display(), option.as_str())));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen > 20, "only {seen} commands were recognised");
}

#[test]
fn files_that_are_named_exist() {
    let named =
        regex::Regex::new(r"`((?:src|ci|docs|schema|tests|examples|migrations|\.ci)/[A-Za-z0-9_./-]+)`").unwrap();
    let mut missing = Vec::new();
    for (page, text) in pages() {
        let names = named.captures_iter(&text).map(|found| found[1].to_owned());
        missing
            .extend(names.filter(|name| !root().join(name).exists()).map(|name| format!("{}: {name}", page.display())));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

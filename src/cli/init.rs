//! `pgward init`: a configuration file in which every option is explained.
//!
//! The options are those that reading the file knows: a test holds this list to the reader's own.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::config::FILE;
use super::context::{Context, write_file};
use super::gate;
use crate::base::{Error, Exit, Result};
use crate::report::{Line, Report, Table, Tone};
use crate::source::Migrations;

/// Write a pgward.toml in which every option is explained
///
/// Options stand in it as comments with what holds when they are left out; what is found in the working directory is filled
/// in. A file that is there is not written over.
#[derive(Debug, clap::Args)]
pub(super) struct Init {
    /// Write over the file that is there
    #[arg(long)]
    force: bool,
}

/// An option: its name, what it is for, and an example of its value.
pub(super) struct Explained {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) example: &'static str,
}

/// A part of the file. The first has no name.
pub(super) struct Part {
    /// As TOML writes it: `[migrations]`.
    pub(super) head: &'static str,
    pub(super) about: &'static str,
    pub(super) options: &'static [Explained],
}

const fn option(name: &'static str, about: &'static str, example: &'static str) -> Explained {
    Explained { name, about, example }
}

/// Every part and option, in the order in which they are written.
pub(super) const PARTS: &[Part] = &[
    Part {
        head: "",
        about: "",
        options: &[
            option(
                "schemas",
                "The schemas that are managed. Without it: all that are not the system's or an extension's.",
                "[\"app\"]",
            ),
            option(
                "manifest",
                "What must be in the database; `pgward verify --write` writes one.",
                "\"schema/app.toml\"",
            ),
            option("rls", "Who may do what to which rows; `pgward rls` tries it.", "\"schema/rls.toml\""),
            option(
                "roles",
                "Roles that migrations name, made on the throw-away server where they are missing.",
                "[\"app_owner\"]",
            ),
        ],
    },
    Part {
        head: "[migrations]",
        about: "Where migrations are. Without a directory: the embedded `ops` bundle.",
        options: &[
            option("dir", "The directory.", "\"migrations\""),
            option(
                "history_table",
                "The table in which refinery and pgward record what was applied.",
                "\"public.refinery_schema_history\"",
            ),
        ],
    },
    Part {
        head: "[renames]",
        about: "What was renamed, old name to new, for `pgward diff` and the review of `pgward gate --base`.",
        options: &[option("\"app.users\"", "An object by its name.", "\"app.accounts\"")],
    },
    Part {
        head: "[lint]",
        about: "How `pgward lint` looks at migrations.",
        options: &[
            option(
                "run_by",
                "Who runs the files: \"pgward\", or another runner that puts each into a \"transaction\", or that runs\n\
                 \"statements\" one by one.",
                "\"pgward\"",
            ),
            option(
                "baseline",
                "Findings that are accepted; `pgward lint --write-baseline` writes them.",
                "\"schema/lint-baseline.toml\"",
            ),
            option("downs", "Whether the files that undo migrations are looked at too.", "false"),
        ],
    },
    Part {
        head: "[lint.names]",
        about: "What names must match, by kind of object: a regular expression for \"table\", \"column\", \"index\",\n\
            \"foreign_key\", …; \"any\" for kinds without one.",
        options: &[option("index", "A kind of objects.", "\"_(idx|key)$\"")],
    },
    Part {
        head: "[[lint.owners]]",
        about: "Who looks after what. There may be several; a migration of others that changes it is a finding.",
        options: &[
            option("team", "The team's name.", "\"billing\""),
            option("objects", "Its objects, by schema and name.", "[\"billing.*\"]"),
            option("paths", "Where its migrations are, from this file's directory.", "[\"migrations/billing/**\"]"),
        ],
    },
    Part {
        head: "[advise]",
        about: "How `pgward advise` looks at a database.",
        options: &[option(
            "api_roles",
            "Roles that act for the outside world. Without it: anon and authenticated, or else all that were granted something.",
            "[\"anon\", \"authenticated\"]",
        )],
    },
    Part {
        head: "[gate]",
        about: "What `pgward gate` checks.",
        options: &[
            option("checks", "The checks. Without it: each that has something to look at here.", "@checks"),
            option("fail_on", "The lowest severity that fails: \"info\", \"warning\" or \"error\".", "\"error\""),
            option(
                "snapshots",
                "Committed snapshots that must be up to date, as JSON or SQL.",
                "[\"schema/app.snapshot.json\"]",
            ),
            option("pages", "Documents that must be there.", "[\"docs/ARCHITECTURE.md\"]"),
            option("links", "Markdown files whose links must lead somewhere.", "[\"*.md\", \"docs/**/*.md\"]"),
            option(
                "target_env",
                "The variable that holds the URL of the database to be looked after, for the checks `files` and `drift`.\n\
                 Without it: --database-url, DATABASE_URL, libpq's variables.",
                "\"PRODUCTION_READER_URL\"",
            ),
            option(
                "remember",
                "Whether what passed is remembered on the development server until something changes.",
                "true",
            ),
            option(
                "documents",
                "Generated documents that must be up to date, and their formats.",
                "{ \"schema/app.dbml\" = \"dbml\" }",
            ),
        ],
    },
    Part {
        head: "[rules]",
        about: "What findings count for, by code or name: \"off\", \"info\", \"warning\" or \"error\". `pgward explain` lists them.",
        options: &[option("no-down", "A code or a name.", "\"error\"")],
    },
    Part {
        head: "[[overrides]]",
        about: "The same for some files. There may be several; the last that fits counts.",
        options: &[
            option("paths", "Which files, from this one's directory.", "[\"migrations/legacy/**\"]"),
            option("rules", "What findings count for there.", "{ LN001 = \"warning\" }"),
        ],
    },
    Part {
        head: "[[allow]]",
        about: "A finding that is accepted for now. There may be several. One that nothing needs is a finding itself.",
        options: &[
            option("code", "Its code or name.", "\"VF003\""),
            option(
                "object",
                "The object as messages name it, or a pattern; the file where a finding is about no object.",
                "\"table app.old_*\"",
            ),
            option("reason", "Why.", "\"goes with the next release\""),
            option("until", "The last day on which it holds.", "2027-01-31"),
        ],
    },
];

impl Init {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let file = context.global.config.clone().unwrap_or_else(|| PathBuf::from(FILE));
        if file.exists() && !self.force {
            return Err(
                Error::input(format!("{} is there already", file.display())).with_hint("--force writes over it")
            );
        }
        let base = file.parent().map(Path::to_owned).unwrap_or_default();
        let migrations = found_migrations(&base);
        write_file(&file, &text(migrations.as_deref()))?;
        let mut row = vec![Line::new(Tone::Good, "made"), file.display().to_string().into()];
        row.extend(migrations.as_ref().map(|dir| Line::new(Tone::Dim, format!("migrations in {dir}"))));
        let data = serde_json::json!({ "files": [file.display().to_string()] });
        context.output.report(Report {
            command: "init",
            tables: vec![Table { title: String::new(), rows: vec![row] }],
            data: data.as_object().cloned().unwrap_or_default(),
            ..Report::default()
        })?;
        Ok(Exit::Clean)
    }
}

/// Where projects have their migrations.
const USUAL: &[&str] =
    &["migrations", "db/migrations", "db", "sql/migrations", "database/migrations", "supabase/migrations"];

/// The directory of migrations, from the file's, if one of the usual ones is one.
fn found_migrations(base: &Path) -> Option<String> {
    USUAL.iter().find(|dir| Migrations::from_dir(base.join(dir)).is_ok()).map(|dir| (*dir).to_owned())
}

/// The file's text.
fn text(migrations: Option<&str>) -> String {
    let mut text =
        "# What pgward knows of this project. Paths count from this file. Everything may be left out.\n".to_owned();
    for part in PARTS {
        if !part.head.is_empty() {
            // A part whose options are all left out says nothing; a list begins only with its first entry.
            let sign = if part.head.starts_with("[[") { "# " } else { "" };
            let _ = write!(text, "\n{}{sign}{}\n", comment(part.about), part.head);
        }
        for Explained { name, about, example } in part.options {
            text.push('\n');
            text.push_str(&comment(about));
            match (*name, migrations) {
                ("dir", Some(dir)) => {
                    let _ = writeln!(text, "dir = {dir:?}");
                }
                ("checks", _) => {
                    let _ = writeln!(text, "#\n{}# checks = [", checks());
                    for name in gate::names() {
                        let _ = writeln!(text, "#   {name:?},");
                    }
                    text.push_str("# ]\n");
                }
                _ => {
                    let _ = writeln!(text, "# {name} = {example}");
                }
            }
        }
    }
    text
}

/// What each check looks at.
fn checks() -> String {
    gate::described().map(|(name, about)| format!("#   {name:<10} {about}\n")).collect()
}

fn comment(text: &str) -> String {
    text.lines().map(|line| format!("# {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::cli::config;

    /// The file with every option in it and nothing as a comment.
    fn all_in() -> String {
        let mut all = String::new();
        for part in PARTS {
            let _ = writeln!(all, "{}", part.head);
            for Explained { name, example, .. } in part.options {
                let names: Vec<_> = gate::names().iter().map(|name| format!("{name:?}")).collect();
                let _ = writeln!(all, "{name} = {}", example.replace("@checks", &format!("[{}]", names.join(", "))));
            }
        }
        all
    }

    #[test]
    fn every_option_is_known_to_the_reader_and_every_one_of_its_is_explained() {
        for part in PARTS {
            let head = part.head.trim_matches(['[', ']']);
            // Names of rules, kinds and renamed objects are no options.
            if ["rules", "renames", "lint.names"].contains(&head) {
                continue;
            }
            let mut explained: BTreeSet<String> = part.options.iter().map(|option| option.name.to_owned()).collect();
            let heads = PARTS.iter().map(|part| part.head.trim_matches(['[', ']']));
            let below = |other: &str| match head {
                "" => (!other.is_empty() && !other.contains('.')).then(|| other.to_owned()),
                _ => other.strip_prefix(head)?.strip_prefix('.').map(str::to_owned),
            };
            explained.extend(heads.filter_map(below));
            assert_eq!(explained, config::known(head), "{head:?}");
        }
    }

    #[test]
    fn the_file_is_read_with_and_without_its_comments() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pgward.toml");
        for text in [all_in(), text(None), text(Some("db"))] {
            std::fs::write(&file, &text).unwrap();
            if let Err(error) = config::Config::load(Some(&file)) {
                panic!("{error}\n{text}");
            }
        }
    }
}

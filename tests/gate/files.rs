//! Faults in files: migrations that were edited, downs that undo nothing, stale documents, links that lead nowhere.

use std::fs;
use std::path::{Path, PathBuf};

use pgward::model::{Catalog, read_snapshot, write_snapshot};

use crate::faults::Fault;
use crate::project::root;

/// Candidates by what they do, with how many of each are drawn.
pub(crate) fn of_files() -> Vec<(usize, Vec<Fault>)> {
    let ups = migrations(|name| !name.ends_with(".down.sql"));
    let downs = migrations(|name| name.ends_with(".down.sql"));
    vec![
        (6, ups.iter().map(|file| edited(file)).collect()),
        (3, ups.iter().map(|file| renamed(file)).collect()),
        (2, ups.iter().skip(1).map(|file| moved(file)).collect()),
        (3, downs.iter().skip(1).map(|file| without_down(file)).collect()),
        (3, downs.iter().skip(2).map(|file| down_that_does_nothing(file)).collect()),
        (3, downs.iter().skip(1).map(|file| down_that_fails(file)).collect()),
        (2, ups.iter().map(|file| malformed(file)).collect()),
        (5, pages().into_iter().map(|page| removed(&page)).collect()),
        (2, pages().into_iter().map(|page| emptied(&page)).collect()),
        (6, texts().into_iter().map(|page| broken_link(&page)).collect()),
        (3, texts().into_iter().map(|page| broken_anchor(&page)).collect()),
        (5, stale_snapshots()),
        (3, stale_sql()),
        (6, stale_documents()),
        (4, manifests()),
        (3, not_readable()),
    ]
}

fn migrations(wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let listed = fs::read_dir(root().join("migrations")).unwrap();
    let mut names: Vec<_> = listed.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| wanted(name));
    names.sort();
    names
}

fn edit(path: &PathBuf, change: impl Fn(&str) -> String) {
    let old = fs::read_to_string(path).unwrap();
    let new = change(&old);
    assert_ne!(old, new, "{} is as it was", path.display());
    fs::write(path, new).unwrap();
}

fn id(file: &str) -> String {
    file.trim_end_matches(".sql").trim_end_matches(".down").to_owned()
}

fn edited(file: &str) -> Fault {
    let path = format!("migrations/{file}");
    Fault::files("files", &id(file), &format!("a comment in {file}, after it was applied"), move |copy| {
        edit(&copy.join(&path), |text| format!("{text}\n-- planted\n"));
    })
}

/// Both files of a migration by another name.
fn rename(copy: &Path, from: &str, to: &str) {
    for ending in [".sql", ".down.sql"] {
        let file = |id: &str| copy.join(format!("migrations/{id}{ending}"));
        fs::rename(file(from), file(to)).unwrap();
    }
}

fn renamed(file: &str) -> Fault {
    let id = id(file);
    Fault::files("files", &id.clone(), &format!("{file} has another name"), move |copy| {
        rename(copy, &id, &format!("{id}_planted"));
    })
}

fn moved(file: &str) -> Fault {
    let id = id(file);
    Fault::files("files", &id.clone(), &format!("{file} comes first"), move |copy| {
        rename(copy, &id, "V20250101000000__planted");
    })
}

fn without_down(file: &str) -> Fault {
    let path = format!("migrations/{file}");
    Fault::files("files", &id(file), &format!("no {file}"), move |copy| fs::remove_file(copy.join(&path)).unwrap())
}

fn down_that_does_nothing(file: &str) -> Fault {
    let path = format!("migrations/{file}");
    Fault::files("downs", &id(file), &format!("{file} undoes nothing"), move |copy| {
        fs::write(copy.join(&path), "select 1;\n").unwrap();
    })
}

fn down_that_fails(file: &str) -> Fault {
    let path = format!("migrations/{file}");
    Fault::files("downs", &id(file), &format!("{file} is refused"), move |copy| {
        edit(&copy.join(&path), |text| format!("{text}\ndrop table ops.planted;\n"));
    })
}

fn malformed(file: &str) -> Fault {
    let path = format!("migrations/{file}");
    Fault::files("apply", &id(file), &format!("{file} is no SQL"), move |copy| {
        edit(&copy.join(&path), |text| format!("{text}\ncreate tabel planted ();\n"));
    })
}

/// The five documents that must be there.
fn pages() -> Vec<String> {
    ["ARCHITECTURE", "DATA_BOUNDARIES", "RUN_LIFECYCLE", "CICD", "SECURITY"]
        .map(|name| format!("docs/{name}.md"))
        .into()
}

/// Files whose links are followed.
fn texts() -> Vec<String> {
    let mut texts = pages();
    texts.extend(["README.md", "CONTRIBUTING.md", "docs/diff.md", "docs/documents.md"].map(str::to_owned));
    texts
}

fn removed(page: &str) -> Fault {
    let path = page.to_owned();
    Fault::files("pages", page, &format!("no {page}"), move |copy| fs::remove_file(copy.join(&path)).unwrap())
}

fn emptied(page: &str) -> Fault {
    let path = page.to_owned();
    Fault::files("pages", page, &format!("{page} is empty"), move |copy| fs::write(copy.join(&path), "\n").unwrap())
}

fn broken_link(page: &str) -> Fault {
    let path = page.to_owned();
    Fault::files("pages", page, &format!("a link of {page} leads to no file"), move |copy| {
        edit(&copy.join(&path), |text| format!("{text}\nSee [this](planted/none.md).\n"));
    })
}

fn broken_anchor(page: &str) -> Fault {
    let path = page.to_owned();
    Fault::files("pages", page, &format!("a link of {page} leads to no heading"), move |copy| {
        edit(&copy.join(&path), |text| format!("{text}\nSee [this](#planted-none).\n"));
    })
}

/// Snapshots of another schema.
fn stale_snapshots() -> Vec<Fault> {
    let file = "schema/ops.snapshot.json";
    let catalog = read_snapshot(&fs::read_to_string(root().join(file)).unwrap()).unwrap();
    let kinds = ["policy", "index", "trigger", "column", "constraint"];
    let left_out = catalog.objects.keys().filter(|id| kinds.contains(&id.kind.as_str())).cloned();
    left_out
        .map(|id| {
            let mut stale = Catalog { objects: catalog.objects.clone(), ..Catalog::default() };
            stale.objects.remove(&id);
            let text = write_snapshot(&stale);
            Fault::files("snapshot", id.name(), &format!("{file} is without {id}"), move |copy| {
                fs::write(copy.join(file), &text).unwrap();
            })
        })
        .collect()
}

fn stale_sql() -> Vec<Fault> {
    ["create policy", "comment on", "grant ", "alter table"]
        .into_iter()
        .map(|start| {
            let file = "schema/ops.sql";
            Fault::files("snapshot", file, &format!("{file} is without the first {start:?}"), move |copy| {
                edit(&copy.join(file), |text| {
                    let lower = text.to_lowercase();
                    let at = lower.find(&format!("\n{start}")).unwrap() + 1;
                    let end = at + text[at..].find('\n').unwrap() + 1;
                    format!("{}{}", &text[..at], &text[end..])
                });
            })
        })
        .collect()
}

fn stale_documents() -> Vec<Fault> {
    ["dbml", "mmd", "prisma", "ts", "md"]
        .into_iter()
        .flat_map(|ending| [1_usize, 2, 3].map(|part| (ending, part)))
        .map(|(ending, part)| {
            let file = format!("schema/ops.{ending}");
            let what = format!("{file} is without a line, after {part} quarters");
            Fault::files("documents", &file.clone(), &what, move |copy| {
                edit(&copy.join(&file), |text| {
                    let lines: Vec<_> = text.lines().collect();
                    let from = lines.len() * part / 4;
                    let at = (from..lines.len()).find(|at| !lines[*at].trim().is_empty()).unwrap();
                    let kept = lines.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, line)| format!("{line}\n"));
                    kept.collect()
                });
            })
        })
        .collect()
}

/// Manifests that declare something else than is there: a line is left out.
fn manifests() -> Vec<Fault> {
    let file = "schema/ops.toml";
    let text = fs::read_to_string(root().join(file)).unwrap();
    let section = |start: &str| text.find(start).unwrap();
    ["policies]\n", "constraints]\n", "triggers]\n", "indexes]\n", "columns]\n"]
        .into_iter()
        .flat_map(|start| {
            let lines = text[section(start)..].lines().skip(1).take_while(|line| line.contains(" = {"));
            lines.map(str::to_owned).collect::<Vec<_>>()
        })
        .filter(|line| text.matches(line.as_str()).count() == 1)
        .map(|line| {
            let name = line.split(' ').next().unwrap().to_owned();
            Fault::files("verify", &name, &format!("{file} is without {name}"), move |copy| {
                edit(&copy.join(file), |text| text.replacen(&format!("{line}\n"), "", 1));
            })
        })
        .collect()
}

/// What can't be read at all: the gate names the file and gives no verdict.
fn not_readable() -> Vec<Fault> {
    vec![
        Fault::files("verify", "schema/ops.toml", "the manifest is no TOML", |copy| {
            edit(&copy.join("schema/ops.toml"), |text| format!("{text}\n[tables\n"));
        }),
        Fault::files("files", "V2__add-planted.sql", "a file's name fits no migration", |copy| {
            fs::write(copy.join("migrations/V2__add-planted.sql"), "select 1;\n").unwrap();
        }),
        Fault::files("snapshot", "schema/ops.snapshot.json", "the snapshot was edited by hand", |copy| {
            edit(&copy.join("schema/ops.snapshot.json"), |text| text.replacen("\"policy\"", "\"polizei\"", 1));
        }),
        Fault::files("documents", "schema/ops.dbml", "a document is gone", |copy| {
            fs::remove_file(copy.join("schema/ops.dbml")).unwrap();
        }),
    ]
}

//! Files of a git revision, read by git itself and never checked out.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::base::{Error, Result};

/// What a revision has at a path.
#[derive(Debug)]
pub(in crate::cli) enum At {
    /// One file.
    File(Vec<u8>),
    /// The files of a directory and of those in it, by their path inside it.
    Directory(Vec<(PathBuf, Vec<u8>)>),
}

/// Reads a path of a revision; a relative one counts from the working directory.
///
/// # Errors
///
/// When there is no git, no repository, no such revision, or nothing at the path in it; git's own words are in a note.
pub(super) async fn read(revision: &str, path: &Path) -> Result<At> {
    find(revision, path).await?.ok_or_else(|| {
        Error::input(format!("there is no {} in revision {revision}", path.display()))
            .with_hint("the path counts from the working directory: git:REV:DIR")
    })
}

/// The same, or nothing where the revision has nothing at the path.
///
/// # Errors
///
/// As for [`read`], but for that.
pub(in crate::cli) async fn find(revision: &str, path: &Path) -> Result<Option<At>> {
    let commit = format!("{revision}^{{commit}}");
    let commit = match git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit], &[]).await? {
        Ok(commit) => text(commit).trim().to_owned(),
        Err(said) if said.is_empty() => {
            return Err(Error::input(format!("git knows no revision {revision:?}"))
                .with_hint("`git fetch` may be missing: a shallow clone has only the newest revision"));
        }
        Err(said) => return Err(Error::environment("git can't be asked for a revision").with_note(said)),
    };
    let name = format!("{commit}:{}", in_tree(path).await?);
    let Ok(kind) = git(&["cat-file", "-t", &name], &[]).await? else { return Ok(None) };
    if text(kind).trim() == "blob" {
        return Ok(Some(At::File(required(git(&["cat-file", "blob", &name], &[]).await?)?)));
    }
    let listed = text(required(git(&["ls-tree", "-r", "-z", &name], &[]).await?)?);
    let mut paths = Vec::new();
    let mut objects = String::new();
    for entry in listed.split('\0').filter(|entry| !entry.is_empty()) {
        let (about, path) = entry.split_once('\t').unwrap_or((entry, ""));
        let mut about = about.split(' ');
        let (mode, kind, object) = (about.next(), about.next(), about.next().unwrap_or_default());
        let path = PathBuf::from(path);
        if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql") || extension == "rs") {
            continue;
        }
        if mode == Some("120000") || kind != Some("blob") {
            return Err(Error::input(format!("{} is a link in revision {revision}", path.display()))
                .with_hint("links of a revision are not followed: name the directory itself"));
        }
        objects.push_str(object);
        objects.push('\n');
        paths.push(path);
    }
    let contents = required(git(&["cat-file", "--batch"], objects.as_bytes()).await?)?;
    Ok(Some(At::Directory(paths.into_iter().zip(batch(&contents)).collect())))
}

/// A path as git reads it after `REV:`.
async fn in_tree(path: &Path) -> Result<String> {
    if path.is_relative() {
        return Ok(format!("./{}", path.display()));
    }
    let top = text(required(git(&["rev-parse", "--show-toplevel"], &[]).await?)?);
    let inside = path.strip_prefix(top.trim_end_matches('\n'));
    let inside = inside.map_err(|_| Error::input(format!("{} is not in the repository", path.display())))?;
    Ok(inside.display().to_string())
}

/// Takes the contents out of what `git cat-file --batch` writes: a line that ends with the size, the bytes, a line feed.
fn batch(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut contents = Vec::new();
    while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
        let head = String::from_utf8_lossy(&bytes[..end]);
        let size = head.rsplit(' ').next().and_then(|size| size.parse().ok()).unwrap_or(0);
        let rest = &bytes[end + 1..];
        let size = rest.len().min(size);
        contents.push(rest[..size].to_vec());
        bytes = rest.get(size + 1..).unwrap_or_default();
    }
    contents
}

/// Runs git. Returns what it wrote, or what it said when it failed.
async fn git(args: &[&str], input: &[u8]) -> Result<Result<Vec<u8>, String>> {
    let failed = |error: std::io::Error| {
        let missing = error.kind() == std::io::ErrorKind::NotFound;
        let error = Error::environment("git can't be run").with_source(error);
        if missing { error.with_hint("a git: source needs git on PATH") } else { error }
    };
    let mut command = Command::new("git");
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    let stdin = child.stdin.take();
    let write = async {
        if let Some(mut stdin) = stdin {
            // git may have failed and gone already; then its status says so.
            let _ = stdin.write_all(input).await;
        }
    };
    let ((), output) = tokio::join!(write, child.wait_with_output());
    let output = output.map_err(failed)?;
    Ok(if output.status.success() { Ok(output.stdout) } else { Err(text(output.stderr).trim().to_owned()) })
}

fn required(answer: Result<Vec<u8>, String>) -> Result<Vec<u8>> {
    answer.map_err(|said| Error::environment("git failed").with_note(said))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::batch;

    #[test]
    fn contents_are_taken_out_by_their_size() {
        let bytes = b"aaaa blob 3\na\nb\nbbbb blob 0\n\ncccc blob 2\nxy\n";
        assert_eq!(batch(bytes), [b"a\nb".to_vec(), Vec::new(), b"xy".to_vec()]);
    }
}

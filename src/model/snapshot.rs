//! The canonical text of a catalog: one object a line, so that a diff of two snapshots in git is a review.
//!
//! The first line is a header with format version and digest; each further line is one object as JSON with sorted keys,
//! in the order of [`ObjectId`]. There are no OIDs, no times and no server version in it: equal catalogs give equal bytes.

use std::io::{self, Cursor, Seek, SeekFrom, Write};
use std::panic::resume_unwind;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::differing::find;
use super::{Attrs, Catalog, Object, ObjectId};
use crate::base::{Error, Result};

/// The version of the format, raised when a reader of the old one would misread the new one.
pub const SNAPSHOT_VERSION: u32 = 2;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    pgward_snapshot: u32,
    digest: String,
}

/// A line as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    kind: String,
    path: Vec<String>,
    #[serde(default)]
    parent: Option<(String, Vec<String>)>,
    #[serde(default)]
    attrs: Attrs,
    #[serde(default)]
    needs: Vec<(String, Vec<String>)>,
}

/// A line as it is written. Borrowed: a catalog may be large.
#[derive(Serialize)]
struct LineRef<'a> {
    kind: &'a str,
    path: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<(&'a str, &'a [String])>,
    #[serde(skip_serializing_if = "no_attrs")]
    attrs: &'a Attrs,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    needs: Vec<(&'a str, &'a [String])>,
}

fn no_attrs(attrs: &Attrs) -> bool {
    attrs.is_empty()
}

/// A snapshot that is as it was written: its header is read and its digest checked, its objects are not read yet.
#[derive(Debug, Clone)]
pub struct Snapshot {
    text: String,
    /// Where each object's line begins, and where the last one ends.
    starts: Vec<usize>,
}

impl Snapshot {
    /// Takes a snapshot's text.
    ///
    /// # Errors
    ///
    /// An input error for text that is no snapshot, has another version, or was edited by hand (its digest does not
    /// match).
    pub fn open(text: String) -> Result<Self> {
        let (first, body) = text.split_once('\n').unwrap_or((&text, ""));
        let header: Header = serde_json::from_str(first)
            .map_err(|error| Error::input("line 1 is not the header of a snapshot").with_source(error))?;
        if header.pgward_snapshot != SNAPSHOT_VERSION {
            return Err(Error::input(format!(
                "the snapshot has format version {}, this pgward reads version {SNAPSHOT_VERSION}",
                header.pgward_snapshot
            ))
            .with_hint("write it again with this version of pgward"));
        }
        if header.digest != digest_of(body) {
            return Err(Error::input("the snapshot's digest does not match its text: it was edited or cut short")
                .with_hint("write it again with `pgward snapshot --out FILE`"));
        }
        let mut starts = vec![text.len() - body.len()];
        let base = starts[0];
        starts.extend(body.match_indices('\n').map(|(at, _)| base + at + 1));
        if starts.last() != Some(&text.len()) {
            starts.push(text.len());
        }
        Ok(Self { text, starts })
    }

    /// Reads all objects.
    ///
    /// # Errors
    ///
    /// An input error naming the line that is not an object, or is one for the second time.
    pub fn read(&self) -> Result<Catalog> {
        self.read_lines(0..self.lines())
    }

    /// Whether it has an object.
    ///
    /// # Errors
    ///
    /// An input error naming a line that is not an object.
    pub fn has(&self, id: &ObjectId) -> Result<bool> {
        Ok(find(self, id)?.is_some())
    }

    /// How many objects it has.
    pub(super) fn lines(&self) -> usize {
        self.starts.len() - 1
    }

    /// The line of the object with this number, from 0.
    pub(super) fn line(&self, number: usize) -> &str {
        &self.text[self.starts[number]..self.starts[number + 1]]
    }

    /// The identity of the object with this number.
    pub(super) fn id(&self, number: usize) -> Result<ObjectId> {
        /// The part of a line that comes first.
        #[derive(Deserialize)]
        struct Identity {
            kind: String,
            path: Vec<String>,
        }
        let Identity { kind, path } = self.parse(number)?;
        Ok(ObjectId::of(kind, path))
    }

    /// Reads the objects with these numbers.
    pub(super) fn read_lines(&self, numbers: impl IntoIterator<Item = usize>) -> Result<Catalog> {
        let mut objects = Vec::new();
        for number in numbers {
            let line: Line = self.parse(number)?;
            let id = |(kind, path)| ObjectId::of(kind, path);
            let needs = line.needs.into_iter().map(id).collect();
            let object = Object { parent: line.parent.map(id), attrs: line.attrs, needs };
            objects.push((id((line.kind, line.path)), object));
        }
        let read = objects.len();
        // In order already, so this is one pass.
        let catalog = Catalog { objects: objects.into_iter().collect(), uncovered: Vec::new() };
        if catalog.objects.len() != read {
            return Err(Error::input("the snapshot has an object twice"));
        }
        Ok(catalog)
    }

    fn parse<'a, T: Deserialize<'a>>(&'a self, number: usize) -> Result<T> {
        serde_json::from_str(self.line(number))
            .map_err(|error| Error::input(format!("line {} is not an object", number + 2)).with_source(error))
    }
}

/// Writes a catalog. What no kind covers is not part of it.
#[must_use]
pub fn write_snapshot(catalog: &Catalog) -> String {
    let mut text = Cursor::new(Vec::new());
    write_snapshot_to(catalog, &mut text).expect("memory can be written to");
    String::from_utf8(text.into_inner()).expect("JSON is UTF-8")
}

/// Writes a catalog as [`write_snapshot`] does, to a place where the beginning can be written last: the digest in it is
/// known only then, and the text is never in memory as a whole.
///
/// # Errors
///
/// What the place says.
pub fn write_snapshot_to(catalog: &Catalog, out: &mut (impl Write + Seek)) -> io::Result<()> {
    // Every digest is as long as this one.
    let header = |digest| to_line(&Header { pgward_snapshot: SNAPSHOT_VERSION, digest });
    let start = out.stream_position()?;
    let placeholder = header(digest_of(""));
    out.write_all(placeholder.as_bytes())?;
    out.write_all(b"\n")?;
    let digest = write_body(catalog, |part| out.write_all(part))?;
    let end = out.stream_position()?;
    out.seek(SeekFrom::Start(start))?;
    out.write_all(header(digest).as_bytes())?;
    out.seek(SeekFrom::Start(end))?;
    Ok(())
}

/// Returns the digest of a catalog, `sha256:…`: the same as in its snapshot's header.
#[must_use]
pub fn digest(catalog: &Catalog) -> String {
    write_body(catalog, |_| Ok(())).expect("nothing is written")
}

/// Reads a snapshot back.
///
/// # Errors
///
/// What [`Snapshot::open`] and [`Snapshot::read`] refuse.
pub fn read_snapshot(text: &str) -> Result<Catalog> {
    Snapshot::open(text.to_owned())?.read()
}

/// Writes the objects part by part, and returns the digest of all parts. While one is written, the next is made.
fn write_body(catalog: &Catalog, mut write: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<String> {
    let mut digest = Sha256::new();
    thread::scope(|scope| {
        let (sender, made) = sync_channel(4);
        let maker = scope.spawn(move || make_body(catalog, &sender));
        for part in made {
            digest.update(&part);
            write(&part)?;
        }
        maker.join().unwrap_or_else(|panic| resume_unwind(panic))
    })?;
    Ok(shown(digest))
}

/// Makes the lines of all objects, in parts, as long as they are taken.
fn make_body(catalog: &Catalog, taker: &SyncSender<Vec<u8>>) -> io::Result<()> {
    const PART: usize = 1 << 16;
    fn parts(id: &ObjectId) -> (&str, &[String]) {
        (&id.kind, &id.path)
    }
    let mut part = Vec::new();
    for (id, object) in &catalog.objects {
        let (kind, path) = parts(id);
        let needs = object.needs.iter().map(parts).collect();
        let line = LineRef { kind, path, parent: object.parent.as_ref().map(parts), attrs: &object.attrs, needs };
        serde_json::to_writer(&mut part, &line)?;
        part.push(b'\n');
        if part.len() >= PART && taker.send(std::mem::replace(&mut part, Vec::with_capacity(2 * PART))).is_err() {
            break;
        }
    }
    // Nobody takes it where the last could not be written.
    let _ = taker.send(part);
    Ok(())
}

/// Returns the digest of a text: `sha256:` and 64 hexadecimal digits.
#[must_use]
pub fn digest_of(text: &str) -> String {
    shown(Sha256::new_with_prefix(text))
}

fn shown(digest: Sha256) -> String {
    let digits = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("sha256:{digits}")
}

fn to_line<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("strings, lists and JSON values always serialize")
}
#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{read_snapshot, write_snapshot};
    use crate::model::{Catalog, Object, ObjectId};

    fn sample() -> Catalog {
        let schema = ObjectId::new("schema", ["ops"]);
        let mut catalog = Catalog::default();
        catalog.objects.insert(schema.clone(), Object { parent: None, attrs: Default::default(), needs: Vec::new() });
        let attrs = json!({"unlogged": true, "comment": "it's \"ours\"\nand théirs"});
        catalog.objects.insert(
            ObjectId::new("table", ["ops", "runs"]),
            Object { parent: Some(schema), attrs: attrs.as_object().unwrap().clone().into(), needs: Vec::new() },
        );
        catalog
    }

    #[test]
    fn round_trips() {
        let text = write_snapshot(&sample());
        assert_eq!(read_snapshot(&text).unwrap(), sample());
        assert_eq!(text.lines().count(), 3);
    }

    #[test]
    fn refuses_what_was_edited() {
        let text = write_snapshot(&sample());
        let error = read_snapshot(&text.replace("ours", "mine")).unwrap_err();
        assert!(error.message().contains("digest"), "{error}");
        assert!(read_snapshot("").is_err());
        assert!(read_snapshot(&text.replace("_snapshot\":2", "_snapshot\":3")).is_err());
    }
}

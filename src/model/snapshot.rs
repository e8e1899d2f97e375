//! The canonical text of a catalog: one object a line, so that a diff of two snapshots in git is a review.
//!
//! The first line is a header with format version and digest; each further line is one object as JSON with sorted keys,
//! in the order of [`ObjectId`]. There are no OIDs, no times and no server version in it: equal catalogs give equal bytes.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

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

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    kind: String,
    path: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<(String, Vec<String>)>,
    #[serde(default, skip_serializing_if = "Attrs::is_empty")]
    attrs: Attrs,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    needs: Vec<(String, Vec<String>)>,
}

/// Writes a catalog. What no kind covers is not part of it.
#[must_use]
pub fn write_snapshot(catalog: &Catalog) -> String {
    let body = body(catalog);
    let header = Header { pgward_snapshot: SNAPSHOT_VERSION, digest: digest_of(&body) };
    format!("{}\n{body}", to_line(&header))
}

/// Returns the digest of a catalog, `sha256:…`: the same as in its snapshot's header.
#[must_use]
pub fn digest(catalog: &Catalog) -> String {
    digest_of(&body(catalog))
}

/// Reads a snapshot back.
///
/// # Errors
///
/// An input error naming the line, for text that is no snapshot, has another version, or was edited by hand (its digest
/// does not match).
pub fn read_snapshot(text: &str) -> Result<Catalog> {
    let (first, body) = text.split_once('\n').unwrap_or((text, ""));
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
    let mut catalog = Catalog::default();
    for (number, line) in body.lines().enumerate() {
        let line: Line = serde_json::from_str(line)
            .map_err(|error| Error::input(format!("line {} is not an object", number + 2)).with_source(error))?;
        let id = ObjectId { kind: line.kind, path: line.path };
        let parent = line.parent.map(|(kind, path)| ObjectId { kind, path });
        let needs = line.needs.into_iter().map(|(kind, path)| ObjectId { kind, path }).collect();
        catalog.objects.insert(id, Object { parent, attrs: line.attrs, needs });
    }
    Ok(catalog)
}

fn body(catalog: &Catalog) -> String {
    let mut text = String::new();
    for (id, object) in &catalog.objects {
        text.push_str(&to_line(&Line {
            kind: id.kind.clone(),
            path: id.path.clone(),
            parent: object.parent.as_ref().map(|parent| (parent.kind.clone(), parent.path.clone())),
            attrs: object.attrs.clone(),
            needs: object.needs.iter().map(|id| (id.kind.clone(), id.path.clone())).collect(),
        }));
        text.push('\n');
    }
    text
}

/// Returns the digest of a text: `sha256:` and 64 hexadecimal digits.
#[must_use]
pub fn digest_of(text: &str) -> String {
    let mut digest = String::from("sha256:");
    for byte in Sha256::digest(text.as_bytes()) {
        digest.push_str(&format!("{byte:02x}"));
    }
    digest
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
            Object { parent: Some(schema), attrs: attrs.as_object().unwrap().clone(), needs: Vec::new() },
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

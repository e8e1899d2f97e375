//! How migration files are named. A further layout is one row in [`LAYOUTS`].

/// Which way a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// It applies the migration.
    Up,
    /// It undoes the migration.
    Down,
}

/// What a file's name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    /// The version, as it is written.
    pub version: String,
    /// The name, for people.
    pub name: String,
    /// Which way the file goes.
    pub direction: Direction,
    /// Whether the order of versions is no matter to it (refinery's `U`).
    pub unordered: bool,
}

/// A way to name migration files.
#[derive(Debug)]
pub struct Layout {
    /// What the layout is called.
    pub name: &'static str,
    /// The names of an up and a down file, to show a person.
    pub example: &'static str,
    /// Reads a file's name. `None` where it does not fit.
    pub parse: fn(&str) -> Option<FileName>,
    /// Makes a file's name from version and name.
    pub compose: fn(&str, &str, Direction) -> String,
}

/// All layouts. A directory has the one that fits most of its files.
pub const LAYOUTS: &[Layout] = &[Layout {
    name: "refinery",
    example: "V20260213000000__create_runs.sql and V20260213000000__create_runs.down.sql",
    parse: parse_refinery,
    compose: |version, name, direction| match direction {
        Direction::Up => format!("V{version}__{name}.sql"),
        Direction::Down => format!("V{version}__{name}.down.sql"),
    },
}];

/// `^([UV])(\d+)__(\w+)(\.down)?\.sql$`, which is refinery's pattern with the down file that refinery does not have.
fn parse_refinery(file: &str) -> Option<FileName> {
    let stem = file.strip_suffix(".sql")?;
    let (stem, direction) = match stem.strip_suffix(".down") {
        Some(stem) => (stem, Direction::Down),
        None => (stem, Direction::Up),
    };
    let unordered = stem.starts_with('U');
    let (version, name) = stem.strip_prefix(['U', 'V'])?.split_once("__")?;
    let number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    (number && !name.is_empty() && name.chars().all(is_word)).then(|| FileName {
        version: version.to_owned(),
        name: name.to_owned(),
        direction,
        unordered,
    })
}

/// A character of `\w`, near enough: what refinery's own pattern does not take is found when it is asked.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for layout in LAYOUTS {
            for direction in [Direction::Up, Direction::Down] {
                let file = (layout.compose)("20260213000000", "a_b", direction);
                let parsed = (layout.parse)(&file).unwrap();
                assert_eq!((parsed.version.as_str(), parsed.name.as_str()), ("20260213000000", "a_b"));
                assert_eq!(parsed.direction, direction);
            }
        }
    }

    #[test]
    fn what_refinery_skips_fits_not() {
        for file in [
            "V2__add-c.sql",
            "v3__d.sql",
            "V1.2__x.sql",
            "V__x.sql",
            "V1_x.sql",
            "V1__.sql",
            "V1__a.up.sql",
            "V1__a.SQL",
            "|1__a.sql",
            "1__a.sql",
            "V1__a b.sql",
            "V1__a.down.down.sql",
            "V-1__a.sql",
            "V١__a.sql",
        ] {
            assert_eq!(parse_refinery(file), None, "{file}");
        }
        assert!(parse_refinery("U1__ä_1.sql").unwrap().unordered);
    }
}

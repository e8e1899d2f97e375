//! The options that reading the file knows, asked of the reader itself.

use std::collections::BTreeSet;

use serde::de::value::Error;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};

use super::{AdviseConfig, Config, MigrationsConfig, gate, lint, rules};

/// The names of a part's options; the file's own for no name.
pub(in crate::cli) fn known(part: &str) -> BTreeSet<String> {
    let names = match part {
        "" => fields::<Config>(),
        "migrations" => fields::<MigrationsConfig>(),
        "lint" => fields::<lint::LintConfig>(),
        "lint.owners" => fields::<lint::OwnerWords>(),
        "advise" => fields::<AdviseConfig>(),
        "gate" => fields::<gate::GateSection>(),
        "overrides" => fields::<rules::Override>(),
        "allow" => fields::<rules::Allow>(),
        _ => panic!("there is no part {part:?}"),
    };
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn fields<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let mut names: &'static [&'static str] = &[];
    // It ends as soon as it has said what it knows.
    assert!(T::deserialize(Listener(&mut names)).is_err());
    names
}

/// Hears which fields a structure asks for.
struct Listener<'n>(&'n mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Listener<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("this is no structure"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        *self.0 = fields;
        Err(Error::custom("heard"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

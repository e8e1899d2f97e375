//! Which schemas are looked at.

use super::{Catalog, Uncovered};

/// The managed schemas. What stands in none of them is left out; with no list, everything is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchemaFilter {
    schemas: Option<Vec<String>>,
}

impl SchemaFilter {
    /// Keeps every schema that introspection reads: all but the system's and extensions' own objects.
    #[must_use]
    pub fn all() -> Self {
        Self { schemas: None }
    }

    /// Keeps these schemas.
    pub fn only<S: Into<String>>(schemas: impl IntoIterator<Item = S>) -> Self {
        Self { schemas: Some(schemas.into_iter().map(Into::into).collect()) }
    }

    /// The list, if there is one.
    #[must_use]
    pub fn schemas(&self) -> Option<&[String]> {
        self.schemas.as_deref()
    }

    /// Whether what stands in `schema` is kept; what stands in no schema is kept only when everything is.
    #[must_use]
    pub fn keeps(&self, schema: Option<&str>) -> bool {
        match (&self.schemas, schema) {
            (None, _) => true,
            (Some(schemas), Some(schema)) => schemas.iter().any(|kept| kept == schema),
            (Some(_), None) => false,
        }
    }

    /// Returns the catalog without what is not kept.
    #[must_use]
    pub fn apply(&self, mut catalog: Catalog) -> Catalog {
        if self.schemas.is_some() {
            let dropped: Vec<_> =
                catalog.objects.keys().filter(|id| !self.keeps(catalog.schema_of(id))).cloned().collect();
            for id in dropped {
                catalog.objects.remove(&id);
            }
            catalog.uncovered.retain(|Uncovered { schema, .. }| self.keeps(schema.as_deref()));
        }
        catalog
    }
}

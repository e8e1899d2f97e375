//! How a kind of object is shaped, as far as comparing, writing and reading manifests needs to know.

/// A kind's name and attributes.
#[derive(Debug)]
pub struct Shape {
    /// The kind in PostgreSQL's words, singular: `table`.
    pub name: &'static str,
    /// The heading of its section in a manifest: `tables`.
    pub plural: &'static str,
    /// Every attribute that the kind's query may return.
    pub attributes: &'static [Attribute],
    /// The attribute that a manifest may give alone instead of a table of attributes, such as a grant's `privileges`.
    pub shorthand: Option<&'static str>,
}

/// One attribute of a kind.
#[derive(Debug)]
pub struct Attribute {
    /// Its name in snapshots and manifests.
    pub name: &'static str,
    /// What it means, one sentence.
    pub about: &'static str,
    /// How its value is compared.
    pub form: Form,
    /// Whether a manifest that leaves it out expects its default.
    pub compared: Compared,
    /// The value that leaving it out means, as text; empty for false, nothing and none.
    pub default: &'static str,
}

/// When `verify` compares an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// Always: left out of a manifest, its default is expected.
    Always,
    /// Only when the manifest gives it: owners, comments, what follows from other attributes.
    WhenDeclared,
}

/// How an attribute's value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As it stands.
    Plain,
    /// An expression over the columns of the parent relation, in the server's own deparsed text.
    Expression,
    /// A query, in the server's own deparsed text.
    Query,
    /// A list whose order means nothing.
    Set,
    /// A long text, such as a function's body, which a manifest may give by its digest: `sha256:…`.
    Text,
}

impl Attribute {
    /// An attribute that is compared as it stands, always, and whose default is false, nothing or none.
    #[must_use]
    pub const fn plain(name: &'static str, about: &'static str) -> Self {
        Self { name, about, form: Form::Plain, compared: Compared::Always, default: "" }
    }

    /// An expression over the columns of the parent relation.
    #[must_use]
    pub const fn expression(name: &'static str, about: &'static str) -> Self {
        Self { form: Form::Expression, ..Self::plain(name, about) }
    }

    /// A query.
    #[must_use]
    pub const fn query(name: &'static str, about: &'static str) -> Self {
        Self { form: Form::Query, ..Self::plain(name, about) }
    }

    /// A list whose order means nothing.
    #[must_use]
    pub const fn set(name: &'static str, about: &'static str) -> Self {
        Self { form: Form::Set, ..Self::plain(name, about) }
    }

    /// A long text.
    #[must_use]
    pub const fn text(name: &'static str, about: &'static str) -> Self {
        Self { form: Form::Text, ..Self::plain(name, about) }
    }

    /// The same, compared only when a manifest gives it.
    #[must_use]
    pub const fn when_declared(self) -> Self {
        Self { compared: Compared::WhenDeclared, ..self }
    }

    /// The same, where leaving it out means this value.
    #[must_use]
    pub const fn or(self, default: &'static str) -> Self {
        Self { default, ..self }
    }
}

impl Shape {
    /// Finds an attribute by name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

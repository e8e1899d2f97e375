//! Fields: what of a column's type and default Prisma has a word for.

use super::Scope;
use super::names::string;
use crate::docs::relation::Column;
use crate::docs::text::literal;
use crate::docs::types::TypeName;

/// A field that holds a column.
pub(super) struct Field<'a, 'd> {
    pub(super) column: &'d Column<'a>,
    pub(super) name: String,
    pub(super) ty: FieldType,
}

/// A type of Prisma's.
pub(super) struct FieldType {
    /// `Int`, an enum's name, `Unsupported("tsvector")`.
    pub(super) scalar: String,
    /// `@db.VarChar(20)`, where it is not the one that the scalar implies.
    native: Option<String>,
    pub(super) list: bool,
    pub(super) supported: bool,
}

impl Field<'_, '_> {
    /// Whether it may be part of what identifies a row.
    pub(super) fn identifies(&self) -> bool {
        self.ty.supported && !self.ty.list && self.column.not_null
    }

    /// Type, native type and default, as they stand after the name.
    pub(super) fn written(&self, scope: &Scope<'_, '_>, attributes: &[String]) -> Vec<String> {
        let ending = match (self.ty.list, self.column.not_null) {
            (true, _) => "[]",
            (false, false) => "?",
            (false, true) => "",
        };
        let mut parts = vec![format!("{}{ending}", self.ty.scalar)];
        parts.extend(attributes.iter().cloned());
        parts.extend(default(scope, self).map(|value| format!("@default({value})")));
        if self.name != self.column.name {
            parts.push(format!("@map({})", string(self.column.name)));
        }
        parts.extend(self.ty.native.clone());
        parts
    }
}

impl FieldType {
    /// The type of a column; of a domain, what it is over.
    pub(super) fn of(scope: &Scope<'_, '_>, ty: &TypeName) -> Self {
        let (ty, list) = resolved(scope, ty.clone());
        let known = scope
            .database
            .named("enum", &ty)
            .and_then(|entry| scope.types.get(entry.id))
            .map(|name| (name.clone(), None))
            .or_else(|| system(&ty));
        match known {
            Some((scalar, native)) => Self { scalar, native, list, supported: true },
            None => {
                let scalar = format!("Unsupported({})", string(&ty.element_sql()));
                Self { scalar, native: None, list, supported: false }
            }
        }
    }
}

/// Follows domains to the type that they are over; an array of a domain is an array of that.
fn resolved(scope: &Scope<'_, '_>, ty: TypeName) -> (TypeName, bool) {
    let mut list = ty.array;
    let mut ty = ty;
    // No domain is over itself; the bound is for a catalog that says so.
    for _ in 0..32 {
        let Some(domain) = scope.database.named("domain", &ty) else { break };
        let base = TypeName::parse(domain.text("type").unwrap_or_default());
        list |= base.array;
        ty = base;
    }
    (ty, list)
}

/// Scalar and native type of one of the system's types.
fn system(ty: &TypeName) -> Option<(String, Option<String>)> {
    let plain = |scalar: &str| Some((scalar.to_owned(), None));
    let native = |scalar: &str, native: &str| Some((scalar.to_owned(), Some(format!("@db.{native}"))));
    let with = |scalar: &str, name: &str, otherwise: &str| {
        let modifier = ty.modifier.as_deref().unwrap_or(otherwise);
        native(scalar, &if modifier.is_empty() { name.to_owned() } else { format!("{name}({modifier})") })
    };
    if ty.schema.is_some() {
        // The one type of an extension that Prisma knows.
        return if ty.name == "citext" { native("String", "Citext") } else { None };
    }
    match ty.name.as_str() {
        "smallint" => native("Int", "SmallInt"),
        "integer" => plain("Int"),
        "bigint" => plain("BigInt"),
        "oid" => native("Int", "Oid"),
        "boolean" => plain("Boolean"),
        "text" => plain("String"),
        "character varying" => with("String", "VarChar", ""),
        "character" => with("String", "Char", ""),
        "uuid" => native("String", "Uuid"),
        "xml" => native("String", "Xml"),
        "inet" => native("String", "Inet"),
        "bit" => with("String", "Bit", ""),
        "bit varying" => with("String", "VarBit", ""),
        "numeric" if has_usual_scale(ty) => {
            with("Decimal", "Decimal", "").map(|(scalar, native)| (scalar, native.map(|n| n.replace(',', ", "))))
        }
        "money" => native("Decimal", "Money"),
        "real" => native("Float", "Real"),
        "double precision" => plain("Float"),
        "timestamp without time zone" => with("DateTime", "Timestamp", "6"),
        "timestamp with time zone" => with("DateTime", "Timestamptz", "6"),
        "time without time zone" => with("DateTime", "Time", "6"),
        "time with time zone" => with("DateTime", "Timetz", "6"),
        "date" => native("DateTime", "Date"),
        "json" => native("Json", "Json"),
        "jsonb" => plain("Json"),
        "bytea" => plain("Bytes"),
        _ => None,
    }
}

/// PostgreSQL allows negative scales and scales beyond the precision; Prisma does not.
fn has_usual_scale(ty: &TypeName) -> bool {
    let Some((precision, scale)) = ty.modifier.as_deref().and_then(|text| text.split_once(',')) else { return true };
    match (precision.trim().parse::<i32>(), scale.trim().parse::<i32>()) {
        (Ok(precision), Ok(scale)) => (0..=precision).contains(&scale),
        _ => false,
    }
}

/// The value of `@default(…)`.
fn default(scope: &Scope<'_, '_>, field: &Field<'_, '_>) -> Option<String> {
    let entry = field.column.entry;
    let scalar = field.ty.scalar.as_str();
    let counts = !field.ty.list && ["Int", "BigInt"].contains(&scalar);
    if let Some(expression) = entry.text("generation_expression") {
        // A value for it is refused; this tells Prisma that there will be one.
        return Some(format!("dbgenerated({})", string(expression)));
    }
    if entry.text("identity").is_some() {
        return counts.then(|| "autoincrement()".to_owned());
    }
    let expression = match entry.text("default") {
        Some(expression) => expression,
        // A domain's own default is the column's where it has none.
        None => scope.database.named("domain", &field.column.ty)?.text("default")?,
    };
    let generated = || format!("dbgenerated({})", string(expression));
    if counts && expression.starts_with("nextval('") && expression.ends_with("'::regclass)") {
        return Some("autoincrement()".to_owned());
    }
    if scalar == "DateTime" && !field.ty.list && ["now()", "CURRENT_TIMESTAMP"].contains(&expression) {
        return Some("now()".to_owned());
    }
    let quoted = literal(expression).filter(|(_, rest)| is_cast(rest));
    if field.ty.list {
        let empty = quoted.as_ref().is_some_and(|(value, _)| value == "{}") || expression.starts_with("ARRAY[]::");
        return Some(if empty && field.ty.supported { "[]".to_owned() } else { generated() });
    }
    let value = quoted.as_ref().map_or(expression, |(value, _)| value);
    let enumerated = scope.database.named("enum", &field.column.ty);
    let said = match (scalar, &quoted) {
        ("Boolean", _) if ["true", "false"].contains(&value) => Some(value.to_owned()),
        ("Int", _) if value.parse::<i32>().is_ok() => Some(value.to_owned()),
        ("BigInt", _) if value.parse::<i64>().is_ok() => Some(value.to_owned()),
        ("Decimal" | "Float", _) if is_number(value) => Some(value.to_owned()),
        ("String", Some(_)) if is_words(field.ty.native.as_deref()) => Some(string(value)),
        ("Json", Some(_)) if serde_json::from_str::<serde_json::Value>(value).is_ok() => Some(string(value)),
        (_, Some(_)) => enumerated.and_then(|entry| scope.values.get(entry.id)?.get(value).cloned()),
        _ => None,
    };
    Some(said.unwrap_or_else(generated))
}

/// Whether what follows a literal is its cast alone, or nothing.
fn is_cast(rest: &str) -> bool {
    let Some(ty) = rest.strip_prefix("::") else { return rest.is_empty() };
    // Names in quotes may hold anything; what is between them is the rest of a type.
    ty.split('"').step_by(2).all(|bare| bare.chars().all(|c| c.is_alphanumeric() || " _.[](),".contains(c)))
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && digits.matches('.').count() < 2
}

/// Whether a string type holds any words, and not only those of a form.
fn is_words(native: Option<&str>) -> bool {
    native.is_none_or(|native| ["@db.VarChar", "@db.Char", "@db.Citext"].iter().any(|known| native.starts_with(known)))
}

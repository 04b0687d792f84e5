//! What the fields of each kind of document may hold, and which of them are personal.
//!
//! A field that isn't named here is of a newer schema, or of a manifest we don't understand: it may
//! hold anything, and is kept.

use super::value::Value;

/// The version of the schemas in this file.
pub const SCHEMA: u64 = 1;
/// The kind of a design.
pub const DESIGN: &str = "design";
/// The list of a design's authors.
pub const AUTHORS: &str = "authors";
/// The list of a design's BOM lines.
pub const BOM: &str = "bom";
/// The list of a design's files.
pub const FILES: &str = "files";
/// The first name of fields kept from a manifest under their own names.
pub const MANIFEST: &str = "manifest";

/// What a field may hold. [`Value::Nothing`] always fits: an emptied field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// A text that is replaced as a whole.
    Text,
    /// A collaborative text, changed by splices.
    Prose,
    /// An exact amount with its unit.
    Quantity,
    /// A file by its hash.
    File,
    /// A whole number that isn't negative.
    Count,
    /// A relative path with `/` between its names and no `.` or `..` among them.
    RelativePath,
    /// Anything.
    Any,
}

/// What is known of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// What it may hold.
    pub kind: FieldType,
    /// Whether its value must lie in the personal part.
    pub personal: bool,
}

/// The field of this name in a document of this kind, in one of its lists or in itself.
pub fn field(document: &str, list: Option<&str>, name: &[String]) -> Field {
    use FieldType::{Any, Count, File, Prose, Quantity, RelativePath, Text};
    let name: Vec<&str> = name.iter().map(String::as_str).collect();
    let kind = match (document, list, name.as_slice()) {
        (DESIGN, None, ["title" | "version" | "licence" | "function"])
        | (DESIGN, Some(AUTHORS | FILES), ["role"])
        | (DESIGN, Some(BOM), ["part" | "reference" | "note"]) => Text,
        (DESIGN, None, ["description"]) => Prose,
        (DESIGN, Some(AUTHORS), ["name" | "contact"]) => return Field { kind: Any, personal: true },
        (DESIGN, Some(BOM), ["quantity"]) => Quantity,
        (DESIGN, Some(FILES), ["path"]) => RelativePath,
        (DESIGN, Some(FILES), ["file"]) => File,
        (DESIGN, Some(FILES), ["len"]) => Count,
        _ => Any,
    };
    Field { kind, personal: false }
}

/// The names of the fields of a design itself, as people set them.
pub const FIELDS: &[&str] = &["title", "version", "licence", "function", "description"];

/// The names of the fields of an item of a design's list, as people set them.
pub fn fields_of(list: &str) -> &'static [&'static str] {
    match list {
        AUTHORS => &["name", "contact", "role"],
        BOM => &["part", "quantity", "reference", "note"],
        FILES => &["path", "file", "len", "role"],
        _ => &[],
    }
}

/// The fields by which people know an item of a list, the best first.
pub fn label(document: &str, list: &str) -> &'static [&'static str] {
    match (document, list) {
        (DESIGN, BOM) => &["part", "reference", "note"],
        (DESIGN, FILES) => &["path"],
        (DESIGN, AUTHORS) => &["name", "contact"],
        _ => &[],
    }
}

impl Field {
    /// Whether this version's schema names it.
    pub fn is_known(self) -> bool {
        self.personal || self.kind != FieldType::Any
    }
}

impl FieldType {
    /// Whether a register of this type may hold the value.
    pub fn fits(self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Nothing)
            | (FieldType::Any, _)
            | (FieldType::Text, Value::Text(_))
            | (FieldType::Quantity, Value::Quantity(_))
            | (FieldType::File, Value::File(_)) => true,
            (FieldType::Count, Value::Integer(n)) => *n >= 0,
            (FieldType::RelativePath, Value::Text(path)) => is_relative_path(path),
            _ => false,
        }
    }

    /// Whether a collaborative text may stand there.
    pub fn takes_prose(self) -> bool {
        matches!(self, FieldType::Prose | FieldType::Any)
    }

    /// What it may hold, for people.
    pub fn expected(self) -> &'static str {
        match self {
            FieldType::Text => "a text",
            FieldType::Prose => "a collaborative text",
            FieldType::Quantity => "a quantity such as \"3 h\"",
            FieldType::File => "a file's hash",
            FieldType::Count => "a whole number, not negative",
            FieldType::RelativePath => "a relative path without \"..\"",
            FieldType::Any => "any value",
        }
    }
}

/// A path that stays inside the folder it is put in. Whoever writes files checks more, by rules that
/// follow the platforms; what a document holds follows from this alone.
pub fn is_relative_path(path: &str) -> bool {
    let name = |n: &str| !n.is_empty() && n != "." && n != "..";
    !path.contains(['\\', '\0', ':']) && path.split('/').all(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leaves_its_folder_does_not_fit() {
        for path in ["../a", "a/../b", "/a", "", "a//b", "C:a", "a\\b", "./a", "a/"] {
            assert!(!FieldType::RelativePath.fits(&path.into()), "{path}");
        }
        assert!(FieldType::RelativePath.fits(&"cad/pump…v2.step".into()));
    }

    #[test]
    fn every_name_that_people_are_told_is_known() {
        let known = |list: Option<&str>, name: &str| field(DESIGN, list, &[name.to_owned()]).is_known();
        assert!(FIELDS.iter().all(|name| known(None, name)));
        for list in [AUTHORS, BOM, FILES] {
            assert!(fields_of(list).iter().all(|name| known(Some(list), name)), "{list}");
            assert!(label(DESIGN, list).iter().all(|name| known(Some(list), name)), "{list}");
        }
    }

    #[test]
    fn a_field_of_a_newer_schema_takes_anything() {
        let field = field(DESIGN, Some(BOM), &["tolerance".to_owned()]);
        assert!(field.kind.fits(&Value::List(vec![])) && field.kind.takes_prose() && !field.personal);
    }
}

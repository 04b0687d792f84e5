//! What the fields of each kind of document may hold, and which of them are personal.
//!
//! A kind is a table in a file of its own. A field that isn't named there is of a newer schema, or of a manifest we
//! don't understand: it may hold anything, and is kept.
//!
//! Invariant: whether a value fits a field follows from these tables alone, so every replica skips the same edits. What
//! a value means (a licence, a language, a process) is checked where it is typed in, never here.

use super::value::Value;

pub mod capacity;
pub mod design;
mod field_type;
pub mod procedure;

pub use capacity::{CAPACITY, MACHINE_MODEL};
pub use design::{AUTHORS, BOM, DESIGN, FILES, MANIFEST};
pub use field_type::{FieldType, is_relative_path};
pub use procedure::PROCEDURE;

/// The version of the schemas in these files.
pub const SCHEMA: u64 = 1;

/// The kinds of documents that this version knows.
pub const KINDS: &[&Kind] = &[&design::KIND, &procedure::KIND, &capacity::KIND, &capacity::MODEL];

/// A kind of document: its own fields, and its lists of items.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// What it is called, in entries and by people.
    pub name: &'static str,
    /// Its own fields.
    pub fields: &'static [Named],
    /// Its lists.
    pub lists: &'static [List],
    /// The first name of fields kept from elsewhere under their own names, below which any name is one.
    pub kept: &'static str,
}

/// A list of items.
#[derive(Debug, PartialEq, Eq)]
pub struct List {
    /// What it is called.
    pub name: &'static str,
    /// The fields of an item.
    pub fields: &'static [Named],
    /// The fields by which people know an item, the best first.
    pub label: &'static [&'static str],
    /// The fields by which an item is known again in another list of the same name: the first of these sets that is
    /// equal and not empty.
    pub keys: &'static [&'static [&'static str]],
}

/// A field and its name.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: &'static str,
    /// What is known of it.
    pub field: Field,
}

/// What is known of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// What it may hold.
    pub kind: FieldType,
    /// Whether its value must lie in the personal part.
    pub personal: bool,
}

/// A field that is never personal.
const fn open(name: &'static str, kind: FieldType) -> Named {
    Named { name, field: Field { kind, personal: false } }
}

/// A field whose value lies in the personal part.
const fn personal(name: &'static str) -> Named {
    Named { name, field: Field { kind: FieldType::Any, personal: true } }
}

/// The kind of this name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// The field of this name in a document of this kind, in one of its lists or in itself.
pub fn field(document: &str, list: Option<&str>, name: &[String]) -> Field {
    let unknown = Field { kind: FieldType::Any, personal: false };
    let ([name], Some(kind)) = (name, kind(document)) else { return unknown };
    let fields = match list {
        None => kind.fields,
        Some(list) => kind.list(list).map_or(&[][..], |list| list.fields),
    };
    fields.iter().find(|field| field.name == name).map_or(unknown, |named| named.field)
}

/// The fields by which people know an item of a list, the best first.
pub fn label(document: &str, list: &str) -> &'static [&'static str] {
    kind(document).and_then(|kind| kind.list(list)).map_or(&[], |list| list.label)
}

impl Kind {
    /// The list of this name.
    pub fn list(&self, name: &str) -> Option<&'static List> {
        self.lists.iter().find(|list| list.name == name)
    }

    /// The names of the fields of the document itself, or of an item of a list.
    pub fn names(&self, list: Option<&str>) -> impl Iterator<Item = &'static str> + use<> {
        let fields = match list {
            None => self.fields,
            Some(list) => self.list(list).map_or(&[][..], |list| list.fields),
        };
        fields.iter().map(|field| field.name)
    }
}

impl Field {
    /// Whether this version's schema names it.
    pub fn is_known(self) -> bool {
        self.personal || self.kind != FieldType::Any
    }

    /// Whether it may hold this value.
    pub fn fits(self, value: &Value) -> bool {
        self.kind.fits(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_once_and_every_label_and_key_is_a_field() {
        for kind in KINDS {
            let once = |fields: &[Named]| {
                fields.iter().all(|f| {
                    !f.name.contains('/') && fields.iter().filter(|other| other.name == f.name).count() == 1
                })
            };
            assert!(once(kind.fields), "{}", kind.name);
            for list in kind.lists {
                assert!(once(list.fields), "{}/{}", kind.name, list.name);
                assert!(
                    kind.fields.iter().all(|f| f.name != list.name && f.name != kind.kept),
                    "{}",
                    list.name
                );
                let known = |name: &&str| list.fields.iter().any(|f| f.name == *name);
                assert!(list.label.iter().all(known), "{}/{}", kind.name, list.name);
                assert!(list.keys.iter().all(|key| key.iter().all(known)), "{}/{}", kind.name, list.name);
            }
        }
    }

    #[test]
    fn a_field_of_a_newer_schema_takes_anything() {
        let field = field(DESIGN, Some(BOM), &["colour-of-the-week".to_owned()]);
        assert!(field.fits(&Value::List(vec![])) && field.kind.takes_prose() && !field.is_known());
    }
}

//! A design as it is read: title, description, licence, authors, BOM, files.
//!
//! Not here: whether a licence is one, what a manifest means, the bytes of files.

use std::collections::BTreeMap;

use serde::Serialize;

use super::materialise::{Document, Skipped};
use super::read::{Fields, conflicts};
use super::register;
use super::schema::{AUTHORS, BOM, DESIGN, FILES, MANIFEST};
use super::value::Value;
use super::view::{Conflict, Field, Listed, Shown};
use crate::id::{DocumentId, EntryId, FileHash};
use crate::quantity::Quantity;

/// Fields that have no place of their own in a view, by path.
pub type Others = BTreeMap<String, Field<Value>>;

/// A design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Design {
    /// Its document.
    pub id: DocumentId,
    /// The document's heads.
    pub heads: Vec<EntryId>,
    /// What it is called.
    pub title: Field<String>,
    /// What it is, at length.
    pub description: Field<String>,
    /// Its version.
    pub version: Field<String>,
    /// Its licence: the text of an SPDX expression.
    pub licence: Field<String>,
    /// What it is for.
    pub function: Field<String>,
    /// Who made it.
    pub authors: Vec<Listed<DesignAuthor>>,
    /// Its bill of materials.
    pub bom: Vec<Listed<BomLine>>,
    /// Its files.
    pub files: Vec<Listed<DesignFile>>,
    /// Fields of the original manifest that have no place above, under their own names.
    pub manifest: BTreeMap<String, Field<Value>>,
    /// Its other lists, by name: materials, steps, tolerances …
    pub lists: BTreeMap<String, Vec<Listed<Others>>>,
    /// Its other fields, those of a newer schema among them, by path.
    pub other: BTreeMap<String, Field<Value>>,
    /// Every conflict in it.
    pub conflicts: Vec<Conflict>,
    /// Edits that don't fit and were skipped.
    #[serde(skip)]
    pub skipped: Vec<Skipped>,
}

/// An author of a design. Name and contact are personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DesignAuthor {
    /// The name.
    pub name: Field<Value>,
    /// How to reach them.
    pub contact: Field<Value>,
    /// What they did.
    pub role: Field<String>,
    /// Fields of a newer schema.
    pub other: BTreeMap<String, Field<Value>>,
}

/// A line of the bill of materials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BomLine {
    /// The part's name.
    pub part: Field<String>,
    /// How much of it.
    pub quantity: Field<Quantity>,
    /// Where in the design: a reference such as `R1, R2`.
    pub reference: Field<String>,
    /// A remark.
    pub note: Field<String>,
    /// Columns that are not known here, under their own names.
    pub other: BTreeMap<String, Field<Value>>,
}

/// A file of a design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DesignFile {
    /// Its path in the design, relative, with `/`.
    pub path: Field<String>,
    /// Its bytes, by their hash.
    pub file: Field<FileHash>,
    /// Its length in bytes.
    pub len: Field<u64>,
    /// What it is in the design: `manifest`, `source`, `image` …
    pub role: Field<String>,
    /// Fields of a newer schema.
    pub other: BTreeMap<String, Field<Value>>,
}

/// A document of another kind was read as a design.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the document {0} is a {1}, not a design")]
pub struct NotADesign(pub DocumentId, pub String);

impl Design {
    /// The document read as a design.
    ///
    /// # Errors
    /// It is of another kind.
    pub fn of(document: &Document) -> Result<Self, NotADesign> {
        if document.kind != DESIGN {
            return Err(NotADesign(document.id, document.kind.clone()));
        }
        let (mut fields, mut items) = (document.fields(), document.all_items());
        let conflicts = conflicts(&fields, &items);
        let mut own = |list: &str| items.remove(list).unwrap_or_default();
        let (authors, bom, files) = (own(AUTHORS), own(BOM), own(FILES));
        let prefix = format!("{MANIFEST}/");
        let kept: Vec<String> = fields.keys().filter(|k| k.starts_with(&prefix)).cloned().collect();
        let mut manifest = BTreeMap::new();
        for key in kept {
            let name = register::split(key.strip_prefix(&prefix).unwrap_or(&key)).join("/");
            manifest.insert(name, take(&mut fields, &key).value());
        }
        Ok(Self {
            id: document.id,
            heads: document.heads(),
            title: take(&mut fields, "title").text(),
            description: take(&mut fields, "description").text(),
            version: take(&mut fields, "version").text(),
            licence: take(&mut fields, "licence").text(),
            function: take(&mut fields, "function").text(),
            authors: listed(authors, author),
            bom: listed(bom, bom_line),
            files: listed(files, file),
            manifest,
            lists: items.into_iter().map(|(list, items)| (list, listed(items, rest))).collect(),
            other: rest(fields),
            conflicts,
            skipped: document.skipped.clone(),
        })
    }
}

fn author(mut fields: Fields) -> DesignAuthor {
    DesignAuthor {
        name: take(&mut fields, "name").value(),
        contact: take(&mut fields, "contact").value(),
        role: take(&mut fields, "role").text(),
        other: rest(fields),
    }
}

fn bom_line(mut fields: Fields) -> BomLine {
    let quantity = |v| if let Value::Quantity(q) = v { Some(q) } else { None };
    BomLine {
        part: take(&mut fields, "part").text(),
        quantity: take(&mut fields, "quantity").value().read(quantity),
        reference: take(&mut fields, "reference").text(),
        note: take(&mut fields, "note").text(),
        other: rest(fields),
    }
}

fn file(mut fields: Fields) -> DesignFile {
    let hash = |v| if let Value::File(hash) = v { Some(hash) } else { None };
    let len = |v| if let Value::Integer(n) = v { u64::try_from(n).ok() } else { None };
    DesignFile {
        path: take(&mut fields, "path").text(),
        file: take(&mut fields, "file").value().read(hash),
        len: take(&mut fields, "len").value().read(len),
        role: take(&mut fields, "role").text(),
        other: rest(fields),
    }
}

fn listed<T>(items: Vec<Listed<Fields>>, read: impl Fn(Fields) -> T) -> Vec<Listed<T>> {
    let one = |item: Listed<Fields>| {
        let Listed { id, place, moved, removed, what } = item;
        Listed { id, place, moved, removed, what: read(what) }
    };
    items.into_iter().map(one).collect()
}

fn take(fields: &mut Fields, name: &str) -> Field<Shown> {
    fields.remove(name).unwrap_or(Field::Absent)
}

fn rest(fields: Fields) -> BTreeMap<String, Field<Value>> {
    fields.into_iter().map(|(path, field)| (path, field.value())).collect()
}

//! A document before it is one: what an importer read, or a form or an editor was given.
//!
//! Plain data. Building entries out of it, and judging it against the schema of its kind, is done
//! where documents are.

use std::collections::BTreeMap;

use super::ItemId;
use super::register;
use super::schema::{AUTHORS, BOM, FILES, MANIFEST};
use super::value::Value;
use crate::id::FileHash;
use crate::quantity::Quantity;

/// Fields by their name; [`Value::Nothing`] for an empty one. A collaborative text is a text.
pub type Wanted = BTreeMap<String, Value>;

/// A document of any kind, as far as it is known. What it doesn't name stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Fields of the document itself, by path as one text ([`register::join`]).
    pub fields: Wanted,
    /// The items of lists, each list whole and in order.
    pub lists: BTreeMap<String, Vec<DraftItem>>,
    /// Whether it says all there is to say of its items: columns that an item doesn't name are gone, and what stands in
    /// conflict about an item as a whole is decided by naming it.
    pub whole: bool,
}

/// An item of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftItem {
    /// Which item it is, when that is known.
    pub id: Option<ItemId>,
    /// Its fields.
    pub fields: Wanted,
}

impl From<Wanted> for DraftItem {
    fn from(fields: Wanted) -> Self {
        Self { id: None, fields }
    }
}

/// A design as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DesignDraft {
    /// One line.
    pub title: String,
    /// May be empty.
    pub description: String,
    /// As written; nothing is assumed of its form.
    pub version: Option<String>,
    /// A valid SPDX licence expression, perhaps only proposed; then the text it was read from lies in
    /// `unknown` under the manifest's own name.
    pub licence: Option<String>,
    /// What the thing does.
    pub function: Option<String>,
    /// Who made it, as claimed by the manifest. Personal.
    pub authors: Vec<DraftAuthor>,
    /// Bill of materials.
    pub bom: Vec<DraftPart>,
    /// Files by hash, with their checked relative paths.
    pub files: Vec<DraftFile>,
    /// Other fields of the schema that were understood; those that are not named stay as they are.
    pub typed: Wanted,
    /// Other lists of the schema, each whole; those that are not named stay as they are.
    pub lists: BTreeMap<String, Vec<Wanted>>,
    /// Fields that have no place above, or say more than was read there, under their own names.
    pub unknown: BTreeMap<String, Value>,
}

/// A person or an organisation named as an author.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftAuthor {
    /// The name as written.
    pub name: String,
    /// An e-mail address or a page, as written.
    pub contact: Option<String>,
}

/// A line of the bill of materials.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftPart {
    /// What it is.
    pub part: String,
    /// How much of it.
    pub quantity: Option<Quantity>,
    /// Where it goes: designators of a board, a position.
    pub reference: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Every other column, under its own name.
    pub unknown: BTreeMap<String, Value>,
}

/// A file of the design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFile {
    /// A relative path that [`crate::file_path::FilePath`] accepts.
    pub path: String,
    /// What the file is for, in the words of Open Know-How: `source`, `export`, `bom` …
    pub role: Option<String>,
    /// BLAKE3 of its bytes.
    pub hash: FileHash,
    /// Its length in bytes.
    pub len: u64,
}

/// An empty text is an empty field.
fn text(text: &str) -> Value {
    if text.is_empty() { Value::Nothing } else { Value::Text(text.to_owned()) }
}

fn maybe(value: Option<&String>) -> Value {
    text(value.map_or("", String::as_str))
}

impl From<&DesignDraft> for Draft {
    fn from(design: &DesignDraft) -> Self {
        let mut fields = BTreeMap::from([
            ("title".into(), text(&design.title)),
            ("description".into(), text(&design.description)),
            ("version".into(), maybe(design.version.as_ref())),
            ("licence".into(), maybe(design.licence.as_ref())),
            ("function".into(), maybe(design.function.as_ref())),
        ]);
        let kept = design.unknown.iter().map(|(n, v)| (register::join(&[MANIFEST, n.as_str()]), v.clone()));
        fields.extend(kept);
        fields.extend(design.typed.clone());
        let further = design.lists.iter().map(|(list, items)| {
            (list.clone(), items.iter().cloned().map(DraftItem::from).collect::<Vec<_>>())
        });
        let lists = further.chain([
            (AUTHORS.to_owned(), design.authors.iter().map(|a| Wanted::from(a).into()).collect()),
            (BOM.to_owned(), design.bom.iter().map(|p| Wanted::from(p).into()).collect()),
            (FILES.to_owned(), design.files.iter().map(|f| Wanted::from(f).into()).collect()),
        ]);
        Self { fields, lists: lists.collect(), whole: true }
    }
}

impl From<&DraftAuthor> for Wanted {
    fn from(author: &DraftAuthor) -> Self {
        Self::from([("name".into(), text(&author.name)), ("contact".into(), maybe(author.contact.as_ref()))])
    }
}

/// A column with the name of a known field doesn't hide it.
impl From<&DraftPart> for Wanted {
    fn from(part: &DraftPart) -> Self {
        let mut fields = part.unknown.clone();
        let quantity = part.quantity.clone().map_or(Value::Nothing, Value::Quantity);
        fields.extend([
            ("part".into(), text(&part.part)),
            ("quantity".into(), quantity),
            ("reference".into(), maybe(part.reference.as_ref())),
            ("note".into(), maybe(part.note.as_ref())),
        ]);
        fields
    }
}

impl From<&DraftFile> for Wanted {
    fn from(file: &DraftFile) -> Self {
        Self::from([
            ("path".into(), text(&file.path)),
            ("file".into(), Value::File(file.hash)),
            ("len".into(), Value::Integer(i64::try_from(file.len).unwrap_or(i64::MAX))),
            ("role".into(), maybe(file.role.as_ref())),
        ])
    }
}

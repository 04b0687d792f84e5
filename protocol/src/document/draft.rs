<<<<<<< HEAD
//! A design as someone wants it, and the edits that create it.

use std::collections::BTreeMap;

use super::ItemId;
use super::batch::{self, Batch, DraftError};
use super::edit::{Edit, Given, Path};
use super::order::OrderKey;
use super::schema::{self, AUTHORS, BOM, DESIGN, FILES, MANIFEST};
use super::value::Value;
use crate::id::FileHash;
use crate::limits::TEXT_MAX;
use crate::quantity::Quantity;

/// A design as someone wants it. An absent field is empty in the design.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DesignDraft {
    /// What it is called.
    pub title: Option<String>,
    /// What it is, at length.
    pub description: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Its licence: the text of an SPDX expression.
    pub licence: Option<String>,
    /// What it is for.
    pub function: Option<String>,
    /// Who made it, in order.
    pub authors: Vec<AuthorDraft>,
    /// Its bill of materials, in order.
    pub bom: Vec<BomDraft>,
    /// Its files, in order.
    pub files: Vec<FileDraft>,
    /// Manifest fields without a place above, under their own names.
    pub manifest: BTreeMap<String, Value>,
}

/// An author of a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthorDraft {
    /// The name.
    pub name: String,
    /// How to reach them.
    pub contact: Option<String>,
    /// What they did.
    pub role: Option<String>,
}

/// A BOM line of a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BomDraft {
    /// The part's name.
    pub part: Option<String>,
    /// How much of it.
    pub quantity: Option<Quantity>,
    /// Where in the design.
    pub reference: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Columns that are not known here, under their own names.
    pub other: BTreeMap<String, Value>,
}

/// A file of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDraft {
    /// Its path, relative, with `/`.
    pub path: String,
    /// Its bytes, by their hash.
    pub file: FileHash,
    /// Its length in bytes.
    pub len: u64,
    /// What it is in the design.
    pub role: Option<String>,
}

/// Fields by their name; [`Value::Nothing`] for an empty one.
pub type Wanted = BTreeMap<String, Value>;

fn text(value: Option<&String>) -> Value {
    value.map_or(Value::Nothing, |t| Value::Text(t.clone()))
}

impl DesignDraft {
    /// The fields that are plain registers, by path as one text.
    pub fn registers(&self) -> Vec<(Vec<String>, Value)> {
        let known = [
            ("title", &self.title),
            ("version", &self.version),
            ("licence", &self.licence),
            ("function", &self.function),
        ];
        let known = known.into_iter().map(|(name, value)| (vec![name.to_owned()], text(value.as_ref())));
        let kept = self.manifest.iter().map(|(n, v)| (vec![MANIFEST.to_owned(), n.clone()], v.clone()));
        known.chain(kept).collect()
    }
}

impl AuthorDraft {
    /// Its fields.
    pub fn fields(&self) -> Wanted {
        BTreeMap::from([
            ("name".into(), Value::Text(self.name.clone())),
            ("contact".into(), text(self.contact.as_ref())),
            ("role".into(), text(self.role.as_ref())),
        ])
    }
}

impl BomDraft {
    /// Its fields. A column of the name of a known field doesn't hide it.
    pub fn fields(&self) -> Wanted {
        let mut fields = self.other.clone();
        let quantity = self.quantity.clone().map_or(Value::Nothing, Value::Quantity);
        fields.extend([
            ("part".into(), text(self.part.as_ref())),
            ("quantity".into(), quantity),
            ("reference".into(), text(self.reference.as_ref())),
            ("note".into(), text(self.note.as_ref())),
        ]);
        fields
    }
}

impl FileDraft {
    /// Its fields.
    pub fn fields(&self) -> Wanted {
        BTreeMap::from([
            ("path".into(), Value::Text(self.path.clone())),
            ("file".into(), Value::File(self.file)),
            ("len".into(), Value::Integer(i64::try_from(self.len).unwrap_or(i64::MAX))),
            ("role".into(), text(self.role.as_ref())),
        ])
    }
}

/// The edits that create a design: the first batch goes into `document/create`, the others into
/// `document/edit`, each on top of the one before.
///
/// # Errors
/// One field or item is too big for an entry.
pub fn create(draft: &DesignDraft) -> Result<Vec<Batch>, DraftError> {
    let mut groups = Vec::new();
    for (name, value) in draft.registers() {
        if value != Value::Nothing {
            groups.push(set(&name, value)?);
        }
    }
    if let Some(description) = &draft.description {
        groups.extend(write_text(&Path::root(["description"]), description)?);
    }
    let lists = [
        (AUTHORS, draft.authors.iter().map(AuthorDraft::fields).collect::<Vec<_>>()),
        (BOM, draft.bom.iter().map(BomDraft::fields).collect()),
        (FILES, draft.files.iter().map(FileDraft::fields).collect()),
    ];
    for (list, items) in lists {
        let keys = OrderKey::several(None, None, items.len()).unwrap_or_default();
        for (fields, order) in items.into_iter().zip(keys) {
            groups.push(add(list, &order, fields)?);
        }
    }
    let batches = batch::pack(groups)?;
    Ok(if batches.is_empty() { vec![Batch::default()] } else { batches })
}

/// A group of edits that must stay together, with its name for people.
pub(super) type Group = (String, Batch);

/// Sets a register of the design itself.
pub(super) fn set(name: &[String], value: Value) -> Result<Group, DraftError> {
    let mut batch = Batch::default();
    let to = given(&mut batch, None, name, value)?;
    batch.edits.push(Edit::Set { path: Path::root(name), to });
    Ok((format!("the field \"{}\"", name.join("/")), batch))
}

/// Sets a field of an item.
pub(super) fn set_of(list: &str, item: ItemId, name: &str, value: Value) -> Result<Group, DraftError> {
    let mut batch = Batch::default();
    let to = given(&mut batch, Some(list), &[name.to_owned()], value)?;
    batch.edits.push(Edit::Set { path: Path::of(item, name), to });
    Ok((format!("the field \"{list}/{name}\""), batch))
}

/// Adds an item with its fields; empty ones are left away.
pub(super) fn add(list: &str, order: &OrderKey, fields: Wanted) -> Result<Group, DraftError> {
    let mut batch = Batch::default();
    let mut first = BTreeMap::new();
    for (name, value) in fields {
        if value != Value::Nothing {
            let to = given(&mut batch, Some(list), std::slice::from_ref(&name), value)?;
            first.insert(name, to);
        }
    }
    batch.edits.push(Edit::Add { list: list.to_owned(), order: order.to_string(), fields: first });
    Ok((format!("an item of \"{list}\""), batch))
}

fn given(batch: &mut Batch, list: Option<&str>, name: &[String], value: Value) -> Result<Given, DraftError> {
    let field = schema::field(DESIGN, list, name);
    if !field.kind.fits(&value) {
        let what = list.into_iter().chain(name.iter().map(String::as_str)).collect::<Vec<_>>().join("/");
        let given = format!("{value:?}").chars().take(80).collect();
        return Err(DraftError::WrongType { what, expected: field.kind.expected(), given });
    }
    Ok(batch.give(value, field.personal))
}

/// Makes a text, in as many pieces as it needs.
pub(super) fn write_text(path: &Path, text: &str) -> Result<Vec<Group>, DraftError> {
    let what = format!("the text \"{}\"", path.name.join("/"));
    if text.chars().count() > TEXT_MAX {
        return Err(DraftError::TooBig { what, bytes: text.len() });
    }
    let one = |(at, insert): (u64, String)| {
        let path = path.clone();
        let edit = if at == 0 {
            Edit::Text { path, insert }
        } else {
            Edit::Splice { path, text: None, at, delete: 0, insert }
        };
        (what.clone(), Batch { edits: vec![edit], personal: Vec::new() })
    };
    Ok(batch::pieces(text).into_iter().map(one).collect())
=======
//! A design before it is a document: what an importer read or a form was given.
//!
//! Plain data. Building entries out of it, and judging it against the schema of designs, is done
//! where documents are.

use std::collections::BTreeMap;

use crate::document::value::Value;
use crate::id::FileHash;
use crate::quantity::Quantity;

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
    /// Fields that have no place above, under their own names.
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
>>>>>>> main
}

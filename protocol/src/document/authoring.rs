//! The edits that create a design out of a draft.

use std::collections::BTreeMap;

use super::ItemId;
use super::batch::{self, Batch, DraftError};
use super::draft::{DesignDraft, DraftAuthor, DraftFile, DraftPart};
use super::edit::{Edit, Given, Path};
use super::order::OrderKey;
use super::schema::{self, AUTHORS, BOM, DESIGN, FILES, MANIFEST};
use super::value::Value;
use crate::limits::TEXT_MAX;

/// Fields by their name; [`Value::Nothing`] for an empty one.
pub type Wanted = BTreeMap<String, Value>;

/// An empty text is an empty field.
fn text(text: &str) -> Value {
    if text.is_empty() { Value::Nothing } else { Value::Text(text.to_owned()) }
}

fn maybe(value: Option<&String>) -> Value {
    text(value.map_or("", String::as_str))
}

/// The fields of a draft that are plain registers.
pub fn registers(draft: &DesignDraft) -> Vec<(Vec<String>, Value)> {
    let known = [
        ("title", text(&draft.title)),
        ("version", maybe(draft.version.as_ref())),
        ("licence", maybe(draft.licence.as_ref())),
        ("function", maybe(draft.function.as_ref())),
    ];
    let known = known.into_iter().map(|(name, value)| (vec![name.to_owned()], value));
    let kept = draft.unknown.iter().map(|(n, v)| (vec![MANIFEST.to_owned(), n.clone()], v.clone()));
    known.chain(kept).collect()
}

/// The fields of an author.
pub fn author(author: &DraftAuthor) -> Wanted {
    BTreeMap::from([("name".into(), text(&author.name)), ("contact".into(), maybe(author.contact.as_ref()))])
}

/// The fields of a BOM line. A column with the name of a known field doesn't hide it.
pub fn part(part: &DraftPart) -> Wanted {
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

/// The fields of a file.
pub fn file(file: &DraftFile) -> Wanted {
    BTreeMap::from([
        ("path".into(), text(&file.path)),
        ("file".into(), Value::File(file.hash)),
        ("len".into(), Value::Integer(i64::try_from(file.len).unwrap_or(i64::MAX))),
        ("role".into(), maybe(file.role.as_ref())),
    ])
}

/// The edits that create a design: the first batch goes into `document/create`, the others into
/// `document/edit`, each on top of the one before.
///
/// # Errors
/// One field or item is too big for an entry.
pub fn create(draft: &DesignDraft) -> Result<Vec<Batch>, DraftError> {
    let mut groups = Vec::new();
    for (name, value) in registers(draft) {
        if value != Value::Nothing {
            groups.push(set(&name, value)?);
        }
    }
    if !draft.description.is_empty() {
        groups.extend(write_text(&Path::root(["description"]), &draft.description)?);
    }
    let lists = [
        (AUTHORS, draft.authors.iter().map(author).collect::<Vec<_>>()),
        (BOM, draft.bom.iter().map(part).collect()),
        (FILES, draft.files.iter().map(file).collect()),
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
}

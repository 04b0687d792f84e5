//! The edits that create a document out of a draft, and the groups of edits that others write with.

use std::collections::BTreeMap;

use super::ItemId;
use super::batch::{self, Batch, DraftError};
use super::draft::{DesignDraft, Draft, Wanted};
use super::edit::{Edit, Given, Named, Path};
use super::order::OrderKey;
use super::register;
use super::schema::{self, FieldType, Kind};
use super::value::Value;
use crate::limits::TEXT_MAX;

/// A group of edits that must stay together, with its name for people.
pub(super) type Group = (String, Batch);

/// The edits that create a document of a kind: the first batch goes into `document/create`, the others into
/// `document/edit`, each on top of the one before.
///
/// # Errors
/// One field or item is too big for an entry, or a value is of another type than its field's.
pub fn create(kind: &Kind, draft: &Draft) -> Result<Vec<Batch>, DraftError> {
    let mut groups = Vec::new();
    for (name, value) in draft.fields.iter().filter(|(_, value)| **value != Value::Nothing) {
        let names = register::split(name);
        groups.extend(set(kind, &names, value.clone())?);
    }
    for (list, items) in &draft.lists {
        let keys = OrderKey::several(None, None, items.len()).unwrap_or_default();
        for (item, order) in items.iter().zip(keys) {
            groups.extend(add(kind, list, &order, item.fields.clone())?);
        }
    }
    let batches = batch::pack(groups)?;
    Ok(if batches.is_empty() { vec![Batch::default()] } else { batches })
}

/// The edits that create a design, as [`create`].
///
/// # Errors
/// As [`create`].
pub fn create_design(design: &DesignDraft) -> Result<Vec<Batch>, DraftError> {
    create(&schema::design::KIND, &Draft::from(design))
}

/// Sets a field of the document itself, where no text stands that could be changed instead.
pub(super) fn set(kind: &Kind, name: &[String], value: Value) -> Result<Vec<Group>, DraftError> {
    if let (FieldType::Prose, Value::Text(text)) = (schema::field(kind.name, None, name).kind, &value) {
        return write_text(&Path::root(name), text);
    }
    let mut batch = Batch::default();
    let to = given(kind, &mut batch, None, name, value)?;
    batch.edits.push(Edit::Set { path: Path::root(name), to });
    Ok(vec![(format!("the field \"{}\"", name.join("/")), batch)])
}

/// Sets a field of an item, where no text stands that could be changed instead.
pub(super) fn set_of(
    kind: &Kind,
    list: &str,
    item: ItemId,
    name: &str,
    value: Value,
) -> Result<Vec<Group>, DraftError> {
    let names = [name.to_owned()];
    if let (FieldType::Prose, Value::Text(text)) = (schema::field(kind.name, Some(list), &names).kind, &value)
    {
        return write_text(&Path::of(item, name), text);
    }
    let mut batch = Batch::default();
    let to = given(kind, &mut batch, Some(list), &names, value)?;
    batch.edits.push(Edit::Set { path: Path::of(item, name), to });
    Ok(vec![(format!("the field \"{list}/{name}\""), batch)])
}

/// Adds an item with its fields; empty ones are left away.
pub(super) fn add(
    kind: &Kind,
    list: &str,
    order: &OrderKey,
    fields: Wanted,
) -> Result<Vec<Group>, DraftError> {
    let what = format!("an item of \"{list}\"");
    let mut batch = Batch::default();
    let mut first = BTreeMap::new();
    let mut texts = Vec::new();
    for (name, value) in fields.into_iter().filter(|(_, value)| *value != Value::Nothing) {
        let names = std::slice::from_ref(&name);
        match (schema::field(kind.name, Some(list), names).kind, value) {
            (FieldType::Prose, Value::Text(text)) => texts.push((name, text)),
            (_, value) => {
                let to = given(kind, &mut batch, Some(list), names, value)?;
                first.insert(name, to);
            }
        }
    }
    batch.edits.push(Edit::Add { list: list.to_owned(), order: order.to_string(), fields: first });
    // The item is known by its entry and edit only when it is written: its texts stay with it.
    for (name, text) in texts {
        for (_, piece) in write_text(&Path::of(Named(None, 0), &name), &text)? {
            batch.edits.extend(piece.edits);
        }
    }
    Ok(vec![(what, batch)])
}

fn given(
    kind: &Kind,
    batch: &mut Batch,
    list: Option<&str>,
    name: &[String],
    value: Value,
) -> Result<Given, DraftError> {
    let field = schema::field(kind.name, list, name);
    if !field.fits(&value) {
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

//! From a wish about a design that exists to the edits that fulfil it.
//!
//! Invariants: the edits are the fewest that we find, so an import of the same folder writes
//! nothing; what stands in conflict and is set is thereby resolved; a personal value that is
//! withheld is never taken to be empty.

use std::collections::{BTreeMap, HashMap};

use super::authoring::{self, Group, Wanted};
use super::batch::{self, Batch, DraftError};
use super::design::{Design, NotADesign};
use super::draft::DesignDraft;
use super::edit::{Edit, Path};
use super::field_name::{self, NoSuchField};
use super::materialise::Document;
use super::order::OrderKey;
use super::read::Fields;
use super::register;
use super::rising::longest_rising;
use super::schema::{self, AUTHORS, BOM, DESIGN, FILES, FieldType, MANIFEST};
use super::value::Value;
use super::view::{Field, Listed, Shown};
use super::{ItemId, edit::Named};

/// Why a design could not be changed so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// The document is of another kind.
    #[error(transparent)]
    NotADesign(#[from] NotADesign),
    /// The wish cannot be written.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// There is no field of this name.
    #[error(transparent)]
    NoSuchField(#[from] NoSuchField),
}

/// The edits that turn the design into the draft; none when it is the draft already.
///
/// # Errors
/// The document is no design, or something of the draft cannot be written.
pub fn update(document: &Document, draft: &DesignDraft) -> Result<Vec<Batch>, UpdateError> {
    let design = Design::of(document)?;
    let fields = document.fields();
    let mut groups: Vec<Group> = Vec::new();
    let mut wanted: BTreeMap<Vec<String>, Value> = authoring::registers(draft).into_iter().collect();
    for name in design.manifest.keys() {
        wanted.entry(vec![MANIFEST.to_owned(), name.clone()]).or_insert(Value::Nothing);
    }
    for (name, value) in wanted {
        if !is(fields.get(&register::join(&name)), &value) {
            groups.push(authoring::set(&name, value)?);
        }
    }
    let description = draft.description.as_str();
    let current = design.description.agreed().map_or("", String::as_str);
    if current != description || !design.description.is_settled() {
        groups.extend(rewrite(document, &Path::root(["description"]), description)?);
    }
    let authors = draft.authors.iter().map(authoring::author).collect();
    let bom = draft.bom.iter().map(authoring::part).collect();
    let files = draft.files.iter().map(authoring::file).collect();
    groups.extend(list(document, AUTHORS, authors, &[&["name", "contact"], &["name"]])?);
    groups.extend(list(document, BOM, bom, &[&["reference", "part"], &["reference"], &["part"]])?);
    groups.extend(list(document, FILES, files, &[&["path"]])?);
    Ok(batch::pack(groups)?)
}

/// The edits that set fields to what these texts say, each read by the field's type. A field is
/// named as the design shows it: `title`, `manifest/okhv`, `bom/ITEM/quantity`, where ITEM is an
/// item's id, or its number in the list counted from 1. An empty text empties the field.
///
/// A name that the schema doesn't know is taken for a mistake, unless the design shows such a field already: then it
/// is of a newer schema, or a column that somebody else brought. Below `manifest/` any name is one.
///
/// # Errors
/// There is no such field or item, or the text cannot be read as the field's type.
pub fn set_fields<'a>(
    document: &Document,
    wishes: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Vec<Batch>, UpdateError> {
    Design::of(document)?;
    let mut groups = Vec::new();
    for (field, text) in wishes {
        groups.extend(set_field(document, field, text)?);
    }
    Ok(batch::pack(groups)?)
}

fn set_field(document: &Document, field: &str, text: &str) -> Result<Vec<Group>, UpdateError> {
    let names = register::split(field);
    let no_field = || DraftError::NoField(field.chars().take(120).collect());
    Ok(match names.as_slice() {
        [list, item, name] if [AUTHORS, BOM, FILES].contains(&list.as_str()) => {
            let items = document.items(list);
            let item = find(&items, item).ok_or_else(no_field)?;
            let shown = |name: &str| items.iter().any(|item| item.what.contains_key(name));
            field_name::check(Some(list), field, std::slice::from_ref(name), shown)?;
            let value = parse(Some(list), std::slice::from_ref(name), field, text)?;
            vec![authoring::set_of(list, item, name, value)?]
        }
        [name, ..] if name.is_empty() || [AUTHORS, BOM, FILES].contains(&name.as_str()) => {
            return Err(no_field().into());
        }
        names if schema::field(DESIGN, None, names).kind == FieldType::Prose => {
            rewrite(document, &Path::root(names), text)?
        }
        names => {
            let fields = document.fields();
            field_name::check(None, field, names, |name| fields.contains_key(name))?;
            vec![authoring::set(names, parse(None, names, field, text)?)?]
        }
    })
}

/// The edits that remove an item, named as in [`set_fields`], for good or out of a conflict.
///
/// # Errors
/// There is no such item.
pub fn remove_item(document: &Document, list: &str, item: &str) -> Result<Vec<Batch>, UpdateError> {
    let id =
        find(&document.items(list), item).ok_or_else(|| DraftError::NoField(format!("{list}/{item}")))?;
    Ok(vec![Batch { edits: vec![Edit::Remove { item: id.into() }], personal: Vec::new() }])
}

fn find(items: &[Listed<Fields>], name: &str) -> Option<ItemId> {
    let by_number = || items.get(name.parse::<usize>().ok()?.checked_sub(1)?);
    items.iter().find(|i| i.id.to_string() == name).or_else(by_number).map(|i| i.id)
}

fn parse(list: Option<&str>, name: &[String], field: &str, text: &str) -> Result<Value, DraftError> {
    let kind = schema::field(DESIGN, list, name).kind;
    if text.is_empty() {
        return Ok(Value::Nothing);
    }
    let value = match kind {
        FieldType::Quantity => text.parse().ok().map(Value::Quantity),
        FieldType::Count => text.parse().ok().map(Value::Integer),
        FieldType::File => text.parse().ok().map(Value::File),
        _ => Some(Value::Text(text.to_owned())),
    };
    value.filter(|v| kind.fits(v)).ok_or_else(|| DraftError::WrongType {
        what: format!("the field \"{field}\""),
        expected: kind.expected(),
        given: text.chars().take(80).collect(),
    })
}

/// Whether a field is agreed to be this value, or empty when it is nothing.
fn is(field: Option<&Field<Shown>>, value: &Value) -> bool {
    match field {
        None | Some(Field::Absent) => *value == Value::Nothing,
        Some(field) => matches!(field.agreed(), Some(Shown::Value(v)) if v == value),
    }
}

/// The edits that make a collaborative text read so: a splice of what changed in the middle, or a
/// new text when none or several stand there.
fn rewrite(document: &Document, path: &Path, wanted: &str) -> Result<Vec<Group>, DraftError> {
    let name = register::join(&path.name);
    let fields = document.fields();
    let texts = document.texts(None, &name);
    let only_texts = match fields.get(&name) {
        Some(Field::Agreed(stated)) => matches!(stated.value, Shown::Text(_)),
        Some(Field::Conflict(c)) => c.values.iter().all(|s| matches!(s.value, Shown::Text(_))),
        _ => false,
    };
    let [(_, current)] = texts.as_slice() else {
        return authoring::write_text(path, wanted);
    };
    if !only_texts {
        return authoring::write_text(path, wanted);
    }
    let what = format!("the text \"{name}\"");
    let (at, delete, insert) = changed_middle(current, wanted);
    let mut groups = Vec::new();
    for (offset, insert) in batch::pieces(&insert) {
        let delete = if offset == 0 { delete } else { 0 };
        let edit = Edit::Splice { path: path.clone(), text: None, at: at + offset, delete, insert };
        groups.push((what.clone(), Batch { edits: vec![edit], personal: Vec::new() }));
    }
    Ok(groups)
}

/// Where two texts differ: the position, how many characters go and what comes. Counted in Unicode
/// scalar values.
fn changed_middle(old: &str, new: &str) -> (u64, u64, String) {
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let room = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(room).take_while(|(a, b)| a == b).count();
    let insert = new.iter().skip(head).take(new.len() - head - tail).collect();
    (head as u64, (old.len() - head - tail) as u64, insert)
}

/// The edits that make a list hold these items in this order. Items are matched by the first of
/// these sets of fields that is equal and not empty.
fn list(
    document: &Document,
    list: &str,
    wanted: Vec<Wanted>,
    keys: &[&[&str]],
) -> Result<Vec<Group>, DraftError> {
    let current = document.items(list);
    let matched = matched(&current, &wanted, keys);
    let mut groups = Vec::new();
    for (rank, item) in current.iter().enumerate() {
        let withheld = item.what.values().any(|f| matches!(f, Field::Withheld(_)));
        if !matched.contains(&Some(rank)) && !withheld {
            let edits = vec![Edit::Remove { item: item.id.into() }];
            groups.push((format!("an item of \"{list}\""), Batch { edits, personal: Vec::new() }));
        }
    }
    let places = places(&current, &matched);
    for ((fields, rank), place) in wanted.into_iter().zip(&matched).zip(places) {
        let Some(item) = rank.and_then(|r| current.get(r)) else {
            if let Some(order) = place {
                groups.push(authoring::add(list, &order, fields)?);
            }
            continue;
        };
        // A move writes the item's presence too: it settles a removal against an edit.
        let settle = (item.removed.is_some() || item.moved.is_some()).then(|| item.place.clone());
        if let Some(order) = place.or(settle) {
            let edits = vec![Edit::Move { item: Named::from(item.id), order: order.to_string() }];
            groups.push((format!("an item of \"{list}\""), Batch { edits, personal: Vec::new() }));
        }
        // Columns that the draft no longer has; known fields that no draft carries stay.
        let unknown = |name: &&String| {
            let name = register::split(name);
            name.len() == 1 && !schema::field(DESIGN, Some(list), &name).is_known()
        };
        let gone = item.what.keys().filter(|name| !fields.contains_key(*name)).filter(unknown);
        let gone: Vec<String> = gone.cloned().collect();
        for (name, value) in fields.into_iter().chain(gone.into_iter().map(|n| (n, Value::Nothing))) {
            if !is(item.what.get(&register::join(std::slice::from_ref(&name))), &value) {
                groups.push(authoring::set_of(list, item.id, &name, value)?);
            }
        }
    }
    Ok(groups)
}

/// For each wanted item the rank of the current one that it is.
fn matched(current: &[Listed<Fields>], wanted: &[Wanted], keys: &[&[&str]]) -> Vec<Option<usize>> {
    let mut matched: Vec<Option<usize>> = vec![None; wanted.len()];
    let mut free: Vec<bool> = vec![true; current.len()];
    for key in keys {
        let mut by_key: HashMap<Vec<Value>, Vec<usize>> = HashMap::new();
        for (rank, item) in current.iter().enumerate().rev().filter(|(r, _)| free.get(*r) == Some(&true)) {
            let value = |n: &&str| match item.what.get(*n).and_then(Field::agreed) {
                Some(Shown::Value(v)) => v.clone(),
                _ => Value::Nothing,
            };
            by_key.entry(key.iter().map(value).collect()).or_default().push(rank);
        }
        for (slot, fields) in matched.iter_mut().zip(wanted).filter(|(slot, _)| slot.is_none()) {
            let value = |n: &&str| fields.get(*n).cloned().unwrap_or(Value::Nothing);
            let key: Vec<Value> = key.iter().map(value).collect();
            if key.iter().all(|v| *v == Value::Nothing) {
                continue;
            }
            *slot = by_key.get_mut(&key).and_then(Vec::pop);
            if let Some(free) = slot.and_then(|rank| free.get_mut(rank)) {
                *free = false;
            }
        }
    }
    matched
}

/// The order key each wanted item needs; none where a current item stays in its place.
fn places(current: &[Listed<Fields>], matched: &[Option<usize>]) -> Vec<Option<OrderKey>> {
    let stay = longest_rising(matched);
    let key = |position: usize| -> Option<&OrderKey> {
        let rank = matched.get(position).copied().flatten().filter(|_| stay.contains(&position))?;
        current.get(rank).map(|i| &i.place)
    };
    let mut places: Vec<Option<OrderKey>> = vec![None; matched.len()];
    let mut start = 0_usize;
    for end in stay.iter().copied().chain([matched.len()]) {
        let before = start.checked_sub(1).and_then(key);
        let Ok(keys) = OrderKey::several(before, key(end), end - start) else {
            // Too crowded, or two equal keys of concurrent writers: the whole list anew.
            let fresh = OrderKey::several(None, None, matched.len()).unwrap_or_default();
            return fresh.into_iter().map(Some).collect();
        };
        places.iter_mut().skip(start).zip(keys).for_each(|(place, key)| *place = Some(key));
        start = end + 1;
    }
    places
}

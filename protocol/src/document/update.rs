//! From a wish about a document that exists to the edits that fulfil it.
//!
//! Invariants: the edits are the fewest that we find, so an import of the same folder writes
//! nothing; what stands in conflict and is set is thereby resolved; a personal value that is
//! withheld is never taken to be empty.

use std::collections::HashMap;

use super::authoring::{self, Group};
use super::batch::{self, Batch, DraftError};
use super::draft::{DesignDraft, Draft, DraftItem, Wanted};
use super::edit::{Edit, Path};
use super::field_name::{self, NoSuchField};
use super::materialise::Document;
use super::order::OrderKey;
use super::read::Fields;
use super::register;
use super::rising::longest_rising;
use super::schema::{self, FieldType, Kind, MANIFEST};
use super::value::Value;
use super::view::{Field, Listed, Shown};
use super::{ItemId, edit::Named};

/// Why a document could not be changed so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// A kind of a newer version.
    #[error("the document is a {0}, which this version does not know; install a newer one to change it")]
    UnknownKind(String),
    /// The wish cannot be written.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// There is no field of this name.
    #[error(transparent)]
    NoSuchField(#[from] NoSuchField),
}

/// The edits that turn a design into one that was imported: fields of the manifest that the import no longer has
/// are emptied.
///
/// # Errors
/// As [`update`].
pub fn update_design(document: &Document, design: &DesignDraft) -> Result<Vec<Batch>, UpdateError> {
    let mut draft = Draft::from(design);
    let below = format!("{MANIFEST}/");
    for name in document.fields().into_keys().filter(|name| name.starts_with(&below)) {
        draft.fields.entry(name).or_insert(Value::Nothing);
    }
    update(document, &draft)
}

/// The edits that make a document what the draft says; none when it is that already. What the draft doesn't name
/// stays, but items of lists that it names.
///
/// # Errors
/// The document's kind is not known, or something of the draft cannot be written.
pub fn update(document: &Document, draft: &Draft) -> Result<Vec<Batch>, UpdateError> {
    let kind = kind(document)?;
    let fields = document.fields();
    let mut groups: Vec<Group> = Vec::new();
    for (name, value) in &draft.fields {
        if !is(fields.get(name), value) {
            groups.extend(write(document, kind, &register::split(name), value.clone())?);
        }
    }
    for (name, items) in &draft.lists {
        groups.extend(list(document, kind, name, items, draft.whole)?);
    }
    Ok(batch::pack(groups)?)
}

fn kind(document: &Document) -> Result<&'static Kind, UpdateError> {
    schema::kind(&document.kind).ok_or_else(|| UpdateError::UnknownKind(document.kind.clone()))
}

/// Sets a field of the document, by a splice where a text stands.
fn write(document: &Document, kind: &Kind, names: &[String], value: Value) -> Result<Vec<Group>, DraftError> {
    let prose = schema::field(kind.name, None, names).kind == FieldType::Prose;
    match value {
        Value::Text(text) if prose => rewrite(document, None, &Path::root(names), &text),
        value => authoring::set(kind, names, value),
    }
}

/// Sets a field of an item, by a splice where a text stands.
fn write_of(
    document: &Document,
    kind: &Kind,
    list: &str,
    item: ItemId,
    name: &str,
    value: Value,
) -> Result<Vec<Group>, DraftError> {
    let prose = schema::field(kind.name, Some(list), &[name.to_owned()]).kind == FieldType::Prose;
    match value {
        Value::Text(text) if prose => rewrite(document, Some(item), &Path::of(item, name), &text),
        value => authoring::set_of(kind, list, item, name, value),
    }
}

/// The edits that set fields to what these texts say, each read by the field's type. A field is
/// named as the document shows it: `title`, `manifest/okhv`, `bom/ITEM/quantity`, where ITEM is an
/// item's id, its number in the list counted from 1, or what only it is called. An empty text empties the field.
///
/// A name that the schema doesn't know is taken for a mistake, unless the document shows such a field already: then it
/// is of a newer schema, or a column that somebody else brought. Below `manifest/` any name is one.
///
/// # Errors
/// There is no such field or item, or the text cannot be read as the field's type.
pub fn set_fields<'a>(
    document: &Document,
    wishes: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Vec<Batch>, UpdateError> {
    let kind = kind(document)?;
    let mut groups = Vec::new();
    for (field, text) in wishes {
        groups.extend(set_field(document, kind, field, text)?);
    }
    Ok(batch::pack(groups)?)
}

fn set_field(document: &Document, kind: &Kind, field: &str, text: &str) -> Result<Vec<Group>, UpdateError> {
    let names = register::split(field);
    let no_field = || DraftError::NoField { kind: kind.name, field: field.chars().take(120).collect() };
    Ok(match names.as_slice() {
        [list, item, name] if kind.list(list).is_some() => {
            let items = document.items(list);
            let item = find(kind, list, &items, item)?;
            let shown = |name: &str| items.iter().any(|item| item.what.contains_key(name));
            field_name::check(kind, Some(list), field, std::slice::from_ref(name), shown)?;
            let value = parse(kind, Some(list), std::slice::from_ref(name), field, text)?;
            write_of(document, kind, list, item, name, value)?
        }
        [name, ..] if name.is_empty() || kind.list(name).is_some() => return Err(no_field().into()),
        names => {
            let fields = document.fields();
            field_name::check(kind, None, field, names, |name| fields.contains_key(name))?;
            write(document, kind, names, parse(kind, None, names, field, text)?)?
        }
    })
}

/// The edits that add an item to a list, after another or at its end, with fields as these texts say.
///
/// # Errors
/// There is no such list, field or item, or a text cannot be read as its field's type.
pub fn add_item<'a>(
    document: &Document,
    list: &str,
    after: Option<&str>,
    wishes: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Vec<Batch>, UpdateError> {
    let kind = kind(document)?;
    let no_field =
        |what: &str| DraftError::NoField { kind: kind.name, field: what.chars().take(120).collect() };
    let known = kind.list(list).ok_or_else(|| no_field(list))?;
    let items = document.items(list);
    let mut fields = Wanted::new();
    for (name, text) in wishes {
        let names = [name.to_owned()];
        let shown = |name: &str| items.iter().any(|item| item.what.contains_key(name));
        field_name::check(kind, Some(list), name, &names, shown)?;
        let field = format!("{}/{name}", known.name);
        fields.insert(name.to_owned(), parse(kind, Some(list), &names, &field, text)?);
    }
    let at = match after {
        None => items.len(),
        Some(after) => {
            let id = find(kind, list, &items, after)?;
            items.iter().position(|item| item.id == id).map_or(items.len(), |at| at + 1)
        }
    };
    let before = at.checked_sub(1).and_then(|at| items.get(at)).map(|item| &item.place);
    let behind = items.get(at).map(|item| &item.place);
    // Two equal keys of concurrent writers leave no room between them: the end of the list is always free.
    let place = OrderKey::several(before, behind, 1)
        .or_else(|_| OrderKey::several(items.last().map(|item| &item.place), None, 1));
    let Some(place) = place.ok().and_then(|mut keys| keys.pop()) else { return Ok(Vec::new()) };
    Ok(batch::pack(authoring::add(kind, list, &place, fields)?)?)
}

/// The edits that remove an item, named as in [`set_fields`], for good or out of a conflict.
///
/// # Errors
/// There is no such item.
pub fn remove_item(document: &Document, list: &str, item: &str) -> Result<Vec<Batch>, UpdateError> {
    let kind = kind(document)?;
    let id = find(kind, list, &document.items(list), item)?;
    Ok(vec![Batch { edits: vec![Edit::Remove { item: id.into() }], personal: Vec::new() }])
}

/// The item that a name means: its id, its number in the list counted from 1, or what only it is called.
fn find(kind: &Kind, list: &str, items: &[Listed<Fields>], name: &str) -> Result<ItemId, DraftError> {
    let shown = || name.chars().take(80).collect::<String>();
    let by_number = || items.get(name.parse::<usize>().ok()?.checked_sub(1)?);
    if let Some(item) = items.iter().find(|i| i.id.to_string() == name).or_else(by_number) {
        return Ok(item.id);
    }
    let label = schema::label(kind.name, list).first().copied().unwrap_or_default();
    let called = |item: &&Listed<Fields>| match item.what.get(label).and_then(Field::agreed) {
        Some(Shown::Value(value)) => value.to_string() == name,
        _ => false,
    };
    let found: Vec<ItemId> = items.iter().filter(called).map(|item| item.id).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(DraftError::NoItem { list: list.to_owned(), name: shown() }),
        many => Err(DraftError::SeveralItems { list: list.to_owned(), name: shown(), number: many.len() }),
    }
}

fn parse(
    kind: &Kind,
    list: Option<&str>,
    name: &[String],
    field: &str,
    text: &str,
) -> Result<Value, DraftError> {
    let kind = schema::field(kind.name, list, name).kind;
    kind.read(text).ok_or_else(|| DraftError::WrongType {
        what: format!("the field \"{field}\""),
        expected: kind.expected(),
        given: text.chars().take(80).collect(),
    })
}

/// Whether a field is agreed to be this value, or empty when it is nothing.
fn is(field: Option<&Field<Shown>>, value: &Value) -> bool {
    match field {
        None | Some(Field::Absent) => *value == Value::Nothing,
        Some(field) => match (field.agreed(), value) {
            (Some(Shown::Value(is)), value) => is == value,
            (Some(Shown::Text(is)), Value::Text(text)) => is == text,
            _ => false,
        },
    }
}

/// The edits that make a collaborative text read so: a splice of what changed in the middle, or a
/// new text when none or several stand there.
fn rewrite(
    document: &Document,
    item: Option<ItemId>,
    path: &Path,
    wanted: &str,
) -> Result<Vec<Group>, DraftError> {
    let name = register::join(&path.name);
    let fields = match item {
        None => document.fields(),
        Some(item) => document.fields_of_item(item),
    };
    let texts = document.texts(item, &name);
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
    kind: &Kind,
    list: &str,
    wanted: &[DraftItem],
    whole: bool,
) -> Result<Vec<Group>, DraftError> {
    let current = document.items(list);
    let matched = matched(&current, wanted, kind.list(list).map_or(&[], |list| list.keys));
    let mut groups = Vec::new();
    for (rank, item) in current.iter().enumerate() {
        let withheld = whole && item.what.values().any(|f| matches!(f, Field::Withheld(_)));
        if !matched.contains(&Some(rank)) && !withheld {
            let edits = vec![Edit::Remove { item: item.id.into() }];
            groups.push((format!("an item of \"{list}\""), Batch { edits, personal: Vec::new() }));
        }
    }
    let places = places(&current, &matched);
    for ((wanted, rank), place) in wanted.iter().zip(&matched).zip(places) {
        let fields = wanted.fields.clone();
        let Some(item) = rank.and_then(|r| current.get(r)) else {
            if let Some(order) = place {
                groups.extend(authoring::add(kind, list, &order, fields)?);
            }
            continue;
        };
        // A move writes the item's presence too: it settles a removal against an edit.
        let settle = (whole && (item.removed.is_some() || item.moved.is_some())).then(|| item.place.clone());
        if let Some(order) = place.or(settle) {
            let edits = vec![Edit::Move { item: Named::from(item.id), order: order.to_string() }];
            groups.push((format!("an item of \"{list}\""), Batch { edits, personal: Vec::new() }));
        }
        // Columns that the draft no longer has; known fields that no draft carries stay.
        let unknown = |name: &&String| {
            let name = register::split(name);
            whole && name.len() == 1 && !schema::field(kind.name, Some(list), &name).is_known()
        };
        let gone = item.what.keys().filter(|name| !fields.contains_key(*name)).filter(unknown);
        let gone: Vec<String> = gone.cloned().collect();
        for (name, value) in fields.into_iter().chain(gone.into_iter().map(|n| (n, Value::Nothing))) {
            if !is(item.what.get(&register::join(std::slice::from_ref(&name))), &value) {
                groups.extend(write_of(document, kind, list, item.id, &name, value)?);
            }
        }
    }
    Ok(groups)
}

/// For each wanted item the rank of the current one that it is.
fn matched(current: &[Listed<Fields>], wanted: &[DraftItem], keys: &[&[&str]]) -> Vec<Option<usize>> {
    let mut matched: Vec<Option<usize>> = vec![None; wanted.len()];
    let mut free: Vec<bool> = vec![true; current.len()];
    let ranks: HashMap<ItemId, usize> = current.iter().enumerate().map(|(rank, i)| (i.id, rank)).collect();
    for (slot, item) in matched.iter_mut().zip(wanted) {
        let rank = item.id.and_then(|id| ranks.get(&id).copied());
        if let Some(free) = rank.and_then(|rank| free.get_mut(rank)).filter(|free| **free) {
            (*slot, *free) = (rank, false);
        }
    }
    for key in keys {
        let mut by_key: HashMap<Vec<Value>, Vec<usize>> = HashMap::new();
        for (rank, item) in current.iter().enumerate().rev().filter(|(r, _)| free.get(*r) == Some(&true)) {
            let value = |n: &&str| match item.what.get(*n).and_then(Field::agreed) {
                Some(Shown::Value(v)) => v.clone(),
                _ => Value::Nothing,
            };
            by_key.entry(key.iter().map(value).collect()).or_default().push(rank);
        }
        let unnamed = |(slot, item): &(&mut Option<usize>, &DraftItem)| slot.is_none() && item.id.is_none();
        for (slot, item) in matched.iter_mut().zip(wanted).filter(unnamed) {
            let value = |n: &&str| item.fields.get(*n).cloned().unwrap_or(Value::Nothing);
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

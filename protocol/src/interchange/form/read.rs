//! From a form to what it changes.

use std::collections::{BTreeMap, BTreeSet};

use serde_saphyr::Spanned;

use super::{HEADS, ITEM};
use crate::document::ItemId;
use crate::document::draft::{Draft, DraftItem, Wanted};
use crate::document::field_name::{self, NoSuchField};
use crate::document::materialise::Document;
use crate::document::read::Fields;
use crate::document::register;
use crate::document::schema::{self, FieldType, Kind};
use crate::document::value::Value;
use crate::document::view::{Field, Listed, Shown};
use crate::id::EntryId;
use crate::interchange::okh::source::{Node, number, yaml};
use crate::limits::MANIFEST_MAX;

/// Why a form can't be read; lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Too long.
    #[error("the text has more than {MANIFEST_MAX} bytes")]
    TooLong,
    /// A kind of a newer version.
    #[error("the document is a {0}, which this version does not know; install a newer one to change it")]
    UnknownKind(String),
    /// No YAML.
    #[error("line {line}: {reason}")]
    Syntax {
        /// The line.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// There is no field of this name.
    #[error("line {line}: {error}")]
    NoSuchField {
        /// The line.
        line: u64,
        /// Which, and what may be meant.
        error: NoSuchField,
    },
    /// A value that its field doesn't take.
    #[error("line {line}: the field \"{field}\" takes {expected}{}", given.as_ref().map_or(String::new(), |g| format!(", not \"{g}\"")))]
    WrongType {
        /// The line.
        line: u64,
        /// The field.
        field: String,
        /// What it takes.
        expected: &'static str,
        /// What was given, when it is one value.
        given: Option<String>,
    },
    /// An item that the document doesn't have, or has once.
    #[error("line {line}: {what}")]
    Item {
        /// The line.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
}

type Place = Spanned<Node>;

/// What a form changes of the document that it was written from.
///
/// # Errors
/// It is no such form, or a value isn't one of its field.
pub fn read(document: &Document, text: &str) -> Result<Draft, FormError> {
    if text.len() > MANIFEST_MAX {
        return Err(FormError::TooLong);
    }
    let kind = schema::kind(&document.kind);
    let kind = kind.ok_or_else(|| FormError::UnknownKind(document.kind.clone()))?;
    let root = yaml(text).map_err(|(line, reason)| FormError::Syntax { line, reason })?;
    let given = match root {
        None => BTreeMap::new(),
        Some(root) => map(root, "the text", text)?,
    };
    let shown = document.fields();
    let mut draft = Draft::default();
    let (mut own, mut lists) = (BTreeMap::new(), BTreeMap::new());
    let known = document.lists();
    for (name, place) in given {
        let is_list = kind.list(&name).is_some() || known.contains(&name);
        if is_list {
            lists.insert(name, place)
        } else {
            own.insert(name, place)
        };
    }
    draft.fields = fields(kind, None, "", own, &shown, text, false)?;
    for name in kind.lists.iter().map(|list| list.name.to_owned()).chain(known) {
        let current = document.items(&name);
        let place = lists.remove(&name);
        if draft.lists.contains_key(&name) || place.is_none() && current.is_empty() {
            continue;
        }
        let items = list(kind, &name, place, &current, text)?;
        draft.lists.insert(name, items);
    }
    Ok(draft)
}

/// The heads of the document that a form was written from, as its comment says; none when it doesn't.
pub fn heads(text: &str) -> Option<Vec<EntryId>> {
    let comments = text.lines().take_while(|line| line.starts_with('#') || line.trim().is_empty());
    let mut said = comments.filter_map(|line| line.strip_prefix("# ")?.strip_prefix(HEADS));
    let heads: Vec<EntryId> =
        said.next()?.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
    (!heads.is_empty()).then_some(heads)
}

fn line_of(place: &Place) -> u64 {
    place.defined.line()
}

/// A map's values by name, each once.
fn map(place: Place, what: &str, text: &str) -> Result<BTreeMap<String, Place>, FormError> {
    let line = line_of(&place);
    let Node::Map(items) = place.value else {
        let reason = format!("{what} is not a list of fields such as \"title: Press\"");
        return Err(FormError::Syntax { line, reason });
    };
    let mut fields = BTreeMap::new();
    for (name, value) in items {
        let line = line_of(&name);
        let wrong = |reason: &str| FormError::Syntax { line, reason: reason.to_owned() };
        let name =
            scalar(&name, text).ok_or_else(|| wrong("a list stands where the name of a field should"))?;
        if fields.insert(name.clone(), value).is_some() {
            let name: String = name.chars().take(80).collect();
            return Err(FormError::Syntax { line, reason: format!("the field \"{name}\" is given twice") });
        }
    }
    Ok(fields)
}

/// A single value as it was written.
fn scalar(place: &Place, text: &str) -> Option<String> {
    match &place.value {
        Node::Nothing => Some(String::new()),
        Node::Boolean(value) => Some(value.to_string()),
        Node::Number(value) => Some(number(place, text).unwrap_or_else(|| value.clone())),
        Node::Text(value) => Some(value.clone()),
        Node::List(_) | Node::Map(_) => None,
    }
}

fn list(
    kind: &'static Kind,
    name: &str,
    place: Option<Place>,
    current: &[Listed<Fields>],
    text: &str,
) -> Result<Vec<DraftItem>, FormError> {
    let given = match place.map(|place| (line_of(&place), place.value)) {
        None | Some((_, Node::Nothing)) => Vec::new(),
        Some((_, Node::List(items))) => items,
        Some((line, _)) => {
            let reason = format!("\"{name}\" is a list: write each of its items behind a \"-\"");
            return Err(FormError::Syntax { line, reason });
        }
    };
    let (mut items, mut seen) = (Vec::with_capacity(given.len()), BTreeSet::new());
    for place in given {
        let line = line_of(&place);
        let mut own = map(place, &format!("an item of \"{name}\""), text)?;
        let wrong = |what: String| FormError::Item { line, what };
        let id = match own.remove(ITEM).map(|id| scalar(&id, text).unwrap_or_default()) {
            None => None,
            Some(id) => {
                let shown: String = id.chars().take(80).collect();
                let id = named(&id, current).ok_or_else(|| {
                    wrong(format!("\"{shown}\" names no item; leave the line away for a new one"))
                })?;
                if !seen.insert(id) {
                    return Err(wrong(
                        "an item stands here twice; leave its \"item:\" line away to copy it".into(),
                    ));
                }
                Some(id)
            }
        };
        let was = id.and_then(|id| current.iter().find(|item| item.id == id));
        let none = Fields::new();
        let shown = was.map_or(&none, |item| &item.what);
        let columns = |name: &str| current.iter().any(|item| item.what.contains_key(name));
        let fields = fields_of_item(kind, name, own, shown, text, &columns)?;
        items.push(DraftItem { id, fields });
    }
    Ok(items)
}

/// The item of a list that its shortened name means.
fn named(text: &str, current: &[Listed<Fields>]) -> Option<ItemId> {
    let (begin, edit) = text.split_once('.')?;
    let edit: u32 = edit.parse().ok()?;
    let fits = |item: &&Listed<Fields>| item.id.edit == edit && item.id.entry.to_string().starts_with(begin);
    let mut found = current.iter().filter(fits);
    found.next().filter(|_| !begin.is_empty() && found.next().is_none()).map(|item| item.id)
}

fn fields_of_item(
    kind: &'static Kind,
    list: &str,
    given: BTreeMap<String, Place>,
    shown: &Fields,
    text: &str,
    columns: &dyn Fn(&str) -> bool,
) -> Result<Wanted, FormError> {
    for (name, place) in &given {
        check(kind, Some(list), name, line_of(place), columns)?;
    }
    fields(kind, Some(list), &format!("{list}/"), given, shown, text, true)
}

fn check(
    kind: &'static Kind,
    list: Option<&str>,
    name: &str,
    line: u64,
    shown: &dyn Fn(&str) -> bool,
) -> Result<(), FormError> {
    let names = if list.is_some() { vec![name.to_owned()] } else { register::split(name) };
    field_name::check(kind, list, name, &names, shown).map_err(|error| FormError::NoSuchField { line, error })
}

/// The fields that differ from what is shown, and of an item also those that don't.
fn fields(
    kind: &'static Kind,
    list: Option<&str>,
    prefix: &str,
    given: BTreeMap<String, Place>,
    shown: &Fields,
    text: &str,
    whole: bool,
) -> Result<Wanted, FormError> {
    let mut wanted = Wanted::new();
    let mut there = BTreeSet::new();
    for (name, place) in given {
        let line = line_of(&place);
        if list.is_none() {
            check(kind, None, &name, line, &|name| shown.contains_key(name))?;
        }
        let names = if list.is_some() { vec![name.clone()] } else { register::split(&name) };
        let field = schema::field(kind.name, list, &names);
        let was = shown.get(&name).and_then(Field::agreed);
        let value = value(field.kind, &place, was, text).ok_or_else(|| FormError::WrongType {
            line,
            field: format!("{prefix}{name}").chars().take(120).collect(),
            expected: field.kind.expected(),
            given: scalar(&place, text).map(|text| text.chars().take(80).collect()),
        })?;
        there.insert(name.clone());
        let same = match (was, &value) {
            (Some(Shown::Value(was)), value) => was == value,
            (Some(Shown::Text(was)), Value::Text(text)) => was == text,
            (None, Value::Nothing) => true,
            _ => false,
        };
        if whole || !same {
            wanted.insert(name, value);
        }
    }
    let gone = shown.iter().filter(|(name, field)| field.agreed().is_some() && !there.contains(*name));
    wanted.extend(gone.map(|(name, _)| (name.clone(), Value::Nothing)));
    Ok(wanted)
}

/// The value that stands at a place; as it was when it reads as that did.
fn value(kind: FieldType, place: &Place, was: Option<&Shown>, text: &str) -> Option<Value> {
    match (was, scalar(place, text)) {
        (Some(Shown::Value(was)), Some(given)) if was.to_string() == given => return Some(was.clone()),
        (Some(Shown::Text(was)), Some(given)) if *was == given => return Some(Value::Text(given)),
        _ => {}
    }
    match (kind, &place.value) {
        (_, Node::Nothing) => Some(Value::Nothing),
        (FieldType::Boolean, Node::Boolean(value)) => Some(Value::Boolean(*value)),
        (FieldType::Texts, Node::List(items)) => {
            let items: Option<Vec<Value>> = items
                .iter()
                .map(|item| scalar(item, text).filter(|t| !t.is_empty()).map(Value::Text))
                .collect();
            items.map(|items| if items.is_empty() { Value::Nothing } else { Value::List(items) })
        }
        (FieldType::Any, _) => {
            let given = settled(place, text);
            // Nested values were written as JSON, where an exact decimal is a text.
            match was {
                Some(Shown::Value(was)) if alike(was, &given) => Some(was.clone()),
                _ => Some(given),
            }
        }
        (kind, _) => kind.read(&scalar(place, text)?),
    }
}

/// A value of a field that isn't known here.
fn settled(place: &Place, text: &str) -> Value {
    match &place.value {
        Node::Nothing => Value::Nothing,
        Node::Boolean(value) => Value::Boolean(*value),
        Node::Number(_) => {
            let written = scalar(place, text).unwrap_or_default();
            match (written.parse::<i64>(), rust_decimal::Decimal::from_str_exact(&written)) {
                (Ok(whole), _) => Value::Integer(whole),
                (_, Ok(decimal)) => Value::Decimal(decimal),
                _ => Value::Text(written),
            }
        }
        Node::Text(text) => Value::Text(text.clone()),
        Node::List(items) => Value::List(items.iter().map(|item| settled(item, text)).collect()),
        Node::Map(items) => {
            let named = |(name, item): &(Place, Place)| Some((scalar(name, text)?, settled(item, text)));
            Value::Map(items.iter().filter_map(named).collect())
        }
    }
}

/// Whether two values are written alike in a form.
fn alike(was: &Value, given: &Value) -> bool {
    match (was, given) {
        (Value::List(was), Value::List(given)) => {
            was.len() == given.len() && was.iter().zip(given).all(|(a, b)| alike(a, b))
        }
        (Value::Map(was), Value::Map(given)) => {
            was.len() == given.len() && was.iter().zip(given).all(|((n, a), (m, b))| n == m && alike(a, b))
        }
        (was, given) => was == given || was.to_string() == given.to_string(),
    }
}

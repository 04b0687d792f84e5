//! Items of lists: things by name, Wikidata item and address, as the kitchens and workshops of Open Know-Where's first
//! users write them; or by name alone, several in one text.

use std::collections::BTreeSet;

use super::columns::{self, Column};
use super::place::{Told, text_of, too_large};
use crate::document::draft::{DraftItem, Wanted};
use crate::document::value::Value;
use crate::limits::CAPACITY_ITEMS_MAX;
use crate::process;

/// The items of a value: maps and texts of a list, or the parts of one text. At most as many as a place may have.
pub(super) fn items(value: &Value, at: &str, told: &mut Told) -> Vec<Value> {
    let mut items: Vec<Value> = match value {
        Value::List(items) => items.clone(),
        Value::Map(_) => vec![value.clone()],
        value => parts(&text_of(value).unwrap_or_default()).into_iter().map(Value::Text).collect(),
    };
    items.retain(|item| *item != Value::Nothing);
    if items.len() > CAPACITY_ITEMS_MAX {
        told.say(at, format!("has more than {CAPACITY_ITEMS_MAX} items; the others are not read"));
        items.truncate(CAPACITY_ITEMS_MAX);
    }
    items
}

/// The parts of a text that lists several things. A comma in brackets divides nothing.
pub(super) fn parts(text: &str) -> Vec<String> {
    let divider: &[char] = if text.contains([';', '|', '\n']) { &[';', '|', '\n'] } else { &[','] };
    let (mut parts, mut part, mut depth) = (Vec::new(), String::new(), 0_u32);
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && divider.contains(&c) {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(c);
        }
    }
    parts.push(part);
    parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// A thing with name, identifier and address under this list's own name for names. What else is said of it is kept
/// beside them.
pub(super) fn thing(name: &str, value: &Value, at: &str, told: &mut Told) -> Option<DraftItem> {
    let Value::Map(map) = value else {
        return text_of(value).map(|text| Wanted::from([(name.to_owned(), Value::Text(text))]).into());
    };
    let mut fields = Wanted::new();
    for (key, value) in map.iter().filter(|(_, value)| says(value)) {
        let text = text_of(value);
        let (to, value) = match (columns::of(key), text) {
            (_, Some(text)) if key == name => (name, Value::Text(text)),
            (Some(Column::Field("title")), Some(text)) => (name, Value::Text(text)),
            (Some(Column::Field("description")), Some(text)) => {
                let named = map.contains_key(name) || map.contains_key("name") || map.contains_key("title");
                (if named { "note" } else { name }, Value::Text(text))
            }
            (Some(Column::Field("website")), Some(text)) => ("link", Value::Text(text)),
            (_, Some(text)) if key == "identifier" || key == "id" => ("identifier", Value::Text(text)),
            _ => (key.as_str(), value.clone()),
        };
        keep(&mut fields, to, value, at, told);
    }
    (!fields.is_empty()).then(|| fields.into())
}

/// Puts a field into an item, under a further name when that one is taken.
pub(super) fn keep(fields: &mut Wanted, name: &str, value: Value, at: &str, told: &mut Told) {
    if too_large(name, &value) {
        told.say(
            at,
            format!(
                "has the field \"{}\", which is too large and is left out",
                crate::printable::shown(name)
            ),
        );
        return;
    }
    let free = !fields.contains_key(name);
    fields.insert(if free { name.to_owned() } else { format!("{name} (as written)") }, value);
}

/// Whether a value says something.
pub(super) fn says(value: &Value) -> bool {
    match value {
        Value::Nothing => false,
        Value::Text(text) => !text.trim().is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Map(map) => !map.is_empty(),
        _ => true,
    }
}

/// A process, by the first of its names that is known. When its identifier and its address are of two, it is told.
pub(super) fn process(value: &Value, at: &str, told: &mut Told) -> Option<DraftItem> {
    let mut item = thing("name", value, at, told)?;
    let text = |fields: &Wanted, name: &str| fields.get(name).and_then(Value::as_text).map(str::to_owned);
    let [own, name, link, identifier] =
        ["process", "name", "link", "identifier"].map(|n| text(&item.fields, n));
    let of = |text: &Option<String>| text.as_deref().and_then(process::find);
    if let (Some(by_link), Some(by_identifier)) = (of(&link), of(&identifier))
        && by_link != by_identifier
    {
        told.say(at, format!("names {} by its identifier and {} by its link", by_identifier.id, by_link.id));
    }
    let known = of(&own).or_else(|| of(&name)).or_else(|| of(&link)).or_else(|| of(&identifier));
    let known = known.or_else(|| name.as_deref().and_then(process::guess));
    let named = matches!(value, Value::Map(_));
    match (known, own) {
        (Some(process), _) => {
            item.fields.insert("process".to_owned(), Value::Text(process.id.to_owned()));
            // A text that names a process says nothing more than that.
            let whole = name.as_deref().and_then(process::find) == Some(process);
            if !named && whole {
                item.fields.remove("name");
            }
        }
        (None, None) => {
            if let Some(name) = name.filter(|_| !named) {
                item.fields.remove("name");
                item.fields.insert("process".to_owned(), Value::Text(name));
            }
        }
        _ => {}
    }
    Some(item)
}

/// Leaves out a process of which nothing but its name is said, when a machine or another row says more of it.
pub(super) fn without_repeated(processes: Vec<DraftItem>, machines: &[DraftItem]) -> Vec<DraftItem> {
    let id = |item: &DraftItem| item.fields.get("process").and_then(Value::as_text).map(str::to_owned);
    let bare = |item: &DraftItem| item.fields.len() == 1 && item.fields.contains_key("process");
    let said: Vec<String> =
        processes.iter().filter(|item| !bare(item)).chain(machines).filter_map(id).collect();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut kept = processes;
    kept.retain(|item| match id(item).filter(|_| bare(item)) {
        Some(id) => !said.contains(&id) && seen.insert(id),
        None => true,
    });
    kept
}

//! Machines of a place, and machine models of a catalogue.

use std::collections::BTreeMap;

use super::atoms::{keep, parts, says};
use super::columns::{self, Column};
use super::measure;
use super::place::{Told, text_of};
use crate::document::draft::{Draft, DraftItem, Wanted};
use crate::document::register;
use crate::document::schema::capacity;
use crate::document::value::Value;
use crate::process;

/// A machine of a list: a map by any names, or its name alone.
pub(super) fn machine(value: &Value, at: &str, told: &mut Told) -> Option<DraftItem> {
    let Value::Map(map) = value else {
        let name = text_of(value)?;
        return Some(settled(Wanted::from([("name".to_owned(), Value::Text(name))])).into());
    };
    let mut fields = Wanted::new();
    // A name goes before what describes it.
    let is_name =
        |key: &&String| matches!(columns::of(key), Some(Column::Field("title") | Column::Machine("name")));
    let named = map.iter().any(|(key, value)| is_name(&key) && says(value));
    for (key, value) in map.iter().filter(|(_, value)| says(value)) {
        let text = text_of(value);
        match (columns::of(key), text) {
            (_, Some(text)) if key == "identifier" || key == "id" => {
                keep(&mut fields, "identifier", Value::Text(text), at, told);
            }
            (Some(Column::Field("title")), Some(text)) => {
                keep(&mut fields, "name", Value::Text(text), at, told);
            }
            (Some(Column::Field("description")), Some(text)) => {
                keep(&mut fields, if named { "note" } else { "name" }, Value::Text(text), at, told);
            }
            (Some(Column::Field("website")), Some(text)) => {
                keep(&mut fields, "link", Value::Text(text), at, told);
            }
            (Some(Column::Processes), Some(text)) => {
                keep(&mut fields, "process", Value::Text(process::settled(&text)), at, told);
            }
            (Some(column), _) if is_of_a_machine(column) => put(&mut fields, key, column, value, at, told),
            _ => keep(&mut fields, key, value.clone(), at, told),
        }
    }
    (!fields.is_empty()).then(|| settled(fields).into())
}

/// Whether a column is a machine's own.
pub(super) fn is_of_a_machine(column: Column) -> bool {
    matches!(column, Column::Machine(_) | Column::Size | Column::Texts("materials"))
}

/// Puts a machine's column into its fields, by the type of its field; what doesn't fit is kept as it is written.
pub(super) fn put(fields: &mut Wanted, key: &str, column: Column, value: &Value, at: &str, told: &mut Told) {
    let text = text_of(value);
    let read = match (column, text.as_deref()) {
        (Column::Texts(name), _) => texts(value).map(|texts| (name, texts)),
        (Column::Size, Some(text)) => {
            if measure::put_size(text, fields) {
                return;
            }
            None
        }
        (
            Column::Machine(
                name @ ("cost" | "power" | "precision" | "width" | "depth" | "height" | "thickness"),
            ),
            Some(text),
        ) => measure::quantity(name, text, columns::unit(key))
            .map(|quantity| (name, Value::Quantity(quantity))),
        (Column::Machine(name @ ("count" | "operators")), Some(text)) => {
            text.trim().parse::<u32>().ok().map(|n| (name, Value::Integer(i64::from(n))))
        }
        (Column::Machine(name), Some(text)) => Some((name, Value::Text(text.to_owned()))),
        _ => None,
    };
    if let Some((name, value)) = read {
        keep(fields, name, value, at, told);
    } else {
        let known = capacity::KIND
            .list(capacity::MACHINES)
            .is_some_and(|list| list.fields.iter().any(|f| f.name == key));
        let name = if known { format!("{key} (as written)") } else { key.to_owned() };
        told.unread(at, key);
        keep(fields, &name, value.clone(), at, told);
    }
}

/// Several texts of a list, or of one text.
pub(super) fn texts(value: &Value) -> Option<Value> {
    let all: Vec<String> = match value {
        Value::List(items) => items.iter().map(text_of).collect::<Option<_>>()?,
        value => parts(&text_of(value)?),
    };
    let all: Vec<Value> = all.into_iter().filter(|text| !text.is_empty()).map(Value::Text).collect();
    Some(if all.is_empty() { Value::Nothing } else { Value::List(all) })
}

/// The same with its process, when only its other names tell it.
fn settled(mut fields: Wanted) -> Wanted {
    if !fields.contains_key("process") {
        let named = ["identifier", "link", "name", "technology", "model"]
            .iter()
            .find_map(|name| process::guess(fields.get(*name)?.as_text()?));
        if let Some(process) = named {
            fields.insert("process".to_owned(), Value::Text(process.id.to_owned()));
        }
    }
    fields
}

/// The machine of a row of its own: none unless it is named.
pub(super) fn of_row(fields: Wanted) -> Option<DraftItem> {
    let named = ["name", "model", "process"].iter().any(|name| fields.contains_key(*name));
    named.then(|| settled(fields).into())
}

/// A row of a catalogue. `head` are all its columns, whose names may tell the process: `Laser Type`.
pub(super) fn model(row: &[(String, Value)], at: &str, told: &mut Told) -> Option<Draft> {
    let mut fields = Wanted::new();
    let mut kept: BTreeMap<String, Value> = BTreeMap::new();
    for (key, value) in row.iter().filter(|(_, value)| says(value)) {
        match (columns::of(key), text_of(value)) {
            (Some(Column::Field("title") | Column::Machine("name")), Some(text))
                if !fields.contains_key("title") =>
            {
                keep(&mut fields, "title", Value::Text(text), at, told);
            }
            (Some(Column::Field("description")), Some(text)) => {
                keep(&mut fields, "description", Value::Text(text), at, told);
            }
            (Some(Column::Field("website")), Some(text)) => {
                keep(&mut fields, "website", Value::Text(text), at, told);
            }
            (Some(Column::Field("source")), Some(text)) => {
                keep(&mut fields, "source", Value::Text(text), at, told);
            }
            (Some(Column::Processes), Some(text)) => {
                keep(&mut fields, "process", Value::Text(process::settled(&text)), at, told);
            }
            (Some(column), _) if is_of_a_machine(column) => {
                let mut own = Wanted::new();
                put(&mut own, key, column, value, at, told);
                for (name, value) in own {
                    if capacity::MODEL
                        .fields
                        .iter()
                        .any(|field| field.name == name && field.field.fits(&value))
                    {
                        fields.entry(name).or_insert(value);
                    } else {
                        kept.insert(key.clone(), value);
                    }
                }
            }
            _ => {
                told.kept(&[key]);
                kept.insert(key.clone(), value.clone());
            }
        }
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_text).map(str::to_owned);
    let (make, model) = (text("make").unwrap_or_default(), text("model").or_else(|| text("title"))?);
    if !fields.contains_key("process") {
        let heads = row.iter().filter(|(_, value)| says(value)).map(|(key, _)| key.clone());
        let mut named =
            text("technology").into_iter().chain([model.clone()]).chain(heads.filter(|h| h.contains(' ')));
        if let Some(process) = named.find_map(|text| process::guess(&text)) {
            fields.insert("process".to_owned(), Value::Text(process.id.to_owned()));
        }
    }
    let begins = model.to_lowercase().starts_with(&make.to_lowercase());
    let title = if begins { model } else { format!("{make} {model}") };
    fields.insert("title".to_owned(), Value::Text(super::place::bounded(&title, told, at)));
    fields.extend(
        kept.into_iter().map(|(name, value)| (register::join(&[capacity::OKW, name.as_str()]), value)),
    );
    Some(Draft { fields, lists: BTreeMap::new(), whole: false })
}

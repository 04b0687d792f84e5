//! One place: a row of a table, or a map of maps, as a capacity sheet.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::atoms::{self, says};
use super::columns::{self, Column};
use super::contacts::{Contacts, is_person};
use super::machines;
use super::measure::decimal;
use crate::canonical;
use crate::document::draft::{Draft, DraftItem, Wanted};
use crate::document::register;
use crate::document::schema::capacity;
use crate::document::value::Value;
use crate::interchange::Findings;
use crate::limits::{CAPACITY_FIELDS_MAX, FIELD_NAME_MAX, TITLE_MAX, UNKNOWN_FIELD_MAX};
use crate::printable::{one_line, shown};
use crate::process::plain;

/// How deep maps are taken apart; what lies deeper is kept whole.
const DEPTH: usize = 5;
/// What names the maps that only wrap a place.
const WRAPS: [&str; 12] = [
    "facility",
    "lab",
    "place",
    "space",
    "workshop",
    "properties",
    "organisation",
    "organization",
    "fields",
    "record",
    "attributes",
    "node",
];

/// What is told of many places at once: each fact with the number of places it is true of.
#[derive(Debug, Default)]
pub(super) struct Told {
    kept: BTreeMap<String, u64>,
    unread: BTreeMap<String, (u64, String)>,
    said: Vec<(String, String)>,
    loose: Option<(usize, u64)>,
}

impl Told {
    /// One thing about one place.
    pub(super) fn say(&mut self, at: &str, what: String) {
        // Bounded where the findings are made; here against one fact a row of a long list.
        if self.said.len() <= crate::limits::FINDINGS_MAX {
            self.said.push((at.to_owned(), what));
        }
    }

    /// A field that is kept under its own name.
    pub(super) fn kept(&mut self, path: &[&str]) {
        *self.kept.entry(shown(&path.join("."))).or_default() += 1;
    }

    /// A field whose value can't be read as what it should be.
    pub(super) fn unread(&mut self, at: &str, name: &str) {
        self.unread.entry(shown(name)).or_insert_with(|| (0, at.to_owned())).0 += 1;
    }

    /// A line of a page that belongs to no place.
    pub(super) fn kept_text(&mut self, line: usize) {
        self.loose.get_or_insert((line, 0)).1 += 1;
    }

    pub(super) fn into(self, findings: &mut Findings) {
        for (name, n) in self.kept {
            let times = if n == 1 { String::new() } else { format!(" ({n} times)") };
            findings.add(&*name, format!("is not a field of a sheet; kept below okw/{times}"));
        }
        for (name, (n, first)) in self.unread {
            let times = if n == 1 { String::new() } else { format!(" and {} more", n - 1) };
            findings.add(&*name, format!("can't be read exactly at {first}{times}; kept as it is written"));
        }
        if let Some((line, n)) = self.loose {
            findings.add(
                format!("line {line}"),
                format!("begins text that belongs to no place; {n} lines are not read"),
            );
        }
        for (at, what) in self.said {
            findings.add(at, what);
        }
    }
}

/// A value as a text, when it is one, or a number.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.trim().to_owned()),
        Value::Integer(n) => Some(n.to_string()),
        Value::Decimal(n) => Some(n.to_string()),
        Value::Boolean(value) => Some(if *value { "yes" } else { "no" }.to_owned()),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

/// A title on one line, cut where it is too long.
pub(super) fn bounded(title: &str, told: &mut Told, at: &str) -> String {
    let mut title = one_line(title);
    if title.len() > TITLE_MAX {
        let mut end = TITLE_MAX;
        while !title.is_char_boundary(end) {
            end -= 1;
        }
        title.truncate(end);
        told.say(at, format!("has a name longer than {TITLE_MAX} bytes; it was cut"));
    }
    title
}

/// Whether a field would not fit into an entry.
pub(super) fn too_large(name: &str, value: &Value) -> bool {
    name.is_empty()
        || name.len() > FIELD_NAME_MAX - 16
        || canonical::encode(value).map_or(true, |bytes| bytes.len() > UNKNOWN_FIELD_MAX / 2)
}

/// The values of a map with the names that lead to them.
pub(super) fn leaves(map: &BTreeMap<String, Value>) -> Vec<(Vec<String>, Value)> {
    let mut leaves = Vec::new();
    let mut todo: Vec<(Vec<String>, &BTreeMap<String, Value>)> = vec![(Vec::new(), map)];
    while let Some((path, map)) = todo.pop() {
        for (name, value) in map.iter().filter(|(_, value)| says(value)) {
            let mut path = path.clone();
            path.push(name.clone());
            match value {
                Value::Map(inner) if path.len() < DEPTH => todo.push((path, inner)),
                value => leaves.push((path, value.clone())),
            }
        }
    }
    // What lies higher says more of the place itself.
    leaves.sort_by(|a, b| (a.0.len(), &a.0).cmp(&(b.0.len(), &b.0)));
    leaves
}

/// What the name at the end of a path means there: the name of a region is the region, that of a facility the title.
pub(super) fn meant(path: &[String]) -> Option<Column> {
    let (name, above) = path.split_last()?;
    let column = columns::of(name)?;
    let Some(parent) = above.last() else { return Some(column) };
    let parent = plain(parent);
    match column {
        Column::Field("title") if !WRAPS.contains(&parent.as_str()) => {
            columns::of(&parent).filter(|c| matches!(c, Column::Field(_)))
        }
        // Of the many ids of a table of tables only the place's own is its own.
        Column::Field("source" | "category") if !WRAPS.contains(&parent.as_str()) => None,
        column => Some(column),
    }
}

/// A place as a sheet. None without a title.
#[derive(Default)]
struct Place {
    fields: Wanted,
    kept: usize,
    number: Option<String>,
    contacts: Contacts,
    machine: Wanted,
    machines: Vec<DraftItem>,
    processes: Vec<DraftItem>,
    lists: BTreeMap<String, Vec<DraftItem>>,
}

/// Reads a place. `at` is what findings call it; `title` what it is called when it doesn't say.
pub(super) fn read(
    leaves: Vec<(Vec<String>, Value)>,
    title: Option<&str>,
    at: &str,
    told: &mut Told,
) -> Option<Draft> {
    let mut place = Place::default();
    for (path, value) in leaves {
        place.take(&path, value, at, told);
    }
    place.draft(title, at, told)
}

impl Place {
    fn take(&mut self, path: &[String], value: Value, at: &str, told: &mut Told) {
        let Some((name, above)) = path.split_last() else { return };
        if let Some(role) = above.iter().find(|name| is_person(name)) {
            let field = match columns::of(name) {
                Some(Column::Contact(field)) => field,
                Some(Column::Field("title")) => "name",
                _ => name.as_str(),
            };
            return self.person(role, field, &value);
        }
        if is_person(name) {
            return self.person(name, "name", &value);
        }
        let column = meant(path);
        let text = text_of(&value);
        match (column, text) {
            (Some(Column::Field(field)), Some(text)) => self.field(field, text, path, value, told),
            (Some(Column::Degrees(field)), Some(text)) => self.degrees(field, &text, path, value, at, told),
            (Some(Column::Coordinates), text) => self.coordinates(text.as_deref(), path, value, at, told),
            (Some(Column::Number), Some(text)) => self.number = Some(text),
            (Some(Column::Contact(field)), _) => self.person("contact", field, &value),
            (Some(Column::Processes), _) => {
                for item in atoms::items(&value, at, told) {
                    self.processes.extend(atoms::process(&item, at, told));
                }
            }
            (Some(Column::Machines), _) => {
                for item in atoms::items(&value, at, told) {
                    self.machines.extend(machines::machine(&item, at, told));
                }
            }
            (Some(Column::Stocks(kind)), _) => {
                for item in atoms::items(&value, at, told) {
                    let item = atoms::thing("material", &item, at, told).map(|mut item| {
                        if !kind.is_empty() {
                            let kind = || Value::Text(kind.to_owned());
                            item.fields.entry("kind".to_owned()).or_insert_with(kind);
                        }
                        item
                    });
                    self.lists
                        .entry(capacity::STOCKS.to_owned())
                        .or_default()
                        .extend(item.map(|i| typed(i, capacity::STOCKS)));
                }
            }
            (Some(column @ (Column::Products | Column::Skills)), _) => {
                let (list, name) = if column == Column::Products {
                    (capacity::PRODUCTS, "product")
                } else {
                    (capacity::SKILLS, "skill")
                };
                for item in atoms::items(&value, at, told) {
                    let item = atoms::thing(name, &item, at, told).map(|item| typed(item, list));
                    self.lists.entry(list.to_owned()).or_default().extend(item);
                }
            }
            (Some(column @ (Column::Machine(_) | Column::Size)), _) if above.is_empty() => {
                machines::put(&mut self.machine, name, column, &value, at, told);
            }
            (Some(Column::Texts(field)), _) if !self.fields.contains_key(field) => {
                match machines::texts(&value) {
                    Some(texts) => {
                        self.fields.insert(field.to_owned(), texts);
                    }
                    None => self.keep(path, value, told),
                }
            }
            _ => self.keep(path, value, told),
        }
    }

    fn field(&mut self, field: &'static str, text: String, path: &[String], value: Value, told: &mut Told) {
        if self.fields.contains_key(field) || text.len() > UNKNOWN_FIELD_MAX / 2 {
            return self.keep(path, value, told);
        }
        self.fields.insert(field.to_owned(), Value::Text(text));
    }

    fn degrees(
        &mut self,
        field: &'static str,
        text: &str,
        path: &[String],
        value: Value,
        at: &str,
        told: &mut Told,
    ) {
        let most = Decimal::from(if field == "latitude" { 90 } else { 180 });
        match decimal(text).filter(|degrees| degrees.abs() <= most) {
            Some(degrees) if !self.fields.contains_key(field) => {
                self.fields.insert(field.to_owned(), Value::Decimal(degrees));
            }
            Some(_) => self.keep(path, value, told),
            None => {
                told.say(at, format!("\"{}\" is no {field} in degrees; kept as it is written", shown(text)));
                self.keep(path, value, told);
            }
        }
    }

    /// `50.85, 4.35`, or a list of both.
    fn coordinates(&mut self, text: Option<&str>, path: &[String], value: Value, at: &str, told: &mut Told) {
        let both: Option<Vec<String>> = match (&value, text) {
            (Value::List(both), _) => both.iter().map(text_of).collect(),
            (_, Some(text)) => {
                let divider: &[char] = if text.contains(';') { &[';'] } else { &[',', ' '] };
                Some(
                    text.split(divider)
                        .map(str::trim)
                        .filter(|part| !part.is_empty())
                        .map(str::to_owned)
                        .collect(),
                )
            }
            _ => None,
        };
        match both.as_deref() {
            Some([north, east]) if decimal(north).is_some() && decimal(east).is_some() => {
                self.degrees("latitude", north, path, value.clone(), at, told);
                self.degrees("longitude", east, path, value, at, told);
            }
            _ => self.keep(path, value, told),
        }
    }

    fn person(&mut self, role: &str, field: &str, value: &Value) {
        match value {
            Value::List(several) => several.iter().take(100).for_each(|one| self.person(role, field, one)),
            Value::Map(map) => {
                for (name, value) in map {
                    let field = match columns::of(name) {
                        Some(Column::Contact(field)) => field,
                        Some(Column::Field("title")) => "name",
                        _ => name.as_str(),
                    };
                    if let Some(text) = text_of(value) {
                        self.contacts.add(role, field, &text);
                    }
                }
            }
            value => {
                if let Some(text) = text_of(value) {
                    self.contacts.add(role, field, &text);
                }
            }
        }
    }

    fn keep(&mut self, path: &[String], value: Value, told: &mut Told) {
        let names: Vec<&str> =
            std::iter::once(capacity::OKW).chain(path.iter().map(String::as_str)).collect();
        let fits = path.iter().all(|name| !too_large(name, &Value::Nothing)) && !too_large("value", &value);
        self.kept += 1;
        if !fits || self.kept > CAPACITY_FIELDS_MAX {
            told.say(
                &shown(&path.join(".")),
                "is too large for a sheet, or one field too many, and is left out".to_owned(),
            );
            return;
        }
        told.kept(&path.iter().map(String::as_str).collect::<Vec<_>>());
        self.fields.insert(register::join(&names), value);
    }

    fn draft(mut self, title: Option<&str>, at: &str, told: &mut Told) -> Option<Draft> {
        let written = self.fields.get("title").and_then(Value::as_text).or(title)?;
        let title = bounded(written, told, at);
        if title.is_empty() {
            return None;
        }
        self.fields.insert("title".to_owned(), Value::Text(title));
        if let Some(number) = self.number.take() {
            match self.fields.get_mut("street") {
                Some(Value::Text(street)) => *street = format!("{street} {number}"),
                _ => {
                    self.fields.insert("street".to_owned(), Value::Text(number));
                }
            }
        }
        let zero = |name: &str| matches!(self.fields.get(name), Some(Value::Decimal(d)) if d.is_zero());
        if zero("latitude") && zero("longitude") {
            told.say(at, "lies at 0, 0, off the coast of Africa; its coordinates are left out".to_owned());
            self.fields.remove("latitude");
            self.fields.remove("longitude");
        }
        if let Some(machine) = machines::of_row(std::mem::take(&mut self.machine)) {
            self.machines.push(machine);
        }
        let machines: Vec<DraftItem> =
            self.machines.into_iter().map(|item| typed(item, capacity::MACHINES)).collect();
        let processes = atoms::without_repeated(self.processes, &machines);
        let processes: Vec<DraftItem> =
            processes.into_iter().map(|item| typed(item, capacity::PROCESSES)).collect();
        let lists = [
            (capacity::MACHINES, machines),
            (capacity::PROCESSES, processes),
            (capacity::CONTACTS, self.contacts.items()),
        ];
        self.lists.extend(lists.map(|(name, items)| (name.to_owned(), items)));
        self.lists.retain(|_, items| !items.is_empty());
        Some(Draft { fields: self.fields, lists: self.lists, whole: false })
    }
}

/// The item with each field of the type that its list gives it: a number for a quantity and so on; else under a name
/// that no field has.
fn typed(item: DraftItem, list: &str) -> DraftItem {
    let known = capacity::KIND.list(list).map_or(&[][..], |list| list.fields);
    let mut fields = Wanted::new();
    for (name, value) in item.fields {
        let Some(field) = known.iter().find(|field| field.name == name) else {
            fields.insert(name, value);
            continue;
        };
        let read = if field.field.fits(&value) {
            Some(value.clone())
        } else {
            text_of(&value).and_then(|text| field.field.kind.read(&text))
        };
        match read {
            Some(value) => fields.insert(name, value),
            None => fields.insert(format!("{name} (as written)"), value),
        };
    }
    DraftItem { id: item.id, fields }
}

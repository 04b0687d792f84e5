//! Fields of a manifest that have a type and a place in a design, beyond the few that every manifest has.
//!
//! What version 1 and 2 name differently is one field here. A field is read beside the manifest's own, which stays
//! under its name: nothing that a manifest says is lost by being understood. What our own exports write under names
//! of the design's schema is read back by them.
//!
//! Invariant: a value that doesn't fit its field is not read.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::fields::{Fields, is_placeholder};
use crate::document::draft::{DraftPart, Wanted};
use crate::document::schema::{self, AUTHORS, BOM, FILES, FieldType, design};
use crate::document::value::Value;
use crate::licence;
use crate::limits::{BOM_LINES_MAX, DRAFT_TEXT_MAX};
use crate::quantity::Quantity;

/// The key under which an export lists the bill of materials line by line: `bom` itself names a file.
pub(super) const BOM_LINES: &str = "bom-lines";
/// Fields that are read elsewhere.
const ELSEWHERE: [&str; 5] = ["title", "version", "licence", "function", "description"];

/// Where a field is found in manifests: under any of these names, the first that fits.
pub(super) const NAMES: &[(&str, &[&str])] = &[
    ("language", &["documentation-language", "language"]),
    ("keywords", &["keywords"]),
    ("repository", &["repo", "repository", "project-link", "documentation-home"]),
    ("mass", &["mass"]),
    ("readiness", &["technology-readiness-level", "readiness"]),
    ("documentation-readiness", &["documentation-readiness-level", "documentation-readiness"]),
    ("safety", &["safety", "health-safety-notice", "health-and-safety-notice"]),
    ("norms", &["norms", "standards-used", "standard-compliance", "standard"]),
    ("processes", &["processes", "tsdc"]),
    ("licence-documentation", &["licence-documentation", "license-documentation"]),
    ("licence-software", &["licence-software", "license-software"]),
];

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// Fields of the design.
    pub fields: Wanted,
    /// Lists of the design, those that the manifest has.
    pub lists: BTreeMap<String, Vec<Wanted>>,
}

/// A value read, and whether it is all that the manifest says there.
pub(super) struct Reading {
    pub value: Value,
    pub whole: bool,
}

/// Reads what has a type.
pub(super) fn read(fields: &Fields) -> Typed {
    let mut typed = Typed::default();
    for named in schema::design::KIND.fields.iter().filter(|f| !ELSEWHERE.contains(&f.name)) {
        let names = NAMES.iter().find(|(field, _)| *field == named.name).map(|(_, names)| *names);
        let own = [named.name];
        let mut found = names.unwrap_or(&own).iter().filter_map(|name| field(named.name, fields.get(name)?));
        if let Some(reading) = found.next() {
            typed.fields.insert(named.name.to_owned(), reading.value);
        }
    }
    if let Some(Value::Map(parts)) = ["license", "licence"].iter().find_map(|name| fields.get(name)) {
        for (part, field) in [("documentation", "licence-documentation"), ("software", "licence-software")] {
            let text = parts.get(part).and_then(Value::as_text).filter(|text| !is_placeholder(text));
            if let Some(expression) = text.and_then(|text| licence::read(text).expression) {
                typed.fields.entry(field.to_owned()).or_insert(Value::Text(expression));
            }
        }
    }
    if let Some(Value::Map(sizes)) = fields.get("outer-dimensions") {
        for side in ["width", "depth", "height"] {
            if let Some(size) = sizes.get(side).and_then(|value| amount(value, "mm")) {
                typed.fields.entry(side.to_owned()).or_insert(size);
            }
        }
    }
    for list in schema::design::KIND.lists {
        if [AUTHORS, BOM, FILES].contains(&list.name) {
            continue;
        }
        if let Some(items) = fields.get(list.name).and_then(|value| items(list, value)) {
            typed.lists.insert(list.name.to_owned(), items);
        }
    }
    if !typed.lists.contains_key(design::SOURCES) {
        let sources = sources(fields);
        if !sources.is_empty() {
            typed.lists.insert(design::SOURCES.to_owned(), sources);
        }
    }
    typed
}

/// What one field of a manifest says for a field of the design.
pub(super) fn field(name: &str, value: &Value) -> Option<Reading> {
    let whole = |value| Some(Reading { value, whole: true });
    match name {
        "mass" => amount(value, "g").and_then(whole),
        "language" | "readiness" | "documentation-readiness" => match value {
            Value::List(items) => {
                let first = items.first().and_then(Value::as_text).filter(|text| fits(text))?;
                Some(Reading { value: first.trim().into(), whole: items.len() == 1 })
            }
            value => value.as_text().filter(|text| fits(text)).and_then(|text| whole(text.trim().into())),
        },
        "licence-documentation" | "licence-software" => {
            licence::parse(value.as_text()?).ok().and_then(|text| whole(Value::Text(text)))
        }
        "norms" => norms(value),
        name => {
            let kind = schema::field(schema::DESIGN, None, &[name.to_owned()]).kind;
            typed(kind, value).and_then(whole)
        }
    }
}

/// A value as a field of this type holds it: exports write quantities and others as texts.
fn typed(kind: FieldType, value: &Value) -> Option<Value> {
    let read = match (kind, value) {
        (FieldType::Texts, Value::Text(text)) if fits(text) => Value::List(vec![text.trim().into()]),
        (FieldType::Texts | FieldType::Text | FieldType::Prose | FieldType::Any, value) => value.clone(),
        (kind, Value::Text(text)) => kind.read(text)?,
        (FieldType::Decimal, Value::Integer(n)) => Value::Decimal(Decimal::from(*n)),
        (_, value) => value.clone(),
    };
    let text = |value: &Value| value.as_text().is_none_or(fits);
    let small = match &read {
        Value::List(items) => !items.is_empty() && items.iter().all(text),
        value => {
            text(value) || kind == FieldType::Prose && value.as_text().is_some_and(|t| !is_placeholder(t))
        }
    };
    let fits = kind.fits(&read) || kind == FieldType::Prose && read.as_text().is_some();
    (small && fits && read != Value::Nothing).then_some(read)
}

fn fits(text: &str) -> bool {
    !is_placeholder(text) && text.len() <= DRAFT_TEXT_MAX
}

/// A number, or an older `{value, unit}`, as a quantity of the unit that the specification means.
fn amount(value: &Value, unit: &str) -> Option<Value> {
    let number = |value: &Value| match value {
        Value::Integer(n) => Some(Decimal::from(*n)),
        Value::Decimal(n) => Some(*n),
        Value::Text(text) => Decimal::from_str_exact(text.trim()).ok(),
        _ => None,
    };
    let of = |amount: Decimal, unit: &str| format!("{amount} {unit}").parse::<Quantity>().ok();
    let quantity = match value {
        Value::Integer(_) | Value::Decimal(_) => of(number(value)?, unit),
        Value::Map(parts) => {
            let own = parts.get("unit").and_then(Value::as_text).unwrap_or(unit).trim();
            let known = ["g", "kg", "mg", "mm", "cm", "m"].contains(&own);
            known.then(|| of(number(parts.get("value")?)?, own)).flatten()
        }
        Value::Text(text) => text.parse::<Quantity>().ok().filter(|q| !q.unit.is_empty()),
        _ => None,
    };
    quantity.filter(|q| q.amount > Decimal::ZERO).map(Value::Quantity)
}

/// Norms by their reference, else by their title.
fn norms(value: &Value) -> Option<Reading> {
    let items = match value {
        Value::List(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut whole = true;
    let mut names = Vec::new();
    for item in items {
        match item {
            Value::Text(text) if fits(text) => names.push(Value::from(text.trim())),
            Value::Map(parts) => {
                let text = |name: &str| parts.get(name).and_then(Value::as_text).filter(|text| fits(text));
                let says = parts.values().filter(|value| **value != Value::Nothing).count();
                whole = whole && says == 1 && text("standard-title").is_some();
                let name = text("reference").or_else(|| text("standard-title"))?;
                names.push(Value::from(name.trim()));
            }
            Value::Nothing => whole = false,
            _ => return None,
        }
    }
    (!names.is_empty()).then_some(Reading { value: Value::List(names), whole })
}

/// The items of a list as our exports write them; none when it is something else of the same name.
fn items(list: &schema::List, value: &Value) -> Option<Vec<Wanted>> {
    let Value::List(items) = value else { return None };
    let one = |item: &Value| -> Option<Wanted> {
        let Value::Map(parts) = item else { return None };
        let says = parts.iter().filter(|(_, value)| **value != Value::Nothing);
        let read = says.map(|(name, value)| {
            let field = list.fields.iter().find(|field| field.name == name)?;
            Some((name.clone(), typed(field.field.kind, value)?))
        });
        read.collect::<Option<Wanted>>().filter(|item| !item.is_empty())
    };
    if items.is_empty() || items.len() > BOM_LINES_MAX {
        return None;
    }
    items.iter().map(one).collect()
}

/// Works that the manifest says it is made from.
fn sources(fields: &Fields) -> Vec<Wanted> {
    let mut sources = Vec::new();
    for (name, relation) in [("derivative-of", "derived"), ("fork-of", "derived"), ("variant-of", "variant")]
    {
        let Some(value) = fields.get(name) else { continue };
        let (title, link) = match value {
            Value::Text(text) => (None, Some(text.as_str())),
            Value::Map(parts) => {
                let text = |name: &str| parts.get(name).and_then(Value::as_text).filter(|text| fits(text));
                (text("title"), text("web").or_else(|| text("manifest")))
            }
            _ => continue,
        };
        let said = [("title", title), ("link", link)]
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?.trim())));
        let mut source: Wanted =
            said.filter(|(_, t)| fits(t)).map(|(n, t)| (n.to_owned(), t.into())).collect();
        if !source.is_empty() {
            source.insert("relation".to_owned(), relation.into());
            sources.push(source);
        }
    }
    sources
}

/// The lines that an export listed; none when there are none, or they are something else.
pub(super) fn lines(fields: &mut Fields) -> Option<Vec<DraftPart>> {
    let (own, Value::List(items)) = fields.entry(BOM_LINES)? else { return None };
    if items.len() > BOM_LINES_MAX {
        return None;
    }
    let own = own.to_owned();
    let line = |item: &Value| {
        let Value::Map(parts) = item else { return None };
        let mut part = DraftPart::default();
        for (name, value) in parts {
            match (name.as_str(), value) {
                ("part", Value::Text(text)) => part.part.clone_from(text),
                ("quantity", Value::Text(text)) => part.quantity = Some(text.parse().ok()?),
                ("reference", Value::Text(text)) => part.reference = Some(text.clone()),
                ("note", Value::Text(text)) => part.note = Some(text.clone()),
                (name, value) => {
                    let kind = schema::field(schema::DESIGN, Some(BOM), &[name.to_owned()]).kind;
                    part.unknown.insert(name.to_owned(), typed(kind, value)?);
                }
            }
        }
        let size: usize = parts.iter().map(|(name, value)| name.len() + value.to_string().len()).sum();
        (size <= DRAFT_TEXT_MAX).then_some(part)
    };
    let lines: Option<Vec<DraftPart>> = items.iter().map(line).collect();
    if lines.is_some() {
        fields.remove(&own);
    }
    lines
}

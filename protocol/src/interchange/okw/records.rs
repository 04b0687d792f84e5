//! Values in maps and lists: one place, or many below any of the usual names.

use std::collections::BTreeMap;

use super::columns::{self, Column};
use super::place::{Told, leaves, meant};
use super::write::MARK;
use super::{Listed, OkwError, place};
use crate::document::value::Value;
use crate::interchange::Findings;
use crate::interchange::okh::tree::{Tree, settle_map};
use crate::limits::CAPACITY_ROWS_MAX;

/// What lists of places are called in a file that holds more than the list.
const LISTS: [&str; 14] = [
    "labs",
    "facilities",
    "spaces",
    "places",
    "workshops",
    "features",
    "results",
    "data",
    "items",
    "makerspaces",
    "fablabs",
    "records",
    "lieux",
    "suppliers",
];
/// Fields that only a design's manifest has.
const OF_A_DESIGN: [&str; 6] = [
    "okhv",
    "making-instructions",
    "manifest-author",
    "design-files",
    "bom-atoms",
    "documentation-readiness-level",
];

pub(super) fn read(tree: Tree, name: &str, findings: &mut Findings) -> Result<Vec<Listed>, OkwError> {
    let (records, several) = match tree {
        Tree::List(items) => (items, true),
        Tree::Map(items) => {
            let at = items.iter().position(|(name, value)| {
                LISTS.contains(&name.to_lowercase().as_str())
                    && matches!(value, Tree::List(list) if matches!(list.first(), Some(Tree::Map(_))))
            });
            match at.and_then(|at| items.get(at)) {
                Some((_, Tree::List(list))) => (list.clone(), true),
                _ => (vec![Tree::Map(items)], false),
            }
        }
        Tree::Nothing => return Err(neither("it is empty")),
        _ => return Err(neither("it holds a single value")),
    };
    let mut told = Told::default();
    let mut listed = Vec::new();
    let mut evidence = false;
    for (number, record) in records.into_iter().enumerate() {
        let at = if several { format!("entry {}", number + 1) } else { String::new() };
        if listed.len() == CAPACITY_ROWS_MAX {
            findings
                .add(at, format!("is beyond {CAPACITY_ROWS_MAX} places; it and what follows are not read"));
            break;
        }
        let Tree::Map(items) = record else {
            findings.add(at, "is not a map of fields; it is not read");
            continue;
        };
        let mut map = unwrapped(settle_map(items, &at, findings));
        let marked = map.get(MARK.0).and_then(Value::as_text) == Some(MARK.1);
        if marked {
            map.remove(MARK.0);
        }
        if let Some(design) = OF_A_DESIGN.iter().find(|name| map.contains_key(**name)) {
            let reason = format!(
                "its field \"{design}\" makes it the manifest of a design; take it in with: aronde design import"
            );
            return Err(neither(&reason));
        }
        let leaves = leaves(&map);
        let of = |path: &Vec<String>| meant(path);
        let columns: Vec<Column> = leaves.iter().filter_map(|(path, _)| of(path)).collect();
        let says =
            marked || columns.iter().any(|c| columns::is_of_a_place(*c) || columns::is_of_a_capacity(*c));
        evidence |= says;
        let titled = several || !says;
        let given = (!titled).then_some(name);
        if !several && says && !columns.contains(&Column::Field("title")) {
            findings.add(
                "title",
                format!(
                    "is missing; the sheet is called \"{}\" after the file",
                    crate::printable::shown(name)
                ),
            );
        }
        match place::read(leaves, given, &at, &mut told) {
            Some(draft) => listed.push(Listed::sheet(draft)),
            None if several => findings.add(at, "has no name; it is not read"),
            None => {
                return Err(neither(
                    "it has no name, and nothing of a place: an address, machines, processes, stocks",
                ));
            }
        }
    }
    if !evidence || listed.is_empty() {
        return Err(neither(
            "nothing in it is of a place or a machine: no address or coordinates, no machines, processes or stocks",
        ));
    }
    told.into(findings);
    Ok(listed)
}

fn neither(reason: &str) -> OkwError {
    OkwError::Neither { line: 1, reason: reason.to_owned() }
}

/// `GeoJSON` wraps a place in a feature, whose coordinates stand east before north; some interfaces wrap it in a list of
/// one.
fn unwrapped(mut map: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let feature = map.get("type").and_then(Value::as_text) == Some("Feature");
    if feature && let Some(Value::Map(mut inner)) = map.remove("properties") {
        if let Some(Value::Map(geometry)) = map.get("geometry")
            && geometry.get("type").and_then(Value::as_text) == Some("Point")
            && let Some(Value::List(both)) = geometry.get("coordinates")
            && let [east, north, ..] = both.as_slice()
        {
            inner.insert("latitude".to_owned(), north.clone());
            inner.insert("longitude".to_owned(), east.clone());
        }
        if let Some(id) = map.remove("id") {
            inner.entry("id".to_owned()).or_insert(id);
        }
        return inner;
    }
    map
}

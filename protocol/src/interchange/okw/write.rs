//! A sheet as Open Know-Where: a facility with its location, equipment and stocks, in JSON or YAML.
//!
//! Invariant: what is written is read again as the same sheet; but for who claims it and what goes to whom, which are
//! the federation's own. What was kept from another file stands under its own name again.

use crate::document::draft::{Draft, DraftItem};
use crate::document::register;
use crate::document::schema::capacity;
use crate::document::value::Value;
use crate::interchange::okh::tree::Tree;
use crate::process;

/// Fields that are the federation's own.
const OWN: [&str; 4] = ["workshop", "claims", "public", "withheld"];

/// The field that says that a file is Open Know-Where.
pub(super) const MARK: (&str, &str) = ("okw", "1");

/// The sheet as a tree of fields.
fn tree(draft: &Draft) -> Tree {
    // Says what the file is, however little a sheet holds.
    let mut map: Vec<(String, Tree)> = vec![(MARK.0.to_owned(), Tree::Text(MARK.1.to_owned()))];
    for (name, value) in &draft.fields {
        let path = register::split(name);
        match path.as_slice() {
            [name] if OWN.contains(&name.as_str()) => {}
            [name] => put(&mut map, &place_of(name), of(value)),
            [first, rest @ ..] if first == capacity::OKW => put(&mut map, rest, of(value)),
            _ => {}
        }
    }
    let items = |list: &str| draft.lists.get(list).map_or(&[][..], Vec::as_slice);
    let processes = items(capacity::PROCESSES).iter().chain(items(capacity::MACHINES)).filter_map(address);
    let mut addresses: Vec<String> = processes.collect();
    addresses.sort();
    addresses.dedup();
    if !addresses.is_empty() {
        let addresses = addresses.into_iter().map(Tree::Text).collect();
        put(&mut map, &["manufacturing_process".to_owned()], Tree::List(addresses));
    }
    for (list, name) in [
        (capacity::MACHINES, "equipment"),
        (capacity::PROCESSES, "processes"),
        (capacity::SKILLS, "skills"),
        (capacity::STOCKS, "stocks"),
        (capacity::PRODUCTS, "product-atoms"),
    ] {
        let items = items(list);
        if !items.is_empty() {
            put(&mut map, &[name.to_owned()], Tree::List(items.iter().map(item).collect()));
        }
    }
    for contact in items(capacity::CONTACTS) {
        let role = contact.fields.get("role").and_then(Value::as_text).unwrap_or("contact");
        for (name, value) in contact.fields.iter().filter(|(name, _)| *name != "role") {
            let text = value.to_string();
            // A note says which field it is of.
            for part in text.split("; ").filter(|_| name == "note") {
                let (name, text) = part.split_once(": ").unwrap_or(("note", part));
                put(&mut map, &[role.to_owned(), name.to_owned()], Tree::Text(text.to_owned()));
            }
            if name != "note" {
                let parts: Vec<Tree> = text.split("; ").map(|part| Tree::Text(part.to_owned())).collect();
                let value = if let [one] = parts.as_slice() { one.clone() } else { Tree::List(parts) };
                put(&mut map, &[role.to_owned(), name.clone()], value);
            }
        }
    }
    Tree::Map(map)
}

/// The sheet as JSON values.
pub fn tree_of(draft: &Draft) -> serde_json::Value {
    serde_json::from_str(&json(draft)).unwrap_or_default()
}

/// The sheet as JSON.
pub fn json(draft: &Draft) -> String {
    let mut text = String::new();
    write_json(&tree(draft), 0, &mut text);
    text.push('\n');
    text
}

/// The sheet as YAML.
pub fn yaml(draft: &Draft) -> String {
    let mut text = String::new();
    write_yaml(&tree(draft), 0, &mut text);
    text
}

/// Where Open Know-Where has a field of a sheet.
fn place_of(name: &str) -> Vec<String> {
    let path: &[&str] = match name {
        "title" => &["name"],
        "source" => &["id"],
        "street" | "city" | "postcode" | "region" | "country" => &["location", "address", name],
        "latitude" | "longitude" => &["location", "gps_coordinates", name],
        "opening-hours" => &["opening_hours"],
        "access" => &["access_type"],
        "status" => &["facility_status"],
        "materials" => &["typical_materials"],
        name => &[name],
    };
    path.iter().map(|&name| name.to_owned()).collect()
}

/// The article or item of an item's process; its text when it is none that is known.
fn address(item: &DraftItem) -> Option<String> {
    let process = item.fields.get("process")?.as_text()?;
    match process::by_id(process) {
        Some(known) => {
            known.article_url().or_else(|| known.wikidata_url()).or_else(|| Some(known.id.to_owned()))
        }
        None => Some(process.to_owned()),
    }
}

fn item(item: &DraftItem) -> Tree {
    Tree::Map(item.fields.iter().map(|(name, value)| (name.clone(), of(value))).collect())
}

fn of(value: &Value) -> Tree {
    match value {
        Value::Nothing => Tree::Nothing,
        Value::Boolean(value) => Tree::Boolean(*value),
        Value::Integer(n) => Tree::Number(n.to_string()),
        Value::Decimal(n) => Tree::Number(n.to_string()),
        Value::Text(text) => Tree::Text(text.clone()),
        Value::Quantity(quantity) => Tree::Text(quantity.to_string()),
        Value::File(hash) => Tree::Text(hash.to_string()),
        Value::List(items) => Tree::List(items.iter().map(of).collect()),
        Value::Map(map) => Tree::Map(map.iter().map(|(name, value)| (name.clone(), of(value))).collect()),
    }
}

/// Puts a value at a path. Where a value stands on the way, it stays.
fn put(map: &mut Vec<(String, Tree)>, path: &[String], value: Tree) {
    match path {
        [] => {}
        [name] => {
            if !map.iter().any(|(known, _)| known == name) {
                map.push((name.clone(), value));
            }
        }
        [name, rest @ ..] => {
            if !map.iter().any(|(known, _)| known == name) {
                map.push((name.clone(), Tree::Map(Vec::new())));
            }
            if let Some((_, Tree::Map(inner))) = map.iter_mut().find(|(known, _)| known == name) {
                put(inner, rest, value);
            }
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn scalar(tree: &Tree) -> Option<String> {
    Some(match tree {
        Tree::Nothing => "null".to_owned(),
        Tree::Boolean(value) => value.to_string(),
        Tree::Number(text) => text.clone(),
        Tree::Text(text) => quoted(text),
        Tree::List(items) if items.is_empty() => "[]".to_owned(),
        Tree::Map(items) if items.is_empty() => "{}".to_owned(),
        _ => return None,
    })
}

fn write_json(tree: &Tree, depth: usize, to: &mut String) {
    if let Some(scalar) = scalar(tree) {
        return to.push_str(&scalar);
    }
    let (open, close, len) = match tree {
        Tree::List(items) => ('[', ']', items.len()),
        Tree::Map(items) => ('{', '}', items.len()),
        _ => return,
    };
    to.push(open);
    for number in 0..len {
        to.push_str(if number == 0 { "\n" } else { ",\n" });
        to.push_str(&"  ".repeat(depth + 1));
        match tree {
            Tree::List(items) => items.get(number).iter().for_each(|item| write_json(item, depth + 1, to)),
            Tree::Map(items) => {
                if let Some((name, value)) = items.get(number) {
                    to.push_str(&quoted(name));
                    to.push_str(": ");
                    write_json(value, depth + 1, to);
                }
            }
            _ => {}
        }
    }
    to.push('\n');
    to.push_str(&"  ".repeat(depth));
    to.push(close);
}

fn write_yaml(tree: &Tree, depth: usize, to: &mut String) {
    let pad = "  ".repeat(depth);
    let below = |value: &Tree, to: &mut String| {
        if let Some(scalar) = scalar(value) {
            to.push(' ');
            to.push_str(&scalar);
            to.push('\n');
        } else {
            to.push('\n');
            write_yaml(value, depth + 1, to);
        }
    };
    match tree {
        Tree::Map(items) => {
            for (name, value) in items {
                to.push_str(&pad);
                to.push_str(&quoted(name));
                to.push(':');
                below(value, to);
            }
        }
        Tree::List(items) => {
            for value in items {
                to.push_str(&pad);
                to.push('-');
                below(value, to);
            }
        }
        _ => {}
    }
}

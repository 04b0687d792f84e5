//! From a document to its form.

use std::fmt::Write as _;

use super::{HEADS, ITEM};
use crate::document::ItemId;
use crate::document::materialise::Document;
use crate::document::read::Fields;
use crate::document::register::{PLACE, PRESENCE};
use crate::document::schema::{self, FieldType, Kind};
use crate::document::value::Value;
use crate::document::view::{Conflict, Field, Shown};
use crate::printable::{is_hidden, one_line, shown};

/// Digits of an entry that name it among those of one list.
const SHORT: usize = 10;
/// More of a value of a conflict than this is left out of the comment that shows it.
const SHOWN: usize = 100;

/// The form of a document, each line of `head` a comment above it.
pub fn write(document: &Document, head: &str) -> String {
    let mut text = String::new();
    for line in head.lines() {
        let _ = writeln!(text, "# {}", one_line(line));
    }
    let heads: Vec<String> = document.heads().iter().map(ToString::to_string).collect();
    let _ = writeln!(text, "# {HEADS} {}", heads.join(" "));
    let kind = schema::kind(&document.kind);
    let fields = document.fields();
    write_fields(&mut text, "", kind, None, &fields);
    let mut unset: Vec<&str> = kind.into_iter().flat_map(|kind| kind.names(None)).collect();
    unset.retain(|name| matches!(fields.get(*name), None | Some(Field::Absent)));
    comment(&mut text, "fields that are empty", &unset);
    let lists = document.lists();
    let named = kind.map_or(&[][..], |kind| kind.lists);
    let known = named.iter().map(|list| list.name.to_owned());
    let unknown = lists.iter().filter(|list| !named.iter().any(|known| known.name == **list)).cloned();
    for list in known.chain(unknown) {
        write_list(&mut text, document, kind, &list);
    }
    text
}

fn write_list(text: &mut String, document: &Document, kind: Option<&'static Kind>, list: &str) {
    let items = document.items(list);
    let names: Vec<&str> = kind.into_iter().flat_map(|kind| kind.names(Some(list))).collect();
    if items.is_empty() {
        let _ = writeln!(text, "\n# {}: {}", key(list), names.join(", "));
        return;
    }
    let _ = writeln!(text, "\n{}:", key(list));
    let ids: Vec<ItemId> = items.iter().map(|item| item.id).collect();
    for item in items {
        let _ = writeln!(text, "  - {ITEM}: {}", short(item.id, &ids));
        for conflict in item.moved.iter().chain(&item.removed) {
            contested(text, "    ", conflict);
        }
        write_fields(text, "    ", kind, Some(list), &item.what);
    }
    comment(text, &format!("fields of an item of {list}"), &names);
}

/// As much of an item's name as tells it from the others of its list.
fn short(id: ItemId, among: &[ItemId]) -> String {
    let whole = id.to_string();
    let (entry, edit) = whole.split_once('.').unwrap_or((&whole, ""));
    let begin: String = entry.chars().take(SHORT).collect();
    let twin = |other: &&ItemId| other.entry != id.entry && other.entry.to_string().starts_with(&begin);
    if among.iter().any(|other| twin(&other)) { whole } else { format!("{begin}.{edit}") }
}

fn comment(text: &mut String, what: &str, names: &[&str]) {
    if !names.is_empty() {
        let _ = writeln!(text, "# {what}: {}", names.join(", "));
    }
}

/// The known fields in the schema's order, then the others.
fn write_fields(text: &mut String, indent: &str, kind: Option<&Kind>, list: Option<&str>, fields: &Fields) {
    let known: Vec<&str> = kind.into_iter().flat_map(|kind| kind.names(list)).collect();
    let others = fields.keys().map(String::as_str).filter(|name| !known.contains(name));
    for name in known.iter().copied().chain(others) {
        match fields.get(name) {
            None | Some(Field::Absent) => {}
            Some(Field::Withheld(_)) => {
                let _ = writeln!(text, "{indent}# {}: personal, and not here", key(name));
            }
            Some(Field::Conflict(conflict)) => contested(text, indent, conflict),
            Some(Field::Agreed(stated)) => {
                let prose = list_is_prose(kind, list, name);
                let _ = writeln!(text, "{indent}{}:{}", key(name), value(&stated.value, indent, prose));
            }
        }
    }
}

fn list_is_prose(kind: Option<&Kind>, list: Option<&str>, name: &str) -> bool {
    kind.is_some_and(|kind| schema::field(kind.name, list, &[name.to_owned()]).kind == FieldType::Prose)
}

fn contested(text: &mut String, indent: &str, conflict: &Conflict) {
    let last = conflict.field.rsplit('/').next().unwrap_or(&conflict.field);
    let what = match last {
        PRESENCE => "whether this item stands".to_owned(),
        PLACE => "where this item stands".to_owned(),
        _ => key(last),
    };
    let _ =
        writeln!(text, "{indent}# {what}: {} values, nobody has decided between them", conflict.values.len());
    for stated in &conflict.values {
        let said = match &stated.value {
            Shown::Value(value) => value.to_string(),
            Shown::Text(text) => text.clone(),
            Shown::Withheld => "personal, and not here".to_owned(),
            Shown::Place(place) => place.to_string(),
            Shown::Kept => "kept".to_owned(),
            Shown::Removed => "removed".to_owned(),
        };
        let said: String = said.chars().take(SHOWN).collect();
        let _ = writeln!(text, "{indent}#   {}", shown(&said));
    }
}

/// A value behind its key, with the space or line break before it.
fn value(of: &Shown, indent: &str, prose: bool) -> String {
    match of {
        Shown::Text(text) => scalar(text, indent, true),
        Shown::Value(Value::Text(text)) => scalar(text, indent, prose),
        Shown::Value(Value::List(items)) if items.iter().all(|i| matches!(i, Value::Text(_))) => {
            let items: Vec<String> = items.iter().map(|item| quoted(&item.to_string())).collect();
            format!(" [{}]", items.join(", "))
        }
        // As JSON, which YAML reads: exact, and told from a text that reads alike.
        Shown::Value(value @ (Value::List(_) | Value::Map(_))) => {
            format!(" {}", serde_json::to_string(&json(value)).unwrap_or_default())
        }
        Shown::Value(value) => format!(" {value}"),
        Shown::Withheld | Shown::Place(_) | Shown::Kept | Shown::Removed => String::new(),
    }
}

/// A nested value in JSON's forms; numbers that JSON would round are texts.
fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Nothing => serde_json::Value::Null,
        Value::Boolean(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(items) => items.iter().map(|(name, value)| (name.clone(), json(value))).collect(),
        other => other.to_string().into(),
    }
}

/// A key: bare when it needs no quotes.
fn key(name: &str) -> String {
    let bare = !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '~'))
        && name.starts_with(|c: char| c.is_ascii_alphabetic());
    if bare && !is_word(name) { name.to_owned() } else { quoted(name) }
}

/// What YAML, or an older reader of it, takes for something else than a text.
fn is_word(text: &str) -> bool {
    ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
        .contains(&text.to_ascii_lowercase().as_str())
}

fn scalar(text: &str, indent: &str, prose: bool) -> String {
    let plain_lines = |c: char| c == '\n' || !is_hidden(c);
    let block = (prose || text.contains('\n'))
        && !text.trim().is_empty()
        && text.chars().all(plain_lines)
        && !text.starts_with([' ', '\n', '\t'])
        && !text.ends_with("\n\n")
        && text.lines().all(|line| !line.ends_with([' ', '\t']) && !line.starts_with('\t'));
    if block {
        let mut out = if text.ends_with('\n') { " |".to_owned() } else { " |-".to_owned() };
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            out.push('\n');
            if !line.is_empty() {
                out += indent;
                out += "  ";
                out += line;
            }
        }
        return out;
    }
    let bare = text.starts_with(|c: char| c.is_alphabetic())
        && !text.ends_with([' ', ':'])
        && text.chars().all(|c| {
            c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | ',' | '/' | '(' | ')' | '+' | ';')
        })
        && !is_word(text);
    if bare { format!(" {text}") } else { format!(" {}", quoted(text)) }
}

/// In double quotes, with the escapes that JSON and YAML share.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out += "\\\"",
            '\\' => out += "\\\\",
            '\n' => out += "\\n",
            '\t' => out += "\\t",
            '\r' => out += "\\r",
            c if is_hidden(c) => {
                let code = u32::from(c);
                let _ =
                    if code > 0xffff { write!(out, "\\U{code:08x}") } else { write!(out, "\\u{code:04x}") };
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

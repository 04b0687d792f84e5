//! Who changed what in a document: its entries, the newest first.

use std::collections::BTreeMap;

use aronde_protocol::document::ItemId;
use aronde_protocol::document::edit::{CreateFacts, Edit, EditFacts, Given, Path, Written};
use aronde_protocol::document::value::Value;
use aronde_protocol::document::{register, schema};
use aronde_protocol::entry::{Entry, Kind};
use aronde_protocol::id::EntryId;

use super::super::{Commons, timestamp};
use super::any_document;
use crate::api::{DocumentLog, LoggedEntry, ServiceError};

/// More of a value than this is left out of a line.
const VALUE: usize = 80;
/// More lines than this of one entry are left out.
const LINES: usize = 200;

impl Commons {
    /// `design log`.
    pub(in crate::commons) fn document_log(
        &self,
        log: &DocumentLog,
    ) -> Result<Vec<LoggedEntry>, ServiceError> {
        let entries = self.entries();
        let id = any_document(&entries, &log.id)?;
        let kind = entries.kind(&id).unwrap_or_else(|| "".into());
        let held: Vec<(EntryId, bool)> =
            entries.replica().all_of_document(&id).map(|held| (held.id, held.verdict.counts())).collect();
        // Which list each item is in, and what it was called when it was made.
        let mut items: BTreeMap<ItemId, (String, String)> = BTreeMap::new();
        let mut logged = Vec::with_capacity(held.len());
        for (id, counts) in held {
            let Ok(entry) = entries.entry(&id) else { continue };
            let (edits, mut changes) = match edits(&entry) {
                Some(read) => read,
                None => (Vec::new(), vec!["says what cannot be read here".to_owned()]),
            };
            for (number, edit) in (0_u32..).zip(&edits) {
                if let Written::Known(Edit::Add { list, fields, .. }) = edit {
                    let of = |name: &&str| fields.get(*name).and_then(text);
                    let label = schema::label(&kind, list).iter().find_map(of).unwrap_or_default();
                    items.insert(ItemId { entry: id, edit: number }, (list.clone(), label));
                }
            }
            changes.extend(edits.iter().take(LINES).map(|edit| line(edit, id, &items)));
            if edits.len() > LINES {
                changes.push(format!("and {} more", edits.len() - LINES));
            }
            if changes.is_empty() {
                changes.push("brings together what was written apart".to_owned());
            }
            logged.push(LoggedEntry {
                entry: id,
                author: entry.author(),
                author_name: Self::name_of(&entries, entry.author()),
                at: timestamp(entry.header().at),
                counts,
                changes,
            });
        }
        logged.reverse();
        Ok(logged)
    }
}

/// The edits of an entry, and the line of a creation.
fn edits(entry: &Entry) -> Option<(Vec<Written>, Vec<String>)> {
    if entry.header().kind.as_str() == Kind::CREATE {
        let facts = CreateFacts::decode(entry.facts()).ok()?;
        return Some((facts.edits, vec![format!("creates the {}", facts.kind)]));
    }
    Some((EditFacts::decode(entry.facts()).ok()?.edits, Vec::new()))
}

fn text(given: &Given) -> Option<String> {
    match given {
        Given::Value(value) => value.as_text().map(short),
        Given::Personal(_) => None,
    }
}

fn shown(value: &Value) -> String {
    if let Value::File(hash) = value { hash.short() } else { short(&value.to_string()) }
}

fn short(text: &str) -> String {
    let begin: String = text.chars().take(VALUE).collect();
    if text.chars().nth(VALUE).is_some() { begin + "…" } else { begin }
}

fn line(edit: &Written, entry: EntryId, items: &BTreeMap<ItemId, (String, String)>) -> String {
    let Written::Known(edit) = edit else { return "an edit of a newer version".to_owned() };
    let item = |id: ItemId| match items.get(&id) {
        Some((list, label)) if label.is_empty() => list.clone(),
        Some((list, label)) => format!("{list} \"{label}\""),
        None => "an item".to_owned(),
    };
    let field = |path: &Path| {
        let name = register::join(&path.name);
        path.of.map_or_else(|| name.clone(), |of| format!("{}: {name}", item(of.within(entry))))
    };
    match edit {
        Edit::Set { path, to: Given::Personal(_) } => format!("{} = (personal)", field(path)),
        Edit::Set { path, to: Given::Value(value) } => match shown(value).as_str() {
            "" => format!("{} is emptied", field(path)),
            value => format!("{} = {value}", field(path)),
        },
        Edit::Text { path, insert } => {
            format!("{}: a text of {} characters", field(path), insert.chars().count())
        }
        Edit::Splice { path, at, delete, insert, .. } => {
            format!("{} at {at}: {delete} characters go, \"{}\" comes", field(path), short(insert))
        }
        Edit::Add { list, fields, .. } => {
            let of = |(name, given): (&String, &Given)| match given {
                Given::Value(value) => format!("{name} {}", shown(value)),
                Given::Personal(_) => format!("{name} (personal)"),
            };
            format!("{list} + {}", fields.iter().map(of).collect::<Vec<_>>().join(", "))
        }
        Edit::Remove { item: named } => format!("{} is removed", item(named.within(entry))),
        Edit::Move { item: named, .. } => format!("{} is moved", item(named.within(entry))),
    }
}

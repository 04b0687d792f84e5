//! Values as people read and write them, and what differs between two states of a document.

use aronde_protocol::document::Hand;
use aronde_protocol::document::diff;
use aronde_protocol::document::value::Value;
use aronde_protocol::document::view::{Conflict, Shown};
use aronde_protocol::key::MemberKey;

use super::super::entries::Entries;
use super::super::{Commons, timestamp};
use crate::api::{Change, ConcurrentValue, Conflict as ShownConflict, Diff, FieldChange, ItemChange};

/// A field with several values, each with its hand.
pub(in crate::commons) fn shown_conflict(entries: &Entries, conflict: &Conflict) -> ShownConflict {
    let values = conflict.values.iter().flat_map(|stated| {
        let value = shown(&stated.value);
        stated.by.iter().map(move |hand| concurrent(entries, value.clone(), hand))
    });
    let mut values: Vec<ConcurrentValue> = values.collect();
    values.sort_by_key(|value| (value.at, value.entry));
    ShownConflict { field: conflict.field.clone(), values }
}

pub(in crate::commons) fn concurrent(
    entries: &Entries,
    value: Option<String>,
    hand: &Hand,
) -> ConcurrentValue {
    let author: MemberKey = hand.author;
    ConcurrentValue {
        value,
        author,
        author_name: Commons::name_of(entries, author),
        at: timestamp(hand.at),
        entry: hand.entry,
    }
}

pub(in crate::commons) fn shown(value: &Shown) -> Option<String> {
    match value {
        Shown::Value(Value::Nothing) | Shown::Removed => None,
        Shown::Value(value) => Some(value.to_string()),
        Shown::Text(text) => Some(text.clone()),
        Shown::Withheld => Some("(withheld)".to_owned()),
        Shown::Place(place) => Some(place.to_string()),
        Shown::Kept => Some("(kept)".to_owned()),
    }
}

/// What differs between two states of a document.
pub(in crate::commons) fn shown_diff(diff: &diff::Diff) -> Diff {
    let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let item = |item: &diff::ItemChange| ItemChange {
        list: item.list.clone(),
        item: item.item.to_string(),
        label: item.label.clone(),
        change: match (item.old, item.new) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ => Change::Changed,
        },
        old: item.old.map(number),
        new: item.new.map(number),
        moved: item.moved,
        fields: item.fields.iter().map(field_change).collect(),
    };
    Diff {
        fields: diff.fields.iter().map(field_change).collect(),
        items: diff.items.iter().map(item).collect(),
    }
}

fn field_change(change: &diff::FieldChange) -> FieldChange {
    // A removed item and an emptied field are values too, when another stands beside them.
    let several = |values: &[Shown]| {
        let text = |value: &Shown| shown(value).unwrap_or_else(|| "(removed)".to_owned());
        values.iter().map(text).collect()
    };
    FieldChange {
        field: change.field.clone(),
        old: several(&change.old),
        new: several(&change.new),
        text: change.pieces(),
    }
}

//! How one state of a document differs from another: by field, by item of a list, by the words of a text.
//!
//! A field is the same by its path, an item by its name: the edit that made it. So a line of a bill of materials
//! whose part, amount and place all changed is still one changed line, and two lines that read alike are two.
//!
//! Invariants: equal states have an empty diff, whoever wrote them; a field with several values is shown
//! with all of them on its side, never by a winner.
//!
//! Not here: how a diff is shown, and which two states are of interest: a proposal and what it would
//! change, two releases, then and now.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::materialise::Document;
use super::read::Fields;
use super::register::{PLACE, PRESENCE};
use super::rising::longest_rising;
use super::schema;
use super::text_diff::{Piece, pieces};
use super::value::Value;
use super::view::{Conflict, Field, Listed, Shown};
use super::{Hand, ItemId};

/// A text of more characters than this, or of several lines, is compared by its words.
pub const LONG: usize = 60;

/// What is different in the new state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Fields of the document itself, by name.
    pub fields: Vec<FieldChange>,
    /// Items, list by list: those of the new state in its order, then those that are gone.
    pub items: Vec<ItemChange>,
}

/// A field that has not the same values in both states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Its name, within the item when it is one of an item. `@presence` is whether an item is there at all,
    /// `@place` where; both only when that stands in conflict.
    pub field: String,
    /// What stood there: nothing, a value, or several at once.
    pub old: Vec<Shown>,
    /// What stands there now.
    pub new: Vec<Shown>,
}

/// An item that was added, removed, moved or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemChange {
    /// Its list.
    pub list: String,
    /// Its name.
    pub item: ItemId,
    /// What people know it by: the part, the path, the author's name.
    pub label: Option<String>,
    /// Its number in the old list, counted from 1; none when it was added.
    pub old: Option<usize>,
    /// Its number in the new list, counted from 1; none when it was removed.
    pub new: Option<usize>,
    /// Whether it stands elsewhere among those that were there before.
    pub moved: bool,
    /// Its fields that differ, by name: all that it has, when it was added or removed.
    pub fields: Vec<FieldChange>,
}

impl FieldChange {
    /// Whether several values stand there now that did not all stand there before.
    pub fn is_conflict(&self) -> bool {
        self.new.len() > 1
    }

    /// The two texts, word by word, when both are one text and one of them is long.
    pub fn pieces(&self) -> Option<Vec<Piece>> {
        let (old, new) = (text(only(&self.old)?)?, text(only(&self.new)?)?);
        let long = |t: &str| t.contains('\n') || t.chars().nth(LONG).is_some();
        (long(old) || long(new)).then(|| pieces(old, new))
    }
}

impl Diff {
    /// What is different in `new`.
    pub fn between(old: &Document, new: &Document) -> Self {
        let mut lists = old.lists();
        lists.extend(new.lists());
        Self {
            fields: changes(&old.fields(), &new.fields()),
            items: lists.iter().flat_map(|l| items(&new.kind, l, &old.items(l), &new.items(l))).collect(),
        }
    }

    /// Whether the two states say the same.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.items.is_empty()
    }

    /// The fields in which several values stand now that did not before, named as for setting them.
    pub fn conflicts(&self) -> Vec<String> {
        let own = self.fields.iter().filter(|f| f.is_conflict()).map(|f| f.field.clone());
        let of_items = self.items.iter().flat_map(|item| {
            let fields = item.fields.iter().filter(|f| f.is_conflict());
            fields.map(move |f| format!("{}/{}/{}", item.list, item.item, f.field))
        });
        own.chain(of_items).collect()
    }
}

fn items(kind: &str, list: &str, old: &[Listed<Fields>], new: &[Listed<Fields>]) -> Vec<ItemChange> {
    let before: BTreeMap<ItemId, usize> =
        old.iter().enumerate().map(|(rank, item)| (item.id, rank)).collect();
    let ranks: Vec<Option<usize>> = new.iter().map(|item| before.get(&item.id).copied()).collect();
    // Of those in both, the most that kept their order did not move: what a reader would say.
    let stayed = longest_rising(&ranks);
    let label = |item: &Listed<Fields>| {
        let shown = schema::label(kind, list).iter().find_map(|name| item.what.get(*name)?.agreed());
        shown.and_then(text).map(str::to_owned)
    };
    let mut changes = Vec::new();
    for (number, (item, rank)) in new.iter().zip(&ranks).enumerate() {
        let was = rank.and_then(|rank| old.get(rank));
        let moved = rank.is_some() && stayed.binary_search(&number).is_err();
        let fields = fields_of(was, Some(item));
        if was.is_none() || moved || !fields.is_empty() {
            let old = rank.map(|rank| rank + 1);
            let list = list.to_owned();
            let (item, label) = (item.id, label(item));
            changes.push(ItemChange { list, item, label, old, new: Some(number + 1), moved, fields });
        }
    }
    let kept: BTreeSet<ItemId> = new.iter().map(|item| item.id).collect();
    for (number, item) in old.iter().enumerate().filter(|(_, item)| !kept.contains(&item.id)) {
        changes.push(ItemChange {
            list: list.to_owned(),
            item: item.id,
            label: label(item),
            old: Some(number + 1),
            new: None,
            moved: false,
            fields: fields_of(Some(item), None),
        });
    }
    changes
}

/// What differs in an item: its fields, and what about it stands in conflict.
fn fields_of(old: Option<&Listed<Fields>>, new: Option<&Listed<Fields>>) -> Vec<FieldChange> {
    let none = Fields::new();
    let of = |item: Option<&Listed<Fields>>| item.map_or_else(|| none.clone(), |item| item.what.clone());
    let mut found = changes(&of(old), &of(new));
    let presence = |item: &Listed<Fields>| item.removed.clone();
    let place = |item: &Listed<Fields>| item.moved.clone();
    found.extend(contested(PRESENCE, old.and_then(presence), new.and_then(presence)));
    found.extend(contested(PLACE, old.and_then(place), new.and_then(place)));
    found
}

/// A difference in what stands in conflict about an item as a whole.
fn contested(field: &str, old: Option<Conflict>, new: Option<Conflict>) -> Option<FieldChange> {
    let values = |conflict: Option<Conflict>| -> Vec<Shown> {
        conflict.into_iter().flat_map(|c| c.values).map(|stated| stated.value).collect()
    };
    let (old, new) = (values(old), values(new));
    (!same(&old, &new)).then(|| FieldChange { field: field.to_owned(), old, new })
}

fn changes(old: &Fields, new: &Fields) -> Vec<FieldChange> {
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let change = |name: &String| {
        let (was, is) = (old.get(name), new.get(name));
        let (old, new) = (values(was), values(is));
        // Of two values that are not here, only the hands tell whether they are one.
        let equal = same(&old, &new) && withheld(was) == withheld(is);
        (!equal).then(|| FieldChange { field: name.clone(), old, new })
    };
    names.into_iter().filter_map(change).collect()
}

fn withheld(field: Option<&Field<Shown>>) -> Option<&[Hand]> {
    if let Some(Field::Withheld(by)) = field { Some(by) } else { None }
}

fn values(field: Option<&Field<Shown>>) -> Vec<Shown> {
    match field {
        None | Some(Field::Absent) => Vec::new(),
        Some(Field::Agreed(stated)) => vec![stated.value.clone()],
        Some(Field::Withheld(_)) => vec![Shown::Withheld],
        Some(Field::Conflict(conflict)) => conflict.values.iter().map(|s| s.value.clone()).collect(),
    }
}

fn same(old: &[Shown], new: &[Shown]) -> bool {
    let equal = |a: &Shown, b: &Shown| a == b || text(a).is_some_and(|t| text(b) == Some(t));
    old.len() == new.len() && old.iter().all(|a| new.iter().any(|b| equal(a, b)))
}

fn only(values: &[Shown]) -> Option<&Shown> {
    if let [one] = values { Some(one) } else { None }
}

/// A text, collaborative or not.
fn text(shown: &Shown) -> Option<&str> {
    match shown {
        Shown::Text(text) | Shown::Value(Value::Text(text)) => Some(text),
        _ => None,
    }
}

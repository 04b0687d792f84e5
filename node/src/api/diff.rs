//! What differs between two states of a design, in the published shape.

use aronde_protocol::document::text_diff::Piece;
use serde::{Deserialize, Serialize};

/// What is different in the new state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diff {
    /// Fields of the design itself, by name.
    pub fields: Vec<FieldChange>,
    /// Parts, files and authors: list by list those of the new state, then those that are gone.
    pub items: Vec<ItemChange>,
}

/// A field with other values than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Its name; within the item when it is one of an item.
    pub field: String,
    /// What stood there: nothing, a value, or several at once.
    pub old: Vec<String>,
    /// What stands there now; several when nobody has decided between them.
    pub new: Vec<String>,
    /// For a long text: its parts, each `{"kept": …}`, `{"gone": …}` or `{"come": …}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Vec<Piece>>,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is still there, with other fields or in another place.
    Changed,
}

/// An item that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemChange {
    /// Its list: `bom`, `files`, `authors`.
    pub list: String,
    /// Its name in the design.
    pub item: String,
    /// What people know it by.
    pub label: Option<String>,
    /// What became of it.
    pub change: Change,
    /// Its number in the list before, counted from 1.
    pub old: Option<u64>,
    /// Its number in the list now.
    pub new: Option<u64>,
    /// Whether it stands elsewhere among those that were there before.
    pub moved: bool,
    /// Its fields that differ; all of them when it was added or removed.
    pub fields: Vec<FieldChange>,
}

//! What a reader sees of a field: agreed, withheld, or in conflict.
//!
//! Invariant: no reading of a field in conflict gives one of its values alone.

use serde::Serialize;

use super::order::OrderKey;
use super::value::Value;
use super::{Hand, ItemId};

/// One value as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Shown {
    /// A value.
    Value(Value),
    /// The content of a collaborative text.
    Text(String),
    /// A personal value that was redacted, or isn't here yet.
    Withheld,
    /// A place in a list.
    Place(OrderKey),
    /// The item is kept.
    Kept,
    /// The item is removed.
    Removed,
}

/// A value and everyone who wrote just this value at the same time, by entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stated<T> {
    /// The value.
    pub value: T,
    /// Who wrote it.
    pub by: Vec<Hand>,
}

/// Concurrent values of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// The field, as it is named for setting it.
    pub field: String,
    /// Each value with its author and time, ordered by entry.
    pub values: Vec<Stated<Shown>>,
}

/// A field of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Field<T> {
    /// Never set, or emptied.
    Absent,
    /// One value.
    Agreed(Stated<T>),
    /// One personal value that was redacted, or isn't here yet.
    Withheld(Vec<Hand>),
    /// Several values at once.
    Conflict(Conflict),
}

impl<T> Field<T> {
    /// The value, when it is agreed.
    pub fn agreed(&self) -> Option<&T> {
        if let Field::Agreed(stated) = self { Some(&stated.value) } else { None }
    }

    /// The conflict, when there is one.
    pub fn conflict(&self) -> Option<&Conflict> {
        if let Field::Conflict(conflict) = self { Some(conflict) } else { None }
    }

    /// Whether it needs no decision: not in conflict.
    pub fn is_settled(&self) -> bool {
        !matches!(self, Field::Conflict(_))
    }

    /// The same field with its agreed value read as another type. A value that cannot be read so
    /// never passes the schema; should one, it is shown as absent.
    pub fn read<U>(self, as_type: impl FnOnce(T) -> Option<U>) -> Field<U> {
        match self {
            Field::Absent => Field::Absent,
            Field::Withheld(by) => Field::Withheld(by),
            Field::Conflict(conflict) => Field::Conflict(conflict),
            Field::Agreed(Stated { value, by }) => {
                as_type(value).map_or(Field::Absent, |value| Field::Agreed(Stated { value, by }))
            }
        }
    }
}

impl Field<Shown> {
    /// The field with these concurrent values, equal ones already joined.
    pub fn of(field: &str, mut values: Vec<Stated<Shown>>) -> Self {
        if values.len() > 1 {
            return Field::Conflict(Conflict { field: field.to_owned(), values });
        }
        match values.pop() {
            None | Some(Stated { value: Shown::Value(Value::Nothing), .. }) => Field::Absent,
            Some(Stated { value: Shown::Withheld, by }) => Field::Withheld(by),
            Some(stated) => Field::Agreed(stated),
        }
    }

    /// The field as a value; a collaborative text is read as a text.
    pub fn value(self) -> Field<Value> {
        self.read(|shown| match shown {
            Shown::Value(value) => Some(value),
            Shown::Text(text) => Some(Value::Text(text)),
            _ => None,
        })
    }

    /// The field as a text.
    pub fn text(self) -> Field<String> {
        self.value().read(|value| if let Value::Text(text) = value { Some(text) } else { None })
    }
}

/// An item of a list with its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed<T> {
    /// Its name.
    pub id: ItemId,
    /// Its place; of concurrent moves the least key, and the conflict says so.
    pub place: OrderKey,
    /// Concurrent moves.
    pub moved: Option<Conflict>,
    /// A removal concurrent to an edit.
    pub removed: Option<Conflict>,
    /// Its fields.
    pub what: T,
}

//! What workshops can make, where and with what: sheets as they are read, an index to find machines by, and what of a
//! sheet goes to whom.
//!
//! Goals: whoever looks for a machine gets an answer over thousands of workshops at once, with what fits and what is not
//! known; sizes are compared exactly.
//!
//! Non-goals: the calendar, which needs time zones, and who may say what of a workshop, which the authority knows.

use std::collections::BTreeMap;

use crate::document::draft::{Draft, DraftItem, Wanted};
use crate::document::materialise::Document;
use crate::document::read::Fields;
use crate::document::value::Value;
use crate::document::view::{Field, Shown};

mod disclosure;
mod index;
mod size;
mod words;

pub use disclosure::{Audience, disclosed};
pub use index::{Hit, Index, Near, Query, linear};
pub use size::{Size, SizeError};
pub use words::{Materials, covers};

/// A document as plain values, as far as they are agreed: a field in conflict is absent, as nobody decided between its
/// values; so is one that is withheld.
pub fn agreed(document: &Document) -> Draft {
    let mut lists = BTreeMap::new();
    for list in document.lists() {
        let items = document.items(&list).into_iter();
        let items = items.map(|item| DraftItem { id: Some(item.id), fields: values(item.what) });
        lists.insert(list, items.collect());
    }
    Draft { fields: values(document.fields()), lists, whole: false }
}

fn values(fields: Fields) -> Wanted {
    let value = |field: Field<Shown>| match field {
        Field::Agreed(stated) => match stated.value {
            Shown::Value(value) => Some(value),
            Shown::Text(text) => Some(Value::Text(text)),
            _ => None,
        },
        _ => None,
    };
    fields.into_iter().filter_map(|(name, field)| Some((name, value(field)?))).collect()
}

/// The text of a field, when it is one.
pub fn text<'a>(fields: &'a Wanted, name: &str) -> Option<&'a str> {
    fields.get(name)?.as_text()
}

/// The texts of a field.
pub fn texts<'a>(fields: &'a Wanted, name: &str) -> Vec<&'a str> {
    match fields.get(name) {
        Some(Value::List(items)) => items.iter().filter_map(Value::as_text).collect(),
        Some(Value::Text(text)) => vec![text],
        _ => Vec::new(),
    }
}

//! What workshops can make, where and with what: sheets as they are read, an index to find machines by, and what of a
//! sheet goes to whom.
//!
//! Goals: whoever looks for a machine gets an answer over thousands of workshops at once, with what fits and what is not
//! known; sizes are compared exactly.
//!
//! Non-goals: the calendar, which needs time zones, and who may say what of a workshop, which the authority knows.

use crate::document::draft::Wanted;
use crate::document::value::Value;

mod disclosure;
mod index;
mod size;
mod words;

pub use disclosure::{Audience, disclosed};
pub use index::{Hit, Index, Near, Query, linear};
pub use size::{Size, SizeError};
pub use words::{Materials, covers};

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

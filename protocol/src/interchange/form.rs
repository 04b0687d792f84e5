//! A document as one text that a person edits: YAML, a field a line, a list an item.
//!
//! Goals: what is written and read again unchanged changes nothing; a slip is told with its line and what was meant;
//! what nobody may decide in passing is not there to be touched.
//!
//! Fields in conflict and personal values that are not here stand as comments. Who writes such a field decides it; who
//! leaves it out leaves it alone. Every other field that was shown and is no longer there is emptied, and every item
//! whose name is gone is removed.
//!
//! Not here: what was changed meanwhile. The edits are made at the heads that the text was written from, and merge with
//! all others by the rules of documents.

mod read;
mod write;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests;

pub use read::{FormError, heads, read};
pub use write::write;

/// What stands before the heads that a form was written from, in a comment.
const HEADS: &str = "written from";
/// The name, in an item, of the item's own name.
const ITEM: &str = "item";

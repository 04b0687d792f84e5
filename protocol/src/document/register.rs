//! The layout inside Automerge, and what its registers hold.
//!
//! ```text
//! root   f/<path>    register of a field of the document
//!        i/<item>    map of one item: @list, @place, @presence, f/<path>
//!        t/<text>    text object of one collaborative text
//! ```
//!
//! A register names the entry that wrote it, so every concurrent value knows its author, and no two
//! entries ever write the same bytes, which Automerge would take for no change. Every edit of an
//! item writes its presence too: so a removal and a concurrent edit meet in one register. A splice
//! writes its field's register too: so concurrent splices, and a splice and a concurrent
//! replacement, meet there. The bytes here are our own, never a peer's.

use serde::{Deserialize, Serialize};

use super::ItemId;
use super::order::OrderKey;
use super::value::Value;
use crate::canonical;
use crate::id::EntryId;

/// What a register holds, and who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// The entry that wrote it.
    pub by: EntryId,
    /// What it holds.
    pub holds: Content,
}

/// What a register holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// A value.
    Value(Value),
    /// A value of the writing entry's personal part, by its index.
    Personal(u32),
    /// A collaborative text.
    Text(ItemId),
    /// An item's place in its list.
    Place(OrderKey),
    /// An item is there.
    Present,
    /// An item was removed.
    Removed,
}

impl Register {
    /// Its bytes in Automerge.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Plain data without floats always has a canonical form.
        canonical::encode(self).unwrap_or_default()
    }

    /// The register with these bytes, which are our own: their form isn't checked again.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_ipld_dagcbor::from_slice(bytes).ok()
    }
}

/// The key in an item's map of its list's name.
pub const LIST: &str = "@list";
/// The key in an item's map of its place.
pub const PLACE: &str = "@place";
/// The key in an item's map of its presence.
pub const PRESENCE: &str = "@presence";
/// What the keys of fields begin with.
pub const FIELD: &str = "f/";
/// What the keys of items begin with.
pub const ITEM: &str = "i/";

/// The key of an item's map.
pub fn item_key(id: ItemId) -> String {
    format!("{ITEM}{id}")
}

/// The key of a text.
pub fn text_key(id: ItemId) -> String {
    format!("t/{id}")
}

/// The key of a field: its names joined by `/`, in each `~` written `~0` and `/` written `~1`.
pub fn field_key<S: AsRef<str>>(name: &[S]) -> String {
    format!("{FIELD}{}", join(name))
}

/// A path as one text, as in its key.
pub fn join<S: AsRef<str>>(name: &[S]) -> String {
    let names: Vec<String> = name.iter().map(|n| n.as_ref().replace('~', "~0").replace('/', "~1")).collect();
    names.join("/")
}

/// The names in a path written as one text.
pub fn split(path: &str) -> Vec<String> {
    path.split('/').map(|n| n.replace("~1", "/").replace("~0", "~")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_paths_never_share_a_key() {
        let paths = [vec!["a/b"], vec!["a", "b"], vec!["a~1b"], vec!["a~", "b"], vec!["a~0", "b"]];
        for path in &paths {
            assert_eq!(split(&join(path)), *path);
            assert_eq!(paths.iter().filter(|p| field_key(p) == field_key(path)).count(), 1);
        }
    }
}

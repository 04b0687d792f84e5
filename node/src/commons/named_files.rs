//! Which files an entry of a document names, so that they are fetched: of every held entry, whether it
//! counts or not, since verdicts change and history keeps its files.

use aronde_protocol::document::Hand;
use aronde_protocol::document::design::Design;
use aronde_protocol::document::edit::{CreateFacts, Edit, EditFacts, Given, Written};
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::value::Value;
use aronde_protocol::document::view::{Field, Shown, Stated};
use aronde_protocol::entry::{Entry, Kind};
use aronde_protocol::id::FileHash;

/// The files that an entry names.
#[derive(Debug, Default)]
pub struct Named {
    /// Those whose length it says too.
    pub whole: Vec<(FileHash, u64)>,
    /// Whether it sets a file whose length only the document knows.
    pub of_document: bool,
}

/// Reads the files that an entry names.
pub fn of(entry: &Entry) -> Named {
    let edits = match entry.header().kind.as_str() {
        Kind::CREATE => CreateFacts::decode(entry.facts()).map(|f| f.edits),
        Kind::EDIT => EditFacts::decode(entry.facts()).map(|f| f.edits),
        _ => return Named::default(),
    };
    let mut named = Named::default();
    for edit in edits.unwrap_or_default() {
        match edit {
            Written::Known(Edit::Add { fields, .. }) => {
                let file = fields.values().find_map(|given| match given {
                    Given::Value(Value::File(hash)) => Some(*hash),
                    _ => None,
                });
                let len = match fields.get("len") {
                    Some(Given::Value(Value::Integer(len))) => u64::try_from(*len).ok(),
                    _ => None,
                };
                named.whole.extend(file.zip(len));
            }
            Written::Known(Edit::Set { to: Given::Value(Value::File(_)), .. }) => named.of_document = true,
            _ => {}
        }
    }
    named
}

/// The files that a design shows now, all of them where there are concurrent ones.
pub fn in_document(document: &Document) -> Vec<(FileHash, u64)> {
    let Ok(design) = Design::of(document) else { return Vec::new() };
    let mut named = Vec::new();
    for file in design.files.iter().map(|file| &file.what) {
        match &file.file {
            Field::Agreed(hash) => named.extend(len_by(&file.len, &hash.by).map(|len| (hash.value, len))),
            Field::Conflict(conflict) => {
                for stated in &conflict.values {
                    if let Shown::Value(Value::File(hash)) = &stated.value {
                        named.extend(len_by(&file.len, &stated.by).map(|len| (*hash, len)));
                    }
                }
            }
            _ => {}
        }
    }
    named
}

/// The length that goes with a hash: the one, or of several the one that the same entry says.
fn len_by(len: &Field<u64>, by: &[Hand]) -> Option<u64> {
    match len {
        Field::Agreed(len) => Some(len.value),
        Field::Conflict(conflict) => {
            let same = |s: &&Stated<Shown>| s.by.iter().any(|hand| by.iter().any(|b| b.entry == hand.entry));
            match conflict.values.iter().find(same).map(|s| &s.value) {
                Some(Shown::Value(Value::Integer(len))) => u64::try_from(*len).ok(),
                _ => None,
            }
        }
        _ => None,
    }
}

//! Which files an entry of a document names, so that they are fetched: of every held entry, whether it
//! counts or not, since verdicts change and history keeps its files.

use aronde_protocol::document::Hand;
use aronde_protocol::document::edit::{CreateFacts, Edit, EditFacts, Given, Written};
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::schema::FILES;
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

/// The files that a document shows now, all of them where there are concurrent ones. Documents of every kind list
/// them alike.
pub fn in_document(document: &Document) -> Vec<(FileHash, u64)> {
    let mut named = Vec::new();
    for mut file in document.items(FILES).into_iter().map(|item| item.what) {
        let len = file.remove("len").unwrap_or(Field::Absent);
        let stated = match file.remove("file") {
            Some(Field::Agreed(stated)) => vec![stated],
            Some(Field::Conflict(conflict)) => conflict.values,
            _ => Vec::new(),
        };
        for stated in stated {
            if let Shown::Value(Value::File(hash)) = &stated.value {
                named.extend(len_by(&len, &stated.by).map(|len| (*hash, len)));
            }
        }
    }
    named
}

/// The length that goes with a hash: the one, or of several the one that the same entry says.
fn len_by(len: &Field<Shown>, by: &[Hand]) -> Option<u64> {
    let stated = match len {
        Field::Agreed(stated) => stated,
        Field::Conflict(conflict) => {
            let same = |s: &&Stated<Shown>| s.by.iter().any(|hand| by.iter().any(|b| b.entry == hand.entry));
            conflict.values.iter().find(same)?
        }
        _ => return None,
    };
    match &stated.value {
        Shown::Value(Value::Integer(len)) => u64::try_from(*len).ok(),
        _ => None,
    }
}

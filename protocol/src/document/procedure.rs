//! A procedure as it is read, and any document as a draft of what it says.

use std::collections::BTreeMap;

use super::draft::{Draft, DraftItem, Wanted};
use super::materialise::{Document, Skipped};
use super::read::Fields;
use super::register;
use super::schema::PROCEDURE;
use super::view::{Conflict, Field, Shown};
use crate::document::value::Value;
use crate::id::{DocumentId, EntryId};

/// A procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedure {
    /// Its document.
    pub id: DocumentId,
    /// The document's heads: its revision.
    pub heads: Vec<EntryId>,
    /// What it is called.
    pub title: Field<String>,
    /// Its language.
    pub language: Field<String>,
    /// Its version, as its authors call it.
    pub version: Field<String>,
    /// Its licence: the text of an SPDX expression.
    pub licence: Field<String>,
    /// All that is agreed, its lists in order. A field in conflict is not in it.
    pub draft: Draft,
    /// Every conflict in it.
    pub conflicts: Vec<Conflict>,
    /// Edits that don't fit and were skipped.
    pub skipped: Vec<Skipped>,
}

/// A document of another kind was read as a procedure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the document {0} is a {1}, not a procedure")]
pub struct NotAProcedure(pub DocumentId, pub String);

impl Procedure {
    /// The document read as a procedure.
    ///
    /// # Errors
    /// It is of another kind.
    pub fn of(document: &Document) -> Result<Self, NotAProcedure> {
        if document.kind != PROCEDURE {
            return Err(NotAProcedure(document.id, document.kind.clone()));
        }
        let mut fields = document.fields();
        let draft = Draft::of(document);
        let mut text = |name: &str| fields.remove(name).unwrap_or(Field::Absent).text();
        Ok(Self {
            id: document.id,
            heads: document.heads(),
            title: text("title"),
            language: text("language"),
            version: text("version"),
            licence: text("licence"),
            draft,
            conflicts: document.conflicts(),
            skipped: document.skipped.clone(),
        })
    }
}

impl Draft {
    /// What is agreed in a document: its fields, and its lists with every item that somebody keeps. Whoever writes this
    /// down elsewhere looks at the document's conflicts first.
    pub fn of(document: &Document) -> Self {
        let lists = document.lists().into_iter().map(|list| {
            let items = document.items(&list).into_iter();
            let items = items.map(|item| DraftItem { id: Some(item.id), fields: agreed(&item.what) });
            (list, items.collect::<Vec<_>>())
        });
        let lists: BTreeMap<String, Vec<DraftItem>> = lists.filter(|(_, items)| !items.is_empty()).collect();
        Self { fields: agreed(&document.fields()), lists, whole: false }
    }
}

/// Fields by the path as one text; of one name, by the name.
fn agreed(fields: &Fields) -> Wanted {
    let value = |field: &Field<Shown>| match field.agreed()? {
        Shown::Value(value) => Some(value.clone()),
        Shown::Text(text) => Some(Value::Text(text.clone())),
        _ => None,
    };
    let name = |path: &String| match register::split(path).as_slice() {
        [one] => one.clone(),
        _ => path.clone(),
    };
    fields.iter().filter_map(|(path, field)| Some((name(path), value(field)?))).collect()
}

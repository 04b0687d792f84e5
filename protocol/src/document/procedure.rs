//! A procedure as it is read.

use super::draft::Draft;
use super::materialise::{Document, Skipped};
use super::schema::PROCEDURE;
use super::view::{Conflict, Field};
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
        let draft = document.agreed();
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

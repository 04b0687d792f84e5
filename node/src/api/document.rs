//! What documents of every kind have in common: forms, history, conflicts.

use aronde_protocol::id::{DocumentId, EntryId};
use aronde_protocol::key::MemberKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::design::{ConcurrentValue, DesignEdited};

/// Asks for a document as a text that a person edits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormShow {
    /// The document, or a prefix of its id.
    pub id: String,
    /// The proposal (or a prefix of its id) that the edit goes on from.
    #[serde(default)]
    pub on: Option<String>,
    /// Whether the edit goes on from no proposal.
    #[serde(default)]
    pub apart: bool,
}

/// A document as a text that a person edits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The document.
    pub id: DocumentId,
    /// What it is: `design` …
    pub kind: String,
    /// YAML; its comments say how it is read, and what it was written from.
    pub text: String,
}

/// Makes a document what a form says, as far as the form was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormSave {
    /// The document, or a prefix of its id.
    pub id: String,
    /// The form.
    pub text: String,
}

/// A form was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormSaved {
    /// What was written.
    #[serde(flatten)]
    pub edited: DesignEdited,
    /// How many entries came to the document since the form was written.
    pub meanwhile: u64,
    /// Fields that have several values now, by this form and by what came meanwhile.
    pub conflicts: Vec<String>,
}

/// Asks who changed what in a document, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentLog {
    /// The document, or a prefix of its id.
    pub id: String,
}

/// One entry of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedEntry {
    /// The entry.
    pub entry: EntryId,
    /// Who signed it, a DID.
    pub author: MemberKey,
    /// What people call them.
    pub author_name: Option<String>,
    /// When, as they claim.
    pub at: Timestamp,
    /// Whether it counts; one that doesn't is a proposal, or parked.
    pub counts: bool,
    /// What it changes, a line each.
    pub changes: Vec<String>,
}

/// Asks who wrote what stands in a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentBlame {
    /// The document, or a prefix of its id.
    pub id: String,
}

/// A field of a document and whose hand wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlamedField {
    /// The field, as `edit --set` takes it.
    pub field: String,
    /// What the item is called that it is a field of.
    pub label: Option<String>,
    /// Its value, or all of them where nobody has decided, each with its hand.
    pub values: Vec<ConcurrentValue>,
}

/// Asks for what stands in conflict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConflictList {
    /// Only in this document: its id, or a prefix.
    #[serde(default)]
    pub subject: Option<String>,
}

/// A field of a document with more than one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictRow {
    /// The document.
    pub subject: DocumentId,
    /// What the document is.
    pub kind: String,
    /// Its title, when that is agreed.
    pub title: Option<String>,
    /// The field, as `conflict resolve` takes it.
    pub field: String,
    /// What the item is called that it is a field of.
    pub label: Option<String>,
    /// Every value, each with its hand, in the order in which `--take` counts them from 1.
    pub values: Vec<ConcurrentValue>,
}

/// Decides a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConflictResolve {
    /// The document, or a prefix of its id.
    pub id: String,
    /// The field.
    pub field: String,
    /// Takes the value of this number, counted from 1 as `conflict list` has them.
    #[serde(default)]
    pub take: Option<u64>,
    /// Takes this value instead; an empty one empties the field.
    #[serde(default)]
    pub value: Option<String>,
}

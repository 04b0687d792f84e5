//! Citations: a word that what the entry's subject is about was made on the ground of another work in the commons.
//!
//! A release names its sources by itself ([`super::release`]), and a rule that passes value upstream reads both. A
//! citation is for what a release does not say: for a document that was not derived, for a procedure, or for a source
//! that somebody remembers later.

use serde::{Deserialize, Serialize};

use super::facts;
use crate::canonical;
use crate::entry::EntryError;
use crate::id::EntryId;

/// The facts of `record/citation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CitationFacts {
    /// The release, or the document, that is cited.
    pub cites: EntryId,
}

facts!(CitationFacts);

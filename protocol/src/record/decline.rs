//! Declining a proposal: a keeper's word that it will not be taken in. The entry's subject is the proposal's
//! head, the reason lies in the personal part. It takes nothing away: another keeper may still take it in.

use serde::{Deserialize, Serialize};

use super::facts;
use crate::canonical;
use crate::entry::EntryError;
use crate::id::DocumentId;

/// The facts of `record/decline`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclineFacts {
    /// The document that was to be changed.
    pub document: DocumentId,
}

facts!(DeclineFacts);

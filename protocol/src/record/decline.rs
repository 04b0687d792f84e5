//! Declining a proposal: a keeper's word that it will not be taken in. The entry's subject is the proposal's
//! head, the reason lies in the personal part. It takes nothing away: another keeper may still take it in.

use serde::{Deserialize, Serialize};

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

impl DeclineFacts {
    /// Reads the facts.
    ///
    /// # Errors
    /// They are not canonical.
    pub fn read(facts: &[u8]) -> Result<Self, EntryError> {
        canonical::decode(facts).map_err(super::facts_refused)
    }

    /// The facts' bytes.
    ///
    /// # Errors
    /// Never for this type; the encoder's signature has one.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        canonical::encode(self).map_err(super::facts_refused)
    }
}

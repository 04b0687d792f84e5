//! Attestations: somebody else's word on a record, which is the entry's subject.

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::entry::EntryError;

/// The facts of `record/attestation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttestationFacts {
    /// It is as the record says.
    Confirm,
    /// It is not.
    Dispute,
}

impl AttestationFacts {
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

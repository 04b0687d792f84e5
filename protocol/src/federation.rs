//! The name of a federation.

use serde::{Deserialize, Serialize};

use crate::id::EntryId;

/// What names a federation: its founding entry and the newest charter that is followed.
///
/// Before the first charter the founding entry stands for it. Two names with the same founding
/// entry and different charters are the same federation at different knowledge, or an honest
/// split; only the authority can tell which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FederationName {
    /// The founding entry.
    pub founding: EntryId,
    /// The newest charter followed, or the founding entry.
    pub charter: EntryId,
}

impl FederationName {
    /// The name before any charter.
    pub fn founded(founding: EntryId) -> Self {
        Self { founding, charter: founding }
    }

    /// A hash that shows knowledge of the founding entry to one peer without naming it to others.
    ///
    /// `from` and `to` are the identities of the two nodes as bytes, so that it can't be replayed
    /// elsewhere.
    pub fn greeting(&self, from: &[u8], to: &[u8]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("aronde 2026 greeting of a federation v1");
        for part in [self.founding.as_bytes().as_slice(), from, to] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        *hasher.finalize().as_bytes()
    }
}

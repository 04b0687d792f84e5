//! Records: immutable statements about work (`docs/design.md`, section 6).
//!
//! Records are a grow-only set. What a record says never changes; what it is worth, its standing, is a
//! pure function of the records that speak of it. Corrections, retractions and the other
//! kinds of record come as further kinds with further rules in [`standing`].
//!
//! Facts hold what totals read and are never redacted. The note lies in the personal part.

use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::entry::EntryError;
use crate::limits;

pub mod attestation;
pub mod booking;
pub mod contribution;
pub mod decline;
pub mod fork_healed;
pub mod procedure;
pub mod release;
pub mod standing;

/// The personal part of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonalPart {
    /// 16 random bytes, so that a hash doesn't give away a short note.
    #[serde(with = "serde_bytes")]
    pub nonce: [u8; 16],
    /// What its author adds in words.
    pub note: String,
}

impl PersonalPart {
    /// Reads a personal part; `None` when it isn't one or its note is too long, since it decides nothing.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        canonical::decode(bytes).ok().filter(|part: &Self| part.note.len() <= limits::NOTE_MAX)
    }

    /// Its bytes.
    ///
    /// # Errors
    /// The note is too long.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        if self.note.len() > limits::NOTE_MAX {
            return Err(EntryError::OverLimit { what: "note", limit: limits::NOTE_MAX as u64 });
        }
        canonical::encode(self).map_err(facts_refused)
    }
}

fn facts_refused(error: CanonicalError) -> EntryError {
    EntryError::Canonical { part: "facts", error }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_note_over_the_limit_is_neither_written_nor_read() {
        let part = |len: usize| PersonalPart { nonce: [6; 16], note: "n".repeat(len) };
        let longest = part(limits::NOTE_MAX);
        assert_eq!(PersonalPart::read(&longest.encode().unwrap()), Some(longest));
        let longer = part(limits::NOTE_MAX + 1);
        assert!(longer.encode().is_err());
        assert_eq!(PersonalPart::read(&canonical::encode(&longer).unwrap()), None);
    }
}

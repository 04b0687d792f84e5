//! Records: immutable statements about work (`docs/design.md`, section 6; `docs/ledger.md`).
//!
//! Records are a grow-only set. What a record says never changes; what it is worth, its standing, is a
//! pure function of the records that speak of it ([`standing`]). [`ledger`] reads them together.
//!
//! Facts hold what totals read and are never redacted. Notes, evidence and names lie in the personal part.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::entry::EntryError;
use crate::id::FileHash;
use crate::limits;

pub mod agent;
pub mod attestation;
pub mod booking;
pub mod citation;
pub mod contribution;
pub mod decline;
pub mod fork_healed;
pub mod ledger;
pub mod plausibility;
pub mod procedure;
pub mod release;
pub mod retraction;
pub mod settlement;
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
    /// What shows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// What shows that a record is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Evidence {
    /// A file of the commons: a photo, a delivery note.
    File {
        /// BLAKE3 of its bytes.
        hash: FileHash,
        /// Its length in bytes.
        len: u64,
        /// What it is, as `image/jpeg`.
        media_type: String,
    },
    /// Something on the web. Nothing is fetched from there.
    Link(String),
    /// A commit of a history.
    Commit {
        /// Where that history is.
        repository: String,
        /// Its name there.
        id: String,
    },
    /// What a commit changed; a count is absent where it wasn't known.
    Change {
        /// Lines added.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        added: Option<u64>,
        /// Lines removed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        removed: Option<u64>,
        /// Files by kind: `cad`, `doc` …
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        paths: BTreeMap<String, u64>,
    },
}

impl Evidence {
    fn fits(&self) -> bool {
        let short = |text: &str| text.len() <= limits::EVIDENCE_TEXT_MAX;
        match self {
            Self::File { media_type, .. } => short(media_type),
            Self::Link(link) => short(link),
            Self::Commit { repository, id } => short(repository) && short(id),
            Self::Change { paths, .. } => {
                paths.len() <= limits::EVIDENCE_PATHS_MAX
                    && paths.keys().all(|kind| kind.len() <= limits::KIND_MAX)
            }
        }
    }
}

impl PersonalPart {
    /// A note alone.
    pub fn note(nonce: [u8; 16], note: String) -> Self {
        Self { nonce, note, evidence: Vec::new() }
    }

    /// Reads a personal part; `None` when it isn't one or is over a limit, since it decides nothing.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        canonical::decode(bytes).ok().filter(|part: &Self| part.check().is_ok())
    }

    /// Its bytes.
    ///
    /// # Errors
    /// It is over a limit.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        self.check()?;
        canonical::encode(self).map_err(facts_refused)
    }

    fn check(&self) -> Result<(), EntryError> {
        if self.note.len() > limits::NOTE_MAX {
            return Err(EntryError::OverLimit { what: "note", limit: limits::NOTE_MAX as u64 });
        }
        if self.evidence.len() > limits::EVIDENCE_MAX || !self.evidence.iter().all(Evidence::fits) {
            return Err(EntryError::OverLimit { what: "evidence", limit: limits::EVIDENCE_MAX as u64 });
        }
        Ok(())
    }
}

fn facts_refused(error: CanonicalError) -> EntryError {
    EntryError::Canonical { part: "facts", error }
}

/// `read` and `encode` of facts; with a `check` of their own when one is named.
macro_rules! facts {
    ($facts:ty $(, $check:ident)?) => {
        impl $facts {
            /// Reads the facts.
            ///
            /// # Errors
            /// They are not canonical, not in order, or over a limit.
            pub fn read(facts: &[u8]) -> Result<Self, EntryError> {
                let facts: Self = canonical::decode(facts).map_err(super::facts_refused)?;
                $(facts.$check()?;)?
                Ok(facts)
            }

            /// The facts' bytes.
            ///
            /// # Errors
            /// They are not in order or over a limit.
            pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
                $(self.$check()?;)?
                canonical::encode(self).map_err(super::facts_refused)
            }
        }
    };
}
pub(crate) use facts;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_note_over_the_limit_is_neither_written_nor_read() {
        let part = |len: usize| PersonalPart::note([6; 16], "n".repeat(len));
        let longest = part(limits::NOTE_MAX);
        assert_eq!(PersonalPart::read(&longest.encode().unwrap()), Some(longest));
        let longer = part(limits::NOTE_MAX + 1);
        assert!(longer.encode().is_err());
        assert_eq!(PersonalPart::read(&canonical::encode(&longer).unwrap()), None);
    }

    #[test]
    fn evidence_lies_beside_the_note_and_is_bounded() {
        let change = Evidence::Change { added: Some(3), removed: None, paths: [("cad".into(), 2)].into() };
        let commit = Evidence::Commit { repository: "a/b".into(), id: "e0da81e03d26".into() };
        let link = Evidence::Link("https://example.org".into());
        let photo = Evidence::File { hash: FileHash([1; 32]), len: 9, media_type: "image/jpeg".into() };
        let part = PersonalPart {
            evidence: vec![change, commit, link.clone(), photo],
            ..PersonalPart::note([6; 16], String::new())
        };
        assert_eq!(PersonalPart::read(&part.encode().unwrap()), Some(part.clone()));
        let many = PersonalPart { evidence: vec![link; limits::EVIDENCE_MAX + 1], ..part.clone() };
        assert!(many.encode().is_err());
        let long = Evidence::Link("l".repeat(limits::EVIDENCE_TEXT_MAX + 1));
        assert!(PersonalPart { evidence: vec![long], ..part }.encode().is_err());
    }
}

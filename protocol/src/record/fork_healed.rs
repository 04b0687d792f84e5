//! The healing of a fork: a member's word that a log of theirs has several branches, which are theirs up to
//! these heads, and that they write on none of them any more. It stands in another log of theirs. It
//! takes nothing away and adds nothing: all branches stand as they did.

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::entry::EntryError;
use crate::id::EntryId;
use crate::limits;

/// The facts of `record/fork-healed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForkHealedFacts {
    /// The log that forked; its author is the entry's.
    pub log: u64,
    /// The last entry of each branch, sorted: two or more.
    pub heads: Vec<EntryId>,
}

impl ForkHealedFacts {
    /// Reads the facts.
    ///
    /// # Errors
    /// They are not canonical, or their heads are not two or more, sorted and within their limit.
    pub fn read(facts: &[u8]) -> Result<Self, EntryError> {
        let read: Self = canonical::decode(facts).map_err(super::facts_refused)?;
        if read.heads.len() < 2 {
            return Err(EntryError::Unfit("fork that is healed has fewer than two heads"));
        }
        if read.heads.len() > limits::CUT_MAX {
            return Err(EntryError::OverLimit { what: "list of heads", limit: limits::CUT_MAX as u64 });
        }
        if !read.heads.is_sorted_by(|a, b| a < b) {
            return Err(EntryError::Unsorted("list of heads"));
        }
        Ok(read)
    }

    /// The facts' bytes.
    ///
    /// # Errors
    /// Never for this type; the encoder's signature has one.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        canonical::encode(self).map_err(super::facts_refused)
    }
}

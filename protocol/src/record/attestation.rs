//! Attestations: somebody else's word on a record, which is the entry's subject.

use serde::{Deserialize, Serialize};

use super::facts;
use crate::canonical;
use crate::entry::EntryError;

/// What is said of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is as the record says.
    Confirm,
    /// It is not.
    Dispute,
    /// Nothing any more: takes back what the same member said before it in the same log.
    Withdraw,
}

/// How its author comes to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// Was there.
    Present,
    /// Ran the place where it was done.
    Host,
    /// Looks after what it was done for.
    Maintainer,
    /// Got what was made.
    Received,
}

/// The facts of `record/attestation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttestationFacts {
    /// What is said.
    pub verdict: Verdict,
    /// How its author comes to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
}

facts!(AttestationFacts);

impl AttestationFacts {
    /// A confirmation.
    pub const CONFIRM: Self = Self { verdict: Verdict::Confirm, relation: None };
    /// A dispute.
    pub const DISPUTE: Self = Self { verdict: Verdict::Dispute, relation: None };
}

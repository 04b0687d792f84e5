//! Contributions: who did what, for what, how much.
//!
//! Actions are those of Valueflows (<https://www.valueflo.ws/concepts/actions/>). What it is for is
//! the entry's subject: a design, a procedure, a lot or a workshop.

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::entry::EntryError;
use crate::key::MemberKey;
use crate::limits;
use crate::quantity::Quantity;

/// The actions that software offers. Another word is kept as it is: a newer version may know it.
pub const ACTIONS: [&str; 19] = [
    "accept",
    "cite",
    "combine",
    "consume",
    "copy",
    "deliverService",
    "dropoff",
    "lower",
    "modify",
    "move",
    "pickup",
    "produce",
    "raise",
    "separate",
    "transfer",
    "transferAllRights",
    "transferCustody",
    "use",
    "work",
];

/// The facts of `record/contribution`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContributionFacts {
    /// Who did it; its author, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<MemberKey>,
    /// What was done, one of [`ACTIONS`].
    pub action: String,
    /// How much.
    pub quantity: Quantity,
    /// When it was done, in ms since 1970; when it was written down, when absent. A claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened_at: Option<u64>,
}

impl ContributionFacts {
    /// Reads the facts.
    ///
    /// # Errors
    /// They are not canonical or over a limit.
    pub fn read(facts: &[u8]) -> Result<Self, EntryError> {
        let facts: Self = canonical::decode(facts).map_err(super::facts_refused)?;
        facts.check()?;
        Ok(facts)
    }

    /// The facts' bytes.
    ///
    /// # Errors
    /// They are over a limit.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        self.check()?;
        canonical::encode(self).map_err(super::facts_refused)
    }

    fn check(&self) -> Result<(), EntryError> {
        if self.action.is_empty() || !self.action.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-') {
            return Err(EntryError::Unfit("action is not a word"));
        }
        if self.action.len() > limits::KIND_MAX {
            return Err(EntryError::OverLimit { what: "action", limit: limits::KIND_MAX as u64 });
        }
        if self.happened_at.is_some_and(|at| at > limits::AT_MAX) {
            return Err(EntryError::OverLimit { what: "time when it happened", limit: limits::AT_MAX });
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_read_as_written_and_refused_when_they_are_not() {
        let facts = ContributionFacts {
            provider: None,
            action: "work".into(),
            quantity: "1.50 h".parse().unwrap(),
            happened_at: Some(0),
        };
        assert_eq!(ContributionFacts::read(&facts.encode().unwrap()).unwrap(), facts);
        assert!(ContributionFacts { action: "wörk".into(), ..facts.clone() }.encode().is_err());
        assert!(ContributionFacts { happened_at: Some(u64::MAX), ..facts }.encode().is_err());
        assert!(ContributionFacts::read(b"\xa0").is_err());
    }
}

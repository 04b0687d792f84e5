//! What workshops say of a procedure, which is the entry's subject: that they approve a revision of it, that they work
//! by one, that somebody followed it.
//!
//! A revision is a state of the document, named by its heads. A word stands until a later one of the same workshop names
//! it in `instead`, so no clock decides which of two counts: of two that don't know of each other, both are shown.

use serde::{Deserialize, Serialize};

use super::facts;
use crate::canonical;
use crate::entry::EntryError;
use crate::id::{EntryId, MembershipId};
use crate::limits;

/// A revision's name for people: the id of its only head, else a hash of its heads.
pub fn revision(heads: &[EntryId]) -> EntryId {
    if let [one] = heads {
        return *one;
    }
    let mut sorted = heads.to_vec();
    sorted.sort_unstable();
    let bytes: Vec<u8> = sorted.iter().flat_map(|head| *head.as_bytes()).collect();
    EntryId(blake3::derive_key("aronde 2026 revision of a document", &bytes))
}

/// What is thought of a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Approval {
    /// It is good to work by.
    Approve,
    /// It is not.
    Object,
}

/// The facts of `record/procedure-approval`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalFacts {
    /// The membership by which its author speaks for a workshop.
    pub under: MembershipId,
    /// The revision.
    pub heads: Vec<EntryId>,
    /// What is thought of it.
    pub verdict: Approval,
    /// Words of the same workshop that this one takes the place of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instead: Vec<EntryId>,
}

/// The facts of `record/procedure-adoption`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdoptionFacts {
    /// The membership by which its author speaks for a workshop.
    pub under: MembershipId,
    /// The revision that the workshop works by.
    pub heads: Vec<EntryId>,
    /// Adoptions of the same workshop that this one takes the place of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instead: Vec<EntryId>,
}

/// How a run of a procedure ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunResult {
    /// All of it was done, and its control points were met.
    Passed,
    /// A control point was not met.
    Failed,
    /// It was not done to the end.
    Stopped,
}

/// What was read at a control point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The control point, in the procedure's words.
    pub control: String,
    /// What was read: a value, or a word.
    pub value: String,
}

/// The facts of `record/procedure-run`. Who did it is the author; anybody else is named in the personal part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunFacts {
    /// The membership by which its author speaks for a workshop.
    pub under: MembershipId,
    /// The revision that was followed.
    pub heads: Vec<EntryId>,
    /// When, in ms since 1970; when it was written down, when absent. A claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened_at: Option<u64>,
    /// How it ended.
    pub result: RunResult,
    /// What was read at control points, in the order of reading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<Reading>,
}

facts!(ApprovalFacts, check);
facts!(AdoptionFacts, check);
facts!(RunFacts, check);

impl ApprovalFacts {
    fn check(&self) -> Result<(), EntryError> {
        check(&self.heads, &self.instead)
    }
}

impl AdoptionFacts {
    fn check(&self) -> Result<(), EntryError> {
        check(&self.heads, &self.instead)
    }
}

impl RunFacts {
    fn check(&self) -> Result<(), EntryError> {
        check(&self.heads, &[])?;
        if self.happened_at.is_some_and(|at| at > limits::AT_MAX) {
            return Err(EntryError::OverLimit { what: "time when it happened", limit: limits::AT_MAX });
        }
        if self.readings.len() > limits::READINGS_MAX {
            return Err(EntryError::OverLimit {
                what: "list of readings",
                limit: limits::READINGS_MAX as u64,
            });
        }
        let long = |text: &str| text.len() > limits::READING_MAX;
        if self.readings.iter().any(|r| long(&r.control) || long(&r.value) || r.control.is_empty()) {
            return Err(EntryError::OverLimit { what: "reading", limit: limits::READING_MAX as u64 });
        }
        Ok(())
    }
}

fn check(heads: &[EntryId], instead: &[EntryId]) -> Result<(), EntryError> {
    if heads.is_empty() {
        return Err(EntryError::Unfit("revision has no heads"));
    }
    for (what, list) in [("list of heads", heads), ("list of earlier words", instead)] {
        if list.len() > limits::DEPS_MAX {
            return Err(EntryError::OverLimit { what, limit: limits::DEPS_MAX as u64 });
        }
        if !list.is_sorted_by(|a, b| a < b) {
            return Err(EntryError::Unsorted(what));
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn id(n: u8) -> EntryId {
        EntryId([n; 32])
    }

    #[test]
    fn a_revision_with_one_head_is_called_like_it_and_no_order_of_several_matters() {
        assert_eq!(revision(&[id(1)]), id(1));
        assert_eq!(revision(&[id(1), id(2)]), revision(&[id(2), id(1)]));
        assert_ne!(revision(&[id(1), id(2)]), revision(&[id(1), id(3)]));
    }

    #[test]
    fn facts_are_read_as_written_and_refused_when_they_are_not_in_order() {
        let adoption = AdoptionFacts { under: id(9), heads: vec![id(1), id(2)], instead: vec![id(3)] };
        assert_eq!(AdoptionFacts::read(&adoption.encode().unwrap()).unwrap(), adoption);
        assert!(AdoptionFacts { heads: vec![id(2), id(1)], ..adoption.clone() }.encode().is_err());
        assert!(AdoptionFacts { heads: vec![], ..adoption.clone() }.encode().is_err());
        assert!(AdoptionFacts { instead: vec![id(3); 2], ..adoption }.encode().is_err());
        let approval =
            ApprovalFacts { under: id(9), heads: vec![id(1)], verdict: Approval::Object, instead: vec![] };
        assert_eq!(ApprovalFacts::read(&approval.encode().unwrap()).unwrap(), approval);
        let reading = Reading { control: "edge".into(), value: "0.1 mm".into() };
        let run = RunFacts {
            under: id(9),
            heads: vec![id(1)],
            happened_at: Some(1),
            result: RunResult::Passed,
            readings: vec![reading.clone()],
        };
        assert_eq!(RunFacts::read(&run.encode().unwrap()).unwrap(), run);
        let long = Reading { control: "x".repeat(limits::READING_MAX + 1), ..reading.clone() };
        assert!(RunFacts { readings: vec![long], ..run.clone() }.encode().is_err());
        assert!(
            RunFacts { readings: vec![reading; limits::READINGS_MAX + 1], ..run.clone() }.encode().is_err()
        );
        assert!(RunFacts { happened_at: Some(u64::MAX), ..run }.encode().is_err());
        assert!(RunFacts::read(&approval.encode().unwrap()).is_err());
    }
}

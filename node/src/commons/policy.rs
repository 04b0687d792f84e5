//! `policy`: the values that a federation sets for itself, by motions.

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::authority::QUORUM;
use aronde_protocol::authority::operation::{Operation, SetPolicy};
use aronde_protocol::record::standing::Policy;

use super::Commons;
use crate::api::{Moved, PolicyRow, ServiceError, Signer};

/// The days after which a running steward's node proposes a charter.
pub(super) const CHARTER_EVERY_DAYS: &str = "charter-every-days";

/// The values that this version knows: name, least, most, meaning.
const KNOWN: [(&str, u64, u64, &str); 8] = [
    (
        QUORUM,
        1,
        1_000_000,
        "how many workshops' votes carry a motion; 1 while fewer than three workshops stand at the newest charter, then at least 2, and never more than there are",
    ),
    (
        CHARTER_EVERY_DAYS,
        1,
        3_650,
        "when the newest charter is older than this many days, a steward's node that runs proposes the next",
    ),
    (
        Policy::CONFIRMATIONS,
        1,
        16,
        "how many members must confirm a contribution, other than who said it or did it; 1 when not set",
    ),
    (
        Policy::ELSEWHERE,
        0,
        16,
        "how many of them must be of a workshop in which who said it never was; 0 when not set",
    ),
    (Policy::LARGE_HOURS, 0, 1_000_000, "over so many hours a contribution is large"),
    (Policy::LARGE_AMOUNT, 0, 1_000_000_000, "over so much money, in any currency, a contribution is large"),
    (
        Policy::LARGE_CONFIRMATIONS,
        1,
        16,
        "how many members must confirm a large contribution; as others when not set",
    ),
    (
        Policy::LATE_DAYS,
        0,
        3_650,
        "a contribution written down more than so many days after it was done is marked late; 90 when not set",
    ),
];

impl Commons {
    /// `policy show`.
    pub(super) fn policy_show(&self) -> Vec<PolicyRow> {
        let entries = self.entries();
        let authority = entries.replica().authority();
        let names: BTreeSet<&str> =
            KNOWN.iter().map(|k| k.0).chain(authority.policy.keys().map(String::as_str)).collect();
        names
            .into_iter()
            .map(|name| {
                let value = authority.policy.get(name).copied();
                let effective = if name == QUORUM { Some(authority.quorum as u64) } else { value };
                let meaning = KNOWN.iter().find(|k| k.0 == name).map(|k| k.3.to_owned());
                PolicyRow { name: name.to_owned(), value, effective, meaning }
            })
            .collect()
    }

    /// `policy set`.
    pub(super) fn policy_set(
        &self,
        values: BTreeMap<String, u64>,
        signer: &Signer,
    ) -> Result<Moved, ServiceError> {
        for (name, value) in &values {
            let Some((_, least, most, _)) = KNOWN.iter().find(|known| known.0 == name) else {
                let shown: String = name.chars().take(80).collect();
                let names: Vec<&str> = KNOWN.iter().map(|known| known.0).collect();
                return Err(ServiceError::user(format!("the policy has no value \"{shown}\""))
                    .hint(format!("it has: {}; see aronde policy show", names.join(", "))));
            };
            if !(least..=most).contains(&value) {
                return Err(ServiceError::user(format!(
                    "{name} is from {least} to {most}, and {value} was given"
                ))
                .hint("see what it is for with: aronde policy show"));
            }
        }
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let (under, _) = self.steward(&entries, &key)?;
        let set = Operation::SetPolicy(SetPolicy { under, values });
        self.moves(&mut entries, &key, &set, None, Vec::new())
    }
}

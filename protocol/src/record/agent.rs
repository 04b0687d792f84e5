//! Agents: people and groups who did something and are no members, or were not when it was done. Names found in
//! manifests, tables and histories become agents, so that each name stands in one place, in a personal part, and can be
//! forgotten while totals hold.
//!
//! A member says that an agent is them with a claim. What it is worth is judged in [`super::standing`].

use serde::{Deserialize, Serialize};

use super::facts;
use crate::canonical;
use crate::entry::EntryError;
use crate::limits;

/// What an agent is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AgentKind {
    /// One person.
    Person,
    /// Several together: a class, a Friday crew, another organisation. Nobody can claim to be one.
    Group,
}

/// The facts of `record/agent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentFacts {
    /// What it is.
    pub kind: AgentKind,
}

facts!(AgentFacts);

/// The personal part of `record/agent`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentName {
    /// 16 random bytes, so that a hash doesn't give away a name.
    #[serde(with = "serde_bytes")]
    pub nonce: [u8; 16],
    /// What they are called where they were found.
    pub name: String,
}

impl AgentName {
    /// Reads it; `None` when it isn't one or over its limit, since it decides nothing.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        canonical::decode(bytes).ok().filter(|part: &Self| part.name.len() <= limits::AGENT_NAME_MAX)
    }

    /// Its bytes.
    ///
    /// # Errors
    /// The name is too long.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        if self.name.len() > limits::AGENT_NAME_MAX {
            return Err(EntryError::OverLimit {
                what: "name of an agent",
                limit: limits::AGENT_NAME_MAX as u64,
            });
        }
        canonical::encode(self).map_err(super::facts_refused)
    }
}

/// What a member says of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AgentWord {
    /// This agent is its author.
    Claim,
    /// It is not: takes back a claim of the same member before it in the same log.
    Withdraw,
}

/// The facts of `record/agent-claim`, whose subject is the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentClaimFacts {
    /// What is said.
    pub word: AgentWord,
}

facts!(AgentClaimFacts);

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_bounded_and_stands_in_no_fact() {
        let facts = AgentFacts { kind: AgentKind::Group };
        assert_eq!(AgentFacts::read(&facts.encode().unwrap()).unwrap(), facts);
        let name = |len: usize| AgentName { nonce: [1; 16], name: "n".repeat(len) };
        let longest = name(limits::AGENT_NAME_MAX);
        assert_eq!(AgentName::read(&longest.encode().unwrap()), Some(longest));
        assert!(name(limits::AGENT_NAME_MAX + 1).encode().is_err());
        assert!(AgentClaimFacts::read(&facts.encode().unwrap()).is_err());
    }
}

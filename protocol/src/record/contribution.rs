//! Contributions: who did what, for what, how much, when. A correction is a contribution that takes the place of another.
//!
//! Actions and quantities are those of Valueflows (<https://www.valueflo.ws/concepts/actions/>), name by name:
//!
//! | Here | Valueflows |
//! | --- | --- |
//! | `action` | `action` |
//! | `provider`, or `agent`; the author when both are absent | `provider` |
//! | `receiver` | `receiver` |
//! | `workshop` | `inScopeOf` |
//! | `quantity` | `effortQuantity` or `resourceQuantity`, as the action says ([`Carries`]) |
//! | `resource_quantity`, of `use` only | `resourceQuantity` |
//! | `resource` | `resourceConformsTo` |
//! | `happened` | `hasPointInTime`, or `hasBeginning` and `hasEnd` |
//! | `corrects` | `corrects` |
//! | the header's `at` | `created` |
//! | the entry's subject: a design, a procedure, a lot or a workshop | `inputOf`, `outputOf` |
//!
//! Not decided here: whether the workshop is the provider's, whether the resource exists. They are claims, and others
//! attest them.

use serde::{Deserialize, Serialize};

use super::facts;
use crate::canonical;
use crate::entry::EntryError;
use crate::id::{EntryId, SourceHash, WorkshopId};
use crate::key::MemberKey;
use crate::limits;
use crate::quantity::Quantity;

/// Which quantity an action carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    /// How long somebody worked.
    Effort,
    /// How long something was used, and how much of it where that is counted.
    Both,
    /// How much of something.
    Resource,
}

/// The actions that software offers, each with the quantity it carries. Another word is kept as it is: a newer version
/// may know it.
pub const ACTIONS: [(&str, Carries); 19] = [
    ("accept", Carries::Resource),
    ("cite", Carries::Resource),
    ("combine", Carries::Resource),
    ("consume", Carries::Resource),
    ("copy", Carries::Resource),
    ("deliverService", Carries::Resource),
    ("dropoff", Carries::Resource),
    ("lower", Carries::Resource),
    ("modify", Carries::Resource),
    ("move", Carries::Resource),
    ("pickup", Carries::Resource),
    ("produce", Carries::Resource),
    ("raise", Carries::Resource),
    ("separate", Carries::Resource),
    ("transfer", Carries::Resource),
    ("transferAllRights", Carries::Resource),
    ("transferCustody", Carries::Resource),
    ("use", Carries::Both),
    ("work", Carries::Effort),
];

/// Which quantity an action carries; of a resource when the action isn't known.
pub fn carries(action: &str) -> Carries {
    ACTIONS.iter().find(|(known, _)| *known == action).map_or(Carries::Resource, |(_, carries)| *carries)
}

/// The roles that software offers: those of all-contributors, and what workshops do beside. Another word is kept.
pub const ROLES: [&str; 40] = [
    "accessibility",
    "administration",
    "assembly",
    "audio",
    "blog",
    "bug",
    "business",
    "care",
    "code",
    "content",
    "data",
    "design",
    "documentation",
    "event-organizing",
    "example",
    "fabrication",
    "financial",
    "funding-finding",
    "hosting",
    "ideas",
    "infrastructure",
    "machine-time",
    "maintenance",
    "material",
    "mentoring",
    "platform",
    "plugin",
    "project-management",
    "promotion",
    "repair",
    "research",
    "review",
    "security",
    "talk",
    "testing",
    "tool",
    "training",
    "translation",
    "transport",
    "video",
];

/// What was worked with or made: a machine, a material, a part.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// What it is called, one line.
    pub name: String,
    /// The document or the release where it is described: a capacity sheet, a design.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<EntryId>,
}

/// When it was done, in ms since 1970. A claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Happened {
    /// At a moment, or on a day: its first.
    At(u64),
    /// From one moment to another.
    Span {
        /// Its beginning.
        from: u64,
        /// Its end, not before it.
        to: u64,
    },
}

impl Happened {
    /// When it was done, or began.
    pub fn begin(self) -> u64 {
        match self {
            Self::At(at) => at,
            Self::Span { from, .. } => from,
        }
    }

    /// When it was done, or ended.
    pub fn end(self) -> u64 {
        match self {
            Self::At(at) => at,
            Self::Span { to, .. } => to,
        }
    }
}

/// The facts of `record/contribution` and of `record/correction`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContributionFacts {
    /// The member who did it; the author, when this and `agent` are absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<MemberKey>,
    /// Somebody who is no member, or a group: their `record/agent`. Not together with `provider`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<EntryId>,
    /// The member whom it was for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<MemberKey>,
    /// The workshop in whose scope it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workshop: Option<WorkshopId>,
    /// What was done, one of [`ACTIONS`].
    pub action: String,
    /// How much: the quantity that the action [`Carries`]; of `use`, the effort.
    pub quantity: Quantity,
    /// Of `use`: how much was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_quantity: Option<Quantity>,
    /// What was worked with or made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Resource>,
    /// In what capacity, one of [`ROLES`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// When it was done; when it was written down, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened: Option<Happened>,
    /// The row or commit that it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceHash>,
    /// Of a correction: the contribution whose place it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<EntryId>,
}

facts!(ContributionFacts, check);

impl ContributionFacts {
    /// What somebody did, and how much; by the author, now.
    pub fn new(action: &str, quantity: Quantity) -> Self {
        Self {
            provider: None,
            agent: None,
            receiver: None,
            workshop: None,
            action: action.to_owned(),
            quantity,
            resource_quantity: None,
            resource: None,
            role: None,
            happened: None,
            source: None,
            corrects: None,
        }
    }

    fn check(&self) -> Result<(), EntryError> {
        let word =
            |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
        if !word(&self.action) || !self.role.as_deref().is_none_or(word) {
            return Err(EntryError::Unfit("action or role is not a word"));
        }
        if self.action.len() > limits::KIND_MAX
            || self.role.as_ref().is_some_and(|r| r.len() > limits::KIND_MAX)
        {
            return Err(EntryError::OverLimit { what: "action or role", limit: limits::KIND_MAX as u64 });
        }
        if self.provider.is_some() && self.agent.is_some() {
            return Err(EntryError::Unfit("contribution has two providers"));
        }
        if self.resource_quantity.is_some() && carries(&self.action) != Carries::Both {
            return Err(EntryError::Unfit("action carries one quantity, and there are two"));
        }
        if let Some(resource) = &self.resource {
            if resource.name.len() > limits::RESOURCE_MAX {
                return Err(EntryError::OverLimit {
                    what: "name of a resource",
                    limit: limits::RESOURCE_MAX as u64,
                });
            }
            if resource.name.trim().is_empty() || resource.name.chars().any(char::is_control) {
                return Err(EntryError::Unfit("name of a resource is not one line"));
            }
        }
        if let Some(happened) = self.happened {
            if happened.end() > limits::AT_MAX || happened.begin() > limits::AT_MAX {
                return Err(EntryError::OverLimit { what: "time when it happened", limit: limits::AT_MAX });
            }
            let length = happened.end().checked_sub(happened.begin());
            let length = length.ok_or(EntryError::Unfit("contribution ends before it begins"))?;
            if length > limits::CONTRIBUTION_SPAN_MAX {
                return Err(EntryError::OverLimit {
                    what: "length of a contribution",
                    limit: limits::CONTRIBUTION_SPAN_MAX,
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::key::SecretKey;

    #[test]
    fn facts_are_read_as_written_and_refused_when_they_are_not() {
        let facts = ContributionFacts {
            happened: Some(Happened::Span { from: 1, to: 2 }),
            resource: Some(Resource { name: "Laser cutter".into(), of: Some(EntryId([3; 32])) }),
            resource_quantity: Some("1 {piece}".parse().unwrap()),
            role: Some("fabrication".into()),
            source: Some(SourceHash([4; 32])),
            ..ContributionFacts::new("use", "1.50 h".parse().unwrap())
        };
        assert_eq!(ContributionFacts::read(&facts.encode().unwrap()).unwrap(), facts);
        let provider = Some(SecretKey::from_seed(&[1; 32]).member());
        let resource = |name: &str| Some(Resource { name: name.into(), of: None });
        let broken: [ContributionFacts; 9] = [
            ContributionFacts { action: "wörk".into(), ..facts.clone() },
            ContributionFacts { action: "work".into(), ..facts.clone() },
            ContributionFacts { role: Some(String::new()), ..facts.clone() },
            ContributionFacts { provider, agent: Some(EntryId([1; 32])), ..facts.clone() },
            ContributionFacts { happened: Some(Happened::At(u64::MAX)), ..facts.clone() },
            ContributionFacts { happened: Some(Happened::Span { from: 2, to: 1 }), ..facts.clone() },
            ContributionFacts {
                happened: Some(Happened::Span { from: 0, to: limits::AT_MAX }),
                ..facts.clone()
            },
            ContributionFacts { resource: resource("a\nb"), ..facts.clone() },
            ContributionFacts { resource: resource(&"n".repeat(limits::RESOURCE_MAX + 1)), ..facts },
        ];
        for (number, facts) in broken.iter().enumerate() {
            assert!(facts.encode().is_err(), "{number}");
            assert!(ContributionFacts::read(&canonical::encode(facts).unwrap()).is_err(), "{number}");
        }
        assert!(ContributionFacts::read(b"\xa0").is_err());
    }

    #[test]
    fn every_action_and_role_is_a_word_and_listed_once() {
        assert!(ACTIONS.is_sorted_by_key(|(action, _)| *action) && ROLES.is_sorted_by(|a, b| a < b));
        for role in ROLES {
            let facts = ContributionFacts {
                role: Some(role.into()),
                ..ContributionFacts::new("work", "1 h".parse().unwrap())
            };
            assert!(facts.encode().is_ok(), "{role}");
        }
    }
}

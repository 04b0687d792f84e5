//! The rule of acceptance (`docs/design.md`, section 4): what counts of what is held.
//!
//! - An entry has *right* when a membership that stands, in its past, covers its kind and subject.
//! - A document entry counts when it has right, or lies in the `deps` past of one that has.
//! - A record counts when it has right, or when a confirmation with right, by a member of another
//!   workshop than its author's, names it.
//! - What is held and doesn't count is *parked*, with its reason, without effect.
//!
//! The functions here answer for one entry. [`crate::replica`] applies them as entries arrive;
//! `reference` replays the rules from the raw set, written apart, and must agree.

use serde::{Deserialize, Serialize};

use crate::authority::{Authority, Membership, NotHolding};
use crate::entry::Gist;
use crate::id::{EntryId, MembershipId, WorkshopId};
use crate::key::MemberKey;

/// Whether an entry that is held counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It counts.
    Accepted,
    /// It is kept and shown, without effect.
    Parked(Reason),
}

impl Verdict {
    /// Whether it counts.
    pub fn counts(self) -> bool {
        self == Verdict::Accepted
    }
}

/// Why an entry that is held doesn't count.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error,
)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// An operation that doesn't hold.
    #[error("{0}")]
    Operation(NotHolding),
    /// No standing membership of its author, in its past, has a role that covers it.
    #[error("its author has no membership, in its past, with a role that covers it")]
    NoRight,
    /// Its author's workshops don't keep the document: it is a proposal.
    #[error("its author's workshop does not keep this document: it is a proposal until a keeper takes it in")]
    Proposal,
    /// The document's own first entry doesn't count.
    #[error("the document that it changes does not count itself")]
    NoDocument,
    /// It speaks for a node that isn't bound to its author's workshop.
    #[error("the node that it speaks for is not bound to its author's workshop")]
    NotBound,
    /// A kind or rules level that this version doesn't know.
    #[error("this version does not know its kind or rules level; a newer one will judge it")]
    Unknown,
}

/// What one work entry's right is judged from.
pub struct Work<'a> {
    /// Who signs it.
    pub author: MemberKey,
    /// What it says.
    pub gist: &'a Gist,
    /// Whether an operation lies in its past.
    pub past: &'a dyn Fn(&EntryId) -> bool,
    /// For a change of a document: the workshop that keeps it, when its first entry counts.
    pub keeper: Option<WorkshopId>,
}

impl Work<'_> {
    /// Whether the entry has right by itself; adoption is the replica's business.
    ///
    /// # Errors
    /// Why it has none.
    pub fn right(&self, authority: &Authority) -> Result<(), Reason> {
        let granted = |covers: &dyn Fn(&MembershipId, &Membership) -> bool| {
            self.memberships(authority).any(|(id, m)| covers(id, m))
        };
        let given = |granted, reason| if granted { Ok(()) } else { Err(reason) };
        match self.gist {
            Gist::Create { under } => {
                given(granted(&|id, m| id == under && m.role.writes()), Reason::NoRight)
            }
            Gist::Edit => {
                let keeper = self.keeper.ok_or(Reason::NoDocument)?;
                given(granted(&|_, m| m.role.writes()), Reason::NoRight)?;
                given(granted(&|_, m| m.role.writes() && m.workshop == keeper), Reason::Proposal)
            }
            Gist::Contribution | Gist::Decline => given(granted(&|_, m| m.role.writes()), Reason::NoRight),
            Gist::Attestation { .. } | Gist::ForkHealed { .. } => {
                given(granted(&|_, _| true), Reason::NoRight)
            }
            Gist::Addresses { peer } => {
                let bound = authority.nodes.get(peer);
                let here = |workshop| {
                    bound.is_some_and(|all| {
                        all.iter().any(|b| b.workshop == workshop && (self.past)(&b.entry))
                    })
                };
                given(granted(&|_, m| here(m.workshop)), Reason::NotBound)
            }
            Gist::Operation(_) | Gist::Unknown => Err(Reason::Unknown),
        }
    }

    /// The author's memberships that stand and lie in the entry's past.
    fn memberships<'a>(
        &'a self,
        authority: &'a Authority,
    ) -> impl Iterator<Item = (&'a MembershipId, &'a Membership)> {
        authority.memberships_of(self.author).filter(|(id, _)| (self.past)(id))
    }

    /// The workshops that the author speaks for here.
    pub fn workshops(&self, authority: &Authority) -> Vec<WorkshopId> {
        self.memberships(authority).map(|(_, m)| m.workshop).collect()
    }
}

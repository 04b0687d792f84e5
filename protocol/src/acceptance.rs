//! The rule of acceptance (`docs/trust.md`, Acceptance): what counts of what is held.
//!
//! - An entry has *right* when a membership that stands, in its past, covers its kind and subject.
//! - A document entry counts when it has right, or lies in the `deps` past of one that has.
//! - A record counts when it has right, or when a confirmation with right, by a member of another
//!   workshop than its author's, names it.
//! - What is held and doesn't count is *parked*, with its reason, without effect.
//!
//! `Rights` answers for one entry. [`crate::replica`] applies it as entries arrive; `reference` replays the
//! rules from the raw set, written apart, and must agree.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::authority::graph::{Act, Grant, Graph, Ground, Number, Tree};
use crate::authority::past::OperationSet;
use crate::authority::verdict::{Fault, Verdict as Authority};
use crate::authority::{NodeBinding, NotHolding};
use crate::chain::Position;
use crate::entry::Gist;
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
    /// It lies beyond the cut of a removal.
    #[error("it lies beyond the cut of a removal of its author")]
    Cut,
    /// It is signed by an old key, beyond the cut of its rotation.
    #[error("it is signed by a key that was rotated away, beyond the cut of the rotation")]
    Rotated,
    /// It speaks for a node that isn't bound to its author's workshop.
    #[error("the node that it speaks for is not bound to its author's workshop")]
    NotBound,
    /// A kind or rules level that this version doesn't know.
    #[error("this version does not know its kind or rules level; a newer one will judge it")]
    Unknown,
}

/// One work entry, as its right is judged.
pub(crate) struct Work<'a> {
    pub author: MemberKey,
    pub gist: &'a Gist,
    /// The operations in its past.
    pub past: &'a OperationSet,
    pub position: Position,
    /// For a change of a document whose first entry counts: the document, and the workshop that created it.
    pub document: Option<Tree>,
}

/// Which charter settled what of the work.
#[derive(Debug, Default)]
pub(crate) struct Settlements(HashMap<u32, Vec<(u64, Number)>>);

impl Settlements {
    /// What the charters of a chain settle, the oldest first.
    pub fn of(graph: &Graph, chain: &[Number]) -> Self {
        let mut branches: HashMap<u32, Vec<(u64, Number)>> = HashMap::new();
        for charter in chain {
            let Some(node) = graph.node(*charter) else { continue };
            for (branch, far) in node.reach.branches() {
                let settled = branches.entry(branch).or_default();
                if settled.last().is_none_or(|(before, _)| *before < far) {
                    settled.push((far, *charter));
                }
            }
        }
        Self(branches)
    }

    /// The first charter that settled what lies at a position.
    pub fn settled(&self, position: Position) -> Option<Number> {
        let settled = self.0.get(&position.branch())?;
        let first = settled.partition_point(|(far, _)| *far < position.seq());
        settled.get(first).map(|(_, charter)| *charter)
    }
}

/// A membership of an entry's author, and whether it covers the entry.
struct Held<'a> {
    number: Number,
    grant: &'a Grant,
    workshop: Number,
    /// Whether it reaches the entry by the heads that it names.
    by_heads: bool,
    clear: Result<(), Fault>,
}

/// What the rights of work are judged by.
pub(crate) struct Rights<'a> {
    pub graph: &'a Graph,
    pub authority: &'a Authority,
    pub settlements: &'a Settlements,
    pub nodes: &'a std::collections::BTreeMap<Vec<u8>, Vec<NodeBinding>>,
}

impl Rights<'_> {
    /// The membership by which an entry has right; adoption is the replica's business.
    ///
    /// # Errors
    /// Why it has none.
    pub fn right(&self, work: &Work<'_>) -> Result<Number, Reason> {
        let writes = |held: &Held<'_>| held.grant.role.writes();
        match work.gist {
            Gist::Create { under } => {
                let under = self.graph.number(under).filter(|under| work.past.contains(*under));
                let workshop = under.and_then(|n| self.graph.grant(n)).and_then(|g| g.workshop);
                self.granted(work, |held| {
                    let named = Some(held.number) == under;
                    writes(held) && (named || held.by_heads && Some(held.workshop) == workshop)
                })
            }
            Gist::Edit => {
                let tree = work.document.ok_or(Reason::NoDocument)?;
                self.granted(work, writes)?;
                let keepers = self.keepers(tree, work);
                self.granted(work, |held| writes(held) && keepers.contains(&held.workshop))
                    .map_err(|_| Reason::Proposal)
            }
            Gist::Contribution
            | Gist::Ledger
            | Gist::Booking
            | Gist::Decline
            | Gist::Procedure
            | Gist::Release => self.granted(work, writes),
            Gist::Attestation { .. } | Gist::ForkHealed { .. } => self.granted(work, |_| true),
            Gist::Addresses { peer } => {
                self.granted(work, |_| true)?;
                let bindings = self.nodes.get(peer).into_iter().flatten();
                let known = bindings.filter_map(|b| self.graph.number(&b.entry));
                let known = known.filter(|binding| work.past.contains(*binding));
                let here: BTreeSet<_> =
                    known.filter_map(|binding| self.graph.node(binding).and_then(|b| b.workshop)).collect();
                self.granted(work, |held| here.contains(&held.workshop)).map_err(|_| Reason::NotBound)
            }
            Gist::Operation(_) | Gist::Unknown => Err(Reason::Unknown),
        }
    }

    /// A membership of the author that covers the entry and fits.
    fn granted(&self, work: &Work<'_>, fits: impl Fn(&Held<'_>) -> bool) -> Result<Number, Reason> {
        let mut reason = Reason::NoRight;
        for held in self.held(work).filter(|held| fits(held)) {
            match held.clear {
                Ok(()) => return Ok(held.number),
                Err(Fault::Rotated(_)) if reason == Reason::NoRight => reason = Reason::Rotated,
                Err(Fault::Struck(_)) => reason = Reason::Cut,
                Err(_) => {}
            }
        }
        Err(reason)
    }

    /// The memberships that hold and are the author's where the entry stands, struck there or not.
    fn held<'a>(&'a self, work: &'a Work<'_>) -> impl Iterator<Item = Held<'a>> {
        self.graph.grants_of(&work.author).iter().filter_map(move |number| {
            let node = self.graph.node(*number).filter(|_| self.authority.holds.contains(*number))?;
            let grant = node.grant()?;
            let workshop = grant.workshop?;
            let by_heads = grant.key == work.author && node.reach.covers(work.position);
            let in_past =
                work.past.contains(*number) && self.graph.is_holder(*number, &work.author, work.past);
            let clear = self.clear(*number, work);
            (by_heads || in_past).then_some(Held { number: *number, grant, workshop, by_heads, clear })
        })
    }

    /// Whether no removal and no rotation takes a membership from under an entry.
    fn clear(&self, membership: Number, work: &Work<'_>) -> Result<(), Fault> {
        if let Some(r) = self.striking(Ground::Membership(membership), work) {
            return Err(Fault::Struck(r));
        }
        let rotated = self.graph.rotations(membership).iter().copied().find(|r| {
            self.graph.node(*r).is_some_and(|node| node.author == work.author) && self.reaches(*r, work)
        });
        rotated.map_or(Ok(()), |r| Err(Fault::Rotated(r)))
    }

    /// The removal that holds, strikes a ground, and reaches an entry.
    fn striking(&self, ground: Ground, work: &Work<'_>) -> Option<Number> {
        self.graph.strikers(ground).find(|r| self.authority.holds.contains(*r) && self.reaches(*r, work))
    }

    /// Whether an entry lies beyond a cut, which the charter that settled the entry, if any, knew.
    fn reaches(&self, cutting: Number, work: &Work<'_>) -> bool {
        let beyond = self.graph.node(cutting).is_some_and(|node| !node.reach.covers(work.position));
        beyond
            && self.settlements.settled(work.position).is_none_or(|charter| {
                self.graph.node(charter).is_some_and(|charter| charter.past.contains(cutting))
            })
    }

    /// The workshops that keep a document, for an entry.
    pub fn keepers(&self, tree: Tree, work: &Work<'_>) -> BTreeSet<Number> {
        let creator = self.striking(Ground::Creation(tree), work).is_none().then_some(tree.1);
        let granted = self.graph.keepings(&tree).iter().filter_map(|keeping| {
            let holds = self.authority.holds.contains(*keeping) && work.past.contains(*keeping);
            let kept = holds && self.striking(Ground::Keeping(*keeping), work).is_none();
            match self.graph.node(*keeping).map(|node| &node.act) {
                Some(Act::Keep { workshop, .. }) if kept => Some(*workshop),
                _ => None,
            }
        });
        creator.into_iter().chain(granted).collect()
    }

    /// The workshops that an author speaks for at an entry.
    pub fn workshops(&self, work: &Work<'_>) -> BTreeSet<Number> {
        self.held(work).filter(|held| held.clear.is_ok()).map(|held| held.workshop).collect()
    }

    /// The workshops that an author was ever admitted to in an entry's past.
    pub fn homes(&self, work: &Work<'_>) -> BTreeSet<Number> {
        self.graph.homes(&work.author, work.past)
    }

    /// The removals and rotations that take an entry's right away.
    pub fn cut_by(&self, work: &Work<'_>) -> BTreeSet<Number> {
        let cut = self.held(work).filter(|held| held.clear.is_err());
        let cutting = cut.flat_map(|held| {
            let ground = Ground::Membership(held.number);
            let holding = self.graph.strikers(ground).filter(|r| self.authority.holds.contains(*r));
            let rotations = self.graph.rotations(held.number).iter().copied();
            let own = rotations.filter(|r| self.graph.node(*r).is_some_and(|r| r.author == work.author));
            holding.chain(own).collect::<Vec<_>>()
        });
        cutting.filter(|r| self.reaches(*r, work)).collect()
    }
}

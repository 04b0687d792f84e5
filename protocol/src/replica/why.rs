//! Why an entry counts, or doesn't: for people who ask, step by step.
//!
//! An entry that counts does so by a chain of rights that ends in the founding entry. One that doesn't is held
//! up by one cause, which is named so that somebody can do something about it.

use std::collections::BTreeSet;

use super::{Held, Replica};
use crate::acceptance::{Reason, Verdict};
use crate::authority::graph::{Act, Ground, Number};
use crate::authority::judge::Judge;
use crate::authority::operation::Operation;
use crate::authority::verdict::Fault;
use crate::entry::{Class, Gist};
use crate::id::{EntryId, MembershipId};

/// By what an entry counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    /// It founds the federation.
    Founding,
    /// Its author has the right by this membership.
    Membership(MembershipId),
    /// A motion: its author has the right by this membership, and these votes carried it.
    Carried {
        /// The membership.
        under: MembershipId,
        /// The votes, its own left out, sorted.
        votes: Vec<EntryId>,
    },
    /// A keeper built on it: it was taken in with this entry.
    TakenIn(EntryId),
    /// This confirmation from another workshop names it.
    Confirmed(EntryId),
    /// It is a removal in a circle: it holds, though the others of the circle strike it.
    Circle(MembershipId),
}

/// One step of the chain of rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The entry.
    pub entry: EntryId,
    /// By what it counts.
    pub because: Because,
    /// The charter that settled it, if one did.
    pub settled: Option<EntryId>,
}

/// What holds an entry up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The reason for which it is parked.
    pub reason: Reason,
    /// The removal beyond whose cut it lies, or the rotation.
    pub cut_by: Option<EntryId>,
    /// For an operation: what it acts under, when that does not hold itself.
    pub rests_on: Option<EntryId>,
}

impl Replica {
    /// The chain of rights of an entry that counts, from it back to the founding entry; none for one that doesn't.
    pub fn why(&self, id: &EntryId) -> Option<Vec<Step>> {
        let mut steps = Vec::new();
        let mut seen = BTreeSet::new();
        let mut next = Some(*id);
        while let Some(entry) = next.filter(|entry| seen.insert(*entry)) {
            let held = self.get(&entry).filter(|held| held.verdict.counts())?;
            let because = self.because(held)?;
            next = match &because {
                Because::Founding => None,
                Because::Membership(under) | Because::Carried { under, .. } | Because::Circle(under) => {
                    Some(*under)
                }
                Because::TakenIn(by) | Because::Confirmed(by) => Some(*by),
            };
            steps.push(Step { entry, because, settled: self.settled_by(held) });
        }
        Some(steps)
    }

    fn because(&self, held: &Held) -> Option<Because> {
        if held.header.kind.class().is_operation() {
            return self.operation_because(self.graph.number(&held.id)?);
        }
        let work = self.work(held, |first| first.right);
        if let Some(Ok(membership)) = self.rights(|rights| rights.right(&work)) {
            return self.graph.id(membership).map(Because::Membership);
        }
        if held.header.kind.class() == Class::Document {
            return self.taken_in(held).map(Because::TakenIn);
        }
        let home = self.rights(|rights| rights.homes(&work))?;
        let words = self.attestations.get(&held.id).into_iter().flatten();
        let mut words = words.filter_map(|place| self.held.get(*place));
        let confirms = |word: &&Held| {
            let said = self.work(word, |first| first.right);
            word.right
                && word.gist == Gist::Attestation { confirms: true }
                && self.rights(|rights| !rights.workshops(&said).is_subset(&home)).unwrap_or(false)
        };
        words.find(confirms).map(|word| Because::Confirmed(word.id))
    }

    /// The first entry with right that builds on this one.
    fn taken_in(&self, held: &Held) -> Option<EntryId> {
        let mut built: BTreeSet<EntryId> = BTreeSet::from([held.id]);
        for later in self.document(held.header.subject.as_ref()?) {
            if later.header.deps.iter().any(|dep| built.contains(dep)) {
                if later.right {
                    return Some(later.id);
                }
                built.insert(later.id);
            }
        }
        None
    }

    fn operation_because(&self, number: Number) -> Option<Because> {
        let node = self.graph.node(number)?;
        if matches!(node.operation, Some(Operation::Found(_))) {
            return Some(Because::Founding);
        }
        let under = node.operation.as_ref()?.under()?;
        let judge = self.judge.as_ref()?;
        if node.is_motion() {
            let votes = self.graph.votes(number).iter().filter(|vote| judge.verdict().holds.contains(**vote));
            let mut votes: Vec<_> = votes.filter_map(|vote| self.graph.id(*vote)).collect();
            votes.sort_unstable();
            return Some(Because::Carried { under, votes });
        }
        // Were it judged alone, its right would fail; that it holds is the circle's doing, or its charter's.
        let tangled = node.strikes()
            && judge.fault(&self.graph, number).is_some()
            && self.settled_operation(number).is_none();
        Some(if tangled { Because::Circle(under) } else { Because::Membership(under) })
    }

    /// The first charter of those followed that settled an entry.
    pub fn settled_by(&self, held: &Held) -> Option<EntryId> {
        let charter = match self.graph.number(&held.id) {
            Some(number) => self.settled_operation(number),
            None => self.settlements.settled(held.position),
        };
        charter.and_then(|charter| self.graph.id(charter)).filter(|charter| *charter != self.federation)
    }

    fn settled_operation(&self, number: Number) -> Option<Number> {
        let newest = self.judge.as_ref()?.followed().charter;
        let chain = crate::authority::charter::chain(&self.graph, newest);
        chain.into_iter().find(|c| self.graph.node(*c).is_some_and(|c| c.past.contains(number)))
    }

    /// What holds an entry up that is parked; none for one that counts.
    pub fn cause(&self, id: &EntryId) -> Option<Cause> {
        let held = self.get(id)?;
        let Verdict::Parked(reason) = held.verdict else { return None };
        let cutting: BTreeSet<Number> = match self.graph.number(id) {
            Some(number) => {
                let fault = self.judge.as_ref().and_then(|judge| judge.fault(&self.graph, number));
                fault.into_iter().filter_map(Fault::by).collect()
            }
            None if matches!(reason, Reason::Cut | Reason::Rotated | Reason::Proposal) => {
                let work = self.work(held, |first| first.right);
                self.rights(|rights| rights.cut_by(&work)).unwrap_or_default()
            }
            None => BTreeSet::new(),
        };
        // Of several, people want to hear of the last, by what its author says; ids only make it one.
        let cut_by = cutting.into_iter().filter_map(|n| self.graph.id(n));
        let cut_by = cut_by.max_by_key(|id| (self.get(id).map(|held| held.header.at), *id));
        let rests_on = self.graph.number(id).and_then(|number| self.void_ground(number));
        Some(Cause { reason, cut_by, rests_on })
    }

    /// What an operation rests on and does not hold.
    fn void_ground(&self, number: Number) -> Option<EntryId> {
        let holds = &self.judge.as_ref().map(Judge::verdict)?.holds;
        let grounds = self.graph.node(number)?.rests.iter();
        let void = grounds.filter_map(|ground| match ground {
            Ground::Membership(n) | Ground::Keeping(n) => Some(*n),
            Ground::Workshop(_) | Ground::Creation(_) => None,
        });
        { void }.find(|n| !holds.contains(*n)).and_then(|n| self.graph.id(n))
    }

    /// The role and workshop that a membership gives, whether it stands or not.
    pub fn grants(&self, membership: &MembershipId) -> Option<(crate::authority::Role, EntryId)> {
        let grant = self.graph.number(membership).and_then(|n| self.graph.grant(n))?;
        Some((grant.role, self.graph.id(grant.workshop?)?))
    }

    /// Whether an entry in the graph of operations is a charter that is held and in order.
    pub fn is_charter(&self, id: &EntryId) -> bool {
        let node = self.graph.number(id).and_then(|n| self.graph.node(n));
        node.is_some_and(|node| matches!(node.act, Act::Charter { .. }))
    }
}

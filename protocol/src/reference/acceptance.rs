//! Sections "Work behind a charter", "Acceptance" and "Nodes, names, redaction" of `docs/trust.md`: what counts.

use std::collections::BTreeSet;

use super::held::{Fact, Held, Set};
use super::order::Tree;
use super::strike::{Ground, rotates};
use super::verdict::{Verdict, is_removal};
use crate::authority::Role;
use crate::authority::operation::Operation;
use crate::entry::{Class, Gist, Kind};
use crate::id::{DocumentId, EntryId, MembershipId, WorkshopId};

const WRITES: &[Role] = &[Role::Steward, Role::Maker];
const ANY: &[Role] = &[Role::Steward, Role::Maker, Role::Auditor];

/// What counts, by what holds.
pub(super) struct Acceptance<'h> {
    held: &'h Held<'h>,
    verdict: &'h Verdict,
    /// The charters followed, the first one first.
    chain: Vec<EntryId>,
    /// Removals that hold, and rotations in order.
    removals: Vec<&'h Fact<'h>>,
    rotations: Vec<&'h Fact<'h>>,
}

impl<'h> Acceptance<'h> {
    pub fn new(held: &'h Held<'h>, verdict: &'h Verdict, charter: EntryId) -> Self {
        let rotates = |f: &&Fact<'_>| matches!(f.operation(), Some(Operation::Rotate(_)));
        Self {
            held,
            verdict,
            chain: held.chain(charter),
            removals: held.among(&verdict.holds).filter(|f| is_removal(f)).collect(),
            rotations: held.among(&held.in_order).filter(rotates).collect(),
        }
    }

    /// The charter that settles a work entry: the first of the chain that names a head which it is at or behind.
    fn settled_by(&self, id: &EntryId) -> Option<EntryId> {
        let names = |charter: &&EntryId| {
            self.held.charter(charter).is_some_and(|c| self.held.is_behind(id, &c.heads))
        };
        self.chain.iter().find(names).copied()
    }

    /// Whether a removal or a rotation reaches an entry: it lies beyond the cut, and if a charter settles it, the cut
    /// was in that charter's past.
    fn reaches(&self, cut: &Fact<'_>, entry: &EntryId) -> bool {
        let knew = |charter: EntryId| self.held.is_in_past(&cut.id(), &charter);
        self.held.is_beyond(entry, cut) && self.settled_by(entry).is_none_or(knew)
    }

    fn is_struck(&self, ground: Ground, entry: &EntryId) -> bool {
        self.removals.iter().any(|r| self.held.strikes(r, ground) && self.reaches(r, entry))
    }

    /// Whether a membership covers a work entry, and whether by its heads alone is asked for.
    fn covers(&self, membership: &MembershipId, entry: &Fact<'_>, roles: &[Role], by_heads: bool) -> bool {
        let Some(grant) = self.held.grant(membership) else { return false };
        let named = grant.key == entry.author() && self.held.is_behind(&entry.id(), grant.heads);
        self.verdict.holds.contains(membership)
            && roles.contains(&grant.role)
            && (named || !by_heads && self.held.is_holder(membership, entry))
            && !self.is_struck(Ground::Membership(*membership), &entry.id())
            && !self.rotations.iter().any(|r| rotates(r, membership, entry) && self.reaches(r, &entry.id()))
    }

    /// The workshops of the memberships that cover an entry.
    fn workshops(&self, entry: &Fact<'_>, roles: &[Role]) -> BTreeSet<WorkshopId> {
        let covering = self.verdict.holds.iter().filter(|m| self.covers(m, entry, roles, false));
        covering.filter_map(|m| self.held.grant(m)).map(|g| g.workshop).collect()
    }

    /// The claim that is true of a document: the workshop of the membership that its first entry names.
    fn tree(&self, document: &DocumentId) -> Option<Tree> {
        let first = self.held.get(document)?;
        let Gist::Create { under } = &first.gist else { return None };
        let grant = self.held.grant(under).filter(|_| first.past.contains(under))?;
        Some((grant.workshop, *document))
    }

    /// Whether an entry counts by itself.
    fn has_right(&self, entry: &Fact<'_>) -> bool {
        match &entry.gist {
            Gist::Create { under } => self.tree(&entry.id()).is_some_and(|(workshop, _)| {
                let mut again = self.verdict.holds.iter().filter(|m| {
                    self.held.grant(m).is_some_and(|g| g.workshop == workshop)
                        && self.covers(m, entry, WRITES, true)
                });
                self.covers(under, entry, WRITES, false) || again.next().is_some()
            }),
            Gist::Edit => {
                let document = entry.entry.header().subject.and_then(|d| self.held.get(&d));
                document.filter(|d| self.has_right(d)).is_some_and(|document| {
                    let workshops = self.workshops(entry, WRITES);
                    self.keepers(&document.id(), entry).intersection(&workshops).next().is_some()
                })
            }
            Gist::Contribution
            | Gist::Ledger
            | Gist::Booking
            | Gist::Decline
            | Gist::Procedure
            | Gist::Release => !self.workshops(entry, WRITES).is_empty(),
            Gist::Attestation { .. } | Gist::ForkHealed { .. } => !self.workshops(entry, ANY).is_empty(),
            Gist::Addresses { peer } => {
                let bound = self.bindings().filter(|(b, p, _)| p == peer && entry.past.contains(b));
                let bound: BTreeSet<WorkshopId> = bound.map(|(_, _, workshop)| workshop).collect();
                bound.intersection(&self.workshops(entry, ANY)).next().is_some()
            }
            Gist::Operation(_) | Gist::Unknown => false,
        }
    }

    /// The grants of a document's true tree, its creation first.
    fn keeper_grants(&self, document: &DocumentId) -> Vec<(Ground, WorkshopId)> {
        let Some(tree) = self.tree(document) else { return Vec::new() };
        let mut grants = vec![(Ground::Creation(tree), tree.0)];
        for fact in self.held.among(&self.verdict.holds) {
            if let Some(Operation::AddKeeper(op)) = fact.operation()
                && self.held.tree_in_order(fact) == Some(tree)
            {
                grants.push((Ground::Keeper(fact.id()), op.workshop));
            }
        }
        grants
    }

    /// The workshops that keep a document for an entry.
    fn keepers(&self, document: &DocumentId, entry: &Fact<'_>) -> BTreeSet<WorkshopId> {
        let known = |ground: &Ground| match ground {
            Ground::Keeper(id) => entry.past.contains(id),
            _ => true,
        };
        let grants = self.keeper_grants(document).into_iter();
        grants.filter(|(g, _)| known(g) && !self.is_struck(*g, &entry.id())).map(|(_, w)| w).collect()
    }

    /// The workshops that keep a document now.
    pub fn keepers_standing(&self, document: &DocumentId) -> BTreeSet<WorkshopId> {
        let struck = |ground: Ground| self.removals.iter().any(|r| self.held.strikes(r, ground));
        self.keeper_grants(document).into_iter().filter(|(g, _)| !struck(*g)).map(|(_, w)| w).collect()
    }

    /// The bindings of nodes that are not ended: the operation, the node, and its workshop.
    pub fn bindings(&self) -> impl Iterator<Item = (EntryId, Vec<u8>, WorkshopId)> {
        let standing = self.held.workshops_standing(self.verdict);
        let workshop = |f: &Fact<'_>| self.held.acts_under(f).map(|(_, grant)| grant.workshop);
        self.held.among(&self.verdict.holds).filter_map(move |fact| {
            let Some(Operation::BindNode(op)) = fact.operation() else { return None };
            let at = workshop(fact).filter(|w| standing.contains(w))?;
            let ended = self.held.among(&self.verdict.holds).any(|f| {
                matches!(f.operation(), Some(Operation::UnbindNode(o)) if o.peer == op.peer)
                    && workshop(f) == Some(at)
                    && f.past.contains(&fact.id())
            });
            (!ended).then(|| (fact.id(), op.peer.to_vec(), at))
        })
    }

    /// The entries whose personal part a redaction takes away, and those of them that are forgotten.
    pub fn redacted(&self) -> (Set, Set) {
        let (mut redacted, mut forgotten) = (Set::new(), Set::new());
        let settled = self.chain.last().map(|newest| self.held.settled(newest)).unwrap_or_default();
        for fact in self.held.facts.values() {
            let Some(named) = fact.operation().and_then(Operation::redacts) else { continue };
            let Some(entry) = self.held.get(&named) else { continue };
            let own = entry.author() == fact.author();
            let of_workshop = self.held.acts_under(fact).is_some_and(|(_, acting)| {
                acting.role == Role::Steward && self.was_admitted(entry).contains(&acting.workshop)
            });
            let by_motion = matches!(fact.operation(), Some(Operation::RedactByMotion(_)));
            let speaks = (by_motion || of_workshop) && self.verdict.holds.contains(&fact.id());
            if own || speaks {
                redacted.insert(named);
            }
            if own || speaks && settled.holds.contains(&fact.id()) {
                forgotten.insert(named);
            }
        }
        (redacted, forgotten)
    }

    /// The workshops that an entry's author was ever admitted to in its past.
    fn was_admitted(&self, entry: &Fact<'_>) -> BTreeSet<WorkshopId> {
        let grants = self.held.among(&entry.past).filter(|g| self.held.is_holder(&g.id(), entry));
        grants.filter_map(|g| self.held.grant(&g.id())).map(|g| g.workshop).collect()
    }

    /// All that counts.
    pub fn accepted(&self) -> Set {
        let mut accepted = self.verdict.holds.clone();
        let work = self.held.facts.values().filter(|f| f.class() != Class::Operation);
        for entry in work.filter(|f| self.has_right(f)) {
            accepted.insert(entry.id());
            if entry.class() == Class::Document {
                accepted.extend(self.adopted(entry));
            }
            accepted.extend(self.confirmed(entry));
        }
        accepted
    }

    /// The `deps` past of an entry; the first entry of a document is never taken in.
    fn adopted(&self, entry: &Fact<'_>) -> Set {
        let mut adopted = Set::new();
        let mut todo = entry.entry.header().deps.clone();
        while let Some(dep) = todo.pop() {
            let Some(dep) = self.held.get(&dep) else { continue };
            if dep.entry.header().kind.as_str() != Kind::CREATE && adopted.insert(dep.id()) {
                todo.extend(&dep.entry.header().deps);
            }
        }
        adopted
    }

    /// The record that a confirmation with right makes count.
    fn confirmed(&self, entry: &Fact<'_>) -> Option<EntryId> {
        if entry.gist != (Gist::Attestation { confirms: true }) {
            return None;
        }
        let record = self.held.get(&entry.entry.header().subject?)?;
        let counts = record.class() == Class::Record
            && record.gist != Gist::Unknown
            && self.workshops(entry, ANY).difference(&self.was_admitted(record)).next().is_some();
        counts.then(|| record.id())
    }
}

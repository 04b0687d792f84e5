//! Section "Definitions" of `docs/trust.md`: grants, holders, trees, and what is in order. All of it is decided
//! by an operation and its own past.

use std::collections::{BTreeMap, BTreeSet};

use super::held::{Fact, Held, Set};
use crate::authority::Role;
use crate::authority::operation::{AddKeeper, Operation};
use crate::id::{DocumentId, EntryId, MembershipId, WorkshopId};
use crate::key::{KeyCommitment, MemberKey};

/// A grant: one membership, of one key, in one workshop, with one role.
pub(super) struct Grant<'a> {
    pub key: MemberKey,
    pub next: KeyCommitment,
    pub role: Role,
    pub workshop: WorkshopId,
    /// Heads of work logs that stand again under it.
    pub heads: &'a [EntryId],
}

/// The claim "this workshop created this document", to which operations about keepers go back.
pub(super) type Tree = (WorkshopId, DocumentId);

impl Held<'_> {
    /// The membership that an operation in order grants, if it grants one. That of an admission is in the workshop
    /// of the membership that its author acts under.
    pub fn grant(&self, id: &MembershipId) -> Option<Grant<'_>> {
        let fact = self.get(id).filter(|_| self.in_order.contains(id))?;
        let steward = |key, next, workshop| Grant { key, next, role: Role::Steward, workshop, heads: &[] };
        match fact.operation()? {
            Operation::Found(op) => Some(steward(fact.author(), op.next, *id)),
            Operation::AdmitWorkshop(op) => Some(steward(op.key, op.next, *id)),
            Operation::GiveSteward(op) => Some(steward(op.key, op.next, op.workshop)),
            Operation::AdmitMember(op) => Some(Grant {
                key: op.key,
                next: op.next,
                role: op.role,
                workshop: self.grant(&op.under)?.workshop,
                heads: &op.heads,
            }),
            _ => None,
        }
    }

    /// The holders of a membership in a past, each with the commitments to its next key that were named for it.
    pub fn holders(
        &self,
        membership: &MembershipId,
        past: &Set,
    ) -> BTreeMap<MemberKey, BTreeSet<KeyCommitment>> {
        let Some(grant) = self.grant(membership).filter(|_| past.contains(membership)) else {
            return BTreeMap::new();
        };
        let mut holders = BTreeMap::from([(grant.key, BTreeSet::from([grant.next]))]);
        loop {
            let mut found = false;
            for fact in self.among(past) {
                if let Some(Operation::Rotate(rotate)) = fact.operation()
                    && rotate.membership == *membership
                    && holders
                        .get(&fact.author())
                        .is_some_and(|named| named.contains(&rotate.key.commitment()))
                {
                    found |= holders.entry(rotate.key).or_default().insert(rotate.next);
                }
            }
            if !found {
                return holders;
            }
        }
    }

    /// Whether an entry's author is a holder of a membership in the entry's past.
    pub fn is_holder(&self, membership: &MembershipId, fact: &Fact<'_>) -> bool {
        self.holders(membership, &fact.past).contains_key(&fact.author())
    }

    /// The membership of its author that an operation acts under.
    pub fn acts_under(&self, fact: &Fact<'_>) -> Option<(MembershipId, Grant<'_>)> {
        let under = fact.operation()?.under()?;
        self.grant(&under).filter(|_| self.is_holder(&under, fact)).map(|grant| (under, grant))
    }

    /// The claim that an operation about keepers goes back to: in order by what it keeps the document through.
    fn tree(&self, fact: &Fact<'_>) -> Option<Tree> {
        let (document, through) = match fact.operation()? {
            Operation::AddKeeper(op) => (op.document, op.through),
            Operation::DropKeeper(op) => (op.document, op.through),
            _ => return None,
        };
        let (_, acting) = self.acts_under(fact).filter(|(_, grant)| grant.role == Role::Steward)?;
        let Some(through) = through else { return Some((acting.workshop, document)) };
        let (tree, grant) = self.keeper_grant(&through, fact)?;
        (grant.document == document && grant.workshop == acting.workshop).then_some(tree)
    }

    /// An `add-keeper` in an entry's past, with its tree.
    pub fn keeper_grant(&self, id: &EntryId, fact: &Fact<'_>) -> Option<(Tree, &AddKeeper)> {
        let grant = self.get(id).filter(|_| fact.past.contains(id))?;
        let Operation::AddKeeper(op) = grant.operation()? else { return None };
        Some((self.tree_in_order(grant)?, op))
    }

    /// The tree of an operation about keepers that is in order.
    pub fn tree_in_order(&self, fact: &Fact<'_>) -> Option<Tree> {
        let tree = self.tree(fact)?;
        match fact.operation()? {
            Operation::DropKeeper(op) => {
                let same = |grant: EntryId| self.keeper_grant(&grant, fact).is_some_and(|(t, _)| t == tree);
                op.grant.is_none_or(same).then_some(tree)
            }
            Operation::AddKeeper(op) => self.knows_workshop(fact, &op.workshop).then_some(tree),
            _ => None,
        }
    }

    /// The memberships of a workshop in a past that a key holds there.
    pub fn memberships(&self, key: MemberKey, workshop: WorkshopId, past: &Set) -> Set {
        let held = |id: &EntryId| {
            self.grant(id).is_some_and(|g| g.workshop == workshop)
                && self.holders(id, past).contains_key(&key)
        };
        self.among(past).map(Fact::id).filter(held).collect()
    }

    /// Whether a workshop is in an operation's past: what founded or admitted it.
    fn knows_workshop(&self, fact: &Fact<'_>, workshop: &WorkshopId) -> bool {
        let founds = |op| matches!(op, &Operation::Found(_) | &Operation::AdmitWorkshop(_));
        fact.past.contains(workshop)
            && self.in_order.contains(workshop)
            && self.operation(workshop).is_some_and(founds)
    }

    /// Whether an operation is in order: the table of `docs/trust.md`, row by row.
    pub fn is_in_order(&self, fact: &Fact<'_>) -> bool {
        let in_past = |id: &EntryId| fact.past.contains(id);
        let acting = self.acts_under(fact).map(|(_, grant)| grant);
        let steward = acting.as_ref().is_some_and(|g| g.role == Role::Steward);
        match fact.operation() {
            None => false,
            Some(Operation::Found(_)) => true,
            Some(Operation::Rotate(op)) => {
                let holders = self.holders(&op.membership, &fact.past);
                holders.get(&fact.author()).is_some_and(|named| named.contains(&op.key.commitment()))
            }
            Some(Operation::Endorse(op)) => steward && in_past(&op.charter),
            Some(Operation::Charter(op)) => {
                let known = |id: &EntryId| {
                    let is_one = |op| matches!(op, &Operation::Found(_) | &Operation::Charter(_));
                    in_past(id) && self.in_order.contains(id) && self.operation(id).is_some_and(is_one)
                };
                let rival = |id: &EntryId| {
                    let named = self.charter(id);
                    named.is_some_and(|c| c.before == op.before || c.heals.contains(&op.before))
                };
                steward && known(&op.before) && op.heals.iter().all(|h| known(h) && rival(h))
            }
            Some(Operation::Vote(op)) => steward && in_past(&op.motion),
            Some(
                Operation::AdmitWorkshop(_)
                | Operation::SetPolicy(_)
                | Operation::AdmitMember(_)
                | Operation::BindNode(_)
                | Operation::UnbindNode(_)
                | Operation::RedactByMotion(_),
            ) => steward,
            Some(Operation::RemoveWorkshop(op)) => steward && self.knows_workshop(fact, &op.workshop),
            Some(Operation::GiveSteward(op)) => steward && self.knows_workshop(fact, &op.workshop),
            Some(Operation::RemoveMember(op)) => acting.is_some_and(|grant| {
                (steward || op.key == fact.author())
                    && !self.memberships(op.key, grant.workshop, &fact.past).is_empty()
            }),
            Some(Operation::AddKeeper(_) | Operation::DropKeeper(_)) => self.tree_in_order(fact).is_some(),
            Some(Operation::Redact(_)) => acting.is_some(),
        }
    }
}

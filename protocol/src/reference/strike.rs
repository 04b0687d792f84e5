//! Section "What strikes" of `docs/trust.md`: what operations rest on, and what takes it away.

use super::held::{Fact, Held};
use super::order::Tree;
use crate::authority::operation::Operation;
use crate::entry::Class;
use crate::id::{EntryId, MembershipId};

/// What an operation or a work entry rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// A membership.
    Membership(MembershipId),
    /// A grant by which a workshop keeps a document.
    Keeper(EntryId),
    /// The creation of a document, as a tree claims it: it always holds, and can be struck.
    Creation(Tree),
}

impl Held<'_> {
    /// What an operation in order rests on.
    pub fn rests_on(&self, fact: &Fact<'_>) -> Vec<Ground> {
        let Some(operation) = fact.operation() else { return Vec::new() };
        let mut grounds: Vec<Ground> = operation.under().map(Ground::Membership).into_iter().collect();
        if let Operation::AddKeeper(_) | Operation::DropKeeper(_) = operation {
            let through = match operation {
                Operation::AddKeeper(op) => op.through,
                Operation::DropKeeper(op) => op.through,
                _ => None,
            };
            let creation = || self.tree_in_order(fact).map(Ground::Creation);
            grounds.extend(through.map(Ground::Keeper).or_else(creation));
        }
        grounds
    }

    /// Whether a removal strikes this, for entries beyond its cut.
    pub fn strikes(&self, removal: &Fact<'_>, ground: Ground) -> bool {
        match (removal.operation(), ground) {
            (Some(Operation::RemoveMember(op)), Ground::Membership(membership)) => {
                let workshop = |id| self.grant(id).map(|g| g.workshop);
                workshop(&membership).is_some()
                    && workshop(&membership) == workshop(&op.under)
                    && self.holders(&membership, &removal.past).contains_key(&op.key)
            }
            (Some(Operation::RemoveWorkshop(op)), Ground::Membership(membership)) => {
                self.grant(&membership).is_some_and(|g| g.workshop == op.workshop)
            }
            (Some(Operation::DropKeeper(op)), Ground::Keeper(grant)) => op.grant == Some(grant),
            (Some(Operation::DropKeeper(op)), Ground::Creation(tree)) => {
                op.grant.is_none() && self.tree_in_order(removal) == Some(tree)
            }
            _ => false,
        }
    }

    /// Whether an entry lies beyond the cut of a removal or rotation. An operation among the heads reaches only
    /// what the cut knows.
    pub fn is_beyond(&self, id: &EntryId, cut: &Fact<'_>) -> bool {
        let operation = |head: &EntryId| self.facts.get(head).is_some_and(|h| h.class() == Class::Operation);
        let heads = cut.operation().map(Operation::heads).unwrap_or_default();
        let meant = heads.iter().filter(|head| !operation(head) || cut.past.contains(*head));
        !{ meant }.any(|head| self.is_behind(id, &[*head]))
    }
}

/// Whether a rotation in order, of this membership and by the entry's author, takes the membership from
/// the entry, if that lies beyond its cut.
pub(super) fn rotates(rotation: &Fact<'_>, membership: &MembershipId, entry: &Fact<'_>) -> bool {
    let Some(Operation::Rotate(op)) = rotation.operation() else { return false };
    op.membership == *membership && rotation.author() == entry.author() && rotation.id() != entry.id()
}

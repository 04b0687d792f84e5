//! The graph of operations: each with its past, and what by that past alone can be said of it.
//!
//! Here names become numbers, and an operation is *in order* or not (`order.rs`). Nothing here is a verdict.
//!
//! Invariants: an operation is added after its whole past, so numbers ascend along every past; what is said of an
//! operation never changes, but for the work that its heads reach, which grows as heads come to be held.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::operation::Operation;
use super::order::InOrder;
use super::past::OperationSet;
use super::{NotHolding, Role};
use crate::chain::{Chains, Position, Reach};
use crate::id::{DocumentId, EntryId};
use crate::key::{KeyCommitment, MemberKey};

/// An operation, by its number here.
pub(crate) type Number = usize;

/// What all operations about the keepers of one document that go back to one claim have in common: the
/// document, and the workshop that is said to have created it.
pub(crate) type Tree = (DocumentId, Number);

/// What an operation rests on, and what a removal strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Ground {
    /// One membership, by its grant.
    Membership(Number),
    /// All memberships of a workshop.
    Workshop(Number),
    /// A keeper's grant.
    Keeping(Number),
    /// What the creation of a document gives the workshop that created it.
    Creation(Tree),
}

/// What a grant gives.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub key: MemberKey,
    pub next: KeyCommitment,
    pub role: Role,
    /// The workshop; none when the grant is not in order.
    pub workshop: Option<Number>,
}

/// What an operation does, with names resolved to numbers.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Gives a membership; `founds` a workshop with it, or not.
    Grant { grant: Grant, founds: bool },
    /// Strikes.
    Strike(Vec<Ground>),
    /// Votes for a motion.
    Vote(Number),
    /// Replaces a key of a membership.
    Rotate { membership: Number, key: MemberKey, next: KeyCommitment },
    /// Makes a workshop a keeper.
    Keep { tree: Tree, workshop: Number },
    /// Settles.
    Charter { before: Number, heals: Vec<Number>, level: u64 },
    /// Endorses a charter.
    Endorse(Number),
    /// Whatever changes no right of others: policy, bindings, redaction.
    Other,
    /// Not in order, or not known.
    Nothing,
}

/// An operation.
#[derive(Debug)]
pub(crate) struct Node {
    pub id: EntryId,
    pub author: MemberKey,
    pub position: Position,
    pub past: Arc<OperationSet>,
    pub operation: Option<Operation>,
    pub order: Result<(), NotHolding>,
    pub act: Act,
    /// What it rests on.
    pub rests: Vec<Ground>,
    /// The workshop that it acts for.
    pub workshop: Option<Number>,
    /// What is at or behind the heads that it names.
    pub reach: Reach,
}

impl Node {
    pub fn is_motion(&self) -> bool {
        self.operation.as_ref().is_some_and(Operation::is_motion)
    }

    pub fn strikes(&self) -> bool {
        matches!(self.act, Act::Strike(_))
    }

    pub fn grant(&self) -> Option<&Grant> {
        if let Act::Grant { grant, .. } = &self.act { Some(grant) } else { None }
    }

    /// The workshop that a motion would remove.
    pub fn removes_workshop(&self) -> Option<Number> {
        match &self.act {
            Act::Strike(grounds) => grounds.iter().find_map(|ground| match ground {
                Ground::Workshop(workshop) => Some(*workshop),
                _ => None,
            }),
            _ => None,
        }
    }
}

/// An operation that is about to be added.
pub(crate) struct Arriving {
    pub id: EntryId,
    pub author: MemberKey,
    pub operation: Option<Operation>,
    pub past: Arc<OperationSet>,
    pub position: Position,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
    numbers: HashMap<EntryId, Number>,
    /// All numbers.
    pub all: OperationSet,
    /// Grants by every key that ever holds them.
    grants_of: HashMap<MemberKey, Vec<Number>>,
    /// Rotations in order, by membership.
    rotations: HashMap<Number, Vec<Number>>,
    /// Operations in order that strike, by what they strike.
    strikers: HashMap<Ground, Vec<Number>>,
    /// Votes in order, by motion.
    votes: HashMap<Number, Vec<Number>>,
    /// Endorsements in order, by charter.
    endorsements: HashMap<Number, Vec<Number>>,
    /// Charters in order, by what they follow or heal.
    charters: HashMap<Number, Vec<Number>>,
    /// Grants of keeping in order, by tree.
    keepings: HashMap<Tree, Vec<Number>>,
    /// Operations that found a workshop, in order.
    pub workshops: Vec<Number>,
    /// Motions that set the policy, in order.
    pub policies: Vec<Number>,
    /// Heads that are named and not held yet, with the operations that name them.
    awaited: HashMap<EntryId, Vec<Number>>,
}

impl Graph {
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn node(&self, number: Number) -> Option<&Node> {
        self.nodes.get(number)
    }

    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = (Number, &Node)> + ExactSizeIterator {
        self.nodes.iter().enumerate()
    }

    pub fn number(&self, id: &EntryId) -> Option<Number> {
        self.numbers.get(id).copied()
    }

    pub fn id(&self, number: Number) -> Option<EntryId> {
        self.node(number).map(|node| node.id)
    }

    pub fn grant(&self, number: Number) -> Option<&Grant> {
        self.node(number).and_then(Node::grant)
    }

    pub fn position(&self, number: Number) -> Option<Position> {
        self.node(number).map(|node| node.position)
    }

    /// Grants that a key may hold.
    pub fn grants_of(&self, key: &MemberKey) -> &[Number] {
        self.grants_of.get(key).map_or(&[], Vec::as_slice)
    }

    pub fn rotations(&self, membership: Number) -> &[Number] {
        self.rotations.get(&membership).map_or(&[], Vec::as_slice)
    }

    pub fn votes(&self, motion: Number) -> &[Number] {
        self.votes.get(&motion).map_or(&[], Vec::as_slice)
    }

    pub fn endorsements(&self, charter: Number) -> &[Number] {
        self.endorsements.get(&charter).map_or(&[], Vec::as_slice)
    }

    /// Charters that follow or heal this one.
    pub fn charters(&self, before: Number) -> &[Number] {
        self.charters.get(&before).map_or(&[], Vec::as_slice)
    }

    pub fn keepings(&self, tree: &Tree) -> &[Number] {
        self.keepings.get(tree).map_or(&[], Vec::as_slice)
    }

    /// Operations in order that strike this ground.
    pub fn strikers(&self, ground: Ground) -> impl Iterator<Item = Number> + '_ {
        let workshop = match ground {
            Ground::Membership(grant) => self.grant(grant).and_then(|g| g.workshop).map(Ground::Workshop),
            _ => None,
        };
        let of = |ground: &Ground| self.strikers.get(ground).map_or(&[][..], Vec::as_slice);
        of(&ground).iter().chain(workshop.as_ref().map_or(&[][..], of)).copied()
    }

    /// Whether a key is a holder of a membership in a past (`docs/trust.md`, Holders). A rotation in order has
    /// its author's right to it and the hash checked in its own past, so it is enough that it is there.
    pub fn is_holder(&self, membership: Number, key: &MemberKey, past: &OperationSet) -> bool {
        let Some(grant) = self.grant(membership) else { return false };
        grant.key == *key || self.rotations(membership).iter().any(|r| {
            past.contains(*r)
                && matches!(self.node(*r).map(|n| &n.act), Some(Act::Rotate { key: new, .. }) if new == key)
        })
    }

    /// Whether a key is a holder of any membership in a past, in order or not: the door asks no more.
    pub fn is_member(&self, key: &MemberKey, past: &OperationSet) -> bool {
        self.grants_of(key).iter().any(|grant| past.contains(*grant) && self.is_holder(*grant, key, past))
    }

    /// The workshops that a key was ever admitted to in a past.
    pub fn homes(&self, key: &MemberKey, past: &OperationSet) -> BTreeSet<Number> {
        let grants = self.grants_of(key).iter();
        let held = grants.filter(|grant| past.contains(**grant) && self.is_holder(**grant, key, past));
        held.filter_map(|grant| self.grant(*grant).and_then(|g| g.workshop)).collect()
    }

    /// Adds an operation whose past is all here. `work` finds the work entries that it names as heads.
    pub fn add(
        &mut self,
        arriving: Arriving,
        chains: &Chains,
        work: &dyn Fn(&EntryId) -> Option<Position>,
    ) -> Number {
        let number = self.nodes.len();
        let Arriving { id, author, operation, past, position } = arriving;
        let InOrder { order, act, rests, workshop } =
            self.in_order(number, author, operation.as_ref(), &past);
        let mut reach = Reach::default();
        for head in operation.as_ref().map_or(&[][..], Operation::heads) {
            match self.number(head) {
                // What an operation doesn't know it can't have meant to spare.
                Some(known) if past.contains(known) => {
                    if let Some(head) = self.position(known) {
                        chains.reach(&mut reach, head);
                    }
                }
                Some(_) => {}
                None => match work(head) {
                    Some(head) => chains.reach(&mut reach, head),
                    None => self.awaited.entry(*head).or_default().push(number),
                },
            }
        }
        self.index(number, &act, order.is_ok());
        if matches!(operation, Some(Operation::SetPolicy(_))) && order.is_ok() {
            self.policies.push(number);
        }
        self.numbers.insert(id, number);
        self.all.insert(number);
        self.nodes.push(Node { id, author, position, past, operation, order, act, rests, workshop, reach });
        number
    }

    fn index(&mut self, number: Number, act: &Act, in_order: bool) {
        let mut held_by = |key: MemberKey, grant: Number| {
            let grants = self.grants_of.entry(key).or_default();
            if !grants.contains(&grant) {
                grants.push(grant);
            }
        };
        match act {
            Act::Grant { grant, founds } => {
                held_by(grant.key, number);
                if *founds && in_order {
                    self.workshops.push(number);
                }
            }
            Act::Strike(grounds) => {
                for ground in grounds {
                    self.strikers.entry(*ground).or_default().push(number);
                }
            }
            Act::Vote(motion) => self.votes.entry(*motion).or_default().push(number),
            Act::Rotate { membership, key, .. } => {
                held_by(*key, *membership);
                self.rotations.entry(*membership).or_default().push(number);
            }
            Act::Keep { tree, .. } => self.keepings.entry(*tree).or_default().push(number),
            Act::Charter { before, heals, .. } => {
                self.charters.entry(*before).or_default().push(number);
                for healed in heals.iter().filter(|healed| *healed != before) {
                    self.charters.entry(*healed).or_default().push(number);
                }
            }
            Act::Endorse(charter) => self.endorsements.entry(*charter).or_default().push(number),
            Act::Other | Act::Nothing => {}
        }
    }

    /// Takes note that a work entry is held. Answers whether an operation had named it as a head.
    pub fn held(&mut self, id: &EntryId, position: Position, chains: &Chains) -> bool {
        let Some(named) = self.awaited.remove(id) else { return false };
        for number in named {
            if let Some(node) = self.nodes.get_mut(number) {
                chains.reach(&mut node.reach, position);
            }
        }
        true
    }
}

//! Whether an operation is in order: what its own past alone decides (`docs/trust.md`, Standing in order).

use super::graph::{Act, Grant, Graph, Ground, Number, Tree};
use super::operation::{Operation, Rotate};
use super::past::OperationSet;
use super::{NotHolding, Role};
use crate::id::{DocumentId, EntryId};
use crate::key::{KeyCommitment, MemberKey};

/// What an operation's own past says of it.
pub(super) struct InOrder {
    pub order: Result<(), NotHolding>,
    pub act: Act,
    pub rests: Vec<Ground>,
    pub workshop: Option<Number>,
}

/// One operation with what it may look at.
struct Case<'a> {
    graph: &'a Graph,
    author: MemberKey,
    past: &'a OperationSet,
}

/// What an operation in order does, what it rests on, and for which workshop.
type Found = Result<(Act, Vec<Ground>, Number), NotHolding>;

impl Graph {
    pub(super) fn in_order(
        &self,
        number: Number,
        author: MemberKey,
        operation: Option<&Operation>,
        past: &OperationSet,
    ) -> InOrder {
        let case = Case { graph: self, author, past };
        match operation.ok_or(NotHolding::Unknown).and_then(|operation| case.judge(number, operation)) {
            Ok((act, rests, workshop)) => InOrder { order: Ok(()), act, rests, workshop: Some(workshop) },
            Err(reason) => {
                // The door knows the key of every admission, in order or not.
                let act = match operation.and_then(|o| Some((o.admits(author)?, o))) {
                    Some((key, operation)) => {
                        let grant =
                            Grant { key, next: next_of(operation), role: Role::Auditor, workshop: None };
                        Act::Grant { grant, founds: false }
                    }
                    None => Act::Nothing,
                };
                InOrder { order: Err(reason), act, rests: Vec::new(), workshop: None }
            }
        }
    }
}

impl Case<'_> {
    fn judge(&self, number: Number, operation: &Operation) -> Found {
        let under = operation.under().map(|under| self.membership(&under));
        let Some(under) = under else {
            let grant = self.grants(operation, Role::Steward, number);
            return Ok((Act::Grant { grant, founds: true }, Vec::new(), number));
        };
        let (membership, role, workshop) = under?;
        let mut rests = vec![Ground::Membership(membership)];
        let stewardship = || if role == Role::Steward { Ok(()) } else { Err(NotHolding::NotASteward) };
        let act = match operation {
            Operation::Found(_) => return Err(NotHolding::NotInOrder),
            Operation::Rotate(rotate) => self.rotation(membership, rotate)?,
            Operation::Redact(_) => Act::Other,
            Operation::RemoveMember(remove) => {
                if remove.key != self.author {
                    stewardship()?;
                }
                let of_key = self.graph.grants_of(&remove.key).iter().copied().filter(|grant| {
                    self.past.contains(*grant)
                        && self.graph.grant(*grant).and_then(|g| g.workshop) == Some(workshop)
                        && self.graph.is_holder(*grant, &remove.key, self.past)
                });
                let grounds: Vec<_> = of_key.map(Ground::Membership).collect();
                if grounds.is_empty() {
                    return Err(NotHolding::NotInOrder);
                }
                Act::Strike(grounds)
            }
            _ => {
                stewardship()?;
                self.stewards(operation, number, workshop, &mut rests)?
            }
        };
        Ok((act, rests, workshop))
    }

    /// What only a steward does.
    fn stewards(
        &self,
        operation: &Operation,
        number: Number,
        workshop: Number,
        rests: &mut Vec<Ground>,
    ) -> Result<Act, NotHolding> {
        Ok(match operation {
            Operation::AdmitWorkshop(_) => {
                Act::Grant { grant: self.grants(operation, Role::Steward, number), founds: true }
            }
            Operation::AdmitMember(admit) => {
                Act::Grant { grant: self.grants(operation, admit.role, workshop), founds: false }
            }
            Operation::GiveSteward(give) => {
                let workshop = self.workshop(&give.workshop)?;
                Act::Grant { grant: self.grants(operation, Role::Steward, workshop), founds: false }
            }
            Operation::RemoveWorkshop(remove) => {
                Act::Strike(vec![Ground::Workshop(self.workshop(&remove.workshop)?)])
            }
            Operation::Vote(vote) => Act::Vote(self.known(&vote.motion)?),
            Operation::Endorse(endorse) => Act::Endorse(self.known(&endorse.charter)?),
            Operation::Charter(charter) => {
                let before = self.charter(&charter.before)?;
                let heals = charter.heals.iter().map(|healed| self.rival(healed, before));
                Act::Charter { before, heals: heals.collect::<Result<_, _>>()?, level: charter.level }
            }
            Operation::AddKeeper(add) => {
                let keeper = self.workshop(&add.workshop)?;
                let (tree, ground) = self.keeps(add.document, add.through.as_ref(), workshop)?;
                rests.push(ground);
                Act::Keep { tree, workshop: keeper }
            }
            Operation::DropKeeper(drop) => {
                let (tree, ground) = self.keeps(drop.document, drop.through.as_ref(), workshop)?;
                rests.push(ground);
                match &drop.grant {
                    None => Act::Strike(vec![Ground::Creation(tree)]),
                    Some(grant) => {
                        let (grant, of, _) = self.keeping(grant)?;
                        if of != tree {
                            return Err(NotHolding::NotInOrder);
                        }
                        Act::Strike(vec![Ground::Keeping(grant)])
                    }
                }
            }
            _ => Act::Other,
        })
    }

    /// An operation in its past.
    fn known(&self, id: &EntryId) -> Result<Number, NotHolding> {
        self.graph.number(id).filter(|n| self.past.contains(*n)).ok_or(NotHolding::NotInOrder)
    }

    /// The membership that the author acts under: of the author, in the past, granted in order.
    fn membership(&self, id: &EntryId) -> Result<(Number, Role, Number), NotHolding> {
        let number = self.known(id).map_err(|_| NotHolding::NotAMember)?;
        let grant = self.graph.grant(number).and_then(|g| Some((g.role, g.workshop?)));
        match grant {
            Some((role, workshop)) if self.graph.is_holder(number, &self.author, self.past) => {
                Ok((number, role, workshop))
            }
            _ => Err(NotHolding::NotAMember),
        }
    }

    fn workshop(&self, id: &EntryId) -> Result<Number, NotHolding> {
        let number = self.known(id)?;
        let node = self.graph.node(number);
        let founds =
            node.is_some_and(|n| n.order.is_ok() && matches!(n.act, Act::Grant { founds: true, .. }));
        if founds { Ok(number) } else { Err(NotHolding::NotInOrder) }
    }

    /// The founding entry or a charter.
    fn charter(&self, id: &EntryId) -> Result<Number, NotHolding> {
        let number = self.known(id)?;
        let node = self.graph.node(number).filter(|n| n.order.is_ok()).ok_or(NotHolding::NotInOrder)?;
        let founding = matches!(node.operation, Some(Operation::Found(_)));
        if founding || matches!(node.act, Act::Charter { .. }) {
            Ok(number)
        } else {
            Err(NotHolding::NotInOrder)
        }
    }

    /// A charter to heal, which follows the same one as the healing charter, or heals it.
    fn rival(&self, id: &EntryId, follows: Number) -> Result<Number, NotHolding> {
        let number = self.charter(id)?;
        match self.graph.node(number).map(|n| &n.act) {
            Some(Act::Charter { before, heals, .. }) if *before == follows || heals.contains(&follows) => {
                Ok(number)
            }
            _ => Err(NotHolding::NotInOrder),
        }
    }

    /// What the next key may replace.
    fn rotation(&self, membership: Number, rotate: &Rotate) -> Result<Act, NotHolding> {
        let grant = self.graph.grant(membership).ok_or(NotHolding::NotAMember)?;
        let by_grant = (grant.key == self.author).then_some(grant.next);
        let rotations = self.graph.rotations(membership).iter().filter(|r| self.past.contains(**r));
        let by_rotation = rotations.filter_map(|r| match self.graph.node(*r).map(|n| &n.act) {
            Some(Act::Rotate { key, next, .. }) if *key == self.author => Some(*next),
            _ => None,
        });
        if by_grant.into_iter().chain(by_rotation).any(|named| named == rotate.key.commitment()) {
            Ok(Act::Rotate { membership, key: rotate.key, next: rotate.next })
        } else {
            Err(NotHolding::NotInOrder)
        }
    }

    /// How a workshop keeps a document, by what it says.
    fn keeps(
        &self,
        document: DocumentId,
        through: Option<&EntryId>,
        workshop: Number,
    ) -> Result<(Tree, Ground), NotHolding> {
        let Some(through) = through else {
            let tree = (document, workshop);
            return Ok((tree, Ground::Creation(tree)));
        };
        let (number, tree, keeper) = self.keeping(through)?;
        if tree.0 == document && keeper == workshop {
            Ok((tree, Ground::Keeping(number)))
        } else {
            Err(NotHolding::NotInOrder)
        }
    }

    fn keeping(&self, id: &EntryId) -> Result<(Number, Tree, Number), NotHolding> {
        let number = self.known(id)?;
        match self.graph.node(number).map(|n| &n.act) {
            Some(Act::Keep { tree, workshop }) => Ok((number, *tree, *workshop)),
            _ => Err(NotHolding::NotInOrder),
        }
    }

    fn grants(&self, operation: &Operation, role: Role, workshop: Number) -> Grant {
        let key = operation.admits(self.author).unwrap_or(self.author);
        Grant { key, next: next_of(operation), role, workshop: Some(workshop) }
    }
}

fn next_of(operation: &Operation) -> KeyCommitment {
    match operation {
        Operation::Found(found) => found.next,
        Operation::AdmitWorkshop(admit) => admit.next,
        Operation::AdmitMember(admit) => admit.next,
        Operation::GiveSteward(give) => give.next,
        _ => KeyCommitment([0; 32]),
    }
}

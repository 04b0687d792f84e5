//! Heads of logs: what a removal, a rotation or a charter names when honest software signs it.

use std::collections::BTreeSet;

use super::{Held, Replica};
use crate::acceptance::{Reason, Verdict};
use crate::authority::NotHolding;
use crate::chain::Reach;
use crate::id::EntryId;
use crate::key::MemberKey;

impl Replica {
    /// The cut that spares all that counts here of some members' logs: the heads of every branch, open motions
    /// included, sorted.
    pub fn cut(&self, members: &BTreeSet<MemberKey>) -> Vec<EntryId> {
        self.log_heads(|author| members.contains(&author), |held| self.stands(held))
    }

    /// What a re-admission names so that all that a member wrote stands again: the heads of every branch of their
    /// logs of work, be they parked or not, sorted.
    pub fn work_heads(&self, member: MemberKey) -> Vec<EntryId> {
        self.log_heads(|author| author == member, |held| !held.header.kind.class().is_operation())
    }

    fn stands(&self, held: &Held) -> bool {
        held.verdict.counts() || held.verdict == Verdict::Parked(Reason::Operation(NotHolding::Open))
    }

    /// What a charter made here would settle: heads of work logs that count and that no charter followed has
    /// settled, sorted.
    pub fn charter_heads(&self) -> Vec<EntryId> {
        let fresh = |held: &Held| {
            let work = !held.header.kind.class().is_operation();
            work && self.stands(held) && self.settlements.settled(held.position).is_none()
        };
        self.log_heads(|_| true, fresh)
    }

    fn log_heads(&self, whose: impl Fn(MemberKey) -> bool, which: impl Fn(&Held) -> bool) -> Vec<EntryId> {
        let mut heads = Vec::new();
        for (_, places) in self.logs.iter().filter(|((author, _), _)| whose(*author)) {
            let mut reach = Reach::default();
            for held in places.values().rev().flatten().filter_map(|place| self.held.get(*place)) {
                if which(held) && !reach.covers(held.position) {
                    self.chains.reach(&mut reach, held.position);
                    heads.push(held.id);
                }
            }
        }
        heads.sort_unstable();
        heads
    }
}

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
        self.log_heads(|author| members.contains(&author), |_| true)
    }

    /// What a charter made here would settle: heads of work logs that count and that no charter followed has
    /// settled, sorted.
    pub fn charter_heads(&self) -> Vec<EntryId> {
        let fresh = |held: &Held| {
            !held.header.kind.class().is_operation() && self.settlements.settled(held.position).is_none()
        };
        self.log_heads(|_| true, fresh)
    }

    /// The heads of a member's work logs, whether what lies behind them counts or not, sorted: what an admission
    /// names so that all the work of somebody who comes back stands again.
    pub fn work_heads(&self, member: MemberKey) -> Vec<EntryId> {
        let mut heads = Vec::new();
        for (_, places) in self.logs.iter().filter(|((author, _), _)| *author == member) {
            let mut reach = Reach::default();
            for held in places.values().rev().flatten().filter_map(|place| self.held.get(*place)) {
                let work = !held.header.kind.class().is_operation();
                if work && !reach.covers(held.position) {
                    self.chains.reach(&mut reach, held.position);
                    heads.push(held.id);
                }
            }
        }
        heads.sort_unstable();
        heads
    }

    fn log_heads(&self, whose: impl Fn(MemberKey) -> bool, which: impl Fn(&Held) -> bool) -> Vec<EntryId> {
        let open = Verdict::Parked(Reason::Operation(NotHolding::Open));
        let mut heads = Vec::new();
        for (_, places) in self.logs.iter().filter(|((author, _), _)| whose(*author)) {
            let mut reach = Reach::default();
            for held in places.values().rev().flatten().filter_map(|place| self.held.get(*place)) {
                let counts = held.verdict.counts() || held.verdict == open;
                if counts && which(held) && !reach.covers(held.position) {
                    self.chains.reach(&mut reach, held.position);
                    heads.push(held.id);
                }
            }
        }
        heads.sort_unstable();
        heads
    }
}

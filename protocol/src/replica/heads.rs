//! Heads of logs: what a removal, a rotation, an admission or a charter names when honest software signs it.
//!
//! An operation names so many heads and no more, and anyone may open more logs than that. Then what nobody
//! could take away anyhow is left out, and the rest is shared evenly between the authors, so that a flood costs its
//! own author alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{Held, Replica};
use crate::acceptance::{Reason, Verdict};
use crate::authority::NotHolding;
use crate::chain::Reach;
use crate::id::EntryId;
use crate::key::MemberKey;
use crate::limits;

/// Heads by author, each with its place in its log.
type Heads = BTreeMap<MemberKey, Vec<(u64, EntryId)>>;

impl Replica {
    /// The cut that spares all that counts here of some members' logs: the heads of every branch, open motions
    /// included, sorted. Where they are more than an operation may name, what a charter settled is not
    /// among them, and of the rest the longest logs of each member are.
    pub fn cut(&self, members: &BTreeSet<MemberKey>) -> Vec<EntryId> {
        let theirs = |author: MemberKey| members.contains(&author);
        let all = self.log_heads(theirs, counts_or_is_open);
        if all.values().map(Vec::len).sum::<usize>() <= limits::CUT_MAX {
            return shared(all, limits::CUT_MAX);
        }
        let fresh = |held: &Held| counts_or_is_open(held) && !self.is_settled(held);
        shared(self.log_heads(theirs, fresh), limits::CUT_MAX)
    }

    /// What a charter made here would settle: heads of work logs that count and that no charter followed has
    /// settled, sorted. What is too much for one charter is left to the next.
    pub fn charter_heads(&self) -> Vec<EntryId> {
        let fresh = |held: &Held| {
            !held.header.kind.class().is_operation() && held.verdict.counts() && !self.is_settled(held)
        };
        shared(self.log_heads(|_| true, fresh), limits::CHARTER_HEADS_MAX)
    }

    /// The heads of a member's work logs, whether what lies behind them counts or not, sorted: what an admission
    /// names so that all the work of somebody who comes back stands again. Where they are more than it may name,
    /// those of the longest logs.
    pub fn work_heads(&self, member: MemberKey) -> Vec<EntryId> {
        let work = |held: &Held| !held.header.kind.class().is_operation();
        shared(self.log_heads(|author| author == member, work), limits::CUT_MAX)
    }

    /// Whether a charter that is followed settled an entry.
    fn is_settled(&self, held: &Held) -> bool {
        if !held.header.kind.class().is_operation() {
            return self.settlements.settled(held.position).is_some();
        }
        let charter = self.authority.charter.and_then(|charter| self.get(&charter));
        charter.is_some_and(|charter| self.has_in_past(charter, &held.id))
    }

    fn log_heads(&self, whose: impl Fn(MemberKey) -> bool, which: impl Fn(&Held) -> bool) -> Heads {
        let mut heads = Heads::new();
        for ((author, _), places) in self.logs.iter().filter(|((author, _), _)| whose(*author)) {
            let mut reach = Reach::default();
            for held in places.values().rev().flatten().filter_map(|place| self.held.get(*place)) {
                if which(held) && !reach.covers(held.position) {
                    self.chains.reach(&mut reach, held.position);
                    heads.entry(*author).or_default().push((held.header.seq, held.id));
                }
            }
        }
        heads
    }
}

fn counts_or_is_open(held: &Held) -> bool {
    held.verdict.counts() || held.verdict == Verdict::Parked(Reason::Operation(NotHolding::Open))
}

/// So many heads, sorted: of each author one after the other, the longest logs first.
fn shared(heads: Heads, most: usize) -> Vec<EntryId> {
    let mut turns = Vec::new();
    for (author, mut heads) in heads {
        heads.sort_unstable_by(|a, b| b.cmp(a));
        turns.extend(heads.into_iter().enumerate().map(|(turn, (_, id))| (turn, author, id)));
    }
    turns.sort_unstable();
    let mut named: Vec<_> = turns.into_iter().take(most).map(|(_, _, id)| id).collect();
    named.sort_unstable();
    named
}

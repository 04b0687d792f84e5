//! Chains: which entries lie at or behind a head, by `prev` alone (`docs/trust.md`, Definitions).
//!
//! A log is one branch unless it forked; every further branch begins at a place of another. An entry is found
//! by its branch and its seq, so that "behind a head" is a comparison and needs no walk.
//!
//! Branch numbers are this replica's alone and never leave it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Where an entry stands: on which branch, and at which seq of its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    branch: u32,
    seq: u64,
}

#[derive(Debug)]
struct Branch {
    /// Where it begins, if it is not a log's first: after this place.
    after: Option<Position>,
    /// The seq of its last entry.
    tip: u64,
}

/// The branches of all logs.
#[derive(Debug, Default)]
pub struct Chains(Vec<Branch>);

impl Chains {
    /// The position of an entry that comes after another in its log, or begins the log.
    pub fn place(&mut self, prev: Option<Position>, seq: u64) -> Position {
        if let Some(prev) = prev
            && let Some(branch) = self.0.get_mut(prev.branch as usize)
            && branch.tip == prev.seq
        {
            branch.tip = seq;
            return Position { branch: prev.branch, seq };
        }
        self.0.push(Branch { after: prev, tip: seq });
        // Each branch costs an entry of some hundred bytes: 2^32 of them do not fit any memory.
        Position { branch: u32::try_from(self.0.len() - 1).unwrap_or(u32::MAX), seq }
    }

    /// Adds what is at or behind a head.
    pub fn reach(&self, reach: &mut Reach, head: Position) {
        let mut at = Some(head);
        while let Some(Position { branch, seq }) = at {
            match reach.0.entry(branch) {
                Entry::Occupied(mut far) => {
                    // Where the branch comes from is reached already.
                    *far.get_mut() = seq.max(*far.get());
                    return;
                }
                Entry::Vacant(far) => far.insert(seq),
            };
            at = self.0.get(branch as usize).and_then(|b| b.after);
        }
    }
}

/// All that is at or behind some heads.
#[derive(Debug, Clone, Default)]
pub struct Reach(HashMap<u32, u64>);

impl Reach {
    /// Whether an entry is at or behind one of the heads.
    pub fn covers(&self, position: Position) -> bool {
        self.0.get(&position.branch).is_some_and(|far| position.seq <= *far)
    }

    /// How far it goes on each branch.
    pub fn branches(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        self.0.iter().map(|(branch, far)| (*branch, *far))
    }
}

impl Position {
    /// The branch, by its number here.
    pub fn branch(self) -> u32 {
        self.branch
    }

    /// The seq in its log.
    pub fn seq(self) -> u64 {
        self.seq
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(chains: &Chains, heads: &[Position], position: Position) -> bool {
        let mut reach = Reach::default();
        for head in heads {
            chains.reach(&mut reach, *head);
        }
        reach.covers(position)
    }

    #[test]
    fn a_head_reaches_back_through_the_fork_and_not_into_the_other_branch() {
        let mut chains = Chains::default();
        let first = chains.place(None, 0);
        let second = chains.place(Some(first), 1);
        let left = chains.place(Some(second), 2);
        let right = chains.place(Some(second), 2);
        let end = chains.place(Some(right), 3);
        assert!(covered(&chains, &[end], first) && covered(&chains, &[end], right));
        assert!(!covered(&chains, &[end], left) && !covered(&chains, &[right], end));
        assert!(covered(&chains, &[left, right], left) && covered(&chains, &[left, right], right));
    }

    #[test]
    fn a_log_without_a_head_is_not_reached() {
        let mut chains = Chains::default();
        let (one, other) = (chains.place(None, 0), chains.place(None, 0));
        assert!(covered(&chains, &[one], one) && !covered(&chains, &[one], other));
    }
}

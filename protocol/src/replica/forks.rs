//! Forks: one log with two hands, or one hand whose memory was rolled back.
//!
//! A log is a line by `prev`. Where two entries continue the same one, or where two begin a log, it forks,
//! and each of them begins a *branch*: itself and all that comes after it by `prev`. A fork is evidence and
//! nothing else: it rejects no entry. Its owner *heals* it by leaving the log and saying, in another one,
//! up to which heads the branches are theirs.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Held, Replica};
use crate::entry::Gist;
use crate::id::EntryId;
use crate::key::MemberKey;

/// Two or more entries that continue one entry of a log, or begin one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// Whose log.
    pub author: MemberKey,
    /// Which log.
    pub log: u64,
    /// The place of these entries, from 0.
    pub seq: u64,
    /// The entries, sorted.
    pub entries: Vec<EntryId>,
    /// The statement that heals it, when its owner made one that counts and covers all of the log that is
    /// held: the first by id, where there are several.
    pub healed: Option<EntryId>,
}

/// Statements that heal: by the log that they speak of, their ids and the heads that they name.
type Healings<'a> = HashMap<(MemberKey, u64), Vec<(EntryId, &'a [EntryId])>>;

impl Replica {
    /// The places where logs part, by author, log and place.
    pub fn forks(&self) -> Vec<Fork> {
        let forked = self.logs.iter().filter(|(_, seqs)| seqs.values().any(|places| places.len() > 1));
        let mut forked = forked.peekable();
        let statements = if forked.peek().is_some() { self.healings() } else { Healings::new() };
        let mut forks = Vec::new();
        for ((author, log), seqs) in forked {
            let said = statements.get(&(*author, *log)).map_or(&[][..], Vec::as_slice);
            let heads = self.heads(*author, *log);
            let covers = |named: &[EntryId]| heads.iter().all(|head| named.binary_search(head).is_ok());
            let healed = said.iter().filter(|(_, named)| covers(named)).map(|(id, _)| *id).min();
            for (seq, places) in seqs.iter().filter(|(_, places)| places.len() > 1) {
                let mut parted: BTreeMap<Option<EntryId>, Vec<EntryId>> = BTreeMap::new();
                for held in places.iter().filter_map(|place| self.held.get(*place)) {
                    parted.entry(held.header.prev).or_default().push(held.id);
                }
                for mut entries in parted.into_values().filter(|entries| entries.len() > 1) {
                    entries.sort_unstable();
                    forks.push(Fork { author: *author, log: *log, seq: *seq, entries, healed });
                }
            }
        }
        forks
    }

    /// The entries that continue the same entry as this one, or begin the same log: itself alone, where its log does
    /// not part there.
    pub fn beside(&self, held: &Held) -> Vec<EntryId> {
        let log = self.logs.get(&(held.author, held.header.log));
        let places = log.and_then(|seqs| seqs.get(&held.header.seq)).into_iter().flatten();
        let there = places.filter_map(|place| self.held.get(*place));
        there.filter(|other| other.header.prev == held.header.prev).map(|other| other.id).collect()
    }

    /// The statements that count.
    fn healings(&self) -> Healings<'_> {
        let mut healings = Healings::new();
        for held in self.records().filter(|held| held.verdict.counts()) {
            if let Gist::ForkHealed { log, heads } = &held.gist {
                healings.entry((held.author, *log)).or_default().push((held.id, heads.as_slice()));
            }
        }
        healings
    }

    /// Whether a log has more than one branch.
    pub fn is_forked(&self, author: MemberKey, log: u64) -> bool {
        // Branches never join, so they show wherever there is more than one.
        self.log(author, log).any(|places| places.len() > 1)
    }

    /// The last entries of the branches of a log, sorted: those that none of it continues.
    pub fn heads(&self, author: MemberKey, log: u64) -> Vec<EntryId> {
        let held = || self.log(author, log).flatten().filter_map(|place| self.held.get(*place));
        let continued: HashSet<EntryId> = held().filter_map(|h| h.header.prev).collect();
        let mut heads: Vec<EntryId> = held().map(|h| h.id).filter(|id| !continued.contains(id)).collect();
        heads.sort_unstable();
        heads
    }

    /// The entries of a log that continue this one: more than one at a fork.
    pub fn continued_by<'a>(&'a self, held: &'a Held) -> impl Iterator<Item = &'a Held> {
        let of_log = self.logs.get(&(held.author, held.header.log));
        let places = held.header.seq.checked_add(1).and_then(|next| of_log?.get(&next));
        let next = places.into_iter().flatten().filter_map(|place| self.held.get(*place));
        next.filter(|next| next.header.prev == Some(held.id))
    }

    /// An entry and all of its log that comes after it, each after the one that it continues.
    pub fn branch<'a>(&'a self, first: &'a Held) -> Vec<&'a Held> {
        let (mut branch, mut next) = (vec![first], 0);
        while let Some(held) = branch.get(next).copied() {
            branch.extend(self.continued_by(held));
            next += 1;
        }
        branch
    }

    fn log(&self, author: MemberKey, log: u64) -> impl Iterator<Item = &Vec<usize>> {
        self.logs.get(&(author, log)).into_iter().flat_map(BTreeMap::values)
    }
}

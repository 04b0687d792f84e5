//! What charters cover, in the order in which they came to cover it: `docs/trust.md`, Checkpoints.
//!
//! A charter that is sealed is a checkpoint: its author says, and those who endorse it say with it, what they held.
//! Since an entry names its past by hashes, a charter's own bytes fix all that it covers, and the seal over that is the
//! same at every replica that holds it. So a seal that comes out otherwise, or that covers what one was never shown,
//! is how two histories that were shown to two workshops are found.
//!
//! Invariants: a history only grows along a chain of charters; what is covered is closed under past.
//!
//! Deliberately absent: any effect on what counts.

use std::collections::{BTreeSet, HashSet};

use super::{Held, Known, Loading, Replica};
use crate::authority::operation::{Charter, Operation, Seal};
use crate::id::EntryId;
use crate::merkle::{self, Growing, Hash, Tree};

/// Heads of logs: author, log, seq, entry. The order is that of the tree over them.
type Ends = BTreeSet<([u8; 32], u64, u64, EntryId)>;

/// What a chain of charters covers, up to the last of them.
#[derive(Debug, Clone)]
pub struct History {
    entries: Vec<EntryId>,
    charters: Vec<Covering>,
}

/// A charter of the chain, with what comes out for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Covering {
    /// The charter.
    pub charter: EntryId,
    /// What its author said; none when it is not sealed.
    pub said: Option<Seal>,
    /// What comes out, but for what counts.
    pub found: Roots,
}

/// What a seal says of entries, but for which of them count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roots {
    /// How many there are.
    pub entries: u64,
    /// The root over them.
    pub history: Hash,
    /// How many heads their logs have.
    pub logs: u64,
    /// The root over these.
    pub heads: Hash,
}

impl Roots {
    /// What a seal says of them.
    pub fn of(seal: &Seal) -> Self {
        Self { entries: seal.entries, history: seal.history, logs: seal.logs, heads: seal.heads }
    }
}

/// Heads that a charter covers and that are not held: nothing can be said of it and of those after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unheld {
    /// The first charter of the chain that covers some.
    pub charter: EntryId,
    /// They, sorted.
    pub heads: Vec<EntryId>,
}

/// What comes of comparing a charter's seal with what is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sealed {
    /// It has none.
    Unsealed,
    /// Not all that it covers is held.
    Unheld(Unheld),
    /// Something else comes out.
    Differs {
        /// What it says.
        said: Seal,
        /// What comes out.
        found: Seal,
    },
    /// It is what comes out.
    Agrees(Seal),
}

/// What comes of comparing all checkpoints of the chain that is followed with what is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checkpoints {
    /// There is none.
    None,
    /// Not all that they cover is held.
    Lack(Unheld),
    /// Of these something else comes out.
    Differ(Vec<EntryId>),
    /// All come out as they say; of all but the newest, what counted then is not judged again.
    Agree(EntryId, Seal),
}

impl History {
    /// How many entries are covered.
    pub fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The charters of the chain, the first one first.
    pub fn charters(&self) -> &[Covering] {
        &self.charters
    }

    /// The newest charter that is sealed.
    pub fn newest_sealed(&self) -> Option<&Covering> {
        self.charters.iter().rev().find(|covering| covering.said.is_some())
    }

    /// The place of an entry that is covered, and the first charter that covers it.
    pub fn place(&self, entry: &EntryId) -> Option<(u64, EntryId)> {
        let mut start = 0;
        for covering in &self.charters {
            let end = usize::try_from(covering.found.entries).ok()?;
            if let Ok(at) = self.entries.get(start..end)?.binary_search(entry) {
                return Some(((start + at) as u64, covering.charter));
            }
            start = end;
        }
        None
    }

    /// The tree over them, to prove things by.
    pub fn tree(&self) -> Tree {
        Tree::over(self.entries.iter().map(|id| merkle::leaf(id.as_bytes())).collect())
    }
}

impl Replica {
    /// The history of a charter that is in order. That of the founding entry is empty.
    ///
    /// # Errors
    /// Not all that it covers is held; the charter itself, when it is not held or not in order.
    pub fn history(&self, charter: &EntryId) -> Result<History, Unheld> {
        let mut walk = Walk::new(self);
        self.walk(&mut walk, charter)?;
        Ok(History { entries: walk.entries, charters: walk.charters })
    }

    /// The seal of a charter that is about to be written: `named` is what its header names, in `prev` and `seen`. None
    /// when not all that it covers is held.
    pub fn seal(
        &self,
        named: &[EntryId],
        before: EntryId,
        heals: &[EntryId],
        heads: &[EntryId],
    ) -> Option<Seal> {
        let mut walk = Walk::new(self);
        self.walk(&mut walk, &before).ok()?;
        walk.covers(named, heals, heads).ok()?;
        Some(self.sealed_by(&walk, before))
    }

    /// Compares the seal of a charter in order with what is held.
    pub fn sealed(&self, charter: &EntryId) -> Sealed {
        let Some((held, said)) = self.charter_in_order(charter) else {
            return Sealed::Unheld(Unheld { charter: *charter, heads: Vec::new() });
        };
        let Some(seal) = said.seal.as_deref().copied() else { return Sealed::Unsealed };
        let mut walk = Walk::new(self);
        let walked = self.walk(&mut walk, &said.before);
        let covers = walked.and_then(|()| {
            let covered = walk.covers(&names(held), &said.heals, &said.heads);
            covered.map_err(|heads| Unheld { charter: *charter, heads })
        });
        if let Err(unheld) = covers {
            return Sealed::Unheld(unheld);
        }
        let found = self.sealed_by(&walk, said.before);
        if found == seal { Sealed::Agrees(seal) } else { Sealed::Differs { said: seal, found } }
    }

    /// The checkpoints of the chain that is followed, the oldest first, with what they say.
    pub fn checkpoints(&self) -> Vec<(EntryId, Seal)> {
        let chain = self.authority.charter.and_then(|newest| self.charters_to(&newest)).unwrap_or_default();
        let sealed = |id: EntryId| Some((id, *self.charter_in_order(&id)?.1.seal.as_deref()?));
        chain.into_iter().filter_map(sealed).collect()
    }

    /// Compares them with what is held.
    pub fn compare_checkpoints(&self) -> Checkpoints {
        let Some((newest, seal)) = self.checkpoints().pop() else { return Checkpoints::None };
        let mut walk = Walk::new(self);
        if let Err(unheld) = self.walk(&mut walk, &newest) {
            return Checkpoints::Lack(unheld);
        }
        let other =
            |covering: &&Covering| covering.said.is_some_and(|said| Roots::of(&said) != covering.found);
        let differ: Vec<EntryId> =
            walk.charters.iter().filter(other).map(|covering| covering.charter).collect();
        if !differ.is_empty() {
            return Checkpoints::Differ(differ);
        }
        let before = self.charter_in_order(&newest).map_or(self.federation, |(_, said)| said.before);
        if self.accepted_of(&walk, before) == seal.accepted {
            Checkpoints::Agree(newest, seal)
        } else {
            Checkpoints::Differ(vec![newest])
        }
    }

    /// The first charter of the chain that is followed which covers something that is not held: it was seen by others
    /// and never shown here, or it is lost.
    pub fn unheld(&self) -> Option<Unheld> {
        let newest = self.authority.charter?;
        let chain = self.charters_to(&newest)?;
        chain.into_iter().find_map(|charter| {
            let (_, said) = self.charter_in_order(&charter)?;
            let heads: Vec<EntryId> = said.heads.iter().filter(|head| !self.holds(head)).copied().collect();
            (!heads.is_empty()).then_some(Unheld { charter, heads })
        })
    }

    /// Walks the chain of charters up to one.
    fn walk(&self, walk: &mut Walk<'_>, charter: &EntryId) -> Result<(), Unheld> {
        let unknown = || Unheld { charter: *charter, heads: Vec::new() };
        for charter in self.charters_to(charter).ok_or_else(unknown)? {
            let (held, said) = self.charter_in_order(&charter).ok_or_else(unknown)?;
            walk.covers(&names(held), &said.heals, &said.heads).map_err(|heads| Unheld { charter, heads })?;
            walk.charters.push(Covering {
                charter,
                said: said.seal.as_deref().copied(),
                found: walk.roots(),
            });
        }
        Ok(())
    }

    /// The chain of charters up to one, the first one first; none when it is not held or not in order.
    fn charters_to(&self, charter: &EntryId) -> Option<Vec<EntryId>> {
        let (mut chain, mut at) = (Vec::new(), *charter);
        // What a charter names as the one before it lies in its past, so this ends.
        while at != self.federation {
            chain.push(at);
            at = self.charter_in_order(&at)?.1.before;
        }
        chain.reverse();
        Some(chain)
    }

    /// A charter that is held and in order, and what it says.
    fn charter_in_order(&self, charter: &EntryId) -> Option<(&Held, &Charter)> {
        if !self.authority.charters.contains_key(charter) {
            return None;
        }
        let held = self.get(charter)?;
        match held.gist.operation() {
            Some(Operation::Charter(said)) => Some((held, said)),
            _ => None,
        }
    }

    fn sealed_by(&self, walk: &Walk<'_>, before: EntryId) -> Seal {
        let Roots { entries, history, logs, heads } = walk.roots();
        Seal { entries, history, logs, heads, accepted: self.accepted_of(walk, before) }
    }

    /// The digest of what counts for somebody who holds just what is covered, and follows the charter before.
    fn accepted_of(&self, walk: &Walk<'_>, before: EntryId) -> Hash {
        // Mostly its author holds nothing else.
        let follows = self.authority.charter == Some(before) && self.authority.alarm.is_none();
        if follows && walk.entries.len() == self.held.len() {
            return self.accepted.root();
        }
        let mut apart = Loading::new(self.federation, before);
        for (held, _) in self.held.iter().zip(&walk.covered).filter(|(_, covered)| **covered) {
            let (header, gist) = (held.header.clone(), held.gist.clone());
            apart.hold(Known { header, id: held.id, author: held.author, gist });
        }
        apart.judge().accepted.root()
    }
}

/// What an entry's header names as its past, its `deps` apart: an operation has none.
fn names(held: &Held) -> Vec<EntryId> {
    held.header.prev.iter().chain(&held.header.seen).copied().collect()
}

/// A walk along a chain of charters.
struct Walk<'a> {
    replica: &'a Replica,
    /// By place: whether an entry is covered.
    covered: Vec<bool>,
    entries: Vec<EntryId>,
    tree: Growing,
    ends: Ends,
    /// Charters whose heads were looked at.
    charters_met: HashSet<EntryId>,
    charters: Vec<Covering>,
}

impl<'a> Walk<'a> {
    fn new(replica: &'a Replica) -> Self {
        Self {
            replica,
            covered: vec![false; replica.held.len()],
            entries: Vec::new(),
            tree: Growing::default(),
            ends: Ends::new(),
            charters_met: HashSet::new(),
            charters: Vec::new(),
        }
    }

    /// Goes on with what one more charter covers: its past, what it heals, and its heads.
    fn covers(&mut self, past: &[EntryId], heals: &[EntryId], heads: &[EntryId]) -> Result<(), Vec<EntryId>> {
        let mut todo: Vec<EntryId> = past.iter().chain(heads).copied().collect();
        let mut rivals = heals.to_vec();
        while let Some(rival) = rivals.pop() {
            if let Some((_, said)) =
                self.replica.charter_in_order(&rival).filter(|_| self.charters_met.insert(rival))
            {
                rivals.extend(said.heals.iter().chain([&said.before]));
                todo.extend(&said.heads);
            }
        }
        let (mut fresh, mut unheld) = (Vec::new(), BTreeSet::new());
        while let Some(id) = todo.pop() {
            let Some(place) = self.replica.place(&id) else {
                unheld.insert(id);
                continue;
            };
            if let Some(covered) = self.covered.get_mut(place).filter(|covered| !**covered) {
                *covered = true;
                fresh.push(place);
                let header = self.replica.held.get(place).map(|held| &held.header);
                todo.extend(header.into_iter().flat_map(|h| h.prev.iter().chain(&h.seen).chain(&h.deps)));
            }
        }
        if !unheld.is_empty() {
            return Err(unheld.into_iter().collect());
        }
        self.add(fresh);
        Ok(())
    }

    fn add(&mut self, mut fresh: Vec<usize>) {
        // Each after its past, so that what is continued is there to be taken away.
        fresh.sort_unstable();
        let held: Vec<&Held> = fresh.into_iter().filter_map(|place| self.replica.held.get(place)).collect();
        for held in &held {
            let header = &held.header;
            if let (Some(prev), Some(before)) = (header.prev, header.seq.checked_sub(1)) {
                self.ends.remove(&(header.author, header.log, before, prev));
            }
            self.ends.insert((header.author, header.log, header.seq, held.id));
        }
        let mut ids: Vec<EntryId> = held.into_iter().map(|held| held.id).collect();
        ids.sort_unstable();
        for id in &ids {
            self.tree.push(merkle::leaf(id.as_bytes()));
        }
        self.entries.extend(ids);
    }

    fn roots(&self) -> Roots {
        let mut heads = Growing::default();
        for (author, log, seq, id) in &self.ends {
            let item = [&author[..], &log.to_be_bytes(), &seq.to_be_bytes(), id.as_bytes()].concat();
            heads.push(merkle::leaf(&item));
        }
        Roots { entries: self.tree.len(), history: self.tree.root(), logs: heads.len(), heads: heads.root() }
    }
}

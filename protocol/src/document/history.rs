//! The entries of one document as a graph, in causal order.
//!
//! Invariants: `deps` of a node have smaller indexes than the node; the order depends on the set of
//! entries only. Entries that cannot be placed are left out and named: without all their `deps`, or
//! not built on the document's first entry.

use std::collections::{BTreeMap, HashMap};

use super::{DocumentEntry, Hand};
use crate::id::{DocumentId, EntryId};
use crate::key::MemberKey;

/// An entry's place in the graph.
#[derive(Debug, Clone)]
pub struct Node {
    /// The entry.
    pub id: EntryId,
    /// Its author.
    pub author: MemberKey,
    /// When, as its author claims.
    pub at: u64,
    /// Its author's log.
    pub log: u64,
    /// Its place in that log.
    pub seq: u64,
    /// Its `deps`, each once.
    pub deps: Vec<usize>,
    /// The entry of its own log that it continues: the latest among its `deps`, when no other entry
    /// would continue that one.
    pub continues: Option<usize>,
    /// The entries that name it in their `deps`.
    pub children: Vec<usize>,
}

/// The graph.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The entries in causal order.
    pub nodes: Vec<Node>,
    /// The place of each entry.
    pub index: HashMap<EntryId, usize>,
    /// Entries that could not be placed, by id.
    pub left_out: Vec<EntryId>,
}

impl History {
    /// The graph of these entries. An entry given twice counts once.
    pub fn new(document: DocumentId, entries: &[DocumentEntry]) -> Self {
        let by_id: BTreeMap<EntryId, &DocumentEntry> = entries.iter().map(|e| (e.id, e)).collect();
        let mut waiting: HashMap<EntryId, usize> = HashMap::new();
        let mut followers: HashMap<EntryId, Vec<EntryId>> = HashMap::new();
        for (id, entry) in &by_id {
            if *id == document || entry.deps.is_empty() {
                continue;
            }
            let mut deps = entry.deps.clone();
            deps.sort_unstable();
            deps.dedup();
            waiting.insert(*id, deps.len());
            for dep in deps {
                followers.entry(dep).or_default().push(*id);
            }
        }
        // The last that became ready comes first: a branch is followed to its end before the next.
        let mut history = Self::default();
        let mut ready: Vec<EntryId> =
            by_id.get(&document).filter(|e| e.deps.is_empty()).map(|e| e.id).into_iter().collect();
        while let Some(id) = ready.pop() {
            let Some(entry) = by_id.get(&id) else { continue };
            history.place(entry);
            for follower in followers.get(&id).into_iter().flatten() {
                if let Some(count) = waiting.get_mut(follower) {
                    *count -= 1;
                    if *count == 0 {
                        ready.push(*follower);
                    }
                }
            }
        }
        history.separate_branches();
        history.left_out = by_id.into_keys().filter(|id| !history.index.contains_key(id)).collect();
        history
    }

    fn place(&mut self, entry: &DocumentEntry) {
        let here = self.nodes.len();
        let mut deps: Vec<usize> = entry.deps.iter().filter_map(|d| self.index.get(d).copied()).collect();
        deps.sort_unstable();
        deps.dedup();
        for dep in &deps {
            if let Some(node) = self.nodes.get_mut(*dep) {
                node.children.push(here);
            }
        }
        self.index.insert(entry.id, here);
        let continues = self.latest_of_its_log(entry, &deps);
        let DocumentEntry { id, author, at, log, seq, .. } = *entry;
        self.nodes.push(Node { id, author, at, log, seq, deps, continues, children: Vec::new() });
    }

    /// Of these `deps` the latest of the entry's own log. It follows from the entry and its `deps`
    /// alone, and a place in the log that isn't earlier is of another branch.
    fn latest_of_its_log(&self, entry: &DocumentEntry, deps: &[usize]) -> Option<usize> {
        deps.iter()
            .filter_map(|d| self.nodes.get(*d).map(|node| (node, *d)))
            .filter(|(n, _)| n.author == entry.author && n.log == entry.log && n.seq < entry.seq)
            .max_by_key(|(n, _)| (n.seq, n.id))
            .map(|(_, d)| d)
    }

    /// Where several entries would continue one, a log forked, or its author wrote without knowing
    /// what they wrote before: none of them does.
    fn separate_branches(&mut self) {
        let mut continued = vec![0_usize; self.nodes.len()];
        for before in self.nodes.iter().filter_map(|n| n.continues) {
            continued.iter_mut().skip(before).take(1).for_each(|count| *count += 1);
        }
        for node in &mut self.nodes {
            node.continues = node.continues.filter(|before| continued.get(*before) == Some(&1));
        }
    }

    /// The heads: entries that no other entry of the document names in its `deps`, by id.
    pub fn heads(&self) -> Vec<EntryId> {
        let mut heads: Vec<EntryId> =
            self.nodes.iter().filter(|n| n.children.is_empty()).map(|n| n.id).collect();
        heads.sort_unstable();
        heads
    }

    /// Who wrote an entry, and when.
    pub fn hand(&self, entry: EntryId) -> Option<Hand> {
        let node = self.nodes.get(*self.index.get(&entry)?)?;
        Some(Hand { entry, author: node.author, at: node.at })
    }

    /// Whether the entries lie on one line.
    pub fn is_line(&self) -> bool {
        self.nodes.iter().all(|n| n.deps.len() <= 1 && n.children.len() <= 1)
    }

    /// What of these nodes' pasts, themselves included, isn't yet in `known`, in causal order.
    pub fn missing(&self, from: &[usize], known: &NodeSet) -> Vec<usize> {
        let mut seen = known.clone();
        let mut found = Vec::new();
        let mut stack: Vec<usize> = from.iter().copied().filter(|n| seen.insert(*n)).collect();
        while let Some(here) = stack.pop() {
            found.push(here);
            let deps = self.nodes.get(here).map(|n| n.deps.as_slice()).unwrap_or_default();
            stack.extend(deps.iter().copied().filter(|n| seen.insert(*n)));
        }
        found.sort_unstable();
        found
    }

    /// These nodes and their whole past.
    pub fn closure(&self, from: &[usize]) -> NodeSet {
        self.missing(from, &NodeSet::default()).into_iter().collect()
    }

    /// The nodes of a set closed under `deps` that no other of the set names in its `deps`.
    pub fn tips(&self, set: &NodeSet) -> Vec<usize> {
        (0..self.nodes.len())
            .filter(|n| set.contains(*n))
            .filter(|n| self.nodes.get(*n).is_some_and(|n| !n.children.iter().any(|c| set.contains(*c))))
            .collect()
    }
}

/// A set of nodes: one bit each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeSet(Vec<u64>);

impl NodeSet {
    /// Adds a node. Whether it was new.
    pub fn insert(&mut self, node: usize) -> bool {
        let (word, bit) = (node / 64, 1_u64 << (node % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0.get_mut(word).is_some_and(|w| {
            let new = *w & bit == 0;
            *w |= bit;
            new
        })
    }

    /// Whether a node is in it.
    pub fn contains(&self, node: usize) -> bool {
        self.0.get(node / 64).is_some_and(|w| w & (1 << (node % 64)) != 0)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }
}

impl FromIterator<usize> for NodeSet {
    fn from_iter<T: IntoIterator<Item = usize>>(nodes: T) -> Self {
        let mut set = Self::default();
        for node in nodes {
            set.insert(node);
        }
        set
    }
}

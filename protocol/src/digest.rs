//! The BLAKE3 tree over a set of ids, by prefix.
//!
//! A pure function of the set. The node of a prefix that holds at most 64 ids hashes them in order
//! under a leaf tag; else it hashes its 256 children, one for each next byte, under a node tag. So two
//! replicas that hold the same set have the same root, and two that don't find where they differ by
//! walking down. Unlike negentropy's sums, its hashes can't be forged.
//!
//! Hashes are computed when they are asked for and kept until an id below them comes or goes.

use std::sync::OnceLock;

use crate::id::EntryId;
use crate::limits::LEAF_IDS_MAX;

/// What the tree shows of the node at a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TreeNode {
    /// All the ids under the prefix, in order: at most 64.
    Ids(Vec<EntryId>),
    /// The hashes of the 256 children.
    Branch(Vec<[u8; 32]>),
}

/// A set of ids with the hashes of its tree.
#[derive(Debug, Default)]
pub struct Digest {
    root: Node,
    len: usize,
}

#[derive(Debug)]
struct Node {
    shape: Shape,
    hash: OnceLock<[u8; 32]>,
}

#[derive(Debug)]
enum Shape {
    Leaf(Vec<EntryId>),
    Branch { children: Vec<Node>, len: usize },
}

impl Default for Node {
    fn default() -> Self {
        Self { shape: Shape::Leaf(Vec::new()), hash: OnceLock::new() }
    }
}

impl Digest {
    /// The tree over no ids.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an id. False when it was there.
    pub fn insert(&mut self, id: EntryId) -> bool {
        let added = self.root.insert(id, 0);
        self.len += usize::from(added);
        added
    }

    /// Takes an id out. False when it wasn't there.
    pub fn remove(&mut self, id: &EntryId) -> bool {
        let removed = self.root.remove(id, 0);
        self.len -= usize::from(removed);
        removed
    }

    /// How many ids.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The root: equal where and only where the sets are equal.
    pub fn root(&self) -> [u8; 32] {
        self.root.hash()
    }

    /// The node at a prefix. A prefix below a leaf shows those of its ids that have it.
    pub fn children(&self, prefix: &[u8]) -> TreeNode {
        let mut node = &self.root;
        for byte in prefix {
            match &node.shape {
                Shape::Leaf(ids) => {
                    return TreeNode::Ids(
                        ids.iter().filter(|id| id.0.starts_with(prefix)).copied().collect(),
                    );
                }
                Shape::Branch { children, .. } => match children.get(usize::from(*byte)) {
                    Some(child) => node = child,
                    None => return TreeNode::Ids(Vec::new()),
                },
            }
        }
        match &node.shape {
            Shape::Leaf(ids) => TreeNode::Ids(ids.clone()),
            Shape::Branch { children, .. } => TreeNode::Branch(children.iter().map(Node::hash).collect()),
        }
    }
}

impl FromIterator<EntryId> for Digest {
    fn from_iter<I: IntoIterator<Item = EntryId>>(ids: I) -> Self {
        let mut digest = Self::new();
        for id in ids {
            digest.insert(id);
        }
        digest
    }
}

impl TreeNode {
    /// The hashes of the 256 children of this node at a prefix, also when it is a leaf.
    pub fn child_hashes(&self, prefix: &[u8]) -> Vec<[u8; 32]> {
        match self {
            Self::Branch(hashes) => hashes.clone(),
            Self::Ids(ids) => {
                let mut below: Vec<Vec<EntryId>> = vec![Vec::new(); 256];
                for id in ids {
                    if let Some(ids) = byte_at(id, prefix.len()).and_then(|b| below.get_mut(b)) {
                        ids.push(*id);
                    }
                }
                below.iter().map(|ids| leaf_hash(ids)).collect()
            }
        }
    }
}

impl Node {
    fn leaf(ids: Vec<EntryId>) -> Self {
        Self { shape: Shape::Leaf(ids), hash: OnceLock::new() }
    }

    fn len(&self) -> usize {
        match &self.shape {
            Shape::Leaf(ids) => ids.len(),
            Shape::Branch { len, .. } => *len,
        }
    }

    fn hash(&self) -> [u8; 32] {
        *self.hash.get_or_init(|| match &self.shape {
            Shape::Leaf(ids) => leaf_hash(ids),
            Shape::Branch { children, .. } => branch_hash(children.iter().map(Node::hash)),
        })
    }

    /// Depth is bounded: 65 distinct ids differ within 32 bytes.
    fn insert(&mut self, id: EntryId, depth: usize) -> bool {
        let added = match &mut self.shape {
            Shape::Leaf(ids) => match ids.binary_search(&id) {
                Ok(_) => false,
                Err(place) => {
                    ids.insert(place, id);
                    true
                }
            },
            Shape::Branch { children, len } => {
                let added = byte_at(&id, depth)
                    .and_then(|byte| children.get_mut(byte))
                    .is_some_and(|child| child.insert(id, depth + 1));
                *len += usize::from(added);
                added
            }
        };
        if added {
            self.hash.take();
            self.split_when_full(depth);
        }
        added
    }

    fn split_when_full(&mut self, depth: usize) {
        let Shape::Leaf(ids) = &mut self.shape else { return };
        if ids.len() <= LEAF_IDS_MAX {
            return;
        }
        let mut below: Vec<Vec<EntryId>> = vec![Vec::new(); 256];
        let len = ids.len();
        for id in std::mem::take(ids) {
            if let Some(ids) = byte_at(&id, depth).and_then(|byte| below.get_mut(byte)) {
                ids.push(id);
            }
        }
        let mut children: Vec<Node> = below.into_iter().map(Node::leaf).collect();
        for child in &mut children {
            child.split_when_full(depth + 1);
        }
        self.shape = Shape::Branch { children, len };
    }

    fn remove(&mut self, id: &EntryId, depth: usize) -> bool {
        let removed = match &mut self.shape {
            Shape::Leaf(ids) => match ids.binary_search(id) {
                Ok(place) => {
                    ids.remove(place);
                    true
                }
                Err(_) => false,
            },
            Shape::Branch { children, len } => {
                let removed = byte_at(id, depth)
                    .and_then(|byte| children.get_mut(byte))
                    .is_some_and(|child| child.remove(id, depth + 1));
                *len -= usize::from(removed);
                removed
            }
        };
        if removed {
            self.hash.take();
            if matches!(self.shape, Shape::Branch { .. }) && self.len() <= LEAF_IDS_MAX {
                let mut ids = Vec::with_capacity(self.len());
                self.gather(&mut ids);
                self.shape = Shape::Leaf(ids);
            }
        }
        removed
    }

    fn gather(&self, into: &mut Vec<EntryId>) {
        match &self.shape {
            Shape::Leaf(ids) => into.extend(ids),
            Shape::Branch { children, .. } => children.iter().for_each(|child| child.gather(into)),
        }
    }
}

fn byte_at(id: &EntryId, depth: usize) -> Option<usize> {
    id.0.get(depth).map(|byte| usize::from(*byte))
}

fn leaf_hash(ids: &[EntryId]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("aronde 2026 tree of ids, leaf v1");
    for id in ids {
        hasher.update(id.as_bytes());
    }
    *hasher.finalize().as_bytes()
}

fn branch_hash(children: impl Iterator<Item = [u8; 32]>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("aronde 2026 tree of ids, node v1");
    for child in children {
        hasher.update(&child);
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Ids that share long prefixes as often as short ones.
    fn id() -> impl Strategy<Value = EntryId> {
        (0_usize..33, any::<[u8; 2]>()).prop_map(|(shared, tail)| {
            let mut id = [7; 32];
            for (place, byte) in id.iter_mut().skip(shared).zip(tail) {
                *place = byte;
            }
            EntryId(id)
        })
    }

    proptest! {
        #[test]
        fn the_root_is_a_function_of_the_set_alone(
            ids in prop::collection::vec(id(), 0..400),
            gone in prop::collection::vec(any::<prop::sample::Index>(), 0..300),
        ) {
            let mut set: BTreeSet<EntryId> = ids.iter().copied().collect();
            let mut digest: Digest = ids.iter().rev().copied().collect();
            prop_assert_eq!(digest.len(), set.len());
            for index in gone {
                if ids.is_empty() { break; }
                let id = ids[index.index(ids.len())];
                prop_assert_eq!(digest.remove(&id), set.remove(&id));
                digest.root();
            }
            let again: Digest = set.iter().copied().collect();
            prop_assert_eq!(digest.root(), again.root());
            prop_assert_eq!(digest.len(), set.len());
        }

        #[test]
        fn the_walk_by_prefix_reaches_every_id_and_shows_the_hashes_of_its_children(
            ids in prop::collection::btree_set(id(), 0..400),
        ) {
            let digest: Digest = ids.iter().copied().collect();
            let mut found = BTreeSet::new();
            let mut open = vec![Vec::new()];
            while let Some(prefix) = open.pop() {
                let node = digest.children(&prefix);
                if let TreeNode::Ids(below) = &node {
                    found.extend(below.iter().copied());
                    prop_assert!(below.len() <= LEAF_IDS_MAX);
                    continue;
                }
                let hashes = node.child_hashes(&prefix);
                for byte in 0..=255_u8 {
                    let mut child = prefix.clone();
                    child.push(byte);
                    let expected = match digest.children(&child) {
                        TreeNode::Ids(below) => leaf_hash(&below),
                        TreeNode::Branch(hashes) => branch_hash(hashes.into_iter()),
                    };
                    prop_assert_eq!(hashes[usize::from(byte)], expected);
                    open.push(child);
                }
            }
            prop_assert_eq!(found, ids);
        }
    }

    #[test]
    fn one_more_or_one_other_id_is_another_root() {
        let mut digest: Digest = (0_u8..200).map(|n| EntryId::of(&[n])).collect();
        let before = digest.root();
        assert!(digest.insert(EntryId::of(b"one more")));
        assert_ne!(digest.root(), before);
        assert!(!digest.insert(EntryId::of(b"one more")), "an id is counted once");
        assert!(digest.remove(&EntryId::of(b"one more")));
        assert_eq!(digest.root(), before);
    }
}

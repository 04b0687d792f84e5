//! Merkle trees over lists, as in RFC 9162, section 2.1, with BLAKE3 as its hash.
//!
//! Goals: that an item stands at a place of a list, and that a list goes on where an older one ended, is shown by
//! some dozens of hashes to somebody who knows the roots alone. A proof has one spelling: what is not needed is
//! refused. The tree over ids by prefix is another one, [`crate::digest`]: it says quickly where two sets differ.
//!
//! Deliberately absent: what the items are.

/// A hash.
pub type Hash = [u8; 32];

/// Why a proof is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MerkleError {
    /// A hash that is needed is not there.
    #[error("a hash is missing")]
    Missing,
    /// A hash is there that is not needed.
    #[error("there are more hashes than are needed")]
    Spare,
    /// Places that are not in order, or not in the list.
    #[error("the places are not in order, or not in the list")]
    Places,
}

/// The hash of an item: BLAKE3 of a zero byte and its bytes.
pub fn leaf(item: &[u8]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[0]).update(item);
    *hasher.finalize().as_bytes()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[1]).update(left).update(right);
    *hasher.finalize().as_bytes()
}

/// The largest power of two below `n`, which is at least 2: where a tree of so many leaves parts.
fn split(n: u64) -> u64 {
    1 << (u64::BITS - 1 - (n - 1).leading_zeros())
}

/// A tree that grows at its end, as far as its root needs it: one hash for each power of two in its length.
#[derive(Debug, Clone, Default)]
pub struct Growing {
    /// Whole subtrees, the largest first.
    whole: Vec<Hash>,
    len: u64,
}

impl Growing {
    /// Adds a leaf's hash.
    pub fn push(&mut self, leaf: Hash) {
        let (mut hash, mut size) = (leaf, 1);
        while self.len & size != 0 {
            let Some(left) = self.whole.pop() else { break };
            hash = node(&left, &hash);
            size <<= 1;
        }
        self.whole.push(hash);
        self.len += 1;
    }

    /// How many leaves.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The root over them.
    pub fn root(&self) -> Hash {
        let mut right: Option<Hash> = None;
        for left in self.whole.iter().rev() {
            right = Some(right.map_or(*left, |right| node(left, &right)));
        }
        right.unwrap_or_else(|| *blake3::hash(b"").as_bytes())
    }
}

/// The trees over a list and over each of its beginnings, as far as proofs of them need it: a hash for each whole
/// subtree.
#[derive(Debug, Clone)]
pub struct Tree {
    /// The leaves, then each level above: a node for each two below it.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree over these leaves' hashes.
    pub fn over(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            let (pairs, _) = below.as_chunks::<2>();
            let level = pairs.iter().map(|[left, right]| node(left, right)).collect();
            levels.push(level);
        }
        Self { levels }
    }

    /// How many leaves.
    pub fn len(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The root over the first leaves, so many.
    ///
    /// # Errors
    /// There are not so many.
    pub fn root(&self, len: u64) -> Result<Hash, MerkleError> {
        if len == 0 { Ok(Growing::default().root()) } else { self.part(0, len) }
    }

    /// The root over a part that begins where a whole subtree may.
    fn part(&self, start: u64, len: u64) -> Result<Hash, MerkleError> {
        if len.is_power_of_two() {
            let level = self.levels.get(len.trailing_zeros() as usize);
            let at = usize::try_from(start / len).unwrap_or(usize::MAX);
            return level.and_then(|level| level.get(at)).copied().ok_or(MerkleError::Places);
        }
        let at = split(len);
        Ok(node(&self.part(start, at)?, &self.part(start + at, len - at)?))
    }

    /// The hashes that prove which leaves stand at these places of the first leaves, so many. Places are ascending,
    /// each once.
    ///
    /// # Errors
    /// The places are not so, or there are not so many leaves.
    pub fn inclusion(&self, len: u64, places: &[u64]) -> Result<Vec<Hash>, MerkleError> {
        in_order(places.iter().copied(), len)?;
        let mut hashes = Vec::new();
        if len > 0 {
            self.include(0, len, places, &mut hashes)?;
        }
        Ok(hashes)
    }

    fn include(
        &self,
        start: u64,
        len: u64,
        places: &[u64],
        hashes: &mut Vec<Hash>,
    ) -> Result<(), MerkleError> {
        if places.is_empty() {
            hashes.push(self.part(start, len)?);
        } else if len > 1 {
            let at = split(len);
            let (left, right) = places.split_at(places.partition_point(|place| *place < start + at));
            self.include(start, at, left, hashes)?;
            self.include(start + at, len - at, right, hashes)?;
        }
        Ok(())
    }

    /// The hashes that prove that the first `new` leaves go on where the first `old` of them end (RFC 9162, 2.1.4.1).
    ///
    /// # Errors
    /// There are not so many, or none are asked for.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, MerkleError> {
        if old == 0 || old > new {
            return Err(MerkleError::Places);
        }
        let mut hashes = Vec::new();
        self.extend(0, old, new, true, &mut hashes)?;
        Ok(hashes)
    }

    fn extend(
        &self,
        start: u64,
        old: u64,
        new: u64,
        whole: bool,
        hashes: &mut Vec<Hash>,
    ) -> Result<(), MerkleError> {
        if old == new {
            if !whole {
                hashes.push(self.part(start, new)?);
            }
            return Ok(());
        }
        let at = split(new);
        if old <= at {
            self.extend(start, old, at, whole, hashes)?;
            hashes.push(self.part(start + at, new - at)?);
        } else {
            self.extend(start + at, old - at, new - at, false, hashes)?;
            hashes.push(self.part(start, at)?);
        }
        Ok(())
    }
}

/// The root of a list of this length in which these leaves stand at these places, if the hashes prove it.
///
/// # Errors
/// The places are not in order, or the hashes are not just those that are needed.
pub fn included(len: u64, leaves: &[(u64, Hash)], hashes: &[Hash]) -> Result<Hash, MerkleError> {
    in_order(leaves.iter().map(|(place, _)| *place), len)?;
    if len == 0 {
        return Err(MerkleError::Places);
    }
    let mut hashes = hashes.iter();
    let root = fold(0, len, leaves, &mut hashes)?;
    if hashes.len() == 0 { Ok(root) } else { Err(MerkleError::Spare) }
}

/// Recursion halves a length of 64 bits.
fn fold(
    start: u64,
    len: u64,
    leaves: &[(u64, Hash)],
    hashes: &mut std::slice::Iter<'_, Hash>,
) -> Result<Hash, MerkleError> {
    match leaves {
        [] => hashes.next().copied().ok_or(MerkleError::Missing),
        [(_, leaf), ..] if len == 1 => Ok(*leaf),
        _ => {
            let at = split(len);
            let (left, right) = leaves.split_at(leaves.partition_point(|(place, _)| *place < start + at));
            let left = fold(start, at, left, hashes)?;
            let right = fold(start + at, len - at, right, hashes)?;
            Ok(node(&left, &right))
        }
    }
}

fn in_order(places: impl Iterator<Item = u64>, len: u64) -> Result<(), MerkleError> {
    let mut least = 0;
    for place in places {
        if place < least || place >= len {
            return Err(MerkleError::Places);
        }
        least = place + 1;
    }
    Ok(())
}

/// The root of a list of `new` items that goes on where one of `old` items with the root `old_root` ended, if the
/// hashes prove that; the old root that they prove comes with it.
///
/// # Errors
/// The lengths are not in order, or the hashes are not just those that are needed.
pub fn continued(old: u64, old_root: Hash, new: u64, hashes: &[Hash]) -> Result<(Hash, Hash), MerkleError> {
    if old == 0 || old > new {
        return Err(MerkleError::Places);
    }
    let mut hashes = hashes.iter();
    let roots = grow(old, new, Some(old_root), &mut hashes)?;
    if hashes.len() == 0 { Ok(roots) } else { Err(MerkleError::Spare) }
}

/// The old and the new root of a part. `whole` is the old root while all of the part's left edge is the list's.
fn grow(
    old: u64,
    new: u64,
    whole: Option<Hash>,
    hashes: &mut std::slice::Iter<'_, Hash>,
) -> Result<(Hash, Hash), MerkleError> {
    if old == new {
        let hash = match whole {
            Some(root) => root,
            None => hashes.next().copied().ok_or(MerkleError::Missing)?,
        };
        return Ok((hash, hash));
    }
    let at = split(new);
    let (parts, sibling) = if old <= at {
        (grow(old, at, whole, hashes)?, hashes.next())
    } else {
        (grow(old - at, new - at, None, hashes)?, hashes.next())
    };
    let sibling = sibling.ok_or(MerkleError::Missing)?;
    Ok(if old <= at {
        (parts.0, node(&parts.1, sibling))
    } else {
        (node(sibling, &parts.0), node(sibling, &parts.1))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|n| leaf(&n.to_be_bytes())).collect()
    }

    /// The definition of RFC 9162, 2.1.1, word for word.
    fn defined(items: &[Vec<u8>]) -> Hash {
        match items {
            [] => *blake3::hash(b"").as_bytes(),
            [item] => *blake3::hash(&[&[0], item.as_slice()].concat()).as_bytes(),
            _ => {
                let mut k = 1;
                while 2 * k < items.len() {
                    k *= 2;
                }
                let (left, right) = (defined(&items[..k]), defined(&items[k..]));
                *blake3::hash(&[&[1][..], &left, &right].concat()).as_bytes()
            }
        }
    }

    #[test]
    fn the_root_is_that_of_the_standard() {
        for n in 0..70_u64 {
            let items: Vec<Vec<u8>> = (0..n).map(|n| n.to_be_bytes().to_vec()).collect();
            let mut growing = Growing::default();
            for leaf in leaves(n) {
                growing.push(leaf);
            }
            assert_eq!(growing.root(), defined(&items), "of {n}");
            assert_eq!(Tree::over(leaves(70)).root(n), Ok(defined(&items)), "of {n}");
        }
    }

    proptest! {
        #[test]
        fn places_are_proven_by_no_more_hashes_than_they_need(
            len in 1_u64..200, more in 0_u64..70, places in prop::collection::btree_set(0_u64..200, 0..12),
        ) {
            let all = leaves(len);
            let places: Vec<u64> = places.into_iter().filter(|place| *place < len).collect();
            let tree = Tree::over(leaves(len + more));
            let (hashes, root) = (tree.inclusion(len, &places).unwrap(), tree.root(len).unwrap());
            let shown: Vec<(u64, Hash)> =
                places.iter().map(|place| (*place, all[usize::try_from(*place).unwrap()])).collect();
            prop_assert_eq!(included(len, &shown, &hashes), Ok(root));
            prop_assert!(hashes.len() <= 8 * places.len().max(1));
            let spare: Vec<Hash> = hashes.iter().copied().chain([[0; 32]]).collect();
            prop_assert_eq!(included(len, &shown, &spare), Err(MerkleError::Spare));
            if let Some((_, fewer)) = hashes.split_last() {
                prop_assert_eq!(included(len, &shown, fewer), Err(MerkleError::Missing));
            }
            // Another item, or the same at another place, is another root.
            for at in 0..shown.len() {
                let mut other = shown.clone();
                other[at].1[0] ^= 1;
                prop_assert_ne!(included(len, &other, &hashes), Ok(root));
                let mut moved = shown.clone();
                moved[at].0 ^= 1;
                prop_assert_ne!(included(len, &moved, &hashes), Ok(root));
            }
        }

        #[test]
        fn that_a_list_goes_on_is_proven_for_every_length_it_had(old in 1_u64..130, more in 0_u64..130) {
            let all = leaves(old + more);
            let tree = Tree::over(all.clone());
            let (before, after) = (tree.root(old).unwrap(), tree.root(old + more).unwrap());
            let hashes = tree.consistency(old, old + more).unwrap();
            prop_assert_eq!(continued(old, before, old + more, &hashes), Ok((before, after)));
            prop_assert!(hashes.len() <= 9);
            if let Some((_, fewer)) = hashes.split_last() {
                prop_assert!(continued(old, before, old + more, fewer).is_err());
            }
            // A list in which an old item was exchanged does not go on where it ended.
            let mut other = all.clone();
            other[0][0] ^= 1;
            let other = Tree::over(other);
            let forged = other.consistency(old, old + more).unwrap();
            let said = continued(old, before, old + more, &forged);
            prop_assert!(more == 0 || said != Ok((before, other.root(old + more).unwrap())));
        }
    }

    #[test]
    fn what_is_no_place_of_the_list_is_refused_before_anything_is_hashed() {
        let one = leaf(b"one");
        for (len, places) in [(0, vec![]), (3, vec![3]), (3, vec![1, 1]), (3, vec![2, 0])] {
            let shown: Vec<(u64, Hash)> = places.into_iter().map(|place| (place, one)).collect();
            assert_eq!(included(len, &shown, &[]), Err(MerkleError::Places));
        }
        assert_eq!(included(u64::MAX, &[(u64::MAX - 1, one)], &[]), Err(MerkleError::Missing));
        assert_eq!(continued(0, one, 5, &[]), Err(MerkleError::Places));
        assert_eq!(continued(6, one, 5, &[]), Err(MerkleError::Places));
        assert_eq!(continued(u64::MAX, one, u64::MAX, &[]), Ok((one, one)));
        assert_eq!(Tree::over(leaves(3)).consistency(1, 4), Err(MerkleError::Places));
        assert_eq!(Tree::over(leaves(3)).root(4), Err(MerkleError::Places));
    }
}

//! Which operations lie in an entry's past, for all entries at once.
//!
//! A set is bits by the operations' number here, in chunks that sets share: the past of an operation is mostly
//! that of the one before it, so a chunk is written once and pointed to by all later sets. Work names few
//! distinct pasts, and each distinct set is kept once. Memory is a pointer for every 1,024 operations of
//! each distinct set, and a chunk only where sets differ.
//!
//! Numbers are this replica's alone and never leave it.

use std::collections::HashSet;
use std::sync::Arc;

const WORDS: usize = 16;
/// Operations in one chunk.
const CHUNK: usize = WORDS * 64;

type Chunk = [u64; WORDS];

/// A set of operations, by their number here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct OperationSet(Vec<Option<Arc<Chunk>>>);

impl OperationSet {
    /// Adds operation number `n`.
    pub fn insert(&mut self, n: usize) {
        let (chunk, word, bit) = (n / CHUNK, n % CHUNK / 64, n % 64);
        if self.0.len() <= chunk {
            self.0.resize(chunk + 1, None);
        }
        if let Some(slot) = self.0.get_mut(chunk)
            && let Some(bits) = Arc::make_mut(slot.get_or_insert_default()).get_mut(word)
        {
            *bits |= 1 << bit;
        }
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all of another set is in it. Chunks that both share cost nothing.
    pub fn includes(&self, other: &OperationSet) -> bool {
        other.0.iter().enumerate().all(|(c, theirs)| match (self.0.get(c).and_then(Option::as_ref), theirs) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(mine), Some(theirs)) => Arc::ptr_eq(mine, theirs) || within(theirs, mine),
        })
    }

    /// Whether operation number `n` is in it.
    pub fn contains(&self, n: usize) -> bool {
        let chunk = self.0.get(n / CHUNK).and_then(Option::as_ref);
        let word = chunk.and_then(|chunk| chunk.get(n % CHUNK / 64));
        word.is_some_and(|bits| bits & (1 << (n % 64)) != 0)
    }

    /// Adds all of another set. Keeps whichever chunk holds both, so that it stays shared.
    pub fn extend(&mut self, other: &OperationSet) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), None);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            let Some(theirs) = theirs else { continue };
            match mine {
                None => *mine = Some(Arc::clone(theirs)),
                Some(mine) if Arc::ptr_eq(mine, theirs) || within(theirs, mine) => {}
                Some(mine) if within(mine, theirs) => *mine = Arc::clone(theirs),
                Some(mine) => {
                    for (a, b) in Arc::make_mut(mine).iter_mut().zip(theirs.iter()) {
                        *a |= b;
                    }
                }
            }
        }
    }

    /// The numbers in it and not in another, ascending. Chunks that both share cost nothing.
    pub fn without(&self, other: &OperationSet) -> Vec<usize> {
        let mut numbers = Vec::new();
        for (c, mine) in self.0.iter().enumerate() {
            let Some(mine) = mine else { continue };
            let theirs = other.0.get(c).and_then(Option::as_ref);
            if theirs.is_some_and(|theirs| Arc::ptr_eq(mine, theirs)) {
                continue;
            }
            for (w, word) in mine.iter().enumerate() {
                let mut bits = word & !theirs.and_then(|t| t.get(w)).copied().unwrap_or(0);
                while bits != 0 {
                    numbers.push(c * CHUNK + w * 64 + bits.trailing_zeros() as usize);
                    bits &= bits - 1;
                }
            }
        }
        numbers
    }
}

/// Whether all of `part` is in `whole`.
fn within(part: &Chunk, whole: &Chunk) -> bool {
    part.iter().zip(whole).all(|(p, w)| p & !w == 0)
}

/// Each distinct set once.
#[derive(Debug, Default)]
pub struct Pasts(HashSet<Arc<OperationSet>>);

impl Pasts {
    /// The shared copy of this set.
    pub fn intern(&mut self, set: Arc<OperationSet>) -> Arc<OperationSet> {
        if let Some(known) = self.0.get(&set) {
            return Arc::clone(known);
        }
        self.0.insert(Arc::clone(&set));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in_and_lists_it_ascending() {
        let numbers = [0, 63, 64, 1_023, 1_024, 5_000];
        let mut set = OperationSet::default();
        for n in numbers.into_iter().rev() {
            set.insert(n);
        }
        assert_eq!(set.without(&OperationSet::default()), numbers);
        assert!(!set.contains(1) && !set.contains(100_000));
    }

    #[test]
    fn what_sets_have_in_common_is_shared() {
        let mut first = OperationSet::default();
        (0..CHUNK).for_each(|n| first.insert(n));
        let mut second = OperationSet::default();
        second.insert(CHUNK + 1);
        second.extend(&first);
        let chunk = |set: &OperationSet| set.0.first().cloned().flatten();
        let shared = chunk(&first).zip(chunk(&second)).is_some_and(|(a, b)| Arc::ptr_eq(&a, &b));
        assert!(shared && second.contains(0) && second.contains(CHUNK + 1));
    }
}

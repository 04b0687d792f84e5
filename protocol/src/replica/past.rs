//! Which operations lie in an entry's past, for all entries at once.
//!
//! Operations are few and work is plenty, and most work names the same heads: each distinct set is
//! kept once, as bits by the operations' order of arrival here. That order is this replica's alone
//! and never leaves it.

use std::collections::HashSet;
use std::sync::Arc;

/// A set of operations, by their number here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct OperationSet(Vec<u64>);

impl OperationSet {
    /// Adds operation number `n`.
    pub fn insert(&mut self, n: usize) {
        let word = n / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (n % 64);
        }
    }

    /// Whether operation number `n` is in it.
    pub fn contains(&self, n: usize) -> bool {
        self.0.get(n / 64).is_some_and(|bits| bits & (1 << (n % 64)) != 0)
    }

    /// Adds all of another set.
    pub fn extend(&mut self, other: &OperationSet) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }
}

/// Each distinct set once.
#[derive(Debug, Default)]
pub struct Pasts(HashSet<Arc<OperationSet>>);

impl Pasts {
    /// The shared copy of this set.
    pub fn intern(&mut self, set: OperationSet) -> Arc<OperationSet> {
        if let Some(known) = self.0.get(&set) {
            return Arc::clone(known);
        }
        let shared = Arc::new(set);
        self.0.insert(Arc::clone(&shared));
        shared
    }
}

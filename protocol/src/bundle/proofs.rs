//! What shows, in a bundle about a part of a commons, that its entries were known by a checkpoint, and that each
//! checkpoint went on where the one before it ended: `docs/format.md`, Proofs.
//!
//! A bundle about everything needs none: its checkpoints are found again from what it holds.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::canonical::{self, CanonicalError};
use crate::id::EntryId;
use crate::limits;
use crate::merkle::{self, Hash, MerkleError};
use crate::replica::{History, Replica, Roots};
use crate::wire::Bounded;

/// Hashes that show that one list goes on where another ended: one more than a length has bits.
const CONSISTENCY_MAX: usize = 65;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proofs {
    /// The newest checkpoint of the chain that the exporter follows.
    pub charter: EntryId,
    /// For each entry of the bundle, in order: its place in the checkpoint's history, if it is covered.
    pub places: Bounded<Option<u64>, { limits::BUNDLE_PROVEN_MAX }>,
    /// What proves that these entries stand there.
    pub hashes: Vec<ByteArray<32>>,
    /// For each checkpoint before it, the oldest first: what proves that the next one goes on where it ended.
    pub goes_on: Bounded<Bounded<ByteArray<32>, CONSISTENCY_MAX>, { limits::BUNDLE_CHECKPOINTS_MAX }>,
}

/// Why proofs show nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofsError {
    /// They speak of other entries.
    #[error("they speak of {0} entries")]
    Length(usize),
    /// The charter is no checkpoint of the chain, or not the newest.
    #[error("the charter that they name is not the newest checkpoint of the chain that is followed")]
    NotTheNewest,
    /// Hashes that prove something else.
    #[error("they do not lead to the seal of {0}")]
    OtherRoot(EntryId),
    /// Hashes that prove nothing.
    #[error("{0}")]
    Merkle(#[from] MerkleError),
}

impl Proofs {
    /// The proofs for these entries, in order. None when there is no checkpoint, when one says other than comes
    /// out, or when there would be too many.
    pub fn of(history: &History, entries: &[EntryId]) -> Option<Self> {
        let newest = history.newest_sealed()?;
        let len = newest.found.entries;
        let sealed: Vec<(EntryId, Roots)> = history
            .charters()
            .iter()
            .filter_map(|covering| covering.said.map(|said| (covering, Roots::of(&said))))
            .map(|(covering, said)| (said == covering.found).then_some((covering.charter, said)))
            .collect::<Option<_>>()?;
        if entries.len() > limits::BUNDLE_PROVEN_MAX || sealed.len() > limits::BUNDLE_CHECKPOINTS_MAX {
            return None;
        }
        let place = |id: &EntryId| history.place(id).map(|(place, _)| place).filter(|place| *place < len);
        let places: Vec<Option<u64>> = entries.iter().map(place).collect();
        let mut covered: Vec<u64> = places.iter().flatten().copied().collect();
        covered.sort_unstable();
        let tree = history.tree();
        let goes_on = sealed.iter().zip(sealed.iter().skip(1)).map(|((_, old), (_, new))| {
            tree.consistency(old.entries, new.entries).ok().map(|hashes| written(hashes).into())
        });
        Some(Self {
            charter: newest.charter,
            goes_on: goes_on.collect::<Option<Vec<_>>>()?.into(),
            hashes: written(tree.inclusion(len, &covered).ok()?),
            places: places.into(),
        })
    }

    /// Its bytes, of which there is one sequence.
    ///
    /// # Errors
    /// Never for what was made or decoded here; the encoder's signature has one.
    pub fn encode(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::encode(self)
    }

    /// Reads proofs.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn decode(bytes: &[u8]) -> Result<Self, CanonicalError> {
        canonical::decode(bytes)
    }

    /// How many entries are covered.
    pub fn covered(&self) -> u64 {
        self.places.0.iter().flatten().count() as u64
    }

    /// Whether they show what they say of these entries, in order, in a replica that has the authority whole.
    ///
    /// # Errors
    /// They do not.
    pub fn check(&self, entries: &[EntryId], replica: &Replica) -> Result<(), ProofsError> {
        if self.places.0.len() != entries.len() {
            return Err(ProofsError::Length(self.places.0.len()));
        }
        let sealed = replica.checkpoints();
        let Some((newest, seal)) = sealed.last().filter(|(newest, _)| *newest == self.charter) else {
            return Err(ProofsError::NotTheNewest);
        };
        let mut shown: Vec<(u64, Hash)> = entries
            .iter()
            .zip(&self.places.0)
            .filter_map(|(id, place)| Some(((*place)?, merkle::leaf(id.as_bytes()))))
            .collect();
        shown.sort_unstable();
        if merkle::included(seal.entries, &shown, &read(&self.hashes))? != seal.history {
            return Err(ProofsError::OtherRoot(*newest));
        }
        if self.goes_on.0.len() + 1 != sealed.len() {
            return Err(ProofsError::NotTheNewest);
        }
        let pairs = sealed.iter().zip(sealed.iter().skip(1));
        for (((_, old), (charter, new)), hashes) in pairs.zip(&self.goes_on.0) {
            let proven = merkle::continued(old.entries, old.history, new.entries, &read(&hashes.0))?;
            if proven != (old.history, new.history) {
                return Err(ProofsError::OtherRoot(*charter));
            }
        }
        Ok(())
    }
}

fn written(hashes: Vec<Hash>) -> Vec<ByteArray<32>> {
    hashes.into_iter().map(ByteArray::new).collect()
}

fn read(hashes: &[ByteArray<32>]) -> Vec<Hash> {
    hashes.iter().map(|hash| **hash).collect()
}

//! Proofs: files that show something to anyone, with no node, no federation and nobody to believe.
//!
//! A proof is the canonical encoding of a list of two: the text [`FORMAT`], which says what the bytes are, and
//! a map of one key, the kind of proof. So a file is known by its first bytes, each kind has one place here,
//! and there is one sequence of bytes for each proof. Further kinds join [`Proof`] and [`Proven`].

use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::fork_proof::{ForkProof, ForkProofError, ProvenFork};
use crate::limits;
use crate::release_proof::{ProvenRelease, ReleaseProof, ReleaseProofError};
use crate::split_proof::{ProvenSplit, SplitProof, SplitProofError};

/// What a proof's first item says. Another number at its end is another format.
pub const FORMAT: &str = "aronde proof 1";
/// How the bytes of every proof begin, whatever its format's number: a list of two, a text of 14 bytes.
const BEGINS: &[u8] = b"\x82\x6earonde proof ";

/// A proof as it was read. Nothing of it is believed before [`Proof::check`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proof {
    /// One hand signed two entries for one place of its log.
    #[serde(rename = "fork")]
    Fork(ForkProof),
    /// A design was released as it is said, by somebody with the right.
    #[serde(rename = "release")]
    Release(ReleaseProof),
    /// One workshop endorsed two charters that rival each other.
    #[serde(rename = "split")]
    Split(SplitProof),
}

/// What a proof shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Proven {
    /// One hand signed two entries for one place of its log.
    Fork(ProvenFork),
    /// A design was released as it is said, by somebody with the right.
    Release(Box<ProvenRelease>),
    /// One workshop endorsed two charters that rival each other.
    Split(ProvenSplit),
}

/// Why bytes prove nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// They don't begin as a proof does.
    #[error("this is no proof that Aronde writes")]
    NotAProof,
    /// A newer format.
    #[error("this proof is of a newer format than this version knows; a newer one can check it")]
    Newer,
    /// Over the limit.
    #[error("the proof has more than {0} bytes")]
    TooLarge(usize),
    /// It was cut, changed or never whole.
    #[error("the proof is not as it was written: {0}")]
    Damaged(CanonicalError),
    /// A fork proof doesn't hold.
    #[error("the fork is not proven: {0}")]
    Fork(#[from] ForkProofError),
    /// A release proof doesn't hold.
    #[error("the release is not proven: {0}")]
    Release(#[from] ReleaseProofError),
    /// A split proof doesn't hold.
    #[error("the split is not proven: {0}")]
    Split(#[from] SplitProofError),
}

impl Proof {
    /// Reads a proof.
    ///
    /// # Errors
    /// The bytes are no proof, one of a newer format, or damaged.
    pub fn decode(bytes: &[u8]) -> Result<Self, ProofError> {
        if !bytes.starts_with(BEGINS) {
            return Err(ProofError::NotAProof);
        }
        if bytes.get(2..2 + FORMAT.len()) != Some(FORMAT.as_bytes()) {
            return Err(ProofError::Newer);
        }
        if bytes.len() > limits::PROOF_FILE_MAX {
            return Err(ProofError::TooLarge(limits::PROOF_FILE_MAX));
        }
        let (_, proof): (String, Proof) = canonical::decode(bytes).map_err(ProofError::Damaged)?;
        Ok(proof)
    }

    /// Its bytes, of which there is one sequence.
    ///
    /// # Errors
    /// Never for what was made or decoded here; the encoder's signature has one.
    pub fn encode(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::encode(&(FORMAT, self))
    }

    /// What it shows, by its bytes alone.
    ///
    /// # Errors
    /// It does not hold.
    pub fn check(&self) -> Result<Proven, ProofError> {
        Ok(match self {
            Proof::Fork(proof) => Proven::Fork(proof.check()?),
            Proof::Release(proof) => Proven::Release(Box::new(proof.check()?)),
            Proof::Split(proof) => Proven::Split(proof.check()?),
        })
    }
}

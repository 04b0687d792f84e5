//! Fork proofs: that one key signed two entries for one place of one log (`docs/entries.md`, Fork proofs).
//!
//! For each of the two it holds the canonical header and those after it, up to one with a signature, as
//! [`Header::vouches_for`] chains them. It is judged by these bytes alone. Facts and personal parts are not
//! in it: the headers name them by hash, and that two of them differ needs no look at either.
//!
//! What it does not show: that either entry was held or counts anywhere, when it was written, or whether
//! a thief, a second machine or a disk that was rolled back is behind it.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::entry::{Entry, EntryError, Header};
use crate::id::EntryId;
use crate::key::{KeyError, MemberKey};
use crate::limits;
use crate::wire::{Bounded, Bytes};

/// The headers from an entry on to the one whose signature vouches for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Branch {
    headers: Bounded<Bytes<{ limits::HEADER_MAX }>, { limits::FORK_PROOF_CHAIN_MAX }>,
    signature: ByteArray<64>,
}

/// See the module. The branch whose first entry has the smaller id comes first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForkProof {
    branches: (Branch, Branch),
}

/// What a fork proof shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenFork {
    /// The federation, by its founding entry.
    pub federation: EntryId,
    /// Whose key signed both.
    pub author: MemberKey,
    /// Of which log; as text where people read it, since it has 64 bits.
    #[serde(with = "log_number")]
    pub log: u64,
    /// Which place in it, from 0.
    pub seq: u64,
    /// The two entries, sorted.
    pub entries: [EntryId; 2],
    /// When each says that it was written, in ms since 1970: a claim.
    pub at: [u64; 2],
    /// What each is, `class/name`.
    pub kinds: [String; 2],
}

/// Why a fork is not proven.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForkProofError {
    /// A branch without a header.
    #[error("a branch of it is empty")]
    Empty,
    /// More headers than vouching reaches.
    #[error("a branch of it has more than {0} headers")]
    TooLong(usize),
    /// A header is not in order.
    #[error(transparent)]
    Header(#[from] EntryError),
    /// The author's key is refused.
    #[error("the author: {0}")]
    Key(#[from] KeyError),
    /// A header does not vouch for the one before it.
    #[error("a header of it does not vouch for the one before it")]
    BrokenChain,
    /// The signature at the end of a branch is not the author's.
    #[error("the signature at the end of a branch is not the author's")]
    BadSignature,
    /// The two are not of one federation, author, log and place.
    #[error("the two entries are not for one place of one log")]
    OtherPlace,
    /// The two are one.
    #[error("both branches begin with the same entry")]
    SameEntry,
    /// The branches are not in the order of their entries' ids.
    #[error("its branches are not in the order of their entries' ids")]
    Unsorted,
}

/// The first entry of a branch, once it is known to be authentic.
struct Proved {
    id: EntryId,
    header: Header,
    author: MemberKey,
}

impl ForkProof {
    /// The proof that two entries make, each given with those that vouch for it: the last of each has a
    /// signature.
    ///
    /// # Errors
    /// They prove no fork.
    pub fn of(one: &[Entry], other: &[Entry]) -> Result<Self, ForkProofError> {
        let (mut first, mut second) = (Branch::of(one)?, Branch::of(other)?);
        if one.first().map(Entry::id) > other.first().map(Entry::id) {
            std::mem::swap(&mut first, &mut second);
        }
        let proof = Self { branches: (first, second) };
        proof.check()?;
        Ok(proof)
    }

    /// What it shows.
    ///
    /// # Errors
    /// It shows no fork.
    pub fn check(&self) -> Result<ProvenFork, ForkProofError> {
        let (one, other) = (self.branches.0.check()?, self.branches.1.check()?);
        let place = |of: &Proved| (of.header.federation(of.id), of.author, of.header.log, of.header.seq);
        if place(&one) != place(&other) {
            return Err(ForkProofError::OtherPlace);
        }
        match one.id.cmp(&other.id) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => return Err(ForkProofError::SameEntry),
            std::cmp::Ordering::Greater => return Err(ForkProofError::Unsorted),
        }
        let (federation, author, log, seq) = place(&one);
        Ok(ProvenFork {
            federation,
            author,
            log,
            seq,
            entries: [one.id, other.id],
            at: [one.header.at, other.header.at],
            kinds: [one.header.kind.to_string(), other.header.kind.to_string()],
        })
    }
}

impl Branch {
    fn of(chain: &[Entry]) -> Result<Self, ForkProofError> {
        let last = chain.last().ok_or(ForkProofError::Empty)?;
        if chain.len() > limits::FORK_PROOF_CHAIN_MAX {
            return Err(ForkProofError::TooLong(limits::FORK_PROOF_CHAIN_MAX));
        }
        let headers: Vec<_> = chain.iter().map(|entry| Bytes(entry.header_bytes().to_vec())).collect();
        let signature = last.signature().ok_or(ForkProofError::BadSignature)?;
        Ok(Self { headers: headers.into(), signature: ByteArray::new(*signature) })
    }

    /// The first entry, which is authentic when each header vouches for the one before it and the last is
    /// signed.
    fn check(&self) -> Result<Proved, ForkProofError> {
        let mut first: Option<Proved> = None;
        let mut last: Option<(EntryId, Header)> = None;
        for bytes in &self.headers.0 {
            let header = Header::decode(&bytes.0)?;
            header.check()?;
            let id = EntryId::of(&bytes.0);
            match &last {
                Some((before_id, before)) if !header.vouches_for(before, *before_id) => {
                    return Err(ForkProofError::BrokenChain);
                }
                Some(_) => {}
                None => {
                    let author = MemberKey::from_bytes(header.author)?;
                    first = Some(Proved { id, header: header.clone(), author });
                }
            }
            last = Some((id, header));
        }
        let ((signed, _), first) = last.zip(first).ok_or(ForkProofError::Empty)?;
        if first.author.vouches(&signed, &self.signature) {
            Ok(first)
        } else {
            Err(ForkProofError::BadSignature)
        }
    }
}

/// A log's number as text: JSON numbers of other programs lose digits from 53 bits on.
mod log_number {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
    pub fn serialize<S: Serializer>(log: &u64, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(log)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<u64, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

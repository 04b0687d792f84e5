//! Audit bundles: one file with a part of a commons, which anyone judges by themselves (`docs/format.md`).
//!
//! Goals: nothing is needed but the file; one sequence of bytes for each content; read and judged piece by piece,
//! in memory for what a replica keeps of an entry; every fault is named with its entry, or its place in the file.
//!
//! Invariants: the root names the pages, a page names its blocks, and each block is named by the hash of its bytes;
//! the exporter's signature covers the manifest, and so every byte. A reader takes no block that is not due.
//!
//! Deliberately absent: files of designs, documents as they are shown, anything that only its exporter knows. What
//! an exporter left out cannot be seen in a bundle, only who signed it.

use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::id::EntryId;
use crate::key::{MemberKey, SecretKey};
use crate::limits;

mod about;
mod car;
mod checkpoint;
mod contents;
mod finding;
mod judge;
mod page;
mod proofs;
mod read;

pub use about::{Asked, about};
pub use car::{CBOR, Link, RAW, write_block, write_header};
pub use checkpoint::Checkpoint;
pub use contents::{Contents, Exporter, Settled, bundle};
pub use finding::{Finding, FindingKind};
pub use judge::{Audit, Checked, Trusted, Wanted, signatures, verify, verify_with};
pub use page::{Page, Row};
pub use proofs::{Proofs, ProofsError};
pub use read::{BrokenBundle, Piece, Reader};

/// What the root's first item says. Another number at its end is another format.
pub const FORMAT: &str = "aronde bundle 1";
/// How the root of every bundle begins, whatever its format's number: a list of three, a text of 15 bytes.
const BEGINS: &[u8] = b"\x83\x6faronde bundle ";
/// What an exporter's signature says it is: no other protocol signs this prefix.
const DOMAIN: &[u8] = b"aronde bundle 1\0";

/// What a bundle says of itself, for which its exporter stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The founding entry.
    pub federation: EntryId,
    /// The federation's name for people.
    pub name: String,
    /// What it is about; absent when it is about everything that its exporter held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<EntryId>,
    /// Whether personal parts are in it.
    pub personal: bool,
    /// The newest charter that the exporter follows; the founding entry if there is none.
    pub charter: EntryId,
    /// How much is in it.
    pub counts: Counts,
    /// The root of the [tree](crate::digest) over the ids of its entries.
    #[serde(with = "serde_bytes")]
    pub held: [u8; 32],
    /// The same over those that count.
    #[serde(with = "serde_bytes")]
    pub accepted: [u8; 32],
    /// The last entries of all logs, sorted.
    pub heads: Vec<EntryId>,
    /// The pages, in order.
    pub pages: Vec<Link<CBOR>>,
    /// What proves that its entries were known by a checkpoint; absent when it is about everything, or there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proofs: Option<Link<CBOR>>,
    /// Whose key signs.
    pub exporter: MemberKey,
    /// When the exporter says it was written, in ms since 1970 UTC.
    pub at: u64,
}

/// How much is in a bundle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Entries.
    pub entries: u64,
    /// Those that count.
    pub accepted: u64,
    /// Logs, of one author and number each.
    pub logs: u64,
    /// Personal parts.
    pub personal: u64,
    /// Signatures of entries.
    pub signatures: u64,
}

/// The first block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// What is signed.
    pub manifest: Manifest,
    /// The exporter's signature.
    pub signature: [u8; 64],
}

/// Why bytes are no root.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RootError {
    /// They don't begin as one.
    #[error("it is no bundle that Aronde writes")]
    NotABundle,
    /// A newer format.
    #[error("it is of a newer format than this version knows; a newer one can check it")]
    Newer,
    /// They were changed, or never whole.
    #[error("its manifest is not as it was written: {0}")]
    Damaged(#[from] CanonicalError),
    /// Something is over its limit or out of order.
    #[error("its manifest has {0}")]
    Unfit(&'static str),
}

#[derive(Serialize, Deserialize)]
struct Written(String, Manifest, #[serde(with = "serde_bytes")] [u8; 64]);

impl Root {
    /// Signs a manifest. Its exporter is the key's owner.
    ///
    /// # Errors
    /// Never for what was made here; the encoder's signature has one.
    pub fn sign(manifest: Manifest, key: &SecretKey) -> Result<Self, CanonicalError> {
        let signature = key.sign(&statement(&manifest)?);
        Ok(Self { manifest, signature })
    }

    /// Its bytes, of which there is one sequence.
    ///
    /// # Errors
    /// Never for what was made or decoded here; the encoder's signature has one.
    pub fn encode(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::encode(&Written(FORMAT.to_owned(), self.manifest.clone(), self.signature))
    }

    /// Reads a root. Its signature is not checked.
    ///
    /// # Errors
    /// [`RootError`] says why it is none.
    pub fn decode(bytes: &[u8]) -> Result<Self, RootError> {
        if !bytes.starts_with(BEGINS) {
            return Err(RootError::NotABundle);
        }
        if bytes.get(2..2 + FORMAT.len()) != Some(FORMAT.as_bytes()) {
            return Err(RootError::Newer);
        }
        let Written(_, manifest, signature) = canonical::decode(bytes)?;
        if manifest.at > limits::AT_MAX {
            return Err(RootError::Unfit("a time that is too late"));
        }
        if manifest.pages.is_empty() || manifest.pages.len() > limits::BUNDLE_PAGES_MAX {
            return Err(RootError::Unfit("no pages, or too many"));
        }
        if manifest.subject.is_none() && manifest.proofs.is_some() {
            return Err(RootError::Unfit("proofs, which a bundle about everything has not"));
        }
        if !manifest.heads.is_sorted_by(|a, b| a < b) {
            return Err(RootError::Unfit("heads that are not sorted"));
        }
        Ok(Self { manifest, signature })
    }

    /// Whether the exporter signed it.
    pub fn is_signed(&self) -> bool {
        statement(&self.manifest).is_ok_and(|said| self.manifest.exporter.signed(&said, &self.signature))
    }
}

fn statement(manifest: &Manifest) -> Result<Vec<u8>, CanonicalError> {
    let hash = EntryId::of(&canonical::encode(manifest)?);
    Ok([DOMAIN, hash.as_bytes()].concat())
}

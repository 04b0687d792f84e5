//! Pages: which blocks belong to which entries, a thousand entries at a time.

use serde::{Deserialize, Serialize};

use super::car::{CBOR, Link, RAW};
use crate::canonical::{self, CanonicalError};
use crate::entry::Entry;
use crate::limits;

/// Where an entry's blocks are, and its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row(
    /// The header: the entry's id.
    pub Link<CBOR>,
    /// The facts.
    pub Link<RAW>,
    /// The personal part, when it is in the bundle.
    pub Option<Link<RAW>>,
    /// The signature that it came with.
    #[serde(with = "optional_signature")]
    pub Option<[u8; 64]>,
);

impl Row {
    /// The row of an entry, with its personal part or without.
    pub fn of(entry: &Entry, personal: bool) -> Self {
        let part = entry.header().personal.filter(|_| personal && entry.personal().is_some());
        Self(
            Link(entry.id()),
            Link(entry.header().facts.hash),
            part.map(|part| Link(part.hash)),
            entry.signature().copied(),
        )
    }
}

/// Rows: [`limits::BUNDLE_PAGE_ROWS`] of them, or fewer on the last page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page(pub Vec<Row>);

impl Page {
    /// Its bytes, of which there is one sequence.
    ///
    /// # Errors
    /// Never for what was made or decoded here; the encoder's signature has one.
    pub fn encode(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::encode(&self.0)
    }

    /// Reads a page.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn decode(bytes: &[u8]) -> Result<Self, CanonicalError> {
        canonical::decode(bytes).map(Self)
    }

    /// Whether it has as many rows as it must.
    pub fn is_full(&self, last: bool) -> bool {
        let rows = self.0.len();
        rows == limits::BUNDLE_PAGE_ROWS || last && (1..=limits::BUNDLE_PAGE_ROWS).contains(&rows)
    }
}

mod optional_signature {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    #[allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
    pub fn serialize<S: Serializer>(signature: &Option<[u8; 64]>, s: S) -> Result<S::Ok, S::Error> {
        signature.as_ref().map(|bytes| serde_bytes::Bytes::new(bytes)).serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<[u8; 64]>, D::Error> {
        let bytes: Option<serde_bytes::ByteBuf> = Deserialize::deserialize(d)?;
        let signature = |bytes: serde_bytes::ByteBuf| {
            <[u8; 64]>::try_from(bytes.as_slice())
                .map_err(|_| de::Error::custom("a signature is not of 64 bytes"))
        };
        bytes.map(signature).transpose()
    }
}

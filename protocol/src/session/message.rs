//! The messages between two nodes that are bound to the same federation.
//!
//! One byte of version, then canonical DAG-CBOR. The frame's length is checked by who carries it,
//! before it is read; every list and text in it is bounded while it is decoded.

use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::federation::FederationName;
use crate::id::FileHash;
use crate::limits::{
    NEGENTROPY_FRAME, PAGE_RUNS_MAX, REASON_MAX, REQUEST_MAX, RESPONSE_MAX, WALK_PREFIXES_MAX,
};
use crate::wire::{Bounded, Bytes, Ids, Text};

/// The version of these messages.
pub const VERSION: u8 = 1;

/// A message that can't be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Longer than a frame.
    #[error("a message of {len} bytes is longer than the {max} that fit")]
    TooLong {
        /// Its length.
        len: usize,
        /// The most that fits.
        max: usize,
    },
    /// Of another version.
    #[error("a message of version {0} is not understood here; update the older of the two nodes")]
    Version(u8),
    /// No bytes at all.
    #[error("a message without a byte")]
    Empty,
    /// Not the canonical bytes of a message.
    #[error("a message that can't be read: {0}")]
    Malformed(#[from] CanonicalError),
    /// Negentropy does not understand it.
    #[error("a message of the reconciliation that can't be read: {0}")]
    Sums(String),
}

/// What a node asks another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Do we hold the same? With negentropy's first message, so that a difference costs no extra
    /// round trip.
    Compare {
        /// The federation's name.
        federation: FederationName,
        /// The root of the tree over held ids.
        #[serde(with = "serde_bytes")]
        root: [u8; 32],
        /// The hash over the files wanted.
        #[serde(with = "serde_bytes")]
        wanted: [u8; 32],
        /// Negentropy's first message.
        message: Option<Bytes<NEGENTROPY_FRAME>>,
    },
    /// The next message of negentropy.
    Reconcile {
        /// The message.
        message: Bytes<NEGENTROPY_FRAME>,
    },
    /// Send these entries.
    Fetch {
        /// Their ids.
        ids: Ids,
    },
    /// Take these entries.
    Push {
        /// Compact runs.
        runs: Bounded<Bytes<REQUEST_MAX>, PAGE_RUNS_MAX>,
    },
    /// Show these nodes of the tree over held ids.
    Walk {
        /// Their prefixes.
        prefixes: Bounded<Bytes<32>, WALK_PREFIXES_MAX>,
    },
    /// Send a range of a file, bao-encoded.
    Range {
        /// The file.
        file: FileHash,
        /// Its length: a file of another length is another file.
        len: u64,
        /// The first byte.
        from: u64,
        /// The byte after the last.
        to: u64,
    },
}

/// What a node answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Response {
    /// We hold the same entries.
    Equal {
        /// The hash over the files wanted here.
        #[serde(with = "serde_bytes")]
        wanted: [u8; 32],
    },
    /// We don't.
    Different {
        /// The root here.
        #[serde(with = "serde_bytes")]
        root: [u8; 32],
        /// The hash over the files wanted here.
        #[serde(with = "serde_bytes")]
        wanted: [u8; 32],
        /// Negentropy's answer, where a first message was sent.
        message: Option<Bytes<NEGENTROPY_FRAME>>,
    },
    /// Negentropy's answer.
    Message(Bytes<NEGENTROPY_FRAME>),
    /// Some of the entries asked for, the first in causal order.
    Runs(Bounded<Bytes<RESPONSE_MAX>, PAGE_RUNS_MAX>),
    /// What became of pushed entries.
    Pushed {
        /// How many were not held before.
        fresh: u64,
        /// Why the rest is refused.
        refused: Option<Text<REASON_MAX>>,
    },
    /// The nodes asked for, in the order asked.
    Nodes(Bounded<WireNode, WALK_PREFIXES_MAX>),
    /// A range of a file, bao-encoded.
    Range(Bytes<RESPONSE_MAX>),
    /// The file or range is not here.
    Absent,
    /// Ask again later.
    Busy,
    /// No, and why.
    Refused(Text<REASON_MAX>),
}

/// A node of the tree over held ids, as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WireNode {
    /// All the ids under the prefix.
    Ids(Ids),
    /// 256 hashes of 32 bytes.
    Branch(Bytes<8_192>),
}

impl Request {
    /// The bytes to send.
    ///
    /// # Errors
    /// The message is longer than a frame.
    pub fn encode(&self) -> Result<Vec<u8>, MessageError> {
        encode(self, REQUEST_MAX)
    }

    /// The request in these bytes.
    ///
    /// # Errors
    /// The bytes are no request of this version, or longer than a frame.
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        decode(bytes, REQUEST_MAX)
    }
}

impl Response {
    /// The bytes to send.
    ///
    /// # Errors
    /// The message is longer than a frame.
    pub fn encode(&self) -> Result<Vec<u8>, MessageError> {
        encode(self, RESPONSE_MAX)
    }

    /// The response in these bytes.
    ///
    /// # Errors
    /// The bytes are no response of this version, or longer than a frame.
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        decode(bytes, RESPONSE_MAX)
    }
}

/// A version byte and canonical bytes, at most `max` of them.
pub(crate) fn encode<T: Serialize>(value: &T, max: usize) -> Result<Vec<u8>, MessageError> {
    let mut bytes = vec![VERSION];
    bytes.extend(canonical::encode(value)?);
    if bytes.len() > max { Err(MessageError::TooLong { len: bytes.len(), max }) } else { Ok(bytes) }
}

/// The value behind a version byte.
pub(crate) fn decode<T: Serialize + for<'de> Deserialize<'de>>(
    bytes: &[u8],
    max: usize,
) -> Result<T, MessageError> {
    if bytes.len() > max {
        return Err(MessageError::TooLong { len: bytes.len(), max });
    }
    match bytes.split_first() {
        None => Err(MessageError::Empty),
        Some((&VERSION, body)) => Ok(canonical::decode(body)?),
        Some((&version, _)) => Err(MessageError::Version(version)),
    }
}

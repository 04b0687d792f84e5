//! CAR, version 1, as a bundle uses it: one root, blocks named by BLAKE3, lengths in their shortest form.
//!
//! Source: <https://ipld.io/specs/transport/car/carv1/>. Deliberately absent: other hashes, other codecs, several
//! roots, and blocks that nothing asked for: a reader says which block must come next, and no other is taken.

use std::io::{self, Read, Write};

use ipld_core::cid::Cid;
use ipld_core::cid::multihash::Multihash;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::id::EntryId;

/// DAG-CBOR, in the table of multicodec.
pub const CBOR: u8 = 0x71;
/// Bytes as they are, in the same table.
pub const RAW: u8 = 0x55;
/// BLAKE3, in the same table.
const BLAKE3: u8 = 0x1e;
/// The bytes of a CID here.
const CID_LEN: usize = 36;
/// The bytes of a header, of which there is one but for the root's hash.
const HEADER_LEN: usize = 58;
/// Taken at once from what is read, so that a length that lies takes no memory.
const PIECE: usize = 64 * 1024;

/// A link to a block of one codec: written as a CID, held as the hash of the block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Link<const CODEC: u8>(pub EntryId);

impl<const CODEC: u8> Link<CODEC> {
    /// The link to a block of these bytes.
    pub fn to(bytes: &[u8]) -> Self {
        Self(EntryId::of(bytes))
    }

    /// The CID's bytes.
    pub fn bytes(self) -> [u8; CID_LEN] {
        let mut bytes = [0; CID_LEN];
        // All four are below 128, so each is one byte.
        let start = [1, CODEC, BLAKE3, 32];
        for (to, from) in bytes.iter_mut().zip(start.iter().chain(self.0.as_bytes())) {
            *to = *from;
        }
        bytes
    }
}

impl<const CODEC: u8> Serialize for Link<CODEC> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let hash =
            Multihash::wrap(u64::from(BLAKE3), self.0.as_bytes()).map_err(serde::ser::Error::custom)?;
        Cid::new_v1(u64::from(CODEC), hash).serialize(s)
    }
}

impl<'de, const CODEC: u8> Deserialize<'de> for Link<CODEC> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let cid = Cid::deserialize(d)?;
        let hash = <[u8; 32]>::try_from(cid.hash().digest());
        match hash {
            Ok(hash) if cid.codec() == u64::from(CODEC) && cid.hash().code() == u64::from(BLAKE3) => {
                Ok(Self(EntryId(hash)))
            }
            _ => Err(de::Error::custom("a link is of another codec or hash than is due there")),
        }
    }
}

/// Writes the file's header.
pub fn write_header(to: &mut impl Write, root: Link<CBOR>) -> io::Result<()> {
    write_length(to, HEADER_LEN)?;
    to.write_all(&header(root))
}

/// `{"roots": [root], "version": 1}`.
fn header(root: Link<CBOR>) -> Vec<u8> {
    [&b"\xa2\x65roots\x81\xd8\x2a\x58\x25\x00"[..], &root.bytes(), b"\x67version\x01"].concat()
}

/// Writes a block.
pub fn write_block<const CODEC: u8>(to: &mut impl Write, link: Link<CODEC>, block: &[u8]) -> io::Result<()> {
    write_length(to, CID_LEN + block.len())?;
    to.write_all(&link.bytes())?;
    to.write_all(block)
}

fn write_length(to: &mut impl Write, mut length: usize) -> io::Result<()> {
    loop {
        let [low, ..] = (length & 0x7f).to_le_bytes();
        length >>= 7;
        if length == 0 {
            return to.write_all(&[low]);
        }
        to.write_all(&[low | 0x80])?;
    }
}

/// Why the next thing in a file is not what is due there.
#[derive(Debug, thiserror::Error)]
pub enum CarError {
    /// The file can't be read.
    #[error("it cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It ends.
    #[error("the file ends there")]
    Ends,
    /// A length that is not in its shortest form, or shorter than a CID.
    #[error("the length there is not one")]
    Length,
    /// A block over its limit.
    #[error("the block there has more than {0} bytes")]
    TooLong(usize),
    /// The header is none of a CAR with one root.
    #[error("it does not begin as a CAR of version 1 with one root")]
    NoHeader,
    /// Another block than the one that is due.
    #[error("another block lies there")]
    Another,
    /// Its bytes are not those that its CID names.
    #[error("the block's bytes are not those that its name says")]
    Damaged,
    /// Something comes after the last block.
    #[error("something follows the last block")]
    Follows,
}

/// Reads a file piece by piece.
#[derive(Debug)]
pub struct Sections<R> {
    from: R,
    at: u64,
}

impl<R: Read> Sections<R> {
    /// Begins to read.
    pub fn new(from: R) -> Self {
        Self { from, at: 0 }
    }

    /// Where in the file the next section begins.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// The root that the header names.
    pub fn header(&mut self) -> Result<Link<CBOR>, CarError> {
        if self.length()? != Some(HEADER_LEN) {
            return Err(CarError::NoHeader);
        }
        let bytes = self.bytes(HEADER_LEN).map_err(|_| CarError::NoHeader)?;
        let hash = bytes.get(17..49).and_then(|hash| <[u8; 32]>::try_from(hash).ok());
        let root = Link(EntryId(hash.ok_or(CarError::NoHeader)?));
        if header(root) == bytes { Ok(root) } else { Err(CarError::NoHeader) }
    }

    /// The block that is due, with at most `limit` bytes.
    pub fn block<const CODEC: u8>(&mut self, due: Link<CODEC>, limit: usize) -> Result<Vec<u8>, CarError> {
        let length = self.length()?.ok_or(CarError::Ends)?;
        let length = length.checked_sub(CID_LEN).ok_or(CarError::Length)?;
        if length > limit {
            return Err(CarError::TooLong(limit));
        }
        let mut name = [0; CID_LEN];
        self.fill(&mut name)?;
        if name != due.bytes() {
            return Err(CarError::Another);
        }
        let block = self.bytes(length)?;
        if EntryId::of(&block) == due.0 { Ok(block) } else { Err(CarError::Damaged) }
    }

    /// That nothing more comes.
    pub fn end(&mut self) -> Result<(), CarError> {
        match self.byte()? {
            None => Ok(()),
            Some(_) => Err(CarError::Follows),
        }
    }

    /// A length in its shortest form; none at the end of the file.
    fn length(&mut self) -> Result<Option<usize>, CarError> {
        let Some(mut byte) = self.byte()? else { return Ok(None) };
        let mut length = usize::from(byte & 0x7f);
        // Four bytes are 256 MiB, more than any block has.
        for shift in [7, 14, 21] {
            if byte & 0x80 == 0 {
                break;
            }
            byte = self.byte()?.ok_or(CarError::Ends)?;
            if byte == 0 {
                return Err(CarError::Length);
            }
            length |= usize::from(byte & 0x7f) << shift;
        }
        if byte & 0x80 == 0 { Ok(Some(length)) } else { Err(CarError::Length) }
    }

    fn byte(&mut self) -> Result<Option<u8>, CarError> {
        let mut byte = [0];
        match self.fill(&mut byte) {
            Ok(()) => Ok(Some(byte[0])),
            Err(CarError::Ends) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn bytes(&mut self, length: usize) -> Result<Vec<u8>, CarError> {
        let mut bytes = Vec::with_capacity(length.min(PIECE));
        let read = Read::take(&mut self.from, length as u64).read_to_end(&mut bytes)?;
        self.at += read as u64;
        if read == length { Ok(bytes) } else { Err(CarError::Ends) }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), CarError> {
        self.from.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => CarError::Ends,
            _ => error.into(),
        })?;
        self.at += bytes.len() as u64;
        Ok(())
    }
}

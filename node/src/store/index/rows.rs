//! What the index keeps of itself: its format, its journal, what it covers, and a sum over its rows.

use super::Rebuild;
use crate::store::journal::Position;
use crate::store::segment::Identity;

/// The format that this version writes. Whoever changes what rows mean raises it.
pub const FORMAT: u32 = 1;

/// A sum over rows that does not depend on their order, so that it changes row by row: the hashes of the
/// rows, added up. It finds faults of the disk, not forgers: those would already be in the home.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum([u64; 4]);

impl Sum {
    /// Counts a row in.
    pub fn add(&mut self, key: &[u8], value: &[u8]) {
        for (lane, part) in self.0.iter_mut().zip(hash(key, value)) {
            *lane = lane.wrapping_add(part);
        }
    }

    /// Counts a row out.
    pub fn remove(&mut self, key: &[u8], value: &[u8]) {
        for (lane, part) in self.0.iter_mut().zip(hash(key, value)) {
            *lane = lane.wrapping_sub(part);
        }
    }
}

fn hash(key: &[u8], value: &[u8]) -> [u64; 4] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(key.len() as u64).to_le_bytes()).update(key).update(value);
    let hash = hasher.finalize();
    let mut lanes = [0; 4];
    for (lane, bytes) in lanes.iter_mut().zip(hash.as_bytes().chunks_exact(8)) {
        *lane = bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
    }
    lanes
}

/// The row about all rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// The journal.
    pub identity: Identity,
    /// What of it is in the index.
    pub covers: Position,
    /// Its rewrites, as far as known.
    pub generation: u64,
    /// Rows.
    pub count: u64,
    /// Over all of them.
    pub sum: Sum,
}

impl Meta {
    /// Of an empty index.
    pub fn new(identity: Identity) -> Self {
        Self { identity, covers: Position::START, generation: 0, count: 0, sum: Sum::default() }
    }

    /// Its bytes: format, identity, segment, offset, generation, count, sum; little-endian.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = FORMAT.to_le_bytes().to_vec();
        bytes.extend_from_slice(&self.identity);
        bytes.extend_from_slice(&self.covers.segment.to_le_bytes());
        bytes.extend_from_slice(&self.covers.offset.to_le_bytes());
        for number in [self.generation, self.count].iter().chain(&self.sum.0) {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    /// Reads it back.
    pub fn decode(bytes: &[u8]) -> Result<Self, Rebuild> {
        let damaged = || Rebuild::Damaged("its first row is not readable".to_owned());
        let (format, rest) = bytes.split_first_chunk().ok_or_else(damaged)?;
        let format = u32::from_le_bytes(*format);
        if format != FORMAT {
            return Err(Rebuild::Format(format));
        }
        let (identity, rest) = rest.split_first_chunk::<32>().ok_or_else(damaged)?;
        let (segment, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
        let (offset, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
        let numbers: Vec<u64> = rest
            .chunks_exact(8)
            .filter_map(|chunk| Some(u64::from_le_bytes(chunk.try_into().ok()?)))
            .collect();
        let [generation, count, a, b, c, d] = numbers.try_into().map_err(|_| damaged())?;
        Ok(Self {
            identity: *identity,
            covers: Position { segment: u32::from_le_bytes(*segment), offset: u32::from_le_bytes(*offset) },
            generation,
            count,
            sum: Sum([a, b, c, d]),
        })
    }
}

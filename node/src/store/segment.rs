//! The form of a journal segment: a header, then records, each of which proves itself.
//!
//! ```text
//! header  magic 8 "ARONDE-J", format u32, segment u32, generation u32, prior u32 (length of the segment
//!         before, 0 for the first), 8 zero bytes, identity 32, check 16
//! record  magic 4, len u32, group u32, check 16, seal 8, payload
//! ```
//! Integers are little-endian. `check` is a BLAKE3 hash, keyed by the journal's identity, over segment,
//! offset, len and payload; `seal` is one over the place and the record's header. So a record is believed only in the journal
//! and at the place where it was written, and nothing inside a payload, whoever wrote it, passes for a
//! record: after damage the next readable record can be looked for without fear of a forged one.
//!
//! `group` is the distance back to the first record of the group that was written and synced with this
//! one. A group is written only after the one before it was synced, so damage that reaches into the last
//! group alone may be a write that never ended; damage before it never is.
//!
//! Rewriting a segment (redaction) raises the generation. Records move; a filler record at the end, which readers pass
//! over, keeps the segment from becoming shorter than the one behind it knows.

use std::path::Path;

use super::error::StoreError;

/// The format that this version writes.
pub const FORMAT: u32 = 1;
/// Length of a segment's header.
pub const HEADER_LEN: u32 = 80;
/// Length of a record before its payload.
pub const RECORD_HEAD: u32 = 36;

const SEGMENT_MAGIC: &[u8; 8] = b"ARONDE-J";
const DATA: [u8; 4] = *b"ArD\x01";
const FILLER: [u8; 4] = *b"ArF\x01";

/// Names one journal for ever; drawn when it is made.
pub type Identity = [u8; 32];

/// What a segment says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Its number, from 1.
    pub segment: u32,
    /// How often it was rewritten.
    pub generation: u32,
    /// Length of the segment before it when that was closed.
    pub prior: u32,
    /// The journal it belongs to.
    pub identity: Identity,
}

impl Header {
    /// The header's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_LEN as usize);
        bytes.extend_from_slice(SEGMENT_MAGIC);
        for number in [FORMAT, self.segment, self.generation, self.prior] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&[0; 8]);
        bytes.extend_from_slice(&self.identity);
        let check = header_check(&bytes);
        bytes.extend_from_slice(&check);
        bytes
    }

    /// Reads the header of a segment file; `Ok(None)` when it is damaged.
    pub fn decode(bytes: &[u8], path: &Path) -> Result<Option<Self>, StoreError> {
        let Some((body, check)) = bytes.get(..HEADER_LEN as usize).and_then(|h| h.split_at_checked(64))
        else {
            return Ok(None);
        };
        let (Some(format), Some(segment), Some(generation), Some(prior)) =
            (number(body, 8), number(body, 12), number(body, 16), number(body, 20))
        else {
            return Ok(None);
        };
        if !body.starts_with(SEGMENT_MAGIC) || header_check(body) != *check {
            return Ok(None);
        }
        if format > FORMAT {
            return Err(StoreError::Newer { path: path.to_owned(), found: format, known: FORMAT });
        }
        let identity = body.get(32..64).and_then(|b| b.try_into().ok());
        Ok(identity.map(|identity| Self { segment, generation, prior, identity }))
    }
}

fn header_check(body: &[u8]) -> [u8; 16] {
    cut(&blake3::Hasher::new_derive_key("aronde journal segment header v1").update(body).finalize())
}

fn cut<const N: usize>(hash: &blake3::Hash) -> [u8; N] {
    let mut out = [0; N];
    for (to, from) in out.iter_mut().zip(hash.as_bytes()) {
        *to = *from;
    }
    out
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// Seals and checks the records of one journal.
#[derive(Clone)]
pub struct Sealer {
    key: [u8; 32],
    record_max: u32,
}

/// A readable stretch of a segment, or one that is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A record with its payload length and the offset at which its group begins.
    Record {
        /// Where it begins.
        offset: u32,
        /// Length of its payload.
        len: u32,
        /// Where its group begins.
        group: u32,
    },
    /// Nothing believable.
    Damaged {
        /// Where it begins.
        offset: u32,
        /// How far it reaches.
        len: u32,
        /// How it shows.
        what: &'static str,
    },
}

struct Head {
    filler: bool,
    len: u32,
    group: u32,
    check: [u8; 16],
}

impl Sealer {
    /// For the journal of this identity, whose payloads are at most `record_max` bytes.
    pub fn new(identity: &Identity, record_max: u32) -> Self {
        Self { key: blake3::derive_key("aronde journal record v1", identity), record_max }
    }

    /// Appends one record to a group's bytes, to be written at `offset` of `segment`.
    pub fn seal(&self, out: &mut Vec<u8>, segment: u32, offset: u32, group: u32, payload: &[u8]) {
        self.put(out, DATA, segment, offset, group, payload);
    }

    /// Appends filler that takes `len` bytes behind its head, where a rewrite took something out.
    pub fn fill(&self, out: &mut Vec<u8>, segment: u32, offset: u32, len: usize) {
        self.put(out, FILLER, segment, offset, offset, &vec![0; len]);
    }

    fn put(&self, out: &mut Vec<u8>, magic: [u8; 4], segment: u32, offset: u32, group: u32, payload: &[u8]) {
        let len = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        let start = out.len();
        out.extend_from_slice(&magic);
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&offset.saturating_sub(group).to_le_bytes());
        out.extend_from_slice(&self.check(segment, offset, &len.to_le_bytes(), payload));
        let seal = self.seal_of(segment, offset, out.get(start..).unwrap_or_default());
        out.extend_from_slice(&seal);
        out.extend_from_slice(payload);
    }

    /// The payload of the record at `offset`, if it is what was written there.
    pub fn payload<'a>(&self, record: &'a [u8], segment: u32, offset: u32) -> Result<&'a [u8], &'static str> {
        let head = self.head(record, segment, offset).ok_or("its header is not what was written")?;
        let payload = (record.get(RECORD_HEAD as usize..))
            .and_then(|rest| rest.get(..head.len as usize))
            .ok_or("it ends too early")?;
        if self.check(segment, offset, &head.len.to_le_bytes(), payload) == head.check {
            Ok(payload)
        } else {
            Err("its bytes are not what was written")
        }
    }

    /// Cuts a segment's bytes from `from` on into records and what is no record. A damaged stretch never
    /// reaches over `mark`, a place where a record is known to begin.
    pub fn pieces(&self, bytes: &[u8], segment: u32, from: u32, mark: u32) -> Vec<Piece> {
        let end = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let mut pieces = Vec::new();
        let mut at = from;
        while at < end {
            let rest = bytes.get(at as usize..).unwrap_or_default();
            let head = self.head(rest, segment, at);
            let next = head.as_ref().and_then(|h| at.checked_add(RECORD_HEAD)?.checked_add(h.len));
            match (self.payload(rest, segment, at), head, next) {
                (Ok(_), Some(head), Some(next)) => {
                    if !head.filler {
                        let group = at.saturating_sub(head.group);
                        pieces.push(Piece::Record { offset: at, len: head.len, group });
                    }
                    at = next;
                }
                (fault, _, known) => {
                    let what = fault.err().unwrap_or("it ends too early");
                    let mut next = known.unwrap_or_else(|| self.next_head(bytes, segment, at)).min(end);
                    if at < mark && mark < next {
                        next = mark;
                    }
                    pieces.push(Piece::Damaged { offset: at, len: next - at, what });
                    at = next;
                }
            }
        }
        pieces
    }

    /// Where the next record begins behind `at`, or the end.
    fn next_head(&self, bytes: &[u8], segment: u32, at: u32) -> u32 {
        let mut from = at as usize + 1;
        while let Some(found) =
            bytes.get(from..).and_then(|rest| rest.windows(4).position(|w| w == DATA || w == FILLER))
        {
            let place = from + found;
            if let (Some(rest), Ok(offset)) = (bytes.get(place..), u32::try_from(place))
                && self.head(rest, segment, offset).is_some()
            {
                return offset;
            }
            from = place + 1;
        }
        u32::try_from(bytes.len()).unwrap_or(u32::MAX)
    }

    fn head(&self, record: &[u8], segment: u32, offset: u32) -> Option<Head> {
        let (body, seal) = record.get(..RECORD_HEAD as usize)?.split_at_checked(28)?;
        if self.seal_of(segment, offset, body) != *seal {
            return None;
        }
        let magic = body.get(..4)?;
        let len = number(body, 4)?;
        let known = (magic == DATA && len <= self.record_max) || magic == FILLER;
        let check = body.get(12..28)?.try_into().ok()?;
        known.then_some(Head { filler: magic == FILLER, len, group: number(body, 8)?, check })
    }

    fn check(&self, segment: u32, offset: u32, len: &[u8], payload: &[u8]) -> [u8; 16] {
        cut(&self.keyed(b"payload ", segment, offset).update(len).update(payload).finalize())
    }

    fn seal_of(&self, segment: u32, offset: u32, body: &[u8]) -> [u8; 8] {
        cut(&self.keyed(b"header  ", segment, offset).update(body).finalize())
    }

    fn keyed(&self, part: &[u8], segment: u32, offset: u32) -> blake3::Hasher {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(part).update(&segment.to_le_bytes()).update(&offset.to_le_bytes());
        hasher
    }
}

/// Where a write that never ended begins, if the newest segment ends in one: at damage behind which nothing
/// follows but records of the same group, and not before `durable`, up to which all was synced.
pub fn torn_at(pieces: &[Piece], durable: u32) -> Option<u32> {
    let last_group = pieces.iter().rev().find_map(|piece| match piece {
        Piece::Record { offset, group, .. } => Some((*offset, *group)),
        Piece::Damaged { .. } => None,
    });
    pieces.iter().find_map(|piece| match piece {
        Piece::Damaged { offset, .. } if *offset >= durable => match last_group {
            Some((record, group)) if record > *offset && group > *offset => None,
            _ => Some(*offset),
        },
        _ => None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header { segment: 3, generation: 1, prior: 400, identity: [5; 32] }
    }

    #[test]
    fn a_header_is_read_as_written_and_any_flipped_byte_is_noticed() {
        let bytes = header().encode();
        assert_eq!(bytes.len(), HEADER_LEN as usize);
        assert_eq!(Header::decode(&bytes, Path::new("s")).unwrap(), Some(header()));
        for at in 0..bytes.len() {
            let mut wrong = bytes.clone();
            wrong[at] ^= 1;
            assert_eq!(Header::decode(&wrong, Path::new("s")).unwrap(), None, "{at}");
            assert_eq!(Header::decode(&bytes[..at], Path::new("s")).unwrap(), None);
        }
    }

    #[test]
    fn a_segment_of_a_newer_format_is_refused_and_not_called_damaged() {
        let mut bytes = header().encode();
        bytes[8] = 2;
        let check = header_check(&bytes[..64]);
        bytes[64..].copy_from_slice(&check);
        let refusal = Header::decode(&bytes, Path::new("00000003.seg")).unwrap_err();
        assert!(matches!(refusal, StoreError::Newer { found: 2, .. }));
        assert!(refusal.to_string().contains("update Aronde"), "{refusal}");
    }

    #[test]
    fn filler_where_a_rewrite_took_something_out_is_passed_over() {
        let sealer = Sealer::new(&[5; 32], 100);
        let mut bytes = Vec::new();
        sealer.seal(&mut bytes, 1, 0, 0, b"one");
        let offset = u32::try_from(bytes.len()).unwrap();
        sealer.fill(&mut bytes, 1, offset, 200);
        let behind = u32::try_from(bytes.len()).unwrap();
        sealer.seal(&mut bytes, 1, behind, behind, b"two");
        let expected =
            [(0, 0), (behind, behind)].map(|(offset, group)| Piece::Record { offset, len: 3, group });
        assert_eq!(sealer.pieces(&bytes, 1, 0, 0), expected);
        // A payload over the limit is no record, whatever seals it.
        let mut large = Vec::new();
        sealer.seal(&mut large, 1, 0, 0, &[0; 101]);
        assert!(matches!(sealer.pieces(&large, 1, 0, 0)[..], [Piece::Damaged { .. }]));
    }
}

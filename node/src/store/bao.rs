//! Verified ranges: any part of a file, with the hashes that prove it against the file's name.
//!
//! A range is sent as `bao-tree` encodes it: hash pairs and bytes in pre-order, in chunk groups of 16 KiB,
//! without a length in front (both sides know it from the entry that names the file). Both sides widen a
//! range to whole groups in the same way, so they agree on every byte.
//! Non-goals: the wire (that is the network's), the disk (that is the files').

use std::io::{self, Read};
use std::ops::Range;

use aronde_protocol::id::FileHash;
use aronde_protocol::limits;
use bao_tree::io::BaoContentItem;
use bao_tree::io::outboard::PreOrderOutboard;
use bao_tree::io::sync::{DecodeResponseIter, Outboard, ReadAt, encode_ranges_validated, outboard};
use bao_tree::{BaoTree, BlockSize, ByteRanges, ChunkRanges, TreeNode};

/// 2⁴ chunks of 1 KiB.
const GROUP: BlockSize = BlockSize::from_chunk_log(4);
/// Bytes that are proved together.
pub const GROUP_LEN: u64 = 16 * 1024;

/// A range was refused.
#[derive(Debug, thiserror::Error)]
pub enum RangeError {
    /// It is empty, too long or outside.
    #[error("bytes {}..{} cannot be asked of a file of {len} bytes: at most {} at once", range.start, range.end, limits::FILE_RANGE_MAX)]
    Bounds {
        /// The range.
        range: Range<u64>,
        /// The file's length.
        len: u64,
    },
    /// The bytes are not those of the file with this name. Whoever sent them is to blame.
    #[error("the bytes received for file {hash} are not its bytes ({what})")]
    WrongBytes {
        /// The file.
        hash: FileHash,
        /// How it shows.
        what: String,
    },
}

/// Verified bytes, and the hash pairs that came with them.
pub struct Verified {
    /// Stretches of the file.
    pub leaves: Vec<(u64, Vec<u8>)>,
    pub(super) parents: Vec<(TreeNode, (blake3::Hash, blake3::Hash))>,
}

/// The geometry of a file of this length.
pub(super) fn tree(len: u64) -> BaoTree {
    BaoTree::new(len, GROUP)
}

/// A range widened to whole groups, if it may be asked for. An empty file has the one range 0..0.
pub fn widen(len: u64, range: &Range<u64>) -> Result<Range<u64>, RangeError> {
    let bounds = || RangeError::Bounds { range: range.clone(), len };
    if len == 0 && *range == (0..0) {
        return Ok(0..0);
    }
    if range.start >= range.end || range.end > len || len > limits::FILE_MAX {
        return Err(bounds());
    }
    let wide = range.start / GROUP_LEN * GROUP_LEN..range.end.next_multiple_of(GROUP_LEN).min(len);
    if wide.end - wide.start > limits::FILE_RANGE_MAX { Err(bounds()) } else { Ok(wide) }
}

fn chunks(len: u64, range: &Range<u64>) -> ChunkRanges {
    if len == 0 {
        ChunkRanges::all()
    } else {
        bao_tree::io::round_up_to_chunks(&ByteRanges::from(range.clone()))
    }
}

/// How many bytes a range takes when it is encoded, at most.
pub fn encoded_max(len: u64, range: &Range<u64>) -> u64 {
    let groups = (range.end.saturating_sub(range.start)).div_ceil(GROUP_LEN);
    let depth = u64::from(u64::BITS - len.div_ceil(GROUP_LEN).leading_zeros());
    range.end.saturating_sub(range.start) + 64 * (2 * groups + 2 * depth)
}

/// Computes the hash pairs of a file in pre-order, and its hash.
pub(super) fn pairs(len: u64, data: impl Read) -> io::Result<(blake3::Hash, Vec<u8>)> {
    let tree = tree(len);
    let size = usize::try_from(tree.outboard_size()).map_err(io::Error::other)?;
    let mut out = PreOrderOutboard { root: blake3::Hash::from([0; 32]), tree, data: vec![0; size] };
    let root = outboard(data, tree, &mut out)?;
    Ok((root, out.data))
}

/// Encodes a range. Every byte is checked on the way out, so nothing rotten is ever sent.
pub(super) fn encode(
    data: impl ReadAt,
    outboard: impl Outboard,
    range: &Range<u64>,
) -> Result<Vec<u8>, bao_tree::io::EncodeError> {
    let len = outboard.tree().size();
    let mut encoded = Vec::new();
    encode_ranges_validated(data, outboard, &chunks(len, range), &mut encoded)?;
    Ok(encoded)
}

/// Checks an encoded range of the file with this name and length, whole, before any of it is given out.
/// The range is widened to whole groups, as the sender did.
pub fn decode_range(
    hash: FileHash,
    len: u64,
    range: &Range<u64>,
    encoded: &[u8],
) -> Result<Verified, RangeError> {
    let range = widen(len, range)?;
    let wrong = |what: String| RangeError::WrongBytes { hash, what };
    if encoded.len() as u64 > encoded_max(len, &range) {
        return Err(wrong("more of them than asked".to_owned()));
    }
    let mut rest = encoded;
    let mut verified = Verified { leaves: Vec::new(), parents: Vec::new() };
    let root = blake3::Hash::from(*hash.as_bytes());
    for item in DecodeResponseIter::new(root, tree(len), &mut rest, &chunks(len, &range)) {
        match item.map_err(|error| wrong(error.to_string()))? {
            BaoContentItem::Parent(parent) => verified.parents.push((parent.node, parent.pair)),
            BaoContentItem::Leaf(leaf) => verified.leaves.push((leaf.offset, leaf.data.to_vec())),
        }
    }
    if rest.is_empty() { Ok(verified) } else { Err(wrong("more of them than asked".to_owned())) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn sample(len: usize) -> Vec<u8> {
        (0..len).map(|i| u8::try_from((i * 31 + i / 251) % 256).unwrap()).collect()
    }

    fn encoded(bytes: &[u8], range: &Range<u64>) -> Vec<u8> {
        let len = bytes.len() as u64;
        let (root, pairs) = pairs(len, bytes).unwrap();
        encode(bytes, PreOrderOutboard { root, tree: tree(len), data: pairs.as_slice() }, range).unwrap()
    }

    #[test]
    fn the_pairs_lead_to_the_plain_blake3_hash_at_every_size() {
        for len in [0, 1, 1023, 1024, 1025, 16_384, 16_385, 40_000, 100_000] {
            let bytes = sample(len);
            assert_eq!(pairs(len as u64, bytes.as_slice()).unwrap().0, blake3::hash(&bytes), "{len}");
        }
    }

    #[test]
    fn a_range_is_proved_against_the_name_and_every_flipped_byte_is_refused() {
        let bytes = sample(100_000);
        let hash = FileHash::of(&bytes);
        let range = 20_000..40_000;
        let wide = widen(100_000, &range).unwrap();
        assert_eq!(wide, 16_384..49_152);
        let sent = encoded(&bytes, &wide);
        assert!(sent.len() as u64 <= encoded_max(100_000, &wide));
        let got: Vec<u8> = decode_range(hash, 100_000, &range, &sent)
            .unwrap()
            .leaves
            .into_iter()
            .flat_map(|l| l.1)
            .collect();
        assert_eq!(got, bytes[16_384..49_152]);
        for at in (0..sent.len()).step_by(97) {
            let mut wrong = sent.clone();
            wrong[at] ^= 1;
            assert!(decode_range(hash, 100_000, &range, &wrong).is_err(), "{at}");
        }
        for cut in [0, 1, 63, 64, sent.len() - 1] {
            assert!(decode_range(hash, 100_000, &range, &sent[..cut]).is_err(), "{cut}");
        }
        let mut longer = sent.clone();
        longer.push(0);
        assert!(decode_range(hash, 100_000, &range, &longer).is_err());
        assert!(decode_range(FileHash::of(b"another"), 100_000, &range, &sent).is_err());
    }

    #[test]
    fn the_smallest_files_travel_too() {
        for len in [0u64, 1, 16_384, 16_385] {
            let bytes = sample(usize::try_from(len).unwrap());
            let sent = encoded(&bytes, &(0..len));
            let got = decode_range(FileHash::of(&bytes), len, &(0..len), &sent).unwrap();
            assert_eq!(got.leaves.into_iter().flat_map(|l| l.1).collect::<Vec<_>>(), bytes);
            assert!(len == 0 || decode_range(FileHash::of(&bytes), len + 1, &(0..len), &sent).is_err());
        }
    }

    #[test]
    fn ranges_outside_or_over_the_limit_are_refused_before_anything_is_read() {
        for (len, range) in
            [(10, 0..11), (10, 5..5), (10, 10..11), (u64::MAX, 0..1), (1 << 27, 0..1 << 27), (0, 0..1)]
        {
            assert!(matches!(widen(len, &range), Err(RangeError::Bounds { .. })), "{len} {range:?}");
        }
    }
}

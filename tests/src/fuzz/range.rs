//! Ranges of a file with the hashes that prove them.

use std::ops::Range;
use std::sync::LazyLock;

use aronde_node::store::bao::{decode_range, encoded_max, widen};
use aronde_node::store::files::Files;
use aronde_protocol::id::FileHash;
use aronde_protocol::limits::{FILE_MAX, FILE_RANGE_MAX};

/// Two groups and a bit.
const LEN: u64 = 33_000;

fn sample() -> &'static (FileHash, Vec<u8>) {
    static SAMPLE: LazyLock<(FileHash, Vec<u8>)> = LazyLock::new(|| {
        let bytes: Vec<u8> = (0..LEN).map(|n| u8::try_from((n * 31 + n / 251) % 256).unwrap()).collect();
        (FileHash::of(&bytes), bytes)
    });
    &SAMPLE
}

/// Length, begin and end (four bytes each), and what a peer sends for them: what is let through is the
/// file, byte by byte.
pub fn body(bytes: &[u8]) {
    let Some((head, encoded)) = bytes.split_first_chunk::<12>() else { return };
    let number =
        |at: usize| u64::from(u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]));
    let (len, range) = (number(0), number(4)..number(8));
    if let Ok(wide) = widen(len, &range) {
        assert!(wide.start <= range.start && range.end <= wide.end && wide.end <= len && len <= FILE_MAX);
        assert!(wide.end - wide.start <= FILE_RANGE_MAX);
        assert!(encoded_max(len, &wide) <= 2 * FILE_RANGE_MAX);
    }
    let (hash, file) = sample();
    let Ok(verified) = decode_range(*hash, len, &range, encoded) else { return };
    assert_eq!(len, LEN, "another length is another file");
    let mut at = usize::MAX;
    for (offset, leaf) in verified.leaves {
        let offset = usize::try_from(offset).unwrap();
        assert_eq!(file.get(offset..offset + leaf.len()), Some(leaf.as_slice()));
        assert!(at == usize::MAX || at == offset, "a gap");
        at = offset + leaf.len();
    }
    assert!(at as u64 >= range.end, "less than was asked");
}

/// The range of the last group, and of the whole, as another node sends them.
pub fn seeds() -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::open(folder.path(), 0).unwrap();
    let (hash, len) = files.put_reader(sample().1.as_slice()).unwrap();
    let encoded = |range: Range<u64>| {
        let head = [len, range.start, range.end].map(|n| u32::try_from(n).unwrap().to_le_bytes()).concat();
        [head, files.encode_range(hash, &range).unwrap()].concat()
    };
    vec![encoded(32_768..LEN), encoded(32_900..32_901)]
}

//! Segments of the journal, torn and damaged.

use std::path::Path;

use aronde_node::store::segment::{HEADER_LEN, Header, Piece, RECORD_HEAD, Sealer, torn_at};

use super::pieces::Script;

const IDENTITY: [u8; 32] = [5; 32];
const SEGMENT: u32 = 3;
/// Records longer than this are none.
const RECORD_MAX: u32 = 4_096;

/// The bytes are read as a segment, and as a script of one: records that are sealed where they stand,
/// noise between them, records with a byte changed. Every sealed record that is whole is found again, and
/// nothing else is taken for one.
pub fn body(bytes: &[u8]) {
    if let Ok(Some(header)) = Header::decode(bytes, Path::new("segment")) {
        assert_eq!(header.encode(), bytes[..HEADER_LEN as usize]);
    }
    let sealer = Sealer::new(&IDENTITY, RECORD_MAX);
    check(&sealer, bytes, None);
    let (segment, whole) = written(&sealer, bytes);
    check(&sealer, &segment, Some(&whole));
    let cut = segment.len() - segment.len().min(usize::from(bytes.first().copied().unwrap_or(0)));
    let kept: Vec<_> =
        whole.iter().copied().filter(|(at, len)| (*at + RECORD_HEAD + *len) as usize <= cut).collect();
    check(&sealer, &segment[..cut], Some(&kept));
}

/// A segment's bytes, and offset and length of the records in it that are whole.
fn written(sealer: &Sealer, script: &[u8]) -> (Vec<u8>, Vec<(u32, u32)>) {
    let mut script = Script::new(script);
    let header = Header { segment: SEGMENT, generation: 0, prior: 0, identity: IDENTITY };
    let (mut segment, mut whole) = (header.encode(), Vec::new());
    let mut group = HEADER_LEN;
    while !script.is_empty() && segment.len() < 16_384 {
        let at = u32::try_from(segment.len()).unwrap();
        match script.byte() % 8 {
            0..=3 => {
                let payload = script.bytes();
                sealer.seal(&mut segment, SEGMENT, at, group, payload);
                whole.push((at, u32::try_from(payload.len()).unwrap()));
            }
            4 => group = at,
            5 => segment.extend_from_slice(script.bytes()),
            6 => {
                sealer.seal(&mut segment, SEGMENT, at, group, script.bytes());
                let changed = at as usize + usize::from(script.byte()) % (segment.len() - at as usize);
                segment[changed] ^= script.byte() | 1;
            }
            // A record of another place, as a copied block would be.
            _ => sealer.seal(&mut segment, SEGMENT, at ^ 1, group, script.bytes()),
        }
    }
    (segment, whole)
}

fn check(sealer: &Sealer, segment: &[u8], whole: Option<&[(u32, u32)]>) {
    let pieces = sealer.pieces(segment, SEGMENT, HEADER_LEN, 0);
    let end = u32::try_from(segment.len()).unwrap();
    let mut at = HEADER_LEN;
    let mut found = Vec::new();
    for piece in &pieces {
        let (offset, next) = match *piece {
            Piece::Record { offset, len, group } => {
                assert!(group <= offset);
                found.push((offset, len));
                (offset, offset + RECORD_HEAD + len)
            }
            Piece::Damaged { offset, len, what } => {
                assert!(len > 0 && !what.is_empty());
                (offset, offset + len)
            }
        };
        // Fillers are passed over, and nobody but the journal seals one.
        assert!(offset == at && next <= end.max(HEADER_LEN), "pieces overlap or leave out bytes");
        at = next;
    }
    assert!(at == end || end <= HEADER_LEN, "the end of the segment is in no piece");
    if let Some(whole) = whole {
        assert_eq!(found, whole, "records that are whole, and those that are found");
    }
    if let Some(torn) = torn_at(&pieces, HEADER_LEN) {
        assert!((HEADER_LEN..end).contains(&torn));
        assert!(pieces.iter().any(|p| matches!(p, Piece::Damaged { offset, .. } if *offset == torn)));
    }
    let marked = sealer.pieces(segment, SEGMENT, HEADER_LEN, end / 2);
    assert!(marked.iter().filter(|p| matches!(p, Piece::Record { .. })).count() <= pieces.len());
}

/// A header, a segment, and scripts.
pub fn seeds() -> Vec<Vec<u8>> {
    let sealer = Sealer::new(&IDENTITY, RECORD_MAX);
    let scripts: [&[u8]; 4] = [
        b"\x00\x05joint\x04\x00\x03pin\x00\x00",
        b"\x00\x05joint\x05\x06noise!\x00\x03pin",
        b"\x04\x06\x05joint\x20\x07\x00\x03pin\x07\x04copy\x00\x03end",
        b"\x06\x03pin\x05\x01\x00\x04dove\x00\x04tail\x04\x00\x01x",
    ];
    let header = Header { segment: SEGMENT, generation: 1, prior: 400, identity: IDENTITY }.encode();
    let mut seeds = vec![header, written(&sealer, scripts[0]).0];
    seeds.extend(scripts.map(<[u8]>::to_vec));
    seeds
}

//! Opening: which journal it is, which segments there are, and the end of the newest one.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Mutex;

use aronde_protocol::limits;

use super::{Damage, Journal, Limits, Position, Segment, Torn, segment_path};
use crate::store::disk::{self, Disk};
use crate::store::error::StoreError;
use crate::store::segment::{HEADER_LEN, Header, Identity, Piece, Sealer, torn_at};

/// What opening found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opening {
    /// A write that never ended, cut away.
    pub torn: Option<Torn>,
    /// What is damaged in the headers, in the numbering, in the newest segment.
    pub damage: Vec<Damage>,
}

impl Journal {
    /// Opens or makes a journal. `durable` is a position up to which everything is known to have been
    /// synced (the index tells): damage before it is never taken for a torn write.
    pub fn open_on(
        disk: Box<dyn Disk>,
        folder: &Path,
        limits: Limits,
        durable: Option<Position>,
    ) -> Result<(Self, Opening), StoreError> {
        disk::private_folder(folder).map_err(StoreError::io("create", folder))?;
        let mut opening = Opening::default();
        let numbers = segment_numbers(folder)?;
        let identity = match said_identity(folder)? {
            Some(identity) => identity,
            None => renew_identity(folder, &numbers, &mut opening.damage)?,
        };
        let record_max = u32::try_from(limits::RECORD_MAX).unwrap_or(u32::MAX);
        let mut journal = Self {
            folder: folder.to_owned(),
            disk,
            limits,
            identity,
            sealer: Sealer::new(&identity, record_max),
            segments: BTreeMap::new(),
            tail: None,
            failed: None,
            readers: Mutex::default(),
        };
        journal.take_stock(&numbers, durable, &mut opening.damage)?;
        journal.open_tail(durable, &mut opening)?;
        Ok((journal, opening))
    }

    /// Reads all headers and names what is missing.
    fn take_stock(
        &mut self,
        numbers: &[u32],
        durable: Option<Position>,
        damage: &mut Vec<Damage>,
    ) -> Result<(), StoreError> {
        let mut prior: Option<(u32, u32)> = None;
        for &number in numbers {
            let path = segment_path(&self.folder, number);
            let len = fs::symlink_metadata(&path).map_err(StoreError::io("read", &path))?.len();
            let len = u32::try_from(len).unwrap_or(u32::MAX);
            let header = read_header(&path)?;
            let ours = header.filter(|h| h.segment == number && h.identity == self.identity);
            let mut named = |segment, offset, len, what: &str| {
                damage.push(Damage { segment, offset, len, what: what.to_owned() });
            };
            match (header, ours) {
                (Some(_), None) => named(number, 0, len, "it is a segment of another journal or number"),
                (None, _) => named(number, 0, HEADER_LEN.min(len), "its header is not what was written"),
                _ => {}
            }
            let before = prior.map_or(0, |(n, _)| n);
            for missing in before.saturating_add(1)..number {
                named(missing, 0, 0, "the segment is missing");
            }
            if let (Some(header), Some((n, len))) = (ours, prior)
                && n.checked_add(1) == Some(number)
                && header.prior > len
            {
                named(n, len, header.prior - len, "the end of the segment is missing");
            }
            prior = Some((number, len));
            let segment = Segment {
                generation: ours.map_or(0, |h| h.generation),
                len,
                readable: ours.is_some() || header.is_none(),
            };
            self.segments.insert(number, segment);
        }
        if let Some(durable) = durable.filter(|d| *d > self.end() && *d > Position::START) {
            let Position { segment, offset } = durable;
            let from = self.segments.get(&segment).map_or(0, |s| s.len);
            let what = "the index knew of synced records here that are missing";
            damage.push(Damage {
                segment,
                offset: from,
                len: offset.saturating_sub(from),
                what: what.to_owned(),
            });
        }
        Ok(())
    }

    /// Cuts a torn write from the newest segment and gets it ready to grow.
    fn open_tail(&mut self, durable: Option<Position>, opening: &mut Opening) -> Result<(), StoreError> {
        let Some((&number, &segment)) = self.segments.last_key_value() else { return Ok(()) };
        let path = segment_path(&self.folder, number);
        if !segment.readable || segment.len < HEADER_LEN {
            return Ok(());
        }
        let durable = match durable {
            Some(known) if known.segment == number => known.offset,
            // All of the newest segment was synced before a later one was begun.
            Some(known) if known.segment > number => segment.len,
            _ => HEADER_LEN,
        };
        let bytes = read_segment(&path)?;
        let mut pieces = self.sealer.pieces(&bytes, number, HEADER_LEN, durable);
        let mut file =
            disk::private_file().read(true).write(true).open(&path).map_err(StoreError::io("open", &path))?;
        let mut len = segment.len;
        if let Some(cut) = torn_at(&pieces, durable) {
            opening.torn = Some(Torn { segment: number, offset: cut, len: len - cut });
            file.set_len(u64::from(cut)).map_err(StoreError::io("cut the torn end of", &path))?;
            pieces.retain(|piece| match piece {
                Piece::Record { offset, .. } | Piece::Damaged { offset, .. } => *offset < cut,
            });
            len = cut;
        }
        opening.damage.extend(pieces.iter().filter_map(|piece| match *piece {
            Piece::Damaged { offset, len, what } => {
                Some(Damage { segment: number, offset, len, what: what.to_owned() })
            }
            Piece::Record { .. } => None,
        }));
        // What a killed process wrote but never synced is about to be believed: make it durable first.
        self.disk.sync(&file).map_err(StoreError::io("sync", &path))?;
        self.disk.sync_folder(&self.folder).map_err(StoreError::io("sync", &self.folder))?;
        if let Some(newest) = self.segments.get_mut(&number) {
            newest.len = len;
        }
        // Never written behind damage, nor behind an end that is missing: a new segment is begun instead.
        let header_is_sound = read_header(&path)?.is_some();
        let ends_in_a_record = match pieces.last() {
            Some(Piece::Damaged { .. }) => false,
            _ => len >= durable,
        };
        if header_is_sound && ends_in_a_record {
            file.seek(SeekFrom::Start(u64::from(len))).map_err(StoreError::io("open", &path))?;
            self.tail = Some(file);
        }
        Ok(())
    }
}

/// The numbers of the segments in a folder, in order. Segments that never got their name are removed.
fn segment_numbers(folder: &Path) -> Result<Vec<u32>, StoreError> {
    let mut numbers = Vec::new();
    for item in fs::read_dir(folder).map_err(StoreError::io("list", folder))? {
        let item = item.map_err(StoreError::io("list", folder))?;
        let name = item.file_name();
        let Some(name) = name.to_str() else { continue };
        if let Some(number) = name.strip_suffix(".seg").filter(|n| n.len() == 8).and_then(|n| n.parse().ok())
        {
            numbers.push(number);
        } else if Path::new(name).extension().is_some_and(|e| e == "new") {
            fs::remove_file(item.path()).map_err(StoreError::io("remove", &item.path()))?;
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn read_header(path: &Path) -> Result<Option<Header>, StoreError> {
    let mut bytes = Vec::with_capacity(HEADER_LEN as usize);
    disk::open_regular(path)
        .and_then(|file| file.take(u64::from(HEADER_LEN)).read_to_end(&mut bytes))
        .map_err(StoreError::io("read", path))?;
    Header::decode(&bytes, path)
}

/// A segment's bytes.
pub(super) fn read_segment(path: &Path) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    disk::open_regular(path)
        .and_then(|file| file.take(u64::from(u32::MAX)).read_to_end(&mut bytes))
        .map_err(StoreError::io("read", path))?;
    Ok(bytes)
}

/// Which journal lies in a folder, if there is one: as its file says, or else its first readable segment.
pub fn identity(folder: &Path) -> Result<Option<Identity>, StoreError> {
    if !folder.is_dir() {
        return Ok(None);
    }
    match said_identity(folder)? {
        Some(identity) => Ok(Some(identity)),
        None => borne_identity(folder, &segment_numbers(folder)?),
    }
}

/// The identity that the first readable header bears.
fn borne_identity(folder: &Path, numbers: &[u32]) -> Result<Option<Identity>, StoreError> {
    for &number in numbers {
        if let Some(header) = read_header(&segment_path(folder, number))? {
            return Ok(Some(header.identity));
        }
    }
    Ok(None)
}

/// The identity that the file `identity` says; `None` when it is missing or damaged.
fn said_identity(folder: &Path) -> Result<Option<Identity>, StoreError> {
    let path = folder.join("identity");
    let mut text = String::new();
    match disk::open_regular(&path).and_then(|file| file.take(512).read_to_string(&mut text)) {
        Ok(_) => {}
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::InvalidData) => {
            return Ok(None);
        }
        Err(error) => return Err(StoreError::io("read", &path)(error)),
    }
    let mut identity = [0; 32];
    let digits = text.lines().nth(1).unwrap_or_default();
    let sound = hex::decode_to_slice(digits, &mut identity).is_ok() && text == identity_text(&identity);
    Ok(sound.then_some(identity))
}

/// Two lines and a check, so that a flipped digit is not another journal.
fn identity_text(identity: &Identity) -> String {
    let digits = hex::encode(identity);
    let check = blake3::hash(digits.as_bytes()).to_hex();
    format!("aronde-journal\n{digits}\n{}\n", check.get(..16).unwrap_or_default())
}

/// Draws the identity of a new journal, or takes it back from a segment when its file is lost.
fn renew_identity(folder: &Path, numbers: &[u32], damage: &mut Vec<Damage>) -> Result<Identity, StoreError> {
    let mut identity: Identity = [0; 32];
    if numbers.is_empty() {
        getrandom::fill(&mut identity).map_err(|error| StoreError::Random(error.to_string()))?;
    } else {
        identity =
            borne_identity(folder, numbers)?.ok_or_else(|| StoreError::NoIdentity(folder.to_owned()))?;
        let what = "the file `identity` was missing or damaged and is written again from a segment";
        damage.push(Damage { segment: 0, offset: 0, len: 0, what: what.to_owned() });
    }
    let path = folder.join("identity");
    let aside = folder.join("identity.new");
    let _ = fs::remove_file(&aside);
    disk::create_private_file(&aside, identity_text(&identity).as_bytes())
        .and_then(|()| fs::rename(&aside, &path))
        .and_then(|()| disk::sync_folder(folder))
        .map_err(StoreError::io("write", &path))?;
    Ok(identity)
}

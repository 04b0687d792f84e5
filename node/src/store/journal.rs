//! The journal: the truth of a home.
//!
//! Goals: what [`Journal::append`] returned is on the disk, whatever happens next; what is damaged is
//! named and the rest stays readable; nothing that may have been acknowledged is ever cut.
//! Non-goals: knowing what a payload means; finding records (that is the index).
//! Invariants: one writer; a group is written only after the group before it was synced; a segment
//! appears under its name with its whole header durable; after any failed write or sync nothing more is
//! acknowledged until the journal is opened again.

mod open;
mod rewrite;
mod scan;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use aronde_protocol::limits;

use super::disk::{self, Disk, Os};
use super::error::StoreError;
use super::segment::{HEADER_LEN, Header, Identity, RECORD_HEAD, Sealer};

pub use scan::{Found, Scan};

/// Segments kept open for reading.
const HANDLES_MAX: usize = 64;

/// Where a record lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Segment number.
    pub segment: u32,
    /// Byte in the segment at which the record begins.
    pub offset: u32,
    /// Length of the payload.
    pub len: u32,
}

impl Location {
    /// The position behind this record.
    pub fn end(&self) -> Position {
        Position {
            segment: self.segment,
            offset: self.offset.saturating_add(RECORD_HEAD).saturating_add(self.len),
        }
    }
}

/// A place between records: all before it, in order, is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Segment number.
    pub segment: u32,
    /// Byte in the segment.
    pub offset: u32,
}

impl Position {
    /// Before the first record.
    pub const START: Self = Self { segment: 1, offset: HEADER_LEN };
}

/// Something in the journal is not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Segment number.
    pub segment: u32,
    /// Byte in the segment at which it begins.
    pub offset: u32,
    /// How far it reaches, as far as that is known.
    pub len: u32,
    /// How it shows.
    pub what: String,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { segment, offset, len, what } = self;
        write!(f, "journal segment {segment} is damaged at byte {offset} ({len} bytes): {what}")
    }
}

/// A write that never ended was cut off at open: it was never acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Torn {
    /// Segment number.
    pub segment: u32,
    /// Where it was cut.
    pub offset: u32,
    /// Bytes taken away.
    pub len: u32,
}

/// Sizes and floors, so that tests can make them small.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A segment is closed at this size.
    pub segment_max: u32,
    /// Bytes that must stay free on the disk.
    pub floor: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { segment_max: limits::SEGMENT_MAX, floor: limits::FREE_FOR_ENTRIES }
    }
}

#[derive(Debug, Clone, Copy)]
struct Segment {
    generation: u32,
    len: u32,
    /// Whether its header said so itself.
    readable: bool,
}

/// An open journal.
pub struct Journal {
    folder: PathBuf,
    disk: Box<dyn Disk>,
    limits: Limits,
    identity: Identity,
    sealer: Sealer,
    segments: BTreeMap<u32, Segment>,
    /// The newest segment, when it can still grow.
    tail: Option<File>,
    failed: Option<String>,
    readers: Mutex<BTreeMap<u32, File>>,
}

impl Journal {
    /// Which journal this is.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// Behind the last record.
    pub fn end(&self) -> Position {
        self.segments
            .last_key_value()
            .map_or(Position::START, |(number, segment)| Position { segment: *number, offset: segment.len })
    }

    /// Changes whenever a segment was rewritten: its records have moved.
    pub fn generation(&self) -> u64 {
        self.segments.values().map(|s| u64::from(s.generation)).sum()
    }

    /// Bytes in all segments.
    pub fn bytes(&self) -> u64 {
        self.segments.values().map(|s| u64::from(s.len)).sum()
    }

    /// Why nothing more is written, once a write has failed.
    pub fn failure(&self) -> Option<&str> {
        self.failed.as_deref()
    }

    /// Writes these payloads in order and returns where they lie, when all of them are durable.
    ///
    /// They are synced in groups of at most `GROUP_MAX` bytes, usually one. When this fails, none of
    /// them is acknowledged, though some may be found at the next open.
    pub fn append<P: AsRef<[u8]>>(&mut self, payloads: &[P]) -> Result<Vec<Location>, StoreError> {
        if let Some(why) = &self.failed {
            return Err(StoreError::Refusing(why.clone()));
        }
        let mut total = 0u64;
        for payload in payloads {
            let len = payload.as_ref().len();
            if len > limits::RECORD_MAX {
                return Err(StoreError::RecordTooLarge { len, max: limits::RECORD_MAX });
            }
            total += u64::from(RECORD_HEAD) + len as u64;
        }
        if total == 0 {
            return Ok(Vec::new());
        }
        self.reserve(total)?;
        let written = self.write_groups(payloads);
        if let Err(error) = &written {
            self.failed = Some(error.to_string());
            self.tail = None;
        }
        written
    }

    /// Refuses early, and only for now, when the disk is nearly full.
    fn reserve(&self, bytes: u64) -> Result<(), StoreError> {
        let available = self
            .disk
            .available(&self.folder)
            .map_err(StoreError::io("read the free space of", &self.folder))?;
        if available.saturating_sub(bytes) < self.limits.floor {
            return Err(StoreError::DiskLow {
                path: self.folder.clone(),
                available,
                floor: self.limits.floor,
            });
        }
        Ok(())
    }

    fn write_groups<P: AsRef<[u8]>>(&mut self, payloads: &[P]) -> Result<Vec<Location>, StoreError> {
        let group_max = limits::GROUP_MAX.min(self.limits.segment_max) as usize;
        let mut locations = Vec::with_capacity(payloads.len());
        let mut rest = payloads;
        while !rest.is_empty() {
            let mut size = 0;
            let fits = (rest.iter())
                .take_while(|payload| {
                    size += RECORD_HEAD as usize + payload.as_ref().len();
                    size <= group_max
                })
                .count();
            let (group, behind) = rest.split_at_checked(fits.max(1)).unwrap_or((rest, &[]));
            self.write_group(group, &mut locations)?;
            rest = behind;
        }
        Ok(locations)
    }

    fn write_group<P: AsRef<[u8]>>(
        &mut self,
        group: &[P],
        locations: &mut Vec<Location>,
    ) -> Result<(), StoreError> {
        let size: usize = group.iter().map(|p| RECORD_HEAD as usize + p.as_ref().len()).sum();
        let end = self.end();
        let full = end.offset > HEADER_LEN && end.offset as usize + size > self.limits.segment_max as usize;
        if self.tail.is_none() || full {
            self.begin_segment()?;
        }
        let Position { segment, offset: start } = self.end();
        let mut bytes = Vec::with_capacity(size);
        let first = locations.len();
        for payload in group {
            let payload = payload.as_ref();
            let offset = start.saturating_add(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
            self.sealer.seal(&mut bytes, segment, offset, start, payload);
            let len = u32::try_from(payload.len()).unwrap_or(u32::MAX);
            locations.push(Location { segment, offset, len });
        }
        let path = segment_path(&self.folder, segment);
        let written = match &mut self.tail {
            Some(tail) => self.disk.write(tail, &bytes).and_then(|()| self.disk.sync(tail)),
            None => Err(std::io::Error::other("the segment is not open")),
        };
        if let Err(source) = written {
            locations.truncate(first);
            return Err(StoreError::io("write", &path)(source));
        }
        if let Some(newest) = self.segments.get_mut(&segment) {
            newest.len = newest.len.saturating_add(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        }
        Ok(())
    }

    /// Makes the next segment. It gets its name only when its header is durable.
    fn begin_segment(&mut self) -> Result<(), StoreError> {
        let (number, prior) =
            self.segments.last_key_value().map_or((1, 0), |(n, segment)| (n.saturating_add(1), segment.len));
        let path = segment_path(&self.folder, number);
        let aside = path.with_extension("new");
        let header = Header { segment: number, generation: 0, prior, identity: self.identity };
        let mut file = self.disk.create(&aside).map_err(StoreError::io("create", &aside))?;
        (self.disk.write(&mut file, &header.encode()))
            .and_then(|()| self.disk.sync(&file))
            .map_err(StoreError::io("write", &aside))?;
        (self.disk.rename(&aside, &path))
            .and_then(|()| self.disk.sync_folder(&self.folder))
            .map_err(StoreError::io("create", &path))?;
        self.segments.insert(number, Segment { generation: 0, len: HEADER_LEN, readable: true });
        self.tail = Some(file);
        Ok(())
    }

    /// The payload at a location, checked again.
    pub fn read(&self, location: Location) -> Result<Vec<u8>, StoreError> {
        let Location { segment, offset, len } = location;
        let damaged = |what: &str| StoreError::Damaged { segment, offset, what: what.to_owned() };
        if len as usize > limits::RECORD_MAX || location.end() > self.end() {
            return Err(damaged("there is no such record"));
        }
        let path = segment_path(&self.folder, segment);
        let mut readers = self.readers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !readers.contains_key(&segment) {
            let file = match disk::open_regular(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    return Err(damaged("the segment is missing"));
                }
                Err(error) => return Err(StoreError::io("open", &path)(error)),
            };
            if readers.len() >= HANDLES_MAX {
                readers.clear();
            }
            readers.insert(segment, file);
        }
        let Some(file) = readers.get_mut(&segment) else { return Err(damaged("the segment is missing")) };
        let mut record = Vec::with_capacity(RECORD_HEAD as usize + len as usize);
        let want = u64::from(RECORD_HEAD) + u64::from(len);
        (file.seek(SeekFrom::Start(u64::from(offset))))
            .and_then(|_| file.take(want).read_to_end(&mut record))
            .map_err(StoreError::io("read", &path))?;
        drop(readers);
        let payload = self.sealer.payload(&record, segment, offset).map_err(damaged)?;
        if payload.len() != len as usize {
            return Err(damaged("its length is another"));
        }
        record.drain(..RECORD_HEAD as usize);
        Ok(record)
    }
}

fn segment_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:08}.seg"))
}

/// A journal on the real disk.
impl Journal {
    /// Opens or makes the journal in this folder; see [`Journal::open_on`].
    pub fn open(
        folder: &Path,
        limits: Limits,
        durable: Option<Position>,
    ) -> Result<(Self, open::Opening), StoreError> {
        Self::open_on(Box::new(Os), folder, limits, durable)
    }
}

pub use open::{Opening, identity};

//! Reading all records in order, with what is damaged between them.

use std::collections::VecDeque;

use super::open::read_segment;
use super::{Damage, Journal, Location, Position, segment_path};
use crate::store::error::StoreError;
use crate::store::segment::{HEADER_LEN, Header, Piece, RECORD_HEAD};

/// One thing met on the way through the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A record that is what was written.
    Record {
        /// Where it lies.
        location: Location,
        /// What was written.
        payload: Vec<u8>,
    },
    /// A stretch that is not.
    Damage(Damage),
}

/// Walks the journal, one segment in memory at a time.
pub struct Scan<'a> {
    journal: &'a Journal,
    from: Position,
    numbers: VecDeque<u32>,
    last: Option<u32>,
    segment: u32,
    bytes: Vec<u8>,
    pieces: VecDeque<Piece>,
    named: VecDeque<Damage>,
}

impl Journal {
    /// All records from a position on, in the order they were written.
    pub fn scan(&self, from: Position) -> Scan<'_> {
        Scan {
            journal: self,
            from,
            numbers: self.segments.keys().copied().filter(|n| *n >= from.segment).collect(),
            last: None,
            segment: 0,
            bytes: Vec::new(),
            pieces: VecDeque::new(),
            named: VecDeque::new(),
        }
    }
}

impl Scan<'_> {
    /// Reads the next segment and cuts it into pieces.
    fn load(&mut self, number: u32) -> Result<(), StoreError> {
        self.segment = number;
        self.pieces.clear();
        let before = self.last.unwrap_or(self.from.segment.saturating_sub(1));
        for missing in before.saturating_add(1)..number {
            self.name(missing, 0, 0, "the segment is missing");
        }
        let prior = self.last.replace(number);
        let Some(known) = self.journal.segments.get(&number).copied() else { return Ok(()) };
        let path = segment_path(&self.journal.folder, number);
        self.bytes = match read_segment(&path) {
            Err(StoreError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                self.name(number, 0, known.len, "the segment is missing");
                return Ok(());
            }
            read => read?,
        };
        let header = Header::decode(&self.bytes, &path)?;
        let ours = |h: &Header| h.segment == number && h.identity == self.journal.identity;
        match header {
            Some(header) if !ours(&header) => {
                self.name(number, 0, known.len, "it is a segment of another journal or number");
                return Ok(());
            }
            Some(header) => {
                let end = prior.and_then(|n| self.journal.segments.get(&n)).map(|s| s.len);
                if let (Some(prior), Some(end)) = (prior, end)
                    && prior.checked_add(1) == Some(number)
                    && header.prior > end
                {
                    self.name(prior, end, header.prior - end, "the end of the segment is missing");
                }
            }
            None => self.name(number, 0, HEADER_LEN.min(known.len), "its header is not what was written"),
        }
        // Behind the journal's end there may be a write that failed; it was never acknowledged.
        self.bytes.truncate(known.len as usize);
        let from = if number == self.from.segment { self.from.offset.max(HEADER_LEN) } else { HEADER_LEN };
        self.pieces = self.journal.sealer.pieces(&self.bytes, number, from, 0).into();
        let len = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        if len < known.len {
            self.name(number, len, known.len - len, "the end of the segment is missing");
        }
        Ok(())
    }

    fn name(&mut self, segment: u32, offset: u32, len: u32, what: &str) {
        self.named.push_back(Damage { segment, offset, len, what: what.to_owned() });
    }
}

impl Iterator for Scan<'_> {
    type Item = Result<Found, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(damage) = self.named.pop_front() {
                return Some(Ok(Found::Damage(damage)));
            }
            let segment = self.segment;
            match self.pieces.pop_front() {
                Some(Piece::Record { offset, len, .. }) => {
                    let start = offset as usize + RECORD_HEAD as usize;
                    let payload = self.bytes.get(start..start + len as usize).unwrap_or_default().to_vec();
                    let location = Location { segment, offset, len };
                    return Some(Ok(Found::Record { location, payload }));
                }
                Some(Piece::Damaged { offset, len, what }) => {
                    let what = what.to_owned();
                    return Some(Ok(Found::Damage(Damage { segment, offset, len, what })));
                }
                None => {}
            }
            let number = self.numbers.pop_front()?;
            if let Err(error) = self.load(number) {
                // An unreadable segment is one error; the segments behind it are still tried.
                self.pieces.clear();
                return Some(Err(error));
            }
        }
    }
}

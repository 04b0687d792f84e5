//! How far the journal was when an audit ended well, so that a later one may begin there: `audits.json` in the home.
//!
//! Invariants: a mark is believed only for the very journal that it speaks of, not rewritten since, with as many entries
//! before it as it says; a file that is torn or damaged is no mark. What came after a mark is told by the order of the
//! journal, never by what entries claim. Deliberately absent: protection from the owner of the disk, who audits
//! for themselves here; others take a bundle.

use std::path::{Path, PathBuf};

use aronde_protocol::id::EntryId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::entries::Entries;
use crate::api::{EarlierAudit, ServiceError};
use crate::home::HomeError;
use crate::secret_file;
use crate::store::Position;

/// The file's name in the home.
const FILE: &str = "audits.json";
/// Marks that are kept: four months of audits, one a day. Of some 350 bytes each, all are well below what is read of a
/// small file of the home, 64 kB.
const MARKS_MAX: usize = 128;

/// An audit that ended well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// When, in ms since 1970 by this machine's clock.
    at: i64,
    /// When the last audit of everything ended that this one rests on; itself, if it was one.
    whole_at: i64,
    /// The journal, and how often it was rewritten.
    journal: EntryId,
    generation: u64,
    /// How far in it.
    segment: u32,
    offset: u32,
    /// Entries that lie before that and are held, and the root of the tree over their ids.
    entries: u64,
    held: EntryId,
}

/// Why an audit cannot begin at a mark.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoMark {
    /// There is none so old.
    #[error("no audit up to {0} that ended well is known here, so everything was checked")]
    None(Timestamp),
    /// What it speaks of is not what is there.
    #[error("the journal was rewritten or made anew since the audit of {0}, so everything was checked")]
    Rewritten(Timestamp),
    /// It counts otherwise.
    #[error("before the end of the audit of {0} lie other entries than it saw, so everything was checked")]
    Others(Timestamp),
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct File {
    marks: Vec<Mark>,
    /// BLAKE3 of the marks as they are written: a digit that flipped is no mark.
    check: Option<EntryId>,
}

/// See the module.
#[derive(Debug)]
pub struct Marks {
    path: PathBuf,
    /// Ascending by when.
    marks: Vec<Mark>,
}

impl Mark {
    /// What was held at this moment, all of it checked; `rests_on` is the mark where the audit began.
    pub fn of(held: &Entries, at: Timestamp, rests_on: Option<&Mark>) -> Self {
        let journal = held.store().journal();
        let Position { segment, offset } = journal.end();
        let at = at.as_millisecond();
        Self {
            at,
            whole_at: rests_on.map_or(at, |mark| mark.whole_at),
            journal: EntryId(journal.identity()),
            generation: journal.generation(),
            segment,
            offset,
            entries: held.replica().len() as u64,
            held: EntryId(held.replica().digest().root()),
        }
    }

    /// Where what came after it begins.
    pub fn position(&self) -> Position {
        Position { segment: self.segment, offset: self.offset }
    }

    /// What people are told of it.
    pub fn told(&self) -> EarlierAudit {
        EarlierAudit {
            at: when(self.at),
            whole_at: when(self.whole_at),
            entries: self.entries,
            held_digest: self.held,
        }
    }

    fn fits(&self, held: &Entries) -> Result<(), NoMark> {
        let journal = held.store().journal();
        if (self.journal, self.generation) != (EntryId(journal.identity()), journal.generation()) {
            return Err(NoMark::Rewritten(when(self.at)));
        }
        if held.before(self.position()) as u64 != self.entries {
            return Err(NoMark::Others(when(self.at)));
        }
        Ok(())
    }
}

impl Marks {
    /// The marks of a home. A file that can't be read, or is not what was written, is taken for none: an audit
    /// of everything makes it anew.
    pub fn open(home: &Path) -> Self {
        let path = home.join(FILE);
        let file: Option<File> =
            secret_file::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let sound = file.filter(|file| check(&file.marks).is_some_and(|sum| file.check == Some(sum)));
        Self { path, marks: sound.unwrap_or_default().marks }
    }

    /// The newest mark that was made at a time or before it.
    ///
    /// # Errors
    /// There is none, or the journal is not the one that it speaks of.
    pub fn up_to(&self, time: Timestamp, held: &Entries) -> Result<&Mark, NoMark> {
        let mark = self.marks.iter().rev().find(|mark| mark.at <= time.as_millisecond());
        let mark = mark.ok_or(NoMark::None(time))?;
        mark.fits(held).map(|()| mark)
    }

    /// Remembers one. Of too many the oldest go.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn remember(mut self, mark: Mark) -> Result<(), ServiceError> {
        self.marks.push(mark);
        self.marks.sort_by_key(|mark| mark.at);
        self.marks.drain(..self.marks.len().saturating_sub(MARKS_MAX));
        let file = File { check: check(&self.marks), marks: self.marks };
        let bytes = serde_json::to_vec_pretty(&file).map_err(ServiceError::internal)?;
        secret_file::replace(&self.path, &bytes).map_err(|error| HomeError::Secret(error).into())
    }
}

fn check(marks: &[Mark]) -> Option<EntryId> {
    serde_json::to_vec(marks).ok().map(|bytes| EntryId::of(&bytes))
}

fn when(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn mark(at: i64) -> Mark {
        let id = EntryId::of(b"any");
        Mark { at, whole_at: at, journal: id, generation: 0, segment: 1, offset: 64, entries: 3, held: id }
    }

    #[test]
    fn marks_are_remembered_over_starts_and_the_oldest_of_too_many_go() {
        let home = tempfile::tempdir().unwrap();
        let many = i64::try_from(MARKS_MAX).unwrap() + 2;
        for at in 0..many {
            Marks::open(home.path()).remember(mark(at)).unwrap();
        }
        let marks = Marks::open(home.path()).marks;
        assert_eq!(marks, (2..many).map(mark).collect::<Vec<_>>());
    }

    #[test]
    fn a_torn_file_and_one_with_another_digit_hold_no_marks_and_are_made_anew() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(FILE);
        Marks::open(home.path()).remember(mark(5)).unwrap();
        let written = std::fs::read_to_string(&path).unwrap();
        for damaged in [&written[..written.len() / 2], &written.replace("64", "63"), "", "[]"] {
            std::fs::write(&path, damaged).unwrap();
            assert_eq!(Marks::open(home.path()).marks, []);
        }
        Marks::open(home.path()).remember(mark(6)).unwrap();
        assert_eq!(Marks::open(home.path()).marks, [mark(6)]);
    }
}

//! The index: what can be rebuilt from the journal, kept so that a start need not.
//!
//! Goals: believed only when it proves itself, which is at every open: of this journal and format, not ahead of
//! it, and the sum over all its rows is the one that was kept with them. Anything else is a rebuild, and
//! a rebuild is a slow start, never lost work.
//! Non-goals: being the only copy of anything; large values.
//! Invariants: sled types appear in this file only; one tree; rows and the position they cover change in
//! one atomic batch; after a failed write no row is written any more, so the position never runs ahead.

mod rows;
mod sled_file;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aronde_protocol::limits;

use super::journal::Position;
use super::segment::Identity;
use rows::{Meta, Sum};
use sled_file::{Broken, SledFile};

/// A key, and its value or nothing when it is to go.
pub type Row = (Vec<u8>, Option<Vec<u8>>);

/// A key and its value.
pub type KeyValue = (Vec<u8>, Vec<u8>);

/// Why an index starts empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rebuild {
    /// There was none.
    #[error("there was no index")]
    Missing,
    /// Another version wrote it.
    #[error("the index has format {0}, this version writes {FORMAT}", FORMAT = rows::FORMAT)]
    Format(u32),
    /// It belongs to another journal.
    #[error("the index belongs to another journal")]
    OtherJournal,
    /// It covers more than the journal holds.
    #[error("the index covers records that the journal no longer has")]
    Ahead,
    /// A segment was rewritten since.
    #[error("the journal was rewritten since the index was")]
    Rewritten,
    /// It is damaged; what remains was moved aside.
    #[error("the index was damaged ({0})")]
    Damaged(String),
    /// It cannot be kept on this disk now, so it is in memory until the next start.
    #[error("the index cannot be kept on disk now ({0})")]
    InMemory(String),
}

/// A row could not be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// A key or value over its limit.
    #[error(
        "an index row of {key} + {value} bytes is over the limits of {} + {}",
        limits::INDEX_KEY_MAX,
        limits::INDEX_VALUE_MAX
    )]
    RowTooLarge {
        /// Length of the key.
        key: usize,
        /// Length of the value.
        value: usize,
    },
    /// The index failed; the journal is not touched by that, and the next start repairs it.
    #[error("the index failed ({0}): nothing is lost, start again to rebuild it")]
    Failed(String),
}

enum Rows {
    Sled(SledFile),
    Memory(Mutex<BTreeMap<Vec<u8>, Vec<u8>>>),
}

struct State {
    meta: Meta,
    failed: Option<String>,
}

/// An open index.
pub struct Index {
    rows: Rows,
    state: Mutex<State>,
}

impl Index {
    /// Opens the index in this folder for this journal. It never fails: when nothing usable is there it
    /// starts empty and says why, and everything from [`Position::START`] on is to be told again.
    pub fn open(folder: &Path, identity: Identity) -> (Self, Option<Rebuild>) {
        sled_file::clear_old(folder);
        let why = match SledFile::open_or_repair(folder) {
            Ok(file) => match believe(&file, identity) {
                Ok(meta) => return (Self::over(Rows::Sled(file), meta), None),
                Err(why) => {
                    drop(file);
                    why
                }
            },
            Err(Broken::Disk(why)) => return Self::in_memory(identity, why),
            Err(Broken::Contents(why)) => Rebuild::Damaged(why),
        };
        Self::fresh(folder, identity, why)
    }

    /// Throws the index away and starts an empty one for this journal.
    pub fn start_again(self, folder: &Path, identity: Identity, why: Rebuild) -> (Self, Option<Rebuild>) {
        drop(self);
        Self::fresh(folder, identity, why)
    }

    fn fresh(folder: &Path, identity: Identity, why: Rebuild) -> (Self, Option<Rebuild>) {
        let cleared = match why {
            Rebuild::Missing => Ok(()),
            Rebuild::Damaged(_) => sled_file::move_aside(folder),
            _ => sled_file::remove(folder),
        };
        if let Err(error) = cleared {
            return Self::in_memory(identity, error.to_string());
        }
        match SledFile::open_or_repair(folder) {
            Ok(file) => (Self::over(Rows::Sled(file), Meta::new(identity)), Some(why)),
            Err(Broken::Disk(why) | Broken::Contents(why)) => Self::in_memory(identity, why),
        }
    }

    fn in_memory(identity: Identity, why: String) -> (Self, Option<Rebuild>) {
        (Self::over(Rows::Memory(Mutex::default()), Meta::new(identity)), Some(Rebuild::InMemory(why)))
    }

    fn over(rows: Rows, meta: Meta) -> Self {
        Self { rows, state: Mutex::new(State { meta, failed: None }) }
    }

    /// Everything in the journal before this position is in the index.
    pub fn covers(&self) -> Position {
        self.state().meta.covers
    }

    /// The rewrites of the journal that the index knows.
    pub fn generation(&self) -> u64 {
        self.state().meta.generation
    }

    /// Rows held.
    pub fn len(&self) -> u64 {
        self.state().meta.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Why no row is written any more, once a write has failed.
    pub fn failure(&self) -> Option<String> {
        self.state().failed.clone()
    }

    /// Writes rows and the position that they cover, all or nothing.
    pub fn batch(&self, rows: Vec<Row>, covers: Position, generation: u64) -> Result<(), IndexError> {
        self.write(rows, Some((covers, generation)))
    }

    /// Writes rows that no record stands behind (cursors, what is known of peers), all or nothing.
    pub fn note(&self, rows: Vec<Row>) -> Result<(), IndexError> {
        self.write(rows, None)
    }

    fn write(&self, rows: Vec<Row>, covers: Option<(Position, u64)>) -> Result<(), IndexError> {
        let rows: BTreeMap<_, _> = rows.into_iter().collect();
        let mut state = self.state();
        if let Some(why) = &state.failed {
            return Err(IndexError::Failed(why.clone()));
        }
        let too_large = rows.iter().find(|(key, value)| {
            key.len() > limits::INDEX_KEY_MAX
                || value.as_ref().is_some_and(|v| v.len() > limits::INDEX_VALUE_MAX)
        });
        if let Some((key, value)) = too_large {
            let value = value.as_ref().map_or(0, Vec::len);
            // The rows of a record are missing now, so nothing behind it may be covered.
            let error = IndexError::RowTooLarge { key: key.len(), value };
            if covers.is_some() {
                state.failed = Some(error.to_string());
            }
            return Err(error);
        }
        let written = self.write_rows(&rows, &state.meta, covers);
        match written {
            Ok(meta) => {
                state.meta = meta;
                Ok(())
            }
            Err(error) => {
                state.failed = Some(error.to_string());
                Err(error)
            }
        }
    }

    fn write_rows(
        &self,
        rows: &BTreeMap<Vec<u8>, Option<Vec<u8>>>,
        meta: &Meta,
        covers: Option<(Position, u64)>,
    ) -> Result<Meta, IndexError> {
        let mut meta = meta.clone();
        for (key, value) in rows {
            if let Some(old) = self.get(key)? {
                meta.sum.remove(key, &old);
                meta.count = meta.count.saturating_sub(1);
            }
            if let Some(value) = value {
                meta.sum.add(key, value);
                meta.count = meta.count.saturating_add(1);
            }
        }
        if let Some((covers, generation)) = covers {
            meta.covers = covers;
            meta.generation = generation;
        }
        match &self.rows {
            Rows::Sled(file) => file.apply(rows, &meta.encode()).map_err(failed)?,
            Rows::Memory(map) => {
                let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
                for (key, value) in rows {
                    match value {
                        Some(value) => map.insert(key.clone(), value.clone()),
                        None => map.remove(key),
                    };
                }
            }
        }
        Ok(meta)
    }

    /// The value of a key.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        match &self.rows {
            Rows::Sled(file) => file.get(key).map_err(failed),
            Rows::Memory(map) => Ok(map.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()),
        }
    }

    /// Shows all rows whose key begins with `prefix`, in the order of their keys.
    pub fn each(&self, prefix: &[u8], mut show: impl FnMut(&[u8], &[u8])) -> Result<(), IndexError> {
        match &self.rows {
            Rows::Sled(file) => file.each(prefix, &mut show).map_err(failed),
            Rows::Memory(map) => {
                let map = map.lock().unwrap_or_else(PoisonError::into_inner).clone();
                map.range(prefix.to_vec()..)
                    .take_while(|(key, _)| key.starts_with(prefix))
                    .for_each(|(key, value)| show(key, value));
                Ok(())
            }
        }
    }

    /// All rows whose key begins with `prefix`, key and value, in the order of their keys.
    pub fn scan(&self, prefix: &[u8]) -> Result<Vec<KeyValue>, IndexError> {
        let mut rows = Vec::new();
        self.each(prefix, |key, value| rows.push((key.to_vec(), value.to_vec())))?;
        Ok(rows)
    }

    /// Asks the disk to keep what was written: a second line, for a fast start after a power cut.
    pub fn flush(&self) -> Result<(), IndexError> {
        match &self.rows {
            Rows::Sled(file) => file.flush().map_err(failed),
            Rows::Memory(_) => Ok(()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failed(broken: Broken) -> IndexError {
    let (Broken::Disk(why) | Broken::Contents(why)) = broken;
    IndexError::Failed(why)
}

/// Whether the rows are all there and of this journal.
fn believe(file: &SledFile, identity: Identity) -> Result<Meta, Rebuild> {
    let damaged = |broken: Broken| {
        let (Broken::Disk(why) | Broken::Contents(why)) = broken;
        Rebuild::Damaged(why)
    };
    let mut sum = Sum::default();
    let mut count = 0u64;
    file.each(&[], &mut |key, value| {
        sum.add(key, value);
        count += 1;
    })
    .map_err(damaged)?;
    let Some(bytes) = file.meta().map_err(damaged)? else {
        return Err(if count == 0 {
            Rebuild::Missing
        } else {
            Rebuild::Damaged("its first row is missing".into())
        });
    };
    let meta = Meta::decode(&bytes)?;
    if meta.identity != identity {
        Err(Rebuild::OtherJournal)
    } else if meta.count != count || meta.sum != sum {
        Err(Rebuild::Damaged("its rows are not those that were written".into()))
    } else {
        Ok(meta)
    }
}

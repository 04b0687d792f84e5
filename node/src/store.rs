//! The store of a home: the journal (truth), the index over it, and the files.
//!
//! Goals: what was acknowledged is there after kill -9, power loss and a full disk; what is damaged is named and
//! everything else goes on; a start is quick when the index is sound and complete when it is not.
//! Non-goals: knowing what an entry is. Payloads and rows are bytes; their meaning is the caller's.
//! Invariants: journal first, then index; the index never claims to cover what it doesn't; journal formats
//! and sled types stay below this module.
//!
//! How it is used:
//! ```no_run
//! # use aronde_node::store::{Store, Options};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let home = std::path::Path::new("home");
//! let (mut store, opened) = Store::open(home, Options::default())?;
//! // 1. what the index knows, unless it was rebuilt and is empty
//! store.index().each(b"e/", |_key, _value| { /* load into memory */ })?;
//! // 2. what the journal holds behind it: all of it after a rebuild
//! let mut rows = Vec::new();
//! let damage = store.replay(|location, payload| rows.push((b"e/1".to_vec(), Some(vec![]))))?;
//! store.replayed(rows);
//! // 3. go on
//! store.append(&[b"payload"], |locations| vec![(b"e/2".to_vec(), Some(vec![]))])?;
//! # drop((opened, damage)); Ok(()) }
//! ```

pub mod bao;
pub mod disk;
pub mod error;
pub mod files;
pub mod index;
pub mod journal;
pub mod lock;
pub mod segment;
pub mod snapshots;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use aronde_protocol::limits;

pub use error::StoreError;
pub use files::Files;
pub use index::{Index, Rebuild, Row};
pub use journal::{Damage, Found, Location, Position, Torn};
pub use lock::{Holder, Lock};
pub use snapshots::Snapshots;

use disk::{Disk, Os};
use journal::{Journal, Limits, Scan};

/// The mark of an index that is to be made anew.
const DISTRUSTED: &str = "distrusted";
/// Rows of what was replayed for one batch of the index.
const REPLAY_BATCH: usize = 4_096;
/// Appends after which the index is asked to make itself durable.
const FLUSH_EVERY: u32 = 256;

/// Sizes and floors, so that tests and small disks can have their own.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// A journal segment is closed at this size, in bytes.
    pub segment_max: u32,
    /// Entries are written while this many bytes are free.
    pub free_for_entries: u64,
    /// Files are written while this many bytes are free.
    pub free_for_files: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_max: limits::SEGMENT_MAX,
            free_for_entries: limits::FREE_FOR_ENTRIES,
            free_for_files: limits::FREE_FOR_FILES,
        }
    }
}

/// What opening found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Where [`Store::replay`] begins: behind what the index covers, or at the start.
    pub replay_from: Position,
    /// Why the index is empty, if it is to be rebuilt.
    pub rebuild: Option<Rebuild>,
    /// A write that was never acknowledged and was cut.
    pub torn: Option<Torn>,
    /// What is known to be damaged already; replay and scan may find more.
    pub damage: Vec<Damage>,
}

/// An open store. One process has it; one writer uses it.
pub struct Store {
    // Dropped in this order: the lock goes last, when nothing is written any more.
    index: Index,
    journal: Journal,
    files: Files,
    snapshots: Snapshots,
    known: Vec<Damage>,
    unflushed: u32,
    index_folder: PathBuf,
    lock: Lock,
}

impl Store {
    /// Opens or makes the store of a home, and takes its lock.
    pub fn open(home: &Path, options: Options) -> Result<(Self, Opened), StoreError> {
        private_home(home)?;
        let lock = Lock::take(home)?;
        Self::open_on(Box::new(Os), home, lock, options)
    }

    fn open_on(
        disk: Box<dyn Disk>,
        home: &Path,
        lock: Lock,
        options: Options,
    ) -> Result<(Self, Opened), StoreError> {
        let journal_folder = home.join("journal");
        let index_folder = home.join("index");
        let limits = Limits { segment_max: options.segment_max, floor: options.free_for_entries };

        if index_folder.join(DISTRUSTED).exists() {
            fs::remove_dir_all(&index_folder).map_err(StoreError::io("remove", &index_folder))?;
        }
        // The index says how far the journal was synced, but only the index of this very journal.
        let named = journal::identity(&journal_folder)?;
        let orphaned = named.is_none() && index_folder.join("db").exists();
        let early = named.map(|identity| Index::open(&index_folder, identity));
        let durable = match &early {
            Some((index, None)) => Some(index.covers()),
            _ => None,
        };
        let (journal, mut opening) = Journal::open_on(disk, &journal_folder, limits, durable)?;
        let (index, rebuild) = match early {
            Some((index, None)) if index.covers() > journal.end().max(Position::START) => {
                index.start_again(&index_folder, journal.identity(), Rebuild::Ahead)
            }
            Some((index, None)) if index.generation() != journal.generation() => {
                index.start_again(&index_folder, journal.identity(), Rebuild::Rewritten)
            }
            Some(early) => early,
            None => Index::open(&index_folder, journal.identity()),
        };
        if orphaned {
            let what = "there is an index, but the journal that it was made from is gone";
            opening.damage.push(Damage { segment: 0, offset: 0, len: 0, what: what.to_owned() });
        }
        let files = Files::open(&home.join("files"), options.free_for_files)?;
        let opened = Opened {
            replay_from: index.covers(),
            rebuild,
            torn: opening.torn,
            damage: opening.damage.clone(),
        };
        let (snapshots, known) = (Snapshots::of(home), opening.damage);
        Ok((Self { index, journal, files, snapshots, known, unflushed: 0, index_folder, lock }, opened))
    }

    /// Shows every record behind what the index covers, in order. Returns the damage that opening had not
    /// named yet. Nothing can be appended before [`Self::replayed`] has the rows of what was shown.
    ///
    /// # Errors
    /// The journal can't be read at all.
    pub fn replay(&mut self, mut record: impl FnMut(Location, &[u8])) -> Result<Vec<Damage>, StoreError> {
        let mut damage = Vec::new();
        for found in self.journal.scan(self.index.covers()) {
            match found? {
                Found::Record { location, payload } => record(location, &payload),
                Found::Damage(found) if !self.known.contains(&found) => damage.push(found),
                Found::Damage(_) => {}
            }
        }
        self.known.extend(damage.iter().cloned());
        Ok(damage)
    }

    /// Writes the rows of all that was replayed; the index covers the journal then. What a record means may
    /// hang on a later one, so the index covers none of them before all were seen.
    ///
    /// Rows that the index cannot take are no error: the index says so in its `failure`, and the
    /// next start begins again where this one did.
    pub fn replayed(&mut self, rows: Vec<Row>) {
        let (end, generation) = (self.journal.end().max(Position::START), self.journal.generation());
        let covered = self.index.covers() == end && self.index.generation() == generation;
        if rows.is_empty() && covered {
            return;
        }
        let mut rows = rows.into_iter();
        loop {
            let batch: Vec<Row> = rows.by_ref().take(REPLAY_BATCH).collect();
            if rows.len() == 0 {
                report(self.index.batch(batch, end, generation));
                break;
            }
            report(self.index.note(batch));
        }
        report(self.index.flush());
    }

    /// Writes payloads to the journal and, when they are durable, the rows that `rows` makes of where they
    /// lie to the index. `Ok` means acknowledged. A failing index doesn't undo that: see [`Index::failure`].
    pub fn append<P: AsRef<[u8]>>(
        &mut self,
        payloads: &[P],
        rows: impl FnOnce(&[Location]) -> Vec<Row>,
    ) -> Result<Vec<Location>, StoreError> {
        let caught_up = self.index.covers() == self.journal.end().max(Position::START);
        if !caught_up && self.index.failure().is_none() {
            return Err(StoreError::NotReplayed);
        }
        let locations = self.journal.append(payloads)?;
        if self.index.failure().is_none() {
            let end = self.journal.end().max(Position::START);
            report(self.index.batch(rows(&locations), end, self.journal.generation()));
            self.unflushed += 1;
            if self.unflushed >= FLUSH_EVERY {
                self.flush();
            }
        }
        Ok(locations)
    }

    /// Rewrites a segment of the journal and, when that is durable, the rows that speak of its records; see
    /// [`Journal::rewrite`]. An index that can't be told is made anew at the next start.
    ///
    /// # Errors
    /// The segment could not be rewritten, and is as it was.
    pub fn rewrite(
        &mut self,
        segment: u32,
        replace: impl FnMut(Location, &[u8]) -> Option<Vec<u8>>,
        rows: impl FnOnce(&Index, &BTreeMap<Location, Location>) -> Vec<Row>,
    ) -> Result<BTreeMap<Location, Location>, StoreError> {
        let moved = self.journal.rewrite(segment, replace)?;
        if self.index.failure().is_none() {
            let end = self.journal.end().max(Position::START);
            report(self.index.batch(rows(&self.index, &moved), end, self.journal.generation()));
            self.flush();
        }
        Ok(moved)
    }

    /// The payload at a location, checked against what was written.
    pub fn read(&self, location: Location) -> Result<Vec<u8>, StoreError> {
        self.journal.read(location)
    }

    /// The records from a position on, from raw bytes, with all damage: for an audit.
    pub fn scan_from(&self, from: Position) -> Scan<'_> {
        self.journal.scan(from)
    }

    /// The journal, to ask it for its figures.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The index, to read it and to note rows that no record stands behind.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The files. They may be cloned and used from other threads while this store is open.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// What was read of documents before.
    pub fn snapshots(&self) -> &Snapshots {
        &self.snapshots
    }

    /// Tells others who meet the lock where this process answers.
    pub fn tell(&mut self, http: Option<&str>) -> Result<(), StoreError> {
        self.lock.tell(http)
    }

    /// Has the index made anew at the next start: it speaks of records that were found damaged since.
    /// What they held is not held then, and comes back from whoever has it.
    pub fn distrust_index(&self) -> Result<(), StoreError> {
        let mark = self.index_folder.join(DISTRUSTED);
        fs::write(&mark, b"").map_err(StoreError::io("write", &mark))
    }

    /// Makes the index durable, so that the next start is quick even after a power cut. The journal is
    /// durable already.
    pub fn flush(&mut self) {
        self.unflushed = 0;
        report(self.index.flush());
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.flush();
    }
}

/// A failing index is worth a line in the log and nothing more.
fn report(result: Result<(), index::IndexError>) {
    if let Err(error) = result {
        tracing::warn!(%error, "the index is behind the journal until the next start");
    }
}

/// A home that is made here is its owner's alone (0700), and so is one that is empty or already a home.
/// Any other folder is left as it is: everything inside that matters has modes of its own.
fn private_home(home: &Path) -> Result<(), StoreError> {
    let created = disk::private_folder(home).map_err(StoreError::io("create", home))?;
    let ours =
        || home.join("lock").exists() || fs::read_dir(home).is_ok_and(|mut items| items.next().is_none());
    #[cfg(unix)]
    if !created && ours() {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(home).map_err(StoreError::io("read", home))?.permissions().mode();
        if mode & 0o077 != 0 {
            fs::set_permissions(home, fs::Permissions::from_mode(0o700))
                .map_err(StoreError::io("close to others", home))?;
        }
    }
    #[cfg(not(unix))]
    let _ = (created, ours);
    Ok(())
}

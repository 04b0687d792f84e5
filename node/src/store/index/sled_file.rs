//! sled, and all that has to be known about it.
//!
//! Opening may refuse, panic, or find a snapshot half written; a reopen in the same process may meet the
//! lock of its own threads that are still ending; `flush` asks for no `fsync`. The ladder of repairs: take
//! away half-written snapshots, take away all snapshots (the log is read instead), then give up, and the
//! caller moves the folder aside.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::store::disk;

const CACHE: u64 = 32 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(2);
const LOCKED: &str = "WouldBlock";
const META: &[u8] = b"m";
const ROW: u8 = b'r';

/// Why sled did not do it.
#[derive(Debug)]
pub enum Broken {
    /// The disk is full or refuses: what is in the folder may be sound.
    Disk(String),
    /// What is in the folder is not.
    Contents(String),
}

impl From<sled::Error> for Broken {
    fn from(error: sled::Error) -> Self {
        use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
        match &error {
            sled::Error::Io(io)
                if disk::is_full(io)
                    || matches!(io.kind(), PermissionDenied | ReadOnlyFilesystem)
                    || is_locked(io) =>
            {
                Self::Disk(error.to_string())
            }
            _ => Self::Contents(error.to_string()),
        }
    }
}

/// sled puts the refusal of its lock into the text of an error of kind "other".
fn is_locked(error: &io::Error) -> bool {
    error.to_string().contains(LOCKED)
}

/// An open sled database.
pub struct SledFile {
    db: sled::Db,
    folder: PathBuf,
}

impl SledFile {
    /// Opens the database, up the ladder of repairs.
    pub fn open_or_repair(folder: &Path) -> Result<Self, Broken> {
        let mut result = Self::open(folder);
        for rung in [".generating", ""] {
            if matches!(result, Err(Broken::Contents(_))) && remove_snapshots(folder, rung) {
                result = Self::open(folder);
            }
        }
        result
    }

    fn open(folder: &Path) -> Result<Self, Broken> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(10);
        loop {
            let opened = guarded(|| {
                Ok(sled::Config::new()
                    .path(folder)
                    .cache_capacity(CACHE)
                    .mode(sled::Mode::LowSpace)
                    .use_compression(false)
                    .flush_every_ms(Some(500))
                    .open()?)
            });
            match opened {
                Ok(db) => return Ok(Self { db, folder: folder.to_owned() }),
                Err(Broken::Disk(why)) if why.contains(LOCKED) => {
                    if started.elapsed() > PATIENCE {
                        return Err(Broken::Contents("its old lock is still held".to_owned()));
                    }
                    std::thread::sleep(pause);
                    pause = pause.saturating_mul(2).min(Duration::from_millis(200));
                }
                Err(broken) => return Err(broken),
            }
        }
    }

    /// Writes rows and the row about them, all or nothing.
    pub fn apply(&self, rows: &BTreeMap<Vec<u8>, Option<Vec<u8>>>, meta: &[u8]) -> Result<(), Broken> {
        let mut batch = sled::Batch::default();
        for (key, value) in rows {
            match value {
                Some(value) => batch.insert(row_key(key), value.as_slice()),
                None => batch.remove(row_key(key)),
            }
        }
        batch.insert(META, meta);
        guarded(|| Ok(self.db.apply_batch(batch)?))
    }

    /// The value of a row.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Broken> {
        guarded(|| Ok(self.db.get(row_key(key))?.map(|value| value.to_vec())))
    }

    /// The row about all rows.
    pub fn meta(&self) -> Result<Option<Vec<u8>>, Broken> {
        guarded(|| Ok(self.db.get(META)?.map(|value| value.to_vec())))
    }

    /// Shows the rows whose key begins with `prefix`.
    pub fn each(&self, prefix: &[u8], show: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), Broken> {
        let mut rows = self.db.scan_prefix(row_key(prefix));
        loop {
            // Only sled is guarded here: a panic of the caller's own code is the caller's.
            match guarded(|| Ok(rows.next().transpose()?))? {
                Some((key, value)) => show(key.get(1..).unwrap_or_default(), &value),
                None => return Ok(()),
            }
        }
    }

    /// Makes durable what was written; sled itself asks for no `fsync`.
    pub fn flush(&self) -> Result<(), Broken> {
        guarded(|| Ok(self.db.flush().map(drop)?))?;
        let sync = || {
            File::open(self.folder.join("db"))?.sync_all()?;
            disk::sync_folder(&self.folder)
        };
        sync().map_err(|error| Broken::Disk(error.to_string()))
    }
}

fn row_key(key: &[u8]) -> Vec<u8> {
    let mut row = Vec::with_capacity(key.len() + 1);
    row.push(ROW);
    row.extend_from_slice(key);
    row
}

/// Calls into sled, whose panics are its way of saying that its files are damaged.
fn guarded<T>(call: impl FnOnce() -> Result<T, Broken>) -> Result<T, Broken> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        let why = (panic.downcast_ref::<String>().map(String::as_str))
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("unknown");
        Err(Broken::Contents(format!("it panicked: {}", why.chars().take(200).collect::<String>())))
    })
}

/// Whether there were any to remove.
fn remove_snapshots(folder: &Path, suffix: &str) -> bool {
    let mut removed = false;
    for item in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = item.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(suffix) {
            removed |= fs::remove_file(item.path()).is_ok();
        }
    }
    removed
}

/// Removes the database.
pub fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Moves a damaged database to the next free `NAME.bad-N`, for whoever wants to look at it.
pub fn move_aside(folder: &Path) -> io::Result<()> {
    let next = aside_numbers(folder).last().map_or(1, |n| n.saturating_add(1));
    match fs::rename(folder, aside_path(folder, next)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Keeps the newest damaged database only, so that they don't fill the disk.
pub fn clear_old(folder: &Path) {
    let mut numbers = aside_numbers(folder);
    numbers.pop();
    for number in numbers {
        if let Err(error) = remove(&aside_path(folder, number)) {
            tracing::warn!(number, %error, "could not remove an old damaged index");
        }
    }
}

fn aside_path(folder: &Path, number: u32) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!("{name}.bad-{number}"))
}

fn aside_numbers(folder: &Path) -> Vec<u32> {
    let prefix = format!("{}.bad-", folder.file_name().unwrap_or_default().to_string_lossy());
    let siblings = folder.parent().and_then(|parent| fs::read_dir(parent).ok());
    let mut numbers: Vec<u32> = (siblings.into_iter().flatten().flatten())
        .filter_map(|item| item.file_name().to_string_lossy().strip_prefix(&prefix)?.parse().ok())
        .collect();
    numbers.sort_unstable();
    numbers
}

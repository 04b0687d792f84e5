//! Members' files: bytes named by their BLAKE3 hash, in `files/ab/cdef…`.
//!
//! Goals: under a name stand its bytes or nothing: they are written aside, hashed on the way, synced and
//! renamed; what later fails its check is set aside, so it is wanted again and never served.
//! Non-goals: which files are wanted; file names and folders as people know them.
//! Invariants: no symlink is followed for the last part of a path; whatever leaves through
//! [`Files::open_read`] or [`Files::encode_range`] was checked in that call. Everything beside the
//! bytes (the `.obao4` hash pairs, partial downloads) can be made again.

mod outboard;
mod partial;
mod removal;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use aronde_protocol::id::FileHash;
use aronde_protocol::limits;

use super::bao::RangeError;
use super::disk;

pub use partial::Partial;
pub use removal::TakingIn;

/// A file could not be taken or given.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system refused something.
    #[error("could not {doing} {}: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
    /// The disk is full or nearly so.
    #[error("the disk of {} has too little room for files ({available} bytes free): free some space and try again", path.display())]
    NoRoom {
        /// Where.
        path: PathBuf,
        /// Bytes free.
        available: u64,
    },
    /// Over the limit.
    #[error("a file of more than {0} bytes is over the limit: split it, or leave it out")]
    TooLarge(u64),
    /// The file is not held.
    #[error("file {0} is not held here: fetch it from a peer")]
    Absent(FileHash),
    /// The file was damaged and is no longer held.
    #[error("file {0} was damaged on this disk and is set aside: fetch it again from a peer")]
    Damaged(FileHash),
    /// Someone is already downloading it.
    #[error("file {0} is already being fetched")]
    Busy(FileHash),
    /// Not all of it has come.
    #[error("file {0} is not complete yet")]
    Incomplete(FileHash),
    /// Wrong range or wrong bytes.
    #[error(transparent)]
    Range(#[from] RangeError),
}

impl FileError {
    fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| {
            if disk::is_full(&source) {
                Self::NoRoom { path: path.to_owned(), available: 0 }
            } else {
                Self::Io { doing, path: path.to_owned(), source }
            }
        }
    }
}

/// What a file on the disk turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Its bytes are those of its name.
    Sound,
    /// They are not.
    Damaged,
    /// There is no such file.
    Absent,
}

/// The folder of files. Clones are the same folder; all methods may be called from several threads.
#[derive(Clone)]
pub struct Files {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    floor: u64,
    next: AtomicU64,
    fetching: Mutex<BTreeSet<FileHash>>,
    /// How many are taking files in.
    taking: Mutex<usize>,
}

impl Files {
    /// Opens or makes the folder; the home's lock must be held. What an earlier process left half written
    /// is removed, partial downloads are kept.
    pub fn open(folder: &Path, floor: u64) -> Result<Self, FileError> {
        for part in [folder.to_owned(), folder.join("tmp"), folder.join("partial"), folder.join("damaged")] {
            disk::private_folder(&part).map_err(FileError::io("create", &part))?;
        }
        let tmp = folder.join("tmp");
        for item in fs::read_dir(&tmp).map_err(FileError::io("list", &tmp))?.flatten() {
            fs::remove_file(item.path()).map_err(FileError::io("remove", &item.path()))?;
        }
        let inner = Inner {
            folder: folder.to_owned(),
            floor,
            next: AtomicU64::new(0),
            fetching: Mutex::default(),
            taking: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    fn path(&self, hash: FileHash) -> PathBuf {
        let name = hash.to_string();
        let (first, rest) = name.split_at_checked(2).unwrap_or((&name, ""));
        self.inner.folder.join(first).join(rest)
    }

    fn aside(&self) -> PathBuf {
        let number = self.inner.next.fetch_add(1, Ordering::Relaxed);
        self.inner.folder.join("tmp").join(number.to_string())
    }

    /// Refuses when the disk would be nearly full behind `bytes` more.
    fn reserve(&self, bytes: u64) -> Result<(), FileError> {
        let path = &self.inner.folder;
        let available = disk::available(path).map_err(FileError::io("read the free space of", path))?;
        if available.saturating_sub(bytes) < self.inner.floor {
            return Err(FileError::NoRoom { path: path.clone(), available });
        }
        Ok(())
    }

    /// Takes all bytes of a reader and returns their name and number, when they are durable under it.
    pub fn put_reader(&self, mut reader: impl Read) -> Result<(FileHash, u64), FileError> {
        let aside = self.aside();
        let put = self.write_aside(&aside, &mut reader).and_then(|(hash, len)| {
            self.keep(&aside, hash)?;
            Ok((hash, len))
        });
        if put.is_err() {
            let _ = fs::remove_file(&aside);
        }
        put
    }

    /// Takes a copy of a regular file; a symlink is refused.
    pub fn put_path(&self, path: &Path) -> Result<(FileHash, u64), FileError> {
        let file = disk::open_regular(path).map_err(FileError::io("read", path))?;
        let len = file.metadata().map_err(FileError::io("read", path))?.len();
        if len > limits::FILE_MAX {
            return Err(FileError::TooLarge(limits::FILE_MAX));
        }
        self.reserve(len)?;
        self.put_reader(file)
    }

    fn write_aside(&self, aside: &Path, reader: &mut dyn Read) -> Result<(FileHash, u64), FileError> {
        let mut file = disk::private_file()
            .write(true)
            .create_new(true)
            .open(aside)
            .map_err(FileError::io("create", aside))?;
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; 128 * 1024];
        let mut len = 0u64;
        loop {
            let count = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(FileError::io("read the source of", aside)(error)),
            };
            let part = buffer.get(..count).unwrap_or_default();
            // The free space is asked for once a mebibyte, not once a buffer.
            if len >> 20 != (len + count as u64) >> 20 || len == 0 {
                self.reserve(count as u64)?;
            }
            len += count as u64;
            if len > limits::FILE_MAX {
                return Err(FileError::TooLarge(limits::FILE_MAX));
            }
            hasher.update(part);
            file.write_all(part).map_err(FileError::io("write", aside))?;
        }
        file.sync_all().map_err(FileError::io("sync", aside))?;
        Ok((FileHash(*hasher.finalize().as_bytes()), len))
    }

    /// Gives synced bytes their name. An older file of that name is replaced: these bytes were just checked.
    fn keep(&self, aside: &Path, hash: FileHash) -> Result<(), FileError> {
        let path = self.path(hash);
        let folder = path.parent().unwrap_or(&self.inner.folder);
        disk::private_folder(folder).map_err(FileError::io("create", folder))?;
        fs::rename(aside, &path).map_err(FileError::io("rename", &path))?;
        disk::sync_folder(folder).map_err(FileError::io("sync", folder))
    }

    /// Whether a file of this name is held. It is not read.
    pub fn has(&self, hash: FileHash) -> bool {
        self.len(hash).is_some()
    }

    /// Its length, if it is held.
    pub fn len(&self, hash: FileHash) -> Option<u64> {
        let meta = fs::symlink_metadata(self.path(hash)).ok()?;
        meta.is_file().then_some(meta.len())
    }

    fn open_unchecked(&self, hash: FileHash) -> Result<(File, u64), FileError> {
        let path = self.path(hash);
        match disk::open_regular(&path) {
            Ok(file) => {
                let len = file.metadata().map_err(FileError::io("read", &path))?.len();
                Ok((file, len))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(FileError::Absent(hash)),
            Err(error) => Err(FileError::io("open", &path)(error)),
        }
    }

    /// Opens a file for reading after all of it was checked. A damaged one is set aside instead.
    pub fn open_read(&self, hash: FileHash) -> Result<File, FileError> {
        let (mut file, _) = self.open_unchecked(hash)?;
        let path = self.path(hash);
        if hash_of(&mut file).map_err(FileError::io("read", &path))? != hash {
            self.set_aside(hash)?;
            return Err(FileError::Damaged(hash));
        }
        file.rewind().map_err(FileError::io("read", &path))?;
        Ok(file)
    }

    /// Reads a file and says what it is; nothing is moved. A disk error counts as damage.
    pub fn check(&self, hash: FileHash) -> Verdict {
        match self.open_unchecked(hash) {
            Err(FileError::Absent(_)) => Verdict::Absent,
            Err(_) => Verdict::Damaged,
            Ok((mut file, _)) => match hash_of(&mut file) {
                Ok(found) if found == hash => Verdict::Sound,
                _ => Verdict::Damaged,
            },
        }
    }

    /// Moves a damaged file to `damaged/`, where the newest of each name is kept; from then on it is
    /// wanted like any file that is not held.
    pub fn set_aside(&self, hash: FileHash) -> Result<(), FileError> {
        let path = self.path(hash);
        let target = self.inner.folder.join("damaged").join(hash.to_string());
        tracing::warn!(%hash, "a damaged file is set aside");
        match fs::rename(&path, &target) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(FileError::io("set aside", &path)(error))
            }
            _ => Ok(()),
        }
    }

    /// All files held, in the order of their hashes, with their lengths. They are not read.
    pub fn list(&self) -> Result<Vec<(FileHash, u64)>, FileError> {
        let mut found = Vec::new();
        let folder = &self.inner.folder;
        for part in fs::read_dir(folder).map_err(FileError::io("list", folder))? {
            let part = part.map_err(FileError::io("list", folder))?;
            let first = part.file_name().to_string_lossy().into_owned();
            if first.len() != 2 || !part.file_type().is_ok_and(|t| t.is_dir()) {
                continue;
            }
            for item in fs::read_dir(part.path()).map_err(FileError::io("list", &part.path()))? {
                let item = item.map_err(FileError::io("list", &part.path()))?;
                let name = format!("{first}{}", item.file_name().to_string_lossy());
                if let (Ok(hash), Ok(meta)) = (name.parse(), fs::symlink_metadata(item.path()))
                    && meta.is_file()
                {
                    found.push((hash, meta.len()));
                }
            }
        }
        found.sort_unstable();
        Ok(found)
    }
}

fn hash_of(file: &mut File) -> io::Result<FileHash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file)?;
    Ok(FileHash(*hasher.finalize().as_bytes()))
}

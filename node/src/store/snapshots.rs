//! Snapshots of documents, in `snapshots/<document>`: caches that spare a start from reading every entry again.
//!
//! Invariants: nothing rests on them. One that is torn, damaged or of another version is told by its own hash and
//! is as good as none; so they are written aside and renamed, but never synced, and a full disk only goes
//! without. The folder can be removed whenever no node runs.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use aronde_protocol::id::DocumentId;
use aronde_protocol::limits::{FREE_FOR_FILES, SNAPSHOT_MAX};

use super::disk;

/// The snapshots of a home.
#[derive(Debug)]
pub struct Snapshots {
    folder: PathBuf,
}

impl Snapshots {
    /// Those of the home in this folder.
    pub fn of(home: &Path) -> Self {
        Self { folder: home.join("snapshots") }
    }

    /// What was kept of a document; none when there is nothing that could be read.
    pub fn get(&self, document: &DocumentId) -> Option<Vec<u8>> {
        let path = self.folder.join(document.to_string());
        let len = fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file)?.len();
        (len <= SNAPSHOT_MAX).then(|| fs::read(&path).ok()).flatten()
    }

    /// Keeps what was read of a document, in place of what was kept before.
    ///
    /// # Errors
    /// The disk refuses, or has too little room.
    pub fn keep(&self, document: &DocumentId, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() as u64 > SNAPSHOT_MAX {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the snapshot is too large"));
        }
        fs::create_dir_all(&self.folder)?;
        if disk::available(&self.folder)? < FREE_FOR_FILES.saturating_add(bytes.len() as u64) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let (path, aside) = (self.folder.join(document.to_string()), self.folder.join("new"));
        let mut file = disk::private_file().write(true).create(true).truncate(true).open(&aside)?;
        file.write_all(bytes)?;
        drop(file);
        fs::rename(aside, path)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use aronde_protocol::id::EntryId;

    #[test]
    fn what_was_kept_last_is_there() {
        let home = tempfile::tempdir().unwrap();
        let (snapshots, document) = (Snapshots::of(home.path()), EntryId([7; 32]));
        assert_eq!(snapshots.get(&document), None);
        for bytes in [b"first".as_slice(), b"second"] {
            snapshots.keep(&document, bytes).unwrap();
            assert_eq!(snapshots.get(&document).as_deref(), Some(bytes));
        }
        assert_eq!(fs::read_dir(home.path().join("snapshots")).unwrap().count(), 1, "nothing is left aside");
    }
}

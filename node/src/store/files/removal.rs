//! Removing a file for ever, with all that was kept beside it.
//!
//! Between taking in a file and writing the entry that names it, nothing names it. Whoever takes files in says so for
//! that long, and nothing is removed meanwhile: else a file could go that is named a moment later.

use std::fs;
use std::io;
use std::sync::PoisonError;

use aronde_protocol::id::FileHash;

use super::{FileError, Files};
use crate::store::disk;

/// Somebody takes files in. No file is removed while this is there.
#[must_use = "files may be removed again as soon as this is dropped"]
pub struct TakingIn(Files);

impl Files {
    /// Says that files are taken in, until what this returns is dropped.
    pub fn taking_in(&self) -> TakingIn {
        *self.inner.taking.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        TakingIn(self.clone())
    }

    /// Whether files are being taken in.
    pub fn are_taken_in(&self) -> bool {
        *self.inner.taking.lock().unwrap_or_else(PoisonError::into_inner) > 0
    }

    /// Removes a file, its hash pairs, a copy that was set aside as damaged, and what a download of it has so far. Answers
    /// whether nothing of it is left: nothing is removed while files are being taken in.
    ///
    /// # Errors
    /// The disk doesn't let us.
    pub fn remove(&self, hash: FileHash) -> Result<bool, FileError> {
        let taking = self.inner.taking.lock().unwrap_or_else(PoisonError::into_inner);
        if *taking > 0 {
            return Ok(false);
        }
        // The download first: what it cannot rename any more does not come back under the name.
        for (_, len) in self.partials()?.into_iter().filter(|(partial, _)| *partial == hash) {
            self.discard(hash, len)?;
        }
        let damaged = self.inner.folder.join("damaged").join(hash.to_string());
        for path in [self.path(hash), self.outboard_path(hash), damaged] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(FileError::io("remove", &path)(error));
                }
                Err(_) => {}
                Ok(()) => {
                    let folder = path.parent().unwrap_or(&self.inner.folder);
                    disk::sync_folder(folder).map_err(FileError::io("sync", folder))?;
                }
            }
        }
        Ok(true)
    }
}

impl Drop for TakingIn {
    fn drop(&mut self) {
        let mut taking = self.0.inner.taking.lock().unwrap_or_else(PoisonError::into_inner);
        *taking = taking.saturating_sub(1);
    }
}

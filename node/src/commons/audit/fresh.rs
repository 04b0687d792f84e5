//! A file that is there whole or not at all, and never instead of another: what others will rely on is not written over
//! something that is there.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::api::ServiceError;

/// A file that is being written beside its place.
pub(super) struct FreshFile {
    file: PathBuf,
    aside: BufWriter<NamedTempFile>,
}

impl FreshFile {
    /// Begins the file.
    ///
    /// # Errors
    /// Something is there already, there is no folder for it, or the disk doesn't let us.
    pub fn begin(file: &Path) -> Result<Self, ServiceError> {
        let folder = file.parent().filter(|folder| folder.is_dir()).ok_or_else(|| {
            ServiceError::user(format!("there is no folder for {}", file.display())).hint("create it first")
        })?;
        if file.symlink_metadata().is_ok() {
            return Err(ServiceError::user(format!("{} is there already", file.display()))
                .hint("name a file that is not there yet"));
        }
        let aside = NamedTempFile::new_in(folder).map_err(|error| cannot(file, &error))?;
        Ok(Self { file: file.to_owned(), aside: BufWriter::new(aside) })
    }

    /// Why it can't be written.
    pub fn cannot(&self, error: &io::Error) -> ServiceError {
        cannot(&self.file, error)
    }

    /// Where to write.
    pub fn out(&mut self) -> &mut impl Write {
        &mut self.aside
    }

    /// Puts it in its place, synced, and says how long it is.
    ///
    /// # Errors
    /// The disk doesn't let us, or something came there meanwhile.
    pub fn keep(self) -> Result<u64, ServiceError> {
        let Self { file, aside } = self;
        let aside = aside.into_inner().map_err(|error| cannot(&file, error.error()))?;
        let bytes = aside.as_file().sync_all().and_then(|()| aside.as_file().metadata());
        let bytes = bytes.map_err(|error| cannot(&file, &error))?.len();
        aside.persist_noclobber(&file).map_err(|error| cannot(&file, &error.error))?;
        Ok(bytes)
    }
}

fn cannot(file: &Path, error: &io::Error) -> ServiceError {
    ServiceError::config(format!("cannot write {}: {error}", file.display()))
        .hint("choose a folder that you can write to, on a disk with room")
}

//! What the store asks of the operating system.
//!
//! Goals: every request that can lose data goes through [`Disk`], so that a test can make any single
//! one fail; what differs between platforms is here and nowhere else.
//! Non-goals: retrying. A failed `fsync` may have dropped the dirty pages, so asking again proves
//! nothing; the callers stop instead.

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
pub(crate) mod faulty;

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// The requests of the journal that can fail.
pub trait Disk: Send + Sync {
    /// Creates an empty file that must not exist yet.
    fn create(&self, path: &Path) -> io::Result<File>;
    /// Writes all bytes at the file's cursor.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;
    /// Makes the file's bytes and length durable.
    fn sync(&self, file: &File) -> io::Result<()>;
    /// Renames within one folder.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes the names in a folder durable.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
    /// Bytes that this user may still write on the file system of `path`.
    fn available(&self, path: &Path) -> io::Result<u64>;
}

/// The real disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Os;

impl Disk for Os {
    fn create(&self, path: &Path) -> io::Result<File> {
        private_file().read(true).write(true).create_new(true).open(path)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        sync_folder(path)
    }

    fn available(&self, path: &Path) -> io::Result<u64> {
        available(path)
    }
}

/// Whether the disk, or this user's share of it, is full.
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Bytes that this user may still write on the file system of `path`.
#[cfg(unix)]
pub fn available(path: &Path) -> io::Result<u64> {
    let stat = rustix::fs::statvfs(path)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Unknown on this platform: only the failing write itself tells.
#[cfg(not(unix))]
pub fn available(_: &Path) -> io::Result<u64> {
    Ok(u64::MAX)
}

/// Makes the names in a folder durable.
#[cfg(unix)]
pub fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Folders cannot be synced on this platform; its file systems journal renames.
#[cfg(not(unix))]
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes the name of a file or folder durable: a power cut no longer takes it away.
pub fn sync_name(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    sync_folder(folder.unwrap_or(Path::new(".")))
}

/// Options for a file that only its owner may read, and whose last path component is never followed
/// when it is a symlink.
#[cfg(unix)]
pub fn private_file() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.mode(0o600).custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    options
}

/// Options for a file; this platform has neither owner modes nor the flag against symlinks.
#[cfg(not(unix))]
pub fn private_file() -> OpenOptions {
    OpenOptions::new()
}

/// Opens a private file to read and write it as it is; an empty one is created when there is none.
pub fn open_private_file(path: &Path) -> io::Result<File> {
    private_file().read(true).write(true).create(true).truncate(false).open(path)
}

/// Writes a file that must not exist yet and that only its owner may read (0600), durable but for its
/// name.
pub fn create_private_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private_file().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Opens whatever is there for reading, without following a symlink in its last component and without
/// waiting for a pipe's other end.
#[cfg(unix)]
pub fn open_no_follow(path: &Path) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

/// Opens whatever is there for reading; this platform has no flag against symlinks.
#[cfg(not(unix))]
pub fn open_no_follow(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Opens a regular file for reading, as [`open_no_follow`] does.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let file = open_no_follow(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"))
    }
}

/// Creates a folder that must not exist yet and that only its owner may open (0700).
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes sure that `path` is a real folder; one that is created here is its owner's alone (0700) and
/// its name is durable. Returns whether it was created.
pub fn private_folder(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => Ok(false),
        Ok(_) => Err(io::Error::new(io::ErrorKind::NotADirectory, "it is not a folder")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
                fs::create_dir_all(parent)?;
            }
            match create_private_folder(path) {
                // Another thread was quicker.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return private_folder(path),
                created => created?,
            }
            sync_name(path)?;
            Ok(true)
        }
        Err(error) => Err(error),
    }
}

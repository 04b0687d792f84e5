//! Files that only their owner may read: keys and tokens.
//!
//! Invariants: such a file is created with mode 0600 and never opened through a symbolic link; it
//! is whole or absent, also after a power cut; one that others can read, or that belongs to someone
//! else, is refused with the command that mends it. What is read is wiped from memory when dropped.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::store::disk;

/// The longest secret that is read. An encrypted key is about 500 bytes.
const MAX_SECRET: u64 = 64 * 1024;

/// A secret cannot be read or written safely.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// There is none.
    #[error("there is no file {0}")]
    Missing(PathBuf),
    /// There is one already, and it is not replaced.
    #[error("{0} exists already and is left as it is")]
    Exists(PathBuf),
    /// It is a link, and whoever made the link decides what is read.
    #[error("{0} is a symbolic link; put the file itself there")]
    Symlink(PathBuf),
    /// It is a folder, a pipe or something else.
    #[error("{0} is not a regular file")]
    NotAFile(PathBuf),
    /// Others than its owner can read or write it.
    #[error("{path} can be read or written by others (mode {mode:03o}); run: chmod {want} {path}")]
    Open {
        /// The file or folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// The permission bits it should have.
        want: &'static str,
    },
    /// It belongs to someone else.
    #[error("{0} belongs to another user; run Aronde as that user, or take the file over with chown")]
    Owner(PathBuf),
    /// It is far longer than any secret.
    #[error("{0} is too long for a key or a token")]
    TooLong(PathBuf),
    /// The system said no.
    #[error("cannot {doing} {path}: {source}")]
    Io {
        /// A verb: `read`, `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Reads a secret after checking that it is one.
pub fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, SecretFileError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => SecretFileError::Missing(path.into()),
        _ => SecretFileError::Io { doing: "read", path: path.into(), source },
    };
    if fs::symlink_metadata(path).map_err(failed)?.is_symlink() {
        return Err(SecretFileError::Symlink(path.into()));
    }
    let file = disk::open_no_follow(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(SecretFileError::NotAFile(path.into()));
    }
    check_owner_only(path, &metadata, "600")?;
    if metadata.len() > MAX_SECRET {
        return Err(SecretFileError::TooLong(path.into()));
    }
    // Room for all of it at once, so that no copy is left behind by a growing buffer.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(MAX_SECRET).unwrap_or(usize::MAX)));
    file.take(MAX_SECRET).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Writes a secret that is not there yet.
pub fn create(path: &Path, bytes: &[u8]) -> Result<(), SecretFileError> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(SecretFileError::Exists(path.into()));
    }
    // A link fails when the name is taken; a rename would replace what came in between.
    write(path, bytes, |aside| {
        let linked = fs::hard_link(aside, path);
        let _ = fs::remove_file(aside);
        linked
    })
}

/// Writes a secret, whether or not there was one.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), SecretFileError> {
    write(path, bytes, |aside| fs::rename(aside, path))
}

fn write(
    path: &Path,
    bytes: &[u8],
    put: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), SecretFileError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => SecretFileError::Exists(path.into()),
        _ => SecretFileError::Io { doing: "write", path: path.into(), source },
    };
    let aside = beside(path, "new").map_err(failed)?;
    let written = disk::create_private_file(&aside, bytes)
        .and_then(|()| put(&aside))
        .and_then(|()| disk::sync_name(path));
    if written.is_err() {
        let _ = fs::remove_file(&aside);
    }
    written.map_err(failed)
}

/// Refuses a file or folder that others than its owner, which must be us, can read or write.
pub fn check_owner_only(
    path: &Path,
    metadata: &fs::Metadata,
    want: &'static str,
) -> Result<(), SecretFileError> {
    let (mode, ours) = mode_and_ours(metadata);
    if !ours {
        return Err(SecretFileError::Owner(path.into()));
    }
    if mode & 0o077 != 0 {
        return Err(SecretFileError::Open { path: path.into(), mode, want });
    }
    Ok(())
}

/// A fresh name beside `path`: the same with random digits and an ending.
pub fn beside(path: &Path, ending: &str) -> io::Result<PathBuf> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.{ending}", hex::encode(bytes)));
    Ok(name.into())
}

/// The permission bits, and whether the file is this user's.
#[cfg(unix)]
fn mode_and_ours(metadata: &fs::Metadata) -> (u32, bool) {
    use std::os::unix::fs::MetadataExt;
    (metadata.mode() & 0o777, metadata.uid() == rustix::process::geteuid().as_raw())
}

/// Elsewhere a user's data folder is closed to others by the system.
#[cfg(not(unix))]
fn mode_and_ours(_: &fs::Metadata) -> (u32, bool) {
    (0o600, true)
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_secret_is_created_for_its_owner_only_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        create(&path, b"dovetail").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read(&path).unwrap().as_slice(), b"dovetail");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_secret_that_exists_is_not_overwritten_unless_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        create(&path, b"first").unwrap();
        assert!(matches!(create(&path, b"second"), Err(SecretFileError::Exists(_))));
        assert_eq!(read(&path).unwrap().as_slice(), b"first");
        replace(&path, b"second").unwrap();
        assert_eq!(read(&path).unwrap().as_slice(), b"second");
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused_with_the_command_that_mends_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        create(&path, b"dovetail").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let said = read(&path).unwrap_err().to_string();
        assert!(said.contains("640") && said.contains(&format!("chmod 600 {}", path.display())), "{said}");
    }

    #[test]
    fn a_symbolic_link_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("token"), folder.path().join("link"));
        create(&path, b"dovetail").unwrap();
        symlink(&path, &link).unwrap();
        assert!(matches!(read(&link), Err(SecretFileError::Symlink(_))));
        assert!(matches!(create(&link, b"x"), Err(SecretFileError::Exists(_))));
    }

    #[test]
    fn what_is_no_file_or_too_long_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(read(&folder.path().join("none")), Err(SecretFileError::Missing(_))));
        assert!(matches!(read(folder.path()), Err(SecretFileError::NotAFile(_))));
        let path = folder.path().join("long");
        create(&path, &vec![0; 70_000]).unwrap();
        assert!(matches!(read(&path), Err(SecretFileError::TooLong(_))));
    }
}

//! What can go wrong in the store, one clear sentence each.

use std::io;
use std::path::{Path, PathBuf};

use super::disk;
use super::lock::Holder;

/// The store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
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
    /// The disk is full.
    #[error("the disk of {} is full: free some space and start again; nothing that was acknowledged is lost", .0.display())]
    DiskFull(PathBuf),
    /// The disk is nearly full: writing stops before it is.
    #[error(
        "only {available} bytes are free on the disk of {}, and the last {floor} are kept in reserve: free some space; \
         nothing is lost",
        path.display()
    )]
    DiskLow {
        /// Where.
        path: PathBuf,
        /// Bytes free.
        available: u64,
        /// Bytes kept free.
        floor: u64,
    },
    /// An earlier write failed, so nothing is acknowledged until a restart has re-read the disk.
    #[error(
        "the journal takes no more writes since an earlier one failed ({0}): check the disk and start again"
    )]
    Refusing(String),
    /// A record is over the limit.
    #[error("a record of {len} bytes is over the journal's limit of {max}")]
    RecordTooLarge {
        /// Its length.
        len: usize,
        /// The limit.
        max: usize,
    },
    /// A record that was asked for is damaged or not there.
    #[error(
        "the record at byte {offset} of journal segment {segment} is damaged ({what}): fetch it again from a peer"
    )]
    Damaged {
        /// Segment number.
        segment: u32,
        /// Byte in the segment.
        offset: u32,
        /// How it shows.
        what: String,
    },
    /// A newer version wrote this.
    #[error("{} was written by a newer version of Aronde (format {found}, this one knows {known}): update Aronde", path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// The journal cannot be named, so no record can be checked.
    #[error("the journal in {} has lost its identity in every copy: restore {} from a backup", .0.display(), .0.join("identity").display())]
    NoIdentity(PathBuf),
    /// Another process has this home.
    #[error("{} is in use by {holder}: stop it, or talk to it", home.display())]
    Locked {
        /// The home.
        home: PathBuf,
        /// Who has it.
        holder: Holder,
    },
    /// Something was appended before the journal was replayed.
    #[error("the journal was not replayed to its end, so nothing can be appended yet")]
    NotReplayed,
    /// The system gave no random bytes.
    #[error("the system gave no random bytes: {0}")]
    Random(String),
    /// The folder of files.
    #[error(transparent)]
    File(#[from] super::files::FileError),
}

impl StoreError {
    /// An I/O error with its place; a full disk gets its own sentence.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| {
            if disk::is_full(&source) {
                Self::DiskFull(path.to_owned())
            } else {
                Self::Io { doing, path: path.to_owned(), source }
            }
        }
    }
}

//! A file that is still coming, in verified ranges, from anyone, over any number of sessions.
//!
//! Nothing is written that was not checked against the file's name, and nothing that is found on the disk
//! is believed when a download is taken up again: which groups are there is found by checking them.

use std::fs::{self, File};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::PoisonError;

use aronde_protocol::id::FileHash;
use aronde_protocol::limits;
use bao_tree::io::outboard::PreOrderOutboard;
use bao_tree::io::sync::{OutboardMut, WriteAt};

use super::{FileError, Files, hash_of};
use crate::store::bao::{self, GROUP_LEN};
use crate::store::disk;

/// A download under way; it keeps what it has when it is dropped.
pub struct Partial {
    files: Files,
    hash: FileHash,
    len: u64,
    data: File,
    pairs: PreOrderOutboard<File>,
    /// By group.
    have: Vec<bool>,
}

impl Files {
    /// Begins or takes up the download of a file of this name and length. Groups that came earlier are
    /// checked first. Only one at a time for each file.
    pub fn partial(&self, hash: FileHash, len: u64) -> Result<Partial, FileError> {
        if len > limits::FILE_MAX {
            return Err(FileError::TooLarge(limits::FILE_MAX));
        }
        self.reserve(len)?;
        if !self.inner.fetching.lock().unwrap_or_else(PoisonError::into_inner).insert(hash) {
            return Err(FileError::Busy(hash));
        }
        let opened = self.open_partial(hash, len);
        if opened.is_err() {
            self.end_fetching(hash);
        }
        opened
    }

    fn open_partial(&self, hash: FileHash, len: u64) -> Result<Partial, FileError> {
        let (data_path, pairs_path) = self.partial_paths(hash, len);
        let open = |path: &PathBuf, len: u64| {
            let file = disk::open_private_file(path).map_err(FileError::io("open", path))?;
            file.set_len(len).map_err(FileError::io("make room in", path))?;
            Ok::<_, FileError>(file)
        };
        let tree = bao::tree(len);
        let data = open(&data_path, len)?;
        let pairs = open(&pairs_path, tree.outboard_size())?;
        let groups = usize::try_from(len.div_ceil(GROUP_LEN).max(1)).unwrap_or(usize::MAX);
        let root = blake3::Hash::from(*hash.as_bytes());
        let mut partial = Partial {
            files: self.clone(),
            hash,
            len,
            data,
            pairs: PreOrderOutboard { root, tree, data: pairs },
            have: vec![false; groups],
        };
        partial.look();
        Ok(partial)
    }

    fn partial_paths(&self, hash: FileHash, len: u64) -> (PathBuf, PathBuf) {
        let data = self.inner.folder.join("partial").join(format!("{hash}-{len}"));
        let pairs = data.with_extension("obao4");
        (data, pairs)
    }

    #[cfg(test)]
    pub(super) fn partial_path(&self, hash: FileHash, len: u64) -> PathBuf {
        self.partial_paths(hash, len).0
    }

    fn end_fetching(&self, hash: FileHash) {
        self.inner.fetching.lock().unwrap_or_else(PoisonError::into_inner).remove(&hash);
    }

    /// Downloads that are not complete, with their lengths.
    pub fn partials(&self) -> Result<Vec<(FileHash, u64)>, FileError> {
        let folder = self.inner.folder.join("partial");
        let mut found = Vec::new();
        for item in fs::read_dir(&folder).map_err(FileError::io("list", &folder))? {
            let name = item.map_err(FileError::io("list", &folder))?.file_name();
            if let Some((hash, len)) = name.to_string_lossy().split_once('-')
                && let (Ok(hash), Ok(len)) = (hash.parse(), len.parse())
            {
                found.push((hash, len));
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Gives up a download and its bytes.
    pub fn discard(&self, hash: FileHash, len: u64) -> Result<(), FileError> {
        let (data, pairs) = self.partial_paths(hash, len);
        for path in [data, pairs] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(FileError::io("remove", &path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl Partial {
    /// Finds the groups that are there by checking every one against the name.
    fn look(&mut self) {
        for number in 0..self.have.len() {
            let range = group(number, self.len);
            let sound = bao::encode(&self.data, &self.pairs, &range).is_ok();
            if let Some(have) = self.have.get_mut(number) {
                *have = sound;
            }
        }
    }

    /// The file's name.
    pub fn hash(&self) -> FileHash {
        self.hash
    }

    /// Whether every group is there.
    pub fn is_complete(&self) -> bool {
        self.have.iter().all(|have| *have)
    }

    /// Bytes that are there.
    pub fn received(&self) -> u64 {
        (self.have.iter().enumerate())
            .filter(|(_, have)| **have)
            .map(|(number, _)| {
                let Range { start, end } = group(number, self.len);
                end - start
            })
            .sum()
    }

    /// The stretches that are missing, in order, each at most `FILE_RANGE_MAX` long and made of whole
    /// groups: what to ask peers for.
    pub fn missing(&self) -> Vec<Range<u64>> {
        let mut missing: Vec<Range<u64>> = Vec::new();
        for (number, _) in self.have.iter().enumerate().filter(|(_, have)| !**have) {
            let next = group(number, self.len);
            match missing.last_mut() {
                Some(last) if last.end == next.start && next.end - last.start <= limits::FILE_RANGE_MAX => {
                    last.end = next.end;
                }
                _ => missing.push(next),
            }
        }
        missing
    }

    /// Takes an encoded range. It is checked whole before a byte of it is written; wrong bytes change
    /// nothing.
    pub fn accept(&mut self, range: &Range<u64>, encoded: &[u8]) -> Result<(), FileError> {
        let verified = bao::decode_range(self.hash, self.len, range, encoded)?;
        let (data_path, pairs_path) = self.files.partial_paths(self.hash, self.len);
        for (node, pair) in &verified.parents {
            self.pairs.save(*node, pair).map_err(FileError::io("write", &pairs_path))?;
        }
        for (offset, bytes) in &verified.leaves {
            self.data.write_all_at(*offset, bytes).map_err(FileError::io("write", &data_path))?;
        }
        let wide = bao::widen(self.len, range)?;
        for (number, have) in self.have.iter_mut().enumerate() {
            let group = group(number, self.len);
            *have |= wide.start <= group.start && group.end <= wide.end;
        }
        Ok(())
    }

    /// Syncs a complete download, checks the whole of it once more as it stands on the disk, and gives it
    /// its name. When that check fails, the groups are looked at again and the download goes on.
    pub fn finish(&mut self) -> Result<(), FileError> {
        if !self.is_complete() {
            return Err(FileError::Incomplete(self.hash));
        }
        let (data_path, pairs_path) = self.files.partial_paths(self.hash, self.len);
        self.data.sync_all().map_err(FileError::io("sync", &data_path))?;
        let mut whole = disk::open_regular(&data_path).map_err(FileError::io("read", &data_path))?;
        if hash_of(&mut whole).map_err(FileError::io("read", &data_path))? != self.hash {
            self.look();
            return Err(FileError::Incomplete(self.hash));
        }
        self.files.keep(&data_path, self.hash)?;
        let kept = match self.pairs.tree.outboard_size() {
            0 => fs::remove_file(&pairs_path),
            _ => fs::rename(&pairs_path, self.files.outboard_path(self.hash)),
        };
        kept.map_err(FileError::io("rename", &pairs_path))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        self.files.end_fetching(self.hash);
    }
}

/// The bytes of a group.
fn group(number: usize, len: u64) -> Range<u64> {
    let start = number as u64 * GROUP_LEN;
    start..start.saturating_add(GROUP_LEN).min(len)
}

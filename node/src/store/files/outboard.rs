//! Serving ranges of a file: its hash pairs are kept beside it as `.obao4`, made when first asked for.

use std::fs;
use std::io::{Read, Seek, Write};
use std::ops::Range;
use std::path::PathBuf;

use aronde_protocol::id::FileHash;
use bao_tree::io::EncodeError;
use bao_tree::io::outboard::PreOrderOutboard;

use super::{FileError, Files};
use crate::store::{bao, disk};

impl Files {
    pub(super) fn outboard_path(&self, hash: FileHash) -> PathBuf {
        self.path(hash).with_extension("obao4")
    }

    /// The hash pairs of a held file, in pre-order; empty for a file of one group. They are read from
    /// beside the file, or made again from all of its bytes, which checks those; nothing that uses them
    /// needs to trust them.
    pub fn outboard(&self, hash: FileHash) -> Result<Vec<u8>, FileError> {
        let (_, len) = self.open_unchecked(hash)?;
        let size = bao::tree(len).outboard_size();
        if size == 0 {
            return Ok(Vec::new());
        }
        let mut pairs = Vec::new();
        let kept = disk::open_regular(&self.outboard_path(hash))
            .and_then(|file| file.take(size.saturating_add(1)).read_to_end(&mut pairs));
        if kept.is_ok() && pairs.len() as u64 == size { Ok(pairs) } else { self.make_outboard(hash) }
    }

    fn make_outboard(&self, hash: FileHash) -> Result<Vec<u8>, FileError> {
        let (mut file, len) = self.open_unchecked(hash)?;
        let path = self.path(hash);
        let (root, pairs) = file
            .rewind()
            .and_then(|()| bao::pairs(len, std::io::BufReader::new(&mut file)))
            .map_err(FileError::io("read", &path))?;
        if root.as_bytes() != hash.as_bytes() {
            self.set_aside(hash)?;
            return Err(FileError::Damaged(hash));
        }
        // Keeping them is only a saving, so a full disk is no reason to refuse.
        let aside = self.aside();
        let kept = disk::private_file()
            .write(true)
            .create_new(true)
            .open(&aside)
            .and_then(|mut file| file.write_all(&pairs))
            .and_then(|()| fs::rename(&aside, self.outboard_path(hash)));
        if let Err(error) = kept {
            tracing::debug!(%hash, %error, "could not keep the hash pairs of a file");
            let _ = fs::remove_file(&aside);
        }
        Ok(pairs)
    }

    /// A range of a held file, widened to whole groups, with the hashes that prove it. Every byte is
    /// checked on the way; a file found damaged is set aside and nothing of it is given out.
    pub fn encode_range(&self, hash: FileHash, range: &Range<u64>) -> Result<Vec<u8>, FileError> {
        let (file, len) = self.open_unchecked(hash)?;
        let range = bao::widen(len, range)?;
        let root = blake3::Hash::from(*hash.as_bytes());
        let encode = |pairs: Vec<u8>| {
            let outboard = PreOrderOutboard { root, tree: bao::tree(len), data: pairs.as_slice() };
            bao::encode(&file, outboard, &range)
        };
        match encode(self.outboard(hash)?) {
            Ok(encoded) => Ok(encoded),
            Err(EncodeError::Io(error)) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
                Err(FileError::io("read", &self.path(hash))(error))
            }
            // Either the pairs or the bytes are wrong: pairs made anew from all the bytes decide.
            Err(_) => encode(self.make_outboard(hash)?).map_err(|_| FileError::Damaged(hash)),
        }
    }
}

//! Files that personal parts name: the evidence of records. They are wanted and given like the files of documents, until
//! the last part that names one is forgotten; then the file goes too.
//!
//! Invariants: nothing of a personal part is in the index, which says only which entries to look at; a file goes before
//! the part that names it, so that a crash between the two leaves the part, by which the next start finds the file. A file
//! that a document or a release names stays, and nothing goes while files are being taken in: what
//! is taken in is named a moment later.

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::entry::{Class, Entry, Kind};
use aronde_protocol::id::{EntryId, FileHash};
use aronde_protocol::record::{Evidence as Shown, PersonalPart};
use aronde_protocol::replica::Held;

use super::Entries;
use crate::store::{Row, StoreError};

/// Rows of the entries whose personal parts name files, by their place in the replica's order. They hold nothing.
pub(super) const EVIDENCE_ROWS: &[u8] = b"p/";

/// The files that personal parts name, by the entry.
pub(super) type Evidence = BTreeMap<EntryId, Vec<(FileHash, u64)>>;

/// The files that an entry's personal part names, with their lengths.
pub(super) fn named_by(entry: &Entry) -> Vec<(FileHash, u64)> {
    let record = entry.header().kind.class() == Class::Record;
    let part = entry.personal().filter(|_| record).and_then(PersonalPart::read);
    let file = |shown: Shown| match shown {
        Shown::File { hash, len, .. } => Some((hash, len)),
        _ => None,
    };
    part.into_iter().flat_map(|part| part.evidence).filter_map(file).collect()
}

/// The row that says that an entry's personal part names files, if it does.
pub(super) fn row(number: usize, entry: &Entry) -> Option<Row> {
    (!named_by(entry).is_empty()).then(|| (key(number as u64), Some(Vec::new())))
}

/// The key of that row.
pub(super) fn key(number: u64) -> Vec<u8> {
    [EVIDENCE_ROWS, &number.to_be_bytes()].concat()
}

impl Entries {
    /// The files that held entries name, in facts and in personal parts that are not forgotten, with their lengths.
    pub fn files(&mut self) -> BTreeMap<FileHash, u64> {
        let evidence: Vec<(FileHash, u64)> = self.evidence.values().flatten().copied().collect();
        let mut files = self.files_of_documents().clone();
        for (hash, len) in evidence {
            files.entry(hash).or_insert(len);
        }
        files
    }

    /// Whether a held entry names a file.
    pub fn names_file(&mut self, hash: &FileHash) -> bool {
        self.files_of_documents().contains_key(hash)
            || self.evidence.values().flatten().any(|(named, _)| named == hash)
    }

    /// Removes the files that nothing names but personal parts that are being erased. Answers whether they are gone.
    pub(super) fn remove_files(&self, of: &BTreeSet<FileHash>) -> Result<bool, StoreError> {
        let kept: BTreeSet<FileHash> = self.evidence.values().flatten().map(|(hash, _)| *hash).collect();
        let mut going: BTreeSet<FileHash> = of.difference(&kept).copied().collect();
        going.retain(|hash| !self.files.contains_key(hash));
        if going.is_empty() {
            return Ok(true);
        }
        if self.store.files().are_taken_in() {
            return Ok(false);
        }
        // What the facts say is read itself: whatever names the file there, in whatever way, it stays.
        let names = |held: &&Held| {
            held.header.kind.class() == Class::Document || held.header.kind.as_str() == Kind::RELEASE
        };
        for held in self.replica.held().filter(names) {
            // A record that is damaged keeps nobody's words here: what it names comes back from a peer, as it does.
            let Ok(facts) = self.facts_of(held) else { continue };
            going.retain(|hash| !facts.windows(hash.as_bytes().len()).any(|bytes| bytes == hash.as_bytes()));
        }
        let mut gone = true;
        for hash in going {
            gone &= self.store.files().remove(hash)?;
        }
        Ok(gone)
    }
}

//! Releases: a design, or another document, as it stood at exact heads, under a version, for ever.
//!
//! The entry's subject is the document. What a release shows is the document at its heads, whatever is written
//! later; the files are listed beside, so that each can be checked without reading the document.
//!
//! Like every record it counts when its author may write. Whether it is one of the document's releases is a
//! keeper's word, and judged where it is read ([`crate::replica::Replica::is_by_keeper`]): the document may come
//! to be held after its release. Nothing here is personal: who made it stands in the document.
//!
//! Not decided here: that the version is in order by its precedence, that the licence is a valid expression. Whoever
//! writes a release checks both; what may be held never depends on another's library.

use serde::{Deserialize, Serialize};

use super::facts;
use crate::canonical;
use crate::document::schema::is_relative_path;
use crate::entry::EntryError;
use crate::id::{EntryId, FileHash, MembershipId};
use crate::limits;

/// The facts of `record/release`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseFacts {
    /// The membership that its author speaks by: of a workshop that keeps the document.
    pub under: MembershipId,
    /// The document's heads, sorted.
    pub heads: Vec<EntryId>,
    /// What it is called there.
    pub title: String,
    /// Its version, as Semantic Versioning 2.0 writes it.
    pub version: String,
    /// Its licence, an SPDX expression.
    pub licence: String,
    /// Its files, sorted by path.
    pub files: Vec<ReleasedFile>,
    /// What it is derived from.
    pub sources: Vec<ReleasedSource>,
}

/// A file of a release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedFile {
    /// Where it lies in the design's folder.
    pub path: String,
    /// BLAKE3 of its bytes.
    pub hash: FileHash,
    /// Its length in bytes.
    pub len: u64,
}

/// A work that a release is derived from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedSource {
    /// What it is called.
    pub title: String,
    /// Its release in a commons of this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<EntryId>,
    /// Where it is found elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Its licence, as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
}

facts!(ReleaseFacts, check);

impl ReleaseFacts {
    /// All its files together, in bytes.
    pub fn len(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.len))
    }

    /// Whether it has no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    fn check(&self) -> Result<(), EntryError> {
        let over = |what: &'static str, len: usize, limit: usize| {
            (len > limit).then_some(EntryError::OverLimit { what, limit: limit as u64 })
        };
        let text = |what: &'static str, text: &str| over(what, text.len(), limits::RELEASE_TEXT_MAX);
        let own = [
            over("list of heads", self.heads.len(), limits::DEPS_MAX),
            over("list of files", self.files.len(), limits::DESIGN_FILES_MAX),
            over("list of sources", self.sources.len(), limits::RELEASE_SOURCES_MAX),
            over("version", self.version.len(), limits::VERSION_MAX),
            text("title", &self.title),
            text("licence", &self.licence),
        ];
        let sources = self.sources.iter().flat_map(|source| {
            let optional = [source.link.as_deref(), source.licence.as_deref()];
            let texts = optional.into_iter().flatten().chain([source.title.as_str()]);
            texts.filter_map(|it| text("text of a source", it)).collect::<Vec<_>>()
        });
        if let Some(error) = own.into_iter().flatten().chain(sources).next() {
            return Err(error);
        }
        if self.heads.is_empty() {
            return Err(EntryError::Unfit("release names no heads"));
        }
        if !self.heads.is_sorted_by(|a, b| a < b) {
            return Err(EntryError::Unsorted("list of heads"));
        }
        let sign = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+');
        if self.version.is_empty() || !self.version.bytes().all(sign) {
            return Err(EntryError::Unfit("version of a release is not one"));
        }
        if self.licence.is_empty() {
            return Err(EntryError::Unfit("release has no licence"));
        }
        if !self.files.is_sorted_by(|a, b| a.path < b.path) {
            return Err(EntryError::Unsorted("list of files"));
        }
        let fits = |file: &ReleasedFile| {
            file.path.len() <= limits::FILE_PATH_MAX
                && file.len <= limits::FILE_MAX
                && is_relative_path(&file.path)
        };
        if self.files.iter().all(fits) {
            Ok(())
        } else {
            Err(EntryError::Unfit("file of a release is not one"))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn release() -> ReleaseFacts {
        let file =
            |path: &str| ReleasedFile { path: path.into(), hash: FileHash::of(path.as_bytes()), len: 3 };
        ReleaseFacts {
            under: EntryId([1; 32]),
            heads: vec![EntryId([2; 32]), EntryId([3; 32])],
            title: "Press".into(),
            version: "1.2.0-rc.1+b7".into(),
            licence: "CERN-OHL-S-2.0".into(),
            files: vec![file("a.step"), file("docs/b.md")],
            sources: vec![ReleasedSource {
                title: "Older press".into(),
                release: Some(EntryId([4; 32])),
                link: None,
                licence: Some("CERN-OHL-S-2.0".into()),
            }],
        }
    }

    #[test]
    fn a_release_is_read_as_written() {
        assert_eq!(ReleaseFacts::read(&release().encode().unwrap()).unwrap(), release());
        assert_eq!(release().len(), 6);
    }

    #[test]
    fn what_is_not_in_order_is_refused() {
        let broken: [fn(&mut ReleaseFacts); 9] = [
            |r| r.heads.clear(),
            |r| r.heads.reverse(),
            |r| r.heads = (0..65).map(|n| EntryId([n; 32])).collect(),
            |r| r.files.reverse(),
            |r| r.files.iter_mut().for_each(|f| f.path = format!("../{}", f.path)),
            |r| r.version = "1.0 beta".into(),
            |r| r.version.clear(),
            |r| r.licence.clear(),
            |r| r.title = "t".repeat(limits::RELEASE_TEXT_MAX + 1),
        ];
        for (number, breaks) in broken.iter().enumerate() {
            let mut broken = release();
            breaks(&mut broken);
            assert!(broken.encode().is_err(), "{number}");
            assert!(ReleaseFacts::read(&canonical::encode(&broken).unwrap()).is_err(), "{number}");
        }
    }
}

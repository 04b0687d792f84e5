//! Reading a bundle: the root, then entry by entry. What is not as it must be ends it, with the place in the file.
//!
//! At most one page with its parts is in memory, whatever the file's length says.

use std::collections::{HashMap, VecDeque};
use std::io::Read;
use std::sync::Arc;

use super::car::{CarError, Link, RAW, Sections};
use super::page::{Page, Row};
use super::proofs::Proofs;
use super::{Root, RootError};
use crate::id::EntryId;
use crate::limits;

/// Why the reading ended.
#[derive(Debug, thiserror::Error)]
#[error("{what} at byte {at}: {why}")]
pub struct BrokenBundle {
    /// Where the section begins that is not as it must be.
    pub at: u64,
    /// The entry that it is a block of.
    pub entry: Option<EntryId>,
    /// What is due there, in words.
    pub what: String,
    /// What is wrong.
    pub why: Broken,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// Its sections.
    #[error(transparent)]
    Car(#[from] CarError),
    /// Its root.
    #[error(transparent)]
    Root(#[from] RootError),
    /// A page, or the proofs.
    #[error("{0}")]
    Page(String),
}

/// The blocks of an entry, as they lie in the file.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Where the first of its blocks begins.
    pub at: u64,
    /// What the page says of it.
    pub row: Row,
    /// The header's bytes.
    pub header: Vec<u8>,
    /// The facts' bytes.
    pub facts: Arc<[u8]>,
    /// The personal part's, when it is there.
    pub personal: Option<Arc<[u8]>>,
}

/// Reads a bundle.
#[derive(Debug)]
pub struct Reader<R> {
    sections: Sections<R>,
    root: Root,
    proofs: Option<Proofs>,
    rows: VecDeque<Row>,
    parts: HashMap<Link<RAW>, Arc<[u8]>>,
    page: usize,
    read: u64,
}

impl<R: Read> Reader<R> {
    /// Reads up to the first page.
    ///
    /// # Errors
    /// The file does not begin as a bundle.
    pub fn open(from: R) -> Result<Self, BrokenBundle> {
        let mut sections = Sections::new(from);
        let broken = |at, what: &str, why| BrokenBundle { at, entry: None, what: what.to_owned(), why };
        let root = sections.header().map_err(|error| broken(0, "the header", error.into()))?;
        let at = sections.at();
        let bytes = sections
            .block(root, limits::BUNDLE_ROOT_MAX)
            .map_err(|error| broken(at, "the manifest", error.into()))?;
        let root = Root::decode(&bytes).map_err(|error| broken(at, "the manifest", error.into()))?;
        let at = sections.at();
        let proofs = root.manifest.proofs.map(|link| {
            let bytes = sections.block(link, limits::BUNDLE_PROOFS_MAX).map_err(Broken::from)?;
            Proofs::decode(&bytes).map_err(|error| Broken::Page(error.to_string()))
        });
        let proofs = proofs.transpose().map_err(|why| broken(at, "the proofs", why))?;
        Ok(Self { sections, root, proofs, rows: VecDeque::new(), parts: HashMap::new(), page: 0, read: 0 })
    }

    /// What the bundle says of itself.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// What proves that its entries were known by a checkpoint.
    pub fn proofs(&self) -> Option<&Proofs> {
        self.proofs.as_ref()
    }

    /// The next entry's blocks; none after the last.
    ///
    /// # Errors
    /// Something in the file is not as it must be. Nothing more is to be read then.
    pub fn entry(&mut self) -> Result<Option<Piece>, BrokenBundle> {
        while self.rows.is_empty() {
            let at = self.sections.at();
            let Some(link) = self.root.manifest.pages.get(self.page).copied() else {
                let broken = |why| BrokenBundle { at, entry: None, what: "the end".to_owned(), why };
                self.sections.end().map_err(|error| broken(error.into()))?;
                if self.read != self.root.manifest.counts.entries {
                    let why = format!("it says {} entries", self.root.manifest.counts.entries);
                    return Err(broken(Broken::Page(why)));
                }
                return Ok(None);
            };
            self.page += 1;
            let number = self.page;
            let broken = |why| BrokenBundle { at, entry: None, what: format!("page {number}"), why };
            let bytes =
                self.sections.block(link, limits::BUNDLE_PAGE_MAX).map_err(|error| broken(error.into()))?;
            let page = Page::decode(&bytes).map_err(|error| broken(Broken::Page(error.to_string())))?;
            if !page.is_full(self.page == self.root.manifest.pages.len()) {
                return Err(broken(Broken::Page(format!("it has {} rows", page.0.len()))));
            }
            self.rows = page.0.into();
            self.parts.clear();
        }
        let Some(row) = self.rows.pop_front() else { return Ok(None) };
        let at = self.sections.at();
        let id = row.0.0;
        let header = self.sections.block(row.0, limits::HEADER_MAX).map_err(|error| BrokenBundle {
            at,
            entry: Some(id),
            what: format!("the header of the entry {id}"),
            why: error.into(),
        })?;
        let facts = self.part(row.1, id, "facts", limits::FACTS_MAX)?;
        let personal = row.2.map(|part| self.part(part, id, "personal part", limits::PERSONAL_MAX));
        self.read += 1;
        Ok(Some(Piece { at, row, header, facts, personal: personal.transpose()? }))
    }

    fn part(
        &mut self,
        link: Link<RAW>,
        entry: EntryId,
        what: &str,
        limit: usize,
    ) -> Result<Arc<[u8]>, BrokenBundle> {
        if let Some(known) = self.parts.get(&link) {
            return Ok(Arc::clone(known));
        }
        let at = self.sections.at();
        let bytes = self.sections.block(link, limit).map_err(|error| BrokenBundle {
            at,
            entry: Some(entry),
            what: format!("the {what} of the entry {entry}"),
            why: error.into(),
        })?;
        let bytes: Arc<[u8]> = bytes.into();
        self.parts.insert(link, Arc::clone(&bytes));
        Ok(bytes)
    }
}

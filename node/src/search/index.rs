//! The index on disk: opened, dropped when it is not in order, brought up to date.
//!
//! A commit says of which state of the commons it is: the root over all entries that count. Beside each document lies by
//! which mark it is known. Both are in the index itself, so nothing can come apart. A state that isn't said, because
//! making the index was interrupted, only means that all documents are compared again.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use aronde_protocol::id::{DocumentId, EntryId};
use serde::{Deserialize, Serialize};
use tantivy::directory::MmapDirectory;
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, Term};

use super::SearchError;
use super::analysis::analysers;
use super::content::Content;
use super::fields::{Fields, KNOWN, id_of};

/// What an index of this version says of itself. It changes with the fields, the analysers, and what is indexed.
const FORMAT: &str = "aronde search 1";
/// The engine's file that says of which files a commit is.
const META: &str = "meta.json";
/// Our own file beside it, by which damage to that one is noticed: all others have checksums of the engine's.
const SEAL: &str = "seal";
/// Memory for what is not yet written.
const MEMORY: usize = 50_000_000;
/// An index that says more of itself is not one of ours.
const PAYLOAD_MAX: usize = 64 * 1024 * 1024;

/// See the module.
pub struct Index {
    pub(super) engine: tantivy::Index,
    pub(super) reader: IndexReader,
    pub(super) fields: Fields,
    folder: PathBuf,
    said: Said,
    /// Read when it is first needed.
    known: Option<HashMap<DocumentId, Known>>,
}

/// What a commit says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Said {
    format: String,
    /// The root over all that counted; absent while the index is being made.
    state: Option<String>,
    /// Listed capacity sheets that a workshop's own took the place of.
    replaced: BTreeSet<EntryId>,
}

/// What is known of a document in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    id: DocumentId,
    mark: [u8; 32],
    claimed: bool,
    claims: Option<DocumentId>,
}

impl Known {
    pub(super) fn of(content: &Content) -> Self {
        Self { id: content.id, mark: content.mark, claimed: content.claimed, claims: content.claims }
    }

    /// As it lies in its column: id, mark, one byte, and the id of the sheet it replaces.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = [self.id.as_bytes().as_slice(), &self.mark, &[u8::from(self.claimed)]].concat();
        bytes.extend(self.claims.iter().flat_map(EntryId::as_bytes));
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (id, rest) = bytes.split_at_checked(32)?;
        let (mark, rest) = rest.split_at_checked(32)?;
        let (claimed, claims) = rest.split_first()?;
        Some(Self {
            id: id_of(id)?,
            mark: mark.try_into().ok()?,
            claimed: *claimed == 1,
            claims: id_of(claims),
        })
    }
}

impl Index {
    /// Opens the index in a folder, or begins an empty one there when there is none that is in order.
    ///
    /// # Errors
    /// The disk doesn't let us.
    pub fn open(folder: &Path) -> Result<Self, SearchError> {
        match Self::existing(folder) {
            Ok(Some(index)) => return Ok(index),
            Ok(None) => {}
            Err(error) => tracing::info!(%error, "the search index is not in order and is made again"),
        }
        Self::begin(folder)
    }

    /// Throws away what lies in a folder and begins an empty index there.
    ///
    /// # Errors
    /// The disk doesn't let us.
    pub fn begin(folder: &Path) -> Result<Self, SearchError> {
        let disk = |source| SearchError::Disk { path: folder.to_owned(), source };
        drop_index(folder).map_err(disk)?;
        fs::create_dir_all(folder).map_err(disk)?;
        let (schema, _) = Fields::schema();
        let directory = MmapDirectory::open(folder).map_err(|e| SearchError::Engine(e.to_string()))?;
        let mut engine = tantivy::Index::builder().schema(schema).open_or_create(directory)?;
        engine.set_tokenizers(analysers());
        Self::with(engine, folder, Said::default())
    }

    /// The index in a folder, checked to the last byte. None, when there is none or it is of another version.
    fn existing(folder: &Path) -> Result<Option<Self>, SearchError> {
        let disk = |source| SearchError::Disk { path: folder.to_owned(), source };
        if !folder.join(META).exists() {
            return Ok(None);
        }
        if fs::read(folder.join(SEAL)).map_err(disk)? != seal(folder).map_err(disk)? {
            return Err(SearchError::Engine("its list of files is not the one that was sealed".to_owned()));
        }
        let mut engine = tantivy::Index::open_in_dir(folder)?;
        let payload = engine.load_metas()?.payload.unwrap_or_default();
        let said: Said = Some(payload)
            .filter(|payload| payload.len() < PAYLOAD_MAX)
            .and_then(|payload| serde_json::from_str(&payload).ok())
            .unwrap_or_default();
        if said.format != FORMAT || engine.schema() != Fields::schema().0 {
            return Ok(None);
        }
        // By what the commit names, not by the engine's list of its own files, which may be damaged too.
        for file in engine.load_metas()?.list_segment_files() {
            // Names of files that a segment need not have.
            let name = file.to_string_lossy();
            if !folder.join(&file).exists() && (name.ends_with(".0.del") || name.ends_with(".temp")) {
                continue;
            }
            if !engine.directory().validate_checksum(&file).map_err(|e| SearchError::Engine(e.to_string()))? {
                return Err(SearchError::Engine(format!("its file {name} is damaged")));
            }
        }
        engine.set_tokenizers(analysers());
        Self::with(engine, folder, said).map(Some)
    }

    fn with(engine: tantivy::Index, folder: &Path, said: Said) -> Result<Self, SearchError> {
        let reader = engine.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let (_, fields) = Fields::schema();
        Ok(Self { engine, reader, fields, folder: folder.to_owned(), said, known: None })
    }

    /// The state of the commons that it is of: the root over all that counted. None, when it isn't whole.
    pub fn state(&self) -> Option<[u8; 32]> {
        self.said.state.as_ref()?.parse::<EntryId>().ok().map(|id| id.0)
    }

    /// How many documents it holds.
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The listed sheets that another took the place of.
    pub(super) fn replaced(&self) -> &BTreeSet<EntryId> {
        &self.said.replaced
    }

    /// By which mark each document is known in it.
    ///
    /// # Errors
    /// It can't be read.
    pub fn marks(&mut self) -> Result<HashMap<DocumentId, [u8; 32]>, SearchError> {
        Ok(self.known()?.iter().map(|(id, known)| (*id, known.mark)).collect())
    }

    fn known(&mut self) -> Result<&mut HashMap<DocumentId, Known>, SearchError> {
        if self.known.is_none() {
            self.known = Some(self.read_known()?);
        }
        Ok(self.known.get_or_insert_default())
    }

    fn read_known(&self) -> Result<HashMap<DocumentId, Known>, SearchError> {
        let engine = |error: &dyn std::fmt::Display| SearchError::Engine(error.to_string());
        let mut all = HashMap::new();
        for segment in self.reader.searcher().segment_readers() {
            let Some(column) = segment.fast_fields().bytes(KNOWN)? else { continue };
            // All values in their order at once: to look one up by its number reads a block for each.
            let mut values = Vec::with_capacity(column.num_terms());
            let mut stream = column.dictionary().stream().map_err(|e| engine(&e))?;
            while stream.advance() {
                values.push(Known::decode(stream.key()));
            }
            for document in segment.doc_ids_alive() {
                let number = column.ords().first(document).and_then(|n| usize::try_from(n).ok());
                if let Some(Some(known)) = number.and_then(|number| values.get(number)) {
                    all.insert(known.id, known.clone());
                }
            }
        }
        Ok(all)
    }

    /// Seals what was committed, and reads from it.
    fn settle(&self) -> Result<(), SearchError> {
        let disk = |source| SearchError::Disk { path: self.folder.clone(), source };
        let seal = seal(&self.folder).map_err(disk)?;
        fs::write(self.folder.join(SEAL), seal).map_err(disk)?;
        self.reader.reload()?;
        Ok(())
    }

    /// Begins to bring it up to date. What isn't committed is forgotten.
    ///
    /// # Errors
    /// It can't be written.
    pub fn update(&mut self) -> Result<Update<'_>, SearchError> {
        self.known()?;
        let writer = self.engine.writer_with_num_threads(1, MEMORY)?;
        Ok(Update { index: self, writer })
    }
}

/// Documents on their way into the index.
pub struct Update<'a> {
    index: &'a mut Index,
    writer: IndexWriter,
}

impl Update<'_> {
    /// Puts a document in, in the place of what was there of it.
    ///
    /// # Errors
    /// The index can't be written.
    pub fn put(&mut self, content: &Content) -> Result<(), SearchError> {
        self.remove(&content.id)?;
        self.writer.add_document(self.index.fields.document(content))?;
        self.index.known()?.insert(content.id, Known::of(content));
        Ok(())
    }

    /// Takes a document out.
    ///
    /// # Errors
    /// The index can't be read.
    pub fn remove(&mut self, id: &DocumentId) -> Result<(), SearchError> {
        if self.index.known()?.remove(id).is_some() {
            self.writer.delete_term(Term::from_field_bytes(self.index.fields.id, id.as_bytes()));
        }
        Ok(())
    }

    /// Makes what was put in and taken out durable. `state` is the state of the commons that the index is of then, when
    /// it is whole.
    ///
    /// # Errors
    /// The index can't be written.
    pub fn commit(&mut self, state: Option<[u8; 32]>) -> Result<(), SearchError> {
        let known = self.index.known()?;
        let claims = known.values().filter_map(|known| known.claims);
        let listed = claims.filter(|id| known.get(id).is_none_or(|known| !known.claimed));
        let said = Said {
            format: FORMAT.to_owned(),
            state: state.map(|root| EntryId(root).to_string()),
            replaced: listed.collect(),
        };
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(&serde_json::to_string(&said).map_err(|e| SearchError::Engine(e.to_string()))?);
        commit.commit()?;
        self.index.said = said;
        self.index.settle()
    }

    /// Waits until the engine has put its files in order.
    ///
    /// # Errors
    /// The index can't be written.
    pub fn end(self) -> Result<(), SearchError> {
        self.writer.wait_merging_threads()?;
        self.index.settle()
    }
}

/// What seals a commit.
fn seal(folder: &Path) -> std::io::Result<Vec<u8>> {
    let meta = fs::read(folder.join(META))?;
    Ok(blake3::derive_key("aronde 2026 seal of a search index", &meta).to_vec())
}

fn drop_index(folder: &Path) -> std::io::Result<()> {
    let gone = |result: std::io::Result<()>| match result {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    };
    match folder.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => gone(fs::remove_dir_all(folder)),
        _ => gone(fs::remove_file(folder)),
    }
}

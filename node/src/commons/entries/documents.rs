//! The documents of a home, each read from its accepted entries when it is asked for.
//!
//! What was read once is kept: in memory while there is room, and of long histories as a snapshot on disk.
//! Later entries go on top. Whether what was kept is of use is decided by [`Snapshot::with`] alone.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use aronde_protocol::document::DocumentEntry;
use aronde_protocol::document::edit::CreateFacts;
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::snapshot::Snapshot;
use aronde_protocol::id::{DocumentId, EntryId};
use aronde_protocol::limits::SNAPSHOT_ENTRIES_MIN;
use aronde_protocol::replica::Held;

use super::Entries;
use crate::api::ServiceError;

/// Documents kept materialised.
const CACHED: usize = 256;

/// What is known of documents beside their entries.
#[derive(Default)]
pub(super) struct Documents {
    /// What each is, as far as it was asked for.
    kinds: Mutex<HashMap<DocumentId, Arc<str>>>,
    /// As they were last read, each with what it was read from.
    read: HashMap<DocumentId, (Version, Arc<Document>)>,
    /// Of those whose snapshot on disk is of use, how many entries are in it.
    kept: HashMap<DocumentId, usize>,
}

/// What a document was read from: while nothing that counted is withdrawn, its accepted entries only become
/// more, and their number names the set.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Version {
    accepted: usize,
    withdrawn: u64,
}

impl Entries {
    /// The documents of a kind that count.
    pub fn documents_of(&self, kind: &str) -> Vec<DocumentId> {
        self.replica().documents().filter(|id| self.kind(id).is_some_and(|is| &*is == kind)).collect()
    }

    /// What a document is: `design` …; none when its first entry can't be read.
    pub fn kind(&self, id: &DocumentId) -> Option<Arc<str>> {
        let kinds = || self.documents.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kinds().get(id).cloned();
        if known.is_some() {
            return known;
        }
        let kind: Arc<str> = CreateFacts::decode(self.entry(id).ok()?.facts()).ok()?.kind.into();
        kinds().insert(*id, Arc::clone(&kind));
        Some(kind)
    }

    /// A document by its accepted entries.
    ///
    /// # Errors
    /// One of its entries can't be read, or its first entry doesn't count.
    pub fn document(&mut self, id: &DocumentId) -> Result<Arc<Document>, ServiceError> {
        let accepted: Vec<EntryId> = self.replica().document(id).map(|held| held.id).collect();
        let version = Version { accepted: accepted.len(), withdrawn: self.replica().withdrawn() };
        if let Some((_, document)) = self.documents.read.get(id).filter(|(read, _)| *read == version) {
            return Ok(Arc::clone(document));
        }
        let before = self.documents.read.remove(id).map(|(_, before)| Arc::unwrap_or_clone(before));
        let grown = match before.map(Snapshot::from).or_else(|| self.snapshot(id, accepted.len())) {
            Some(snapshot) => self.grown(snapshot, &accepted)?,
            None => None,
        };
        let document = Arc::new(if let Some(grown) = grown {
            grown
        } else {
            self.documents.kept.remove(id);
            self.made_of(id, &accepted)?
        });
        self.keep(&document);
        if self.documents.read.len() >= CACHED {
            self.documents.read.clear();
        }
        self.documents.read.insert(*id, (version, Arc::clone(&document)));
        Ok(document)
    }

    /// Forgets the documents that were read, with what is personal in them.
    pub(super) fn forget_documents(&mut self) {
        self.documents.read.clear();
    }

    /// A document as it would be if these of its entries were accepted too.
    ///
    /// # Errors
    /// One of its entries can't be read, or its first entry doesn't count.
    pub fn document_with(&self, id: &DocumentId, further: &[EntryId]) -> Result<Document, ServiceError> {
        let accepted = self.replica().document(id).map(|held| held.id);
        self.made_of(id, &accepted.chain(further.iter().copied()).collect::<Vec<_>>())
    }

    /// A document as it was at these of its entries, whether they count or not: what was released stays.
    ///
    /// # Errors
    /// Not all of their past is here, or one of its entries can't be read.
    pub fn document_at(&self, id: &DocumentId, heads: &[EntryId]) -> Result<Document, ServiceError> {
        let (mut past, mut todo) = (BTreeSet::new(), heads.to_vec());
        while let Some(next) = todo.pop() {
            let held = self.replica().get(&next).ok_or_else(|| {
                ServiceError::user(format!("the entry {next}, on which this rests, is not here yet"))
                    .hint("fetch it from a workshop that has it: aronde sync --wait")
            })?;
            if held.id != *id && held.header.subject != Some(*id) {
                return Err(ServiceError::user(format!("{next} is not an entry of the document {id}")));
            }
            if past.insert(next) {
                todo.extend(&held.header.deps);
            }
        }
        self.made_of(id, &past.into_iter().collect::<Vec<_>>())
    }

    fn made_of(&self, id: &DocumentId, entries: &[EntryId]) -> Result<Document, ServiceError> {
        let read = |id: &EntryId| self.entry(id).map(|entry| DocumentEntry::of(&entry));
        let entries: Vec<DocumentEntry> = entries.iter().map(read).collect::<Result<_, _>>()?;
        Document::of(*id, &entries).map_err(ServiceError::user)
    }

    /// The snapshot on disk, where one is worth its while.
    fn snapshot(&mut self, id: &DocumentId, accepted: usize) -> Option<Snapshot> {
        if accepted < SNAPSHOT_ENTRIES_MIN {
            return None;
        }
        let snapshot = Snapshot::decode(&self.store().snapshots().get(id)?)?;
        self.documents.kept.insert(*id, snapshot.len());
        Some(snapshot)
    }

    /// What a snapshot and what it lacks of these entries make; none where it is of no use. Of what it holds
    /// nothing is read but personal parts, which are never in it.
    fn grown(&self, snapshot: Snapshot, entries: &[EntryId]) -> Result<Option<Document>, ServiceError> {
        let read = |id: &EntryId| match self.replica().get(id) {
            Some(held) if snapshot.holds(id) && held.header.personal.is_none() => Ok(named(held)),
            _ => self.entry(id).map(|entry| DocumentEntry::of(&entry)),
        };
        let entries: Vec<DocumentEntry> = entries.iter().map(read).collect::<Result<_, _>>()?;
        Ok(snapshot.with(&entries))
    }

    /// Keeps a document of many entries on disk, unless what is there is of use and lacks little of it.
    fn keep(&mut self, document: &Document) {
        let entries = document.history.nodes.len();
        let kept = self.documents.kept.get(&document.id).copied().unwrap_or(0);
        if entries < SNAPSHOT_ENTRIES_MIN || entries <= kept + kept / 8 {
            return;
        }
        match self.store().snapshots().keep(&document.id, &Snapshot::from(document.clone()).encode()) {
            Ok(()) => {
                self.documents.kept.insert(document.id, entries);
            }
            Err(error) => tracing::warn!(document = %document.id, %error, "no snapshot could be kept"),
        }
    }
}

/// What a document reads of an entry but its facts.
fn named(held: &Held) -> DocumentEntry {
    let header = &held.header;
    DocumentEntry {
        id: held.id,
        author: held.author,
        log: header.log,
        seq: header.seq,
        at: header.at,
        deps: header.deps.clone(),
        facts: Vec::new(),
        personal: None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use aronde_protocol::authority::operation::{Found, Operation};
    use aronde_protocol::burst::{Burst, Draft};
    use aronde_protocol::canonical;
    use aronde_protocol::document::authoring;
    use aronde_protocol::document::draft::DesignDraft;
    use aronde_protocol::document::edit::{Edit, EditFacts, Path};
    use aronde_protocol::document::schema::DESIGN;
    use aronde_protocol::document::value::Value;
    use aronde_protocol::entry::Kind;
    use aronde_protocol::federation::FederationName;
    use aronde_protocol::key::SecretKey;

    use super::*;

    /// A design that was titled anew again and again, in the store of a home that is not open.
    fn titled_anew(home: &std::path::Path, times: usize) -> (FederationName, DocumentId) {
        let key = SecretKey::from_seed(&[1; 32]);
        let next = SecretKey::from_seed(&[2; 32]).member().commitment();
        let found = Found { name: "Commons".into(), workshop: "Workshop North".into(), next, nonce: [0; 16] };
        let mut burst = Burst::found(&key, 1, 1_000);
        let found = Operation::Found(found);
        let (kind, facts) = (found.kind(), found.to_facts().unwrap());
        let founding =
            burst.add(Draft { kind, subject: None, deps: Vec::new(), facts, personal: None }).unwrap();
        let name = FederationName::founded(founding);
        let (mut entries, _) = Entries::open(home, name).unwrap();
        entries.receive(burst.sign()).unwrap();

        let mut burst = Burst::begin(entries.replica(), &key, 2, 2_000);
        let draft = DesignDraft { title: "Press".into(), ..DesignDraft::default() };
        let batches = authoring::create_design(&draft).unwrap();
        let facts = canonical::encode(&batches.first().unwrap().create_facts(founding, DESIGN)).unwrap();
        let create = Draft { kind: Kind::CREATE, subject: None, deps: Vec::new(), facts, personal: None };
        let design = burst.add(create).unwrap();
        let mut last = design;
        for turn in 0..times {
            let to = Value::from(format!("Press {turn}").as_str()).into();
            let edit = Edit::Set { path: Path::root(["title"]), to };
            let facts = canonical::encode(&EditFacts { edits: vec![edit.into()] }).unwrap();
            let (kind, subject, deps) = (Kind::EDIT, Some(design), vec![last]);
            last = burst.add(Draft { kind, subject, deps, facts, personal: None }).unwrap();
        }
        let chain = burst.sign();
        assert_eq!(entries.receive(chain).unwrap().fresh.len(), times + 1);
        (name, design)
    }

    #[test]
    fn a_document_of_many_entries_is_kept_and_read_the_same_whatever_becomes_of_what_was_kept() {
        let home = tempfile::tempdir().unwrap();
        let (name, design) = titled_anew(home.path(), SNAPSHOT_ENTRIES_MIN);
        let read = || {
            let (mut entries, _) = Entries::open(home.path(), name).unwrap();
            let document = entries.document(&design).unwrap();
            (document.fields(), document.heads(), entries.documents.kept.get(&design).copied())
        };
        let first = read();
        assert_eq!(first.2, Some(SNAPSHOT_ENTRIES_MIN + 1));
        let snapshot = home.path().join("snapshots").join(design.to_string());
        let bytes = std::fs::read(&snapshot).unwrap();
        assert_eq!(read(), first);
        assert_eq!(std::fs::read(&snapshot).unwrap(), bytes, "nothing was to be kept anew");
        for damaged in [bytes.get(..bytes.len() / 2).unwrap(), b"", b"aronde document"] {
            std::fs::write(&snapshot, damaged).unwrap();
            assert_eq!(read(), first);
            assert!(std::fs::metadata(&snapshot).unwrap().len() > 1_000, "it was kept anew");
        }
        std::fs::remove_dir_all(home.path().join("snapshots")).unwrap();
        assert_eq!(read(), first);
    }

    #[test]
    fn a_document_of_few_entries_leaves_no_snapshot() {
        let home = tempfile::tempdir().unwrap();
        let (name, design) = titled_anew(home.path(), 3);
        let (mut entries, _) = Entries::open(home.path(), name).unwrap();
        entries.document(&design).unwrap();
        assert!(!home.path().join("snapshots").exists());
    }
}

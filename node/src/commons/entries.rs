//! The entries of a home: the replica in memory, the journal that it is read from, the index between.
//!
//! Invariants: an entry is in the journal, synced, before anything is answered for it; what the index
//! says is only ever a shorter way to what the journal says; once the journal can't be written, nothing
//! more is taken in until the next start.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use aronde_protocol::canonical;
use aronde_protocol::document::DocumentEntry;
use aronde_protocol::document::materialise::Document;
use aronde_protocol::entry::{Entry, Gist, Header};
use aronde_protocol::id::{DocumentId, EntryId, FileHash};
use aronde_protocol::key::MemberKey;
use aronde_protocol::replica::{Held, Received, Replica};
use aronde_protocol::run::{self, Packed};
use serde::{Deserialize, Serialize};

use super::named_files;
use crate::api::ServiceError;
use crate::store::{Damage, Location, Opened, Options, Row, Store, StoreError};

/// Rows of entries, by their place in the replica's order.
const ENTRY_ROWS: &[u8] = b"e/";
/// Rows of the files that entries name, by hash.
const FILE_ROWS: &[u8] = b"f/";
/// A row with a longer header leaves it in the journal.
const ROW_HEADER_MAX: usize = 3_000;
/// Bytes of the journal kept read.
const RUNS_CACHED: usize = 4 * 1024 * 1024;
/// Documents kept materialised.
const DOCUMENTS_CACHED: usize = 256;

/// Where an entry lies: a record of the journal, and which entry of the run there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The record.
    pub location: Location,
    /// Which entry of its run, from 0.
    pub index: u32,
}

/// A row of the index: all that the replica needs to know of an entry.
#[derive(Serialize, Deserialize)]
struct EntryRow(u32, u32, u32, u32, Option<serde_bytes::ByteBuf>, Option<Gist>);

/// Runs of the journal as they were read: who reads one entry of a run often reads another.
#[derive(Default)]
struct Runs {
    packed: HashMap<Location, Arc<Packed>>,
    bytes: usize,
}

impl Runs {
    fn keep(&mut self, location: Location, packed: Packed, bytes: usize) -> Arc<Packed> {
        self.bytes += bytes;
        if self.bytes > RUNS_CACHED {
            self.packed.clear();
            self.bytes = bytes;
        }
        let packed = Arc::new(packed);
        self.packed.insert(location, Arc::clone(&packed));
        packed
    }
}

/// See the module.
pub struct Entries {
    replica: Replica,
    store: Store,
    /// By the replica's order.
    places: Vec<Place>,
    /// Files that held entries name, with their lengths.
    files: BTreeMap<FileHash, u64>,
    /// Documents whose files are to be looked up in the document itself.
    unread: BTreeSet<DocumentId>,
    items: Option<Arc<Vec<(u64, EntryId)>>>,
    documents: HashMap<DocumentId, (usize, Arc<Document>)>,
    runs: Mutex<Runs>,
    failure: Option<String>,
}

impl Entries {
    /// Opens the store of a home and reads what it holds.
    ///
    /// # Errors
    /// The store can't be opened: another process has it, or the disk doesn't let us.
    pub fn open(home: &Path, federation: EntryId) -> Result<(Self, Opened), StoreError> {
        let (store, opened) = Store::open(home, Options::default())?;
        let mut entries = Self {
            replica: Replica::new(federation),
            store,
            places: Vec::new(),
            files: BTreeMap::new(),
            unread: BTreeSet::new(),
            items: None,
            documents: HashMap::new(),
            runs: Mutex::default(),
            failure: None,
        };
        entries.load_rows();
        let damage = entries.replay()?;
        let opened = Opened { damage: opened.damage.into_iter().chain(damage).collect(), ..opened };
        Ok((entries, opened))
    }

    fn load_rows(&mut self) {
        let mut rows = Vec::new();
        let read = self.store.index().each(ENTRY_ROWS, |_, value| {
            rows.push(canonical::decode::<EntryRow>(value).ok());
        });
        if let Err(error) = read {
            tracing::warn!(%error, "the index could not be read whole");
        }
        // To check a key costs more than all the rest of a row, and authors are few.
        let mut authors: HashMap<[u8; 32], MemberKey> = HashMap::new();
        for row in rows.into_iter().flatten() {
            let EntryRow(segment, offset, len, index, header, gist) = row;
            let place = Place { location: Location { segment, offset, len }, index };
            let header = header.and_then(|bytes| {
                let header = Header::decode(&bytes).ok()?;
                Some((EntryId::of(&bytes), header))
            });
            match (header, gist) {
                (Some((id, header)), Some(gist)) => {
                    let known = authors.get(&header.author).copied();
                    if let Some(author) = known.or_else(|| MemberKey::from_bytes(header.author).ok()) {
                        authors.insert(header.author, author);
                        self.load(id, header, author, gist, place);
                    }
                }
                _ => {
                    if let Ok(entry) = self.entry_at(place) {
                        self.load_entry(&entry, place);
                    }
                }
            }
        }
        let mut files = BTreeMap::new();
        let read = self.store.index().each(FILE_ROWS, |key, value| {
            let hash = key.strip_prefix(FILE_ROWS).and_then(|h| h.try_into().ok()).map(FileHash);
            if let (Some(hash), Ok(len)) = (hash, value.try_into()) {
                files.insert(hash, u64::from_be_bytes(len));
            }
        });
        if let Err(error) = read {
            tracing::warn!(%error, "the index could not be read whole");
        }
        self.files = files;
    }

    /// Reads what the journal holds behind the index.
    fn replay(&mut self) -> Result<Vec<Damage>, StoreError> {
        let mut found: Vec<(Location, Vec<Entry>)> = Vec::new();
        let first = self.places.len();
        let mut next = first;
        let known: HashSet<EntryId> = self.replica.held().map(|h| h.id).collect();
        let mut fresh: HashSet<EntryId> = HashSet::new();
        let damage = self.store.replay(|location, payload| {
            let entries = match run::decode(payload) {
                Ok(entries) => entries,
                Err(error) => {
                    tracing::warn!(%error, ?location, "a record of the journal holds no entries");
                    return Vec::new();
                }
            };
            let mut rows = Vec::new();
            for (index, entry) in entries.iter().enumerate() {
                let held = |id: &EntryId| known.contains(id) || fresh.contains(id);
                let whole = {
                    let h = entry.header();
                    h.prev.iter().chain(&h.seen).chain(&h.deps).all(held)
                };
                if whole && !held(&entry.id()) {
                    let place = Place { location, index: u32::try_from(index).unwrap_or(u32::MAX) };
                    rows.push(entry_row(next, entry, place));
                    rows.extend(file_rows(entry));
                    next += 1;
                    fresh.insert(entry.id());
                }
            }
            found.push((location, entries));
            rows
        })?;
        for (location, entries) in found {
            for (index, entry) in entries.iter().enumerate() {
                if fresh.remove(&entry.id()) {
                    let place = Place { location, index: u32::try_from(index).unwrap_or(u32::MAX) };
                    self.load_entry(entry, place);
                    self.note_files(entry);
                }
            }
        }
        Ok(damage)
    }

    fn load_entry(&mut self, entry: &Entry, place: Place) {
        match Gist::of(entry) {
            Ok(gist) => self.load(entry.id(), entry.header().clone(), entry.author(), gist, place),
            Err(error) => {
                tracing::warn!(%error, entry = %entry.id(), "an entry of the journal is not in order");
            }
        }
    }

    fn load(&mut self, id: EntryId, header: Header, author: MemberKey, gist: Gist, place: Place) {
        let before = self.replica.len();
        self.replica.load(header, id, author, gist);
        if self.replica.len() > before {
            self.places.push(place);
        }
    }

    /// What is held and what counts.
    pub fn replica(&self) -> &Replica {
        &self.replica
    }

    /// The store below, to ask it for its figures and to scan it.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The store below, to tell others where this process answers.
    pub fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    /// Takes entries in, and answers when what is new is durable.
    ///
    /// # Errors
    /// The journal can't be written. Nothing more is taken in then until the next start.
    pub fn receive(&mut self, entries: Vec<Entry>) -> Result<Received, ServiceError> {
        self.check_writable()?;
        let received = self.replica.receive(entries);
        if received.fresh.is_empty() {
            return Ok(received);
        }
        self.items = None;
        let fresh = &received.fresh;
        let groups = run::groups(fresh);
        let runs = run::encode(fresh);
        let first = self.places.len();
        let mut places = Vec::with_capacity(fresh.len());
        let stored = self.store.append(&runs, |locations| {
            let mut rows = Vec::with_capacity(fresh.len() + 1);
            for (group, location) in groups.iter().zip(locations) {
                for (index, entry) in fresh.get(group.clone()).unwrap_or_default().iter().enumerate() {
                    let place =
                        Place { location: *location, index: u32::try_from(index).unwrap_or(u32::MAX) };
                    rows.push(entry_row(first + places.len(), entry, place));
                    rows.extend(file_rows(entry));
                    places.push(place);
                }
            }
            rows
        });
        let locations = match stored {
            Ok(locations) => locations,
            Err(error) => {
                self.failure = Some(error.to_string());
                return Err(error.into());
            }
        };
        if places.is_empty() {
            // The index has failed and made no rows; the journal stands all the same.
            for (group, location) in groups.iter().zip(&locations) {
                places.extend((0..group.len()).map(|index| Place {
                    location: *location,
                    index: u32::try_from(index).unwrap_or(u32::MAX),
                }));
            }
        }
        self.places.extend(places);
        for entry in &received.fresh {
            self.note_files(entry);
        }
        Ok(received)
    }

    /// Whether entries can be taken in.
    ///
    /// # Errors
    /// Why not.
    pub fn check_writable(&self) -> Result<(), ServiceError> {
        match &self.failure {
            None => Ok(()),
            Some(why) => Err(ServiceError::config(format!(
                "nothing can be written since an earlier failure: {why}"
            ))
            .hint(
                "make room or repair the disk, then start this process again; what was acknowledged is there",
            )),
        }
    }

    /// An entry, from the journal.
    ///
    /// # Errors
    /// It isn't held, or its record is damaged.
    pub fn entry(&self, id: &EntryId) -> Result<Entry, ServiceError> {
        let held = self.replica.get(id).zip(self.replica.place(id).and_then(|place| self.places.get(place)));
        let (held, place) = held.ok_or_else(|| ServiceError::user(format!("no entry {id} is held here")))?;
        self.entry_of(held, *place).map_err(|error| {
            ServiceError::config(format!("the entry {id} can't be read from the journal: {error}"))
                .hint("run \"aronde audit\" to see what else is damaged; the entry comes back from a peer that holds it")
        })
    }

    /// What is held, as it lies in the journal.
    fn entry_of(&self, held: &Held, place: Place) -> Result<Entry, String> {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let packed = if let Some(packed) = runs.packed.get(&place.location) {
            Arc::clone(packed)
        } else {
            let payload = self.store.read(place.location).map_err(|e| e.to_string())?;
            runs.keep(place.location, Packed::read(&payload).map_err(|e| e.to_string())?, payload.len())
        };
        let index = usize::try_from(place.index).unwrap_or(usize::MAX);
        let entry = packed.entry(index, held.author, &held.header).map_err(|e| e.to_string())?;
        if entry.id() == held.id { Ok(entry) } else { Err("another entry lies there".to_owned()) }
    }

    /// The entry at a place, of which nothing else is known.
    fn entry_at(&self, place: Place) -> Result<Entry, String> {
        let payload = self.store.read(place.location).map_err(|e| e.to_string())?;
        let entries = run::decode(&payload).map_err(|e| e.to_string())?;
        let index = usize::try_from(place.index).unwrap_or(usize::MAX);
        entries.into_iter().nth(index).ok_or_else(|| "its run is shorter".to_owned())
    }

    /// The entries whose records lie at a place of the journal.
    pub fn at(&self, segment: u32, offset: u32) -> Vec<EntryId> {
        let there = |p: &Place| p.location.segment == segment && p.location.offset == offset;
        let held = self.replica.held().zip(&self.places);
        held.filter(|(_, place)| there(place)).map(|(held, _)| held.id).collect()
    }

    /// The entries whose records lie in a damaged stretch of the journal.
    pub fn within(&self, damage: &Damage) -> Vec<EntryId> {
        let end = damage.offset.saturating_add(damage.len.max(1));
        let lost = |p: &Place| {
            p.location.segment == damage.segment
                && p.location.offset < end
                && p.location.end().offset > damage.offset
        };
        let held = self.replica.held().zip(&self.places);
        held.filter(|(_, place)| lost(place)).map(|(held, _)| held.id).collect()
    }

    /// Claimed time and id of all that is held, ascending.
    pub fn items(&mut self) -> Arc<Vec<(u64, EntryId)>> {
        let replica = &self.replica;
        Arc::clone(self.items.get_or_insert_with(|| {
            let mut items: Vec<_> = replica.held().map(|h| (h.header.at, h.id)).collect();
            items.sort_unstable();
            Arc::new(items)
        }))
    }

    /// Compact runs with the first of these entries, in causal order, within `max_bytes` and at least
    /// one; and which entries they carry.
    pub fn runs(&self, ids: &[EntryId], max_bytes: usize) -> (Vec<Vec<u8>>, Vec<EntryId>) {
        let mut places: Vec<_> =
            ids.iter().filter_map(|id| self.replica.place(id).map(|p| (p, *id))).collect();
        places.sort_unstable();
        places.dedup();
        let (mut entries, mut size) = (Vec::new(), 0);
        for (_, id) in places {
            let Ok(entry) = self.entry(&id) else { continue };
            // A run writes less than its entries' bytes, but not always: 128 covers what it adds.
            size += entry.len() + 128;
            if size > max_bytes && !entries.is_empty() {
                break;
            }
            entries.push(entry);
        }
        let carried = entries.iter().map(Entry::id).collect();
        (run::encode(&entries), carried)
    }

    /// These entries and their whole past, each after its past.
    pub fn with_past(&self, ids: &[EntryId]) -> Vec<EntryId> {
        let mut past = BTreeSet::new();
        let mut todo: Vec<usize> = ids.iter().filter_map(|id| self.replica.place(id)).collect();
        let held: Vec<_> = self.replica.held().collect();
        while let Some(place) = todo.pop() {
            let Some(entry) = held.get(place).filter(|_| past.insert(place)) else { continue };
            let h = &entry.header;
            let named = h.prev.iter().chain(&h.seen).chain(&h.deps);
            todo.extend(named.filter_map(|id| self.replica.place(id)));
        }
        past.into_iter().filter_map(|place| held.get(place).map(|h| h.id)).collect()
    }

    /// A document by its accepted entries.
    ///
    /// # Errors
    /// One of its entries can't be read, or its first entry doesn't count.
    pub fn document(&mut self, id: &DocumentId) -> Result<Arc<Document>, ServiceError> {
        let ids: Vec<EntryId> = self.replica.document(id).map(|held| held.id).collect();
        // The accepted entries of a document only become more, so their number names the set.
        if let Some((count, document)) = self.documents.get(id).filter(|(count, _)| *count == ids.len()) {
            let _ = count;
            return Ok(Arc::clone(document));
        }
        let entries: Vec<DocumentEntry> =
            ids.iter().map(|id| self.entry(id).map(|e| DocumentEntry::of(&e))).collect::<Result<_, _>>()?;
        let document = Document::of(*id, &entries).map_err(ServiceError::user)?;
        let document = Arc::new(document);
        if self.documents.len() >= DOCUMENTS_CACHED {
            self.documents.clear();
        }
        self.documents.insert(*id, (ids.len(), Arc::clone(&document)));
        Ok(document)
    }

    fn note_files(&mut self, entry: &Entry) {
        let named = named_files::of(entry);
        self.files.extend(named.whole);
        if named.of_document {
            self.unread.extend(entry.header().subject);
        }
    }

    /// The files that held entries name, with their lengths.
    pub fn files(&mut self) -> &BTreeMap<FileHash, u64> {
        for document in std::mem::take(&mut self.unread) {
            let Ok(read) = self.document(&document) else { continue };
            for (hash, len) in named_files::in_document(&read) {
                if self.files.insert(hash, len).is_none() {
                    let row = (file_key(hash), Some(len.to_be_bytes().to_vec()));
                    if let Err(error) = self.store.index().note(vec![row]) {
                        tracing::warn!(%error, "the index does not keep the name of a file");
                    }
                }
            }
        }
        &self.files
    }
}

fn entry_row(number: usize, entry: &Entry, place: Place) -> Row {
    let short = entry.header_bytes().len() <= ROW_HEADER_MAX;
    let header = short.then(|| entry.header_bytes().to_vec().into());
    let gist = if short { Gist::of(entry).ok() } else { None };
    let Location { segment, offset, len } = place.location;
    let row = EntryRow(segment, offset, len, place.index, header, gist);
    let key = [ENTRY_ROWS, &(number as u64).to_be_bytes()].concat();
    (key, canonical::encode(&row).ok())
}

fn file_key(hash: FileHash) -> Vec<u8> {
    [FILE_ROWS, hash.as_bytes()].concat()
}

fn file_rows(entry: &Entry) -> Vec<Row> {
    let named = named_files::of(entry).whole;
    named.into_iter().map(|(hash, len)| (file_key(hash), Some(len.to_be_bytes().to_vec()))).collect()
}

//! The entries of a home: the replica in memory, the journal that it is read from, the index between.
//!
//! Invariants: an entry is in the journal, synced, before anything is answered for it; what the index
//! says is only ever a shorter way to what the journal says; once the journal can't be written, nothing
//! more is taken in until the next start.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use aronde_protocol::canonical;
use aronde_protocol::entry::{Entry, Gist, Part};
use aronde_protocol::federation::FederationName;
use aronde_protocol::id::{DocumentId, EntryId, FileHash};
use aronde_protocol::limits::INDEX_VALUE_MAX;
use aronde_protocol::proposal;
use aronde_protocol::replica::{Held, Loading, Received, Replica};
use aronde_protocol::run::{self, Packed};
use serde::{Deserialize, Serialize};

mod documents;
mod evidence;
mod load;
mod redaction;

use super::named_files;
use crate::api::ServiceError;
use crate::store::{Damage, Location, Opened, Options, Position, Row, Store, StoreError};
use documents::Documents;
use evidence::Evidence;
use load::Loaded;
use redaction::Redacted;

/// Rows of entries, by their place in the replica's order.
const ENTRY_ROWS: &[u8] = b"e/";
/// Rows of the files that entries name, by hash.
const FILE_ROWS: &[u8] = b"f/";
/// Bytes of the journal kept read.
const RUNS_CACHED: usize = 4 * 1024 * 1024;

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
    /// Files that the facts of held entries name, with their lengths.
    files: BTreeMap<FileHash, u64>,
    /// Files that personal parts name.
    evidence: Evidence,
    /// Documents whose files are to be looked up in the document itself.
    unread: BTreeSet<DocumentId>,
    items: Option<Arc<Vec<(u64, EntryId)>>>,
    documents: Documents,
    redacted: Redacted,
    runs: Mutex<Runs>,
    failure: Option<String>,
}

impl Entries {
    /// Opens the store of a home and reads what it holds. `name` is the federation with the charter that the
    /// home follows.
    ///
    /// # Errors
    /// The store can't be opened: another process has it, or the disk doesn't let us.
    pub fn open(home: &Path, name: FederationName) -> Result<(Self, Opened), StoreError> {
        let (mut store, opened) = Store::open(home, Options::default())?;
        let mut loaded = Loaded {
            replica: Loading::new(name.founding, name.charter),
            places: Vec::new(),
            files: BTreeMap::new(),
            evidence: Evidence::new(),
            unread: BTreeSet::new(),
        };
        loaded.rows(&store);
        let damage = loaded.replay(&mut store)?;
        let Loaded { replica, places, files, evidence, unread } = loaded;
        let mut entries = Self {
            replica: replica.judge(),
            store,
            places,
            files,
            evidence,
            unread,
            items: None,
            documents: Documents::default(),
            redacted: Redacted::default(),
            runs: Mutex::default(),
            failure: None,
        };
        entries.redact();
        let opened = Opened { damage: opened.damage.into_iter().chain(damage).collect(), ..opened };
        Ok((entries, opened))
    }

    /// Follows a charter from here on.
    pub fn follow(&mut self, charter: EntryId) {
        self.replica.follow(charter);
        self.redact();
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
        let mut received = self.replica.receive(entries);
        if received.fresh.is_empty() {
            return Ok(received);
        }
        received.fresh = received.fresh.into_iter().map(|entry| self.as_kept(entry)).collect();
        self.items = None;
        let (fresh, replica) = (&received.fresh, &self.replica);
        let groups = run::groups(fresh);
        let runs = run::encode(fresh);
        let first = self.places.len();
        let stored = self.store.append(&runs, |locations| {
            let mut rows = Vec::with_capacity(fresh.len() + 1);
            for (number, (entry, place)) in fresh.iter().zip(places(&groups, locations)).enumerate() {
                let gist = replica.get(&entry.id()).map(|held| &held.gist);
                rows.push(entry_row(first + number, entry, gist, place));
                rows.extend(file_rows(entry));
                rows.extend(evidence::row(first + number, entry));
            }
            rows
        });
        match stored {
            Ok(locations) => self.places.extend(places(&groups, &locations)),
            Err(error) => {
                self.failure = Some(error.to_string());
                return Err(error.into());
            }
        }
        for entry in &received.fresh {
            self.note_files(entry);
        }
        let operations = received.fresh.iter().any(|entry| entry.header().kind.class().is_operation());
        if operations || self.redacted.waits {
            self.redact();
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

    /// An entry as people may see it: without its personal part when that was redacted.
    ///
    /// # Errors
    /// It isn't held, or its record is damaged.
    pub fn entry(&self, id: &EntryId) -> Result<Entry, ServiceError> {
        self.stored(id).map(|entry| self.as_shown(entry))
    }

    /// An entry as it lies in the journal.
    ///
    /// # Errors
    /// It isn't held, or its record is damaged.
    pub fn stored(&self, id: &EntryId) -> Result<Entry, ServiceError> {
        let held = self.replica.get(id).zip(self.replica.place(id).and_then(|place| self.places.get(place)));
        let (held, place) = held.ok_or_else(|| ServiceError::user(format!("no entry {id} is held here")))?;
        self.entry_of(held, *place).map_err(|error| {
            ServiceError::config(format!("the entry {id} can't be read from the journal: {error}"))
                .hint("run \"aronde audit\" to see what else is damaged; the entry comes back from a peer that holds it")
        })
    }

    /// The facts of an entry that is held, from the journal: cheaper than the whole entry, whose id is not
    /// computed again.
    ///
    /// # Errors
    /// Its record is damaged.
    pub fn facts_of(&self, held: &Held) -> Result<Vec<u8>, ServiceError> {
        let place = self.replica.place(&held.id).and_then(|place| self.places.get(place));
        let facts = place.and_then(|place| {
            let index = usize::try_from(place.index).ok()?;
            self.run_at(place.location).ok()?.facts(index).map(<[u8]>::to_vec)
        });
        match facts.filter(|facts| Part::of(facts) == held.header.facts) {
            Some(facts) => Ok(facts),
            // Says what is wrong with it.
            None => Ok(self.entry(&held.id)?.facts().to_vec()),
        }
    }

    fn run_at(&self, location: Location) -> Result<Arc<Packed>, String> {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(packed) = runs.packed.get(&location) {
            return Ok(Arc::clone(packed));
        }
        let payload = self.store.read(location).map_err(|e| e.to_string())?;
        Ok(runs.keep(location, Packed::read(&payload).map_err(|e| e.to_string())?, payload.len()))
    }

    /// What is held, as it lies in the journal.
    fn entry_of(&self, held: &Held, place: Place) -> Result<Entry, String> {
        let packed = self.run_at(place.location)?;
        let index = usize::try_from(place.index).unwrap_or(usize::MAX);
        let entry = packed.entry(index, held.author, &held.header).map_err(|e| e.to_string())?;
        if entry.id() == held.id { Ok(entry) } else { Err("another entry lies there".to_owned()) }
    }

    /// Forgets what was read of the journal.
    fn forget_runs(&mut self) {
        *self.runs.get_mut().unwrap_or_else(PoisonError::into_inner) = Runs::default();
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

    /// How many entries lie before a position of the journal, as they were held one after the other.
    pub fn before(&self, position: Position) -> usize {
        self.places.partition_point(|place| place.location.end() <= position)
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
            let Ok(entry) = self.stored(&id).map(|entry| self.as_kept(entry)) else { continue };
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

    fn note_files(&mut self, entry: &Entry) {
        let evidence = evidence::named_by(entry);
        if !evidence.is_empty() {
            self.evidence.insert(entry.id(), evidence);
        }
        let named = named_files::of(entry);
        self.files.extend(named.whole);
        if named.of_document {
            self.unread.extend(entry.header().subject);
        }
    }

    /// The files that the facts of held entries name, with their lengths.
    fn files_of_documents(&mut self) -> &BTreeMap<FileHash, u64> {
        for document in std::mem::take(&mut self.unread) {
            let Ok(read) = self.document(&document) else { continue };
            let mut named = named_files::in_document(&read);
            // Keepers look at the files of a proposal before they take it in.
            let parked: Vec<EntryId> = proposal::parked(&self.replica, &document).map(|h| h.id).collect();
            if let (false, Ok(whole)) = (parked.is_empty(), self.document_with(&document, &parked)) {
                named.extend(named_files::in_document(&whole));
            }
            for (hash, len) in named {
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

/// Where the entries of runs lie: each run is one record.
fn places(groups: &[Range<usize>], locations: &[Location]) -> Vec<Place> {
    let in_order = groups.iter().zip(locations);
    in_order.flat_map(|(group, location)| places_in(*location).take(group.len())).collect()
}

/// The places of a record, from its first entry on.
fn places_in(location: Location) -> impl Iterator<Item = Place> {
    (0..=u32::MAX).map(move |index| Place { location, index })
}

fn entry_row(number: usize, entry: &Entry, gist: Option<&Gist>, place: Place) -> Row {
    let Location { segment, offset, len } = place.location;
    let row = |known: Option<(&[u8], &Gist)>| {
        let (header, gist) = known.map(|(header, gist)| (header.to_vec().into(), gist.clone())).unzip();
        canonical::encode(&EntryRow(segment, offset, len, place.index, header, gist)).ok()
    };
    // What is too long for a row stays in the journal alone.
    let whole = row(gist.map(|gist| (entry.header_bytes(), gist)));
    let value = whole.filter(|row| row.len() <= INDEX_VALUE_MAX).or_else(|| row(None));
    ([ENTRY_ROWS, &(number as u64).to_be_bytes()].concat(), value)
}

fn file_key(hash: FileHash) -> Vec<u8> {
    [FILE_ROWS, hash.as_bytes()].concat()
}

fn file_rows(entry: &Entry) -> Vec<Row> {
    let named = named_files::of(entry).whole;
    named.into_iter().map(|(hash, len)| (file_key(hash), Some(len.to_be_bytes().to_vec()))).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use aronde_protocol::authority::operation::{Found, Operation, RemoveMember};
    use aronde_protocol::burst::{Burst, Draft};
    use aronde_protocol::key::SecretKey;
    use aronde_protocol::limits::RUN_ENTRIES_MAX;

    use super::*;

    fn draft(operation: &Operation) -> Draft {
        let facts = operation.to_facts().unwrap();
        Draft { kind: operation.kind(), subject: None, deps: Vec::new(), facts, personal: None }
    }

    #[test]
    fn an_entry_that_is_too_long_for_a_row_is_read_from_the_journal_at_the_next_start() {
        let key = SecretKey::from_seed(&[1; 32]);
        let next = SecretKey::from_seed(&[2; 32]).member().commitment();
        let found = Found { name: "Commons".into(), workshop: "Workshop North".into(), next, nonce: [0; 16] };
        let mut burst = Burst::found(&key, 1, 1_000);
        let under = burst.add(draft(&Operation::Found(found))).unwrap();
        let mut cut: Vec<EntryId> = (0..1_000_u32).map(|n| EntryId::of(&n.to_be_bytes())).collect();
        cut.sort_unstable();
        let remove = RemoveMember { under, key: key.member(), cut };
        let removal = burst.add(draft(&Operation::RemoveMember(remove))).unwrap();
        let home = tempfile::tempdir().unwrap();
        let (mut entries, _) = Entries::open(home.path(), FederationName::founded(under)).unwrap();
        assert_eq!(entries.receive(burst.sign()).unwrap().fresh.len(), 2);
        assert!(entries.store.index().failure().is_none(), "the index took all rows");
        let gist = entries.replica().get(&removal).unwrap().gist.clone();
        drop(entries);

        let (again, opened) = Entries::open(home.path(), FederationName::founded(under)).unwrap();
        assert!(opened.rebuild.is_none());
        assert_eq!(again.replica().get(&removal).unwrap().gist, gist);
        assert_eq!(again.entry(&removal).unwrap().id(), removal);
    }

    /// A torn write leaves the beginning of a chain without the end, which bears the signature.
    #[test]
    fn the_beginning_of_a_chain_that_nobody_signed_is_left_out_and_fetched_again() {
        let key = SecretKey::from_seed(&[1; 32]);
        let next = SecretKey::from_seed(&[2; 32]).member().commitment();
        let found = Found { name: "Commons".into(), workshop: "Workshop North".into(), next, nonce: [0; 16] };
        let mut burst = Burst::found(&key, 1, 1_000);
        let founding = burst.add(draft(&Operation::Found(found))).unwrap();
        let founding_entries = burst.sign();
        let home = tempfile::tempdir().unwrap();
        let open = || Entries::open(home.path(), FederationName::founded(founding)).unwrap().0;
        let mut entries = open();
        entries.receive(founding_entries.clone()).unwrap();
        // Longer than one run, so it lies in two records.
        let mut burst = Burst::begin(entries.replica(), &key, 9, 1_000);
        let remove =
            Operation::RemoveMember(RemoveMember { under: founding, key: key.member(), cut: vec![] });
        for _ in 0..RUN_ENTRIES_MAX + 50 {
            burst.add(draft(&remove)).unwrap();
        }
        let chain = burst.sign();
        let received = entries.receive(chain.clone()).unwrap();
        assert_eq!(received.fresh.len(), chain.len(), "{received:?}");
        let last = *entries.places.last().unwrap();
        drop(entries);

        let segment = std::fs::read_dir(home.path().join("journal")).unwrap();
        let segment = segment
            .map(|file| file.unwrap().path())
            .find(|path| path.metadata().unwrap().len() >= u64::from(last.location.end().offset));
        let bytes = std::fs::read(segment.as_ref().unwrap()).unwrap();
        std::fs::write(segment.unwrap(), &bytes[..last.location.end().offset as usize - 1]).unwrap();
        std::fs::remove_dir_all(home.path().join("index")).unwrap();

        // At the first start, and with the index that the first start made.
        for _ in 0..2 {
            let held = open().replica().held().map(|held| held.id).collect::<Vec<_>>();
            assert_eq!(held, [founding]);
        }
        let mut entries = open();
        assert_eq!(entries.receive(chain.clone()).unwrap().fresh.len(), chain.len());
        drop(entries);
        std::fs::remove_dir_all(home.path().join("index")).unwrap();
        let again = open();
        assert_eq!(again.replica().held().count(), 1 + chain.len());
        assert_eq!(again.entry(&chain[0].id()).unwrap().id(), chain[0].id());
    }
}

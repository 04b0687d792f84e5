//! What a home held when it was last open: from the index, and from the journal what the index lacks.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use aronde_protocol::canonical;
use aronde_protocol::entry::{Entry, EntryError, Gist, Header};
use aronde_protocol::id::{DocumentId, EntryId, FileHash};
use aronde_protocol::key::CheckedKeys;
use aronde_protocol::replica::{Known, Loading, unvouched};
use aronde_protocol::run;

use super::evidence::{self, EVIDENCE_ROWS, Evidence};
use super::{ENTRY_ROWS, EntryRow, FILE_ROWS, Place, entry_row, file_rows, places_in};
use crate::commons::named_files;
use crate::store::{Damage, Location, Store, StoreError};

/// What is loaded: the parts of [`super::Entries`] before anything is judged.
pub(super) struct Loaded {
    pub replica: Loading,
    pub places: Vec<Place>,
    pub files: BTreeMap<FileHash, u64>,
    pub evidence: Evidence,
    pub unread: BTreeSet<DocumentId>,
}

impl Loaded {
    /// Reads the index.
    pub fn rows(&mut self, store: &Store) {
        let mut rows = Vec::new();
        let read = store.index().each(ENTRY_ROWS, |_, value| {
            rows.push(canonical::decode::<EntryRow>(value).ok());
        });
        if let Err(error) = read {
            tracing::warn!(%error, "the index could not be read whole");
        }
        let mut authors = CheckedKeys::default();
        for row in rows.into_iter().flatten() {
            let EntryRow(segment, offset, len, index, header, gist) = row;
            let place = Place { location: Location { segment, offset, len }, index };
            let header = header.and_then(|bytes| {
                let header = Header::decode(&bytes).ok()?;
                Some((EntryId::of(&bytes), header))
            });
            if let (Some((id, header)), Some(gist)) = (header, gist) {
                if let Ok(author) = authors.key(header.author) {
                    self.hold(Known { header, id, author, gist }, place);
                }
                continue;
            }
            let Ok(entry) = entry_at(store, place) else { continue };
            match Gist::of(&entry) {
                Ok(gist) => self.hold(known(&entry, gist), place),
                Err(error) => not_in_order(&entry, &error),
            }
        }
        let mut files = BTreeMap::new();
        let read = store.index().each(FILE_ROWS, |key, value| {
            let hash = key.strip_prefix(FILE_ROWS).and_then(|h| h.try_into().ok()).map(FileHash);
            if let (Some(hash), Ok(len)) = (hash, value.try_into()) {
                files.insert(hash, u64::from_be_bytes(len));
            }
        });
        if let Err(error) = read {
            tracing::warn!(%error, "the index could not be read whole");
        }
        self.files = files;
        self.evidence_rows(store);
    }

    /// Reads which files personal parts name from the journal, where the index says that they do.
    fn evidence_rows(&mut self, store: &Store) {
        let mut numbers = Vec::new();
        let read = store.index().each(EVIDENCE_ROWS, |key, _| {
            let number = key.strip_prefix(EVIDENCE_ROWS).and_then(|n| n.try_into().ok());
            numbers.extend(number.map(u64::from_be_bytes));
        });
        if let Err(error) = read {
            tracing::warn!(%error, "the index could not be read whole");
        }
        let place = |number: u64| self.places.get(usize::try_from(number).ok()?).copied();
        let mut runs: BTreeMap<Location, BTreeSet<u32>> = BTreeMap::new();
        for place in numbers.into_iter().filter_map(place) {
            runs.entry(place.location).or_default().insert(place.index);
        }
        for (location, indices) in runs {
            // What can't be read is named by the audit, and comes back.
            let Ok(payload) = store.read(location) else { continue };
            for (entry, place) in run::decode(&payload).unwrap_or_default().iter().zip(places_in(location)) {
                if indices.contains(&place.index) {
                    self.evidence.insert(entry.id(), evidence::named_by(entry));
                }
            }
        }
    }

    /// Reads what the journal holds behind the index, and leaves out what no signature vouches for.
    pub fn replay(&mut self, store: &mut Store) -> Result<Vec<Damage>, StoreError> {
        let replica = &self.replica;
        let (mut entries, mut known_of) = (Vec::<Entry>::new(), Vec::<(Place, Gist)>::new());
        let mut fresh: HashSet<EntryId> = HashSet::new();
        let damage = store.replay(|location, payload| {
            let run = match run::decode(payload) {
                Ok(run) => run,
                Err(error) => {
                    tracing::warn!(%error, ?location, "a record of the journal holds no entries");
                    return;
                }
            };
            for (entry, place) in run.into_iter().zip(places_in(location)) {
                let held = |id: &EntryId| replica.holds(id) || fresh.contains(id);
                let h = entry.header();
                let whole = h.prev.iter().chain(&h.seen).chain(&h.deps).all(held);
                if !whole || held(&entry.id()) {
                    continue;
                }
                match Gist::of(&entry) {
                    Ok(gist) => {
                        fresh.insert(entry.id());
                        entries.push(entry);
                        known_of.push((place, gist));
                    }
                    Err(error) => not_in_order(&entry, &error),
                }
            }
        })?;
        let torn = unvouched(&entries);
        if !torn.is_empty() {
            tracing::warn!(
                entries = torn.len(),
                "the journal holds entries without the one that signs them: they are left out"
            );
        }
        let mut rows = Vec::new();
        for (entry, (place, gist)) in entries.iter().zip(known_of) {
            if torn.contains(&entry.id()) {
                continue;
            }
            rows.push(entry_row(self.places.len(), entry, Some(&gist), place));
            rows.extend(file_rows(entry));
            rows.extend(evidence::row(self.places.len(), entry));
            self.note_files(entry);
            self.hold(known(entry, gist), place);
        }
        store.replayed(rows);
        Ok(damage)
    }

    fn hold(&mut self, known: Known, place: Place) {
        if self.replica.hold(known) {
            self.places.push(place);
        }
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
}

fn known(entry: &Entry, gist: Gist) -> Known {
    Known { header: entry.header().clone(), id: entry.id(), author: entry.author(), gist }
}

/// The entry at a place, of which nothing else is known.
fn entry_at(store: &Store, place: Place) -> Result<Entry, String> {
    let payload = store.read(place.location).map_err(|e| e.to_string())?;
    let entries = run::decode(&payload).map_err(|e| e.to_string())?;
    let index = usize::try_from(place.index).unwrap_or(usize::MAX);
    entries.into_iter().nth(index).ok_or_else(|| "its run is shorter".to_owned())
}

fn not_in_order(entry: &Entry, error: &EntryError) {
    tracing::warn!(%error, entry = %entry.id(), "an entry of the journal is not in order");
}

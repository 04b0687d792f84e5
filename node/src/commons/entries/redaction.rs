//! Redactions, obeyed: what is hidden is shown to nobody, what is forgotten is erased from the journal.
//!
//! Invariants: what is forgotten leaves this home no more, erased already or not; a start erases what an earlier
//! one could not. Erasing rewrites the segments of the journal in which the parts lie, after the files are gone that only
//! these parts name (`evidence.rs`).

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::canonical;
use aronde_protocol::entry::Entry;
use aronde_protocol::id::{EntryId, FileHash};
use aronde_protocol::replica::Redaction;
use aronde_protocol::run;

use super::evidence::{self, named_by};
use super::{ENTRY_ROWS, Entries, EntryRow};
use crate::store::{Index, Location, Row, StoreError};

/// What was redacted, as this home obeys it.
#[derive(Default)]
pub(super) struct Redacted {
    /// Whose personal part is shown to nobody.
    parts: BTreeMap<EntryId, Redaction>,
    /// Whose personal part is known to be erased.
    erased: BTreeSet<EntryId>,
    /// Whether something waits to be erased until no more files are being taken in.
    pub(super) waits: bool,
}

impl Entries {
    /// An entry as it is kept and passed on: without what is forgotten.
    pub(super) fn as_kept(&self, entry: Entry) -> Entry {
        match self.replica().redaction(&entry.id()) {
            Some(Redaction::Forgotten) => entry.without_personal(),
            _ => entry,
        }
    }

    /// An entry as people may see it.
    pub(super) fn as_shown(&self, entry: Entry) -> Entry {
        if self.redacted.parts.contains_key(&entry.id()) { entry.without_personal() } else { entry }
    }

    /// Obeys the redactions there are now.
    pub(super) fn redact(&mut self) {
        let parts: BTreeMap<EntryId, Redaction> = self.replica().redacted().collect();
        if parts != self.redacted.parts {
            self.redacted.parts = parts;
            self.forget_documents();
        }
        for (id, _) in self.redacted.parts.iter().filter(|(_, is)| **is == Redaction::Forgotten) {
            self.evidence.remove(id);
        }
        if let Err(error) = self.erase() {
            tracing::warn!(%error, "redacted parts could not be erased; this is tried again at the next start");
        }
    }

    /// Erases what waited until no more files were taken in.
    pub fn erase_what_waits(&mut self) {
        if self.redacted.waits {
            self.redact();
        }
    }

    /// Erases what is forgotten and lies in the journal still.
    fn erase(&mut self) -> Result<(), StoreError> {
        let forgotten =
            self.redacted.parts.iter().filter(|(_, redaction)| **redaction == Redaction::Forgotten);
        let todo: Vec<EntryId> =
            forgotten.map(|(id, _)| *id).filter(|id| !self.redacted.erased.contains(id)).collect();
        let mut segments: BTreeMap<u32, (BTreeSet<Location>, Vec<EntryId>)> = BTreeMap::new();
        let mut files: BTreeMap<EntryId, BTreeSet<FileHash>> = BTreeMap::new();
        for id in todo {
            let Some(place) = self.replica.place(&id).and_then(|place| self.places.get(place)) else {
                continue;
            };
            match self.stored(&id) {
                Ok(entry) if entry.personal().is_some() => {
                    files.insert(id, named_by(&entry).into_iter().map(|(hash, _)| hash).collect());
                    let (records, of) = segments.entry(place.location.segment).or_default();
                    records.insert(place.location);
                    of.push(id);
                }
                Ok(_) => {
                    self.redacted.erased.insert(id);
                }
                // It is named by the audit, and comes back without the part.
                Err(_) => {}
            }
        }
        self.redacted.waits = false;
        let mut failure = None;
        for (segment, (records, mut of)) in segments {
            let named: BTreeSet<FileHash> =
                of.iter().filter_map(|id| files.get(id)).flatten().copied().collect();
            let gone = self.remove_files(&named).unwrap_or_else(|error| {
                failure = Some(error);
                false
            });
            if !gone {
                // A part stays with its files; nobody sees it, and it leaves this home no more.
                of.retain(|id| files.get(id).is_none_or(BTreeSet::is_empty));
                self.redacted.waits |= failure.is_none();
            }
            if of.is_empty() {
                continue;
            }
            match self.rewrite(segment, &records, &of) {
                Ok(()) => self.redacted.erased.extend(of),
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(()), Err)
    }

    /// Rewrites a segment, in these of its records without the personal parts of these entries.
    fn rewrite(
        &mut self,
        segment: u32,
        records: &BTreeSet<Location>,
        of: &[EntryId],
    ) -> Result<(), StoreError> {
        let numbers = (0_u64..).zip(&self.places).filter(|(_, place)| place.location.segment == segment);
        let numbers: Vec<u64> = numbers.map(|(number, _)| number).collect();
        let bare = |location: Location, payload: &[u8]| {
            let entries = records.contains(&location).then(|| run::decode(payload).ok()).flatten()?;
            let forget = |e: Entry| if of.contains(&e.id()) { e.without_personal() } else { e };
            // A run that lost bytes is one run still.
            run::encode(&entries.into_iter().map(forget).collect::<Vec<_>>()).pop()
        };
        let bared = of.iter().filter_map(|id| self.replica.place(id)).map(|place| place as u64);
        let bared: Vec<u64> = bared.collect();
        let moved = self.store.rewrite(segment, bare, |index, moved| {
            let mut all = rows(index, moved, &numbers);
            all.extend(bared.iter().map(|number| (evidence::key(*number), None)));
            all
        })?;
        for place in &mut self.places {
            if let Some(now) = moved.get(&place.location) {
                place.location = *now;
            }
        }
        self.forget_runs();
        Ok(())
    }
}

/// The rows of these entries, with where their records lie now.
fn rows(index: &Index, moved: &BTreeMap<Location, Location>, numbers: &[u64]) -> Vec<Row> {
    let row = |number: &u64| {
        let key = [ENTRY_ROWS, &number.to_be_bytes()].concat();
        let EntryRow(segment, offset, len, place, header, gist) =
            canonical::decode(&index.get(&key).ok().flatten()?).ok()?;
        let now = moved.get(&Location { segment, offset, len })?;
        let row = EntryRow(now.segment, now.offset, now.len, place, header, gist);
        Some((key, Some(canonical::encode(&row).ok()?)))
    };
    numbers.iter().filter_map(row).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use std::fs;
    use std::path::Path;

    use aronde_protocol::authority::operation::{Found, Operation, Redact};
    use aronde_protocol::burst::{Burst, Draft};
    use aronde_protocol::document::edit::{CreateFacts, Edit};
    use aronde_protocol::document::value::Value;
    use aronde_protocol::entry::Kind;
    use aronde_protocol::federation::FederationName;
    use aronde_protocol::key::SecretKey;
    use aronde_protocol::record::contribution::ContributionFacts;
    use aronde_protocol::record::{Evidence, PersonalPart};

    use super::*;

    const NOTE: &str = "with the maker who limps";

    fn operation(said: &Operation) -> Draft {
        let facts = said.to_facts().unwrap();
        Draft { kind: said.kind(), subject: None, deps: Vec::new(), facts, personal: None }
    }

    fn record(federation: EntryId, note: &str) -> Draft {
        shows(federation, note, &[])
    }

    /// A record that shows files.
    fn shows(federation: EntryId, note: &str, files: &[(FileHash, u64)]) -> Draft {
        let facts = ContributionFacts::new("work", "1 h".parse().unwrap());
        let file = |(hash, len): &(FileHash, u64)| Evidence::File {
            hash: *hash,
            len: *len,
            media_type: "image/jpeg".into(),
        };
        let evidence = files.iter().map(file).collect();
        let personal = PersonalPart { nonce: [7; 16], note: note.into(), evidence }.encode().unwrap();
        Draft {
            kind: Kind::CONTRIBUTION,
            subject: Some(federation),
            deps: Vec::new(),
            facts: facts.encode().unwrap(),
            personal: Some(personal),
        }
    }

    /// Whether a text lies in any file under a folder.
    fn lies_in(folder: &Path, text: &str) -> bool {
        fs::read_dir(folder).unwrap().any(|item| {
            let path = item.unwrap().path();
            if path.is_dir() {
                lies_in(&path, text)
            } else {
                fs::read(path).unwrap().windows(text.len()).any(|bytes| bytes == text.as_bytes())
            }
        })
    }

    #[test]
    fn what_its_author_redacts_is_in_no_file_any_more_and_everything_else_is_where_it_was() {
        let home = tempfile::tempdir().unwrap();
        let key = SecretKey::from_seed(&[1; 32]);
        let next = SecretKey::from_seed(&[2; 32]).member().commitment();
        let found = Found { name: "Commons".into(), workshop: "Workshop North".into(), next, nonce: [0; 16] };
        let mut burst = Burst::found(&key, 1, 1_000);
        let federation = burst.add(operation(&Operation::Found(found))).unwrap();
        let name = FederationName::founded(federation);
        let (mut entries, _) = Entries::open(home.path(), name).unwrap();
        entries.receive(burst.sign()).unwrap();

        let mut burst = Burst::begin(entries.replica(), &key, 2, 2_000);
        let before = burst.add(record(federation, "stays")).unwrap();
        let redacted = burst.add(record(federation, NOTE)).unwrap();
        let after = burst.add(record(federation, "stays too")).unwrap();
        let chain = burst.sign();
        let whole = chain.clone();
        entries.receive(chain).unwrap();
        assert!(lies_in(home.path(), NOTE));

        let mut burst = Burst::begin(entries.replica(), &key, 1, 3_000);
        let redact = Redact { under: federation, entry: redacted };
        burst.add(operation(&Operation::Redact(redact))).unwrap();
        entries.receive(burst.sign()).unwrap();
        let check = |entries: &Entries| {
            assert!(!lies_in(home.path(), NOTE));
            let note = |id: &EntryId| entries.entry(id).unwrap().personal().and_then(PersonalPart::read);
            assert_eq!(note(&before).unwrap().note, "stays");
            assert_eq!(note(&redacted), None);
            assert_eq!(note(&after).unwrap().note, "stays too");
            assert!(entries.entry(&after).unwrap().signature_holds());
            let sent = entries.runs(&[before, redacted, after], usize::MAX).0;
            assert!(!sent.concat().windows(NOTE.len()).any(|bytes| bytes == NOTE.as_bytes()));
        };
        check(&entries);
        drop(entries);

        // With the index that was told, and with one that is made anew.
        let (entries, opened) = Entries::open(home.path(), name).unwrap();
        assert_eq!((opened.rebuild, opened.damage.len()), (None, 0));
        check(&entries);
        drop(entries);
        fs::remove_dir_all(home.path().join("index")).unwrap();
        let (mut entries, opened) = Entries::open(home.path(), name).unwrap();
        assert_eq!(opened.damage.len(), 0);
        check(&entries);

        // It comes again from a backup, whole: it is held, and the part is not taken.
        assert_eq!(entries.receive(whole).unwrap().fresh.len(), 0);
        check(&entries);
    }

    /// A home with a founding entry, its founder's key, and the federation.
    fn founded() -> (tempfile::TempDir, Entries, SecretKey, FederationName) {
        let home = tempfile::tempdir().unwrap();
        let key = SecretKey::from_seed(&[1; 32]);
        let next = SecretKey::from_seed(&[2; 32]).member().commitment();
        let found = Found { name: "Commons".into(), workshop: "Workshop North".into(), next, nonce: [0; 16] };
        let mut burst = Burst::found(&key, 1, 1_000);
        let federation = burst.add(operation(&Operation::Found(found))).unwrap();
        let name = FederationName::founded(federation);
        let (mut entries, _) = Entries::open(home.path(), name).unwrap();
        entries.receive(burst.sign()).unwrap();
        (home, entries, key, name)
    }

    fn write(entries: &mut Entries, key: &SecretKey, log: u64, drafts: Vec<Draft>) -> Vec<EntryId> {
        let mut burst = Burst::begin(entries.replica(), key, log, 2_000);
        let ids = drafts.into_iter().map(|draft| burst.add(draft).unwrap()).collect();
        entries.receive(burst.sign()).unwrap();
        ids
    }

    fn redacts(entries: &mut Entries, key: &SecretKey, under: EntryId, entry: EntryId) {
        write(entries, key, 1, vec![operation(&Operation::Redact(Redact { under, entry }))]);
    }

    #[test]
    fn a_file_goes_with_the_last_part_that_names_it_and_stays_where_a_document_does() {
        let (home, mut entries, key, name) = founded();
        let under = name.founding;
        let files = entries.store().files().clone();
        let put = |bytes: &[u8]| files.put_reader(bytes).unwrap();
        let photo = put(b"the maker who limps, at the bench");
        let shared = put(b"a delivery note with a name");
        let drawing = put(b"a drawing of the bench");
        let fields = [
            ("file".to_owned(), Value::File(drawing.0).into()),
            ("len".to_owned(), Value::Integer(22).into()),
        ];
        let add = Edit::Add { list: "files".into(), order: "m".into(), fields: fields.into() };
        let create = CreateFacts { under, kind: "design".into(), schema: 1, edits: vec![add.into()] };
        let create = Draft {
            kind: Kind::CREATE,
            subject: None,
            deps: Vec::new(),
            facts: canonical::encode(&create).unwrap(),
            personal: None,
        };
        let records =
            vec![shows(under, "first", &[photo, shared, drawing]), shows(under, "second", &[shared]), create];
        let ids = write(&mut entries, &key, 2, records);
        let named =
            |entries: &mut Entries| [photo, shared, drawing].map(|(hash, _)| entries.names_file(&hash));
        let there = || [photo, shared, drawing].map(|(hash, _)| files.has(hash));
        assert_eq!((named(&mut entries), there()), ([true; 3], [true; 3]));

        redacts(&mut entries, &key, under, ids[0]);
        let left = [false, true, true];
        assert_eq!((named(&mut entries), there()), (left, left));
        assert!(!lies_in(home.path(), "the maker who limps"));
        drop(entries);
        for index in [true, false] {
            if !index {
                fs::remove_dir_all(home.path().join("index")).unwrap();
            }
            let (mut entries, _) = Entries::open(home.path(), name).unwrap();
            assert_eq!((named(&mut entries), there()), (left, left));
            assert_eq!(entries.files().len(), 2);
        }
        let (mut entries, _) = Entries::open(home.path(), name).unwrap();
        redacts(&mut entries, &key, under, ids[1]);
        let left = [false, false, true];
        assert_eq!((named(&mut entries), there()), (left, left));
    }

    /// As a crash leaves it between the redaction and what it asks for.
    #[test]
    fn what_could_not_be_erased_is_erased_at_the_next_start_with_its_files() {
        let (home, mut entries, key, name) = founded();
        let files = entries.store().files().clone();
        let (photo, len) = files.put_reader(NOTE.as_bytes()).unwrap();
        let ids = write(&mut entries, &key, 2, vec![shows(name.founding, NOTE, &[(photo, len)])]);
        let taking = files.taking_in();
        redacts(&mut entries, &key, name.founding, ids[0]);
        assert!(files.has(photo) && lies_in(home.path(), NOTE), "a file may be named in a moment");
        assert!(!entries.names_file(&photo), "and yet it is neither fetched nor told of");
        assert_eq!(entries.entry(&ids[0]).unwrap().personal(), None);
        let sent = entries.runs(&ids, usize::MAX).0.concat();
        assert!(!sent.windows(NOTE.len()).any(|bytes| bytes == NOTE.as_bytes()));
        drop((entries, taking));

        let (entries, _) = Entries::open(home.path(), name).unwrap();
        assert!(!files.has(photo) && !lies_in(home.path(), NOTE));
        assert_eq!(entries.entry(&ids[0]).unwrap().personal(), None);
        drop(entries);

        // The file went, and then the power.
        let (home, mut entries, key, name) = founded();
        let ids = write(&mut entries, &key, 2, vec![shows(name.founding, NOTE, &[(photo, len)])]);
        redacts(&mut entries, &key, name.founding, ids[0]);
        assert!(!lies_in(home.path(), NOTE), "a file that is not there is in nobody's way");
    }

    #[test]
    fn what_waited_while_files_were_taken_in_goes_with_the_next_entry_or_when_it_is_looked_for() {
        let (home, mut entries, key, name) = founded();
        let files = entries.store().files().clone();
        let (photo, len) = files.put_reader(NOTE.as_bytes()).unwrap();
        let ids = write(&mut entries, &key, 2, vec![shows(name.founding, NOTE, &[(photo, len)])]);
        let taking = files.taking_in();
        redacts(&mut entries, &key, name.founding, ids[0]);
        drop(taking);
        assert!(files.has(photo));
        write(&mut entries, &key, 2, vec![record(name.founding, "of something else")]);
        assert!(!files.has(photo) && !lies_in(home.path(), NOTE));

        let (photo, len) = files.put_reader(NOTE.as_bytes()).unwrap();
        let ids = write(&mut entries, &key, 2, vec![shows(name.founding, NOTE, &[(photo, len)])]);
        let taking = files.taking_in();
        redacts(&mut entries, &key, name.founding, ids[0]);
        entries.erase_what_waits();
        assert!(files.has(photo));
        drop(taking);
        entries.erase_what_waits();
        assert!(!files.has(photo) && !lies_in(home.path(), NOTE));
    }
}

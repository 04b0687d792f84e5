//! Redactions, obeyed: what is hidden is shown to nobody, what is forgotten is erased from the journal.
//!
//! Invariants: what is forgotten leaves this home no more, erased already or not; a start erases what an earlier
//! one could not. Erasing rewrites the segments of the journal in which the parts lie.

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::canonical;
use aronde_protocol::entry::Entry;
use aronde_protocol::id::EntryId;
use aronde_protocol::replica::Redaction;
use aronde_protocol::run;

use super::{ENTRY_ROWS, Entries, EntryRow};
use crate::store::{Index, Location, Row, StoreError};

/// What was redacted, as this home obeys it.
#[derive(Default)]
pub(super) struct Redacted {
    /// Whose personal part is shown to nobody.
    parts: BTreeMap<EntryId, Redaction>,
    /// Whose personal part is known to be erased.
    erased: BTreeSet<EntryId>,
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
        if let Err(error) = self.erase() {
            tracing::warn!(%error, "redacted parts could not be erased; this is tried again at the next start");
        }
    }

    /// Erases what is forgotten and lies in the journal still.
    fn erase(&mut self) -> Result<(), StoreError> {
        let forgotten =
            self.redacted.parts.iter().filter(|(_, redaction)| **redaction == Redaction::Forgotten);
        let todo: Vec<EntryId> =
            forgotten.map(|(id, _)| *id).filter(|id| !self.redacted.erased.contains(id)).collect();
        let mut segments: BTreeMap<u32, (BTreeSet<Location>, Vec<EntryId>)> = BTreeMap::new();
        for id in todo {
            let Some(place) = self.replica.place(&id).and_then(|place| self.places.get(place)) else {
                continue;
            };
            match self.stored(&id) {
                Ok(entry) if entry.personal().is_some() => {
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
        let mut failure = None;
        for (segment, (records, of)) in segments {
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
        let moved = self.store.rewrite(segment, bare, |index, moved| rows(index, moved, &numbers))?;
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
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
    use std::path::Path;

    use aronde_protocol::authority::operation::{Found, Operation, Redact};
    use aronde_protocol::burst::{Burst, Draft};
    use aronde_protocol::entry::Kind;
    use aronde_protocol::federation::FederationName;
    use aronde_protocol::key::SecretKey;
    use aronde_protocol::record::PersonalPart;
    use aronde_protocol::record::contribution::ContributionFacts;

    use super::*;

    const NOTE: &str = "with the maker who limps";

    fn operation(said: &Operation) -> Draft {
        let facts = said.to_facts().unwrap();
        Draft { kind: said.kind(), subject: None, deps: Vec::new(), facts, personal: None }
    }

    fn record(federation: EntryId, note: &str) -> Draft {
        let facts = ContributionFacts::new("work", "1 h".parse().unwrap());
        let personal =
            PersonalPart { nonce: [7; 16], note: note.into(), evidence: Vec::new() }.encode().unwrap();
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
}

//! Everything held, judged again from raw bytes by a replica that knows nothing.
//!
//! Nothing that opening believed is believed here: not the index, not what is in memory. An entry is taken in where its
//! whole past lies before it, as at a start, so a journal of any length needs no more memory than a replica.

use std::collections::{BTreeSet, HashMap, HashSet};

use aronde_protocol::document::DocumentEntry;
use aronde_protocol::document::materialise::Document;
use aronde_protocol::entry::{Class, Entry};
use aronde_protocol::id::EntryId;
use aronde_protocol::replica::{Replica, Whole};

use super::super::entries::Entries;
use super::super::ledger::odd::evidence;
use super::super::losses::Losses;
use super::found::Report;
use super::raw;
use crate::api::ServiceError;
use crate::store::Position;

/// What shows the records held, as far as it can be compared, by record; nothing of what was redacted.
pub type Shown = HashMap<EntryId, BTreeSet<String>>;

/// What is kept of entries beside what a replica keeps: their parts are read once.
#[derive(Default)]
struct Parts {
    documents: HashMap<EntryId, DocumentEntry>,
    shown: Shown,
    /// Those whose personal part lies in the journal, and those that name one that doesn't.
    personal: HashSet<EntryId>,
    bare: BTreeSet<EntryId>,
}

impl Parts {
    fn note(&mut self, entry: &Entry) {
        let id = entry.id();
        if entry.lacks_personal() {
            self.bare.insert(id);
        }
        if entry.personal().is_some() {
            self.personal.insert(id);
            self.bare.remove(&id);
        }
        match entry.header().kind.class() {
            Class::Document => {
                self.documents.insert(id, DocumentEntry::of(entry));
            }
            Class::Record => {
                self.shown.extend(evidence(entry).map(|shown| (id, shown)));
            }
            _ => {}
        }
    }
}

/// Checks all that a home holds, but for its files. Answers what shows the records.
///
/// # Errors
/// The journal can't be read at all, or what was lost can't be written down.
pub fn check(held: &Entries, losses: &mut Losses, report: &mut Report) -> Result<Shown, ServiceError> {
    let mut whole = Whole::new(held.replica().federation());
    let mut parts = Parts::default();
    // Readable, and not taken in: their past is not before them.
    let mut apart: HashSet<EntryId> = HashSet::new();
    raw::each(held, Position::START, losses, report, |report, (entry, signed)| {
        let id = entry.id();
        if whole.holds(&id) {
            // Another copy, of what was lost for a while.
            if signed {
                whole.witness(&id);
            }
            if entry.personal().is_some() {
                parts.note(&entry);
            }
            return;
        }
        if !whole.holds_past_of(&entry) {
            apart.insert(id);
            return;
        }
        report.checked.entries += 1;
        report.checked.signatures += u64::from(entry.signature().is_some());
        if entry.signature().is_some() && !signed {
            report.bad_signature(id);
        }
        parts.note(&entry);
        match whole.take(entry, signed) {
            Ok(()) => {
                apart.remove(&id);
            }
            Err(refusal) => report.fault("refused-entry", Some(id.to_string()), &refusal.to_string()),
        }
    })?;
    report.losses(held, losses);
    let (again, unvouched) = whole.judge_vouched(held.replica().follows());
    apart.extend(unvouched);
    compare(held.replica(), &again, &apart, report);
    personal(&again, &parts, report);
    documents(&again, &mut parts.documents, report);
    report.checked.logs = again.logs().count() as u64;
    report.checked.records = again.records().count() as u64;
    for fork in again.forks() {
        report.fork(&fork);
    }
    for parked in again.held() {
        report.parked(parked);
    }
    parts.shown.retain(|id, _| again.holds(id) && again.redaction(id).is_none());
    Ok(parts.shown)
}

/// Whether this home says of each entry what comes out.
fn compare(held: &Replica, again: &Replica, apart: &HashSet<EntryId>, report: &mut Report) {
    for entry in held.held() {
        match again.get(&entry.id) {
            Some(judged) if judged.verdict == entry.verdict => {}
            Some(_) => report.fault(
                "wrong-verdict",
                Some(entry.id.to_string()),
                "judged from raw bytes it counts otherwise than this node says; start the node again",
            ),
            None if apart.contains(&entry.id) => report.fault(
                "not-held",
                Some(entry.id.to_string()),
                "its past or its voucher is damaged or missing in the journal; it comes back with them from a peer",
            ),
            None => {}
        }
    }
}

fn personal(again: &Replica, parts: &Parts, report: &mut Report) {
    for (id, redaction) in again.redacted() {
        report.redacted(id, redaction, parts.personal.contains(&id));
    }
    for id in parts.bare.iter().filter(|id| again.holds(id) && again.redaction(id).is_none()) {
        report.missing_personal(*id);
    }
}

fn documents(again: &Replica, read: &mut HashMap<EntryId, DocumentEntry>, report: &mut Report) {
    for document in again.documents() {
        report.checked.documents += 1;
        let of: Vec<DocumentEntry> = again.document(&document).filter_map(|h| read.remove(&h.id)).collect();
        match Document::of(document, &of) {
            Ok(read) => {
                for skipped in read.skipped {
                    report.skipped_edit(skipped.entry, skipped.why);
                }
            }
            Err(error) => report.fault("damaged-document", Some(document.to_string()), &error.to_string()),
        }
    }
}

//! What came since an earlier audit: what lies in the journal behind its mark, whatever the entries claim of their
//! time.
//!
//! Checked again from raw bytes: records, hashes, signatures, what vouches, and the door of each new entry; the
//! documents that they touch; the files that they name; personal parts that they took away. Taken from the node that
//! runs: whether an entry counts, and what an earlier entry turned to. Deliberately absent: all that hangs on everything
//! held, such as verdicts judged anew and what is odd in the ledger: an audit of everything says it.

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::authority::operation::Operation;
use aronde_protocol::document::DocumentEntry;
use aronde_protocol::document::materialise::Document;
use aronde_protocol::entry::{Class, Entry};
use aronde_protocol::id::{DocumentId, EntryId, FileHash};
use aronde_protocol::replica::{Held, unvouched};

use super::super::entries::Entries;
use super::super::losses::Losses;
use super::super::named_files;
use super::found::{DAMAGED_ENTRY, Report};
use super::raw;
use crate::api::ServiceError;
use crate::store::Position;

/// Checks what lies behind a position. Answers the files that are named there.
///
/// # Errors
/// The journal can't be read at all, or what was lost can't be written down.
pub fn check(
    held: &Entries,
    from: Position,
    losses: &mut Losses,
    report: &mut Report,
) -> Result<BTreeMap<FileHash, u64>, ServiceError> {
    let replica = held.replica();
    let mut ids = BTreeSet::new();
    let mut new: Vec<Entry> = Vec::new();
    raw::each(held, from, losses, report, |report, (entry, signed)| {
        let id = entry.id();
        // What is not held was never acknowledged, and a second copy says nothing new.
        let Some(known) = replica.get(&id).filter(|_| ids.insert(id)) else { return };
        report.checked.entries += 1;
        report.checked.signatures += u64::from(entry.signature().is_some());
        let bad = entry.signature().is_some() && !signed;
        if bad {
            report.bad_signature(id);
        }
        match replica.passes(&entry) {
            Ok(gist) if gist == known.gist => {}
            Ok(_) => report.fault(
                "wrong-verdict",
                Some(id.to_string()),
                "its bytes say otherwise than this node remembers; start the node again",
            ),
            Err(refusal) => report.fault("refused-entry", Some(id.to_string()), &refusal.to_string()),
        }
        new.push(if bad { entry.with_signature(None) } else { entry });
    })?;
    report.losses(held, losses);
    for id in unvouched(&new) {
        let what = "it has no signature that counts, and no entry here vouches for it";
        report.fault("not-vouched", Some(id.to_string()), what);
    }
    let known: Vec<&Held> = new.iter().filter_map(|entry| replica.get(&entry.id())).collect();
    personal(held, &new, report);
    let logs: BTreeSet<_> = known.iter().map(|held| (held.author, held.header.log)).collect();
    report.checked.logs = logs.len() as u64;
    report.checked.records =
        known.iter().filter(|held| held.header.kind.class() == Class::Record).count() as u64;
    let mut files: BTreeMap<FileHash, u64> =
        new.iter().flat_map(|entry| named_files::of(entry).whole).collect();
    files.extend(documents(held, &known, &ids, report));
    forks(held, &known, report);
    for new in &known {
        report.parked(new);
    }
    Ok(files)
}

/// Personal parts of new entries, and those that new redactions took away.
fn personal(held: &Entries, new: &[Entry], report: &mut Report) {
    let replica = held.replica();
    for entry in new {
        match replica.redaction(&entry.id()) {
            Some(redaction) => report.redacted(entry.id(), redaction, entry.personal().is_some()),
            None if entry.lacks_personal() => report.missing_personal(entry.id()),
            None => {}
        }
    }
    let ids: BTreeSet<EntryId> = new.iter().map(Entry::id).collect();
    let named = new.iter().filter_map(|entry| match replica.get(&entry.id())?.gist.operation()? {
        Operation::Redact(redact) => Some(redact.entry),
        _ => None,
    });
    for id in named.filter(|id| !ids.contains(id)).collect::<BTreeSet<_>>() {
        let Some(redaction) = replica.redaction(&id) else { continue };
        match held.stored(&id) {
            Ok(entry) => report.redacted(id, redaction, entry.personal().is_some()),
            Err(error) => report.fault(DAMAGED_ENTRY, Some(id.to_string()), &error.to_string()),
        }
    }
}

/// Rebuilds the documents that new entries touch. Answers the files in them whose length only they know.
fn documents(
    held: &Entries,
    known: &[&Held],
    new: &BTreeSet<EntryId>,
    report: &mut Report,
) -> BTreeMap<FileHash, u64> {
    let replica = held.replica();
    let of_class = known.iter().filter(|held| held.header.kind.class() == Class::Document);
    let touched: BTreeSet<DocumentId> = of_class.map(|held| held.header.subject.unwrap_or(held.id)).collect();
    let mut files = BTreeMap::new();
    for document in touched {
        if !replica.get(&document).is_some_and(|first| first.verdict.counts()) {
            continue;
        }
        report.checked.documents += 1;
        let mut entries = Vec::new();
        for part in replica.document(&document) {
            match held.stored(&part.id) {
                Ok(entry) => entries.push(DocumentEntry::of(&entry)),
                Err(error) => report.fault(DAMAGED_ENTRY, Some(part.id.to_string()), &error.to_string()),
            }
        }
        match Document::of(document, &entries) {
            Ok(read) => {
                files.extend(named_files::in_document(&read));
                for skipped in read.skipped.into_iter().filter(|skipped| new.contains(&skipped.entry)) {
                    report.skipped_edit(skipped.entry, skipped.why);
                }
            }
            Err(error) => report.fault("damaged-document", Some(document.to_string()), &error.to_string()),
        }
    }
    files
}

/// Forks at places where a new entry lies.
fn forks(held: &Entries, known: &[&Held], report: &mut Report) {
    let replica = held.replica();
    let parts = |new: &Held| replica.beside(new).len() > 1;
    let parted: BTreeSet<EntryId> = known.iter().filter(|new| parts(new)).map(|new| new.id).collect();
    // All forks are listed only when there is one.
    let all = if parted.is_empty() { Vec::new() } else { replica.forks() };
    for fork in all.iter().filter(|fork| fork.entries.iter().any(|id| parted.contains(id))) {
        report.fork(fork);
    }
}

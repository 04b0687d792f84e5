//! `audit`: everything held, checked again from raw bytes.
//!
//! Nothing that opening believed is believed here: not the index, not what is in memory. Each record of
//! the journal is read and hashed, each signature verified, each log followed from head to start, what
//! counts judged again from scratch, each document rebuilt, each file hashed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aronde_protocol::document::DocumentEntry;
use aronde_protocol::document::materialise::Document;
use aronde_protocol::entry::Entry;
use aronde_protocol::id::{EntryId, FileHash};
use aronde_protocol::replica::{Redaction, Replica};
use aronde_protocol::run;

use super::Commons;
use super::entries::Entries;
use super::ledger::odd::evidence;
use super::losses::Losses;
use crate::api::{AuditAnswer, Checked, Finding, ServiceError};
use crate::store::files::Verdict;
use crate::store::{Damage, Found, Location};

mod bundle;
mod fresh;
mod report;

impl Commons {
    /// `audit`.
    pub(super) fn audit(&self) -> Result<AuditAnswer, ServiceError> {
        let (mut report, wanted) = {
            let mut entries = self.entries();
            let (mut report, shown) = audit_entries(&entries, &mut Losses::open(self.home.path()))?;
            match self.odd(&mut entries, &shown) {
                Ok(odd) => report.findings.extend(odd),
                // What can't be read is named above.
                Err(error) => report.note("ledger-not-read", None, error.to_string()),
            }
            (report, entries.files())
        };
        self.audit_files(&wanted, &mut report)?;
        Ok(AuditAnswer { ok: report.ok, checked: report.checked, findings: report.findings })
    }

    fn audit_files(&self, wanted: &BTreeMap<FileHash, u64>, report: &mut Report) -> Result<(), ServiceError> {
        for (hash, _) in self.files.list()? {
            report.checked.files += 1;
            if self.files.check(hash) != Verdict::Sound {
                report.fault(
                    "damaged-file",
                    Some(hash.to_string()),
                    "its bytes are not those that its name says; it is fetched again from a peer that has it: aronde sync",
                );
                if let Err(error) = self.files.set_aside(hash) {
                    tracing::warn!(%error, "a damaged file could not be set aside");
                }
            }
        }
        let absent = wanted.keys().filter(|hash| !self.files.has(**hash));
        for hash in absent {
            report.note(
                "missing-file",
                Some(hash.to_string()),
                "it is named by a design and is not here yet".into(),
            );
        }
        Ok(())
    }
}

/// The kind of a finding about an entry whose record is damaged.
const DAMAGED_ENTRY: &str = "damaged-entry";

#[derive(Default)]
struct Report {
    ok: bool,
    checked: Checked,
    findings: Vec<Finding>,
}

impl Report {
    /// Something held fails its check.
    fn fault(&mut self, kind: &str, entry: Option<String>, what: &str) {
        self.ok = false;
        self.note(kind, entry, what.to_owned());
    }

    /// Something to look at that is no fault.
    fn note(&mut self, kind: &str, entry: Option<String>, what: String) {
        self.findings.push(Finding { kind: kind.to_owned(), entry, what });
    }
}

/// What shows the records held, as far as it can be compared, by record; nothing of what was redacted.
type Shown = HashMap<EntryId, BTreeSet<String>>;

fn audit_entries(held: &Entries, losses: &mut Losses) -> Result<(Report, Shown), ServiceError> {
    let mut report = Report { ok: true, ..Report::default() };
    let mut found: Vec<Entry> = Vec::new();
    let mut ids: BTreeSet<EntryId> = BTreeSet::new();
    for piece in held.store().scan() {
        match piece? {
            Found::Record { location, payload } => match run::decode(&payload) {
                Ok(entries) => found.extend(entries.into_iter().filter(|e| ids.insert(e.id()))),
                Err(error) => {
                    let what = format!("a record of the journal holds no entries: {error}");
                    let Location { segment, offset, len } = location;
                    let lay_there = held.within(&Damage { segment, offset, len, what: what.clone() });
                    report.fault(DAMAGED_ENTRY, lay_there.first().map(ToString::to_string), &what);
                }
            },
            Found::Damage(damage) => damaged(held, &damage, losses, &mut report)?,
        }
    }
    // Whether or not the damage still shows: a tail that was damaged may have been cut as torn since.
    for id in losses.entries().filter(|id| !held.replica().holds(id)) {
        let what =
            "it lay in a damaged stretch of the journal and is not back yet: sync with a peer that holds it";
        report.fault("lost-entry", Some(id.to_string()), what);
    }
    for entry in &found {
        report.checked.entries += 1;
        if entry.signature().is_some() {
            report.checked.signatures += 1;
            if !entry.signature_holds() {
                report.fault(
                    "bad-signature",
                    Some(entry.id().to_string()),
                    "its signature is not its author's",
                );
            }
        }
    }
    // Judged again by a replica that knows nothing: it checks authenticity, logs, the past, rights.
    let mut again = Replica::new(held.replica().federation());
    let entries: HashMap<EntryId, Entry> = found.iter().map(|e| (e.id(), e.clone())).collect();
    let whole: BTreeSet<EntryId> = found.iter().filter(|e| e.personal().is_some()).map(Entry::id).collect();
    let received = again.receive(found);
    for (id, refusal) in received.refused {
        report.fault("refused-entry", Some(id.to_string()), &refusal.to_string());
    }
    for entry in held.replica().held() {
        match again.get(&entry.id) {
            Some(judged) if judged.verdict == entry.verdict => {}
            Some(_) => report.fault(
                "wrong-verdict",
                Some(entry.id.to_string()),
                "judged from raw bytes it counts otherwise than this node says; start the node again",
            ),
            None if entries.contains_key(&entry.id) => report.fault(
                "not-held",
                Some(entry.id.to_string()),
                "its past or its voucher is damaged or missing in the journal; it comes back with them from a peer",
            ),
            None => {}
        }
    }
    for (id, redaction) in again.redacted() {
        if redaction == Redaction::Forgotten && whole.contains(&id) {
            let what =
                "its personal part is to be forgotten and lies in the journal still; start the node again";
            report.fault("not-erased", Some(id.to_string()), what);
        } else {
            let what = match redaction {
                Redaction::Forgotten => "its personal part was redacted and is erased",
                Redaction::Hidden => {
                    "its personal part was redacted; it is erased when a charter covers that"
                }
            };
            report.note("redacted", Some(id.to_string()), what.to_owned());
        }
    }
    report.checked.logs = again.logs().count() as u64;
    for document in again.documents() {
        report.checked.documents += 1;
        let of = again.document(&document).filter_map(|h| entries.get(&h.id)).map(DocumentEntry::of);
        match Document::of(document, &of.collect::<Vec<_>>()) {
            Ok(read) => {
                for skipped in read.skipped {
                    let what =
                        format!("an edit of it does not fit the document and has no effect: {}", skipped.why);
                    report.note("skipped-edit", Some(skipped.entry.to_string()), what);
                }
            }
            Err(error) => report.fault("damaged-document", Some(document.to_string()), &error.to_string()),
        }
    }
    report.checked.records = again.records().count() as u64;
    for fork in again.forks() {
        let known = if fork.healed.is_some() { ", which its owner knows and left" } else { "" };
        let what = format!(
            "{} wrote {} entries at place {} of log {}: evidence that one log has two hands or was rolled back{known}; see aronde forks",
            fork.author.short(),
            fork.entries.len(),
            fork.seq,
            fork.log
        );
        report.note("fork", fork.entries.first().map(ToString::to_string), what);
    }
    for parked in again.held() {
        if let aronde_protocol::acceptance::Verdict::Parked(reason) = parked.verdict {
            report.note("parked", Some(parked.id.to_string()), reason.to_string());
        }
    }
    let records = again.records().filter(|record| again.redaction(&record.id).is_none());
    let shown = records.filter_map(|record| Some((record.id, evidence(entries.get(&record.id)?)?)));
    let shown = shown.collect();
    Ok((report, shown))
}

/// Names what a damaged stretch of the journal held: by what the index knows of it, else by what an
/// earlier audit remembered. It is a fault until all of it is held again.
fn damaged(
    held: &Entries,
    damage: &Damage,
    losses: &mut Losses,
    report: &mut Report,
) -> Result<(), ServiceError> {
    let lost = held.within(damage);
    if !lost.is_empty() {
        losses.remember(damage, &lost)?;
        held.store().distrust_index()?;
        for id in lost {
            let what = format!(
                "{damage}; after the next start it is fetched from a peer that holds it: aronde sync"
            );
            report.fault(DAMAGED_ENTRY, Some(id.to_string()), &what);
        }
        return Ok(());
    }
    match losses.of(damage) {
        None => {
            let what =
                format!("{damage}; what lay there is not known, since the index was made anew after it");
            report.fault("damaged-journal", None, &what);
        }
        Some(lay_there) => {
            if lay_there.iter().all(|id| held.replica().holds(id)) {
                report.note("damaged-journal", None, format!("{damage}; all that lay there is held again"));
            }
        }
    }
    Ok(())
}

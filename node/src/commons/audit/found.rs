//! What an audit has found so far, and how it says what is found by more than one of its parts.

use aronde_protocol::acceptance::Verdict;
use aronde_protocol::id::EntryId;
use aronde_protocol::replica::{Fork, Held, Redaction};

use super::super::entries::Entries;
use super::super::losses::Losses;
use crate::api::{Checked, Finding, ServiceError};
use crate::store::Damage;

/// The kind of a finding about an entry whose record is damaged.
pub const DAMAGED_ENTRY: &str = "damaged-entry";

/// See the module.
#[derive(Debug)]
pub struct Report {
    /// Whether nothing held fails its check.
    pub ok: bool,
    /// How much was checked.
    pub checked: Checked,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Default for Report {
    fn default() -> Self {
        Self { ok: true, checked: Checked::default(), findings: Vec::new() }
    }
}

impl Report {
    /// Something held fails its check.
    pub fn fault(&mut self, kind: &str, entry: Option<String>, what: &str) {
        self.ok = false;
        self.note(kind, entry, what.to_owned());
    }

    /// Something to look at that is no fault.
    pub fn note(&mut self, kind: &str, entry: Option<String>, what: String) {
        self.findings.push(Finding { kind: kind.to_owned(), entry, what });
    }

    /// A signature that does not hold.
    pub fn bad_signature(&mut self, id: EntryId) {
        self.fault("bad-signature", Some(id.to_string()), "its signature is not its author's");
    }

    /// What became of a personal part that was redacted; `here` says whether it lies in the journal.
    pub fn redacted(&mut self, id: EntryId, redaction: Redaction, here: bool) {
        let id = Some(id.to_string());
        match redaction {
            Redaction::Forgotten if here => self.fault(
                "not-erased",
                id,
                "its personal part is to be forgotten and lies in the journal still; start the node again",
            ),
            Redaction::Forgotten => {
                self.note("redacted", id, "its personal part was redacted and is erased".into());
            }
            Redaction::Hidden => self.note(
                "redacted",
                id,
                "its personal part was redacted; it is erased when a charter covers that".into(),
            ),
        }
    }

    /// A personal part that nobody took away and that isn't here.
    pub fn missing_personal(&mut self, id: EntryId) {
        let what = "its personal part is not here, and no redaction took it away";
        self.fault("missing-personal", Some(id.to_string()), what);
    }

    /// A log that parts.
    pub fn fork(&mut self, fork: &Fork) {
        let known = if fork.healed.is_some() { ", which its owner knows and left" } else { "" };
        let what = format!(
            "{} wrote {} entries at place {} of log {}: evidence that one log has two hands or was rolled back{known}; see aronde forks",
            fork.author.short(),
            fork.entries.len(),
            fork.seq,
            fork.log
        );
        self.note("fork", fork.entries.first().map(ToString::to_string), what);
    }

    /// An entry that does not count, with the reason.
    pub fn parked(&mut self, held: &Held) {
        if let Verdict::Parked(reason) = held.verdict {
            self.note("parked", Some(held.id.to_string()), reason.to_string());
        }
    }

    /// An edit that a document could not take.
    pub fn skipped_edit(&mut self, id: EntryId, why: impl std::fmt::Display) {
        let what = format!("an edit of it does not fit the document and has no effect: {why}");
        self.note("skipped-edit", Some(id.to_string()), what);
    }

    /// Names what a damaged stretch of the journal held: by what the index knows of it, else by what an
    /// earlier audit remembered. It is a fault until all of it is held again.
    ///
    /// # Errors
    /// What was lost can't be written down.
    pub fn damage(
        &mut self,
        held: &Entries,
        damage: &Damage,
        losses: &mut Losses,
    ) -> Result<(), ServiceError> {
        let lost = held.within(damage);
        if !lost.is_empty() {
            losses.remember(damage, &lost)?;
            held.store().distrust_index()?;
            for id in lost {
                let what = format!(
                    "{damage}; after the next start it is fetched from a peer that holds it: aronde sync"
                );
                self.fault(DAMAGED_ENTRY, Some(id.to_string()), &what);
            }
            return Ok(());
        }
        match losses.of(damage) {
            None => {
                let what =
                    format!("{damage}; what lay there is not known, since the index was made anew after it");
                self.fault("damaged-journal", None, &what);
            }
            Some(lay_there) => {
                if lay_there.iter().all(|id| held.replica().holds(id)) {
                    self.note("damaged-journal", None, format!("{damage}; all that lay there is held again"));
                }
            }
        }
        Ok(())
    }

    /// What an earlier audit found lost and is not back, whether or not the damage still shows: a tail that was
    /// damaged may have been cut as torn since.
    pub fn losses(&mut self, held: &Entries, losses: &Losses) {
        for id in losses.entries().filter(|id| !held.replica().holds(id)) {
            let what = "it lay in a damaged stretch of the journal and is not back yet: sync with a peer that holds it";
            self.fault("lost-entry", Some(id.to_string()), what);
        }
    }
}

//! `audit`: everything held, checked again from raw bytes; or what came since an audit that ended well.
//!
//! Each record of the journal is read and hashed, each signature verified, each log followed from head to start, what
//! counts judged again from scratch, each document rebuilt, each file hashed. What an audit of a part leaves out
//! is said in [`since`].

use std::collections::BTreeMap;

use aronde_protocol::id::FileHash;
use jiff::Timestamp;

use super::Commons;
use super::losses::Losses;
use crate::api::{Audit, AuditAnswer, ServiceError};
use crate::store::files::Verdict;

mod bundle;
mod checkpoints;
mod found;
mod fresh;
mod marks;
mod raw;
mod report;
mod since;
mod whole;

use found::Report;
use marks::{Mark, Marks};

impl Commons {
    /// `audit`.
    pub(super) fn audit(&self, asked: &Audit) -> Result<AuditAnswer, ServiceError> {
        let marks = Marks::open(self.home.path());
        let mut report = Report::default();
        let mut losses = Losses::open(self.home.path());
        let mut entries = self.entries();
        let begun = match asked.since.map(|since| marks.up_to(since, &entries)).transpose() {
            Ok(mark) => mark.cloned(),
            Err(why) => {
                report.note("all-checked", None, why.to_string());
                None
            }
        };
        let (mark, wanted) = if let Some(begun) = &begun {
            let files = since::check(&entries, begun.position(), &mut losses, &mut report)?;
            (Mark::of(&entries, Timestamp::now(), Some(begun)), files)
        } else {
            let shown = whole::check(&entries, &mut losses, &mut report)?;
            checkpoints::check(entries.replica(), self.member(), &mut report);
            match self.odd(&mut entries, &shown) {
                Ok(odd) => report.findings.extend(odd),
                // What can't be read is named above.
                Err(error) => report.note("ledger-not-read", None, error.to_string()),
            }
            (Mark::of(&entries, Timestamp::now(), None), entries.files())
        };
        drop(entries);
        if begun.is_some() {
            self.audit_files(wanted.keys().copied().filter(|hash| self.files.has(*hash)), &mut report);
        } else {
            self.audit_files(self.files.list()?.into_iter().map(|(hash, _)| hash), &mut report);
        }
        self.missing_files(&wanted, &mut report);
        if report.ok
            && let Err(error) = marks.remember(mark)
        {
            tracing::warn!(?error, "that this audit ended well could not be written down");
        }
        let Report { ok, checked, findings } = report;
        Ok(AuditAnswer { ok, checked, findings, since: begun.map(|begun| begun.told()) })
    }

    fn audit_files(&self, files: impl Iterator<Item = FileHash>, report: &mut Report) {
        for hash in files {
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
    }

    fn missing_files(&self, wanted: &BTreeMap<FileHash, u64>, report: &mut Report) {
        for hash in wanted.keys().filter(|hash| !self.files.has(**hash)) {
            report.note(
                "missing-file",
                Some(hash.to_string()),
                "it is named by a design and is not here yet".into(),
            );
        }
    }
}

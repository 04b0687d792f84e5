//! `audit --report`: what an audit found and what was given, for an auditor, a board, a funder.
//!
//! Goals: one file that says who made it and from what, so that anyone can come to the same; totals as the ledger's own,
//! exact; whatever a federation holds, a page that a browser opens: it shows the largest and the first, and says how many
//! more there are. The report in JSON has all of them.
//!
//! Deliberately absent: notes and evidence, which no total reads; a signature, since what can be checked needs none.

// A page is put together once; `write!` into it brings an error that cannot happen.
#![allow(clippy::format_push_string)]

use std::io::Write;

use aronde_protocol::record::ledger::By;
use aronde_protocol::record::standing::Policy;
use jiff::Timestamp;

use super::fresh::FreshFile;
use crate::api::{
    Audit, AuditAnswer, AuditReport, AuditReported, Finding, Report, ReportForm, ReportMade, ReportTotals,
    ServiceError,
};
use crate::commons::Commons;
use crate::commons::ledger;
use page::Shown;
use tables::{Totalled, tables};
use words::Words;

mod chart;
mod figures;
mod findings;
mod page;
mod tables;
mod words;

#[cfg(test)]
mod tests;

/// What is added up apart, as pages and documents name it.
const GROUPINGS: [By; 4] = [By::Member, By::Workshop, By::Subject, By::Month];

/// The totals by one thing, or why they were not made.
type Made = Result<Vec<Totalled>, String>;

impl Commons {
    /// `audit --report`.
    pub(in crate::commons) fn audit_report(
        &self,
        asked: &AuditReport,
    ) -> Result<AuditReported, ServiceError> {
        let mut file = FreshFile::begin(&asked.file)?;
        let before = self.entries().replica().len();
        let audit = self.audit(&Audit::default())?;
        let (report, totals, policy) = self.report(audit, before)?;
        let text = match asked.form {
            ReportForm::Json => serde_json::to_string_pretty(&report).map_err(ServiceError::internal)? + "\n",
            ReportForm::Html => {
                let by = totals.map(|totals| {
                    totals.and_then(|totals| tables(&totals).map_err(|error| error.to_string()))
                });
                page::page(&Shown { report: &report, by, policy }, Words::of(asked.language))
            }
        };
        file.out().write_all(text.as_bytes()).map_err(|error| file.cannot(&error))?;
        Ok(AuditReported { audit: report.audit, report: asked.file.clone(), bytes: file.keep()? })
    }

    /// What a report says, with the totals that it rests on: all that is read of the entries is read under one lock.
    fn report(
        &self,
        mut audit: AuditAnswer,
        before: usize,
    ) -> Result<(Report, [Made; 4], Policy), ServiceError> {
        let charter = self.charter_show(None)?;
        let policy = self.policy_show();
        let status = self.status();
        let mut entries = self.entries();
        let came_in = entries.replica().len().saturating_sub(before) as u64;
        let totals: [Made; 4] = GROUPINGS.map(|by| {
            self.all_totals(&mut entries, by)
                .map_err(|error| format!("the totals by {} were not made: {error}", word(by)))
        });
        // The others stand, and so does what was checked.
        for why in totals.iter().filter_map(|made| made.as_ref().err()) {
            let kind = "ledger-not-read".to_owned();
            audit.findings.push(Finding { kind, entry: None, what: why.clone() });
        }
        let standings = self.standings(&entries)?;
        let contributions = standings.into_iter().map(|(standing, n)| (ledger::word(standing).to_owned(), n));
        let answers = |of: &Made| of.iter().flatten().map(|(_, answer)| answer.clone()).collect::<Vec<_>>();
        let [member, workshop, subject, month] = totals.each_ref().map(answers);
        let report = Report {
            format: Report::FORMAT.to_owned(),
            made: ReportMade {
                at: Timestamp::now(),
                by: status.member.did,
                name: status.member.name,
                workshop: status.workshop.name.is_some().then_some(status.workshop.id),
                workshop_name: status.workshop.name,
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            federation: status.federation,
            charter: charter.charter,
            alarm: charter.alarm,
            policy,
            digest: hex::encode(entries.replica().accepted().root()),
            held_digest: hex::encode(entries.replica().digest().root()),
            audit,
            came_in,
            contributions: contributions.collect(),
            totals: ReportTotals { member, workshop, subject, month },
        };
        let policy = Policy::of(&entries.replica().authority().policy);
        Ok((report, totals, policy))
    }
}

fn word(by: By) -> &'static str {
    match by {
        By::Member => "member",
        By::Workshop => "workshop",
        By::Subject => "subject",
        By::Month => "month",
    }
}

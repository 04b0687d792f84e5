//! `aronde ledger show`

use aronde_node::api::{self, LedgerRecord, Relation, ServiceError, Verdict};
use aronde_protocol::record::contribution::ROLES;

use super::{quantity, standing};
use crate::context::{Context, ask};
use crate::output::{Table, clean, clean_lines, member, or_dash, time};

/// `aronde ledger show`
#[derive(Debug, clap::Args)]
pub struct Show {
    /// The record: its id, or the beginning of it
    record: String,
}

impl Show {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let record = ask!(context, LedgerShow, api::LedgerShow { record: self.record });
        context.show(&record, || show(&record))
    }
}

fn show(record: &LedgerRecord) -> String {
    let summary = &record.summary;
    let mut text = format!("{} {}: {}\n", clean(&summary.action), quantity(summary), standing(summary));
    let who = |name: Option<&str>, key: String| match name {
        Some(name) => format!("{name} ({key})"),
        None => key,
    };
    let mut table = Table::new("  ");
    table.row(["record", &summary.id.to_string()]);
    if let Some(subject) = summary.subject {
        table.row(["for", &who(record.subject_title.as_deref(), subject.short())]);
    }
    table.row(["author", &who(record.author_name.as_deref(), summary.author.to_string())]);
    match (summary.provider, summary.agent) {
        (Some(provider), agent) if provider != summary.author || agent.is_some() => {
            table.row(["done by", &who(summary.provider_name.as_deref(), provider.to_string())]);
        }
        (None, Some(agent)) => {
            let name = summary.provider_name.as_deref();
            table.row(["done by", &format!("{}, who is no member here", who(name, agent.short()))]);
        }
        _ => {}
    }
    if let Some(receiver) = summary.receiver {
        table.row(["done for", &receiver.to_string()]);
    }
    if let Some(role) = &summary.role {
        let known = if ROLES.contains(&role.as_str()) { "" } else { " (not a role that is known here)" };
        table.row(["role", &format!("{role}{known}")]);
    }
    table.row(["workshop", &or_dash(record.workshop_name.as_deref())]);
    match summary.ended {
        Some(ended) => table.row(["done from", &format!("{} to {}", time(summary.at), time(ended))]),
        None => table.row(["done at", &time(summary.at)]),
    }
    if summary.recorded != summary.at {
        let late = if summary.late { ", late" } else { "" };
        table.row(["written at", &format!("{}{late}", time(summary.recorded))]);
    }
    if let Some(corrected) = summary.corrects {
        table.row(["corrects", &corrected.short()]);
    }
    for by in &record.corrected_by {
        table.row(["corrected by", &by.short()]);
    }
    for settled in &record.settlements {
        let amount = settled.amount.as_ref().map(|amount| format!(", {amount}")).unwrap_or_default();
        table.row([
            "settled by",
            &format!("{}{amount}, {} ({})", settled.means, time(settled.at), settled.by.short()),
        ]);
    }
    for evidence in &record.evidence {
        table.row(["evidence", evidence]);
    }
    table.row(["log", &format!("{} at {}", record.log, record.seq)]);
    text += &table.text();
    if let Some(note) = &summary.note {
        text += &format!("\n{}", clean_lines(note, "  "));
    }
    if record.attestations.is_empty() {
        text += &format!(
            "\nNobody has attested it. Do so with: aronde attest {} --confirm\n",
            summary.id.short()
        );
        return text;
    }
    text.push('\n');
    text + &attestations(record)
}

fn attestations(record: &LedgerRecord) -> String {
    let mut table = Table::new("  ");
    for said in &record.attestations {
        let verdict = match said.verdict {
            Verdict::Confirm => "confirmed by",
            Verdict::Dispute => "disputed by",
            Verdict::Withdraw => "withdrawn by",
        };
        let relation = match said.relation {
            Some(Relation::Present) => "who was there",
            Some(Relation::Host) => "who ran the place",
            Some(Relation::Maintainer) => "who looks after it",
            Some(Relation::Received) => "who got it",
            None => "",
        };
        let counts = said.counts || said.verdict == Verdict::Withdraw;
        let counts = if counts { "" } else { "(does not count)" };
        let marks =
            [relation, counts].into_iter().filter(|mark| !mark.is_empty()).collect::<Vec<_>>().join(" ");
        table.row([
            verdict,
            &member(said.author_name.as_deref(), said.author),
            &time(said.at),
            &marks,
            said.note.as_deref().unwrap_or_default(),
        ]);
    }
    table.text()
}

//! `aronde ledger`: the records.

use aronde_node::api::{self, LedgerRecord, RecordSummary, ServiceError, Verdict};

use crate::context::{Context, ask};
use crate::output::{Table, clean, clean_lines, or_dash, time};

/// `aronde ledger`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde ledger list
  aronde ledger list --subject 4f1c20 --json
  aronde ledger show 9b20e1")]
pub struct Ledger {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// All records, or those about one thing
    List {
        /// Only about this: its id, or the beginning of it
        #[arg(long, value_name = "ID")]
        subject: Option<String>,
    },
    /// One record, with what was said about it
    Show {
        /// The record: its id, or the beginning of it
        record: String,
    },
}

impl Ledger {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Command::List { subject } => {
                let records = ask!(context, LedgerList, api::LedgerList { subject });
                context.show(&records, || list(&records))
            }
            Command::Show { record } => {
                let record = ask!(context, LedgerShow, api::LedgerShow { record });
                context.show(&record, || show(&record))
            }
        }
    }
}

fn list(records: &[RecordSummary]) -> String {
    if records.is_empty() {
        return "No records yet. Write one with: aronde contribute".to_owned();
    }
    let mut table = Table::new("");
    table.row(["RECORD", "STANDING", "ACTION", "QUANTITY", "FOR", "BY", "NOTE"]);
    for record in records {
        table.row([
            &record.id.short(),
            &standing(record),
            &record.action,
            &format!("{} {}", record.quantity, record.unit),
            &record.subject.short(),
            &record.provider.short(),
            record.note.as_deref().unwrap_or_default(),
        ]);
    }
    table.text()
}

fn standing(record: &RecordSummary) -> String {
    match (record.confirmations, record.disputes) {
        (0, 0) => record.standing.word().to_owned(),
        (yes, no) => format!("{} +{yes} -{no}", record.standing.word()),
    }
}

fn show(record: &LedgerRecord) -> String {
    let summary = &record.summary;
    let mut text = format!(
        "{} {} {}: {}\n",
        clean(&summary.action),
        clean(&summary.quantity),
        clean(&summary.unit),
        standing(summary)
    );
    let who = |name: Option<&str>, key: String| match name {
        Some(name) => format!("{name} ({key})"),
        None => key,
    };
    let mut table = Table::new("  ");
    table.row(["record", &summary.id.to_string()]);
    table.row(["for", &who(record.subject_title.as_deref(), summary.subject.short())]);
    table.row(["author", &who(record.author_name.as_deref(), summary.author.to_string())]);
    if summary.provider != summary.author {
        table.row(["done by", &summary.provider.to_string()]);
    }
    table.row(["workshop", &or_dash(record.workshop_name.as_deref())]);
    table.row(["done at", &time(record.at)]);
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
    let mut table = Table::new("  ");
    for said in &record.attestations {
        let verdict = match said.verdict {
            Verdict::Confirm => "confirmed by",
            Verdict::Dispute => "disputed by",
        };
        table.row([
            verdict,
            &who(said.author_name.as_deref(), said.author.short()),
            &time(said.at),
            if said.counts { "" } else { "(does not count)" },
            said.note.as_deref().unwrap_or_default(),
        ]);
    }
    text + &table.text()
}

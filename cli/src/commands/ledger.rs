//! `aronde ledger`: the records.

use aronde_node::api::{self, RecordSummary, ServiceError, Standing};
use jiff::Timestamp;

use crate::context::{Context, ask};
use crate::output::{Table, clean, count};
use crate::values;

mod evidence;
mod export;
mod show;
mod totals;

/// `aronde ledger`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde ledger list
  aronde ledger list --subject press --standing confirmed
  aronde ledger totals --group month --from 2026-01-01
  aronde ledger timeline --provider \"Maker A\"
  aronde ledger show 9b20e1
  aronde ledger evidence 9b20e1 --out photos
  aronde ledger export --format csv --path ledger.csv")]
pub struct Ledger {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// All records, or those that are meant
    List(Filter),
    /// Exact sums, by member, subject, workshop or month
    Totals(totals::Totals),
    /// What was done, day by day
    #[command(after_help = "\
Examples:
  aronde ledger timeline --subject press
  aronde ledger timeline --provider \"Maker A\" --from 2026-01-01")]
    Timeline(Filter),
    /// One record, with what was said about it
    Show(show::Show),
    /// The files that a record shows as evidence, written to a folder
    Evidence(evidence::Evidence),
    /// Records for others: a table, JSON, Valueflows, Parquet
    Export(export::Export),
}

/// Which records are meant.
#[derive(Debug, clap::Args)]
pub struct Filter {
    /// Only about this: its id, its beginning, or words of a title
    #[arg(long, value_name = "ID")]
    subject: Option<String>,
    /// Only what this one did: a DID or a name, of a member or an agent
    #[arg(long, value_name = "WHO")]
    provider: Option<String>,
    /// Only in the scope of this workshop: its name, its id, or the beginning of it
    #[arg(long, value_name = "WORKSHOP")]
    workshop: Option<String>,
    /// Only what was done then or later
    #[arg(long, value_name = "DATE", value_parser = values::time)]
    from: Option<Timestamp>,
    /// Only what was done before
    #[arg(long, value_name = "DATE", value_parser = values::time)]
    to: Option<Timestamp>,
    /// Only what stands so: claimed, confirmed, disputed, corrected, retracted, parked
    #[arg(long, value_parser = standing_called)]
    standing: Option<Standing>,
    /// Only this action: work, use, produce …
    #[arg(long)]
    action: Option<String>,
}

impl Filter {
    fn request(self) -> api::LedgerList {
        api::LedgerList {
            subject: self.subject,
            provider: self.provider,
            workshop: self.workshop,
            from: self.from,
            to: self.to,
            standing: self.standing,
            action: self.action,
        }
    }
}

fn standing_called(text: &str) -> Result<Standing, String> {
    use Standing::{Claimed, Confirmed, Corrected, Disputed, Parked, Retracted};
    [Claimed, Confirmed, Disputed, Corrected, Retracted, Parked]
        .into_iter()
        .find(|standing| standing.word() == text)
        .ok_or_else(|| "claimed, confirmed, disputed, corrected, retracted or parked is expected".to_owned())
}

impl Ledger {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Command::List(filter) => {
                let records = ask!(context, LedgerList, filter.request());
                context.show(&records, || list(&records))
            }
            Command::Timeline(filter) => {
                let mut records = ask!(context, LedgerList, filter.request());
                records.sort_by_key(|record| (record.at, record.recorded, record.id));
                context.show(&records, || timeline(&records))
            }
            Command::Totals(totals) => totals.run(context),
            Command::Show(show) => show.run(context),
            Command::Evidence(evidence) => evidence.run(context),
            Command::Export(export) => export.run(context),
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
            &quantity(record),
            &record.subject.map(|id| id.short()).unwrap_or_default(),
            &who(record),
            record.note.as_deref().unwrap_or_default(),
        ]);
    }
    table.text()
}

fn timeline(records: &[RecordSummary]) -> String {
    if records.is_empty() {
        return "No records yet. Write one with: aronde contribute".to_owned();
    }
    let mut text = String::new();
    let day = |record: &RecordSummary| record.at.strftime("%Y-%m-%d").to_string();
    for of_day in records.chunk_by(|a, b| day(a) == day(b)) {
        let first = of_day.first().map(day).unwrap_or_default();
        text += &format!("{first}  {}\n", count(of_day.len() as u64, "record", "records"));
        let mut table = Table::new("  ");
        for record in of_day {
            let marks = [record.late.then_some("late"), record.corrects.map(|_| "correction")];
            let marks: Vec<&str> =
                marks.into_iter().flatten().chain(record.settled.iter().map(String::as_str)).collect();
            table.row([
                &record.id.short(),
                &standing(record),
                &record.action,
                &quantity(record),
                &who(record),
                &marks.join(", "),
            ]);
        }
        text += &table.text();
    }
    text
}

/// How much, and of what.
fn quantity(record: &RecordSummary) -> String {
    let mut text = format!("{} {}", record.quantity, record.unit);
    if let Some((amount, unit)) = record.resource_quantity.as_ref().zip(record.resource_unit.as_ref()) {
        text += &format!(", {amount} {unit}");
    }
    if let Some(resource) = &record.resource {
        text += &format!(" of {resource}");
    }
    clean(&text)
}

/// Who did it, as short as it can be told.
fn who(record: &RecordSummary) -> String {
    match (record.provider, &record.provider_name) {
        (Some(provider), _) => provider.short(),
        (None, Some(name)) => clean(name),
        (None, None) => record.agent.map(|agent| agent.short()).unwrap_or_default(),
    }
}

fn standing(record: &RecordSummary) -> String {
    match (record.confirmations, record.disputes) {
        (0, 0) => record.standing.word().to_owned(),
        (yes, no) => format!("{} +{yes} -{no}", record.standing.word()),
    }
}

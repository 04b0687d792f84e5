//! `aronde ledger export`

use std::path::PathBuf;

use aronde_node::api::{self, LedgerFormat, ServiceError};
use clap::ValueEnum;

use super::Filter;
use crate::context::{Context, absolute, ask};
use crate::output::{count, print};

/// `aronde ledger export`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde ledger export --format csv --path ledger.csv
  aronde ledger export --format valueflows --subject press > press.jsonld
  aronde ledger export --format parquet --out ledger.parquet       for DuckDB, pandas, Polars, R

Names and notes go with it: whoever has the file has them, whatever is redacted here later.")]
pub struct Export {
    /// The form
    #[arg(long)]
    format: Format,
    /// The file to write; the text is printed, when left out
    #[arg(long, visible_alias = "out", value_name = "FILE")]
    path: Option<PathBuf>,
    #[command(flatten)]
    filter: Filter,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A table for spreadsheets
    Csv,
    /// As aronde ledger list --json
    Json,
    /// JSON-LD in the words of Valueflows 1.0
    Valueflows,
    /// Columns for people who work with data; needs --out
    Parquet,
}

impl Export {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let format = match self.format {
            Format::Csv => LedgerFormat::Csv,
            Format::Json => LedgerFormat::Json,
            Format::Valueflows => LedgerFormat::Valueflows,
            Format::Parquet => LedgerFormat::Parquet,
        };
        let path = self.path.as_deref().map(absolute).transpose()?;
        let request = api::LedgerExport { format, path, records: self.filter.request() };
        let exported = ask!(context, LedgerExport, request);
        match (&exported.text, &exported.path) {
            (Some(text), _) if !context.json() => print(&safe(text)),
            (_, Some(path)) => context.show(&exported, || {
                format!("{} written to {}", count(exported.records, "record", "records"), path.display())
            }),
            _ => context.show(&exported, String::new),
        }
    }
}

/// A text in which nothing can command a terminal, should it be printed to one; lines stay lines.
fn safe(text: &str) -> String {
    text.lines().map(crate::output::clean).collect::<Vec<_>>().join("\n")
}

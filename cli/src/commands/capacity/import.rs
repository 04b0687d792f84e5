//! `aronde capacity import`

use std::path::PathBuf;

use aronde_node::api::{self, CapacityImported, ServiceError, SheetState};

use crate::context::{Context, absolute, ask};
use crate::output::{Table, count};
use crate::progress;

/// Sheets and findings that are shown; --json has all.
const SHOWN: usize = 20;

/// `aronde capacity import`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde capacity import workshop.okw.yml        Open Know-Where in YAML, JSON or CSV
  aronde capacity import fablabs.csv             a list of places: a sheet a row, listed until its workshop claims it
  aronde capacity import lasers.csv              a catalogue of machines: a machine model a row

The format is told by what the file holds, not by its name. What isn't understood is kept below okw/ and told. The
same file again doubles nothing.")]
pub struct Import {
    /// The file
    file: PathBuf,
}

impl Import {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let path = absolute(&self.file)?;
        let imported = progress::waiting("taking in the list", || {
            Ok(ask!(context, CapacityImport, api::CapacityImport { path }))
        })?;
        context.show(&imported, || text(&imported))
    }
}

fn text(imported: &CapacityImported) -> String {
    let of = |state| imported.imported.iter().filter(|sheet| sheet.state == state).count() as u64;
    let models = imported.imported.first().is_some_and(|sheet| sheet.kind == "machine-model");
    let (one, many) =
        if models { ("machine model", "machine models") } else { ("capacity sheet", "capacity sheets") };
    let mut text = format!(
        "{} in {}: {} new, {} updated, {} as they were\n",
        count(imported.imported.len() as u64, one, many),
        imported.format,
        of(SheetState::New),
        of(SheetState::Updated),
        of(SheetState::Same)
    );
    let mut table = Table::new("  ");
    for sheet in imported.imported.iter().take(SHOWN) {
        table.row([&sheet.id.short(), &sheet.title]);
    }
    text += &table.text();
    if imported.imported.len() > SHOWN {
        text += &format!("  … and {} more: aronde capacity list\n", imported.imported.len() - SHOWN);
    }
    if !imported.findings.is_empty() {
        text += &format!("{}:\n", count(imported.findings.len() as u64, "finding", "findings"));
        let mut table = Table::new("  ");
        for finding in imported.findings.iter().take(SHOWN) {
            let field = if finding.field.is_empty() { "the file" } else { &finding.field };
            table.row([field, &finding.what]);
        }
        text += &table.text();
        if imported.findings.len() > SHOWN {
            text += &format!("  … and {} more, with --json\n", imported.findings.len() - SHOWN);
        }
    }
    text
}

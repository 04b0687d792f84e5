//! `aronde ledger evidence`

use std::path::PathBuf;

use aronde_node::api::{self, EvidenceWritten, ServiceError};

use crate::context::{Context, absolute, ask};
use crate::output::{Table, clean};

/// `aronde ledger evidence`
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  aronde ledger evidence 9b20e1 --out photos")]
pub struct Evidence {
    /// The record: its id, or the beginning of it
    record: String,
    /// The folder to write to
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

impl Evidence {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let request = api::LedgerEvidence { record: self.record, out: absolute(&self.out)? };
        let written = ask!(context, LedgerEvidence, request);
        context.show(&written, || text(&written))
    }
}

fn text(written: &EvidenceWritten) -> String {
    let mut table = Table::new("");
    for file in &written.files {
        table.row([&file.name, &clean(&file.media_type), &format!("{} bytes", file.bytes)]);
    }
    let mut text = table.text();
    for name in &written.missing {
        text += &format!("! {name} is not here yet: aronde sync --wait\n");
    }
    text
}

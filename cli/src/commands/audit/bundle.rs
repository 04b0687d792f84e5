//! `aronde audit bundle`: what is held, as one file for anyone.

use std::path::PathBuf;

use aronde_node::api::{self, AuditBundled, ServiceError};

use crate::context::{Context, absolute, ask};
use crate::output::{bytes, clean, count};
use crate::progress;

/// `aronde audit bundle`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde audit bundle commons.bundle
  aronde audit bundle press.bundle --subject 4f1c20aa      a design, a workshop, a record …
  aronde audit bundle commons.bundle --without-personal

The file holds entries with their signatures, and no files of designs. You sign it. Whoever has it reads everything
in it, names and notes too, unless they are left out.")]
pub struct Bundle {
    /// The file to write, which is not there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only what is about this: the authority whole, its entries with their past, and the records on it
    #[arg(long, value_name = "ID")]
    subject: Option<String>,
    /// Leave out names, notes and other personal parts
    #[arg(long)]
    without_personal: bool,
}

impl Bundle {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let file = absolute(&self.file)?;
        let asked = api::AuditBundle { file, subject: self.subject, personal: !self.without_personal };
        let made = progress::waiting("writing the bundle", || Ok(ask!(context, AuditBundle, asked)))?;
        context.show(&made, || text(&made))
    }
}

fn text(made: &AuditBundled) -> String {
    format!(
        "{}\n{} with {}, {} of them in effect, and {}\nsigned by you, {}\nanyone judges it with: aronde audit verify FILE --exporter {}\n",
        clean(&made.file.display().to_string()),
        bytes(made.bytes),
        count(made.entries, "entry", "entries"),
        made.accepted,
        count(made.signatures, "signature", "signatures"),
        made.exporter.short(),
        made.exporter,
    )
}

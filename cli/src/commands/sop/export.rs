//! `aronde sop export`

use std::path::PathBuf;

use aronde_node::api::{self, ServiceError, SopExported, SopFormat};
use clap::ValueEnum;

use crate::context::{Context, absolute, ask};
use crate::output::{bytes, clean, count};

/// What is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Markdown, with its pictures beside it
    Md,
    /// One page for a printer, with its pictures in it
    Html,
}

/// `aronde sop export`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde sop export 4f1c20 --format md --out laser.md
  aronde sop export 4f1c20 --format html --out laser.html     open it in a browser, and print it on A4 or to PDF")]
pub struct Export {
    /// The procedure: its id, or the beginning of it
    id: String,
    /// What to write
    #[arg(long)]
    format: Format,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace files that are there already
    #[arg(long)]
    force: bool,
}

impl Export {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let format = match self.format {
            Format::Md => SopFormat::Md,
            Format::Html => SopFormat::Html,
        };
        let out = absolute(&self.out)?;
        let exported =
            ask!(context, SopExport, api::SopExport { id: self.id, format, out, force: self.force });
        context.show(&exported, || text(&exported))
    }
}

fn text(exported: &SopExported) -> String {
    let files = if exported.files == 0 {
        String::new()
    } else {
        format!(", with {}", count(exported.files, "file", "files"))
    };
    let mut text = format!(
        "{} @{}: {}{files}\n",
        clean(&exported.out.display().to_string()),
        exported.revision.short(),
        bytes(exported.bytes)
    );
    for path in &exported.missing {
        text += &format!("  not here yet: {}\n", clean(path));
    }
    if !exported.missing.is_empty() {
        text += "fetch them with: aronde sync --wait\n";
    }
    text
}

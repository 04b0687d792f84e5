//! `aronde sop import`

use std::path::PathBuf;

use aronde_node::api::{self, ServiceError, SopImported};

use crate::context::{Context, absolute, ask};
use crate::output::{Table, clean, count, workshops};
use crate::progress;

/// `aronde sop import`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde sop import ./laser.md
  aronde sop import ./handbook                      every page in this folder, not those below it
  aronde sop import ./laser.md --update 4f1c20      the same page again, after changes

Headings such as Safety, Tools, Materials and Steps, numbered lists and check lists are understood in English, French
and Dutch; everything else is kept word for word. Pictures that lie beside the page come with it.")]
pub struct Import {
    /// The page, or a folder of pages
    path: PathBuf,
    /// Bring this procedure (its id, or the beginning of it) to what the page says
    #[arg(long, value_name = "ID")]
    update: Option<String>,
    /// The title, whatever the page says
    #[arg(long)]
    title: Option<String>,
    /// The licence, whatever the page says; an SPDX expression
    #[arg(long)]
    licence: Option<String>,
}

impl Import {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let path = absolute(&self.path)?;
        let import = api::SopImport { path, update: self.update, title: self.title, licence: self.licence };
        let imported = progress::waiting("taking in pages", || Ok(ask!(context, SopImport, import)))?;
        context.show(&imported, || text(&imported))
    }
}

fn text(imported: &SopImported) -> String {
    let mut text = String::new();
    let one = imported.imported.len() == 1;
    let mut table = Table::new("");
    for taken in &imported.imported {
        let files = count(taken.files, "file", "files");
        let files = if taken.files > 0 { format!("with {files}") } else { String::new() };
        if one {
            text += format!("{}\n{} {files}", taken.id, clean(&taken.title)).trim_end();
            text.push('\n');
        } else {
            table.row([&taken.id.short(), &files, &taken.title]);
        }
    }
    text += &table.text();
    if !imported.findings.is_empty() {
        text += &format!("{}:\n", count(imported.findings.len() as u64, "finding", "findings"));
        let mut table = Table::new("  ");
        for finding in &imported.findings {
            table.row([&finding.field, &finding.what]);
        }
        text += &table.text();
    }
    for taken in &imported.imported {
        if let Some(proposal) = taken.proposal {
            let (who, keep, them) = workshops(&taken.keepers);
            let proposal = proposal.short();
            text += &format!(
                "proposed as {proposal}: {who} {keep} this procedure; your changes wait for {them}\n"
            );
            text += &format!("see them with: aronde proposal show {proposal}\n");
        } else if one {
            text += &format!("see it with: aronde sop show {}\n", taken.id.short());
        }
    }
    text
}

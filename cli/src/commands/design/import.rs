//! `aronde design import`

use std::path::PathBuf;

use aronde_node::api::{self, DesignImported, ServiceError};

use crate::context::{Context, absolute, ask};
use crate::output::{Table, count, workshops};
use crate::progress;

/// `aronde design import`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design import ./press                        a folder with okh.toml, okh.yml or okh-*.yml
  aronde design import ./press --update 4f1c20        the same folder again, after changes
  aronde design import ./drawings --title \"Press\" --licence CERN-OHL-S-2.0

Every regular file is taken but those of .git. What is odd in a manifest is reported by field, and the
manifest itself is kept as a file.")]
pub struct Import {
    /// The folder, or a manifest
    path: PathBuf,
    /// Bring this design (its id, or the beginning of it) to what the folder says
    #[arg(long, value_name = "ID")]
    update: Option<String>,
    /// The title, when there is no manifest
    #[arg(long)]
    title: Option<String>,
    /// The licence, when there is no manifest; an SPDX expression
    #[arg(long)]
    licence: Option<String>,
    /// What it is for, when there is no manifest
    #[arg(long)]
    function: Option<String>,
}

impl Import {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let path = absolute(&self.path)?;
        let imported = progress::waiting("taking in files", || {
            Ok(ask!(
                context,
                DesignImport,
                api::DesignImport {
                    path,
                    update: self.update,
                    title: self.title,
                    licence: self.licence,
                    function: self.function,
                }
            ))
        })?;
        context.show(&imported, || text(&imported))
    }
}

fn text(imported: &DesignImported) -> String {
    let mut text = format!("{}\n", imported.id);
    if !imported.findings.is_empty() {
        let findings = imported.findings.len() as u64;
        text += &format!("{} in the manifest:\n", count(findings, "finding", "findings"));
        let mut table = Table::new("  ");
        for finding in &imported.findings {
            table.row([&finding.field, &finding.what]);
        }
        text += &table.text();
    }
    if let Some(proposal) = imported.proposal {
        let (who, keep, them) = workshops(&imported.keepers);
        let proposal = proposal.short();
        return text
            + &format!("proposed as {proposal}: {who} {keep} this design; your changes wait for {them}\n")
            + &format!("see them with: aronde proposal show {proposal}\n");
    }
    text + &format!("see it with: aronde design show {}\n", imported.id.short())
}

//! `aronde contribute import` and `import-git`

use std::path::PathBuf;

use aronde_node::api::{self, ContributeImport, Imported, ServiceError};

use crate::context::{Context, absolute, ask};
use crate::output::{Table, count};
use crate::progress;

/// Findings that are shown; --json has all.
const SHOWN: usize = 20;

/// `aronde contribute import`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde contribute import commits.csv --subject press                the known header: a commit a row
  aronde contribute import hours.csv --subject press --map map.toml   any table; the map says which column is what

A map:
  person = \"Name\"
  quantity = \"Time\"
  unit = \"h\"
  happened = \"Date\"
  dates = \"day-first\"

Names become agents, who can be claimed: aronde agent claim NAME. The same rows again add nothing.")]
pub struct Import {
    /// The table, as CSV
    file: PathBuf,
    /// For what: an id, its beginning, or words of a title
    #[arg(long, value_name = "ID")]
    subject: String,
    /// Which column is what, as TOML
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
}

/// `aronde contribute import-git`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  aronde contribute import-git ./press --subject press

Each commit is work of its author and of those in its Co-authored-by lines, and cited by those in its Reviewed-by lines.
Addresses are not taken. The program git is asked and has to be there. The same commits again add nothing.")]
pub struct ImportGit {
    /// The folder of the repository
    repository: PathBuf,
    /// For what: an id, its beginning, or words of a title
    #[arg(long, value_name = "ID")]
    subject: String,
}

impl Import {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let map = self.map.as_deref().map(absolute).transpose()?;
        run(context, ContributeImport { path: absolute(&self.file)?, git: false, subject: self.subject, map })
    }
}

impl ImportGit {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        run(
            context,
            ContributeImport {
                path: absolute(&self.repository)?,
                git: true,
                subject: self.subject,
                map: None,
            },
        )
    }
}

fn run(context: &Context, import: api::ContributeImport) -> Result<(), ServiceError> {
    let imported =
        progress::waiting("taking in the contributions", || Ok(ask!(context, ContributeImport, import)))?;
    context.show(&imported, || text(&imported))
}

fn text(imported: &Imported) -> String {
    let seconds = imported.milliseconds / 1_000;
    let rate = imported.rows.saturating_mul(1_000) / imported.milliseconds.max(1);
    let mut text = format!(
        "{}: {} written, {} here already, {} named for the first time\n{}.{} s, {rate} rows a second\n",
        count(imported.rows, "row", "rows"),
        count(imported.imported, "contribution", "contributions"),
        imported.already,
        count(imported.agents, "person", "people"),
        seconds,
        imported.milliseconds % 1_000 / 100,
    );
    if !imported.findings.is_empty() {
        text += &format!("{} left out or in doubt:\n", count(imported.findings.len() as u64, "row", "rows"));
        let mut table = Table::new("  ");
        for finding in imported.findings.iter().take(SHOWN) {
            table.row([&finding.field, &finding.what]);
        }
        text += &table.text();
        if imported.findings.len() > SHOWN {
            text += &format!("  and {} more; --json has all\n", imported.findings.len() - SHOWN);
        }
    }
    text
}

//! `aronde audit`: check everything held again; give it to others as one file; judge such a file.

use aronde_node::api::{self, AuditAnswer, ServiceError};
use jiff::Timestamp;

use crate::context::{Context, ask};
use crate::error::Outcome;
use crate::output::{Table, count, time};
use crate::progress;
use crate::values;

mod bundle;
mod report;
mod verify;

/// `aronde audit`
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  aronde audit
  aronde audit --json | jq .findings
  aronde audit --report audit.html         what was found and what was given, to read and to print; audit.json for programs
  aronde audit --since 2026-11-01          what came since; the rest is taken from an audit up to that day that ended well
  aronde audit bundle commons.bundle       everything in one file, for anyone: aronde audit verify commons.bundle

Ends with 1 when something held fails its check. Forks and parked entries are listed, and are no
failure."
)]
pub struct Audit {
    /// Only what came here since the newest audit up to this day that ended well; all, if there is none
    #[arg(long, value_name = "DATE", value_parser = values::time, conflicts_with = "report")]
    since: Option<Timestamp>,
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    report: report::Report,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write what is held, or what is about something, to one file that anyone can judge
    Bundle(bundle::Bundle),
    /// Judge such a file: no home, no node, and nobody to believe but who is named
    Verify(verify::Verify),
}

impl Audit {
    pub fn run(self, context: &Context) -> Result<Outcome, ServiceError> {
        match self.command {
            Some(Command::Bundle(command)) => return command.run(context).map(|()| Outcome::Done),
            Some(Command::Verify(command)) => return command.run(context),
            None => {}
        }
        if let Some(file) = &self.report.report {
            let asked = self.report.request(file)?;
            let made =
                progress::waiting("checking everything held", || Ok(ask!(context, AuditReport, asked)))?;
            context.show(&made, || text(&made.audit) + &report::text(&made))?;
            return Ok(outcome(&made.audit));
        }
        let what = if self.since.is_some() { "checking what is new" } else { "checking everything held" };
        let asked = api::Audit { since: self.since };
        let audit = progress::waiting(what, || Ok(ask!(context, Audit, asked)))?;
        context.show(&audit, || text(&audit))?;
        Ok(outcome(&audit))
    }
}

fn outcome(audit: &AuditAnswer) -> Outcome {
    if audit.ok { Outcome::Done } else { Outcome::No }
}

fn text(audit: &AuditAnswer) -> String {
    let checked = &audit.checked;
    let mut text = format!(
        "{}: {}, {}, {}, {}, {}, {} checked\n",
        if audit.ok { "All is well" } else { "NOT WELL" },
        count(checked.entries, "entry", "entries"),
        count(checked.signatures, "signature", "signatures"),
        count(checked.logs, "log", "logs"),
        count(checked.documents, "document", "documents"),
        count(checked.records, "record", "records"),
        count(checked.files, "file", "files"),
    );
    if let Some(since) = &audit.since {
        text += &format!(
            "New since the audit of {}, which ended well; it saw {}, and all was checked at {}\n",
            time(since.at),
            count(since.entries, "entry", "entries"),
            time(since.whole_at),
        );
    }
    let mut table = Table::new("  ");
    for finding in &audit.findings {
        let id = finding.entry.as_deref().unwrap_or("–");
        table.row([&finding.kind, &id.chars().take(10).collect::<String>(), &finding.what]);
    }
    text += &table.text();
    text
}

//! `aronde sop`: procedures.

mod adopt;
mod approve;
mod edit;
mod export;
mod import;
mod list;
mod new;
mod run;
mod show;

use aronde_node::api::{ServiceError, SopSaid};

use crate::context::Context;
use crate::output::or_dash;

/// `aronde sop`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde sop import ./laser.md
  aronde sop new --from quality-assurance --language fr
  aronde sop list
  aronde sop show 4f1c20
  aronde sop adopt 4f1c20@9ab311
  aronde sop run 4f1c20 --result passed --reading \"1=0.1 mm\"
  aronde sop export 4f1c20 --format html --out laser.html

A revision is a procedure in one state. It is named by the first digits of the entry that wrote it last; where
several were written side by side, by a number made of all of them. `aronde sop show` says it.")]
pub struct Sop {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a new procedure, empty or from a template
    New(new::New),
    /// Take in a page in Markdown, or every page of a folder
    Import(import::Import),
    /// Set fields of a procedure
    Edit(edit::Edit),
    /// List all procedures
    List(list::List),
    /// Show one procedure in full
    Show(show::Show),
    /// Approve a revision for your workshop, or object to it
    Approve(approve::Approve),
    /// Say that your workshop works by a revision
    Adopt(adopt::Adopt),
    /// Say that a procedure was followed, and how it went
    Run(run::Run),
    /// Write a procedure as a page: Markdown, or HTML for a printer
    Export(export::Export),
}

impl Sop {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Command::New(command) => command.run(context),
            Command::Import(command) => command.run(context),
            Command::Edit(command) => command.run(context),
            Command::List(command) => command.run(context),
            Command::Show(command) => command.run(context),
            Command::Approve(command) => command.run(context),
            Command::Adopt(command) => command.run(context),
            Command::Run(command) => command.run(context),
            Command::Export(command) => command.run(context),
        }
    }
}

/// What was said of a procedure.
fn said(said: &SopSaid, does: &str) -> String {
    let workshop = or_dash(said.workshop.name.as_deref());
    let title = or_dash(said.title.as_deref());
    let now = if said.current { "" } else { ", which is not how it stands now" };
    format!("{}\n{workshop} {does} {title} @{}{now}", said.id, said.revision.short())
}

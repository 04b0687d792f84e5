//! `aronde design`: designs.

mod blame;
mod bom;
mod check;
mod derive;
mod diff;
mod edit;
mod export;
mod file;
mod files;
mod import;
mod keepers;
mod list;
mod log;
mod new;
mod release;
mod releases;
mod show;
mod withdraw;

use aronde_node::api::ServiceError;

use crate::context::Context;

/// `aronde design`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design import ./press
  aronde design list
  aronde design show 4f1c20
  aronde design edit 4f1c20 --set version=1.1.0
  aronde design files 4f1c20 --out ./press-copy")]
pub struct Design {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a new design
    New(new::New),
    /// Take in a folder with an Open Know-How manifest, a manifest alone, or a folder without one
    Import(import::Import),
    /// Edit a design: field by field, or as one text in your editor
    Edit(edit::Edit),
    /// The parts of a design: list, add, remove
    Bom(bom::Bom),
    /// One file of a design: add, replace, remove
    File(file::File),
    /// Who changed what, and when
    Log(log::Log),
    /// Who wrote what stands there
    Blame(blame::Blame),
    /// List all designs
    List(list::List),
    /// Show one design in full
    Show(show::Show),
    /// Who keeps a design: list them, add one, drop one
    Keepers(keepers::Keepers),
    /// Write the files of a design to a folder
    Files(files::Files),
    /// What a design lacks to be made elsewhere, item by item
    Check(check::Check),
    /// Release a design as it stands, under a version
    Release(release::Release),
    /// The releases of a design, and who built them
    Releases(releases::Releases),
    /// What differs between two states of a design: releases, entries, or now
    Diff(diff::Diff),
    /// Write a design for others: Open Know-How, JSON, or an archive with its files
    Export(export::Export),
    /// Make a new design out of another one
    Derive(derive::Derive),
    /// Say that a design should no longer be made
    Withdraw(withdraw::Withdraw),
}

impl Design {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Command::New(command) => command.run(context),
            Command::Import(command) => command.run(context),
            Command::Edit(command) => command.run(context),
            Command::Bom(command) => command.run(context),
            Command::File(command) => command.run(context),
            Command::Log(command) => command.run(context),
            Command::Blame(command) => command.run(context),
            Command::List(command) => command.run(context),
            Command::Show(command) => command.run(context),
            Command::Keepers(command) => command.run(context),
            Command::Files(command) => command.run(context),
            Command::Check(command) => command.run(context),
            Command::Release(command) => command.run(context),
            Command::Releases(command) => command.run(context),
            Command::Diff(command) => command.run(context),
            Command::Export(command) => command.run(context),
            Command::Derive(command) => command.run(context),
            Command::Withdraw(command) => command.run(context),
        }
    }
}

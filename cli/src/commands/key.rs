//! `aronde key`: your keys. These commands work on the files of the home alone.

mod backup;
mod restore;
mod show;

use aronde_node::api::ServiceError;

use crate::context::Context;

/// `aronde key`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde key show
  aronde key backup                  print the words to keep on paper
  aronde key restore                 type them in again, on this or a new machine")]
pub struct Key {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Who you are, as others see it
    Show(show::Show),
    /// Print the words that bring your keys back, to keep on paper
    Backup(backup::Backup),
    /// Bring a key back from its words
    Restore(restore::Restore),
}

impl Key {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Command::Show(command) => command.run(context),
            Command::Backup(command) => command.run(context),
            Command::Restore(command) => command.run(context),
        }
    }
}

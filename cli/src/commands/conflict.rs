//! `aronde conflict`: fields that were set differently at the same time.

mod list;
mod resolve;
mod show;

use aronde_node::api::ServiceError;

use crate::context::Context;

/// `aronde conflict`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde conflict list
  aronde conflict show 4f1c20
  aronde conflict resolve 4f1c20 version --take 2
  aronde conflict resolve 4f1c20 bom/3/quantity --value \"6 {piece}\"

Nobody's value is dropped in silence: as long as nobody has decided, no release can be cut.")]
pub struct Conflict {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// All fields with several values
    List(list::List),
    /// The values of a document's fields, one beside the other
    Show(show::Show),
    /// Decide: take one of the values, or another
    Resolve(resolve::Resolve),
}

impl Conflict {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Command::List(command) => command.run(context),
            Command::Show(command) => command.run(context),
            Command::Resolve(command) => command.run(context),
        }
    }
}

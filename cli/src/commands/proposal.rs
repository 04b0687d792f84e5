//! `aronde proposal`: changes to designs and procedures that wait for those who keep them.

mod accept;
mod decline;
mod list;
mod show;

use aronde_node::api::ServiceError;

use crate::context::Context;

/// `aronde proposal`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde proposal list
  aronde proposal show 7d31ab
  aronde proposal accept 7d31ab
  aronde proposal decline 7d31ab --reason \"the thread must stay metric\"

A proposal is made by changing a design or a procedure that your workshop does not keep: aronde design edit,
aronde sop edit.")]
pub struct Proposal {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// The proposals that wait, and those that were declined
    List(list::List),
    /// What a proposal would change, field by field and part by part
    Show(show::Show),
    /// Take a proposal in; for makers and stewards of a workshop that keeps the design
    Accept(accept::Accept),
    /// Decline a proposal, with a reason that everybody sees
    Decline(decline::Decline),
}

impl Proposal {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Command::List(command) => command.run(context),
            Command::Show(command) => command.run(context),
            Command::Accept(command) => command.run(context),
            Command::Decline(command) => command.run(context),
        }
    }
}

/// The command for a kind of document.
fn command(kind: &str) -> &'static str {
    match kind {
        "procedure" => "sop",
        "capacity" => "capacity",
        _ => "design",
    }
}

//! `aronde node`: which machines speak for your workshop.

use aronde_node::api::{self, NodeChanged, NodeRow, ServiceError};

use crate::context::{Context, ask};
use crate::output::{Table, or_dash};

/// `aronde node`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde node list
  aronde node unbind 12D3KooW…    a machine that was sold or stolen
  aronde node bind 12D3KooW…

Only nodes that are bound to a workshop get anything of the commons. `aronde invite --node` brings a further
machine in; a steward binds and unbinds the nodes of the own workshop.")]
pub struct Node {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// All nodes that are bound
    List,
    /// Bind a node to your workshop
    #[command(after_help = "Example:\n  aronde node bind 12D3KooW…")]
    Bind {
        /// Its identity, as `aronde key show` says there
        peer: String,
    },
    /// End the binding of a node of your workshop
    #[command(after_help = "Example:\n  aronde node unbind 12D3KooW…")]
    Unbind {
        /// Its identity, or the beginning or end of it
        peer: String,
    },
}

impl Node {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Command::List => {
                let nodes = ask!(context, NodeList, api::NodeList {});
                context.show(&nodes, || list(&nodes))
            }
            Command::Bind { peer } => {
                let done = ask!(context, NodeBind, api::NodeBind { peer });
                context.show(&done, || changed(&done))
            }
            Command::Unbind { peer } => {
                let done = ask!(context, NodeUnbind, api::NodeUnbind { peer });
                context.show(&done, || changed(&done))
            }
        }
    }
}

fn list(nodes: &[NodeRow]) -> String {
    let mut table = Table::new("");
    table.row(["WORKSHOP", "", "NODE"]);
    for node in nodes {
        table.row([
            &or_dash(node.workshop_name.as_deref()),
            if node.own { "this one" } else { "" },
            &node.peer,
        ]);
    }
    table.text()
}

fn changed(done: &NodeChanged) -> String {
    let how = if done.bound { "is bound to" } else { "is not bound any more to" };
    format!("{}\n{} {how} {}\n", done.id, done.peer, or_dash(done.workshop_name.as_deref()))
}

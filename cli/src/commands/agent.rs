//! `aronde agent`: people and groups in the ledger who are no members.

use aronde_node::api::{self, AgentRow, ServiceError};

use crate::context::{Context, ask};
use crate::output::{Table, clean, or_dash};

/// `aronde agent`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde agent list
  aronde agent claim p_8884a34e911d
  aronde agent claim 9b20e1 --withdraw

Names found in tables and histories are agents. Who is one of them says so, and their contributions count as that member's.
Of two members who claim one agent neither is believed until one claim is withdrawn, retracted or disputed.")]
pub struct Agent {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// All of them, those with most contributions first
    List,
    /// Say that one of them is you
    #[command(after_help = "\
Examples:
  aronde agent claim \"J. Maker\"
  aronde agent claim \"J. Maker\" --withdraw")]
    Claim {
        /// The agent: its name, its id, or the beginning of it
        agent: String,
        /// Take the claim back
        #[arg(long)]
        withdraw: bool,
        /// In words: how one knows
        #[arg(long)]
        note: Option<String>,
    },
}

impl Agent {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Command::List => {
                let agents = ask!(context, AgentList, api::AgentList {});
                context.show(&agents, || list(&agents))
            }
            Command::Claim { agent, withdraw, note } => {
                let claimed = ask!(context, AgentClaim, api::AgentClaim { agent, withdraw, note });
                context.show(&claimed, || {
                    let name = claimed.agent.name.as_deref().map_or_else(|| claimed.agent.id.short(), clean);
                    let told = match claimed.agent.claimed_by.as_slice() {
                        [] => "nobody claims to be them now".to_owned(),
                        [one] => format!(
                            "their {} contributions count as {}'s",
                            claimed.agent.records,
                            one.short()
                        ),
                        rivals => format!("{} members claim to be them, so no claim counts", rivals.len()),
                    };
                    format!(
                        "{}\n{name}: {told}\ntake it back with: aronde retract {}",
                        claimed.id,
                        claimed.id.short()
                    )
                })
            }
        }
    }
}

fn list(agents: &[AgentRow]) -> String {
    if agents.is_empty() {
        return "No agents. They come with: aronde contribute import".to_owned();
    }
    let mut table = Table::new("");
    table.row(["AGENT", "KIND", "NAME", "RECORDS", "CLAIMED BY"]);
    for agent in agents {
        let claimed: Vec<String> =
            agent.claimed_by.iter().map(aronde_protocol::key::MemberKey::short).collect();
        let claimed = match claimed.len() {
            0 | 1 => claimed.join(""),
            _ => format!("{} (rivals)", claimed.join(", ")),
        };
        table.row([
            &agent.id.short(),
            &agent.kind,
            &or_dash(agent.name.as_deref()),
            &agent.records.to_string(),
            &claimed,
        ]);
    }
    table.text()
}

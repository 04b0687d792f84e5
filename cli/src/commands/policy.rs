//! `aronde policy`: what the federation set for itself.

use aronde_node::api::{self, PolicyRow, ServiceError};

use super::workshop::moved;
use crate::context::{Context, ask};
use crate::output::clean;
use crate::values;

/// `aronde policy`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde policy show
  aronde policy set quorum=3 charter-every-days=90

Setting is a motion: it holds when enough workshops have voted for it. A quorum takes effect with the charter
that settles it.")]
pub struct Policy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Every value, with what it is for
    Show,
    /// Move to set values
    #[command(after_help = "Example:\n  aronde policy set quorum=3 charter-every-days=90")]
    Set {
        /// name=value
        #[arg(required = true, value_parser = values::number)]
        values: Vec<(String, u64)>,
    },
}

impl Policy {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Command::Show => {
                let policy = ask!(context, PolicyShow, api::PolicyShow {});
                context.show(&policy, || show(&policy))
            }
            Command::Set { values } => {
                let values = values.into_iter().collect();
                let done = ask!(context, PolicySet, api::PolicySet { values });
                context.show(&done, || moved(&done))
            }
        }
    }
}

fn show(policy: &[PolicyRow]) -> String {
    let mut text = String::new();
    for row in policy {
        let set = row.value.map_or_else(|| "not set".to_owned(), |n| n.to_string());
        let now = match (row.value, row.effective) {
            (value, Some(effective)) if value != Some(effective) => format!(" (now: {effective})"),
            _ => String::new(),
        };
        text += &format!("{} = {set}{now}\n", clean(&row.name));
        let meaning = row.meaning.as_deref().unwrap_or("this version does not know what it is for");
        text += &format!("  {}\n", clean(meaning));
    }
    text
}

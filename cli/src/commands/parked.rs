//! `aronde parked`: what is held and doesn't count.

use aronde_node::api::{self, ParkedEntry, ParkedExplanation, Rescued, ServiceError};

use crate::context::{Context, ask};
use crate::output::{Table, clean, count, or_dash};

/// `aronde parked`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde parked list
  aronde parked explain 9b20e1
  aronde parked rescue

What is parked is kept, passed on and shown, and has no effect.")]
pub struct Parked {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// All entries that are held and don't count
    List {
        /// Only your own
        #[arg(long)]
        mine: bool,
    },
    /// Why one entry doesn't count, and what would make it count
    #[command(after_help = "Example:\n  aronde parked explain 9b20e1")]
    Explain {
        /// The entry: its id, or the beginning of it
        entry: String,
    },
    /// Sign your own work again that a removal or a rotation left behind
    #[command(after_help = "Example:\n  aronde parked rescue")]
    Rescue,
}

impl Parked {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Command::List { mine } => {
                let parked = ask!(context, ParkedList, api::ParkedList { mine });
                context.show(&parked, || list(&parked))
            }
            Command::Explain { entry } => {
                let explained = ask!(context, ParkedExplain, api::ParkedExplain { entry });
                context.show(&explained, || explain(&explained))
            }
            Command::Rescue => {
                let rescued = ask!(context, ParkedRescue, api::ParkedRescue {});
                context.show(&rescued, || rescue(&rescued))
            }
        }
    }
}

fn list(parked: &[ParkedEntry]) -> String {
    if parked.is_empty() {
        return "Nothing is parked: all that is held counts.".to_owned();
    }
    let mut table = Table::new("");
    table.row(["ENTRY", "REASON", "KIND", "BY", "ABOUT"]);
    for entry in parked {
        table.row([
            &entry.entry.short(),
            &entry.reason,
            &entry.kind,
            &entry.author_name.clone().unwrap_or_else(|| entry.author.short()),
            &entry.subject.map(|subject| subject.short()).unwrap_or_default(),
        ]);
    }
    table.text()
}

fn explain(explained: &ParkedExplanation) -> String {
    let parked = &explained.parked;
    format!(
        "{} {} by {} does not count ({}).\n{} It would count if {}.\n",
        parked.entry.short(),
        clean(&parked.kind),
        or_dash(parked.author_name.as_deref().or(Some(&parked.author.short()))),
        clean(&parked.reason),
        clean(&explained.because),
        clean(&explained.would_count_if),
    )
}

fn rescue(rescued: &Rescued) -> String {
    if rescued.rescued.is_empty() && rescued.left.is_empty() {
        return "None of your work is parked for a removal or a rotation.".to_owned();
    }
    let n = rescued.rescued.len() as u64;
    let mut text = format!("{} counted again\n", count(n, "entry is", "entries are"));
    for entry in &rescued.rescued {
        text += &format!("  {} by {}\n", entry.entry.short(), entry.by.short());
    }
    for left in &rescued.left {
        text += &format!(
            "{} stays parked; it would count if {}\n",
            left.entry.short(),
            clean(&left.would_count_if)
        );
    }
    text
}

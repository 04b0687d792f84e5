//! `aronde workshop`: the workshops of the federation, and what they decide together.

use aronde_node::api::{self, MotionRow, Moved, ServiceError, WorkshopName, WorkshopRow};
use aronde_protocol::key::{KeyCommitment, MemberKey};

use super::charter::charter_line;
use crate::context::{Context, ask};
use crate::output::{Table, clean, count, time};
use crate::values;

/// `aronde workshop`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde workshop list
  aronde workshop admit \"Workshop East\" --steward did:key:z6Mk… --name \"Maker C\" --next 5e0c…
  aronde workshop remove \"Workshop East\" --reason \"closed\"
  aronde workshop motions
  aronde workshop vote 9b20e1

Admitting, removing, giving a steward, setting the policy and redacting what another workshop wrote are motions: one
is carried as soon as enough workshops have voted for it. `aronde invite --workshop` moves to admit whoever shows the
ticket, `aronde policy set` to set the policy, `aronde redact` to redact.")]
pub struct Workshop {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// All workshops, former ones included
    List,
    /// Move to admit a workshop with its first steward
    #[command(
        after_help = "Example:\n  aronde workshop admit \"Workshop East\" --steward did:key:z6Mk… --name \"Maker C\" --next 5e0c…"
    )]
    Admit {
        /// What it is called
        #[arg(value_parser = values::name)]
        workshop: String,
        /// The DID of its first steward, as their `aronde key show` says
        #[arg(long, value_name = "DID")]
        steward: MemberKey,
        /// What the steward is called
        #[arg(long, value_parser = values::name)]
        name: Option<String>,
        /// The hash of the steward's next key, as their `aronde key show` says
        #[arg(long, value_name = "HEX", value_parser = values::commitment)]
        next: Option<KeyCommitment>,
    },
    /// Move to remove a workshop; what is known of its work stands
    #[command(after_help = "Example:\n  aronde workshop remove \"Workshop East\" --reason \"closed\"")]
    Remove {
        /// The workshop: its name, its id or the beginning of it
        workshop: String,
        /// Why; everyone can read it
        #[arg(long)]
        reason: String,
    },
    /// Move to give a workshop that has no steward one
    #[command(
        after_help = "Example:\n  aronde workshop steward \"Workshop East\" did:key:z6Mk… --name \"Maker F\" --next 5e0c…"
    )]
    Steward {
        /// The workshop: its name, its id or the beginning of it
        workshop: String,
        /// Its new steward: a DID, or a member by name
        steward: String,
        /// What the steward is called
        #[arg(long, value_parser = values::name)]
        name: Option<String>,
        /// The hash of the steward's next key, as their `aronde key show` says
        #[arg(long, value_name = "HEX", value_parser = values::commitment)]
        next: Option<KeyCommitment>,
    },
    /// The motions that are open, with whose vote is missing
    #[command(after_help = "Example:\n  aronde workshop motions")]
    Motions,
    /// Vote for a motion
    #[command(after_help = "Example:\n  aronde workshop vote 9b20e1")]
    Vote {
        /// The motion: its id, or the beginning of it
        motion: String,
    },
}

impl Workshop {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let done = match self.command {
            Command::List => {
                let workshops = ask!(context, WorkshopList, api::WorkshopList {});
                return context.show(&workshops, || list(&workshops));
            }
            Command::Motions => {
                let open = ask!(context, WorkshopMotions, api::WorkshopMotions {});
                return context.show(&open, || motions(&open));
            }
            Command::Admit { workshop, steward, name, next } => {
                let admit = api::WorkshopAdmit { name: workshop, steward, steward_name: name, next };
                ask!(context, WorkshopAdmit, admit)
            }
            Command::Remove { workshop, reason } => {
                ask!(context, WorkshopRemove, api::WorkshopRemove { workshop, reason })
            }
            Command::Steward { workshop, steward, name, next } => {
                let give = api::WorkshopSteward { workshop, steward, steward_name: name, next };
                ask!(context, WorkshopSteward, give)
            }
            Command::Vote { motion } => ask!(context, WorkshopVote, api::WorkshopVote { motion }),
        };
        context.show(&done, || moved(&done))
    }
}

fn list(workshops: &[WorkshopRow]) -> String {
    let mut table = Table::new("");
    table.row(["WORKSHOP", "NAME", "STEWARDS", "MEMBERS", "NODES", "VOTES"]);
    for workshop in workshops {
        let stewards: Vec<String> =
            workshop.stewards.iter().map(|s| s.name.clone().unwrap_or_else(|| s.did.short())).collect();
        let stewards = if stewards.is_empty() { "none".to_owned() } else { stewards.join(", ") };
        let votes = match (workshop.removed, workshop.votes) {
            (true, _) => "removed",
            (false, true) => "yes",
            (false, false) => "with the next charter",
        };
        table.row([
            &workshop.id.short(),
            &workshop.name,
            &stewards,
            &workshop.members.to_string(),
            &workshop.nodes.to_string(),
            votes,
        ]);
    }
    let mut text = table.text();
    for workshop in workshops.iter().filter(|workshop| workshop.removed) {
        if let Some(reason) = &workshop.reason {
            text += &format!("{} was removed: {}\n", clean(&workshop.name), clean(reason));
        }
    }
    text
}

/// Names of workshops, in a row.
pub(super) fn names(workshops: &[WorkshopName]) -> String {
    let names: Vec<String> =
        workshops.iter().map(|w| w.name.as_deref().map_or_else(|| w.id.short(), clean)).collect();
    if names.is_empty() { "–".to_owned() } else { names.join(", ") }
}

fn motions(open: &[MotionRow]) -> String {
    if open.is_empty() {
        return "No motion is open.".to_owned();
    }
    let mut text = String::new();
    for motion in open {
        text += &format!("{}  {}\n", motion.id.short(), clean(&motion.what));
        let mut table = Table::new("  ");
        let author = &motion.author;
        let by = author.name.as_deref().map_or_else(|| author.did.short(), clean);
        table.row(["moved by", &format!("{by}, {}", time(motion.at))]);
        if let Some(reason) = &motion.reason {
            table.row(["since", reason]);
        }
        table.row([
            "votes",
            &format!("{} of {}: {}", motion.votes.len(), motion.quorum, names(&motion.votes)),
        ]);
        table.row(["missing", &names(&motion.missing)]);
        text += &table.text();
        if motion.waits_for_us {
            text += &format!("  vote for it with: aronde workshop vote {}\n", motion.id.short());
        }
    }
    text
}

/// What came of a motion.
pub(super) fn moved(done: &Moved) -> String {
    let mut text = format!("{}\n", done.id);
    if done.carried {
        text += &format!("carried: {}\n", clean(&done.what));
    } else {
        text += &format!(
            "open: {}\nit needs {}, of: {}\n",
            clean(&done.what),
            count(done.needed, "more vote", "more votes"),
            names(&done.missing)
        );
        if done.id == done.motion {
            text += &format!("they vote with: aronde workshop vote {}\n", done.motion.short());
        }
    }
    for note in &done.notes {
        text += &format!("! {}\n", clean(note));
    }
    text + &charter_line(done.charter.as_ref())
}

//! `aronde charter`: what the federation agreed on, and by whom.

use aronde_node::api::{self, CharterDetail, CharterRow, Proposed, ServiceError};
use aronde_protocol::id::EntryId;

use super::workshop::names;
use crate::context::{Context, ask};
use crate::output::{Table, count, time};

/// `aronde charter`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde charter list
  aronde charter show            what stands, since when, and who agreed
  aronde charter endorse 9b20e1
  aronde charter propose

A charter settles what was done so far: no key of old can change it any more. One is proposed whenever a
workshop comes or goes or a steward is removed, and nodes endorse what changes nothing for them. Two that
follow one raise an alarm; `aronde charter propose` makes one that heals them.")]
pub struct Charter {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// All charters, the oldest first
    List,
    /// One charter: what it settles, who endorsed it
    Show {
        /// The charter: its id, or the beginning of it; the newest that is followed, when left out
        charter: Option<String>,
    },
    /// Propose a charter that settles what counts here, or heals a quarrel
    #[command(after_help = "Example:\n  aronde charter propose")]
    Propose,
    /// Endorse a charter for your workshop
    #[command(after_help = "Example:\n  aronde charter endorse 9b20e1")]
    Endorse {
        /// The charter: its id, or the beginning of it; the one that waits, when left out
        charter: Option<String>,
    },
}

impl Charter {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Command::List => {
                let charters = ask!(context, CharterList, api::CharterList {});
                context.show(&charters, || list(&charters))
            }
            Command::Show { charter } => {
                let charter = ask!(context, CharterShow, api::CharterShow { charter });
                context.show(&charter, || show(&charter))
            }
            Command::Propose => {
                let done = ask!(context, CharterPropose, api::CharterPropose {});
                context.show(&done, || format!("{}\n{}", done.id, charter_line(Some(&done))))
            }
            Command::Endorse { charter } => {
                let done = ask!(context, CharterEndorse, api::CharterEndorse { charter });
                context.show(&done, || format!("{}\n{}", done.id, charter_line(Some(&done))))
            }
        }
    }
}

/// What became of a charter, in a line; nothing where there is none.
pub(super) fn charter_line(proposed: Option<&Proposed>) -> String {
    match proposed {
        None => String::new(),
        Some(charter) if charter.in_force => {
            format!("the charter {} is in force\n", charter.charter.short())
        }
        Some(charter) => {
            let (id, missing) = (charter.charter.short(), names(&charter.missing));
            format!("the charter {id} waits for endorsements of: {missing}\n")
        }
    }
}

fn state(charter: &CharterRow) -> &'static str {
    match charter {
        CharterRow { rival: true, .. } => "RIVAL",
        CharterRow { newest: true, .. } => "newest",
        CharterRow { followed: true, .. } => "followed",
        CharterRow { in_force: true, .. } => "in force",
        _ => "proposed",
    }
}

fn list(charters: &[CharterRow]) -> String {
    if charters.is_empty() {
        return "No charter yet: the founding entry is what all agree on.".to_owned();
    }
    let mut table = Table::new("");
    table.row(["CHARTER", "STATE", "BY", "AT", "ENDORSED BY", "MISSING"]);
    for charter in charters {
        let author = &charter.author;
        table.row([
            &charter.id.short(),
            state(charter),
            &author.name.clone().unwrap_or_else(|| author.did.short()),
            &time(charter.at),
            &names(&charter.endorsed),
            &names(&charter.missing),
        ]);
    }
    table.text()
}

fn show(detail: &CharterDetail) -> String {
    let mut table = Table::new("");
    match &detail.charter {
        None => table.row(["charter", &format!("none yet; the founding entry {}", detail.id)]),
        Some(charter) => {
            table.row(["charter", &detail.id.to_string()]);
            table.row(["state", state(charter)]);
            table.row(["after", &charter.before.to_string()]);
            for healed in &charter.heals {
                table.row(["heals", &healed.to_string()]);
            }
            let author = &charter.author;
            let by = author.name.clone().unwrap_or_else(|| author.did.short());
            table.row(["proposed by", &format!("{by}, {}", time(charter.at))]);
            table.row(["endorsed by", &names(&charter.endorsed)]);
            table.row(["missing", &names(&charter.missing)]);
            let heads = detail.heads.len() as u64;
            table.row([
                "settles",
                &format!(
                    "{} and the work behind {}",
                    count(detail.operations, "operation", "operations"),
                    count(heads, "head", "heads")
                ),
            ]);
        }
    }
    if !detail.workshops.is_empty() {
        table.row(["votes", &names(&detail.workshops)]);
    }
    let mut text = table.text();
    if let Some(changed) = &detail.would_change {
        text += &match changed.as_slice() {
            [] => "Following it would change nothing that is held here.\n".to_owned(),
            some => {
                let mut text = format!(
                    "Following it would change what counts here, in {}:\n",
                    count(some.len() as u64, "entry", "entries")
                );
                for id in some.iter().take(20) {
                    text += &format!("  {id}\n");
                }
                text
            }
        };
    }
    if !detail.would_erase.is_empty() {
        text += "Following it would erase words that a motion redacted, in:\n";
        for id in detail.would_erase.iter().take(20) {
            text += &format!("  {id}\n");
        }
    }
    if let Some(alarm) = &detail.alarm {
        let rivals: Vec<String> = alarm.rivals.iter().map(EntryId::short).collect();
        text += &format!("ALARM: {} quarrel over what follows {}\n", rivals.join(", "), alarm.before.short());
        if !alarm.double_signers.is_empty() {
            text += &format!("  endorsed more than one: {}\n", names(&alarm.double_signers));
        }
        text += "  heal them with: aronde charter propose\n";
    }
    text
}

//! `aronde member`: who belongs to your workshop, with which role.

use std::path::PathBuf;

use aronde_node::api::{self, MemberChanged, MemberRow, ServiceError};
use aronde_protocol::authority::Role;
use aronde_protocol::key::{KeyCommitment, MemberKey};

use super::charter::charter_line;
use crate::context::{Context, absolute, ask};
use crate::output::{Table, clean, or_dash};
use crate::values;

/// `aronde member`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde member list
  aronde member add did:key:z6Mk… --name \"Maker B\" --role maker --next 5e0c…
  aronde member role \"Maker B\" auditor
  aronde member remove \"Maker B\" --reason \"moved away\"
  aronde member rotate                        take your next key, should yours be stolen
  aronde member replace \"Maker B\" did:key:z6Mk…

A member is named by a DID, the beginning of one, or a name that only one has. A steward does all of this for
the own workshop; everyone may remove oneself and rotate the own key. `aronde invite --member` takes in somebody
who has no key yet.")]
pub struct Member {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// All members, former ones included
    List,
    /// Admit somebody to your workshop
    #[command(
        after_help = "Example:\n  aronde member add did:key:z6Mk… --name \"Maker B\" --role maker --next 5e0c…"
    )]
    Add {
        /// Their DID, as their `aronde key show` says
        did: String,
        /// What they are called
        #[arg(long, value_parser = values::name)]
        name: String,
        /// steward, maker or auditor
        #[arg(long)]
        role: Role,
        /// The hash of their next key, as their `aronde key show` says; without it they can never rotate their key
        #[arg(long, value_name = "HEX", value_parser = values::commitment)]
        next: Option<KeyCommitment>,
        /// Let all stand again that they wrote before they were removed, and that is held here
        #[arg(long)]
        with_work: bool,
    },
    /// Give a member another role; what they did stands
    #[command(after_help = "Example:\n  aronde member role \"Maker B\" auditor")]
    Role {
        /// The member
        member: String,
        /// steward, maker or auditor
        role: Role,
    },
    /// Remove a member, or yourself; what is known of their work stands
    #[command(after_help = "Example:\n  aronde member remove \"Maker B\" --reason \"moved away\"")]
    Remove {
        /// The member
        member: String,
        /// Why; everyone can read it
        #[arg(long)]
        reason: Option<String>,
    },
    /// Replace your key by your next key, everywhere
    #[command(after_help = "Example:\n  aronde member rotate")]
    Rotate {
        /// The file of the next key, when it is not in the home
        #[arg(long, value_name = "FILE")]
        next: Option<PathBuf>,
    },
    /// Replace the lost key of a member, without its next key
    #[command(after_help = "Example:\n  aronde member replace \"Maker B\" did:key:z6Mk… --next 5e0c…")]
    Replace {
        /// The member, or the lost key
        old: String,
        /// The DID of the new key
        new: MemberKey,
        /// The hash of the key after it, as `aronde key show` says there
        #[arg(long, value_name = "HEX", value_parser = values::commitment)]
        next: Option<KeyCommitment>,
    },
}

impl Member {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Command::List => {
                let members = ask!(context, MemberList, api::MemberList {});
                context.show(&members, || list(&members))
            }
            Command::Add { did, name, role, next, with_work } => {
                let add = api::MemberAdd { did, name, role, next, with_work };
                let done = ask!(context, MemberAdd, add);
                context.show(&done, || changed(&done, &format!("is {role} of")))
            }
            Command::Role { member, role } => {
                let done = ask!(context, MemberRole, api::MemberRole { member, role });
                context.show(&done, || changed(&done, &format!("is {role} now in")))
            }
            Command::Remove { member, reason } => remove(context, member, reason),
            Command::Rotate { next } => rotate(context, next),
            Command::Replace { old, new, next } => {
                let done = ask!(context, MemberReplace, api::MemberReplace { member: old, new, next });
                context.show(&done, || changed(&done, "signs with another key now in"))
            }
        }
    }
}

fn remove(context: &Context, member: String, reason: Option<String>) -> Result<(), ServiceError> {
    let mut remove = api::MemberRemove { member, reason, only_ask: true };
    if !context.json() && crate::passphrase::can_ask() {
        let known = ask!(context, MemberRemove, remove.clone());
        for note in &known.notes {
            eprintln!("{}", clean(note));
        }
        let who = or_dash(known.name.as_deref());
        let of = or_dash(known.workshop_name.as_deref());
        if !known.notes.is_empty() && !values::agreed(&format!("Remove {who} from {of}?"))? {
            return Err(
                ServiceError::user("nobody was removed").hint("see who is here with: aronde member list")
            );
        }
    }
    remove.only_ask = false;
    let done = ask!(context, MemberRemove, remove);
    context.show(&done, || changed(&done, "is removed from"))
}

fn rotate(context: &Context, next: Option<PathBuf>) -> Result<(), ServiceError> {
    let home = context.home()?;
    let next = next.map(|path| absolute(&path)).transpose()?;
    let passphrase = context.passphrase_for(&home.member_key())?;
    let file = next.clone().unwrap_or_else(|| home.next_key());
    let next_passphrase = match &passphrase {
        _ if !file.exists() => None,
        // The two keys of a home have one passphrase.
        Some(same) if next.is_none() => Some(same.clone()),
        _ => context.passphrase_for(&file)?,
    };
    let done = ask!(context, MemberRotate, api::MemberRotate { next, next_passphrase, passphrase });
    context.show(&done, || changed(&done, "signs with the next key now in"))
}

fn list(members: &[MemberRow]) -> String {
    let mut table = Table::new("");
    table.row(["NAME", "ROLE", "WORKSHOP", "SINCE", "DID"]);
    for member in members {
        let role = if member.removed { format!("was {}", member.role) } else { member.role.to_string() };
        table.row([
            &or_dash(member.name.as_deref()),
            &role,
            &or_dash(member.workshop_name.as_deref()),
            &member.membership.short(),
            &member.did.to_string(),
        ]);
    }
    let mut text = table.text();
    for member in members.iter().filter(|member| member.removed) {
        if let Some(reason) = &member.reason {
            text += &format!("{} was removed: {}\n", or_dash(member.name.as_deref()), clean(reason));
        }
    }
    text
}

fn changed(done: &MemberChanged, what: &str) -> String {
    let mut text = match &done.id {
        Some(id) => format!("{id}\n"),
        None => String::new(),
    };
    let who = done.name.as_deref().map_or_else(|| done.did.short(), clean);
    text += &format!("{who} {what} {}\n", or_dash(done.workshop_name.as_deref()));
    if done.role.is_some() {
        text += &format!("{}\n", done.did);
    }
    for note in &done.notes {
        text += &format!("! {}\n", clean(note));
    }
    text + &charter_line(done.charter.as_ref())
}

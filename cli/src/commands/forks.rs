//! `aronde forks`: places where one log has two hands, or one hand that forgot.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use aronde_node::api::{self, ForkBranch, ForkDetail, ForkEntry, ForkHealed, ForkSummary, ServiceError};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::MemberKey;
use serde::Serialize;

use crate::context::{Context, absolute, ask};
use crate::output::{Table, clean, count, time};

/// Entries of a branch that a person reads; `--json` has more.
const SHOWN: usize = 20;

/// `aronde forks`
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  aronde forks
  aronde forks show 4f1c20aa
  aronde forks show 4f1c20aa --proof fork.proof      evidence that anyone checks: aronde verify fork.proof
  aronde forks heal                                  your own: leave the log, and say so to everyone

A fork is evidence that two installations, or one and an older copy of it, wrote with one key. Nothing
is lost by it: all branches are kept, and what counts of them counts."
)]
pub struct Forks {
    /// Write the proof of the only fork there is to this file
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// One fork: what was written on each branch, when, and which of it counts
    Show {
        /// One of its entries, or the beginning of its id; or AUTHOR/LOG/PLACE
        fork: String,
        /// Write its proof to this file
        #[arg(long, value_name = "FILE")]
        proof: Option<PathBuf>,
    },
    /// Leave your forked logs, and say to everyone which branches are yours
    #[command(after_help = "\
Examples:
  aronde forks heal
  aronde forks heal 4f1c20aa")]
    Heal {
        /// Only the log of this fork; all of yours otherwise
        fork: Option<String>,
    },
}

impl Forks {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match (self.command, self.proof) {
            (None, None) => {
                let forks = ask!(context, Forks, api::Forks {});
                context.show(&forks, || list(&forks))
            }
            (None, Some(file)) => prove(context, None, &file),
            (Some(Command::Show { fork, proof: Some(file) }), _) => prove(context, Some(fork), &file),
            (Some(Command::Show { fork, proof: None }), _) => {
                let fork = ask!(context, ForksShow, api::ForksShow { fork });
                context.show(&fork, || show(&fork))
            }
            (Some(Command::Heal { fork }), _) => {
                let healed = ask!(context, ForksHeal, api::ForksHeal { fork });
                context.show(&healed, || heal(&healed))
            }
        }
    }
}

/// What was proven, and where it was written.
#[derive(Debug, Serialize)]
struct Written {
    author: MemberKey,
    log: String,
    seq: u64,
    entries: [EntryId; 2],
    file: PathBuf,
    bytes: usize,
}

/// Writes a proof, given in hexadecimal digits, to a file that is not there yet: evidence is never written over something
/// else. Answers where it is and how long.
pub(super) fn write_proof(proof: &str, file: &Path) -> Result<(PathBuf, usize), ServiceError> {
    let bytes = hex::decode(proof).map_err(ServiceError::internal)?;
    let file = absolute(file)?;
    let written =
        File::create_new(&file).and_then(|mut to| to.write_all(&bytes).and_then(|()| to.sync_all()));
    written.map_err(|error| {
        ServiceError::user(format!("the proof cannot be written to {}: {error}", file.display()))
            .hint("name a file that is not there yet, in a folder that is")
    })?;
    Ok((file, bytes.len()))
}

fn prove(context: &Context, fork: Option<String>, file: &Path) -> Result<(), ServiceError> {
    let made = ask!(context, ForksProof, api::ForksProof { fork });
    let (file, bytes) = write_proof(&made.proof, file)?;
    let api::ForkProofMade { author, log, seq, entries, .. } = made;
    let written = Written { author, log, seq, entries, file, bytes };
    context.show(&written, || {
        format!(
            "{}\nproof of the fork of {} at place {seq} of log {}; anyone checks it with: aronde verify FILE\n",
            clean(&written.file.display().to_string()),
            author.short(),
            clean(&written.log),
        )
    })
}

fn list(forks: &[ForkSummary]) -> String {
    if forks.is_empty() {
        return "No log that is held here forks.\n".to_owned();
    }
    let mut table = Table::new("");
    table.row(["FORK", "LOG", "PLACE", "BY", "STATE"]);
    for fork in forks {
        let first = fork.entries.first().map(EntryId::short).unwrap_or_default();
        table.row([&first, &fork.log, &fork.seq.to_string(), &who(fork), &state(fork)]);
    }
    table.text() + "\nSee one with: aronde forks show FORK\n"
}

fn who(fork: &ForkSummary) -> String {
    let short = fork.author.short();
    fork.author_name.as_ref().map_or_else(|| short.clone(), |name| format!("{name} ({short})"))
}

fn state(fork: &ForkSummary) -> String {
    match &fork.healed {
        Some(healed) => format!("healed by its owner on {}", time(healed.at)),
        None => "open".to_owned(),
    }
}

fn show(fork: &ForkDetail) -> String {
    let summary = &fork.summary;
    let mut text = format!("{} wrote {} times for one place\n", clean(&who(summary)), fork.branches.len());
    let mut table = Table::new("  ");
    table.row(["author", &summary.author.to_string()]);
    table.row(["log", &format!("{} at {}", summary.log, summary.seq)]);
    table.row(["state", &state(summary)]);
    text += &table.text();
    for (number, branch) in fork.branches.iter().enumerate() {
        text += &format!(
            "\nbranch {}: {}, {} of them without effect\n",
            number + 1,
            count(branch.length, "entry", "entries"),
            branch.length.saturating_sub(branch.counting),
        );
        text += &lines(branch);
    }
    text += "\nBoth are kept; what counts of them counts. Evidence for others: aronde forks show FORK --proof FILE\n";
    if summary.healed.is_none() {
        text += "If the log is yours, leave it and say so to everyone: aronde forks heal\n";
    }
    text
}

fn lines(branch: &ForkBranch) -> String {
    let mut table = Table::new("  ");
    for entry in branch.entries.iter().take(SHOWN) {
        let effect = entry.reason.as_ref().map_or(String::new(), |why| format!("without effect: {why}"));
        table.row([&entry.id.short(), &entry.seq.to_string(), &time(entry.at), &what(entry), &effect]);
    }
    let more = branch.length.saturating_sub(SHOWN as u64);
    if more > 0 {
        table.row(["…", &format!("and {more} more"), "", "", ""]);
    }
    table.text()
}

/// What an entry is, and what it is about.
fn what(entry: &ForkEntry) -> String {
    let about = entry.subject_title.clone().or_else(|| entry.subject.map(|id| id.short()));
    about.map_or_else(|| entry.kind.clone(), |about| format!("{} ({about})", entry.kind))
}

fn heal(healed: &[ForkHealed]) -> String {
    if healed.is_empty() {
        return "No open fork of your logs is held here.\n".to_owned();
    }
    let mut text = String::new();
    for log in healed {
        text += &format!(
            "{}\nsays that {} of log {} are yours; the log is left, and what you write goes to a fresh one\n",
            log.id,
            count(log.heads.len() as u64, "branch", "branches"),
            clean(&log.log),
        );
    }
    text
}

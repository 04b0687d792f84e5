//! `aronde checkpoint`: what workshops vouch that they held at a moment, and what comes of that here.

use std::path::{Path, PathBuf};

use aronde_node::api::{
    self, CheckpointDetail, CheckpointProofMade, CheckpointRow, CheckpointSeal, CheckpointState,
    EntryCovered, ServiceError,
};
use aronde_protocol::id::{EntryId, WorkshopId};
use serde::Serialize;

use super::forks::write_proof;
use super::workshop::names;
use crate::context::{Context, ask};
use crate::output::{Table, clean, count, time};

/// `aronde checkpoint`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde checkpoint list
  aronde checkpoint show                        the newest: what it covers, who vouches for it, what comes out here
  aronde checkpoint show --entry 9b20e1         since when a record was known, and to which workshops
  aronde checkpoint show 4f1c20 --proof FILE    evidence that a workshop vouched for two pasts: aronde verify FILE

A checkpoint is a charter whose author says what it covers: how many entries, the root over them, the heads of all
logs, what counts. A workshop's node endorses it only when the same comes out there. Where something else comes out,
or where it covers what was never shown here, two histories were told.")]
pub struct Checkpoint {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// The checkpoints that are followed, the oldest first
    List,
    /// One checkpoint: what it says, who vouches for it, what comes out here
    Show {
        /// The checkpoint: its id, or the beginning of it; the newest that is followed, when left out
        checkpoint: Option<String>,
        /// Find this entry in it: since when it was known, and to whom
        #[arg(long, value_name = "ID")]
        entry: Option<String>,
        /// Write the proof that a workshop endorsed it and one that rivals it to this file
        #[arg(long, value_name = "FILE", conflicts_with = "entry")]
        proof: Option<PathBuf>,
    },
}

impl Checkpoint {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Command::List => {
                let checkpoints = ask!(context, CheckpointList, api::CheckpointList {});
                context.show(&checkpoints, || list(&checkpoints))
            }
            Command::Show { checkpoint, proof: Some(file), .. } => prove(context, checkpoint, &file),
            Command::Show { checkpoint, entry, proof: None } => {
                let asked = api::CheckpointShow { checkpoint, entry };
                let checkpoint = ask!(context, CheckpointShow, asked);
                context.show(&checkpoint, || show(&checkpoint))
            }
        }
    }
}

fn list(checkpoints: &[CheckpointRow]) -> String {
    if checkpoints.is_empty() {
        return "No checkpoint yet. A steward makes one with: aronde charter propose\n".to_owned();
    }
    let mut table = Table::new("");
    table.row(["CHECKPOINT", "AT", "ENTRIES", "HERE", "VOUCHED FOR BY"]);
    for row in checkpoints {
        table.row([
            row.id.short().as_str(),
            &time(row.at),
            &row.seal.entries.to_string(),
            row.state.word(),
            &names(&row.endorsed),
        ]);
    }
    table.text()
}

fn show(detail: &CheckpointDetail) -> String {
    let row = &detail.row;
    let mut table = Table::new("");
    table.row(["checkpoint", &row.id.to_string()]);
    table.row(["made by", &format!("{}, {}", called(row), time(row.at))]);
    table.row(["vouched for by", &names(&row.endorsed)]);
    figures(&mut table, &row.seal);
    table.row(["here", &here(detail)]);
    let mut text = table.text();
    if let Some(found) = &detail.found {
        text += "\nWhat comes out here\n";
        let mut table = Table::new("  ");
        figures(&mut table, found);
        text += &table.text();
    }
    for head in detail.missing.iter().take(20) {
        text += &format!("  not held: {head}\n");
    }
    if let Some(entry) = &detail.entry {
        text += &covered(entry);
    }
    text
}

fn called(row: &CheckpointRow) -> String {
    row.author.name.as_deref().map_or_else(|| row.author.did.short(), clean)
}

fn figures(table: &mut Table, seal: &CheckpointSeal) {
    let entries = count(seal.entries, "entry", "entries");
    table.row(["covers", &format!("{entries}, in {}", count(seal.logs, "head of a log", "heads of logs"))]);
    table.row(["history", &seal.history]);
    table.row(["heads", &seal.heads]);
    table.row(["counts", &seal.accepted]);
}

fn here(detail: &CheckpointDetail) -> String {
    match detail.row.state {
        CheckpointState::Agrees => "the same comes out".to_owned(),
        CheckpointState::Differs => {
            "something else comes out: two histories were told, or a program is wrong".to_owned()
        }
        CheckpointState::NotHeld => format!(
            "{} that it covers {} not held: this home was set back, or somebody keeps them from it; aronde sync --wait",
            count(detail.missing.len() as u64, "head", "heads"),
            if detail.missing.len() == 1 { "is" } else { "are" },
        ),
    }
}

fn covered(entry: &EntryCovered) -> String {
    match (entry.place, entry.since, entry.at) {
        (Some(place), Some(since), Some(at)) => format!(
            "\n{} stands at place {place} of it, since the checkpoint {} of {}: known then to {}\n\
             show that to others with: aronde audit bundle FILE --subject {}\n",
            entry.entry.short(),
            since.short(),
            time(at),
            names(&entry.known_to),
            entry.entry.short(),
        ),
        _ => {
            format!("\n{} is not covered by it: it is newer, or nobody showed it then\n", entry.entry.short())
        }
    }
}

/// What was proven, and where it was written.
#[derive(Debug, Serialize)]
struct Written {
    workshop: WorkshopId,
    workshop_name: String,
    charters: [EntryId; 2],
    file: PathBuf,
    bytes: usize,
}

fn prove(context: &Context, charter: Option<String>, file: &Path) -> Result<(), ServiceError> {
    let made = ask!(context, CheckpointProof, api::CheckpointProof { charter });
    let (file, bytes) = write_proof(&made.proof, file)?;
    let CheckpointProofMade { workshop, workshop_name, charters, .. } = made;
    let written = Written { workshop, workshop_name, charters, file, bytes };
    context.show(&written, || {
        let [one, other] = written.charters;
        format!(
            "{}\nproof that {} endorsed {} and {}; anyone checks it with: aronde verify FILE\n",
            clean(&written.file.display().to_string()),
            clean(&written.workshop_name),
            one.short(),
            other.short(),
        )
    })
}

//! `aronde capacity`: what workshops can make, and with what.

mod add;
mod book;
mod cancel;
mod claim;
mod find;
mod import;
mod list;
mod publish;
mod remove;
mod set;
mod show;

use aronde_node::api::{CapacityChanged, ServiceError};

use crate::context::Context;
use crate::output::workshops;

/// `aronde capacity`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde capacity set city=Brussels country=BE latitude=50.85 longitude=4.35
  aronde capacity add machines --set name=\"Laser cutter\" --set width=\"1250 mm\" --set depth=\"750 mm\"
  aronde capacity import fablabs.csv
  aronde capacity find --process \"laser cutting\" --material plywood --size 1200x600x12 --near 50.85,4.35 --within 20km
  aronde capacity book \"Workshop North\" --machine \"Laser cutter\" --from 2026-12-01T09:00:00Z --to 2026-12-01T11:00:00Z
  aronde capacity publish --format spaceapi --audience public --out space.json")]
pub struct Capacity {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Set fields of your workshop's sheet, which is made at first use
    Set(set::Set),
    /// Add a machine, a stock, a skill, a row of the calendar …
    Add(add::Add),
    /// Remove one of them
    Remove(remove::Remove),
    /// Take in Open Know-Where, a list of places or a catalogue of machines
    Import(import::Import),
    /// List all sheets, or all machine models
    List(list::List),
    /// Show one sheet in full, with what is booked
    Show(show::Show),
    /// Make a listed sheet your workshop's own
    Claim(claim::Claim),
    /// Find machines by process, material, size, place and time
    Find(find::Find),
    /// Book a machine
    Book(book::Book),
    /// Cancel a booking
    Cancel(cancel::Cancel),
    /// Write a sheet as the maps of workshops read it
    Publish(publish::Publish),
}

impl Capacity {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Command::Set(command) => command.run(context),
            Command::Add(command) => command.run(context),
            Command::Remove(command) => command.run(context),
            Command::Import(command) => command.run(context),
            Command::List(command) => command.run(context),
            Command::Show(command) => command.run(context),
            Command::Claim(command) => command.run(context),
            Command::Find(command) => command.run(context),
            Command::Book(command) => command.run(context),
            Command::Cancel(command) => command.run(context),
            Command::Publish(command) => command.run(context),
        }
    }
}

/// What became of a change.
fn changed(changed: &CapacityChanged) -> String {
    let id = changed.id;
    let Some(entry) = changed.entry else {
        return format!("{id}\nthe sheet says that already, so nothing was written");
    };
    if !changed.accepted {
        let (who, keep, them) = workshops(&changed.keepers);
        return format!(
            "{id}\nproposed as {}: {who} {keep} this sheet; your change waits for {them}",
            entry.short()
        );
    }
    let what = if changed.created { "made" } else { "changed" };
    format!("{id}\n{what} by the entry {}\nsee it with: aronde capacity show {}", entry.short(), id.short())
}

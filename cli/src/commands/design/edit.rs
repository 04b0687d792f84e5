//! `aronde design edit`

use aronde_node::api::{self, DesignEdited, ServiceError};

use crate::context::{Context, ask};
use crate::output::{count, workshops};
use crate::values;

/// `aronde design edit`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design edit 4f1c20 --set version=1.1.0
  aronde design edit 4f1c20 --set title=\"Press 2\" --set licence=CERN-OHL-S-2.0
  aronde design edit 4f1c20 --set bom/3/quantity=\"4 {piece}\"

A field with several values is decided by setting it. When your workshop does not keep the design, the
change is a proposal: it waits until those who keep it take it in, and your next change goes on from it.")]
pub struct Edit {
    /// The design: its id, or the beginning of it
    id: String,
    /// A field and its new value (may be repeated)
    #[arg(long, value_name = "FIELD=VALUE", required = true, value_parser = values::field)]
    set: Vec<(String, String)>,
    /// Go on from this proposal
    #[arg(long, value_name = "PROPOSAL", conflicts_with = "apart")]
    on: Option<String>,
    /// Begin another proposal, which can be taken in without your open one
    #[arg(long)]
    apart: bool,
}

impl Edit {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let edit = api::DesignEdit { id: self.id, set: self.set, on: self.on, apart: self.apart };
        let edited = ask!(context, DesignEdit, edit);
        context.show(&edited, || text(&edited))
    }
}

pub fn text(edited: &DesignEdited) -> String {
    let entry = edited.entry.short();
    if edited.accepted {
        let with =
            edited.on.map_or_else(String::new, |on| format!(", which takes in the proposal {}", on.short()));
        return format!("{}\nchanged by the entry {entry}{with}", edited.id);
    }
    let on = edited.on.map_or_else(String::new, |on| {
        format!(
            "it goes on from your proposal {}: {} now\n",
            on.short(),
            count(edited.edits, "edit", "edits")
        )
    });
    let (who, keep, them) = workshops(&edited.keepers);
    format!(
        "{}\nproposed as {entry}: {who} {keep} this design; your change waits for {them}\n{on}see it with: aronde proposal show {entry}",
        edited.id
    )
}

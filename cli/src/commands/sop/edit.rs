//! `aronde sop edit`

use aronde_node::api::{self, DesignEdited, ServiceError};

use crate::context::{Context, ask};
use crate::output::{count, workshops};
use crate::values;

/// `aronde sop edit`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde sop edit 4f1c20 --set version=2
  aronde sop edit 4f1c20 --set \"steps/3/text=Close the lid and wait\" --set steps/3/duration=\"2 min\"
  aronde sop edit 4f1c20 --set controls/1/acceptance=\"0.1 mm\"

A field with several values is decided by setting it. When your workshop does not keep the procedure, the change is a
proposal: it waits until those who keep it take it in, and your next change goes on from it.")]
pub struct Edit {
    /// The procedure: its id, or the beginning of it
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
        let edit = api::SopEdit { id: self.id, set: self.set, on: self.on, apart: self.apart };
        let edited = ask!(context, SopEdit, edit);
        context.show(&edited, || text(&edited))
    }
}

fn text(edited: &DesignEdited) -> String {
    let entry = edited.entry.short();
    if edited.accepted {
        let with =
            edited.on.map_or_else(String::new, |on| format!(", which takes in the proposal {}", on.short()));
        return format!("{}\nchanged by the entry {entry}{with}", edited.id);
    }
    let on = edited.on.map_or_else(String::new, |on| {
        let edits = count(edited.edits, "edit", "edits");
        format!("it goes on from your proposal {}: {edits} now\n", on.short())
    });
    let (who, keep, them) = workshops(&edited.keepers);
    format!(
        "{}\nproposed as {entry}: {who} {keep} this procedure; your change waits for {them}\n{on}see it with: aronde proposal show {entry}",
        edited.id
    )
}

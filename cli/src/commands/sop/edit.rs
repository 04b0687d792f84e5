//! `aronde sop edit`

use std::path::PathBuf;

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};
use crate::editor::{self, Edited};
use crate::values;

/// `aronde sop edit`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde sop edit 4f1c20
  aronde sop edit 4f1c20 --set version=2
  aronde sop edit 4f1c20 --set \"steps/3/text=Close the lid and wait\" --set steps/3/duration=\"2 min\"
  aronde sop edit 4f1c20 --set controls/1/acceptance=\"0.1 mm\"

Without --set the whole procedure opens as one text in your editor (VISUAL or EDITOR): steps are added, moved and removed
there. What you save is merged with what came meanwhile. A field with several values is decided by setting it. When your workshop does not keep the procedure, the change is a
proposal: it waits until those who keep it take it in, and your next change goes on from it.")]
pub struct Edit {
    /// The procedure: its id, or the beginning of it
    id: String,
    /// A field and its new value (may be repeated)
    #[arg(long, value_name = "FIELD=VALUE", value_parser = values::field)]
    set: Vec<(String, String)>,
    /// Take the whole text from this file, as --print writes it; "-" reads it from stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["set", "print"])]
    form: Option<PathBuf>,
    /// Print the text that would open in the editor
    #[arg(long, conflicts_with = "set")]
    print: bool,
    /// Go on from this proposal
    #[arg(long, value_name = "PROPOSAL", conflicts_with = "apart")]
    on: Option<String>,
    /// Begin another proposal, which can be taken in without your open one
    #[arg(long)]
    apart: bool,
}

impl Edit {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let (id, on, apart) = (self.id, self.on, self.apart);
        if let Some(file) = &self.form {
            return editor::save_file(context, id, file);
        }
        if self.set.is_empty() {
            let edited = Edited { id, on, apart, command: "sop edit" };
            return if self.print { editor::print(context, edited) } else { editor::edit(context, edited) };
        }
        let edited = ask!(context, SopEdit, api::SopEdit { id, set: self.set, on, apart });
        context.show(&edited, || editor::what_became(&edited))
    }
}

//! `aronde design diff`

use aronde_node::api::{self, DesignDiffered, ServiceError};

use crate::context::{Context, ask};
use crate::output::diff;

/// `aronde design diff`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design diff 4f1c20 1.1.0 1.2.0
  aronde design diff 4f1c20 1.2.0             what changed since
  aronde design diff 4f1c20 7d31ab now --json

What goes stands after -, what comes after +, what is changed after ~.")]
pub struct Diff {
    /// The design: its id, or the beginning of it
    id: String,
    /// The old state: a version, a release, an entry of the design, or `now`
    old: String,
    /// The new state, named alike
    #[arg(default_value = "now")]
    new: String,
}

impl Diff {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let wanted = api::DesignDiff { id: self.id, old: self.old, new: self.new };
        let differed = ask!(context, DesignDiff, wanted);
        context.show(&differed, || text(&differed))
    }
}

fn text(differed: &DesignDiffered) -> String {
    if differed.diff.fields.is_empty() && differed.diff.items.is_empty() {
        return "Nothing differs between the two.\n".to_owned();
    }
    diff::text(&differed.diff)
}

//! `aronde redact`: what is personal in an entry is forgotten.

use aronde_node::api::{self, Redacted, ServiceError};

use super::workshop::moved;
use crate::context::{Context, ask};
use crate::output::clean;

/// `aronde redact`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde redact 9b20e1
  aronde redact 9b20e1 --reason \"asked for by the person named\"

Notes, names and evidence go; who did how much of what for which design stays, so that totals, chains and
rights hold. One's own is erased at every node that hears of it. A steward redacts what members of their
workshop wrote: it is hidden at once, and erased when a charter covers it (aronde charter propose). What others
wrote takes a motion, which the same command opens: it is hidden once enough workshops have voted for it
(aronde workshop vote), and erased with the charter that is proposed then. Files that nothing else names go too.
Exports and copies outside of Aronde are beyond its reach.")]
pub struct Redact {
    /// The entry: its id, or the beginning of it
    #[arg(value_name = "RECORD")]
    entry: String,
    /// Why, in words that everybody sees
    #[arg(long)]
    reason: Option<String>,
}

impl Redact {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let redact = api::Redact { entry: self.entry, reason: self.reason };
        let redacted = ask!(context, Redact, redact);
        context.show(&redacted, || text(&redacted))
    }
}

fn text(redacted: &Redacted) -> String {
    if let Some(motion) = &redacted.motion {
        return moved(motion);
    }
    let what = if redacted.erased {
        "is erased here, and wherever this is heard of"
    } else {
        "is hidden, and erased when a charter covers this: aronde charter propose"
    };
    let Redacted { id, entry, kind, .. } = redacted;
    format!("{id}\nwhat is personal in {} ({}) {what}\n", entry.short(), clean(kind))
}

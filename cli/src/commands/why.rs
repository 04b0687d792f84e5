//! `aronde why`: by what right an entry counts.

use aronde_node::api::{self, ServiceError, WhyAnswer};

use crate::context::{Context, ask};
use crate::output::{clean, or_dash, time};

/// `aronde why`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde why 9b20e1
  aronde why 9b20e1 --json | jq .steps

Each line is an entry that lets the one above it count. The last is the founding entry.")]
pub struct Why {
    /// The entry: its id, or the beginning of it
    entry: String,
}

impl Why {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let why = ask!(context, Why, api::Why { entry: self.entry });
        context.show(&why, || text(&why))
    }
}

fn text(why: &WhyAnswer) -> String {
    let short = why.entry.short();
    if !why.counts {
        return format!("{short} does not count. Why not: aronde parked explain {short}");
    }
    let mut text = String::new();
    for step in &why.steps {
        let settled =
            step.settled.map_or_else(String::new, |charter| format!(" (settled by {})", charter.short()));
        text += &format!(
            "{} {} by {}, {}\n  counts because {}{settled}\n",
            step.entry.short(),
            clean(&step.kind),
            or_dash(step.author_name.as_deref().or(Some(&step.author.short()))),
            time(step.at),
            clean(&step.because),
        );
    }
    text
}

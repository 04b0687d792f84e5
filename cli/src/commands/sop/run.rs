//! `aronde sop run`

use aronde_node::api::{self, ServiceError};
use aronde_protocol::record::procedure::RunResult;
use clap::ValueEnum;
use jiff::Timestamp;

use super::said;
use crate::context::{Context, ask};
use crate::values;

/// How a run ended.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Ended {
    /// All of it was done, and its control points were met
    Passed,
    /// A control point was not met
    Failed,
    /// It was not done to the end
    Stopped,
}

/// `aronde sop run`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde sop run 4f1c20 --result passed --reading \"1=0.1 mm\" --reading \"2=no black edge\"
  aronde sop run 4f1c20@9ab311 --result failed --at 2026-11-20 --note \"lens was dirty\"

Without a revision, it is the one that your workshop adopted, else the procedure as it stands now. A control point is
named by its number in `aronde sop show`, or in words. Names of people belong into the note, which can be redacted.")]
pub struct Run {
    /// The procedure, and perhaps @ and a revision
    #[arg(value_name = "ID[@REV]")]
    id: String,
    /// How it ended
    #[arg(long)]
    result: Ended,
    /// When, if not now: a day, or a time
    #[arg(long, value_name = "TIME", value_parser = values::time)]
    at: Option<Timestamp>,
    /// A control point and what was read at it (may be repeated)
    #[arg(long, value_name = "CONTROL=VALUE", value_parser = values::field)]
    reading: Vec<(String, String)>,
    /// What you add in words
    #[arg(long)]
    note: Option<String>,
}

impl Run {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let (result, does) = match self.result {
            Ended::Passed => (RunResult::Passed, "followed, and passed,"),
            Ended::Failed => (RunResult::Failed, "followed, and failed,"),
            Ended::Stopped => (RunResult::Stopped, "followed, but not to the end,"),
        };
        let run = api::SopRun { id: self.id, result, at: self.at, readings: self.reading, note: self.note };
        let done = ask!(context, SopRun, run);
        context.show(&done, || said(&done, does))
    }
}

//! `aronde demo`: a federation of three workshops on this machine.

use aronde_node::api::ServiceError;
use aronde_node::run::{self, Progress};

use crate::context::Context;
use crate::progress::{OnStderr, OnStdout};

/// `aronde demo`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  aronde demo

Takes less than a minute, uses loopback only, and leaves nothing behind.")]
pub struct Demo {}

impl Demo {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let Self {} = self;
        let (on_stderr, on_stdout) = (OnStderr::default(), OnStdout::default());
        let story: &dyn Progress = if context.json() { &on_stderr } else { &on_stdout };
        let shown = run::demo(story)?;
        if context.json() { crate::output::print_json(&shown) } else { Ok(()) }
    }
}

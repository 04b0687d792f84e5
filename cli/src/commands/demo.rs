//! `aronde demo`: a federation of three workshops on this machine.

use aronde_node::api::ServiceError;
use aronde_node::run::{self, Progress};
use serde_json::json;

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
        let on_stderr = OnStderr::default();
        let story: &dyn Progress = if context.json() { &on_stderr } else { &OnStdout };
        run::demo(story)?;
        if context.json() { crate::output::print_json(&json!({ "ok": true })) } else { Ok(()) }
    }
}

//! The `aronde` command. Thin: it reads arguments, asks the commons (a running node, or the store
//! itself) and shows the answer. Rules live in `aronde-protocol`, deeds in `aronde-node`.

// Texts for people are short, and `write!` into one brings an error that cannot happen.
#![allow(clippy::format_push_string)]

mod commands;
mod context;
mod editor;
mod error;
mod output;
mod passphrase;
mod progress;
mod values;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use tracing_subscriber::EnvFilter;

use context::{Context, Global};

/// Joins workshops with no server in the middle.
#[derive(Debug, Parser)]
#[command(name = "aronde", version, about, after_help = EXAMPLES, arg_required_else_help = true, max_term_width = 110)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: commands::Command,
}

const EXAMPLES: &str = "\
Examples:
  aronde up                                  run a node; the first time, found a workshop
  aronde design import ./press               take in a design with its files
  aronde invite --workshop \"Workshop South\"  print a ticket for another workshop
  aronde join TICKET --name \"Maker B\"        join with it, on another machine
  aronde status                              see who and what is here

Exit codes: 0 done, 1 the answer is no, 2 a fault in what was asked or in the settings,
3 the network, 4 a fault in Aronde.";

fn main() -> ExitCode {
    // clap counts what comes from the environment as an argument, so it doesn't see that there is none.
    if std::env::args_os().len() < 2 {
        let _ = Arguments::command().print_help();
        return ExitCode::from(2);
    }
    // clap itself ends with 2 on a fault in the arguments, and with 0 after --help.
    let Arguments { global, command } = Arguments::parse();
    logging(global.verbose);
    let json = global.json;
    let context = Context::new(global);
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| command.run(&context)));
    match done {
        Ok(Ok(outcome)) => outcome.into(),
        Ok(Err(failure)) => error::report(&failure, json),
        Err(_) => error::report(&error::panicked(), json),
    }
}

/// Logs go to stderr, and are silent but for errors. `RUST_LOG` says more than `-v`.
fn logging(verbose: u8) {
    // A name stands for every target that begins with it: our three crates.
    let level = match verbose {
        0 => "error",
        1 => "error,aronde=info",
        2 => "warn,aronde=debug",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

#[cfg(test)]
mod tests;

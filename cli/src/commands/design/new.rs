//! `aronde design new`

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};

/// `aronde design new`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  aronde design new --title \"Bench press\" --licence CERN-OHL-S-2.0 --function \"Presses bearings\"")]
pub struct New {
    /// What it is called
    #[arg(long)]
    title: String,
    /// Its licence, an SPDX expression
    #[arg(long)]
    licence: Option<String>,
    /// What it is for, in a sentence
    #[arg(long)]
    function: Option<String>,
    /// What it is, in a paragraph
    #[arg(long)]
    description: Option<String>,
    /// Its version
    // Not clap's own --version, which only the first level has.
    #[arg(long)]
    version: Option<String>,
}

impl New {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let wrote = ask!(
            context,
            DesignNew,
            api::DesignNew {
                title: self.title,
                licence: self.licence,
                function: self.function,
                description: self.description,
                version: self.version,
            }
        );
        context.show(&wrote, || wrote.id.to_string())
    }
}

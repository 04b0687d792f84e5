//! `aronde capacity publish`

use std::path::PathBuf;

use aronde_node::api::{self, PublishFormat, ServiceError};
use aronde_protocol::capacity::Audience;

use crate::context::{Context, ask};
use crate::output;

/// `aronde capacity publish`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde capacity publish --format spaceapi --audience public --out space.json
  aronde capacity publish --format okw --audience federation

The public learns name, city, page and processes, and what the sheet's field public names; the federation all but what
its field withheld names.")]
pub struct Publish {
    /// The sheet: its id, the beginning of it, its title, or its workshop; yours without it
    sheet: Option<String>,
    /// As what
    #[arg(long, value_enum)]
    format: Format,
    /// For whom
    #[arg(long, value_enum, default_value = "public")]
    audience: For,
    /// The file; without it the document goes to stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// `SpaceAPI` 15, which maps of workshops read
    Spaceapi,
    /// Open Know-Where in JSON
    Okw,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum For {
    /// Everyone
    Public,
    /// The workshops of the federation
    Federation,
    /// Your own workshop
    Workshop,
}

impl Publish {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let format = match self.format {
            Format::Spaceapi => PublishFormat::Spaceapi,
            Format::Okw => PublishFormat::Okw,
        };
        let audience = match self.audience {
            For::Public => Audience::Public,
            For::Federation => Audience::Federation,
            For::Workshop => Audience::Workshop,
        };
        let published =
            ask!(context, CapacityPublish, api::CapacityPublish { id: self.sheet, format, audience });
        for finding in published.findings.iter().filter(|_| !context.json()) {
            eprintln!("note: {}", output::clean(finding));
        }
        if let Some(out) = &self.out {
            std::fs::write(out, &published.text)
                .map_err(|e| ServiceError::config(format!("{} cannot be written: {e}", out.display())))?;
        }
        context.show(&published, || match &self.out {
            Some(out) => format!("written to {}", out.display()),
            None => published.text.clone(),
        })
    }
}

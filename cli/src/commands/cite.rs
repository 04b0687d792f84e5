//! `aronde cite`: say what something was made on the ground of.

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};

/// `aronde cite`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  aronde cite press-2 9b20e1 --note \"the frame is from there\"

What a design was derived from (aronde design derive) stands in the design and its releases already. This is for what they
do not say.")]
pub struct Cite {
    /// What was made: an id, its beginning, or words of a title
    subject: String,
    /// The release or document it was made on the ground of: its id, or the beginning of it
    cited: String,
    /// In words
    #[arg(long)]
    note: Option<String>,
}

impl Cite {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let request = api::Cite { subject: self.subject, cites: self.cited, note: self.note };
        let wrote = ask!(context, Cite, request);
        context.show(&wrote, || format!("{}\ncited", wrote.id))
    }
}

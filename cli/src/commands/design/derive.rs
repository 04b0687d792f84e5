//! `aronde design derive`

use aronde_node::api::{self, DesignDerived, ServiceError};

use crate::context::{Context, ask};
use crate::output::clean;

/// `aronde design derive`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design derive 4f1c20@1.2.0 --title \"Press for left hands\"
  aronde design derive 4f1c20 --title \"Press, taller\"

The new design has all that the source has, under the source's licence, and names it among its sources. Your
workshop keeps it.")]
pub struct Derive {
    /// The source: its id or the beginning of it, perhaps with the version of a release
    #[arg(value_name = "ID[@VERSION]")]
    id: String,
    /// The title of the new design
    #[arg(long)]
    title: String,
}

impl Derive {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let derived = ask!(context, DesignDerive, api::DesignDerive { id: self.id, title: self.title });
        context.show(&derived, || text(&derived))
    }
}

fn text(derived: &DesignDerived) -> String {
    let from = derived.release.unwrap_or(derived.source);
    let mut text = format!("{}\nderived from {}\n", derived.id, from.short());
    for remark in &derived.remarks {
        text += &format!("note: {}\n", clean(remark));
    }
    text + &format!("see it with: aronde design show {}\n", derived.id.short())
}

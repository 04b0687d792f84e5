//! `aronde design check`

use aronde_node::api::{self, DesignChecked, ServiceError};
use aronde_protocol::document::check::Severity;

use crate::context::{Context, ask};
use crate::output::{clean, count, or_dash};

/// `aronde design check`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design check 4f1c20
  aronde design check 4f1c20 --json | jq '.findings[] | select(.severity==\"blocks\")'

What blocks has to be known before it can be made elsewhere; what hampers must be guessed or asked; the rest
would be nice.")]
pub struct Check {
    /// The design: its id, or the beginning of it
    id: String,
}

impl Check {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let checked = ask!(context, DesignCheck, api::DesignCheck { id: self.id });
        context.show(&checked, || text(&checked))
    }
}

fn text(checked: &DesignChecked) -> String {
    let mut text = format!("{}\n", or_dash(checked.title.as_deref()));
    if checked.findings.is_empty() {
        return text + "Nothing is missing for making it elsewhere.\n";
    }
    let mut counts = Vec::new();
    for (severity, one, many, heading) in [
        (Severity::Blocks, "blocks", "block", "blocks production elsewhere"),
        (Severity::Hampers, "hampers", "hamper", "must be guessed or asked"),
        (Severity::Nice, "would be nice", "would be nice", "would be nice"),
    ] {
        let of: Vec<_> = checked.findings.iter().filter(|finding| finding.severity == severity).collect();
        if of.is_empty() {
            continue;
        }
        counts.push(count(of.len() as u64, one, many));
        text += &format!("\n{heading}\n");
        for finding in of {
            let field =
                if finding.field.is_empty() { String::new() } else { format!("{}: ", clean(&finding.field)) };
            text += &format!("  {field}{}\n      → {}\n", clean(&finding.message), clean(&finding.advice));
        }
    }
    text + &format!("\n{}\n", counts.join(", "))
}

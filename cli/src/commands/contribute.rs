//! `aronde contribute`: say what was done.

use std::path::PathBuf;

use aronde_node::api::{self, ServiceError};
use aronde_protocol::key::MemberKey;
use aronde_protocol::quantity::Quantity;
use jiff::Timestamp;

use crate::context::{Context, absolute, ask};
use crate::values;

mod import;

/// `aronde contribute`
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  aronde contribute --subject 4f1c20 --action work --quantity \"3 h\" --note \"milled the frame\"
  aronde contribute --subject press --action work --quantity \"1 h\" --evidence weld.jpg
  aronde contribute --subject press --action produce --quantity \"4 pcs\" --at 2026-11-20
  aronde contribute --subject press --action use --quantity \"2 h\" --resource \"Laser cutter\"
  aronde contribute --subject press --action consume --quantity \"1.2 kg\" --resource PLA
  aronde contribute --subject press --action work --quantity \"6 h\" --group \"Friday crew\"
  aronde contribute import hours.csv --subject press --map map.toml
  aronde contribute import-git ./press --subject press

Actions are those of Valueflows: work, use, consume, produce, cite, modify, transfer … Quantities are exact decimals with a
unit that people write or a UCUM code: h, kg, m, pcs, EUR, {commit} … Another member confirms with: aronde attest RECORD
--confirm"
)]
pub struct Contribute {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    said: Said,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Contributions from a table: the known header, or any with a map
    Import(import::Import),
    /// Contributions from the history of a git repository
    ImportGit(import::ImportGit),
}

#[derive(Debug, clap::Args)]
struct Said {
    /// For what: an id, its beginning, or words of a title
    #[arg(long, value_name = "ID", required = true)]
    subject: Option<String>,
    /// What was done, a Valueflows action: work, use, consume, produce …
    #[arg(long, required = true)]
    action: Option<String>,
    /// How much, as "3 h"
    #[arg(long, required = true, value_parser = values::quantity)]
    quantity: Option<Quantity>,
    /// Of "use": how much was used, as "1 sheet"
    #[arg(long, value_name = "QUANTITY", value_parser = values::quantity)]
    used: Option<Quantity>,
    /// What was worked with or made: a machine, a material, a part
    #[arg(long, value_name = "NAME")]
    resource: Option<String>,
    /// In what capacity: design, documentation, fabrication, hosting, training, repair …
    #[arg(long)]
    role: Option<String>,
    /// In words
    #[arg(long)]
    note: Option<String>,
    /// A link to what shows it; may be given again
    #[arg(long = "link", value_name = "URL")]
    links: Vec<String>,
    /// A file that shows it, a photo or a delivery note; may be given again
    #[arg(long = "evidence", value_name = "FILE")]
    evidence: Vec<PathBuf>,
    /// When it was done, or began: a day or a time; now, when left out
    #[arg(long, value_name = "DATE", value_parser = values::time)]
    at: Option<Timestamp>,
    /// When it ended
    #[arg(long, value_name = "DATE", value_parser = values::time, requires = "at")]
    to: Option<Timestamp>,
    /// The member who did it, a DID; you, when left out
    #[arg(long, value_name = "DID", conflicts_with_all = ["person", "group"])]
    provider: Option<MemberKey>,
    /// Who did it, when that is no member: a name, kept where it can be redacted
    #[arg(long, value_name = "NAME", conflicts_with = "group")]
    person: Option<String>,
    /// The group on whose behalf it was done
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// The member whom it was for, a DID
    #[arg(long, value_name = "DID")]
    receiver: Option<MemberKey>,
}

impl Contribute {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        match self.command {
            Some(Command::Import(import)) => return import.run(context),
            Some(Command::ImportGit(import)) => return import.run(context),
            None => {}
        }
        let said = self.said;
        let (Some(subject), Some(action), Some(quantity)) = (said.subject, said.action, said.quantity) else {
            return Err(ServiceError::user("a subject, an action and a quantity are needed"));
        };
        let request = api::Contribute {
            resource_quantity: said.used,
            resource: said.resource,
            role: said.role,
            note: said.note,
            links: said.links,
            evidence: said.evidence.iter().map(|path| absolute(path)).collect::<Result<_, _>>()?,
            at: said.at,
            to: said.to,
            provider: said.provider,
            person: said.person,
            group: said.group,
            receiver: said.receiver,
            ..api::Contribute::new(subject, &action, quantity)
        };
        let wrote = ask!(context, Contribute, request);
        context.show(&wrote, || {
            format!(
                "{}\nclaimed; another member confirms it with: aronde attest {} --confirm",
                wrote.id,
                wrote.id.short()
            )
        })
    }
}

//! `aronde design bom`

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};
use crate::editor::what_became;
use crate::output::{Table, count, or_dash};
use crate::values;

/// `aronde design bom`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design bom 4f1c20 list
  aronde design bom 4f1c20 add --part \"M3 screw\" --quantity \"4 {piece}\" --set supplier=\"…\"
  aronde design bom 4f1c20 remove \"M3 screw\"")]
pub struct Bom {
    /// The design: its id, or the beginning of it
    id: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// The parts, with their numbers
    List,
    /// Add a part
    #[command(after_help = "\
Example:
  aronde design bom 4f1c20 add --part \"Plate\" --quantity \"2 {piece}\" --material \"birch plywood\" --after 3")]
    Add {
        /// What it is
        #[arg(long)]
        part: String,
        /// How much of it, with its unit, as "4 {piece}" or "1.5 m"
        #[arg(long)]
        quantity: Option<String>,
        /// Where it goes, as "R1, R2"
        #[arg(long)]
        reference: Option<String>,
        /// What it is made of
        #[arg(long)]
        material: Option<String>,
        /// A remark
        #[arg(long)]
        note: Option<String>,
        /// Another field: inside, norm, process, supplier, supplier-code, link, alternatives, cost, mass, file
        #[arg(long, value_name = "FIELD=VALUE", value_parser = values::field)]
        set: Vec<(String, String)>,
        /// Put it after this part: its number, or its name
        #[arg(long, value_name = "PART")]
        after: Option<String>,
    },
    /// Remove a part: its number, or its name when no other part has it
    #[command(after_help = "Example:\n  aronde design bom 4f1c20 remove 3")]
    Remove {
        /// The part
        part: String,
    },
}

impl Bom {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let mut edit = api::DesignEdit {
            id: self.id,
            set: Vec::new(),
            add: Vec::new(),
            remove: Vec::new(),
            on: None,
            apart: false,
        };
        let list = || "bom".to_owned();
        match self.command {
            Command::List => return lines(context, edit.id),
            Command::Add { part, quantity, reference, material, note, set, after } => {
                let given = [
                    ("part", Some(part)),
                    ("quantity", quantity),
                    ("reference", reference),
                    ("material", material),
                    ("note", note),
                ];
                let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
                edit.add.push(api::ItemAdd { list: list(), after, set: given.chain(set).collect() });
            }
            Command::Remove { part } => edit.remove.push(api::ItemRemove { list: list(), item: part }),
        }
        let edited = ask!(context, DesignEdit, edit);
        context.show(&edited, || what_became(&edited))
    }
}

fn lines(context: &Context, id: String) -> Result<(), ServiceError> {
    let design = ask!(context, DesignShow, api::DesignShow { id });
    context.show(&design.bom, || {
        let mut table = Table::new("");
        table.row(["N", "QUANTITY", "PART", "REFERENCE", "NOTE"]);
        for (number, line) in (1..).zip(&design.bom) {
            let quantity = match (&line.quantity, &line.unit) {
                (Some(quantity), Some(unit)) => format!("{quantity} {unit}"),
                (quantity, _) => or_dash(quantity.as_deref()),
            };
            let number: u64 = number;
            table.row([
                &number.to_string(),
                &quantity,
                &or_dash(line.part.as_deref()),
                &or_dash(line.reference.as_deref()),
                &or_dash(line.note.as_deref()),
            ]);
        }
        let contested = design.conflicts.iter().filter(|conflict| conflict.field.starts_with("bom/")).count();
        let contested = match contested {
            0 => String::new(),
            n => format!(
                "{} not decided: aronde conflict list --design {}\n",
                count(n as u64, "field is", "fields are"),
                design.summary.id.short()
            ),
        };
        table.text() + &contested
    })
}

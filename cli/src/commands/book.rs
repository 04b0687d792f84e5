//! `aronde book`: the line in the paper book beside the machine, in one command.

use aronde_node::api::{self, Booked, ServiceError};
use aronde_protocol::quantity::Quantity;
use jiff::Timestamp;

use crate::context::{Context, ask};
use crate::output::{clean, count};
use crate::values;

/// `aronde book`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde book 1.5h laser press                       an hour and a half at the laser cutter, for the design \"Press\"
  aronde book 2h press --note \"sanded the edges\"     handwork
  aronde book 45min laser press --material \"2 sheets plywood\" --paid cash
  aronde book 1h30 mill 4f1c20 --for \"Maker B\" --on 2026-11-20

The machine is looked for on your workshop's sheet (aronde capacity show); any other name is kept as it is. No network is
needed. This writes down what was done; to book a machine for a time to come, see aronde capacity book.")]
pub struct Book {
    /// How long, or how much: 1.5h, 45min, 1h30
    #[arg(value_parser = values::quantity)]
    quantity: Quantity,
    /// The machine, when there is one, and for what: an id, its beginning, or words of a title
    #[arg(required = true, num_args = 1..=2, value_names = ["MACHINE", "DESIGN"])]
    machine_and_subject: Vec<String>,
    /// What was used up, as "2 kg PLA"; may be given again
    #[arg(long = "material", value_name = "AMOUNT NAME", value_parser = values::material)]
    materials: Vec<(Quantity, String)>,
    /// How it was paid
    #[arg(long, value_parser = ["cash", "credits", "invoice", "gift", "shares"])]
    paid: Option<String>,
    /// The member who did it: a name or a DID; you, when left out
    #[arg(long = "for", value_name = "MEMBER")]
    member: Option<String>,
    /// When it was done: a day or a time; now, when left out
    #[arg(long, value_name = "DATE", value_parser = values::time)]
    on: Option<Timestamp>,
    /// In words
    #[arg(long)]
    note: Option<String>,
}

impl Book {
    pub fn run(mut self, context: &Context) -> Result<(), ServiceError> {
        let subject = self.machine_and_subject.pop().unwrap_or_default();
        let machine = self.machine_and_subject.pop();
        let quantity = self.quantity.clone();
        let request = api::Book {
            quantity: self.quantity,
            machine,
            subject,
            materials: self.materials,
            paid: self.paid,
            member: self.member,
            at: self.on,
            note: self.note,
        };
        let booked = ask!(context, Book, request);
        context.show(&booked, || text(&quantity, &booked))
    }
}

fn text(quantity: &Quantity, booked: &Booked) -> String {
    let subject = booked.subject_title.as_deref().map_or_else(|| booked.subject.short(), clean);
    let machine = match (&booked.machine, booked.known) {
        (Some(machine), true) => format!(" at {}", clean(machine)),
        (Some(machine), false) => format!(" at {} (not on your workshop's sheet)", clean(machine)),
        (None, _) => String::new(),
    };
    let materials = match booked.materials.len() as u64 {
        0 => String::new(),
        n => format!(", with {}", count(n, "material", "materials")),
    };
    format!("{}\nbooked {quantity}{machine} for {subject}{materials}", booked.id)
}

//! `aronde capacity show`

use aronde_node::api::{self, CapacityDetail, ServiceError};

use crate::context::{Context, ask};
use crate::output::{Table, clean, clean_lines, member, or_dash, time};

/// `aronde capacity show`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde capacity show 4f1c20
  aronde capacity show \"Workshop North\"
  aronde capacity show \"Workshop North\" --json | jq .lists.machines")]
pub struct Show {
    /// The sheet: its id, the beginning of it, its title, or its workshop
    sheet: String,
}

impl Show {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let sheet = ask!(context, CapacityShow, api::CapacityShow { id: self.sheet });
        context.show(&sheet, || text(&sheet))
    }
}

fn text(sheet: &CapacityDetail) -> String {
    let mut text = format!("{}\n", or_dash(sheet.summary.title.as_deref()));
    let mut table = Table::new("  ");
    table.row(["sheet", &sheet.summary.id.to_string()]);
    let workshop = sheet.summary.workshop_name.as_deref();
    table.row([
        "workshop",
        &if sheet.summary.listed { "listed, claimed by none".to_owned() } else { or_dash(workshop) },
    ]);
    for (name, value) in sheet.fields.iter().filter(|(name, _)| *name != "title" && *name != "description") {
        table.row([name, value]);
    }
    text += &table.text();
    if let Some(description) = sheet.fields.get("description") {
        text += &format!("\n{}", clean_lines(description, "  "));
    }
    for (list, items) in sheet.lists.iter().filter(|(_, items)| !items.is_empty()) {
        text += &format!("\n{}\n", clean(list));
        for (number, item) in items.iter().enumerate() {
            let label =
                ["name", "material", "skill", "product", "summary", "process", "path", "start", "email"];
            let (key, name) = label.iter().find_map(|key| Some((*key, item.fields.get(*key)?))).unzip();
            text += &format!("  {}  {}\n", number + 1, or_dash(name.map(String::as_str)));
            let mut table = Table::new("     ");
            for (field, value) in item.fields.iter().filter(|(field, _)| Some(field.as_str()) != key) {
                table.row([field, value]);
            }
            text += &table.text();
        }
    }
    text + &booked(sheet) + &conflicts(sheet)
}

/// How full its machines are, and by whom.
fn booked(sheet: &CapacityDetail) -> String {
    let mut text = String::new();
    if !sheet.load.is_empty() {
        text += "\nthe next four weeks\n";
        let mut table = Table::new("  ");
        for load in &sheet.load {
            let hours = |minutes: u64| format!("{}.{} h", minutes / 60, minutes % 60 / 6);
            let offered = load.offered.map_or_else(String::new, |offered| format!(" of {}", hours(offered)));
            table.row([&load.machine, &format!("{}{offered} booked", hours(load.booked))]);
        }
        text += &table.text();
    }
    if !sheet.bookings.is_empty() {
        text += "\nbooked\n";
        let mut table = Table::new("  ");
        for booking in &sheet.bookings {
            let what = booking.machine_name.as_deref().unwrap_or("the whole workshop");
            let who = member(booking.author_name.as_deref(), booking.author);
            let overlaps = if booking.overlaps { "OVERLAPS ANOTHER" } else { "" };
            let note = booking.note.as_deref().unwrap_or_default();
            let at = format!("{} – {}", time(booking.from), time(booking.to));
            table.row([&booking.id.short(), what, &at, &who, format!("{overlaps} {note}").trim()]);
        }
        text += &table.text();
    }
    text
}

/// Each field that was set differently at the same time, with the command that decides.
fn conflicts(sheet: &CapacityDetail) -> String {
    let mut text = String::new();
    for conflict in &sheet.conflicts {
        let field = clean(&conflict.field);
        text += &format!("\nset differently at the same time: {field}\n");
        let mut table = Table::new("    ");
        for value in &conflict.values {
            let who = member(value.author_name.as_deref(), value.author);
            table.row([&or_dash(value.value.as_deref()), &who, &time(value.at)]);
        }
        text += &table.text();
        let id = sheet.summary.id.short();
        text += &format!("    decide with: aronde capacity set --sheet {id} '{field}=VALUE'\n");
    }
    text
}

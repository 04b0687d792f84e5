//! `aronde design show`

use aronde_node::api::{self, DesignDetail, ServiceError};

use crate::context::{Context, ask};
use crate::output::document::{conflicts, left_out};
use crate::output::{Table, bytes, clean, clean_lines, count, or_dash, workshops};

/// `aronde design show`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design show 4f1c20
  aronde design show 4f1c20 --json | jq .bom")]
pub struct Show {
    /// The design: its id, or the beginning of it
    id: String,
}

impl Show {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let design = ask!(context, DesignShow, api::DesignShow { id: self.id });
        context.show(&design, || text(&design))
    }
}

fn text(design: &DesignDetail) -> String {
    let summary = &design.summary;
    let field = |name: &str, value: Option<&str>| {
        let values = design.conflicts.iter().find(|c| c.field == name).map(|c| c.values.len());
        values.map_or_else(|| or_dash(value), |n| format!("{n} values, see below"))
    };
    let mut text = format!("{}\n", field("title", summary.title.as_deref()));
    let mut table = Table::new("  ");
    table.row(["design", &summary.id.to_string()]);
    table.row(["version", &field("version", summary.version.as_deref())]);
    table.row(["licence", &field("licence", summary.licence.as_deref())]);
    table.row(["workshop", &or_dash(summary.workshop_name.as_deref())]);
    let keepers: Vec<_> = design.keepers.iter().map(|keeper| keeper.id).collect();
    if keepers != [summary.workshop] {
        table.row(["keepers", &workshops(&design.keepers).0]);
    }
    table.row(["function", &field("function", design.function.as_deref())]);
    let authors: Vec<_> = design.authors.iter().filter_map(|author| author.name.as_deref()).collect();
    if !authors.is_empty() {
        table.row(["authors", &authors.join(", ")]);
    }
    for source in &design.sources {
        let licence = source.licence.as_deref().map_or_else(String::new, |l| format!(", {}", clean(l)));
        let at = source.release.map(|id| id.short()).or_else(|| source.link.as_deref().map(clean));
        let at = at.map_or_else(String::new, |at| format!(" ({at})"));
        table.row(["made from", &format!("{}{licence}{at}", clean(&source.title))]);
    }
    text += &table.text();
    if let Some(why) = &design.withdrawn {
        text += &format!("\n  WITHDRAWN: {}\n", clean(why));
    }
    if let Some(why) = &design.not_open {
        text += &format!("\n  {}\n", clean(why));
    }
    match field("description", design.description.as_deref()).as_str() {
        "–" => {}
        _ if design.conflicts.iter().any(|c| c.field == "description") => {
            text += "\n  description: several values, see below\n";
        }
        _ => text += &format!("\n{}", clean_lines(design.description.as_deref().unwrap_or_default(), "  ")),
    }
    if !design.bom.is_empty() {
        let mut table = Table::new("  ");
        for line in &design.bom {
            let amount = match (&line.quantity, &line.unit) {
                (Some(quantity), Some(unit)) => format!("{quantity} {unit}"),
                (quantity, _) => or_dash(quantity.as_deref()),
            };
            let part = or_dash(line.part.as_deref());
            let reference = line.reference.as_deref().unwrap_or_default();
            table.row([&amount, &part, reference, line.note.as_deref().unwrap_or_default()]);
        }
        text += &format!("\nparts\n{}", table.text());
    }
    if !design.files.is_empty() {
        let mut table = Table::new("  ");
        for file in &design.files {
            let here = if file.present { "" } else { "not here yet" };
            table.row([&file.hash.short(), &bytes(file.len), &file.path, here]);
        }
        text += &format!("\nfiles\n{}", table.text());
    }
    text + &conflicts(&design.conflicts, &design.summary.id.short(), "design edit")
        + &left_out(&design.left_out, "design")
        + &proposals(design)
}

fn proposals(design: &DesignDetail) -> String {
    if design.proposals.is_empty() {
        return String::new();
    }
    let wait = count(design.proposals.len() as u64, "proposal waits", "proposals wait");
    format!("\n{wait}: aronde proposal list --design {}\n", design.summary.id.short())
}

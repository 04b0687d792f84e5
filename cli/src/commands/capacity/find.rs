//! `aronde capacity find`

use aronde_node::api::{self, CapacityFound, ServiceError};
use jiff::Timestamp;

use crate::context::{Context, ask};
use crate::output::{clean, count, or_dash, time};
use crate::values;

/// `aronde capacity find`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde capacity find --process \"laser cutting\" --material \"birch plywood\" --size 1200x600x12 \\
      --near 50.85,4.35 --within 20km --from 2026-12-01
  aronde capacity find --process lasersnijden
  aronde capacity find --size 60x90cm --near 50.63,5.57

A process is found by any of its names, in English, French or Dutch. What is known to fit comes first; what doesn't
say comes after it, with what is not stated.")]
pub struct Find {
    /// What is to be done: a process by any of its names, or its Wikidata item
    #[arg(long)]
    process: Option<String>,
    /// Of which material
    #[arg(long)]
    material: Option<String>,
    /// How large the piece is: 1200x600x12 in millimetres, or 60x90cm
    #[arg(long, value_name = "WxDxH")]
    size: Option<String>,
    /// Near to this place: degrees north and east
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true)]
    near: Option<String>,
    /// At most this far from it
    #[arg(long, value_name = "KM", requires = "near")]
    within: Option<String>,
    /// Free from this day or time on
    #[arg(long, value_name = "TIME", value_parser = values::time)]
    from: Option<Timestamp>,
    /// How many to show
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
}

impl Find {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let find = api::CapacityFind {
            process: self.process,
            material: self.material,
            size: self.size,
            near: self.near,
            within: self.within,
            from: self.from,
            limit: self.limit,
        };
        let found = ask!(context, CapacityFind, find);
        context.show(&found, || text(&found))
    }
}

fn text(found: &CapacityFound) -> String {
    if found.found == 0 {
        return format!("Nothing fits, among {}.", count(found.among, "machine", "machines"));
    }
    let mut text = format!(
        "{} of {} may do, {} known to fit\n",
        found.found,
        count(found.among, "machine", "machines"),
        found.fit
    );
    for hit in &found.hits {
        let place = or_dash(hit.title.as_deref());
        let machine = hit.machine_name.as_deref().or(hit.process.as_deref());
        let far = hit.distance.as_ref().map_or_else(String::new, |km| format!(", {km} km"));
        let listed = if hit.listed { ", only listed" } else { "" };
        text += &format!("\n{}  {}{far}{listed}  {}\n", or_dash(machine), place, hit.id.short());
        if let Some(free) = hit.free {
            text += &format!("  free from {}\n", time(free));
        }
        for why in &hit.why {
            text += &format!("  {}\n", clean(why));
        }
        for unknown in &hit.unknown {
            text += &format!("  ? {}\n", clean(unknown));
        }
    }
    let more = found.found.saturating_sub(found.hits.len() as u64);
    if more > 0 {
        text += &format!("\n… and {more} more: --limit {}\n", found.found.min(1_000));
    }
    text
}

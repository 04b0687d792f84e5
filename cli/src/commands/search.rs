//! `aronde search`

use aronde_node::api::{self, FacetCount, SearchAnswer, SearchKind, SearchResult, ServiceError};

use crate::context::{Context, ask};
use crate::output::{clean, count};

/// Values of a facet that are shown.
const VALUES: usize = 8;

/// `aronde search`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde search planches decoupe
  aronde search lasersnijder --kind capacity
  aronde search '\"birch plywood\"' --process \"laser cutting\"
  aronde search bracket --without screw --licence CERN-OHL-S-2.0
  aronde search 'plan*' --limit 50
  aronde search --material multiplex --workshop \"Workshop North\"

What has all of the words is found, in any of their forms, with or without accents. Words in double quotes stand as
they are, one after the other; 'plan*' is every word that begins so. Without words, all there is.")]
pub struct Search {
    /// What to look for
    #[arg(value_name = "WORDS")]
    words: Vec<String>,
    /// Leave out what has this word or phrase
    #[arg(long, value_name = "WORDS")]
    without: Vec<String>,
    /// Only documents of this kind
    #[arg(long, value_parser = kind, value_name = "KIND", help = "Only designs, procedures, sheets or models: design, procedure, capacity, machine-model")]
    kind: Option<SearchKind>,
    /// Only what is under this licence
    #[arg(long, value_name = "SPDX")]
    licence: Option<String>,
    /// Only what needs or offers this process, by any of its names
    #[arg(long)]
    process: Option<String>,
    /// Only what is made of this material, or offers it
    #[arg(long)]
    material: Option<String>,
    /// Only what this workshop keeps: its name or id
    #[arg(long)]
    workshop: Option<String>,
    /// How many to show
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
}

fn kind(text: &str) -> Result<SearchKind, String> {
    let kinds = SearchKind::ALL.map(SearchKind::as_str).join(", ");
    let known = SearchKind::ALL
        .into_iter()
        .find(|kind| kind.as_str() == text || text == "sop" && *kind == SearchKind::Procedure);
    known.ok_or_else(|| format!("the kinds are {kinds}"))
}

impl Search {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let search = api::Search {
            words: self.words.join(" "),
            without: self.without,
            kind: self.kind,
            licence: self.licence,
            process: self.process,
            material: self.material,
            workshop: self.workshop,
            limit: self.limit,
        };
        let answer = ask!(context, Search, search);
        context.show(&answer, || text(&answer))
    }
}

fn text(answer: &SearchAnswer) -> String {
    let mut text = match answer.total {
        0 => "Nothing was found.\n".to_owned(),
        total => format!("{} found\n", count(total, "document", "documents")),
    };
    for result in &answer.results {
        text += &result_text(result);
    }
    let more = answer.total.saturating_sub(answer.results.len() as u64);
    if more > 0 {
        text += &format!("\n… and {more} more: --limit {}\n", answer.total.min(1_000));
    }
    let facets = &answer.facets;
    let facets = [
        ("kind", &facets.kind),
        ("licence", &facets.licence),
        ("process", &facets.process),
        ("material", &facets.material),
        ("workshop", &facets.workshop),
    ];
    if facets.iter().any(|(_, counts)| !counts.is_empty()) {
        text += "\n";
    }
    for (name, counts) in facets {
        text += &facet_text(name, counts);
    }
    for hint in &answer.hints {
        text += &format!("hint: {}\n", clean(hint));
    }
    text
}

fn result_text(result: &SearchResult) -> String {
    let title = result.title.as_deref().map_or_else(|| "(no title)".to_owned(), clean);
    let withdrawn = if result.withdrawn { ", withdrawn" } else { "" };
    let of = match (&result.workshop, &result.workshop_name) {
        (_, Some(name)) => format!(" of {}", clean(name)),
        (None, _) if result.kind == SearchKind::Capacity => ", only listed".to_owned(),
        _ => String::new(),
    };
    let mut text = format!("\n{title}  {}{of}{withdrawn}  {}\n", result.kind.as_str(), result.id.short());
    if !result.excerpt.is_empty() {
        text += &format!("  {}\n", clean(&result.excerpt));
    }
    text
}

fn facet_text(name: &str, counts: &[FacetCount]) -> String {
    if counts.is_empty() {
        return String::new();
    }
    let value = |count: &FacetCount| {
        format!("{} ({})", clean(count.name.as_deref().unwrap_or(&count.value)), count.count)
    };
    let shown: Vec<String> = counts.iter().take(VALUES).map(value).collect();
    let more = if counts.len() > VALUES { ", …" } else { "" };
    format!("{name:<9} {}{more}\n", shown.join(", "))
}

//! `aronde sop show`

use aronde_node::api::{self, ServiceError, SopDetail, SopItem, SopWord};
use aronde_protocol::record::procedure::{Approval, RunResult};

use crate::context::{Context, ask};
use crate::output::document::{conflicts, left_out};
use crate::output::{Table, bytes, clean, clean_lines, count, member, or_dash, time, workshops};

/// `aronde sop show`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde sop show 4f1c20
  aronde sop show 4f1c20 --page               the whole page in Markdown
  aronde sop show 4f1c20 --json | jq .steps")]
pub struct Show {
    /// The procedure: its id, or the beginning of it
    id: String,
    /// Print the page in Markdown
    #[arg(long)]
    page: bool,
}

impl Show {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let procedure = ask!(context, SopShow, api::SopShow { id: self.id });
        if self.page {
            let page = procedure.page.as_ref().ok_or_else(|| {
                ServiceError::user("this procedure can't be written while something in it has several values")
                    .hint(format!("see them with: aronde sop show {}", procedure.summary.id.short()))
            })?;
            return context.show(page, || clean_lines(page, ""));
        }
        context.show(&procedure, || text(&procedure))
    }
}

fn text(procedure: &SopDetail) -> String {
    let summary = &procedure.summary;
    let field = |name: &str, value: Option<&str>| {
        let values = procedure.conflicts.iter().find(|c| c.field == name).map(|c| c.values.len());
        values.map_or_else(|| or_dash(value), |n| format!("{n} values, see below"))
    };
    let mut text = format!("{}\n", field("title", summary.title.as_deref()));
    let mut table = Table::new("  ");
    table.row(["procedure", &summary.id.to_string()]);
    table.row(["revision", &summary.revision.short()]);
    table.row(["version", &field("version", summary.version.as_deref())]);
    table.row(["language", &field("language", summary.language.as_deref())]);
    table.row(["licence", &field("licence", summary.licence.as_deref())]);
    table.row(["workshop", &or_dash(summary.workshop_name.as_deref())]);
    let keepers: Vec<_> = procedure.keepers.iter().map(|keeper| keeper.id).collect();
    if keepers != [summary.workshop] {
        table.row(["keepers", &workshops(&procedure.keepers).0]);
    }
    text += &table.text();
    for (name, value) in [
        ("purpose", &procedure.purpose),
        ("scope", &procedure.scope),
        ("prerequisites", &procedure.prerequisites),
        ("training", &procedure.training),
        ("protective equipment", &procedure.protective_equipment),
    ] {
        if let Some(value) = value {
            text += &format!("\n{name}\n{}", clean_lines(value, "  "));
        }
    }
    for (name, items, main) in [
        ("hazards", &procedure.hazards, "hazard"),
        ("tools", &procedure.tools, "tool"),
        ("materials", &procedure.materials, "material"),
        ("steps", &procedure.steps, "text"),
        ("control points", &procedure.controls, "what"),
    ] {
        text += &list(name, items, main);
    }
    if !procedure.files.is_empty() {
        let mut table = Table::new("  ");
        for file in &procedure.files {
            let here = if file.present { "" } else { "not here yet" };
            table.row([&file.hash.short(), &bytes(file.len), &file.path, here]);
        }
        text += &format!("\nfiles\n{}", table.text());
    }
    text + &said(procedure)
        + &conflicts(&procedure.conflicts, &procedure.summary.id.short(), "sop edit")
        + &left_out(&procedure.left_out, "procedure")
}

/// The items of a list, numbered as an edit names them.
fn list(name: &str, items: &[SopItem], main: &str) -> String {
    if items.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{name}\n");
    for (number, item) in (1..).zip(items) {
        let said = |name: &str| item.fields.get(name).map(String::as_str).unwrap_or_default();
        let words: Vec<&str> = [said("title"), said(main)].into_iter().filter(|w| !w.is_empty()).collect();
        let words = words.join(" ");
        let mut lines = words.lines().filter(|line| !line.trim().is_empty());
        text += &format!("  {number:>2}  {}\n", clean(lines.next().unwrap_or("–").trim()));
        for line in lines {
            text += &format!("      {}\n", clean(line.trim_end()));
        }
        let more = item.fields.iter().filter(|(name, _)| ![main, "title"].contains(&name.as_str()));
        for (name, value) in more {
            text += &format!("      {}: {}\n", clean(name), clean(value));
        }
    }
    text
}

/// What workshops say of it.
fn said(procedure: &SopDetail) -> String {
    let mut text = String::new();
    let whose = |word: &SopWord| or_dash(word.workshop_name.as_deref());
    let revision = |word: &SopWord| {
        let now = if word.current { "as it stands now" } else { "another revision than now" };
        format!("@{} {now}", word.revision.short())
    };
    let note = |word: &SopWord| word.note.clone().unwrap_or_default();
    if !procedure.approvals.is_empty() {
        let mut table = Table::new("  ");
        for approval in &procedure.approvals {
            let word = &approval.word;
            let verdict = if approval.verdict == Approval::Approve { "approves" } else { "objects to" };
            let who = member(word.author_name.as_deref(), word.author);
            table.row([&whose(word), verdict, &revision(word), &who, &time(word.at), &note(word)]);
        }
        text += &format!("\napprovals\n{}", table.text());
    }
    if !procedure.adoptions.is_empty() {
        let mut table = Table::new("  ");
        for adoption in &procedure.adoptions {
            let word = &adoption.word;
            let who = member(word.author_name.as_deref(), word.author);
            table.row([&whose(word), "works by", &revision(word), &who, &time(word.at), &note(word)]);
        }
        text += &format!("\nadopted\n{}", table.text());
    }
    if !procedure.runs.is_empty() {
        let mut table = Table::new("  ");
        for run in procedure.runs.iter().take(10) {
            let word = &run.word;
            let result = match run.result {
                RunResult::Passed => "passed",
                RunResult::Failed => "failed",
                RunResult::Stopped => "stopped",
            };
            let readings: Vec<String> =
                run.readings.iter().map(|r| format!("{} = {}", r.control, r.value)).collect();
            let revision = format!("@{}", word.revision.short());
            let who = member(word.author_name.as_deref(), word.author);
            let rest =
                [readings.join("; "), note(word)].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>();
            table.row([&time(word.at), result, &revision, &whose(word), &who, &rest.join("; ")]);
        }
        text += &format!("\n{}\n{}", count(procedure.runs.len() as u64, "run", "runs"), table.text());
    }
    if !procedure.proposals.is_empty() {
        let wait = count(procedure.proposals.len() as u64, "proposal waits", "proposals wait");
        text += &format!("\n{wait}: aronde proposal list\n");
    }
    text
}

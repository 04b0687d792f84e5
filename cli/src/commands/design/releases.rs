//! `aronde design releases`

use std::path::{Path, PathBuf};

use aronde_node::api::{self, ReleaseRow, ServiceError, Verdict};
use aronde_protocol::id::EntryId;

use crate::context::{Context, ask};
use crate::output::{Table, bytes, clean, count, member, or_dash, time};

/// `aronde design releases`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design releases 4f1c20
  aronde design releases 4f1c20@1.2.0 --proof press.proof     evidence that anyone checks: aronde verify press.proof
  aronde design releases 4f1c20 --json | jq '.[] | {version, heads, files}'

Who built from a release says so with: aronde attest RELEASE --confirm --note \"built two\"")]
pub struct Releases {
    /// The design: its id, or the beginning of it; with --proof perhaps with a version
    #[arg(value_name = "ID[@VERSION]")]
    id: String,
    /// Write the proof of a release to this file, the newest when no version is named
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
}

impl Releases {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        if let Some(file) = &self.proof {
            return prove(context, self.id, file);
        }
        let releases = ask!(context, DesignReleases, api::DesignReleases { id: self.id });
        context.show(&releases, || text(&releases))
    }
}

fn prove(context: &Context, id: String, file: &Path) -> Result<(), ServiceError> {
    let made = ask!(context, DesignProof, api::DesignProof { id });
    let bytes = hex::decode(&made.proof).map_err(ServiceError::internal)?;
    std::fs::write(file, &bytes).map_err(|error| {
        ServiceError::user(format!("the proof cannot be written to {}: {error}", file.display()))
            .hint("choose a folder that you can write to")
    })?;
    let answer = serde_json::json!({ "release": made.release, "version": made.version, "hash": made.hash });
    context.show(&answer, || {
        format!(
            "{}\nproof of version {}; anyone checks it with: aronde verify FILE\n",
            made.hash,
            clean(&made.version)
        )
    })
}

fn text(releases: &[ReleaseRow]) -> String {
    if releases.is_empty() {
        return "no release yet; make one with: aronde design release ID 0.1.0\n".to_owned();
    }
    releases.iter().rev().map(one).collect::<Vec<_>>().join("\n")
}

fn one(release: &ReleaseRow) -> String {
    let mut text = format!("{}  {}\n", clean(&release.version), clean(&release.title));
    let mut table = Table::new("  ");
    table.row(["release", &release.id.to_string()]);
    table.row(["licence", &clean(&release.licence)]);
    let of = or_dash(release.workshop_name.as_deref());
    let who = member(release.author_name.as_deref(), release.author);
    table.row(["by", &format!("{who} of {of}, {}", time(release.at))]);
    let heads: Vec<String> = release.heads.iter().map(EntryId::short).collect();
    table.row(["state", &heads.join(", ")]);
    let len = release.files.iter().map(|file| file.len).sum();
    let absent = release.files.iter().filter(|file| !file.present).count() as u64;
    let here = if absent == 0 { String::new() } else { format!(", {absent} not here yet") };
    let files = count(release.files.len() as u64, "file", "files");
    table.row(["files", &format!("{files}, {}{here}", bytes(len))]);
    for source in &release.sources {
        let licence = source.licence.as_deref().map_or_else(String::new, |l| format!(", {}", clean(l)));
        table.row(["made from", &format!("{}{licence}", clean(&source.title))]);
    }
    for said in &release.attestations {
        let what = if said.verdict == Verdict::Confirm { "built by" } else { "disputed by" };
        let note = said
            .note
            .as_deref()
            .filter(|n| !n.is_empty())
            .map_or_else(String::new, |n| format!(": {}", clean(n)));
        let counts = if said.counts { "" } else { " (does not count)" };
        table.row([
            what,
            &format!("{}{note}, {}{counts}", member(said.author_name.as_deref(), said.author), time(said.at)),
        ]);
    }
    text += &table.text();
    match release.agrees {
        Some(true) => {}
        Some(false) => {
            text +=
                "  CAUTION: the design at this state does not say what the release says; do not rely on it\n";
        }
        None => text += "  not all of the design at this state is here yet: aronde sync --wait\n",
    }
    for twin in &release.twins {
        text +=
            &format!("  {} was released twice at once: see also {}\n", clean(&release.version), twin.short());
    }
    text
}

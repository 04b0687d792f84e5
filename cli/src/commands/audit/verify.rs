//! `aronde audit verify`: judges a bundle. No home, no node, no federation.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use aronde_node::api::ServiceError;
use aronde_node::cores;
use aronde_protocol::bundle::{self, Trusted, Wanted};
use aronde_protocol::id::{EntryId, WorkshopId};
use aronde_protocol::key::MemberKey;
use jiff::Timestamp;
use serde_json::json;

use crate::context::Context;
use crate::error::Outcome;
use crate::output::{Table, clean, count, time};
use crate::progress;

/// Findings that a person reads; `--json` has more.
const SHOWN: usize = 20;

/// `aronde audit verify`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde audit verify commons.bundle
  aronde audit verify commons.bundle --exporter did:key:z6Mk…
  aronde audit verify commons.bundle --federation 4f1c20aa… --json

Says what was checked, what was found, and what the answer rests on. Anybody can make a sound bundle of a part of a
commons and sign it: name the exporter whom you trust, or read who it is. Ends with 1 when a check fails.")]
pub struct Verify {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// It must be of this federation: the id of its founding entry
    #[arg(long, value_name = "ID")]
    federation: Option<EntryId>,
    /// It must be signed by this member
    #[arg(long, value_name = "DID")]
    exporter: Option<MemberKey>,
    /// Its exporter must follow this charter, which you know of from elsewhere, or one after it
    #[arg(long, value_name = "ID")]
    checkpoint: Option<EntryId>,
}

impl Verify {
    pub fn run(self, context: &Context) -> Result<Outcome, ServiceError> {
        let shown = clean(&self.file.display().to_string());
        let file = File::open(&self.file).map_err(|error| {
            ServiceError::user(format!("the file {shown} cannot be read: {error}"))
                .hint("see that it is there and that you may read it")
        })?;
        let wanted =
            Wanted { federation: self.federation, exporter: self.exporter, checkpoint: self.checkpoint };
        let audit = progress::waiting("judging the bundle", || {
            bundle::verify_with(BufReader::new(file), &wanted, |entries| {
                cores::on_all(entries, bundle::signatures)
            })
        });
        let mut document = serde_json::to_value(&audit).map_err(ServiceError::internal)?;
        if let (Some(trusted), Some(at)) = (&audit.trusted, document.pointer_mut("/trusted/at")) {
            *at = json!(claimed(trusted.at));
        }
        let checkpoint = audit.trusted.as_ref().and_then(|trusted| trusted.checkpoint.as_ref());
        if let (Some(checkpoint), Some(at)) = (checkpoint, document.pointer_mut("/trusted/checkpoint/at")) {
            *at = json!(claimed(checkpoint.at));
        }
        context.show(&document, || text(&shown, &audit, &wanted))?;
        Ok(if audit.ok { Outcome::Done } else { Outcome::No })
    }
}

fn claimed(at: u64) -> Timestamp {
    i64::try_from(at).ok().and_then(|at| Timestamp::from_millisecond(at).ok()).unwrap_or_default()
}

fn text(file: &str, audit: &bundle::Audit, wanted: &Wanted) -> String {
    let checked = &audit.checked;
    let mut text = format!(
        "The bundle in {file} {}: {}, {} and {} checked\n",
        if audit.ok { "holds" } else { "does NOT hold" },
        count(checked.entries, "entry", "entries"),
        count(checked.signatures, "signature", "signatures"),
        count(checked.logs, "log", "logs"),
    );
    let mut table = Table::new("  ");
    let faults = audit.findings.iter().filter(|finding| finding.fault);
    let notes = audit.findings.iter().filter(|finding| !finding.fault);
    for finding in faults.chain(notes).take(SHOWN) {
        let kind = serde_json::to_value(finding.kind).ok();
        let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or_default();
        let entry = finding.entry.map_or_else(|| "–".to_owned(), |id| id.short());
        table.row([kind, &entry, &clean(&finding.what)]);
    }
    let more = audit.findings.len().saturating_sub(SHOWN);
    if more > 0 {
        table.row(["…", "", &format!("and {more} more; see them with --json")]);
    }
    text += &table.text();
    if let Some(trusted) = &audit.trusted {
        text += &rests_on(trusted, wanted);
    }
    text
}

/// What an answer rests on: whom it is that one believes who believes it.
fn rests_on(trusted: &Trusted, wanted: &Wanted) -> String {
    let named = |workshops: &[WorkshopId]| {
        let name = |id: &WorkshopId| trusted.workshops.get(id).map_or_else(|| id.short(), |name| clean(name));
        workshops.iter().map(name).collect::<Vec<_>>().join(", ")
    };
    let asked = |asked: bool| if asked { "as you asked" } else { "as the bundle says" };
    let mut table = Table::new("  ");
    let federation = wanted.federation == Some(trusted.federation);
    table.row([
        "federation",
        &format!("{} {}, {}", clean(&trusted.name), trusted.federation, asked(federation)),
    ]);
    let exporter = wanted.exporter == Some(trusted.exporter);
    let of = match trusted.exporter_workshops.as_slice() {
        [] => String::new(),
        workshops => format!(" of {}", named(workshops)),
    };
    table.row(["exporter", &format!("{}{of}, {}", trusted.exporter, asked(exporter))]);
    table.row(["written", &format!("{}, as the exporter says", time(claimed(trusted.at)))]);
    let about =
        trusted.subject.map_or_else(|| "everything that the exporter held".to_owned(), |id| id.to_string());
    let personal = if trusted.personal { "" } else { ", without personal parts" };
    table.row(["about", &format!("{about}{personal}")]);
    let charter = match trusted.endorsed_by.as_slice() {
        [] => "none yet".to_owned(),
        workshops => format!("{}, endorsed by {}", trusted.charter, named(workshops)),
    };
    table.row(["charter", &charter]);
    let checkpoint = match &trusted.checkpoint {
        None => "none that comes out".to_owned(),
        Some(checkpoint) => format!(
            "{} of {}: {} here were known then to {}",
            checkpoint.charter.short(),
            time(claimed(checkpoint.at)),
            count(checkpoint.covered, "entry", "entries"),
            named(&checkpoint.endorsed_by),
        ),
    };
    table.row(["checkpoint", &checkpoint]);
    format!("\nThis rests on\n{}", table.text())
}

//! `aronde credential verify`: no home, no node, no federation.

use std::path::PathBuf;

use aronde_node::api::ServiceError;
use aronde_protocol::credential::{Checked, Contribution, Credential, Stood};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::read;
use crate::context::Context;
use crate::error::Outcome;
use crate::output::{clean, count};
use crate::values;

/// `aronde credential verify`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde credential verify laser.json
  aronde credential verify laser.json --at 2027-06-01 --json

Says of each proof whose it is and whether it holds, and what is not shown. Ends with 0 when the document, the issuer's
proof and every other proof hold, with 1 when not, and with 2 when the file cannot be read.")]
pub struct Verify {
    /// The credential
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Whether it is valid at this time; now, when left out
    #[arg(long, value_name = "DATE", value_parser = values::time)]
    at: Option<Timestamp>,
}

impl Verify {
    pub fn run(self, context: &Context) -> Result<Outcome, ServiceError> {
        let bytes = read(&self.file)?;
        let at = self.at.unwrap_or_else(Timestamp::now);
        let now = u64::try_from(at.as_millisecond()).unwrap_or(0);
        let shown = clean(&self.file.display().to_string());
        let checked = match Credential::read(&bytes) {
            Ok(credential) => credential.check(now),
            Err(error) => {
                let why = error.to_string();
                context.show(&json!({ "holds": false, "why": [why], "proofs": [] }), || {
                    format!("The credential in {shown} does NOT hold: {}.\n", clean(&why))
                })?;
                return Ok(Outcome::No);
            }
        };
        context.show(&document(&checked), || paragraph(&checked, &shown))?;
        Ok(if checked.holds() { Outcome::Done } else { Outcome::No })
    }
}

fn document(checked: &Checked) -> Value {
    let proofs: Vec<Value> = checked
        .proofs
        .iter()
        .map(|proof| {
            json!({
                "by": proof.by,
                "created": proof.created,
                "holds": proof.holds(),
                "why": proof.fault.as_ref().map(ToString::to_string),
            })
        })
        .collect();
    json!({
        "holds": checked.holds(),
        "why": checked.faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "issuer": checked.issuer,
        "subject": checked.subject,
        "self_issued": checked.is_self_issued(),
        "name": checked.name,
        "valid_from": checked.valid_from,
        "valid_until": checked.valid_until,
        "contribution": checked.contribution,
        "proofs": proofs,
    })
}

fn paragraph(checked: &Checked, file: &str) -> String {
    let mut text = if checked.holds() {
        "The credential holds: it is as it was signed, by everyone named below.\n".to_owned()
    } else {
        format!("The credential in {file} does NOT hold.\n")
    };
    for fault in &checked.faults {
        text += &format!("  it: {}\n", clean(&fault.to_string()));
    }
    for (n, proof) in checked.proofs.iter().enumerate() {
        let by = proof.by.map_or_else(|| "an unknown key".to_owned(), |by| by.to_string());
        let is_issuer = by == checked.issuer;
        let is_subject = checked.subject.as_ref() == Some(&by);
        let role = match (is_issuer, is_subject) {
            (true, true) => "its issuer, about themselves",
            (true, false) => "its issuer",
            (false, true) => "the one it is about",
            (false, false) => "a further signer",
        };
        let when = proof.created.as_ref().map_or_else(String::new, |at| format!(", dated {}", clean(at)));
        match &proof.fault {
            None => text += &format!("  proof {} holds: {by}, {role}{when}\n", n + 1),
            Some(why) => {
                text +=
                    &format!("  proof {} does NOT hold: {by}, {role}: {}\n", n + 1, clean(&why.to_string()));
            }
        }
    }
    let named = |what: &str, value: &Option<String>| {
        value.as_ref().map_or_else(String::new, |value| format!("  {what:<11}  {}\n", clean(value)))
    };
    text += "What it says:\n";
    if let Some(contribution) = &checked.contribution {
        text += &told(contribution);
    } else {
        text += &named("name", &checked.name);
        text += &named("about", &checked.subject);
        text += "  It is not of the form that Aronde writes; its proofs were checked, its content was not read.\n";
    }
    text += &named("valid from", &checked.valid_from);
    text += &named("valid until", &checked.valid_until);
    text += "What is trusted: each signer's word, by their key. Not shown: what people are called; that the times are true; \
             that the record is in the ledger, and what became of it since: a later retraction, correction or dispute is \
             not seen, as there is no revocation list; whether a signer was taken off. Ask the federation for that. It \
             has the shape of Open Badges 3.0 when it says so, and is not certified as one.\n";
    text
}

fn told(said: &Contribution) -> String {
    let mut text = String::new();
    let mut line = |what: &str, value: &str| text += &format!("  {what:<11}  {}\n", clean(value));
    let of = said.resource.as_ref().map_or_else(String::new, |resource| format!(" of {resource}"));
    line("did", &format!("{} {} {}{of}", said.action, said.quantity, said.unit));
    if let (Some(amount), Some(unit)) = (&said.resource_quantity, &said.resource_unit) {
        line("used up", &format!("{amount} {unit}"));
    }
    line("who", &said.provider.to_string());
    if let Some(id) = said.made_for {
        line("for", &format!("{} ({})", said.made_for_title.as_deref().unwrap_or("-"), id.short()));
    }
    if let Some(role) = &said.role {
        line("as", role);
    }
    if let Some(name) = &said.workshop_name {
        line("in", name);
    }
    let end = said.ended.as_ref().map_or_else(String::new, |ended| format!(" to {ended}"));
    line("when", &format!("{}{end}", said.began));
    line("federation", &format!("{} ({})", said.federation_name, said.federation));
    line("record", &said.record.to_string());
    let others = count(said.attesters.len() as u64, "other member", "other members");
    let stood = match said.standing {
        Stood::Confirmed => format!("confirmed, by {others}, as many as the policy asked"),
        Stood::Claimed if said.attesters.is_empty() => "claimed; nobody else had confirmed it".to_owned(),
        Stood::Claimed => format!("claimed; {others} had confirmed it, fewer than the policy asked"),
    };
    line("stood", &stood);
    for attester in &said.attesters {
        line("", &attester.to_string());
    }
    if let Some(note) = &said.note {
        line("note", note);
    }
    text
}

//! The model in another language (`tests/model/trust_model.py`) as a judge: histories go to it as JSON, verdicts come back.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use aronde_protocol::authority::operation::Operation;
use aronde_protocol::entry::{Class, Entry, Gist};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::KeyCommitment;
use aronde_protocol::reference::Judgement;
use serde::Deserialize;
use serde_json::{Value, json};

/// The model's script.
pub const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/model/trust_model.py");
/// The script that compares it with the one that came with the design.
pub const COMPARISON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/model/compare_with_original.py");

/// What the model says of a history; ids as they are written in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Said {
    /// What counts.
    pub accepted: BTreeSet<String>,
    /// Standing memberships, with workshop and role.
    pub members: BTreeSet<(String, String, String)>,
    /// Standing workshops.
    pub workshops: BTreeSet<String>,
    /// Documents and their keepers.
    pub keepers: BTreeSet<(String, String)>,
    /// The newest charter.
    pub charter: String,
    /// Rivals after it.
    pub alarm: BTreeSet<String>,
}

impl Said {
    /// What the reference says, as far as the model says it: it judges no addresses of nodes.
    pub fn by_reference(judgement: &Judgement, entries: &[Entry]) -> Self {
        let node =
            |id: &&EntryId| entries.iter().any(|e| e.id() == **id && e.header().kind.class() == Class::Node);
        let texts = |ids: &mut dyn Iterator<Item = &EntryId>| ids.map(ToString::to_string).collect();
        let member = |(id, workshop, role): &(EntryId, EntryId, aronde_protocol::authority::Role)| {
            (id.to_string(), workshop.to_string(), role.to_string())
        };
        let keeper = |(document, workshop): &(EntryId, EntryId)| (document.to_string(), workshop.to_string());
        Self {
            accepted: texts(&mut judgement.accepted.iter().filter(|id| !node(id))),
            members: judgement.members.iter().map(member).collect(),
            workshops: texts(&mut judgement.workshops.iter()),
            keepers: judgement.keepers.iter().map(keeper).collect(),
            charter: judgement.charter.to_string(),
            alarm: texts(&mut judgement.alarm.iter()),
        }
    }

    /// In what two differ, for people.
    pub fn difference(&self, other: &Self) -> Option<String> {
        if self == other {
            return None;
        }
        let sets = |a: &BTreeSet<String>, b: &BTreeSet<String>| {
            let short =
                |ids: Vec<&String>| ids.iter().map(|i| i.chars().take(10).collect()).collect::<Vec<String>>();
            format!(
                "here only {:?}, there only {:?}",
                short(a.difference(b).collect()),
                short(b.difference(a).collect())
            )
        };
        Some(format!(
            "accepted: {}; charter {}; members {}, workshops {}, keepers {}, alarm {}",
            sets(&self.accepted, &other.accepted),
            self.charter == other.charter,
            self.members == other.members,
            self.workshops == other.workshops,
            self.keepers == other.keepers,
            self.alarm == other.alarm,
        ))
    }
}

/// A running model.
pub struct Model {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Model {
    /// Starts a script that reads a history a line; `None`, loudly, when there is no Python here.
    pub fn start(script: &str, arguments: &[&str]) -> Option<Self> {
        let mut command = Command::new("python3");
        command.arg("-B").arg(script).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                eprintln!("SKIPPED: the model is not asked, python3 does not start: {error}");
                return None;
            }
        };
        let (input, output) = (child.stdin.take()?, BufReader::new(child.stdout.take()?));
        Some(Self { child, input, output })
    }

    /// Asks for one verdict, as the line that it answers.
    ///
    /// # Errors
    /// The model stopped.
    pub fn ask_line(&mut self, entries: &[Entry], followed: EntryId) -> std::io::Result<String> {
        writeln!(self.input, "{}", history(entries, followed))?;
        self.input.flush()?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line)
    }

    /// Asks for one verdict.
    ///
    /// # Errors
    /// The model stopped; its own message is on the standard error output.
    pub fn ask(&mut self, entries: &[Entry], followed: EntryId) -> std::io::Result<Said> {
        let line = self.ask_line(entries, followed)?;
        serde_json::from_str(&line).map_err(std::io::Error::other)
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A history as the model reads it.
pub fn history(entries: &[Entry], followed: EntryId) -> Value {
    json!({ "followed": followed, "entries": entries.iter().map(entry).collect::<Vec<_>>() })
}

fn entry(entry: &Entry) -> Value {
    let header = entry.header();
    let gist = Gist::of(entry).unwrap_or(Gist::Unknown);
    let kind = match header.kind.class() {
        Class::Operation => "op",
        Class::Document => "doc",
        Class::Record => "rec",
        Class::Node | Class::Unknown => "other",
    };
    let subject = header.subject;
    let op = match &gist {
        Gist::Operation(operation) => said(operation, entry),
        Gist::Create { under } => json!({ "t": "create", "under": under }),
        Gist::Edit => json!({ "t": "edit", "doc": subject }),
        // The same right, and nothing else that the model reads.
        Gist::Contribution | Gist::Ledger | Gist::Booking | Gist::Procedure | Gist::Release => {
            json!({ "t": "contribution" })
        }
        Gist::Decline => json!({ "t": "decline" }),
        Gist::Attestation { confirms: true } => json!({ "t": "confirm", "target": subject }),
        Gist::Attestation { confirms: false } => json!({ "t": "dispute", "target": subject }),
        Gist::ForkHealed { .. } => json!({ "t": "fork_healed" }),
        Gist::Addresses { .. } => json!({ "t": "addresses" }),
        Gist::Unknown => json!({ "t": "unknown" }),
    };
    json!({
        "id": entry.id(), "author": entry.author(), "log": header.log, "seq": header.seq, "prev": header.prev,
        "seen": header.seen, "deps": header.deps, "kind": kind, "op": op,
    })
}

fn said(operation: &Operation, entry: &Entry) -> Value {
    let hash = |commitment: &KeyCommitment| EntryId(commitment.0);
    match operation {
        Operation::Found(o) => json!({ "t": "found", "key": entry.author(), "next": hash(&o.next) }),
        Operation::AdmitWorkshop(o) => {
            json!({ "t": "admit_ws", "under": o.under, "key": o.key, "next": hash(&o.next) })
        }
        Operation::AdmitMember(o) => json!({
            "t": "admit", "under": o.under, "key": o.key, "next": hash(&o.next), "role": o.role, "heads": o.heads,
        }),
        Operation::RemoveMember(o) => json!({ "t": "remove", "under": o.under, "key": o.key, "cut": o.cut }),
        Operation::RemoveWorkshop(o) => {
            json!({ "t": "remove_ws", "under": o.under, "target": o.workshop, "cut": o.cut })
        }
        Operation::GiveSteward(o) => json!({
            "t": "give_steward", "under": o.under, "ws": o.workshop, "key": o.key, "next": hash(&o.next),
        }),
        Operation::SetPolicy(o) => json!({ "t": "policy", "under": o.under, "values": o.values }),
        Operation::Vote(o) => json!({ "t": "vote", "under": o.under, "target": o.motion }),
        Operation::Rotate(o) => json!({
            "t": "rotate", "grant": o.membership, "new": o.key, "commit": hash(&o.key.commitment()),
            "next": hash(&o.next), "cut": o.cut,
        }),
        Operation::BindNode(o) => json!({ "t": "bind", "under": o.under, "peer": o.peer }),
        Operation::UnbindNode(o) => json!({ "t": "unbind", "under": o.under, "peer": o.peer }),
        Operation::AddKeeper(o) => json!({
            "t": "keeper", "under": o.under, "doc": o.document, "through": o.through, "ws": o.workshop,
        }),
        Operation::DropKeeper(o) => json!({
            "t": "drop", "under": o.under, "doc": o.document, "through": o.through, "grant": o.grant, "cut": o.cut,
        }),
        Operation::Charter(o) => json!({
            "t": "charter", "under": o.under, "before": o.before, "heals": o.heals, "heads": o.heads,
            "level": o.level,
        }),
        Operation::Endorse(o) => json!({ "t": "endorse", "under": o.under, "target": o.charter }),
        Operation::Redact(o) => json!({ "t": "redact", "under": o.under, "target": o.entry }),
        Operation::RedactByMotion(o) => json!({ "t": "redact_motion", "under": o.under, "entry": o.entry }),
    }
}

/// What an entry says in a line, with ids cut to their first digits.
pub fn brief(of: &Entry) -> String {
    fn cut(value: &Value) -> Value {
        match value {
            Value::String(text) if text.len() == 64 => Value::String(text.chars().take(10).collect()),
            Value::String(text) if text.starts_with("did:") => {
                Value::String(text.chars().skip(text.len().saturating_sub(6)).collect())
            }
            Value::Array(all) => Value::Array(all.iter().map(cut).collect()),
            Value::Object(all) => Value::Object(all.iter().map(|(k, v)| (k.clone(), cut(v))).collect()),
            other => other.clone(),
        }
    }
    cut(entry(of).get("op").unwrap_or(&Value::Null)).to_string()
}

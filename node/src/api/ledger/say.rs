//! What is written to the ledger: `book`, `contribute`, `correct`, `retract`, `settle`, `cite`, `attest`, `agent`.

use std::path::PathBuf;

use aronde_protocol::id::EntryId;
use aronde_protocol::key::MemberKey;
use aronde_protocol::quantity::Quantity;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::ImportFinding;
use super::Standing;

/// Says that something was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contribute {
    /// For what: an id, a prefix, or words of a title.
    pub subject: String,
    /// What was done, a Valueflows action: `work`, `use`, `produce` …
    pub action: String,
    /// How much.
    pub quantity: Quantity,
    /// Of `use`: how much was used.
    pub resource_quantity: Option<Quantity>,
    /// What was worked with or made, in words.
    pub resource: Option<String>,
    /// In what capacity.
    pub role: Option<String>,
    /// In words; kept apart from the facts and redactable.
    pub note: Option<String>,
    /// Links to what shows it; kept with the note.
    #[serde(default)]
    pub links: Vec<String>,
    /// Files that show it, absolute; they are taken in, and named beside the note.
    #[serde(default)]
    pub evidence: Vec<PathBuf>,
    /// When it was done, or began; now, when absent.
    pub at: Option<Timestamp>,
    /// When it ended.
    pub to: Option<Timestamp>,
    /// The member who did it, a DID; the signer, when this, `person` and `group` are absent.
    pub provider: Option<MemberKey>,
    /// Somebody who is no member, by name.
    pub person: Option<String>,
    /// A group on whose behalf it was done, by name.
    pub group: Option<String>,
    /// The member whom it was for, a DID.
    pub receiver: Option<MemberKey>,
}

impl Contribute {
    /// What the signer did for something, now.
    pub fn new(subject: String, action: &str, quantity: Quantity) -> Self {
        Self {
            subject,
            action: action.to_owned(),
            quantity,
            resource_quantity: None,
            resource: None,
            role: None,
            note: None,
            links: Vec::new(),
            evidence: Vec::new(),
            at: None,
            to: None,
            provider: None,
            person: None,
            group: None,
            receiver: None,
        }
    }
}

/// The line in the paper book: so long at that machine, for that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    /// How long, or how much.
    pub quantity: Quantity,
    /// The machine, as the workshop's own sheet calls it or in words; none for handwork.
    pub machine: Option<String>,
    /// For what: an id, a prefix, or words of a title.
    pub subject: String,
    /// What was used up beside: how much of what.
    #[serde(default)]
    pub materials: Vec<(Quantity, String)>,
    /// How it was paid: `cash`, `credits`, `invoice`, `gift` or `shares`.
    pub paid: Option<String>,
    /// The member who did it: a DID or a name; the signer, when absent.
    pub member: Option<String>,
    /// When it was done; now, when absent.
    pub at: Option<Timestamp>,
    /// In words.
    pub note: Option<String>,
}

/// What a line in the book became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booked {
    /// The record of the time.
    pub id: EntryId,
    /// The records of what was used up.
    pub materials: Vec<EntryId>,
    /// What it was for.
    pub subject: EntryId,
    /// What people call that.
    pub subject_title: Option<String>,
    /// The machine, as the workshop's sheet calls it.
    pub machine: Option<String>,
    /// Whether the workshop's sheet knows the machine.
    pub known: bool,
}

/// A table or a history of contributions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContributeImport {
    /// The table, or the folder of the git history; absolute.
    pub path: PathBuf,
    /// Whether it is a git history.
    #[serde(default)]
    pub git: bool,
    /// For what: an id, a prefix, or words of a title.
    pub subject: String,
    /// A file that says what the columns mean; absolute. The known header needs none.
    pub map: Option<PathBuf>,
}

/// A table or a history was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// What it was for.
    pub subject: EntryId,
    /// How many rows or commits it has.
    pub rows: u64,
    /// How many records were written.
    pub imported: u64,
    /// How many were there already.
    pub already: u64,
    /// How many people were not known before.
    pub agents: u64,
    /// Rows that were left out, or read with a doubt.
    pub findings: Vec<ImportFinding>,
    /// How long it took, in ms.
    pub milliseconds: u64,
}

/// A contribution written anew, by who said it or did it. What is absent stays as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correct {
    /// The record, or a prefix of its id.
    pub record: String,
    /// What was done.
    pub action: Option<String>,
    /// How much.
    pub quantity: Option<Quantity>,
    /// What was worked with or made.
    pub resource: Option<String>,
    /// When it was done.
    pub at: Option<Timestamp>,
    /// For what.
    pub subject: Option<String>,
    /// In words: why.
    pub note: Option<String>,
}

/// A record taken back, by who said it or did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retract {
    /// The record, or a prefix of its id.
    pub record: String,
    /// In words: why.
    pub note: Option<String>,
}

/// How a contribution was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settle {
    /// The record, or a prefix of its id.
    pub record: String,
    /// `cash`, `credits`, `invoice`, `gift` or `shares`.
    pub means: String,
    /// How much was paid.
    pub amount: Option<Quantity>,
    /// Who settled it, a DID; the signer, when absent.
    pub by: Option<MemberKey>,
    /// In words.
    pub note: Option<String>,
}

/// Says that something was made on the ground of another work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cite {
    /// What was made: an id, a prefix, or words of a title.
    pub subject: String,
    /// The release or document that it was made on the ground of.
    pub cites: String,
    /// In words.
    pub note: Option<String>,
}

/// What an attestation says of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is as the record says.
    Confirm,
    /// It is not.
    Dispute,
    /// Nothing any more.
    Withdraw,
}

/// How the author of an attestation comes to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// Was there.
    Present,
    /// Ran the place where it was done.
    Host,
    /// Looks after what it was done for.
    Maintainer,
    /// Got what was made.
    Received,
}

/// Says whether a record is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attest {
    /// The record, or a prefix of its id.
    pub record: String,
    /// Whether it is right.
    pub verdict: Verdict,
    /// How the signer comes to know.
    #[serde(default)]
    pub relation: Option<Relation>,
    /// In words; kept apart from the facts and redactable.
    pub note: Option<String>,
}

/// An attestation was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attested {
    /// The attestation.
    pub id: EntryId,
    /// The record it is about.
    pub record: EntryId,
    /// Where that record stands now.
    pub standing: Standing,
}

/// Asks for the agents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentList {}

/// Somebody who is no member, or a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRow {
    /// The record that stands for them.
    pub id: EntryId,
    /// `person` or `group`.
    pub kind: String,
    /// What they are called where they were found; absent when the name is not there.
    pub name: Option<String>,
    /// Who wrote them down, a DID.
    pub author: MemberKey,
    /// The members who say that it is them, DIDs: one, or rivals of whom none counts.
    pub claimed_by: Vec<MemberKey>,
    /// How many contributions name them.
    pub records: u64,
}

/// Says that an agent is the signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentClaim {
    /// The agent: its id, a prefix, or its name.
    pub agent: String,
    /// Takes the claim back.
    #[serde(default)]
    pub withdraw: bool,
    /// In words: how one knows.
    pub note: Option<String>,
}

/// A claim was written or taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentClaimed {
    /// The entry.
    pub id: EntryId,
    /// The agent as it stands now.
    pub agent: AgentRow,
}

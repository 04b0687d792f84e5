//! Shares: who gets what of an amount, by a rule, and why.

use std::path::PathBuf;

use aronde_protocol::id::EntryId;
use aronde_protocol::quantity::Quantity;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Asks who gets what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shares {
    /// The work: its id, a prefix, or words of its title.
    pub subject: String,
    /// The rule, in TOML.
    pub rule: String,
    /// What its file is called, for errors.
    pub file: String,
    /// How much, an amount of money.
    pub amount: Quantity,
    /// The day that ages are counted to; today, when absent.
    pub on: Option<Timestamp>,
    /// Only what was done then or later.
    pub from: Option<Timestamp>,
    /// Only what was done before.
    pub to: Option<Timestamp>,
    /// Whether every step is answered.
    #[serde(default)]
    pub explain: bool,
    /// A file for the steps as a spreadsheet; absolute.
    pub sheet: Option<PathBuf>,
}

/// Who gets what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharesStated {
    /// By which rule.
    pub rule: RuleCited,
    /// Of which work.
    pub subject: EntryId,
    /// What people call it.
    pub subject_title: Option<String>,
    /// How much there was, an exact decimal.
    pub amount: String,
    /// In which currency.
    pub currency: String,
    /// The day that ages were counted to.
    pub on: Timestamp,
    /// Who gets what; together the amount.
    pub shares: Vec<ShareRow>,
    /// How many records counted.
    pub counted: u64,
    /// How many records did not, and why, in words.
    pub left_out: Vec<String>,
    /// How the amount went to works and buckets, a line each; empty when no steps were asked for.
    pub steps: Vec<String>,
    /// The spreadsheet that was written.
    pub sheet: Option<PathBuf>,
}

/// A rule as it is cited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCited {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// BLAKE3 of its canonical form, in hexadecimal.
    pub hash: String,
}

/// What somebody gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareRow {
    /// Who: a DID; the name of an agent as it was found (its id, when the name is not there), for whom it is kept aside;
    /// `commons`; or `aside`.
    pub member: String,
    /// How much, a decimal with all digits of the currency.
    pub amount: String,
    /// The currency.
    pub currency: String,
    /// Which part of the whole, a decimal; together 1.
    pub share: String,
    /// What that is before it was rounded: a decimal, or a fraction as `1/3`.
    pub exact: String,
    /// `member`, `agent`, `commons` or `aside`.
    pub kind: ShareKind,
    /// What people call them.
    pub name: Option<String>,
    /// The agent, where it is one.
    pub agent: Option<EntryId>,
    /// How it came; empty when no steps were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<ShareStep>,
}

/// For whom a share is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShareKind {
    /// A member.
    Member,
    /// Somebody who is no member, or a group.
    Agent,
    /// The commons.
    Commons,
    /// Nobody yet.
    Aside,
}

/// A step on the way to somebody's share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareStep {
    /// The work, where it is about one.
    pub subject: Option<EntryId>,
    /// The bucket, where it is about one.
    pub bucket: Option<String>,
    /// The signed record, where it is about one.
    pub record: Option<EntryId>,
    /// The arithmetic.
    pub how: String,
}

//! `policy`: what the federation set for itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Asks for the policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyShow {}

/// A value of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRow {
    /// Its name.
    pub name: String,
    /// What was set; absent when nothing was.
    pub value: Option<u64>,
    /// What is in force now; absent when nothing is.
    pub effective: Option<u64>,
    /// What it is for; absent when this version does not know it.
    pub meaning: Option<String>,
}

/// Moves to set values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicySet {
    /// The values by name.
    pub values: BTreeMap<String, u64>,
}

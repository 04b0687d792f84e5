//! `sync`: exchange with every peer that can be reached.

use serde::{Deserialize, Serialize};

use super::PeerState;

/// Asks for an exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sync {
    /// Whether to go on until entries and files are equal with every reachable peer.
    pub wait: bool,
    /// Give up after this many seconds.
    pub timeout_s: u64,
}

/// What an exchange brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Synced {
    /// Whether entries and files are equal with every reachable peer.
    pub in_sync: bool,
    /// Entries that came.
    pub entries_received: u64,
    /// Entries that went.
    pub entries_sent: u64,
    /// Files that came.
    pub files_received: u64,
    /// Root over the accepted entries afterwards, 64 hex digits.
    pub digest: String,
    /// The peers, as in `status`.
    pub peers: Vec<PeerState>,
}

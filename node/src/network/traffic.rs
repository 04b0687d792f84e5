//! How many bytes went over the network, counted where requests, answers and announcements are framed:
//! before encryption, multiplexing, TCP or UDP, IP, and what libp2p says for itself.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters of one network, from its start.
#[derive(Debug, Default)]
pub(super) struct Meter {
    sent: AtomicU64,
    received: AtomicU64,
}

/// What a network sent and received since it was started, in bytes. An announcement counts once, to however
/// many peers it went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Sent, or given to be sent.
    pub sent: u64,
    /// Received.
    pub received: u64,
}

impl Meter {
    /// So many bytes go out.
    pub(super) fn sent(&self, bytes: usize) {
        self.sent.fetch_add(bytes as u64, Relaxed);
    }

    /// So many bytes came in.
    pub(super) fn received(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Relaxed);
    }

    /// What it shows.
    pub(super) fn read(&self) -> Traffic {
        Traffic { sent: self.sent.load(Relaxed), received: self.received.load(Relaxed) }
    }
}

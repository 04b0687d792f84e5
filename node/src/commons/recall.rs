//! What a home finds out about itself before it writes.
//!
//! A home that was restored from an older copy has lost the newest entries of its own logs. Were it to write
//! before it knows that, its log would fork. So a node that starts meets its peers first: until then what
//! writes is held back, for a bounded time. Whoever writes without a node, or meets nobody, may still fork a
//! log; then the log is left as soon as that shows.

use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Condvar, Mutex, PoisonError};

use aronde_protocol::entry::Entry;

use super::Commons;

/// What a home found out about itself since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recalled {
    /// It is not where it was: moved, copied or restored.
    pub moved: bool,
    /// Entries of logs that are this home's own, which it did not have.
    pub entries: u64,
}

impl fmt::Display for Recalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = if self.entries == 1 { "1 entry" } else { &format!("{} entries", self.entries) };
        write!(
            f,
            "peers gave this home {entries} of its own logs, which it did not have: it was restored from an older copy, its journal was damaged, or the home that it was copied from still writes; it goes on in a fresh log"
        )
    }
}

/// Whether writing has to wait.
#[derive(Debug, Default)]
pub(super) struct Threshold {
    held: Mutex<bool>,
    free: Condvar,
}

/// Writing is held back as long as this lives.
pub(crate) struct HeldBack<'a>(&'a Threshold);

impl Drop for HeldBack<'_> {
    fn drop(&mut self) {
        *self.0.held.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.free.notify_all();
    }
}

impl Threshold {
    fn hold(&self) -> HeldBack<'_> {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = true;
        HeldBack(self)
    }

    fn is_held(&self) -> bool {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self) {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.free.wait_while(held, |held| *held));
    }
}

impl Commons {
    /// Holds back what is asked to be written until the answer is dropped.
    pub(crate) fn hold_back(&self) -> HeldBack<'_> {
        self.threshold.hold()
    }

    /// Whether writing is held back now.
    pub(super) fn is_held_back(&self) -> bool {
        self.threshold.is_held()
    }

    /// Waits until writing is not held back.
    pub(super) fn wait_to_write(&self) {
        self.threshold.wait();
    }

    /// What this home found out about itself since it was opened.
    pub fn recalled(&self) -> Recalled {
        let moved = self.installation.lock().unwrap_or_else(PoisonError::into_inner).moved();
        let entries = self.recalled.load(Ordering::Relaxed);
        Recalled { moved, entries }
    }

    /// Leaves the logs that are forked already. Called when the home is opened: it may have been closed
    /// before it could leave them.
    pub(super) fn leave_forked_logs(&self) {
        let forks = self.entries().replica().forks();
        let mut installation = self.installation.lock().unwrap_or_else(PoisonError::into_inner);
        for fork in forks {
            if installation.writes(fork.author, fork.log)
                && let Err(error) = installation.leave_logs(fork.author)
            {
                tracing::error!(%error, "a fresh log could not be begun");
            }
        }
    }

    /// Entries of our own log that came from a peer were written by another installation, or by this
    /// one before it was restored: we go on in a fresh log.
    pub(super) fn mind_own_logs(&self, fresh: &[Entry]) {
        let mut installation = self.installation.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in fresh {
            let (author, log) = (entry.author(), entry.header().log);
            if installation.wrote(author, log) {
                self.recalled.fetch_add(1, Ordering::Relaxed);
            }
            if installation.writes(author, log) {
                tracing::warn!(
                    log,
                    "a peer shows entries of our log that are not here; a fresh log is begun"
                );
                if let Err(error) = installation.leave_logs(author) {
                    tracing::error!(%error, "a fresh log could not be begun");
                }
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_wants_to_write_waits_as_long_as_writing_is_held_back() {
        let threshold = Threshold::default();
        threshold.wait();
        let held_back = threshold.hold();
        assert!(threshold.is_held());
        let (tell, told) = mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                threshold.wait();
                tell.send(()).unwrap();
            });
            assert!(told.recv_timeout(Duration::from_millis(100)).is_err());
            drop(held_back);
            told.recv_timeout(Duration::from_secs(10)).unwrap();
        });
        assert!(!threshold.is_held());
    }
}

//! Fetching files: every node fetches every file, up to a limit, in verified ranges.
//!
//! Ranges of a file are asked for in turn from whoever is connected and has it; each is checked
//! against the file's name before it is kept, so a fetch goes on where it stopped. A peer that sends
//! wrong bytes is not asked for that file again.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use aronde_protocol::id::FileHash;
use aronde_protocol::limits::{FILE_MAX, FILE_RANGE_MAX};
use aronde_protocol::session::{Request, Response};
use futures::stream::{self, StreamExt as _};
use libp2p::PeerId;
use tokio::sync::{Notify, watch};
use tokio::task::spawn_blocking;

use super::driver::Inward;
use super::limits::{FILES_AT_ONCE, FILES_INTERVAL, FILES_PER_PASS, LIES_MAX};
use super::reconcile::{Asker, Lane};
use super::replicated::{FileFault, Replicated};

/// Fetches files for as long as the node runs.
pub(super) struct Fetcher {
    pub replicated: Arc<dyn Replicated>,
    pub asker: Asker,
    /// Peers connected as members.
    pub connected: watch::Receiver<Vec<PeerId>>,
    /// Something may have become wanted.
    pub wake: Arc<Notify>,
    /// Who served wrong bytes of what.
    pub lies: Mutex<HashSet<(PeerId, FileHash)>>,
}

impl Fetcher {
    /// Runs until the node ends.
    pub(super) async fn run(self) {
        loop {
            if self.pass().await && self.asker.0.send(Inward::FilesChanged).await.is_err() {
                return;
            }
            // A wake is a permit that is kept: what came during the pass begins another at once.
            let _ = tokio::time::timeout(FILES_INTERVAL, self.wake.notified()).await;
        }
    }

    /// Tries every wanted file once. True when one was completed.
    async fn pass(&self) -> bool {
        if self.connected.borrow().is_empty() {
            return false;
        }
        let replicated = Arc::clone(&self.replicated);
        let Ok(wanted) = spawn_blocking(move || replicated.wanted_files()).await else { return false };
        let wanted = wanted.into_iter().filter(|(_, len)| *len <= FILE_MAX).take(FILES_PER_PASS);
        let fetched = stream::iter(wanted.enumerate())
            .map(|(nth, (file, len))| self.fetch(nth, file, len))
            .buffer_unordered(FILES_AT_ONCE);
        fetched.fold(false, |any, done| async move { any || done }).await
    }

    /// Fetches what is missing of one file. True when it is whole. `nth` spreads files over peers.
    async fn fetch(&self, nth: usize, file: FileHash, len: u64) -> bool {
        let mut tried: HashSet<PeerId> = HashSet::new();
        let mut turn = nth;
        let mut kept_last = None;
        loop {
            let replicated = Arc::clone(&self.replicated);
            let gap = spawn_blocking(move || replicated.file_gap(&file, len, FILE_RANGE_MAX)).await;
            let Ok(Some(gap)) = gap else { return false };
            if kept_last.as_ref() == Some(&gap) {
                tracing::error!(%file, "a range of a file that was kept is missing again");
                return false;
            }
            let peers: Vec<PeerId> =
                self.connected.borrow().iter().filter(|peer| !tried.contains(*peer)).copied().collect();
            let peers: Vec<PeerId> = peers.into_iter().filter(|peer| !self.lied(*peer, file)).collect();
            let Some(peer) = peers.get(turn % peers.len().max(1)).copied() else { return false };
            turn = turn.wrapping_add(1);
            let request = Request::Range { file, len, from: gap.start, to: gap.end };
            let Ok(request) = request.encode() else { return false };
            let answer = self.asker.ask(peer, Lane::File, request).await;
            let Some(Ok(Response::Range(encoded))) = answer.ok().map(|bytes| Response::decode(&bytes)) else {
                tried.insert(peer);
                continue;
            };
            let replicated = Arc::clone(&self.replicated);
            let range = gap.clone();
            let kept = spawn_blocking(move || replicated.put_file_range(&file, len, range, &encoded.0)).await;
            match kept {
                Ok(Ok(true)) => return true,
                Ok(Ok(false)) => kept_last = Some(gap),
                Ok(Err(FileFault::Wrong)) => {
                    tracing::warn!(%peer, %file, "a peer sent wrong bytes of a file; another is asked");
                    self.remember_lie(peer, file);
                }
                Ok(Err(FileFault::Local(error))) => {
                    tracing::error!(%file, %error, "a file could not be kept");
                    return false;
                }
                Err(_) => return false,
            }
        }
    }

    fn lied(&self, peer: PeerId, file: FileHash) -> bool {
        self.lies.lock().unwrap_or_else(PoisonError::into_inner).contains(&(peer, file))
    }

    fn remember_lie(&self, peer: PeerId, file: FileHash) {
        let mut lies = self.lies.lock().unwrap_or_else(PoisonError::into_inner);
        if lies.len() >= LIES_MAX {
            lies.clear();
        }
        lies.insert((peer, file));
    }
}

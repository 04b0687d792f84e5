//! What the network needs of the commons. The commons implements it; nothing else couples them.

use std::ops::Range;
use std::sync::Arc;

use aronde_protocol::digest::TreeNode;
use aronde_protocol::federation::FederationName;
use aronde_protocol::id::{EntryId, FileHash, WorkshopId};
use aronde_protocol::join::{Claim, JoinGrant, JoinRefusal, JoinRequest, News};
use aronde_protocol::session::{Held, Page, Received};
use libp2p::{Multiaddr, PeerId};

/// The commons, as the network sees it.
///
/// Calls are synchronous. The network makes those that may touch the disk (`receive`, `runs`,
/// `admit`, `introduce`, `claim`, `news`, `told`, `binding_proof`, `addresses`, everything about files) on blocking threads,
/// and the others (`federation`, `bound_workshop`, `held_root`) wherever it needs them: these must be
/// quick, and must not wait for a lock that is held while the disk is written.
pub trait Replicated: Send + Sync + 'static {
    /// The federation's name, as this node knows it.
    fn federation(&self) -> FederationName;
    /// The workshop of our federation that this peer's node is bound to, if it is.
    fn bound_workshop(&self, peer: &PeerId) -> Option<WorkshopId>;
    /// The addresses that bound nodes have published, the best first.
    fn addresses(&self) -> Vec<(PeerId, Vec<Multiaddr>)>;

    /// The root of the tree over held ids.
    fn held_root(&self) -> [u8; 32];
    /// Claimed time and id of everything held, strictly ascending.
    fn held_items(&self) -> Arc<Vec<(u64, EntryId)>>;
    /// The node of the tree over held ids at a prefix.
    fn held_children(&self, prefix: &[u8]) -> TreeNode;
    /// Compact runs with the first of these entries, in causal order, that fit in `max_bytes`. At
    /// least one, when any is held: `max_bytes` is never less than the largest entry.
    fn runs(&self, ids: &[EntryId], max_bytes: usize) -> Page;
    /// Checks runs at the door and keeps what may be kept. `from` is whose pool and blame it is.
    fn receive(&self, from: PeerId, runs: Vec<Vec<u8>>) -> Received;

    /// Whether entries and files are given to peers by now. A node that starts first meets one: it may have been
    /// set back, and hold what it was told to forget. Quick, and true again within seconds.
    fn gives(&self) -> bool {
        true
    }

    /// The authority entries that bind our own node, from the founding entry, at most 256 KiB.
    fn binding_proof(&self) -> Vec<Vec<u8>>;
    /// Entries that a peer shows to prove that it is bound, checked at the ordinary door. True when
    /// it is known as bound now.
    ///
    /// # Errors
    /// A sentence that says what is wrong with them.
    fn introduce(&self, from: PeerId, runs: Vec<Vec<u8>>) -> Result<bool, String>;
    /// A claim to be told the authority, to a peer that does not know us; none when the member's key is locked.
    fn claim(&self, _to: &PeerId) -> Option<Claim> {
        None
    }
    /// Answers a claim.
    ///
    /// # Errors
    /// A sentence that says why not.
    fn news(&self, _from: &PeerId, _claim: &Claim) -> Result<News, String> {
        Err("this node tells nobody".into())
    }
    /// The authority was told to us: takes what follows from it. Answers runs of our own entries that lie beyond
    /// these heads, to be handed in, and whether we still wait to be admitted.
    fn told(&self, _held: &[EntryId]) -> (Vec<Vec<u8>>, bool) {
        (Vec::new(), false)
    }
    /// Checks a ticket and admits its bearer by name. The proof of possession has been checked.
    ///
    /// # Errors
    /// Why the bearer is not admitted.
    fn admit(&self, from: PeerId, request: JoinRequest) -> Result<JoinGrant, JoinRefusal>;

    /// Files that are not held whole, with their lengths, those with parts first. The empty file is
    /// never among them: it needs no peer.
    fn wanted_files(&self) -> Vec<(FileHash, u64)>;
    /// The next bytes of a wanted file still missing: at most `max` of them, beginning on a multiple
    /// of 16 KiB. None when it is whole, or no longer wanted.
    fn file_gap(&self, file: &FileHash, len: u64, max: u64) -> Option<Range<u64>>;
    /// Bytes of a file of exactly this length, bao-encoded (chunk groups of 16 KiB), when held.
    fn file_range(&self, file: &FileHash, len: u64, range: Range<u64>) -> Option<Vec<u8>>;
    /// Checks bao-encoded bytes against the file's name and keeps them. True when the file is whole
    /// and in its place.
    ///
    /// # Errors
    /// The bytes are wrong, or can't be kept.
    fn put_file_range(
        &self,
        file: &FileHash,
        len: u64,
        range: Range<u64>,
        encoded: &[u8],
    ) -> Result<bool, FileFault>;
}

/// Why bytes of a file were not kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// They don't fit the file's name: the peer's fault.
    #[error("the peer sent bytes that do not belong to the file")]
    Wrong,
    /// They can't be written here.
    #[error("a file could not be written: {0}")]
    Local(String),
}

/// The commons in a session with one peer.
pub(super) struct InSession {
    /// The commons.
    pub replicated: Arc<dyn Replicated>,
    /// The peer.
    pub peer: PeerId,
}

impl Held for InSession {
    fn federation(&self) -> FederationName {
        self.replicated.federation()
    }
    fn held_root(&self) -> [u8; 32] {
        self.replicated.held_root()
    }
    fn held_items(&self) -> Arc<Vec<(u64, EntryId)>> {
        self.replicated.held_items()
    }
    fn held_children(&self, prefix: &[u8]) -> TreeNode {
        self.replicated.held_children(prefix)
    }
    fn runs(&self, ids: &[EntryId], max_bytes: usize) -> Page {
        self.replicated.runs(ids, max_bytes)
    }
    fn receive(&self, runs: Vec<Vec<u8>>) -> Received {
        self.replicated.receive(self.peer, runs)
    }
    fn wanted_root(&self) -> [u8; 32] {
        wanted_root(self.replicated.as_ref())
    }
    fn file_range(&self, file: &FileHash, len: u64, from: u64, to: u64) -> Option<Vec<u8>> {
        self.replicated.file_range(file, len, from..to)
    }
}

/// A hash over the sorted names of the files that are wanted.
pub(super) fn wanted_root(replicated: &dyn Replicated) -> [u8; 32] {
    let mut files: Vec<FileHash> = replicated.wanted_files().into_iter().map(|(file, _)| file).collect();
    files.sort_unstable();
    let mut hasher = blake3::Hasher::new_derive_key("aronde 2026 files wanted v1");
    for file in files {
        hasher.update(file.as_bytes());
    }
    *hasher.finalize().as_bytes()
}

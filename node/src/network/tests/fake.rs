//! A commons in memory, with entries of its own small form: eight bytes of time, then a body. A body
//! that begins with `bind` binds the node it names, `addr` publishes an address, `file` names a file.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aronde_protocol::digest::{Digest, TreeNode};
use aronde_protocol::federation::FederationName;
use aronde_protocol::id::{EntryId, FileHash, WorkshopId};
use aronde_protocol::join::{JoinGrant, JoinRefusal, JoinRequest, proof};
use aronde_protocol::session::{Page, Received};
use bao_tree::io::outboard::PreOrderMemOutboard;
use bao_tree::io::sync::{decode_ranges, encode_ranges_validated};
use bao_tree::io::{round_up_to_chunks, round_up_to_chunks_groups};
use bao_tree::{BaoTree, BlockSize, ByteRanges, ChunkRanges};
use libp2p::identity::Keypair;
use libp2p::{Multiaddr, PeerId};

use crate::network::{FileFault, Replicated};

const BLOCK: BlockSize = BlockSize::from_chunk_log(4);

pub struct Fake {
    pub key: Keypair,
    state: Mutex<State>,
    /// Serves wrong bytes of every file.
    pub lies: AtomicBool,
    /// How many wrong ranges it served.
    pub lies_told: AtomicUsize,
    pub secret: Vec<u8>,
    pub used: AtomicBool,
    /// Whether it gives entries and files by now.
    pub gives: AtomicBool,
}

#[derive(Default)]
struct State {
    entries: BTreeMap<EntryId, Vec<u8>>,
    digest: Digest,
    bound: HashSet<PeerId>,
    removed: HashSet<PeerId>,
    addresses: HashMap<PeerId, Vec<Multiaddr>>,
    files: HashMap<FileHash, Vec<u8>>,
    wanted: BTreeMap<FileHash, Partial>,
}

struct Partial {
    data: Vec<u8>,
    outboard: PreOrderMemOutboard,
    have: u64,
}

impl Fake {
    pub fn new() -> Arc<Self> {
        let fake = Self {
            key: Keypair::generate_ed25519(),
            state: Mutex::default(),
            lies: AtomicBool::new(false),
            lies_told: AtomicUsize::new(0),
            secret: vec![7; 16],
            used: AtomicBool::new(false),
            gives: AtomicBool::new(true),
        };
        fake.keep(binding(&fake.peer()));
        Arc::new(fake)
    }

    pub fn peer(&self) -> PeerId {
        self.key.public().to_peer_id()
    }

    pub fn knows(&self, other: &Self) {
        self.keep(binding(&other.peer()));
    }

    pub fn write(&self, at: u64, body: &[u8]) -> EntryId {
        let entry = [at.to_be_bytes().as_slice(), body].concat();
        self.keep(entry.clone());
        EntryId::of(&entry)
    }

    pub fn publish(&self, address: &Multiaddr) {
        let body = [b"addr".as_slice(), address.to_string().as_bytes()].concat();
        self.write(2, &body);
    }

    pub fn add_file(&self, data: &[u8]) -> FileHash {
        let hash = FileHash::of(data);
        self.state.lock().unwrap().files.insert(hash, data.to_vec());
        let body = [b"file".as_slice(), hash.as_bytes(), &(data.len() as u64).to_be_bytes()].concat();
        self.write(3, &body);
        hash
    }

    pub fn file(&self, hash: &FileHash) -> Option<Vec<u8>> {
        self.state.lock().unwrap().files.get(hash).cloned()
    }

    pub fn forget_binding(&self, peer: &PeerId) {
        let mut state = self.state.lock().unwrap();
        state.bound.remove(peer);
        state.removed.insert(*peer);
    }

    pub fn count(&self) -> usize {
        self.state.lock().unwrap().entries.len()
    }

    pub fn holds(&self, id: &EntryId) -> bool {
        self.state.lock().unwrap().entries.contains_key(id)
    }

    fn keep(&self, entry: Vec<u8>) -> bool {
        let mut state = self.state.lock().unwrap();
        let body = entry.get(8..).unwrap().to_vec();
        if let Some(peer) = body.strip_prefix(b"bind") {
            let peer = PeerId::from_bytes(peer).unwrap();
            if !state.removed.contains(&peer) {
                state.bound.insert(peer);
            }
        } else if let Some(text) = body.strip_prefix(b"addr") {
            let address: Multiaddr = std::str::from_utf8(text).unwrap().parse().unwrap();
            let peer = crate::network::peers::peer_of(&address).unwrap();
            state.addresses.entry(peer).or_default().push(address);
        } else if let Some(file) = body.strip_prefix(b"file") {
            let hash = FileHash(file[..32].try_into().unwrap());
            let len = u64::from_be_bytes(file[32..40].try_into().unwrap());
            if !state.files.contains_key(&hash) {
                let tree = BaoTree::new(len, BLOCK);
                let outboard = PreOrderMemOutboard {
                    root: (*hash.as_bytes()).into(),
                    tree,
                    data: vec![0; usize::try_from(tree.outboard_size()).unwrap()],
                };
                let data = vec![0; usize::try_from(len).unwrap()];
                state.wanted.entry(hash).or_insert(Partial { data, outboard, have: 0 });
            }
        }
        let id = EntryId::of(&entry);
        state.digest.insert(id);
        state.entries.insert(id, entry).is_none()
    }
}

pub fn binding(peer: &PeerId) -> Vec<u8> {
    [1_u64.to_be_bytes().as_slice(), b"bind", &peer.to_bytes()].concat()
}

fn chunks(range: &Range<u64>) -> ChunkRanges {
    round_up_to_chunks_groups(round_up_to_chunks(&ByteRanges::from(range.clone())), BLOCK)
}

impl Replicated for Fake {
    fn federation(&self) -> FederationName {
        FederationName::founded(EntryId([9; 32]))
    }
    fn bound_workshop(&self, peer: &PeerId) -> Option<WorkshopId> {
        self.state.lock().unwrap().bound.contains(peer).then(|| EntryId::of(&peer.to_bytes()))
    }
    fn addresses(&self) -> Vec<(PeerId, Vec<Multiaddr>)> {
        self.state.lock().unwrap().addresses.clone().into_iter().collect()
    }
    fn held_root(&self) -> [u8; 32] {
        self.state.lock().unwrap().digest.root()
    }
    fn held_items(&self) -> Arc<Vec<(u64, EntryId)>> {
        let state = self.state.lock().unwrap();
        let at = |entry: &Vec<u8>| u64::from_be_bytes(entry[..8].try_into().unwrap());
        let mut items: Vec<_> = state.entries.iter().map(|(id, entry)| (at(entry), *id)).collect();
        items.sort_unstable();
        Arc::new(items)
    }
    fn held_children(&self, prefix: &[u8]) -> TreeNode {
        self.state.lock().unwrap().digest.children(prefix)
    }
    fn runs(&self, ids: &[EntryId], max_bytes: usize) -> Page {
        let state = self.state.lock().unwrap();
        let (mut page, mut left) = (Page::default(), max_bytes);
        for id in ids {
            if let Some(entry) = state.entries.get(id).filter(|entry| entry.len() <= left) {
                left -= entry.len();
                page.runs.push(entry.clone());
                page.carried.push(*id);
            }
        }
        page
    }
    fn receive(&self, _: PeerId, runs: Vec<Vec<u8>>) -> Received {
        let mut received = Received::default();
        for run in runs {
            let id = EntryId::of(&run);
            if run.len() < 8 {
                received.refused = Some("an entry without a time".into());
            } else if self.keep(run) {
                received.fresh.push(id);
            } else {
                received.known.push(id);
            }
        }
        received
    }
    fn gives(&self) -> bool {
        self.gives.load(Ordering::Relaxed)
    }

    fn binding_proof(&self) -> Vec<Vec<u8>> {
        vec![binding(&self.peer())]
    }
    fn introduce(&self, from: PeerId, runs: Vec<Vec<u8>>) -> Result<bool, String> {
        let refused = self.receive(from, runs).refused;
        refused.map_or_else(|| Ok(self.bound_workshop(&from).is_some()), Err)
    }
    fn admit(&self, from: PeerId, request: JoinRequest) -> Result<JoinGrant, JoinRefusal> {
        if request.secret.0 != self.secret {
            return Err(JoinRefusal::Unknown);
        }
        if self.used.swap(true, Ordering::SeqCst) {
            return Err(JoinRefusal::Used);
        }
        self.keep(binding(&from));
        Ok(JoinGrant { proof: proof(vec![binding(&self.peer()), binding(&from)]) })
    }
    fn wanted_files(&self) -> Vec<(FileHash, u64)> {
        let state = self.state.lock().unwrap();
        state.wanted.iter().map(|(hash, partial)| (*hash, partial.data.len() as u64)).collect()
    }
    fn file_gap(&self, file: &FileHash, _: u64, max: u64) -> Option<Range<u64>> {
        let state = self.state.lock().unwrap();
        let partial = state.wanted.get(file)?;
        Some(partial.have..(partial.have + max).min(partial.data.len() as u64))
    }
    fn file_range(&self, file: &FileHash, len: u64, range: Range<u64>) -> Option<Vec<u8>> {
        let state = self.state.lock().unwrap();
        let data = state.files.get(file).filter(|data| data.len() as u64 == len)?;
        let outboard = PreOrderMemOutboard::create(data, BLOCK);
        let mut encoded = Vec::new();
        encode_ranges_validated(data.as_slice(), &outboard, &chunks(&range), &mut encoded).unwrap();
        if self.lies.load(Ordering::SeqCst) {
            self.lies_told.fetch_add(1, Ordering::SeqCst);
            let middle = encoded.len() / 2;
            encoded[middle] ^= 1;
        }
        Some(encoded)
    }
    fn put_file_range(
        &self,
        file: &FileHash,
        len: u64,
        range: Range<u64>,
        encoded: &[u8],
    ) -> Result<bool, FileFault> {
        let mut state = self.state.lock().unwrap();
        let Some(partial) = state.wanted.get_mut(file) else { return Ok(true) };
        let decoded =
            decode_ranges(encoded, &chunks(&range), partial.data.as_mut_slice(), &mut partial.outboard);
        decoded.map_err(|_| FileFault::Wrong)?;
        partial.have = range.end;
        if partial.have < len {
            return Ok(false);
        }
        let whole = state.wanted.remove(file).unwrap().data;
        assert_eq!(FileHash::of(&whole), *file);
        state.files.insert(*file, whole);
        Ok(true)
    }
}

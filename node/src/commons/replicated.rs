//! The commons as the network sees it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use aronde_protocol::canonical;
use aronde_protocol::digest::TreeNode;
use aronde_protocol::entry::gist::Addresses;
use aronde_protocol::entry::{Class, Entry, Gist};
use aronde_protocol::federation::FederationName;
use aronde_protocol::id::{EntryId, FileHash, WorkshopId};
use aronde_protocol::join::{Claim, JoinGrant, JoinRefusal, JoinRequest, News};
use aronde_protocol::key::MemberKey;
use aronde_protocol::limits;
use aronde_protocol::run;
use aronde_protocol::session::{Page, Received};
use libp2p::{Multiaddr, PeerId};

use super::Commons;
use super::entries::Entries;
use crate::network::{FileFault, Replicated};

/// How often it is looked at whether files are still being taken in: an import may take minutes.
const TAKING_IN_PAUSE: Duration = Duration::from_millis(100);

impl Replicated for Commons {
    fn federation(&self) -> FederationName {
        let glance = self.glance.read().unwrap_or_else(PoisonError::into_inner);
        glance.federation.unwrap_or(FederationName::founded(EntryId([0; 32])))
    }

    fn bound_workshop(&self, peer: &PeerId) -> Option<WorkshopId> {
        let glance = self.glance.read().unwrap_or_else(PoisonError::into_inner);
        glance.nodes.get(&peer.to_bytes()).copied()
    }

    fn addresses(&self) -> Vec<(PeerId, Vec<Multiaddr>)> {
        let own = self.peer;
        addresses_of(&self.entries()).into_iter().filter(|(peer, _)| *peer != own).collect()
    }

    fn held_root(&self) -> [u8; 32] {
        self.glance.read().unwrap_or_else(PoisonError::into_inner).held_root
    }

    fn held_items(&self) -> Arc<Vec<(u64, EntryId)>> {
        self.entries().items()
    }

    fn held_children(&self, prefix: &[u8]) -> TreeNode {
        self.entries().replica().digest().children(prefix)
    }

    fn runs(&self, ids: &[EntryId], max_bytes: usize) -> Page {
        let (runs, carried) = self.entries().runs(ids, max_bytes);
        self.given.fetch_add(carried.len() as u64, Ordering::Relaxed);
        Page { runs, carried }
    }

    fn receive(&self, from: PeerId, runs: Vec<Vec<u8>>) -> Received {
        let mut given: Vec<Entry> = Vec::new();
        for bytes in runs {
            match run::decode(&bytes) {
                Ok(entries) => given.extend(entries),
                Err(error) => {
                    tracing::info!(%from, %error, "a peer sent a run that is refused");
                    return Received { refused: Some(error.to_string()), ..Received::default() };
                }
            }
        }
        let ids: Vec<EntryId> = given.iter().map(Entry::id).collect();
        let mut entries = self.entries();
        let received = match entries.receive(given) {
            Ok(received) => received,
            Err(error) => {
                // Ours, not the sender's fault: nothing is kept, and nothing is blamed.
                tracing::error!(%error, "entries from a peer could not be stored");
                return Received::default();
            }
        };
        self.mind_own_logs(&received.fresh);
        if !received.fresh.is_empty() {
            self.look(&mut entries);
        }
        Received::of(&ids, &received, entries.replica())
    }

    fn gives(&self) -> bool {
        !self.is_held_back()
    }

    fn binding_proof(&self) -> Vec<Vec<u8>> {
        let binding = self.glance.read().unwrap_or_else(PoisonError::into_inner).binding;
        binding.map(|binding| self.prove(&[binding]).0).unwrap_or_default()
    }

    fn introduce(&self, from: PeerId, runs: Vec<Vec<u8>>) -> Result<bool, String> {
        let received = self.receive(from, runs);
        match received.refused {
            Some(refused) if self.bound_workshop(&from).is_none() => Err(refused),
            _ => Ok(self.bound_workshop(&from).is_some()),
        }
    }

    fn claim(&self, to: &PeerId) -> Option<Claim> {
        self.make_claim(to)
    }

    fn news(&self, from: &PeerId, claim: &Claim) -> Result<News, String> {
        self.answer_claim(from, claim)
    }

    fn told(&self, held: &[EntryId]) -> (Vec<Vec<u8>>, bool) {
        self.was_told(held)
    }

    fn admit(&self, from: PeerId, request: JoinRequest) -> Result<JoinGrant, JoinRefusal> {
        // Who comes in this moment comes again: a call of a stranger keeps nobody waiting.
        if self.is_held_back() { Err(JoinRefusal::Busy) } else { self.admit_newcomer(from, &request) }
    }

    fn wanted_files(&self) -> Vec<(FileHash, u64)> {
        let mut wanted = self.named_files();
        wanted.retain(|(hash, len)| *len > 0 && *len <= limits::FILE_MAX && !self.files.has(*hash));
        let mut partials = self.partials.lock().unwrap_or_else(PoisonError::into_inner);
        // A download that nothing names any more is given up with its bytes.
        for (hash, len) in self.files.partials().unwrap_or_default() {
            if !wanted.iter().any(|(named, _)| *named == hash) {
                partials.remove(&hash);
                if let Err(error) = self.files.discard(hash, len) {
                    tracing::warn!(%error, %hash, "a download that is not wanted any more could not be removed");
                }
            }
        }
        wanted.sort_by_key(|(hash, _)| !partials.contains_key(hash));
        wanted
    }

    fn file_gap(&self, file: &FileHash, len: u64, max: u64) -> Option<Range<u64>> {
        if self.files.has(*file) || !self.entries().names_file(file) {
            return None;
        }
        let mut partials = self.partials.lock().unwrap_or_else(PoisonError::into_inner);
        if !partials.contains_key(file) {
            match self.files.partial(*file, len) {
                Ok(partial) => partials.insert(*file, partial),
                Err(error) => {
                    tracing::warn!(%error, %file, "a file can't be fetched now");
                    return None;
                }
            };
        }
        let gap = partials.get(file)?.missing().into_iter().next()?;
        Some(gap.start..gap.end.min(gap.start.saturating_add(max)))
    }

    fn file_range(&self, file: &FileHash, len: u64, range: Range<u64>) -> Option<Vec<u8>> {
        if self.files.len(*file) != Some(len) {
            return None;
        }
        match self.files.encode_range(*file, &range) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                tracing::warn!(%error, %file, "a file could not be given to a peer");
                None
            }
        }
    }

    fn put_file_range(
        &self,
        file: &FileHash,
        _: u64,
        range: Range<u64>,
        encoded: &[u8],
    ) -> Result<bool, FileFault> {
        let mut partials = self.partials.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(partial) = partials.get_mut(file) else { return Ok(self.files.has(*file)) };
        partial.accept(&range, encoded).map_err(fault)?;
        if !partial.is_complete() {
            return Ok(false);
        }
        let finished = partial.finish().map_err(fault);
        partials.remove(file);
        drop(partials);
        finished?;
        self.is_still_named(file)
    }
}

fn fault(error: crate::store::files::FileError) -> FileFault {
    use crate::store::files::FileError;
    match error {
        FileError::Range(_) => FileFault::Wrong,
        other => FileFault::Local(other.to_string()),
    }
}

impl Commons {
    /// Whether a file that has just come is named still. If it was redacted while its last range was on the way, it goes
    /// again, as soon as no files are being taken in: one of those may be the same.
    fn is_still_named(&self, file: &FileHash) -> Result<bool, FileFault> {
        loop {
            let mut entries = self.entries();
            if entries.names_file(file) {
                return Ok(true);
            }
            if self.files.remove(*file).map_err(fault)? {
                return Ok(false);
            }
            drop(entries);
            std::thread::sleep(TAKING_IN_PAUSE);
        }
    }

    /// The files that held entries name, with their lengths. An empty file needs no peer: it is made.
    fn named_files(&self) -> Vec<(FileHash, u64)> {
        let empty = FileHash::of(b"");
        let named: Vec<_> = {
            let mut entries = self.entries();
            entries.erase_what_waits();
            entries.files().into_iter().collect()
        };
        if named.iter().any(|(hash, _)| *hash == empty)
            && !self.files.has(empty)
            && let Err(error) = self.files.put_reader(std::io::empty())
        {
            tracing::warn!(%error, "an empty file could not be made");
        }
        named
    }
}

/// What a node published last.
struct Published {
    seq: u64,
    at: u64,
    entry: EntryId,
}

/// Where bound nodes are reached. Of each log the entry with the highest seq counts; of several logs,
/// which no one can order, the one that claims to be the newest. It is a hint: who is dialled proves
/// who he is.
pub(super) fn addresses_of(entries: &Entries) -> BTreeMap<PeerId, Vec<Multiaddr>> {
    let mut last: BTreeMap<(&[u8], MemberKey, u64), Published> = BTreeMap::new();
    for held in entries.replica().of_class(Class::Node).filter(|h| h.verdict.counts()) {
        let Gist::Addresses { peer } = &held.gist else { continue };
        let (seq, at) = (held.header.seq, held.header.at);
        let published = Published { seq, at, entry: held.id };
        let of_log = last.entry((peer, held.author, held.header.log));
        of_log
            .and_modify(|p| {
                if p.seq < seq {
                    *p = Published { ..published }
                }
            })
            .or_insert(published);
    }
    let mut newest: BTreeMap<&[u8], Published> = BTreeMap::new();
    for ((peer, _, _), published) in last {
        match newest.get(peer) {
            Some(other) if other.at >= published.at => {}
            _ => {
                newest.insert(peer, published);
            }
        }
    }
    let read = |(peer, published): (&[u8], Published)| {
        let entry = entries.entry(&published.entry).ok()?;
        let said: Addresses = canonical::decode(entry.facts()).ok()?;
        let addresses = said.addresses.into_iter().filter_map(|a| Multiaddr::try_from(a.into_vec()).ok());
        Some((PeerId::from_bytes(peer).ok()?, addresses.collect()))
    };
    newest.into_iter().filter_map(read).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::fs;

    use super::*;
    use crate::api::{Answer, Contribute, Redact, Request, Service, Signer};
    use crate::home::Home;
    use crate::run::{self, Founding};
    use crate::store::Files;

    fn ask(commons: &Commons, request: Request) -> EntryId {
        match commons.call(request, Signer::Home { passphrase: None }).unwrap() {
            Answer::Contribute(wrote) => wrote.id,
            Answer::Redact(redacted) => redacted.id,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_file_that_is_redacted_while_it_is_on_the_way_never_comes() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("home");
        let founding = Founding {
            name: "Maker A".into(),
            workshop: "Workshop North".into(),
            federation: "Commons".into(),
            passphrase: None,
            key: None,
            listen: Vec::new(),
            http: None,
            mdns: false,
        };
        run::init(&place, &founding).unwrap();
        let commons = Commons::open(&Home::open(&place).unwrap()).unwrap();
        let photo = folder.path().join("camera.jpg");
        fs::write(&photo, vec![7; 100_000]).unwrap();
        let federation = commons.entries().replica().federation();
        let mut said = Contribute::new(federation.to_string(), "work", "1 h".parse().unwrap());
        said.evidence = vec![photo.clone()];
        let record = ask(&commons, Request::Contribute(said));

        // As on a node that holds the record, and the photograph not yet.
        let elsewhere = Files::open(&folder.path().join("elsewhere"), 0).unwrap();
        let (file, len) = elsewhere.put_path(&photo).unwrap();
        assert!(commons.files.remove(file).unwrap());
        assert_eq!(commons.wanted_files(), [(file, len)]);
        let first = commons.file_gap(&file, len, 65_536).unwrap();
        let bytes = elsewhere.encode_range(file, &first).unwrap();
        assert_eq!(commons.put_file_range(&file, len, first, &bytes), Ok(false));
        let rest = commons.file_gap(&file, len, 65_536).unwrap();
        let redact = Redact { entry: record.to_string(), reason: None };
        ask(&commons, Request::Redact(redact));

        let bytes = elsewhere.encode_range(file, &rest).unwrap();
        assert!(commons.put_file_range(&file, len, rest, &bytes).is_err(), "there is nothing to add it to");
        assert_eq!((commons.file_gap(&file, len, 65_536), commons.wanted_files()), (None, vec![]));
        assert!(!commons.files.has(file));
        assert!(commons.files.partials().unwrap().is_empty());
    }
}

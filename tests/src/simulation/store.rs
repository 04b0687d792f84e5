//! A replica on its disk, as a session meets it: the same calls as a node's, without its threads.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use aronde_protocol::digest::TreeNode;
use aronde_protocol::document::DocumentEntry;
use aronde_protocol::document::materialise::Document;
use aronde_protocol::entry::{Entry, Gist};
use aronde_protocol::federation::FederationName;
use aronde_protocol::id::{DocumentId, EntryId, FileHash};
use aronde_protocol::replica::{self, Known, Replica};
use aronde_protocol::run;
use aronde_protocol::session::{Held, Page, Received};
use rand::rngs::ChaCha8Rng;

use super::disk::{Disk, Shelf};

/// What a run of the simulation counts at each replica.
#[derive(Debug, Default, Clone, Copy)]
pub struct Counts {
    /// Entries that came to be held by checking them.
    pub taken: usize,
    /// Entries refused.
    pub refused: usize,
    /// The most that ever waited in the pool.
    pub pool: usize,
}

/// Claimed time and id of what is held, ascending.
type Items = Arc<Vec<(u64, EntryId)>>;

/// See the module.
pub struct Store {
    replica: RefCell<Replica>,
    disk: RefCell<Disk>,
    items: RefCell<Option<Items>>,
    shelf: Shelf,
    news: RefCell<Vec<Rc<Entry>>>,
    /// The newest charter that was followed, as the disk has it, and as its copy has it.
    charter: Cell<(EntryId, EntryId)>,
    counts: Cell<Counts>,
}

impl Store {
    /// An empty disk.
    pub fn new(federation: EntryId, shelf: Shelf) -> Self {
        Self {
            replica: RefCell::new(Replica::new(federation)),
            disk: RefCell::default(),
            items: RefCell::default(),
            shelf,
            news: RefCell::default(),
            charter: Cell::new((federation, federation)),
            counts: Cell::default(),
        }
    }

    /// Looks at the replica.
    pub fn look<T>(&self, at: impl FnOnce(&Replica) -> T) -> T {
        at(&self.replica.borrow())
    }

    /// The entries, in the order in which they came to be held.
    pub fn entries(&self) -> Vec<Rc<Entry>> {
        self.disk.borrow().entries().to_vec()
    }

    /// What was counted.
    pub fn counts(&self) -> Counts {
        self.counts.get()
    }

    /// Gives entries to the replica, and to the disk what it holds now.
    pub fn take(&self, entries: Vec<Entry>) -> replica::Received {
        let mut replica = self.replica.borrow_mut();
        let received = replica.receive(entries);
        let mut counts = self.counts.get();
        counts.taken += received.fresh.len();
        counts.refused += received.refused.len();
        counts.pool = counts.pool.max(replica.waiting());
        self.counts.set(counts);
        if !received.fresh.is_empty() {
            self.items.replace(None);
            let fresh: Vec<_> = received.fresh.iter().map(|e| self.shelf.share(e.clone())).collect();
            self.disk.borrow_mut().write(fresh.iter().map(Rc::clone));
            self.news.borrow_mut().extend(fresh);
        }
        received
    }

    /// What came to be held since this was asked last.
    pub fn news(&self) -> Vec<Rc<Entry>> {
        self.news.take()
    }

    /// Whether something is not flushed.
    pub fn dirty(&self) -> bool {
        self.disk.borrow().dirty()
    }

    /// Flushes, follows the newest charter that is safe, and says what else is safe now.
    pub fn flush(&self) -> Vec<Rc<Entry>> {
        let mut replica = self.replica.borrow_mut();
        let newest = replica.authority().charter;
        if let Some(newest) = newest.filter(|newest| *newest != replica.follows()) {
            self.charter.set((newest, self.charter.get().1));
            replica.follow(newest);
        }
        self.disk.borrow_mut().flush().to_vec()
    }

    /// Whether an entry is held and safe.
    pub fn safe(&self, id: &EntryId) -> bool {
        let place = self.look(|replica| replica.place(id));
        place.is_some_and(|place| place < self.disk.borrow().flushed())
    }

    /// Copies what is flushed to another medium.
    pub fn copy(&self) {
        self.disk.borrow_mut().copy();
        self.charter.set((self.charter.get().0, self.charter.get().0));
    }

    /// The power goes.
    pub fn crash(&self, random: &mut ChaCha8Rng) {
        self.disk.borrow_mut().crash(random);
    }

    /// Puts the copy back, and says what is gone.
    pub fn put_back(&self) -> Vec<Rc<Entry>> {
        self.charter.set((self.charter.get().1, self.charter.get().1));
        self.disk.borrow_mut().put_back()
    }

    /// Starts from what is on the disk.
    pub fn start(&self) {
        let disk = self.disk.borrow();
        let known = disk.entries().iter().filter_map(|entry| {
            let gist = Gist::of(entry).ok()?;
            Some(Known { header: entry.header().clone(), id: entry.id(), author: entry.author(), gist })
        });
        let federation = self.look(Replica::federation);
        let replica = Replica::load(federation, self.charter.get().0, known);
        self.replica.replace(replica);
        self.items.replace(None);
        self.news.take();
    }

    /// A document as it shows here: heads, values and conflicts, and what was skipped.
    ///
    /// # Errors
    /// It can't be built.
    pub fn read(&self, document: &DocumentId) -> Result<String, String> {
        let (replica, disk) = (self.replica.borrow(), self.disk.borrow());
        let entries = replica.document(document).filter_map(|held| replica.place(&held.id));
        let entries = entries.filter_map(|place| disk.entries().get(place));
        let entries: Vec<DocumentEntry> = entries.map(|e| DocumentEntry::of(e)).collect();
        let document = Document::of(*document, &entries).map_err(|e| e.to_string())?;
        Ok(format!("{:?} {:?} {:?}", document.heads(), document.fields(), document.skipped))
    }
}

impl Held for Store {
    fn federation(&self) -> FederationName {
        self.look(|replica| FederationName { founding: replica.federation(), charter: replica.follows() })
    }

    fn held_root(&self) -> [u8; 32] {
        self.look(|replica| replica.digest().root())
    }

    fn held_items(&self) -> Items {
        let replica = self.replica.borrow();
        Arc::clone(self.items.borrow_mut().get_or_insert_with(|| {
            let mut items: Vec<_> = replica.held().map(|h| (h.header.at, h.id)).collect();
            items.sort_unstable();
            Arc::new(items)
        }))
    }

    fn held_children(&self, prefix: &[u8]) -> TreeNode {
        self.look(|replica| replica.digest().children(prefix))
    }

    fn runs(&self, ids: &[EntryId], max_bytes: usize) -> Page {
        let (replica, disk) = (self.replica.borrow(), self.disk.borrow());
        let mut places: Vec<usize> = ids.iter().filter_map(|id| replica.place(id)).collect();
        places.sort_unstable();
        places.dedup();
        let (mut entries, mut size) = (Vec::new(), 0);
        for entry in places.into_iter().filter_map(|place| disk.entries().get(place)) {
            // A run writes less than its entries' bytes, but not always: 128 covers what it adds.
            size += entry.len() + 128;
            if size > max_bytes && !entries.is_empty() {
                break;
            }
            entries.push(Entry::clone(entry));
        }
        Page { carried: entries.iter().map(Entry::id).collect(), runs: run::encode(&entries) }
    }

    fn receive(&self, runs: Vec<Vec<u8>>) -> Received {
        let mut given = Vec::new();
        for bytes in runs {
            match run::decode(&bytes) {
                Ok(entries) => given.extend(entries),
                Err(error) => return Received { refused: Some(error.to_string()), ..Received::default() },
            }
        }
        let ids: Vec<EntryId> = given.iter().map(Entry::id).collect();
        let received = self.take(given);
        self.look(|replica| Received::of(&ids, &received, replica))
    }

    fn wanted_root(&self) -> [u8; 32] {
        [0; 32]
    }

    fn file_range(&self, _: &FileHash, _: u64, _: u64, _: u64) -> Option<Vec<u8>> {
        None
    }
}

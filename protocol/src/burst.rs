//! Writing: the entries that one author adds to one log at once.
//!
//! A burst needs one signature: it is borne by its last entry, and by each entry that vouching does
//! not reach (see [`limits::VOUCH_SPAN`]). A signer signs only what it built itself, here.

use crate::entry::{Entry, EntryError, Header, Kind, Part};
use crate::id::EntryId;
use crate::key::SecretKey;
use crate::limits;
use crate::replica::Replica;

/// What one new entry says; the burst adds who, where and when.
#[derive(Debug, Clone)]
pub struct Draft {
    /// One of the constants of [`Kind`].
    pub kind: &'static str,
    /// What it is about.
    pub subject: Option<EntryId>,
    /// What it builds on: accepted heads, and what its user merged by name.
    pub deps: Vec<EntryId>,
    /// Canonical facts.
    pub facts: Vec<u8>,
    /// Canonical personal part, with its random bytes.
    pub personal: Option<Vec<u8>>,
}

/// Entries being written to the end of one log.
#[derive(Debug)]
pub struct Burst<'a> {
    key: &'a SecretKey,
    federation: Option<EntryId>,
    log: u64,
    seq: u64,
    prev: Option<EntryId>,
    at: u64,
    seen: Vec<EntryId>,
    entries: Vec<Entry>,
}

impl<'a> Burst<'a> {
    /// Begins a burst at the end of a log, by what a replica holds. `at` is the author's clock, in ms
    /// since 1970.
    pub fn begin(replica: &Replica, key: &'a SecretKey, log: u64, at: u64) -> Self {
        let head = replica.log_head(key.member(), log);
        Self {
            key,
            federation: Some(replica.federation()),
            log,
            seq: head.map_or(0, |h| h.header.seq + 1),
            prev: head.map(|h| h.id),
            at: at.min(limits::AT_MAX),
            seen: replica.seen_by(key.member()),
            entries: Vec::new(),
        }
    }

    /// Begins the log that founds a federation.
    pub fn found(key: &'a SecretKey, log: u64, at: u64) -> Self {
        let at = at.min(limits::AT_MAX);
        Self { key, federation: None, log, seq: 0, prev: None, at, seen: Vec::new(), entries: Vec::new() }
    }

    /// What the next entry will name in `prev` and `seen`: what a charter among them will cover of the operations.
    pub fn names(&self) -> Vec<EntryId> {
        self.prev.iter().chain(&self.seen).copied().collect()
    }

    /// Adds an entry and says its id.
    ///
    /// # Errors
    /// The draft breaks a rule that its own bytes decide.
    pub fn add(&mut self, draft: Draft) -> Result<EntryId, EntryError> {
        let kind = Kind::new(draft.kind).map_err(|_| EntryError::Unfit("kind has not the form of a kind"))?;
        let (operation, founds) = (kind.class().is_operation(), kind.founds());
        let mut deps = draft.deps;
        deps.sort_unstable();
        deps.dedup();
        let header = Header {
            v: limits::RULES_LEVEL,
            federation: if founds { None } else { self.federation },
            author: *self.key.member().as_bytes(),
            log: self.log,
            seq: self.seq,
            prev: self.prev,
            at: self.at,
            seen: self.seen.clone(),
            kind,
            subject: draft.subject,
            deps,
            facts: Part::of(&draft.facts),
            personal: draft.personal.as_deref().map(Part::of),
        };
        let entry = Entry::build_by(Some(self.key.member()), header, draft.facts, draft.personal, None)?;
        let id = entry.id();
        self.federation.get_or_insert(id);
        if operation {
            // What its author knew before it is behind it now.
            self.seen = vec![id];
        }
        self.prev = Some(id);
        self.seq += 1;
        self.entries.push(entry);
        Ok(id)
    }

    /// The entries, signed where a signature is due.
    pub fn sign(self) -> Vec<Entry> {
        let last = self.entries.len().saturating_sub(1);
        let key = self.key;
        let due = |i: usize, e: &Entry| i == last || (e.header().seq + 1).is_multiple_of(limits::VOUCH_SPAN);
        self.entries
            .into_iter()
            .enumerate()
            .map(|(i, e)| if due(i, &e) { e.signed(key) } else { e })
            .collect()
    }
}

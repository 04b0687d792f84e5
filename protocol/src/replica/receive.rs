//! How entries come to be held.
//!
//! A run is signed at its end, so entries are taken in by chains: from a signed entry back over those
//! before it in its log that have no signature of their own. A chain is held whole or not at all. Were
//! an entry held on the word of one that is itself refused, nobody else could be shown that word, and
//! replicas would differ for ever.

use std::collections::HashSet;

use super::Replica;
use super::pool::names;
use crate::entry::{Class, Entry, EntryError, Gist, Header, Kind};
use crate::id::EntryId;
use crate::key::MemberKey;
use crate::limits;

/// Why an entry is not held, ever. Decided by its bytes and its past.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its own bytes are not in order.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// It belongs elsewhere.
    #[error("the entry belongs to another federation")]
    WrongFederation,
    /// The signature it came with isn't its author's. Says nothing of the entry itself.
    #[error("the signature is not the author's")]
    BadSignature,
    /// `prev` and `seq` don't continue one log.
    #[error("the entry does not continue its log: prev is of another author, log or place")]
    BrokenLog,
    /// A log holds operations or work, never both.
    #[error("the entry mixes operations and work in one log, or names work where an operation is due")]
    MixedClasses,
    /// `subject` or `deps` don't fit the kind.
    #[error("the entry's subject and deps do not fit its kind")]
    SubjectUnfit,
    /// Its author is nobody in its own past.
    #[error("the entry's author is no member in its own past")]
    NotAMember,
    /// It rests on an entry that is refused.
    #[error("the entry rests on one that is refused")]
    RefusedPast,
}

/// What came of entries that were received.
#[derive(Debug, Default)]
pub struct Received {
    /// Now held, each after its past, with only checked signatures. To be stored.
    pub fresh: Vec<Entry>,
    /// Those that were held before.
    pub known: Vec<EntryId>,
    /// Entries that are refused, with the reason.
    pub refused: Vec<(EntryId, Refusal)>,
    /// Entries that the pool has no place for, or no more; they can be asked for again.
    pub dropped: usize,
}

/// What the door looks at in an entry that another one names.
#[derive(Clone, Copy)]
pub(super) struct Named {
    author: MemberKey,
    log: u64,
    seq: u64,
    class: Class,
    /// The document it belongs to, if it belongs to one.
    document: Option<EntryId>,
}

impl Named {
    pub(super) fn of(id: EntryId, header: &Header, author: MemberKey) -> Self {
        let class = header.kind.class();
        let document = (class == Class::Document).then(|| header.subject.unwrap_or(id));
        Self { author, log: header.log, seq: header.seq, class, document }
    }
}

/// What an attempt to hold a chain came to.
enum Attempt {
    /// It is held; these are its entries.
    Held(Vec<EntryId>),
    /// Something it names is not held yet.
    Waits,
    /// This one of its entries is refused.
    Refused(EntryId, Refusal),
}

impl Replica {
    /// Takes entries in, in any order, repeated or not, from anyone.
    pub fn receive(&mut self, entries: impl IntoIterator<Item = Entry>) -> Received {
        self.receive_with(entries, false)
    }

    /// Takes in entries whose personal parts were left out: for a proof, which is judged once and shown, never for what
    /// is kept and passed on.
    pub(crate) fn receive_bare(&mut self, entries: impl IntoIterator<Item = Entry>) -> Received {
        self.receive_with(entries, true)
    }

    fn receive_with(&mut self, entries: impl IntoIterator<Item = Entry>, bare: bool) -> Received {
        let mut out = Received::default();
        let mut arrived = Vec::new();
        for entry in entries {
            let id = entry.id();
            if self.places.contains_key(&id) {
                out.known.push(id);
            } else if entry.federation() != self.federation {
                out.refused.push((id, Refusal::WrongFederation));
            } else if self.take(entry, &mut out) {
                arrived.push(id);
            }
        }
        let mut tried = HashSet::new();
        loop {
            self.hold_above(&arrived, bare, &mut out);
            self.judge();
            // What waits without its personal part may be held when a redaction of it came, or a charter.
            let redacted = |id: &EntryId| self.redactions.contains_key(id) && !tried.contains(id);
            arrived = self.pool.bare().filter(redacted).collect();
            if arrived.is_empty() {
                return out;
            }
            tried.extend(arrived.iter().copied());
        }
    }

    /// Holds what may be held of the chains in which these entries of the pool lie, and what waited for it.
    fn hold_above(&mut self, arrived: &[EntryId], bare: bool, out: &mut Received) {
        let mut todo = self.signed_above(arrived);
        while let Some(signed) = todo.pop() {
            match self.attempt(signed, bare, out) {
                Attempt::Held(chain) => {
                    let waiters: Vec<EntryId> = chain.iter().flat_map(|id| self.pool.waiters(id)).collect();
                    todo.extend(self.signed_above(&waiters));
                }
                Attempt::Waits => {}
                Attempt::Refused(id, refusal) => self.refuse(id, refusal, out),
            }
        }
    }

    /// Takes an entry into the pool, with its signature if that holds, and with what is there of it already. False
    /// when nothing is new.
    fn take(&mut self, entry: Entry, out: &mut Received) -> bool {
        let id = entry.id();
        let brings = |before: &Entry| {
            before.signature().is_none() && entry.signature().is_some()
                || before.lacks_personal() && !entry.lacks_personal()
        };
        if self.pool.get(&id).is_some_and(|before| !brings(before)) {
            return false;
        }
        // A signature is checked before it is kept or passed on, else dropped: the sender is to blame for
        // it, never the id.
        let bad = entry.signature().is_some() && !entry.signature_holds();
        let entry = if bad { entry.with_signature(None) } else { entry };
        if bad {
            out.refused.push((id, Refusal::BadSignature));
        }
        let entry = match self.pool.remove(&id) {
            Some(before) => before.joined(entry),
            None => entry,
        };
        out.dropped += self.pool.insert(entry);
        true
    }

    /// The signed entries of the pool by which these may come to be held: themselves, or the first
    /// signed ones after them in their log. The last come first out.
    fn signed_above(&self, ids: &[EntryId]) -> Vec<EntryId> {
        let (mut visited, mut signed) = (HashSet::new(), Vec::new());
        let mut todo = ids.to_vec();
        while let Some(id) = todo.pop() {
            let Some(entry) = self.pool.get(&id).filter(|_| visited.insert(id)) else { continue };
            if entry.signature().is_some() {
                signed.push(id);
            } else {
                let next = |w: &EntryId| self.pool.get(w).is_some_and(|n| n.vouches_for(entry));
                todo.extend(self.pool.waiters(&id).into_iter().filter(next));
            }
        }
        signed
    }

    /// Holds the chain that ends in a signed entry of the pool, if all of it may be held.
    fn attempt(&mut self, signed: EntryId, bare: bool, out: &mut Received) -> Attempt {
        let Some(mut first) = self.pool.get(&signed) else { return Attempt::Waits };
        let mut chain = vec![first];
        while let Some(prev) = first.header().prev.filter(|prev| !self.places.contains_key(prev)) {
            match self.pool.get(&prev) {
                Some(before) if before.signature().is_none() && first.vouches_for(before) => first = before,
                _ => return Attempt::Waits,
            }
            chain.push(first);
        }
        chain.reverse();
        let mut passed: Vec<(EntryId, Named)> = Vec::with_capacity(chain.len());
        let mut gists = Vec::with_capacity(chain.len());
        for entry in &chain {
            let look = |id: &EntryId| {
                let held = || self.get(id).map(|h| Named::of(h.id, &h.header, h.author));
                passed.iter().rev().find(|(p, _)| p == id).map(|(_, n)| *n).or_else(held)
            };
            if names(entry).any(|named| look(&named).is_none()) {
                return Attempt::Waits;
            }
            // Wanted, not equal: a relay that drops personal parts can't make us think we are done.
            if entry.lacks_personal() && !bare && !self.forgets(entry, first) {
                return Attempt::Waits;
            }
            // What the first of a chain may say of its past, the others may: theirs holds it.
            let member = !passed.is_empty() || self.is_member(entry);
            match door(entry, &look, member) {
                Ok(gist) => gists.push(gist),
                Err(refusal) => return Attempt::Refused(entry.id(), refusal),
            }
            passed.push((entry.id(), Named::of(entry.id(), entry.header(), entry.author())));
        }
        let ids: Vec<EntryId> = passed.into_iter().map(|(id, _)| id).collect();
        for (id, gist) in ids.iter().zip(gists) {
            if let Some(entry) = self.pool.remove(id) {
                self.hold(entry.header().clone(), *id, entry.author(), gist);
                out.fresh.push(entry);
            }
        }
        Attempt::Held(ids)
    }

    /// The door once more, for an entry that is held: what it says, by its bytes and by what it names.
    ///
    /// # Errors
    /// It may not be held, though it is.
    pub fn passes(&self, entry: &Entry) -> Result<Gist, Refusal> {
        if entry.federation() != self.federation {
            return Err(Refusal::WrongFederation);
        }
        let look = |id: &EntryId| self.get(id).map(|h| Named::of(h.id, &h.header, h.author));
        // Whoever wrote the entry before it was a member there, and so is here.
        door(entry, &look, entry.header().prev.is_some() || self.is_member(entry))
    }

    /// Whether an entry's author was ever admitted in the entry's own past.
    pub(super) fn is_member(&self, entry: &Entry) -> bool {
        entry.header().kind.founds() || self.graph.is_member(&entry.author(), &self.past_of(entry.header()))
    }

    /// Refuses an entry and all that wait for it: their past can never be held.
    fn refuse(&mut self, id: EntryId, refusal: Refusal, out: &mut Received) {
        let mut doomed = vec![(id, refusal)];
        while let Some((id, refusal)) = doomed.pop() {
            if self.pool.remove(&id).is_some() {
                out.refused.push((id, refusal));
                doomed.extend(self.pool.waiters(&id).into_iter().map(|next| (next, Refusal::RefusedPast)));
            }
        }
    }
}

/// The door: whether an authentic entry may be held, by its own bytes and by what it names, all of which
/// `look` knows.
pub(super) fn door(
    entry: &Entry,
    look: &dyn Fn(&EntryId) -> Option<Named>,
    member: bool,
) -> Result<Gist, Refusal> {
    let header = entry.header();
    let class = header.kind.class();
    let at = |id: &EntryId| look(id).ok_or(Refusal::RefusedPast);
    if let Some(prev) = &header.prev {
        let prev = at(prev)?;
        if (prev.author, prev.log, prev.seq.checked_add(1)) != (entry.author(), header.log, Some(header.seq))
        {
            return Err(Refusal::BrokenLog);
        }
        if prev.class.is_operation() != class.is_operation() {
            return Err(Refusal::MixedClasses);
        }
    }
    for seen in &header.seen {
        if !at(seen)?.class.is_operation() {
            return Err(Refusal::MixedClasses);
        }
    }
    if header.v == limits::RULES_LEVEL && !subject_fits(header, look) {
        return Err(Refusal::SubjectUnfit);
    }
    if !member {
        return Err(Refusal::NotAMember);
    }
    Ok(Gist::of(entry)?)
}

fn subject_fits(header: &Header, look: &dyn Fn(&EntryId) -> Option<Named>) -> bool {
    match header.kind.as_str() {
        Kind::CREATE | Kind::ADDRESSES | Kind::FORK_HEALED | Kind::AGENT => {
            header.subject.is_none() && header.deps.is_empty()
        }
        Kind::ATTESTATION
        | Kind::RETRACTION
        | Kind::SETTLEMENT
        | Kind::CITATION
        | Kind::AGENT_CLAIM
        | Kind::DECLINE
        | Kind::BOOKING
        | Kind::RELEASE
        | Kind::PROCEDURE_APPROVAL
        | Kind::PROCEDURE_ADOPTION
        | Kind::PROCEDURE_RUN => header.subject.is_some() && header.deps.is_empty(),
        _ => match (header.kind.class(), header.subject) {
            (Class::Document, Some(subject)) => {
                let of_it = |dep: &EntryId| look(dep).is_some_and(|d| d.document == Some(subject));
                !header.deps.is_empty() && header.deps.iter().all(of_it)
            }
            (Class::Document, None) => false,
            _ => header.deps.is_empty(),
        },
    }
}

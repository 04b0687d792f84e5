//! A hand: somebody's key, and the replica of whoever uses it. An honest hand signs as honest software does: it
//! names the heads that its replica accepts, and continues its own logs. An attacker's hand chooses: what it
//! claims to have seen ([`Hand::seeing`]), where its log goes on ([`Hand::after`]), which log it writes
//! ([`Hand::thief`]), and what it says.

use std::collections::{BTreeSet, HashMap};

use aronde_protocol::acceptance::{Reason, Verdict};
use aronde_protocol::authority::NotHolding;
use aronde_protocol::burst::Draft;
use aronde_protocol::entry::{Class, Entry, Header, Kind, Part};
use aronde_protocol::id::{EntryId, MembershipId, WorkshopId};
use aronde_protocol::key::{MemberKey, SecretKey};
use aronde_protocol::limits;
use aronde_protocol::replica::{Received, Refusal, Replica};

/// 2026-01-01T00:00:00Z.
pub const NEW_YEAR: u64 = 1_767_225_600_000;

/// See the module.
pub struct Hand {
    /// Whose hand, for messages.
    pub name: String,
    /// The current key.
    pub key: SecretKey,
    /// What its claimed times are.
    pub at: u64,
    /// The owner's name, of which the keys are made.
    owner: String,
    /// How often the key was rotated: the next key is on paper.
    turns: usize,
    /// The membership that it acts under.
    pub membership: MembershipId,
    /// The workshop of that membership.
    pub workshop: WorkshopId,
    /// What its owner's home holds.
    pub replica: Replica,
    entries: HashMap<EntryId, Entry>,
    /// The logs of operations and of work.
    logs: [Log; 2],
    eyes: Option<Vec<EntryId>>,
}

#[derive(Clone, Copy)]
struct Log {
    number: u64,
    last: Option<(EntryId, u64)>,
}

/// The key of a name, after so many rotations. Each key's successor is known to its owner alone.
pub fn key(name: &str, turns: usize) -> SecretKey {
    SecretKey::from_seed(EntryId::of(format!("{name} {turns}").as_bytes()).as_bytes())
}

/// A list of entries has one spelling.
pub fn sorted(ids: impl IntoIterator<Item = EntryId>) -> Vec<EntryId> {
    ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

impl Hand {
    /// Somebody who holds nothing of a federation yet, and is nobody there.
    pub fn new(name: &str, federation: EntryId) -> Self {
        Self {
            name: name.to_owned(),
            at: NEW_YEAR,
            owner: name.to_owned(),
            key: key(name, 0),
            turns: 0,
            membership: federation,
            workshop: federation,
            replica: Replica::new(federation),
            entries: HashMap::new(),
            logs: [1, 2].map(|number| Log { number, last: None }),
            eyes: None,
        }
    }

    /// The same key in other hands, or on another installation: it holds what this one holds, and writes two
    /// fresh logs.
    pub fn thief(&self, log: u64) -> Self {
        let mut thief = self.blank(log);
        thief.learn(self);
        thief
    }

    /// The same key in other hands, which claim to know no more than this: an old past, for whoever back-dates.
    pub fn thief_knowing(&self, log: u64, known: &[EntryId]) -> Self {
        let mut thief = self.blank(log);
        thief.learn_just(self, known);
        thief
    }

    fn blank(&self, log: u64) -> Self {
        let mut thief = Self {
            name: format!("{} (log {log})", self.name),
            owner: self.owner.clone(),
            key: self.key.clone(),
            turns: self.turns,
            membership: self.membership,
            workshop: self.workshop,
            logs: [log, log + 1].map(|number| Log { number, last: None }),
            ..Self::new("", self.federation())
        };
        thief.replica.follow(self.replica.follows());
        thief
    }

    /// Somebody with this name who comes to the federation today: holds what this one holds, and follows the
    /// founding entry.
    pub fn visitor(&self, name: &str) -> Self {
        let mut visitor = Self::new(name, self.federation());
        visitor.receive(self.all());
        visitor
    }

    /// The federation.
    pub fn federation(&self) -> EntryId {
        self.replica.federation()
    }

    /// The member's name in facts.
    pub fn member(&self) -> MemberKey {
        self.key.member()
    }

    /// The key after this one, which is on paper.
    pub fn paper(&self) -> SecretKey {
        key(&self.owner, self.turns + 1)
    }

    /// The key after that, which nobody has drawn yet.
    pub fn after_paper(&self) -> SecretKey {
        key(&self.owner, self.turns + 2)
    }

    /// Uses the key on paper from now on, with fresh logs.
    pub fn turn(&mut self) {
        self.turns += 1;
        self.key = key(&self.owner, self.turns);
        self.logs = self.logs.map(|log| Log { number: log.number + 100, last: None });
    }

    // ------------------------------------------------------------------ what it holds

    /// All that it holds, each entry after its past.
    pub fn all(&self) -> Vec<Entry> {
        self.replica.held().map(|held| self.entries[&held.id].clone()).collect()
    }

    /// One entry that it holds.
    pub fn entry(&self, id: EntryId) -> Entry {
        self.entries[&id].clone()
    }

    /// Some entries with all that they rest on, each after its past.
    pub fn with_past(&self, ids: &[EntryId]) -> Vec<Entry> {
        let (mut found, mut todo) = (BTreeSet::new(), ids.to_vec());
        while let Some(id) = todo.pop().filter(|_| todo.len() < 100_000) {
            if found.insert(id) {
                let header = self.entries[&id].header();
                todo.extend(header.prev.iter().chain(&header.seen).chain(&header.deps));
            }
        }
        self.all().into_iter().filter(|entry| found.contains(&entry.id())).collect()
    }

    /// Takes entries from anyone.
    pub fn receive(&mut self, entries: impl IntoIterator<Item = Entry>) -> Received {
        let received = self.replica.receive(entries);
        self.entries.extend(received.fresh.iter().map(|entry| (entry.id(), entry.clone())));
        received
    }

    /// Hears all that another hand holds, and follows the charters that it then can.
    pub fn learn(&mut self, other: &Hand) {
        let news = other.all().into_iter().filter(|entry| !self.replica.holds(&entry.id()));
        let news: Vec<_> = news.collect();
        self.receive(news);
        self.follow();
    }

    /// Hears just these entries of another hand, with their past.
    pub fn learn_just(&mut self, other: &Hand, ids: &[EntryId]) {
        self.receive(other.with_past(ids));
        self.follow();
    }

    /// From now on, the charter that it follows is part of the federation's name for it.
    pub fn follow(&mut self) {
        if let Some(charter) = self.charter_followed() {
            self.replica.follow(charter);
        }
    }

    // ------------------------------------------------------------------ what it sees

    /// What honest software names in `seen`.
    pub fn heads(&self) -> Vec<EntryId> {
        self.replica.authority_heads()
    }

    /// The cut that spares all that counts here of these people's work and operations.
    pub fn cut(&self, whom: &[&Hand]) -> Vec<EntryId> {
        self.replica.cut(&whom.iter().map(|hand| hand.member()).collect())
    }

    /// Whether an entry counts here.
    pub fn counts(&self, id: EntryId) -> bool {
        self.replica.get(&id).expect("the entry is held").verdict.counts()
    }

    /// Why an entry is parked here.
    pub fn parked(&self, id: EntryId) -> Reason {
        match self.replica.get(&id).expect("the entry is held").verdict {
            Verdict::Parked(reason) => reason,
            Verdict::Accepted => panic!("the entry counts"),
        }
    }

    /// Why an operation does not hold here.
    pub fn not_holding(&self, id: EntryId) -> NotHolding {
        match self.parked(id) {
            Reason::Operation(reason) => reason,
            other => panic!("no operation: {other}"),
        }
    }

    /// Whether somebody is a member, by a key that holds a standing membership now.
    pub fn has_member(&self, key: MemberKey) -> bool {
        self.replica.authority().memberships_of(key).next().is_some()
    }

    /// Whether somebody is a member, by the key that this hand uses.
    pub fn knows(&self, who: &Hand) -> bool {
        self.has_member(who.member())
    }

    /// How many members there are.
    pub fn members(&self) -> usize {
        self.replica.authority().memberships.len()
    }

    /// Whether a workshop stands.
    pub fn stands(&self, workshop: WorkshopId) -> bool {
        self.replica.authority().workshops.contains_key(&workshop)
    }

    /// The newest charter that it follows.
    pub fn charter_followed(&self) -> Option<EntryId> {
        self.replica.authority().charter
    }

    // ------------------------------------------------------------------ what it signs

    /// What its next entry claims to have seen, instead of what an honest one names.
    pub fn seeing(&mut self, seen: &[EntryId]) -> &mut Self {
        self.eyes = Some(sorted(seen.iter().copied()));
        self
    }

    /// What its next entry names in `seen` besides what an honest one names.
    pub fn seeing_also(&mut self, more: &[EntryId]) -> &mut Self {
        let seen = sorted(self.heads().into_iter().chain(more.iter().copied()));
        self.seeing(&seen)
    }

    /// Its next entry of this class goes on after this one, whatever followed that.
    pub fn after(&mut self, id: EntryId) -> &mut Self {
        let header = self.entries[&id].header();
        let class = usize::from(!header.kind.class().is_operation());
        self.logs[class] = Log { number: header.log, last: Some((id, header.seq)) };
        self
    }

    /// The header of its next entry.
    pub fn header(&mut self, draft: &Draft) -> Header {
        let kind = Kind::new(draft.kind).expect("a kind");
        let log = self.logs[usize::from(kind.class() != Class::Operation)];
        let seen = self.eyes.take().unwrap_or_else(|| self.replica.seen_by(self.member()));
        Header {
            v: limits::RULES_LEVEL,
            federation: (!kind.founds()).then(|| self.federation()),
            author: *self.member().as_bytes(),
            log: log.number,
            seq: log.last.map_or(0, |(_, seq)| seq + 1),
            prev: log.last.map(|(id, _)| id),
            at: self.at,
            seen,
            kind,
            subject: draft.subject,
            deps: sorted(draft.deps.iter().copied()),
            facts: Part::of(&draft.facts),
            personal: draft.personal.as_deref().map(Part::of),
        }
    }

    /// The next entry, signed and not held yet.
    pub fn build(&mut self, draft: Draft) -> Entry {
        let header = self.header(&draft);
        Entry::build(header, draft.facts, draft.personal, None).expect("an entry in form").signed(&self.key)
    }

    /// Signs an entry and holds it.
    pub fn sign(&mut self, draft: Draft) -> EntryId {
        let entry = self.build(draft);
        self.keep(entry)
    }

    /// Holds an entry of its own.
    pub fn keep(&mut self, entry: Entry) -> EntryId {
        let (id, header) = (entry.id(), entry.header().clone());
        let received = self.receive([entry]);
        assert!(received.fresh.len() == 1, "{} signs what is refused: {:?}", self.name, received.refused);
        self.logs[usize::from(header.kind.class() != Class::Operation)] =
            Log { number: header.log, last: Some((id, header.seq)) };
        self.follow();
        id
    }

    /// Why an entry is refused at this home's door.
    pub fn refusal(&mut self, entry: Entry) -> Refusal {
        let id = entry.id();
        let received = self.receive([entry]);
        let refused = received.refused.into_iter().find(|(refused, _)| *refused == id);
        refused.expect("the entry is refused").1
    }
}

//! Hands that sign, each with what it knows.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::OnceLock;

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{Found, Operation, Seal};
use aronde_protocol::canonical;
use aronde_protocol::entry::{Class, Entry, Header, Kind, Part};
use aronde_protocol::id::{DocumentId, EntryId, MembershipId, WorkshopId};
use aronde_protocol::key::{MemberKey, SecretKey};
use aronde_protocol::limits;
use aronde_protocol::replica::{Known, Replica};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::pool::{At, Places, Pool};

/// A place among the hands.
pub type HandAt = usize;

/// What an entry says; the hand adds who, where and when.
pub struct Said {
    /// One of the constants of [`Kind`].
    pub kind: &'static str,
    /// What it is about.
    pub subject: Option<EntryId>,
    /// What it builds on.
    pub deps: Vec<EntryId>,
    /// Canonical facts.
    pub facts: Vec<u8>,
}

impl Said {
    /// An operation.
    pub fn operation(operation: &Operation) -> Self {
        let facts = operation.to_facts().unwrap_or_default();
        Self { kind: operation.kind(), subject: None, deps: vec![], facts }
    }

    /// Work with these facts.
    pub fn work(kind: &'static str, subject: Option<EntryId>, facts: &impl serde::Serialize) -> Self {
        Self { kind, subject, deps: vec![], facts: canonical::encode(facts).unwrap_or_default() }
    }
}

/// A key with two logs, and what its owner knows.
#[derive(Clone)]
pub struct Hand {
    /// The key.
    pub key: SecretKey,
    /// The next key, which stays on paper.
    pub next: SecretKey,
    /// The logs of operations and of work.
    logs: [u64; 2],
    /// The last entry of each.
    last: [Option<At>; 2],
    /// What it holds, closed under past.
    pub known: Places,
    /// The charter that it follows.
    pub followed: At,
    view: Option<Rc<View>>,
}

/// What a hand's own replica says.
pub struct View {
    /// How much was known when it said so.
    known: usize,
    /// What counts.
    pub accepted: Places,
    /// Operations that hold, and open motions: what honest software names.
    pub operations: Places,
    /// Open motions.
    pub open: Places,
    /// Standing memberships.
    pub members: BTreeSet<(MembershipId, WorkshopId, Role)>,
    /// Standing workshops.
    pub workshops: Vec<WorkshopId>,
    /// Who keeps what.
    pub keepers: BTreeSet<(DocumentId, WorkshopId)>,
    /// The newest charter.
    pub charter: At,
    /// Accepted documents and their heads.
    pub heads: BTreeMap<DocumentId, BTreeSet<EntryId>>,
}

/// Everything of one history.
pub struct World {
    /// Where all choices come from.
    pub random: ChaCha8Rng,
    /// All entries.
    pub pool: Pool,
    /// Honest hands first: [`super::cast`] names them.
    pub hands: Vec<Hand>,
    /// Keys taken so far.
    taken: usize,
}

/// Keys are the same in all histories: to make one costs more than to use it.
fn key(n: usize) -> SecretKey {
    static KEYS: OnceLock<Vec<SecretKey>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| (1..=96).map(|n: u8| SecretKey::from_seed(&[n; 32])).collect());
    keys[n % keys.len()].clone()
}

impl World {
    /// A federation with its founder.
    pub fn found(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let found = Operation::Found(Found {
            name: "Federation".into(),
            workshop: "Workshop North".into(),
            next: key(1).member().commitment(),
            nonce: random.random(),
        });
        let mut world = Self { random, pool: Pool::default(), hands: Vec::new(), taken: 0 };
        let founder = world.hand(0);
        world.sign(founder, &Said::operation(&found), &Places::new());
        world
    }

    /// A new hand with a fresh key, which knows nothing yet and follows what a first entry there will be.
    fn hand(&mut self, followed: At) -> HandAt {
        let (own, next) = (key(self.taken), key(self.taken + 1));
        self.taken += 2;
        let logs = [self.random.random_range(0..1 << 40), self.random.random_range(0..1 << 40)];
        let known = Places::new();
        self.hands.push(Hand { key: own, next, logs, last: [None; 2], known, followed, view: None });
        self.hands.len() - 1
    }

    /// A new hand that knows what another one does.
    pub fn newcomer(&mut self, beside: HandAt) -> HandAt {
        let new = self.hand(self.hands[beside].followed);
        self.hands[new].known = self.hands[beside].known.clone();
        new
    }

    /// The same key in other hands, or on another installation: fresh logs.
    pub fn copy(&mut self, of: HandAt) -> HandAt {
        let mut hand = self.hands[of].clone();
        hand.logs = [self.random.random_range(0..1 << 40), self.random.random_range(0..1 << 40)];
        hand.last = [None; 2];
        self.hands.push(hand);
        self.hands.len() - 1
    }

    /// Lets a hand's next entries follow some earlier one of a log of its key, so that the log forks.
    pub fn fork(&mut self, hand: HandAt) {
        let me = self.member(hand);
        let mine: Vec<At> =
            self.hands[hand].known.iter().copied().filter(|at| self.pool.author(*at) == Some(me)).collect();
        if mine.is_empty() {
            return;
        }
        let at = mine[self.random.random_range(0..mine.len())];
        let log = self.pool.entry(at).map_or(0, |e| e.header().log);
        let class = usize::from(!self.pool.is_operation(at));
        self.hands[hand].logs[class] = log;
        self.hands[hand].last[class] = Some(at);
    }

    /// Takes the next key from its paper, and puts another one there.
    pub fn rotate(&mut self, hand: HandAt, paper: SecretKey) {
        let hand = &mut self.hands[hand];
        hand.key = std::mem::replace(&mut hand.next, paper);
        hand.last = [None; 2];
        hand.logs = [hand.logs[0] + 1, hand.logs[1] + 1];
    }

    /// A key of nobody yet.
    pub fn fresh_key(&mut self) -> SecretKey {
        self.taken += 1;
        key(self.taken - 1)
    }

    /// A hand's key.
    pub fn member(&self, hand: HandAt) -> MemberKey {
        self.hands[hand].key.member()
    }

    /// Signs an entry at the end of the hand's log. It names at most as many heads as an entry may.
    pub fn sign(&mut self, hand: HandAt, said: &Said, seen: &Places) -> At {
        let seen = self.named(seen);
        let at = self.random.random_range(0..1_000);
        let entry = self.build(hand, said, sorted(seen), at).signed(&self.hands[hand].key);
        self.keep(hand, entry)
    }

    /// As many of these as an entry may name.
    fn named(&self, seen: &Places) -> Vec<EntryId> {
        seen.iter().map(|at| self.pool.id(*at)).take(limits::SEEN_MAX).collect()
    }

    /// The seal of a charter that a hand is about to sign.
    pub fn seal(
        &self,
        hand: HandAt,
        seen: &Places,
        before: EntryId,
        heals: &[EntryId],
        heads: &[EntryId],
    ) -> Option<Seal> {
        let last = self.hands[hand].last[0].map(|at| self.pool.id(at));
        let named: Vec<EntryId> = last.into_iter().chain(self.named(seen)).collect();
        self.replica(hand).seal(&named, before, heals, heads)
    }

    /// As [`World::sign`], with an id that comes before or after as many others as grinding gives.
    pub fn grind(&mut self, hand: HandAt, said: &Said, seen: &Places) -> At {
        let seen = self.named(seen);
        let least = self.random.random();
        let tries = (0..24).map(|at| self.build(hand, said, sorted(seen.clone()), at));
        let found = if least { tries.min_by_key(Entry::id) } else { tries.max_by_key(Entry::id) };
        let Some(found) = found else { return self.sign(hand, said, &Places::new()) };
        let entry = found.signed(&self.hands[hand].key);
        self.keep(hand, entry)
    }

    fn build(&self, hand: HandAt, said: &Said, seen: Vec<EntryId>, at: u64) -> Entry {
        let kind = Kind::new(said.kind).expect("a kind of this version");
        let class = usize::from(!kind.class().is_operation());
        let me = &self.hands[hand];
        let last = me.last[class].and_then(|at| self.pool.entry(at));
        let federation = self.pool.entry(0).map(Entry::id);
        // Records have one, to be redacted; of what, is of no matter here.
        let personal = (kind.class() == Class::Record).then(|| at.to_be_bytes().repeat(2));
        let header = Header {
            v: limits::RULES_LEVEL,
            federation: federation.filter(|_| !kind.founds()),
            author: *me.key.member().as_bytes(),
            log: me.logs[class],
            seq: last.map_or(0, |e| e.header().seq + 1),
            prev: last.map(Entry::id),
            at,
            seen,
            kind,
            subject: said.subject,
            deps: sorted(said.deps.clone()),
            facts: Part::of(&said.facts),
            personal: personal.as_deref().map(Part::of),
        };
        Entry::build_by(Some(me.key.member()), header, said.facts.clone(), personal, None)
            .expect("an entry within limits")
    }

    fn keep(&mut self, hand: HandAt, entry: Entry) -> At {
        let class = usize::from(!entry.header().kind.class().is_operation());
        let at = self.pool.add(entry);
        let past = self.pool.past(at);
        let hand = &mut self.hands[hand];
        hand.last[class] = Some(at);
        hand.known.extend(past);
        hand.known.insert(at);
        at
    }

    /// What a hand's own replica says; the hand follows what it says.
    pub fn view(&mut self, hand: HandAt) -> Rc<View> {
        let me = &self.hands[hand];
        if let Some(view) = me.view.as_ref().filter(|v| v.known == me.known.len()) {
            return Rc::clone(view);
        }
        let replica = self.replica(hand);
        let authority = replica.authority();
        let open: Places = authority.motions.keys().filter_map(|id| self.pool.at(id)).collect();
        let accepted: Places =
            replica.held().filter(|h| h.verdict.counts()).filter_map(|h| self.pool.at(&h.id)).collect();
        let holding = accepted.iter().copied().filter(|at| self.pool.is_operation(*at));
        let keepers = replica.documents().flat_map(|d| replica.keepers(&d).into_iter().map(move |w| (d, w)));
        let heads = replica.documents().map(|d| (d, replica.document_heads(&d).into_iter().collect()));
        let view = Rc::new(View {
            known: me.known.len(),
            operations: holding.chain(open.iter().copied()).collect(),
            accepted,
            open,
            members: authority.memberships.iter().map(|(id, m)| (*id, m.workshop, m.role)).collect(),
            workshops: authority.workshops.keys().copied().collect(),
            keepers: keepers.collect(),
            charter: authority.charter.and_then(|id| self.pool.at(&id)).unwrap_or(0),
            heads: heads.collect(),
        });
        let me = &mut self.hands[hand];
        me.followed = view.charter;
        me.view = Some(Rc::clone(&view));
        view
    }

    /// A replica of what a hand knows.
    fn replica(&self, hand: HandAt) -> Replica {
        let me = &self.hands[hand];
        let known = me.known.iter().filter_map(|at| {
            let entry = self.pool.entry(*at)?;
            let (header, gist) = (entry.header().clone(), self.pool.gist(*at).clone());
            Some(Known { header, id: entry.id(), author: entry.author(), gist })
        });
        Replica::load(self.pool.id(0), self.pool.id(me.followed), known)
    }

    /// The memberships that a hand stands in, as its replica says.
    pub fn mine(&mut self, hand: HandAt) -> Vec<(MembershipId, WorkshopId, Role)> {
        let (me, view) = (self.member(hand), self.view(hand));
        let given: BTreeSet<EntryId> = view
            .operations
            .iter()
            .filter_map(|at| self.pool.gives(*at))
            .filter(|(key, _)| *key == me)
            .map(|(_, membership)| membership)
            .collect();
        view.members.iter().filter(|(id, _, _)| given.contains(id)).copied().collect()
    }

    /// A stewardship of a hand.
    pub fn stewardship(&mut self, hand: HandAt) -> Option<(MembershipId, WorkshopId)> {
        self.mine(hand).into_iter().find(|(_, _, r)| *r == Role::Steward).map(|(id, w, _)| (id, w))
    }

    /// What honest software names in `seen`.
    pub fn seen(&mut self, hand: HandAt) -> Places {
        let view = self.view(hand);
        self.pool.heads(&view.operations)
    }

    /// Signs as honest software does.
    pub fn say(&mut self, hand: HandAt, said: &Said) -> At {
        let seen = self.seen(hand);
        self.sign(hand, said, &seen)
    }

    /// Heads of every branch of the logs of a key, of what counts for a hand: an honest cut.
    pub fn cut(&mut self, hand: HandAt, keys: &[MemberKey]) -> Vec<EntryId> {
        let view = self.view(hand);
        let theirs: Places = view
            .accepted
            .union(&view.operations)
            .copied()
            .filter(|at| self.pool.author(*at).is_some_and(|a| keys.contains(&a)))
            .collect();
        sorted(self.pool.log_heads(&theirs).into_iter().map(|at| self.pool.id(at)).collect())
    }

    /// Two hands meet: each then knows what both know.
    pub fn meet(&mut self, one: HandAt, other: HandAt) {
        let all: Places = self.hands[one].known.union(&self.hands[other].known).copied().collect();
        self.hands[one].known.clone_from(&all);
        self.hands[other].known = all;
    }

    /// Some hands meet.
    pub fn gather(&mut self, hands: &[HandAt]) {
        let all: Places = hands.iter().flat_map(|h| self.hands[*h].known.clone()).collect();
        for hand in hands {
            self.hands[*hand].known.clone_from(&all);
        }
    }

    /// One of these, if there is any.
    pub fn one<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        (!of.is_empty()).then(|| of[self.random.random_range(0..of.len())].clone())
    }

    /// Whether something of this probability happens now.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.random.random_ratio(percent, 100)
    }
}

/// A list of entries has one spelling.
pub fn sorted(mut ids: Vec<EntryId>) -> Vec<EntryId> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

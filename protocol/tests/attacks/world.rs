//! A small federation: three workshops, two stewards and a maker each, and a charter that all three stood at.
//!
//! What every scenario ends with is judged four ways that must agree: by the replicas as it came to them, by the
//! reference from scratch, and by fresh replicas that get it in several random orders, with repetitions.

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::acceptance::{Reason, Verdict};
use aronde_protocol::authority::operation::{Found, Operation};
use aronde_protocol::authority::{NotHolding, Role};
use aronde_protocol::entry::Entry;
use aronde_protocol::id::EntryId;
use aronde_protocol::reference::{self, Judgement};
use aronde_protocol::replica::{Redaction, Replica};

use crate::acts::operation;
use crate::hand::Hand;

/// Orders of delivery that each final set is tried in.
const ORDERS: u64 = 4;

/// See the module. Members' hands are named after their workshop: North has F, S and M, the workshop of A has A, A2
/// and MA, the workshop of B has B, B2 and MB.
pub struct World {
    /// Steward F of Workshop North, who founded the federation.
    pub f: Hand,
    /// Steward S of Workshop North.
    pub s: Hand,
    /// Maker M of Workshop North.
    pub m: Hand,
    /// Steward A of Workshop A.
    pub a: Hand,
    /// Steward A2 of Workshop A.
    pub a2: Hand,
    /// Maker MA of Workshop A.
    pub ma: Hand,
    /// Steward B of Workshop B.
    pub b: Hand,
    /// Steward B2 of Workshop B.
    pub b2: Hand,
    /// Maker MB of Workshop B.
    pub mb: Hand,
}

/// Somebody founds a federation.
pub fn found(name: &str) -> Hand {
    let nobody = EntryId([0; 32]);
    let mut hand = Hand::new(name, nobody);
    let said = Operation::Found(Found {
        name: "Federation".into(),
        workshop: "Workshop North".into(),
        next: hand.paper().member().commitment(),
        nonce: [7; 16],
    });
    let founding = hand.seeing(&[]).build(operation(&said));
    hand = Hand::new(name, founding.id());
    hand.keep(founding);
    hand
}

/// Plays a scenario in the small federation, then holds what everybody ended with against the reference.
pub fn scenario(play: impl FnOnce(&mut World)) {
    let mut world = World::new();
    play(&mut world);
    let hands = world.hands().map(|hand| &*hand);
    judged_alike(hands);
}

/// Holds what some people ended with against the reference, each set once.
pub fn judged_alike<'a>(hands: impl IntoIterator<Item = &'a Hand>) {
    let mut done = BTreeSet::new();
    for hand in hands {
        let entries = hand.all();
        let ids: BTreeSet<_> = entries.iter().map(Entry::id).collect();
        if done.insert((ids, hand.replica.follows())) {
            agree(&hand.replica, &entries, &hand.name);
            for order in 0..ORDERS {
                let mut fresh = Replica::new(hand.federation());
                fresh.follow(hand.replica.follows());
                deliver(&mut fresh, &entries, order);
                assert_eq!(fresh.len(), entries.len(), "{}: order {order} loses entries", hand.name);
                agree(&fresh, &entries, &format!("{}, in order {order}", hand.name));
            }
        }
    }
}

/// Gives entries in an order of chance, every third of them twice, some alone and some together.
fn deliver(to: &mut Replica, entries: &[Entry], order: u64) {
    let chance = |id: EntryId, round: u8| {
        let mut said = id.as_bytes().to_vec();
        said.extend(order.to_be_bytes());
        said.push(round);
        EntryId::of(&said)
    };
    let twice = entries.iter().filter(|e| chance(e.id(), 0).as_bytes()[0] % 3 == 0).map(|e| (1, e));
    let mut all: Vec<_> = entries.iter().map(|e| (0, e)).chain(twice).collect();
    all.sort_by_key(|(round, e)| chance(e.id(), 1 + round));
    for some in all.chunks(1 + usize::try_from(order).expect("small") * 5) {
        to.receive(some.iter().map(|(_, e)| (*e).clone()));
    }
}

/// A replica says just what the reference says of the same entries.
fn agree(replica: &Replica, entries: &[Entry], who: &str) {
    let said = reference::judge(entries, replica.follows());
    let authority = replica.authority();
    let counting = replica.held().filter(|held| held.verdict.counts()).map(|held| held.id);
    let mine = Judgement {
        accepted: counting.collect(),
        charter: authority.charter.expect("the founding entry is held"),
        // A replica also keeps naming an earlier quarrel in which it took a side.
        alarm: authority
            .alarm
            .as_ref()
            .filter(|alarm| alarm.before == said.charter)
            .map(|alarm| alarm.rivals.clone())
            .unwrap_or_default(),
        members: authority.memberships.iter().map(|(id, m)| (*id, m.workshop, m.role)).collect(),
        workshops: authority.workshops.keys().copied().collect(),
        keepers: replica
            .documents()
            .flat_map(|d| replica.keepers(&d).into_iter().map(move |w| (d, w)))
            .collect(),
        nodes: authority
            .nodes
            .iter()
            .flat_map(|(peer, bound)| bound.iter().map(|b| (peer.clone(), b.workshop)))
            .collect(),
        holding: replica.operations().filter(|held| held.verdict.counts()).map(|held| held.id).collect(),
        open: replica.operations().filter(|held| is_open(held.verdict)).map(|held| held.id).collect(),
        quorum: authority.quorum,
        heads: replica
            .documents()
            .map(|d| (d, replica.document_heads(&d).into_iter().collect()))
            .collect::<BTreeMap<_, _>>(),
        redacted: replica.redacted().map(|(id, _)| id).collect(),
        forgotten: replica
            .redacted()
            .filter_map(|(id, redaction)| (redaction == Redaction::Forgotten).then_some(id))
            .collect(),
    };
    let only_here: Vec<_> = mine.accepted.difference(&said.accepted).collect();
    let only_there: Vec<_> = said.accepted.difference(&mine.accepted).collect();
    assert!(
        only_here.is_empty() && only_there.is_empty(),
        "{who}: accepts {only_here:?}, not {only_there:?}"
    );
    assert_eq!(mine, said, "{who} and the reference disagree");
}

fn is_open(verdict: Verdict) -> bool {
    let open = |reason| matches!(reason, NotHolding::Open | NotHolding::Lapsed);
    matches!(verdict, Verdict::Parked(Reason::Operation(reason)) if open(reason))
}

impl World {
    /// F founds Workshop North and admits S and M, and the workshops of A and of B; a first charter; A and B admit
    /// their people; and a second charter, which A endorses.
    pub fn new() -> Self {
        let f = found("Steward F");
        let hand = |name: &str| Hand::new(name, f.federation());
        let [s, m, a, a2] = ["Steward S", "Maker M", "Steward A", "Steward A2"].map(hand);
        let [ma, b, b2, mb] = ["Maker MA", "Steward B", "Steward B2", "Maker MB"].map(hand);
        let mut world = Self { f, s, m, a, a2, ma, b, b2, mb };
        let w = &mut world;
        w.f.admit(&mut w.s, Role::Steward);
        w.f.admit(&mut w.m, Role::Maker);
        w.f.admit_workshop("Workshop A", &mut w.a);
        w.f.admit_workshop("Workshop B", &mut w.b);
        w.f.charter();
        w.share();
        w.a.admit(&mut w.a2, Role::Steward);
        w.a.admit(&mut w.ma, Role::Maker);
        w.b.admit(&mut w.b2, Role::Steward);
        w.b.admit(&mut w.mb, Role::Maker);
        w.share();
        let charter = w.f.charter();
        w.a.learn(&w.f);
        w.a.endorse(charter);
        w.share();
        world
    }

    /// Everybody, in a fixed order.
    pub fn hands(&mut self) -> [&mut Hand; 9] {
        let Self { f, s, m, a, a2, ma, b, b2, mb } = self;
        [f, s, m, a, a2, ma, b, b2, mb]
    }

    /// Everybody meets: each then holds what all held.
    pub fn share(&mut self) {
        let mut hands = self.hands();
        let mut all = Vec::new();
        let mut told = BTreeSet::new();
        for hand in &hands {
            all.extend(hand.all().into_iter().filter(|entry| told.insert(entry.id())));
        }
        for hand in &mut hands {
            let news: Vec<_> = all.iter().filter(|e| !hand.replica.holds(&e.id())).cloned().collect();
            hand.receive(news);
            hand.follow();
        }
    }

    /// Everybody meets somebody who is none of the nine, and hears all that that one says.
    pub fn hear(&mut self, other: &Hand) {
        self.f.learn(other);
        self.share();
    }

    /// A makes a charter over all that A knows, B endorses it, and all follow it.
    pub fn agree_on_a_charter(&mut self) -> EntryId {
        let charter = self.a.charter();
        self.b.learn(&self.a);
        self.b.endorse(charter);
        self.share();
        assert_eq!(self.f.charter_followed(), Some(charter), "Workshops A and B are a majority");
        charter
    }
}

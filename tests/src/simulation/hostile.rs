//! Hostile hands: members who break every rule that their keys let them break, and strangers.

use std::collections::BTreeSet;

use aronde_protocol::entry::{Entry, Header, Kind, Part};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::{MemberKey, SecretKey};
use aronde_protocol::limits;
use aronde_protocol::replica::Replica;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::{IndexedRandom, IteratorRandom};

use super::member;

/// Keys in hostile hands, and what was made with them.
pub struct Hostile {
    members: Vec<SecretKey>,
    strangers: Vec<SecretKey>,
    made: Vec<Entry>,
}

impl Hostile {
    /// Some of the members turn, and two keys nobody ever admits.
    pub fn new(keys: &[SecretKey], random: &mut ChaCha8Rng) -> Self {
        let members = keys.sample(random, (keys.len() / 2).max(1)).cloned().collect();
        let strangers = (0..2).map(|_| SecretKey::from_seed(&random.random())).collect();
        Self { members, strangers, made: Vec::new() }
    }

    /// The keys nobody admitted.
    pub fn strangers(&self) -> BTreeSet<MemberKey> {
        self.strangers.iter().map(SecretKey::member).collect()
    }

    /// Writes something that no honest software writes: forks, back-dated views, other people's
    /// memberships, deps across documents, facts out of form, forged and missing signatures, other federations.
    pub fn write(&mut self, replica: &Replica, stored: &[Entry], random: &mut ChaCha8Rng) -> Vec<Entry> {
        let hands = if random.random_ratio(1, 8) { &self.strangers } else { &self.members };
        let Some(key) = hands.choose(random).cloned() else { return Vec::new() };
        let mut burst = Vec::new();
        for _ in 0..random.random_range(1..4) {
            let before = burst.last().or_else(|| {
                let mine = self.made.iter().chain(stored).filter(|e| e.author() == key.member());
                mine.choose(random).filter(|_| random.random_ratio(2, 3))
            });
            let Some(entry) = forge(&key, before, replica, random) else { continue };
            burst.push(entry);
        }
        let last = burst.len().saturating_sub(1);
        let burst: Vec<Entry> = burst
            .into_iter()
            .enumerate()
            .map(|(i, entry)| match random.random_range(0..20) {
                0 => entry.with_signature(Some([random.random(); 64])),
                1 => entry,
                _ if i == last || random.random() => entry.signed(&key),
                _ => entry,
            })
            .collect();
        self.made.extend(burst.iter().cloned());
        burst
    }
}

fn forge(
    key: &SecretKey,
    before: Option<&Entry>,
    replica: &Replica,
    random: &mut ChaCha8Rng,
) -> Option<Entry> {
    let kinds = [
        Kind::ADMIT_WORKSHOP,
        Kind::ADMIT_MEMBER,
        Kind::BIND_NODE,
        Kind::CREATE,
        Kind::EDIT,
        Kind::EDIT,
        Kind::CONTRIBUTION,
        Kind::ATTESTATION,
        Kind::ADDRESSES,
        "operation/crown",
        "record/weather",
    ];
    let kind = Kind::new(kinds.choose(random)?).ok()?;
    let class_fits = |e: &&Entry| e.header().kind.class().is_operation() == kind.class().is_operation();
    let before = before.filter(|e| class_fits(e) || random.random_ratio(1, 10));
    let some = |ids: Vec<EntryId>, random: &mut ChaCha8Rng| {
        let many = random.random_range(0..3).min(ids.len());
        let mut some: Vec<EntryId> = ids.sample(random, many).copied().collect();
        some.sort_unstable();
        some
    };
    // An old or partial view of the authority, or the full one.
    let mut seen = if random.random() {
        replica.authority_heads()
    } else {
        some(replica.operations().map(|h| h.id).collect(), random)
    };
    if random.random_ratio(1, 16) {
        seen = some(replica.held().map(|h| h.id).collect(), random);
    }
    let document =
        replica.held().filter(|h| h.header.kind.as_str() == Kind::CREATE).map(|h| h.id).choose(random);
    let in_document = |d: EntryId| {
        replica.held().filter(|h| h.id == d || h.header.subject == Some(d)).map(|h| h.id).collect::<Vec<_>>()
    };
    let (subject, deps) = match kind.as_str() {
        Kind::EDIT if random.random_ratio(1, 10) => {
            (document, some(replica.held().map(|h| h.id).collect(), random))
        }
        Kind::EDIT => (document, document.map(|d| some(in_document(d), random)).unwrap_or_default()),
        Kind::CONTRIBUTION => (document, vec![]),
        Kind::ATTESTATION => (replica.records().map(|h| h.id).choose(random), vec![]),
        _ => (None, vec![]),
    };
    // Facts of another form are refused for a kind that is known, and what a good signature on them
    // vouches for must not be held on that word.
    let facts = if random.random_ratio(1, 16) { b"\xa0".to_vec() } else { facts(&kind, replica, random) };
    let federation = if random.random_ratio(1, 40) { EntryId([9; 32]) } else { replica.federation() };
    let seq = before.map_or(0, |b| b.header().seq + u64::from(!random.random_ratio(1, 40)));
    let header = Header {
        v: if random.random_ratio(1, 30) { limits::RULES_LEVEL + 1 } else { limits::RULES_LEVEL },
        federation: Some(federation),
        author: *key.member().as_bytes(),
        log: before.map_or_else(|| random.random_range(0..3), |b| b.header().log),
        seq,
        prev: before.map(Entry::id),
        at: random.random_range(0..=limits::AT_MAX),
        seen,
        kind,
        subject,
        deps,
        facts: Part::of(&facts),
        personal: None,
    };
    Entry::build(header, facts, None, None).ok()
}

/// Facts of the right form, often about somebody else's membership.
fn facts(kind: &Kind, replica: &Replica, random: &mut ChaCha8Rng) -> Vec<u8> {
    use aronde_protocol::authority::Role;
    use aronde_protocol::authority::operation::{AdmitMember, AdmitWorkshop, BindNode, Operation};
    let grants =
        replica.operations().filter(|h| h.gist.operation().is_some_and(|o| o.admits(h.author).is_some()));
    let under = grants.map(|h| h.id).choose(random).unwrap_or(EntryId([0; 32]));
    let puppet = SecretKey::from_seed(&[random.random_range(0..8); 32]).member();
    let next = puppet.commitment();
    let operation = |o: Operation| o.to_facts().unwrap_or_default();
    match kind.as_str() {
        Kind::ADMIT_WORKSHOP => operation(Operation::AdmitWorkshop(AdmitWorkshop {
            under,
            name: "Puppets".into(),
            key: puppet,
            next,
        })),
        Kind::ADMIT_MEMBER => operation(Operation::AdmitMember(AdmitMember {
            under,
            key: puppet,
            next,
            role: Role::Steward,
            heads: vec![],
        })),
        Kind::BIND_NODE => operation(Operation::BindNode(BindNode { under, peer: vec![3].into() })),
        Kind::CREATE => member::create_facts(under, random.random()),
        Kind::EDIT => member::edit_facts("title", random.random()),
        Kind::CONTRIBUTION => member::contribution(random),
        Kind::ATTESTATION => member::attestation(random),
        Kind::ADDRESSES => member::addresses(replica, random),
        _ => b"\xa0".to_vec(),
    }
}

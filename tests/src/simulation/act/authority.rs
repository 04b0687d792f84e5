//! Acts that say who may do what.

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{
    AdmitMember, AdmitWorkshop, BindNode, Found, MemberName, Operation,
};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::entry::Entry;
use aronde_protocol::key::SecretKey;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

use super::{Act, Situation, steward};

/// The acts.
pub const ACTS: &[Act] = &[
    Act { name: "admits a workshop", weight: 1, operates: true, by: steward, plan: admit_workshop },
    Act { name: "admits a member", weight: 2, operates: true, by: steward, plan: admit_member },
    Act { name: "binds a node", weight: 2, operates: true, by: steward, plan: bind_node },
];

/// A federation with one member a key: the first founds it, every fourth gets a workshop of its own, the
/// others a role in the founder's.
pub fn found(keys: &[SecretKey], random: &mut ChaCha8Rng) -> Vec<Entry> {
    let Some(founder) = keys.first() else { return Vec::new() };
    let mut burst = Burst::found(founder, 1, 1_700_000_000_000);
    let founding = Operation::Found(Found {
        name: "Federation".into(),
        workshop: "Workshop 0".into(),
        next: next_of(founder).member().commitment(),
        nonce: random.random(),
    });
    let Ok(under) = burst.add(draft(&founding, None)) else { return Vec::new() };
    for (n, key) in keys.iter().enumerate().skip(1) {
        let (next, key) = (next_of(key).member().commitment(), key.member());
        let operation = if n % 4 == 1 {
            Operation::AdmitWorkshop(AdmitWorkshop { under, name: format!("Workshop {n}"), key, next })
        } else {
            Operation::AdmitMember(AdmitMember { under, key, next, role: role(random) })
        };
        let _ = burst.add(draft(&operation, personal(random)));
    }
    burst.sign()
}

/// The key that is kept on paper beside this one, for its rotation.
pub fn next_of(key: &SecretKey) -> SecretKey {
    SecretKey::from_seed(blake3::hash(key.seed().as_ref()).as_bytes())
}

fn role(random: &mut ChaCha8Rng) -> Role {
    [Role::Steward, Role::Maker, Role::Maker, Role::Auditor].choose(random).copied().unwrap_or(Role::Maker)
}

/// A member's name.
fn personal(random: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    MemberName { nonce: random.random(), name: "Maker A".into() }.encode().ok()
}

fn draft(operation: &Operation, personal: Option<Vec<u8>>) -> Draft {
    let facts = operation.to_facts().unwrap_or_default();
    Draft { kind: operation.kind(), subject: None, deps: vec![], facts, personal }
}

impl Situation<'_> {
    /// Writes one operation.
    pub fn operate(&mut self, operation: &Operation, personal: Option<Vec<u8>>) -> Option<()> {
        self.burst.add(draft(operation, personal)).ok().map(|_| ())
    }
}

fn admit_workshop(s: &mut Situation<'_>) -> Option<()> {
    let key = SecretKey::from_seed(&s.random.random());
    let (next, key) = (next_of(&key).member().commitment(), key.member());
    let admit = AdmitWorkshop { under: s.under, name: "Workshop".into(), key, next };
    let personal = personal(s.random);
    s.operate(&Operation::AdmitWorkshop(admit), personal)
}

fn admit_member(s: &mut Situation<'_>) -> Option<()> {
    let key = SecretKey::from_seed(&s.random.random());
    let (next, key) = (next_of(&key).member().commitment(), key.member());
    let admit = AdmitMember { under: s.under, key, next, role: role(s.random) };
    let personal = personal(s.random);
    s.operate(&Operation::AdmitMember(admit), personal)
}

fn bind_node(s: &mut Situation<'_>) -> Option<()> {
    let peer = vec![s.random.random_range(0..4)].into();
    s.operate(&Operation::BindNode(BindNode { under: s.under, peer }), None)
}

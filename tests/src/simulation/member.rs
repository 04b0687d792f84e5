//! An honest member: software that follows the rules, on one replica.

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{AdmitMember, AdmitWorkshop, BindNode, Found, Operation};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::canonical;
use aronde_protocol::document::edit::{CreateFacts, Edit, EditFacts, Path};
use aronde_protocol::document::value::Value;
use aronde_protocol::entry::gist::Addresses;
use aronde_protocol::entry::{Entry, Kind};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::SecretKey;
use aronde_protocol::record::attestation::AttestationFacts;
use aronde_protocol::record::contribution::ContributionFacts;
use aronde_protocol::replica::Replica;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::{IndexedRandom, IteratorRandom};

/// An honest member with its two logs.
pub struct Member {
    key: SecretKey,
    operations: u64,
    work: u64,
}

/// A federation with one member a key: the first founds it, some get workshops of their own, the
/// others a role in one. Operations need one hand here, so all entries are by the stewards.
pub fn found(keys: &[SecretKey], random: &mut ChaCha8Rng) -> Vec<Entry> {
    let mut entries = Vec::new();
    let Some(founder) = keys.first() else { return entries };
    let mut burst = Burst::found(founder, 1, 1);
    let operation = Operation::Found(Found {
        name: "Federation".into(),
        workshop: "Workshop 0".into(),
        next: founder.member().commitment(),
        nonce: random.random(),
    });
    let Ok(under) = burst.add(operation_draft(&operation)) else { return entries };
    for (n, key) in keys.iter().enumerate().skip(1) {
        let (key, next) = (key.member(), key.member().commitment());
        let operation = if n <= 2 {
            Operation::AdmitWorkshop(AdmitWorkshop { under, name: format!("Workshop {n}"), key, next })
        } else {
            let role =
                [Role::Steward, Role::Maker, Role::Auditor].choose(random).copied().unwrap_or(Role::Maker);
            Operation::AdmitMember(AdmitMember { under, key, next, role, heads: vec![] })
        };
        let _ = burst.add(operation_draft(&operation));
    }
    entries.extend(burst.sign());
    entries
}

/// A draft of an operation.
pub fn operation_draft(operation: &Operation) -> Draft {
    let facts = operation.to_facts().unwrap_or_default();
    Draft { kind: operation.kind(), subject: None, deps: vec![], facts, personal: None }
}

/// Facts of a new design that one membership begins.
pub fn create_facts(under: EntryId, n: i64) -> Vec<u8> {
    let edits = vec![set("title", n).into()];
    canonical::encode(&CreateFacts { under, kind: "design".into(), schema: 1, edits }).unwrap_or_default()
}

/// Facts of a change of one field.
pub fn edit_facts(field: &str, n: i64) -> Vec<u8> {
    canonical::encode(&EditFacts { edits: vec![set(field, n).into()] }).unwrap_or_default()
}

fn set(field: &str, n: i64) -> Edit {
    Edit::Set { path: Path::root([field]), to: Value::Text(n.to_string()).into() }
}

impl Member {
    /// A member with fresh logs.
    pub fn new(key: SecretKey, random: &mut ChaCha8Rng) -> Self {
        Self { key, operations: random.random(), work: random.random() }
    }

    /// Writes something that this member may write, by what its replica holds.
    pub fn write(&mut self, replica: &Replica, random: &mut ChaCha8Rng) -> Vec<Entry> {
        let at = random.random_range(0..1_000);
        let mine: Vec<_> =
            replica.authority().memberships_of(self.key.member()).map(|(id, m)| (*id, m.role)).collect();
        let Some((under, role)) = mine.choose(random).copied() else { return Vec::new() };
        let draft = match random.random_range(0..10) {
            0 if role == Role::Steward => operation_draft(&operation(under, random)),
            1 | 2 if role.writes() => Draft {
                kind: Kind::CREATE,
                subject: None,
                deps: vec![],
                facts: create_facts(under, random.random()),
                personal: None,
            },
            3..=6 if role.writes() => {
                let Some(document) = replica.documents().choose(random) else { return Vec::new() };
                let field = ["title", "version", "function"].choose(random).copied().unwrap_or("title");
                Draft {
                    kind: Kind::EDIT,
                    subject: Some(document),
                    deps: replica.document_heads(&document),
                    facts: edit_facts(field, random.random()),
                    personal: None,
                }
            }
            7 if role.writes() => Draft {
                kind: Kind::CONTRIBUTION,
                subject: replica.documents().choose(random),
                deps: vec![],
                facts: contribution(random),
                personal: None,
            },
            8 => {
                let Some(record) = replica.records().map(|r| r.id).choose(random) else { return Vec::new() };
                Draft {
                    kind: Kind::ATTESTATION,
                    subject: Some(record),
                    deps: vec![],
                    facts: attestation(random),
                    personal: None,
                }
            }
            _ => Draft {
                kind: Kind::ADDRESSES,
                subject: None,
                deps: vec![],
                facts: addresses(replica, random),
                personal: None,
            },
        };
        let log = if draft.kind.starts_with("operation") { self.operations } else { self.work };
        let mut burst = Burst::begin(replica, &self.key, log, at);
        let _ = burst.add(draft);
        burst.sign()
    }
}

/// An operation that a steward may sign.
fn operation(under: EntryId, random: &mut ChaCha8Rng) -> Operation {
    let key = SecretKey::from_seed(&random.random()).member();
    let next = key.commitment();
    match random.random_range(0..3) {
        0 => Operation::AdmitWorkshop(AdmitWorkshop { under, name: "Workshop".into(), key, next }),
        1 => {
            let role = [Role::Steward, Role::Maker, Role::Auditor].choose(random).copied();
            Operation::AdmitMember(AdmitMember {
                under,
                key,
                next,
                role: role.unwrap_or(Role::Maker),
                heads: vec![],
            })
        }
        _ => Operation::BindNode(BindNode { under, peer: vec![random.random_range(0..4)].into() }),
    }
}

/// Facts of a contribution.
pub fn contribution(random: &mut ChaCha8Rng) -> Vec<u8> {
    let quantity = format!("{} h", random.random_range(1..9u8)).parse().ok();
    let facts = quantity.map(|quantity| ContributionFacts {
        provider: None,
        action: "work".into(),
        quantity,
        happened_at: None,
    });
    facts.and_then(|f| canonical::encode(&f).ok()).unwrap_or_default()
}

/// Facts of an attestation, of either kind.
pub fn attestation(random: &mut ChaCha8Rng) -> Vec<u8> {
    let facts = if random.random() { AttestationFacts::Confirm } else { AttestationFacts::Dispute };
    canonical::encode(&facts).unwrap_or_default()
}

/// Facts about where a node is reached, often one that is bound.
pub fn addresses(replica: &Replica, random: &mut ChaCha8Rng) -> Vec<u8> {
    let peer = replica.authority().nodes.keys().choose(random).cloned().unwrap_or_else(|| vec![9]);
    canonical::encode(&Addresses { peer: peer.into(), addresses: vec![] }).unwrap_or_default()
}

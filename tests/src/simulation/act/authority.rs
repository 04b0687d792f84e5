//! Acts that say who may do what in a workshop: admissions, removals, rotations, nodes, keepers.

use std::collections::BTreeSet;

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{
    AddKeeper, AdmitMember, AdmitWorkshop, BindNode, DropKeeper, Found, MemberName, Operation, Redact,
    RedactByMotion, RemoveMember, Rotate, UnbindNode,
};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::entry::{Entry, Kind};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::{MemberKey, SecretKey};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::{IndexedRandom, IteratorRandom};

use super::{Act, Situation, anyone, steward};

/// The acts.
pub const ACTS: &[Act] = &[
    Act { name: "admits a member", weight: 4, operates: true, by: steward, plan: admit_member },
    Act { name: "removes a member", weight: 3, operates: true, by: steward, plan: remove_member },
    Act { name: "removes with an empty cut", weight: 1, operates: true, by: steward, plan: remove_in_spite },
    Act { name: "changes a role", weight: 2, operates: true, by: steward, plan: change_role },
    Act { name: "leaves", weight: 1, operates: true, by: not_steward, plan: leave },
    Act { name: "rotates its key", weight: 2, operates: true, by: anyone, plan: rotate },
    Act { name: "binds a node", weight: 2, operates: true, by: steward, plan: bind_node },
    Act { name: "unbinds a node", weight: 1, operates: true, by: steward, plan: unbind_node },
    Act { name: "adds a keeper", weight: 3, operates: true, by: steward, plan: add_keeper },
    Act { name: "drops a keeper", weight: 1, operates: true, by: steward, plan: drop_keeper },
    Act { name: "redacts", weight: 1, operates: true, by: anyone, plan: redact },
];

/// A federation of the first so many of these keys: the first founds it, every fourth gets a workshop of its
/// own, the others a role in the founder's.
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
            Operation::AdmitMember(AdmitMember { under, key, next, role: role(random), heads: vec![] })
        };
        let _ = burst.add(draft(&operation, personal(random)));
    }
    burst.sign()
}

/// The key that is kept on paper beside this one, for its rotation.
pub fn next_of(key: &SecretKey) -> SecretKey {
    SecretKey::from_seed(blake3::hash(key.seed().as_ref()).as_bytes())
}

fn not_steward(role: Role) -> bool {
    role != Role::Steward
}

fn role(random: &mut ChaCha8Rng) -> Role {
    [Role::Steward, Role::Maker, Role::Maker, Role::Auditor].choose(random).copied().unwrap_or(Role::Maker)
}

/// A member's name, or a reason.
fn personal(random: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    MemberName { nonce: random.random(), name: "Maker A".into() }.encode().ok()
}

fn draft(operation: &Operation, personal: Option<Vec<u8>>) -> Draft {
    let facts = operation.to_facts().unwrap_or_default();
    Draft { kind: operation.kind(), subject: None, deps: vec![], facts, personal }
}

impl Situation<'_> {
    /// Writes one operation.
    pub fn operate(&mut self, operation: &Operation) -> Option<EntryId> {
        let personal = match operation {
            Operation::AdmitMember(_) | Operation::AdmitWorkshop(_) | Operation::RemoveMember(_) => {
                personal(self.random)
            }
            _ => None,
        };
        self.burst.add(draft(operation, personal)).ok()
    }

    /// Somebody else who stands in the workshop.
    fn colleague(&mut self) -> Option<MemberKey> {
        let all = self.replica.authority().memberships.values();
        let here = all.filter(|m| m.workshop == self.membership.workshop).map(|m| m.key);
        here.filter(|key| *key != self.key.member()).choose(self.random)
    }
}

fn admit_member(s: &mut Situation<'_>) -> Option<()> {
    let (key, next) = s.people.choose(s.random).copied()?;
    admit(s, key, next)
}

/// Admits somebody; one who was here before, with the work of before.
fn admit(s: &mut Situation<'_>, key: MemberKey, next: aronde_protocol::key::KeyCommitment) -> Option<()> {
    let back = s.random.random_ratio(3, 4);
    let heads = if back { s.replica.work_heads(key) } else { vec![] };
    let role = role(s.random);
    s.operate(&Operation::AdmitMember(AdmitMember { under: s.under, key, next, role, heads })).map(|_| ())
}

/// Removes somebody from the workshop, sparing what counts of their work.
pub fn remove(s: &mut Situation<'_>, key: MemberKey) -> Option<()> {
    let cut = s.replica.cut(&BTreeSet::from([key]));
    s.operate(&Operation::RemoveMember(RemoveMember { under: s.under, key, cut })).map(|_| ())
}

fn remove_member(s: &mut Situation<'_>) -> Option<()> {
    let key = s.colleague()?;
    remove(s, key)
}

fn remove_in_spite(s: &mut Situation<'_>) -> Option<()> {
    let key = s.colleague()?;
    let remove = RemoveMember { under: s.under, key, cut: vec![] };
    s.operate(&Operation::RemoveMember(remove)).map(|_| ())
}

/// A removal and a new admission, in one burst.
fn change_role(s: &mut Situation<'_>) -> Option<()> {
    let key = s.colleague()?;
    let mut all = s.replica.authority().memberships_of(key);
    let next = all.find(|(_, m)| m.workshop == s.membership.workshop).map(|(_, m)| m.next)?;
    remove(s, key)?;
    admit(s, key, next)
}

fn leave(s: &mut Situation<'_>) -> Option<()> {
    let me = s.key.member();
    remove(s, me)
}

/// The key on paper takes over.
fn rotate(s: &mut Situation<'_>) -> Option<()> {
    let (old, new) = (s.key.member(), next_of(s.key));
    let mut rotate = Rotate {
        membership: s.under,
        key: new.member(),
        next: next_of(&new).member().commitment(),
        cut: s.replica.cut(&BTreeSet::from([old])),
        proof: [0; 64],
    };
    rotate.proof = new.sign(&rotate.statement(s.replica.federation(), old));
    s.operate(&Operation::Rotate(rotate)).map(|_| ())
}

fn bind_node(s: &mut Situation<'_>) -> Option<()> {
    let peer = vec![s.random.random_range(0..4)].into();
    s.operate(&Operation::BindNode(BindNode { under: s.under, peer })).map(|_| ())
}

fn unbind_node(s: &mut Situation<'_>) -> Option<()> {
    let peer = s.replica.authority().nodes.keys().choose(s.random)?.clone().into();
    s.operate(&Operation::UnbindNode(UnbindNode { under: s.under, peer })).map(|_| ())
}

/// A document and the grant by which this workshop keeps it, none where it created it.
fn kept(s: &mut Situation<'_>) -> Option<(EntryId, Option<EntryId>)> {
    let document = s.replica.documents().choose(s.random)?;
    let grants = s.replica.operations().filter(|h| {
        let grant = h.gist.operation();
        matches!(grant, Some(Operation::AddKeeper(k)) if k.document == document && k.workshop == s.membership.workshop)
    });
    let through = grants.map(|h| h.id).choose(s.random);
    Some((document, through))
}

fn add_keeper(s: &mut Situation<'_>) -> Option<()> {
    let (document, through) = kept(s)?;
    let workshop = s.replica.authority().workshops.keys().choose(s.random).copied()?;
    let add = AddKeeper { under: s.under, document, through, workshop };
    s.operate(&Operation::AddKeeper(add)).map(|_| ())
}

fn drop_keeper(s: &mut Situation<'_>) -> Option<()> {
    let (document, through) = kept(s)?;
    let grants = s
        .replica
        .operations()
        .filter(|h| matches!(h.gist.operation(), Some(Operation::AddKeeper(k)) if k.document == document));
    let grant = grants.map(|h| h.id).choose(s.random);
    let keepers: BTreeSet<MemberKey> = s.replica.authority().memberships.values().map(|m| m.key).collect();
    let cut = if s.random.random_ratio(2, 3) { s.replica.cut(&keepers) } else { vec![] };
    let drop = DropKeeper { under: s.under, document, through, grant, cut };
    s.operate(&Operation::DropKeeper(drop)).map(|_| ())
}

fn redact(s: &mut Situation<'_>) -> Option<()> {
    let me = s.key.member();
    let steward = s.membership.role == Role::Steward;
    let notes = s.replica.records().filter(|h| {
        h.header.kind.as_str() == Kind::CONTRIBUTION
            && h.header.personal.is_some()
            && (steward || h.author == me)
    });
    let noted = notes.choose(s.random)?;
    let (under, entry) = (s.under, noted.id);
    // What nobody of their workshop wrote, a steward moves to redact.
    let ours = noted.author == me || s.replica.homes(noted).contains(&s.membership.workshop);
    let operation = if ours {
        Operation::Redact(Redact { under, entry })
    } else {
        Operation::RedactByMotion(RedactByMotion { under, entry })
    };
    s.operate(&operation).map(|_| ())
}

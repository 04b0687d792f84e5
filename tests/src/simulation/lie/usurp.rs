//! Operations by those who have no right to them, or use the right that they have against the others.

use std::collections::BTreeSet;

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{
    AddKeeper, AdmitMember, AdmitWorkshop, BindNode, Charter, DropKeeper, Endorse, GiveSteward, Operation,
    Redact, RedactByMotion, RemoveMember, RemoveWorkshop, Rotate, Seal, SetPolicy, UnbindNode, Vote,
};
use aronde_protocol::entry::{Entry, Header, Kind, Part};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::SecretKey;
use aronde_protocol::limits;
use rand::RngExt;
use rand::seq::{IndexedRandom, IteratorRandom};

use super::{Lie, Teller};

/// The lies.
pub const LIES: &[Lie] = &[
    Lie { name: "signs the removal of everybody, having seen nothing", weight: 2, tell: remove_all },
    Lie { name: "admits puppets by the dozen", weight: 2, tell: puppets },
    Lie { name: "endorses rival charters", weight: 5, tell: endorse_all },
];

impl Teller<'_> {
    /// A membership, most often the signer's.
    pub fn grant(&mut self) -> EntryId {
        let key = self.key.member();
        let grants = |mine: bool| {
            self.replica.operations().filter(move |h| {
                let admitted = h.gist.operation().and_then(|o| o.admits(h.author));
                admitted.is_some_and(|whom| !mine || whom == key)
            })
        };
        let mine = self.random.random_ratio(7, 8);
        let grant = grants(mine).map(|h| h.id).choose(self.random);
        grant.unwrap_or(EntryId([0; 32]))
    }

    /// A seal that nobody finds.
    fn seal(&mut self) -> Option<Seal> {
        let entries = self.random.random_range(0..9);
        let seal = Seal {
            entries,
            history: self.random.random(),
            logs: self.random.random_range(0..=entries),
            heads: self.random.random(),
            accepted: self.random.random(),
        };
        self.random.random_ratio(1, 2).then_some(seal)
    }

    fn operation_of(&mut self, kinds: &[&str]) -> EntryId {
        let all =
            self.replica.operations().filter(|h| kinds.is_empty() || kinds.contains(&h.header.kind.as_str()));
        all.map(|h| h.id).choose(self.random).unwrap_or(EntryId([0; 32]))
    }

    /// Some of what is held, sorted: heads of somebody's logs, or none.
    fn heads(&mut self) -> Vec<EntryId> {
        let many = self.random.random_range(0..4);
        let mut heads: Vec<EntryId> = self.replica.held().map(|h| h.id).sample(self.random, many);
        heads.sort_unstable();
        heads
    }

    /// Signs operations one after the other, at the beginning of a log of their own.
    fn operate(&mut self, operations: &[Operation], seen: &[EntryId]) -> Vec<Vec<u8>> {
        let log = self.random.random();
        let mut entries: Vec<Entry> = Vec::new();
        for operation in operations {
            let (Ok(kind), Ok(facts)) = (Kind::new(operation.kind()), operation.to_facts()) else { continue };
            let before = entries.last();
            let header = Header {
                v: limits::RULES_LEVEL,
                federation: Some(self.replica.federation()),
                author: *self.key.member().as_bytes(),
                log,
                seq: before.map_or(0, |b| b.header().seq + 1),
                prev: before.map(Entry::id),
                at: self.random.random_range(0..limits::AT_MAX),
                seen: before.map_or_else(|| seen.to_vec(), |b| vec![b.id()]),
                kind,
                subject: None,
                deps: vec![],
                facts: Part::of(&facts),
                personal: None,
            };
            entries.extend(Entry::build(header, facts, None, None).map(|e| e.signed(&self.key)));
        }
        self.send(&entries)
    }
}

/// An operation of a kind, in form.
pub fn operation(kind: &str, t: &mut Teller<'_>) -> Option<Operation> {
    let under = t.grant();
    let puppet = SecretKey::from_seed(&[t.random.random_range(0..8); 32]);
    let (key, next) = (puppet.member(), puppet.member().commitment());
    let member = t.replica.authority().memberships.values().map(|m| m.key).choose(t.random).unwrap_or(key);
    let workshop = t.replica.authority().workshops.keys().choose(t.random).copied().unwrap_or(under);
    let document = t.replica.documents().choose(t.random).unwrap_or(under);
    let through = t.random.random_ratio(1, 4).then(|| t.operation_of(&[Kind::ADD_KEEPER]));
    let peer = vec![t.random.random_range(0..4)].into();
    Some(match kind {
        Kind::ADMIT_WORKSHOP => {
            Operation::AdmitWorkshop(AdmitWorkshop { under, name: "Puppets".into(), key, next })
        }
        Kind::ADMIT_MEMBER => {
            let heads = t.heads();
            Operation::AdmitMember(AdmitMember { under, key, next, role: Role::Steward, heads })
        }
        Kind::REMOVE_MEMBER => Operation::RemoveMember(RemoveMember { under, key: member, cut: t.heads() }),
        Kind::REMOVE_WORKSHOP => {
            Operation::RemoveWorkshop(RemoveWorkshop { under, workshop, cut: t.heads() })
        }
        Kind::GIVE_STEWARD => Operation::GiveSteward(GiveSteward { under, workshop, key, next }),
        Kind::SET_POLICY => {
            let values = [("quorum".to_owned(), t.random.random_range(0..9))].into();
            Operation::SetPolicy(SetPolicy { under, values })
        }
        Kind::VOTE => Operation::Vote(Vote {
            under,
            motion: t.operation_of(&[Kind::ADMIT_WORKSHOP, Kind::REMOVE_WORKSHOP, Kind::GIVE_STEWARD]),
        }),
        // A rotation by a thief, who does not have the key on paper.
        Kind::ROTATE => {
            let mut rotate = Rotate { membership: under, key, next, cut: t.heads(), proof: [0; 64] };
            rotate.proof = puppet.sign(&rotate.statement(t.replica.federation(), t.key.member()));
            Operation::Rotate(rotate)
        }
        Kind::BIND_NODE => Operation::BindNode(BindNode { under, peer }),
        Kind::UNBIND_NODE => Operation::UnbindNode(UnbindNode { under, peer }),
        Kind::ADD_KEEPER => Operation::AddKeeper(AddKeeper { under, document, through, workshop }),
        Kind::DROP_KEEPER => {
            let grant = t.random.random::<bool>().then(|| t.operation_of(&[Kind::ADD_KEEPER]));
            Operation::DropKeeper(DropKeeper { under, document, through, grant, cut: t.heads() })
        }
        Kind::CHARTER => Operation::Charter(Charter {
            under,
            before: t.operation_of(&[Kind::FOUND, Kind::CHARTER]),
            heals: vec![],
            level: limits::RULES_LEVEL + u64::from(t.random.random_ratio(1, 20)),
            heads: t.heads(),
            seal: t.seal().map(Box::new),
        }),
        Kind::ENDORSE => Operation::Endorse(Endorse { under, charter: t.operation_of(&[Kind::CHARTER]) }),
        Kind::REDACT => {
            let entry = t.replica.held().map(|h| h.id).choose(t.random).unwrap_or(under);
            Operation::Redact(Redact { under, entry })
        }
        Kind::REDACT_BY_MOTION => {
            let entry = t.replica.held().map(|h| h.id).choose(t.random).unwrap_or(under);
            Operation::RedactByMotion(RedactByMotion { under, entry })
        }
        _ => return None,
    })
}

/// A steward, perhaps removed long ago, takes an old `seen` and removes all whom it knows.
fn remove_all(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let (me, under) = (t.key.member(), t.grant());
    let seen = BTreeSet::from([t.replica.federation(), under]);
    let others = t.replica.authority().memberships.values().map(|m| m.key).filter(|key| *key != me);
    let others: BTreeSet<_> = others.collect();
    let removals: Vec<Operation> = others
        .into_iter()
        .map(|key| Operation::RemoveMember(RemoveMember { under, key, cut: vec![] }))
        .collect();
    if under == EntryId([0; 32]) {
        return Vec::new();
    }
    t.operate(&removals, &seen.into_iter().collect::<Vec<_>>())
}

fn puppets(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let under = t.grant();
    let seen = t.replica.authority_heads();
    let admissions: Vec<Operation> = (0..12)
        .map(|n| {
            let key = SecretKey::from_seed(&[n; 32]).member();
            let admit =
                AdmitMember { under, key, next: key.commitment(), role: Role::Steward, heads: vec![] };
            Operation::AdmitMember(admit)
        })
        .collect();
    t.operate(&admissions, &seen)
}

/// Endorses every charter that is not in force, whatever others it endorsed.
fn endorse_all(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let under = t.grant();
    let seen = t.replica.authority_heads();
    let charters = t.replica.authority().charters.iter().filter(|(_, c)| !c.in_force);
    let charters: Vec<EntryId> = charters.map(|(id, _)| *id).collect();
    let some: Vec<Operation> = charters
        .sample(t.random, 3)
        .map(|charter| Operation::Endorse(Endorse { under, charter: *charter }))
        .collect();
    t.operate(&some, &seen)
}

//! A small federation whose entries, messages and documents the targets begin from. It is the same on
//! every machine.

use std::sync::{Arc, LazyLock};

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{
    AddKeeper, AdmitMember, AdmitWorkshop, BindNode, Charter, DropKeeper, Endorse, Found, GiveSteward,
    Operation, Redact, RedactByMotion, RemoveMember, RemoveWorkshop, Rotate, Seal, SetPolicy, UnbindNode,
    Vote,
};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::canonical;
use aronde_protocol::digest::{Digest, TreeNode};
use aronde_protocol::document::edit::{CreateFacts, Edit, EditFacts, Path, PersonalPart, Written};
use aronde_protocol::document::value::Value;
use aronde_protocol::entry::gist::Addresses;
use aronde_protocol::entry::{Entry, Kind};
use aronde_protocol::federation::FederationName;
use aronde_protocol::id::{EntryId, FileHash};
use aronde_protocol::key::{MemberKey, SecretKey};
use aronde_protocol::record::attestation::AttestationFacts;
use aronde_protocol::record::contribution::{ContributionFacts, Happened};
use aronde_protocol::record::decline::DeclineFacts;
use aronde_protocol::replica::Replica;
use aronde_protocol::run;
use aronde_protocol::session::{Held, Page, Received};

/// Maker A, Maker B, Maker C and Maker D.
pub fn keys() -> &'static [SecretKey; 4] {
    static KEYS: LazyLock<[SecretKey; 4]> =
        LazyLock::new(|| [1, 2, 3, 4].map(|n| SecretKey::from_seed(&[n; 32])));
    &KEYS
}

/// The secret key of one of them.
pub fn key_of(member: MemberKey) -> Option<&'static SecretKey> {
    keys().iter().find(|key| key.member() == member)
}

/// One operation of every kind, as Maker A would sign them in the sample's federation. They have the right
/// form; most have no right.
pub fn operations(federation: EntryId) -> Vec<Operation> {
    let (under, document, other) = (federation, EntryId([8; 32]), EntryId([9; 32]));
    let [a, b, c, d] = keys();
    let (key, next) = (c.member(), c.member().commitment());
    let peer = || vec![0, 36, 8, 1].into();
    let cut = vec![EntryId([3; 32]), EntryId([4; 32])];
    let mut rotate = Rotate {
        membership: under,
        key: d.member(),
        next: b.member().commitment(),
        cut: cut.clone(),
        proof: [0; 64],
    };
    rotate.proof = d.sign(&rotate.statement(federation, a.member()));
    let seal = Seal { entries: 7, history: [5; 32], logs: 2, heads: [6; 32], accepted: [7; 32] };
    vec![
        Operation::Found(founding()),
        Operation::AdmitWorkshop(AdmitWorkshop {
            under,
            name: "Workshop South".into(),
            key: b.member(),
            next,
        }),
        Operation::AdmitMember(AdmitMember { under, key, next, role: Role::Maker, heads: cut.clone() }),
        Operation::RemoveMember(RemoveMember { under, key, cut: cut.clone() }),
        Operation::RemoveWorkshop(RemoveWorkshop { under, workshop: other, cut: cut.clone() }),
        Operation::GiveSteward(GiveSteward { under, workshop: other, key, next }),
        Operation::SetPolicy(SetPolicy {
            under,
            values: [("quorum".into(), 2), ("weather".into(), 0)].into(),
        }),
        Operation::Vote(Vote { under, motion: other }),
        Operation::Rotate(rotate),
        Operation::BindNode(BindNode { under, peer: peer() }),
        Operation::UnbindNode(UnbindNode { under, peer: peer() }),
        Operation::AddKeeper(AddKeeper { under, document, through: None, workshop: other }),
        Operation::DropKeeper(DropKeeper {
            under,
            document,
            through: None,
            grant: Some(other),
            cut: cut.clone(),
        }),
        Operation::Charter(Charter {
            under,
            before: federation,
            heals: vec![other],
            level: 1,
            heads: cut,
            seal: Some(Box::new(seal)),
        }),
        Operation::Endorse(Endorse { under, charter: other }),
        Operation::Redact(Redact { under, entry: other }),
        Operation::RedactByMotion(RedactByMotion { under, entry: other }),
    ]
}

fn founding() -> Found {
    let next = keys()[0].member().commitment();
    Found { name: "Federation".into(), workshop: "Workshop North".into(), next, nonce: [7; 16] }
}

/// Entries of a federation in which the makers write one after the other, every entry after its past: the
/// founding and the admissions first, then `count` more of every kind.
pub fn history(count: usize) -> Vec<Entry> {
    let [a, b, c, d] = keys();
    let mut burst = Burst::found(a, 0, 1_000);
    let under = burst.add(operation(&Operation::Found(founding()))).unwrap();
    let next = |key: &SecretKey| key.member().commitment();
    let mut memberships = vec![under];
    for admission in [
        Operation::AdmitWorkshop(AdmitWorkshop {
            under,
            name: "Workshop South".into(),
            key: b.member(),
            next: next(b),
        }),
        Operation::AdmitMember(AdmitMember {
            under,
            key: c.member(),
            next: next(c),
            role: Role::Maker,
            heads: vec![],
        }),
        Operation::AdmitMember(AdmitMember {
            under,
            key: d.member(),
            next: next(d),
            role: Role::Auditor,
            heads: vec![],
        }),
    ] {
        memberships.push(burst.add(operation(&admission)).unwrap());
    }
    let mut entries = burst.sign();
    let mut replica = Replica::new(under);
    replica.receive(entries.iter().cloned());
    let mut all = operations(under).into_iter().skip(3).cycle();
    let until = entries.len() + count;
    for turn in 0.. {
        if entries.len() >= until {
            break;
        }
        let author = turn % 4;
        let drafts = match turn % 11 {
            0 | 5 => vec![create(memberships[author], turn)],
            1 | 3 => edit(&replica, turn),
            2 => [edit(&replica, turn), edit(&replica, turn + 1)].concat(),
            4 => vec![contribution(replica.documents().next())],
            6 => vec![of_record(
                &replica,
                Kind::ATTESTATION,
                canonical::encode(&AttestationFacts::CONFIRM).unwrap(),
            )],
            7 => vec![addresses()],
            8 => vec![operation(&all.next().unwrap())],
            9 => vec![of_record(
                &replica,
                Kind::ATTESTATION,
                canonical::encode(&AttestationFacts::DISPUTE).unwrap(),
            )],
            _ => vec![decline(&replica)],
        };
        let log = u64::from(!drafts[0].kind.starts_with("operation/"));
        let mut burst = Burst::begin(&replica, &keys()[author], log, 2_000 + 1_000 * turn as u64);
        for draft in drafts {
            burst.add(draft).unwrap();
        }
        entries.extend(replica.receive(burst.sign()).fresh);
    }
    entries.truncate(until);
    entries
}

/// Entries that Maker A writes at the end of one log, all in one burst.
pub fn burst(replica: &Replica, turn: usize, len: usize) -> Vec<Entry> {
    let mut burst = Burst::begin(replica, &keys()[0], 1, 9_000);
    for n in 0..len {
        burst.add(create(replica.federation(), turn * 10 + n)).unwrap();
    }
    burst.sign()
}

fn draft(kind: &'static str, subject: Option<EntryId>, facts: Vec<u8>) -> Draft {
    Draft { kind, subject, deps: vec![], facts, personal: None }
}

fn operation(operation: &Operation) -> Draft {
    draft(operation.kind(), None, operation.to_facts().unwrap())
}

fn set(turn: usize) -> Vec<Written> {
    let to = Value::Text(format!("Pump {turn}")).into();
    vec![Edit::Set { path: Path::root(["title"]), to }.into()]
}

fn create(under: EntryId, turn: usize) -> Draft {
    let facts = CreateFacts { under, kind: "design".into(), schema: 1, edits: set(turn) };
    draft(Kind::CREATE, None, canonical::encode(&facts).unwrap())
}

/// An edit of one of the documents there are, with a personal part now and then.
fn edit(replica: &Replica, turn: usize) -> Vec<Draft> {
    let documents: Vec<EntryId> = replica.documents().collect();
    let Some(document) = documents.get(turn % documents.len().max(1)).copied() else {
        return vec![addresses()];
    };
    let facts = canonical::encode(&EditFacts { edits: set(turn) }).unwrap();
    let deps = replica.document_heads(&document);
    let deps = if deps.is_empty() { vec![document] } else { deps };
    let part = PersonalPart { nonce: [6; 16], values: vec!["Maker C".into()] };
    let personal = turn.is_multiple_of(3).then(|| canonical::encode(&part).unwrap());
    vec![Draft { deps, personal, ..draft(Kind::EDIT, Some(document), facts) }]
}

fn contribution(subject: Option<EntryId>) -> Draft {
    let facts = ContributionFacts {
        provider: Some(keys()[2].member()),
        happened: Some(Happened::At(1_700_000_000_000)),
        ..ContributionFacts::new("work", "1.5 h".parse().unwrap())
    };
    draft(Kind::CONTRIBUTION, subject, facts.encode().unwrap())
}

fn of_record(replica: &Replica, kind: &'static str, facts: Vec<u8>) -> Draft {
    match replica.records().next().map(|record| record.id) {
        Some(record) => draft(kind, Some(record), facts),
        None => contribution(None),
    }
}

fn decline(replica: &Replica) -> Draft {
    let edit = replica.held().find(|held| held.header.kind.as_str() == Kind::EDIT);
    let Some((edit, Some(document))) = edit.map(|held| (held.id, held.header.subject)) else {
        return addresses();
    };
    draft(Kind::DECLINE, Some(edit), DeclineFacts { document }.encode().unwrap())
}

fn addresses() -> Draft {
    let facts =
        Addresses { peer: vec![0, 36, 8, 1].into(), addresses: vec![vec![4, 192, 0, 2, 7, 6, 16, 5].into()] };
    draft(Kind::ADDRESSES, None, canonical::encode(&facts).unwrap())
}

/// What a session needs, in memory.
pub struct Store {
    federation: EntryId,
    entries: Vec<Entry>,
    digest: Digest,
    items: Arc<Vec<(u64, EntryId)>>,
}

impl Store {
    /// Holds these entries.
    pub fn new(federation: EntryId, entries: Vec<Entry>) -> Self {
        let digest = entries.iter().map(Entry::id).collect();
        let mut items: Vec<_> = entries.iter().map(|e| (e.header().at, e.id())).collect();
        items.sort_unstable();
        Self { federation, entries, digest, items: Arc::new(items) }
    }
}

impl Held for Store {
    fn federation(&self) -> FederationName {
        FederationName::founded(self.federation)
    }

    fn held_root(&self) -> [u8; 32] {
        self.digest.root()
    }

    fn held_items(&self) -> Arc<Vec<(u64, EntryId)>> {
        Arc::clone(&self.items)
    }

    fn held_children(&self, prefix: &[u8]) -> TreeNode {
        self.digest.children(prefix)
    }

    fn runs(&self, ids: &[EntryId], max_bytes: usize) -> Page {
        let asked = self.entries.iter().filter(|e| ids.contains(&e.id()));
        let mut room = max_bytes;
        let fit = asked.take_while(|e| room.checked_sub(e.len()).inspect(|left| room = *left).is_some());
        let fit: Vec<Entry> = fit.cloned().collect();
        Page { runs: run::encode(&fit), carried: fit.iter().map(Entry::id).collect() }
    }

    /// Says what a door would say, and keeps nothing: a session is judged by what it asks.
    fn receive(&self, runs: Vec<Vec<u8>>) -> Received {
        let mut received = Received::default();
        for run in runs {
            match run::decode(&run) {
                Ok(entries) => received.fresh.extend(entries.iter().map(Entry::id)),
                Err(error) => received.refused = Some(error.to_string()),
            }
        }
        received
    }

    fn wanted_root(&self) -> [u8; 32] {
        [0; 32]
    }

    fn file_range(&self, _: &FileHash, len: u64, from: u64, to: u64) -> Option<Vec<u8>> {
        assert!(from <= to && to <= len, "a range outside of its file reaches the store");
        None
    }
}

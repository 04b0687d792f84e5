//! Releases and their proofs, with hands that have the right and hands that have not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{AdmitMember, Found, Operation};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::canonical;
use aronde_protocol::document::draft::{DesignDraft, DraftAuthor, DraftFile};
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::release::{self, Obstacle, prepare};
use aronde_protocol::document::{DocumentEntry, authoring, schema};
use aronde_protocol::entry::{Entry, Gist, Kind};
use aronde_protocol::id::{DocumentId, EntryId, FileHash};
use aronde_protocol::key::SecretKey;
use aronde_protocol::proof::{Proof, Proven};
use aronde_protocol::record::release::ReleaseFacts;
use aronde_protocol::release_proof::{ReleaseProof, ReleaseProofError};
use aronde_protocol::replica::Replica;

struct World {
    replica: Replica,
    entries: Vec<Entry>,
    founding: EntryId,
    design: DocumentId,
    steward: SecretKey,
    auditor: SecretKey,
}

fn key(n: u8) -> SecretKey {
    SecretKey::from_seed(&[n; 32])
}

fn operation(operation: &Operation) -> Draft {
    let facts = operation.to_facts().unwrap();
    Draft { kind: operation.kind(), subject: None, deps: vec![], facts, personal: None }
}

impl World {
    /// A workshop with a steward and an auditor, and a design with a file and an author.
    fn new() -> Self {
        let (steward, auditor) = (key(1), key(2));
        let next = key(9).member().commitment();
        let found = Found { name: "Commons".into(), workshop: "Workshop North".into(), next, nonce: [0; 16] };
        let mut burst = Burst::found(&steward, 1, 1_000);
        let founding = burst.add(operation(&Operation::Found(found))).unwrap();
        let admit =
            AdmitMember { under: founding, key: auditor.member(), role: Role::Auditor, next, heads: vec![] };
        burst.add(operation(&Operation::AdmitMember(admit))).unwrap();
        let entries = burst.sign();
        let mut replica = Replica::new(founding);
        replica.receive(entries.iter().cloned());
        let draft = DesignDraft {
            title: "Press".into(),
            licence: Some("CERN-OHL-S-2.0".into()),
            version: Some("1.0.0".into()),
            authors: vec![DraftAuthor { name: "Maker A".into(), contact: None }],
            files: vec![DraftFile { path: "a.step".into(), role: None, hash: FileHash::of(b"a"), len: 1 }],
            ..DesignDraft::default()
        };
        let batches = authoring::create_design(&draft).unwrap();
        let mut world = Self { replica, entries, founding, design: founding, steward, auditor };
        let facts = canonical::encode(&batches[0].create_facts(founding, schema::DESIGN)).unwrap();
        let personal = batches[0].personal_part([7; 16]).map(|part| canonical::encode(&part).unwrap());
        let create = Draft { kind: Kind::CREATE, subject: None, deps: vec![], facts, personal };
        world.design = world.write(1, create);
        world
    }

    fn write(&mut self, who: u8, draft: Draft) -> EntryId {
        let key = key(who);
        let mut burst = Burst::begin(&self.replica, &key, 2, 2_000);
        let id = burst.add(draft).unwrap();
        let entries = burst.sign();
        let received = self.replica.receive(entries.iter().cloned());
        assert!(received.refused.is_empty(), "{received:?}");
        self.entries.extend(entries);
        id
    }

    fn document(&self) -> Document {
        let of = |entry: &&Entry| entry.id() == self.design || entry.header().kind.as_str() == Kind::EDIT;
        let entries: Vec<DocumentEntry> = self.entries.iter().filter(of).map(DocumentEntry::of).collect();
        Document::of(self.design, &entries).unwrap()
    }

    fn facts(&self) -> ReleaseFacts {
        prepare(&self.document(), self.founding, "1.0.0", |_| true).unwrap()
    }

    fn release(&mut self, who: u8, facts: &ReleaseFacts) -> EntryId {
        let facts = facts.encode().unwrap();
        self.write(
            who,
            Draft { kind: Kind::RELEASE, subject: Some(self.design), deps: vec![], facts, personal: None },
        )
    }

    fn prove(&self, release: EntryId) -> Result<ReleaseProof, ReleaseProofError> {
        ReleaseProof::of(self.founding, self.founding, release, &self.entries)
    }
}

#[test]
fn a_proof_shows_a_release_by_its_bytes_alone_and_carries_no_personal_part() {
    let mut world = World::new();
    let facts = world.facts();
    let release = world.release(1, &facts);
    let bytes = Proof::Release(world.prove(release).unwrap()).encode().unwrap();
    let Ok(Proven::Release(proven)) = Proof::decode(&bytes).unwrap().check() else { panic!("it holds") };
    assert_eq!((proven.title.as_str(), proven.version.as_str()), ("Press", "1.0.0"));
    assert_eq!(
        (proven.release, proven.document, proven.author),
        (release, world.design, world.steward.member())
    );
    assert_eq!((proven.files, proven.heads), (facts.files, facts.heads));
    assert_eq!(proven.workshop_name.as_deref(), Some("Workshop North"));
    assert_eq!(proven.rights, [release, world.founding]);
    assert!(!bytes.windows(7).any(|seven| seven == b"Maker A"), "the author's name is personal");
}

#[test]
fn no_bit_of_a_proof_can_be_changed() {
    let mut world = World::new();
    let facts = world.facts();
    let release = world.release(1, &facts);
    let proof = Proof::Release(world.prove(release).unwrap());
    let bytes = proof.encode().unwrap();
    let proven = proof.check().unwrap();
    for at in (0..bytes.len()).step_by(7) {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(Ok(other)) = Proof::decode(&changed).map(|proof| proof.check()) {
            assert_eq!(other, proven, "byte {at} says something else");
            panic!("byte {at} is not looked at");
        }
    }
}

#[test]
fn who_may_not_change_a_design_releases_nothing() {
    let mut world = World::new();
    let facts = world.facts();
    let release = world.release(2, &facts);
    let held = world.replica.get(&release).unwrap();
    assert_eq!(held.gist, Gist::Release);
    assert!(!held.verdict.counts(), "an auditor writes no record");
    assert_eq!(world.prove(release), Err(ReleaseProofError::NoRight));
    assert_eq!(held.author, world.auditor.member());
}

#[test]
fn a_release_that_says_what_the_design_does_not_is_not_proven() {
    for lie in [
        |facts: &mut ReleaseFacts| facts.licence = "MIT".into(),
        |facts: &mut ReleaseFacts| facts.files[0].hash = FileHash::of(b"b"),
        |facts: &mut ReleaseFacts| facts.files.clear(),
        |facts: &mut ReleaseFacts| facts.heads = vec![EntryId([7; 32])],
    ] {
        let mut world = World::new();
        let mut facts = world.facts();
        lie(&mut facts);
        let release = world.release(1, &facts);
        assert_eq!(world.prove(release), Err(ReleaseProofError::Disagrees));
    }
}

#[test]
fn a_proof_without_a_part_of_the_past_does_not_hold() {
    let mut world = World::new();
    let facts = world.facts();
    let release = world.release(1, &facts);
    for left_out in 0..world.entries.len() {
        let mut entries = world.entries.clone();
        entries.remove(left_out);
        let made = ReleaseProof::of(world.founding, world.founding, release, &entries);
        // The auditor's admission is in the past of what was written after it, too.
        assert!(made.is_err(), "without the entry {left_out}");
    }
}

#[test]
fn what_stands_in_the_way_of_a_release_is_all_named() {
    let world = World::new();
    let document = world.document();
    let obstacles = prepare(&document, world.founding, "one", |_| false).unwrap_err();
    assert!(
        matches!(obstacles.as_slice(), [Obstacle::Version(..), Obstacle::NotHere(files)] if files == &["a.step"])
    );
    assert_eq!(release::version("v1.2.0").unwrap().to_string(), "1.2.0");
    assert!(release::agrees(&world.facts(), &document));
}

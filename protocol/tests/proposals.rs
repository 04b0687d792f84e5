//! Which edits wait for a keeper, what comes in with them, and whom a keeper then answers for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{
    AddKeeper, AdmitMember, AdmitWorkshop, Found, Operation, RemoveMember,
};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::canonical;
use aronde_protocol::document::batch::Batch;
use aronde_protocol::document::edit::{Edit, Path};
use aronde_protocol::document::schema::DESIGN;
use aronde_protocol::document::value::Value;
use aronde_protocol::entry::Kind;
use aronde_protocol::id::{DocumentId, EntryId};
use aronde_protocol::key::{MemberKey, SecretKey};
use aronde_protocol::proposal::{self, Proposal};
use aronde_protocol::record::decline::DeclineFacts;
use aronde_protocol::replica::Replica;

/// North's steward, who founds; South's; a maker of North; a maker of South.
const NORTH: u8 = 1;
const SOUTH: u8 = 2;
const MAKER: u8 = 3;
const OTHER: u8 = 4;

fn key(n: u8) -> SecretKey {
    SecretKey::from_seed(&[n; 32])
}

fn member(n: u8) -> MemberKey {
    key(n).member()
}

fn plain(operation: &Operation) -> Draft {
    let (kind, facts) = (operation.kind(), operation.to_facts().unwrap());
    Draft { kind, subject: None, deps: vec![], facts, personal: None }
}

/// A federation of two workshops with a design that North keeps.
struct World {
    replica: Replica,
    /// Memberships, by the number of the key.
    memberships: BTreeMap<u8, EntryId>,
    design: DocumentId,
    at: u64,
}

impl World {
    fn new() -> Self {
        let founder = key(NORTH);
        let mut burst = Burst::found(&founder, 1, 1);
        let next = |n: u8| member(n + 100).commitment();
        let found =
            Found { name: "Commons".into(), workshop: "North".into(), next: next(NORTH), nonce: [1; 16] };
        let north = burst.add(plain(&Operation::Found(found))).unwrap();
        let entries = burst.sign();
        let mut world = Self {
            replica: Replica::new(north),
            memberships: BTreeMap::from([(NORTH, north)]),
            design: north,
            at: 2,
        };
        world.replica.receive(entries);
        let south =
            AdmitWorkshop { under: north, name: "South".into(), key: member(SOUTH), next: next(SOUTH) };
        let south = world.operates(NORTH, &Operation::AdmitWorkshop(south));
        world.memberships.insert(SOUTH, south);
        for (by, n) in [(NORTH, MAKER), (SOUTH, OTHER)] {
            let under = world.memberships[&by];
            let (key, next, role) = (member(n), next(n), Role::Maker);
            let admit = Operation::AdmitMember(AdmitMember { under, key, next, role, heads: vec![] });
            let membership = world.operates(by, &admit);
            world.memberships.insert(n, membership);
        }
        let facts = Batch::default().create_facts(north, DESIGN);
        let facts = canonical::encode(&facts).unwrap();
        let create = Draft { kind: Kind::CREATE, subject: None, deps: vec![], facts, personal: None };
        world.design = world.writes(NORTH, create);
        world
    }

    fn add(&mut self, author: u8, log: u64, draft: Draft) -> EntryId {
        let key = key(author);
        let mut burst = Burst::begin(&self.replica, &key, log, self.at);
        self.at += 1;
        let id = burst.add(draft).unwrap();
        assert_eq!(self.replica.receive(burst.sign()).fresh.len(), 1);
        id
    }

    fn operates(&mut self, author: u8, operation: &Operation) -> EntryId {
        self.add(author, 1, plain(operation))
    }

    fn writes(&mut self, author: u8, draft: Draft) -> EntryId {
        self.add(author, 2, draft)
    }

    /// An edit on top of these; of the design's heads when none are given.
    fn edits(&mut self, author: u8, deps: &[EntryId]) -> EntryId {
        let deps = if deps.is_empty() { self.replica.document_heads(&self.design) } else { deps.to_vec() };
        let value = Value::Text(self.at.to_string());
        let set = Edit::Set { path: Path::root(["title"]), to: value.into() };
        self.signs(author, deps, &Batch { edits: vec![set], personal: vec![] })
    }

    fn signs(&mut self, author: u8, deps: Vec<EntryId>, batch: &Batch) -> EntryId {
        let facts = canonical::encode(&batch.edit_facts()).unwrap();
        let subject = Some(self.design);
        self.writes(author, Draft { kind: Kind::EDIT, subject, deps, facts, personal: None })
    }

    /// A keeper takes a proposal in: an entry on top that changes nothing by itself.
    fn takes_in(&mut self, author: u8, head: EntryId) -> EntryId {
        let heads = self.replica.document_heads(&self.design);
        self.signs(author, heads.into_iter().chain([head]).collect(), &Batch::default())
    }

    fn removes(&mut self, by: u8, n: u8, cut: Vec<EntryId>) {
        let under = self.memberships[&by];
        let remove = RemoveMember { under, key: member(n), cut };
        self.operates(by, &Operation::RemoveMember(remove));
    }

    fn waiting(&self) -> Vec<EntryId> {
        proposal::waiting(&self.replica, &self.design).iter().map(|p| p.head.id).collect()
    }

    fn proposal(&self, head: EntryId) -> Proposal<'_> {
        proposal::of(&self.replica, &head).unwrap()
    }

    fn counts(&self, id: EntryId) -> bool {
        self.replica.get(&id).unwrap().verdict.counts()
    }
}

fn heads(edits: &Proposal<'_>) -> Vec<EntryId> {
    edits.edits.iter().map(|edit| edit.id).collect()
}

#[test]
fn a_line_of_edits_without_right_is_one_proposal_and_comes_in_whole() {
    let mut world = World::new();
    let own = world.edits(MAKER, &[]);
    assert!(world.counts(own) && world.waiting().is_empty());
    let first = world.edits(OTHER, &[]);
    let second = world.edits(OTHER, &[first]);
    let apart = world.edits(OTHER, &[own]);
    assert_eq!(world.waiting(), [second, apart]);
    let proposal = world.proposal(second);
    assert_eq!(
        (heads(&proposal), proposal.base.clone(), proposal.unknown),
        (vec![first, second], vec![own], 0)
    );
    assert_eq!(proposal.authors(), [(member(OTHER), 2)]);
    assert!(proposal.without_right().is_empty());

    let on_top = world.takes_in(MAKER, second);
    assert!([first, second, on_top].into_iter().all(|id| world.counts(id)) && !world.counts(apart));
    assert_eq!(world.waiting(), [apart]);
    assert_eq!(world.proposal(apart).unknown, 3);
    assert!(proposal::of(&world.replica, &second).is_none(), "it waits no more");
}

#[test]
fn a_name_stands_for_what_was_seen_under_it_and_not_for_what_came_on_top() {
    let mut world = World::new();
    let first = world.edits(OTHER, &[]);
    let second = world.edits(OTHER, &[first]);
    assert_eq!(heads(&world.proposal(first)), [first]);
    let further: Vec<EntryId> =
        proposal::further(&world.replica, &world.proposal(first)).iter().map(|p| p.head.id).collect();
    assert_eq!(further, [second]);
    world.takes_in(NORTH, first);
    assert!(world.counts(first) && !world.counts(second));
    assert_eq!(heads(&world.proposal(second)), [second]);
}

#[test]
fn what_others_build_on_a_proposal_does_not_hide_it_and_names_all_its_authors() {
    let mut world = World::new();
    let first = world.edits(OTHER, &[]);
    let theirs = world.edits(SOUTH, &[first]);
    assert_eq!(world.waiting(), [first, theirs]);
    let mut authors = vec![(member(SOUTH), 1), (member(OTHER), 1)];
    assert_eq!(world.proposal(theirs).authors(), authors);
    authors.remove(0);
    assert_eq!(world.proposal(first).authors(), authors);
}

#[test]
fn only_a_keeper_s_signature_on_top_takes_a_proposal_in() {
    let mut world = World::new();
    let first = world.edits(OTHER, &[]);
    let vain = world.takes_in(SOUTH, first);
    assert!(!world.counts(first) && !world.counts(vain));
    assert_eq!(world.proposal(vain).authors().len(), 2);
    let add = AddKeeper {
        under: world.memberships[&NORTH],
        document: world.design,
        through: None,
        workshop: world.memberships[&SOUTH],
    };
    world.operates(NORTH, &Operation::AddKeeper(add));
    assert!(!world.counts(vain), "it did not know the grant");
    world.takes_in(SOUTH, first);
    assert!(world.counts(first) && !world.counts(vain));
}

#[test]
fn who_takes_in_what_a_removed_member_wrote_later_answers_for_them_by_name() {
    let mut world = World::new();
    let before = world.edits(MAKER, &[]);
    world.removes(NORTH, MAKER, vec![before]);
    let after = world.edits(MAKER, &[before]);
    let honest = world.edits(OTHER, &[after]);
    assert!(world.counts(before) && !world.counts(after));
    assert_eq!(world.waiting(), [after, honest]);
    assert_eq!(world.proposal(after).without_right(), BTreeSet::from([member(MAKER)]));
    // Also when somebody else's proposal brings it along.
    assert_eq!(world.proposal(honest).without_right(), BTreeSet::from([member(MAKER)]));
    world.takes_in(NORTH, after);
    assert!(world.counts(after) && !world.counts(honest));
    assert!(world.proposal(honest).without_right().is_empty());
}

#[test]
fn a_word_against_a_proposal_is_a_keeper_s_where_it_stands() {
    let mut world = World::new();
    let proposed = world.edits(OTHER, &[]);
    let says_no = |world: &mut World, author| {
        let facts = DeclineFacts { document: world.design }.encode().unwrap();
        let (kind, subject) = (Kind::DECLINE, Some(proposed));
        let id = world.writes(author, Draft { kind, subject, deps: vec![], facts, personal: None });
        (id, world.replica.is_by_keeper(world.replica.get(&id).unwrap(), &world.design))
    };
    assert!(!says_no(&mut world, OTHER).1 && !says_no(&mut world, SOUTH).1);
    let (refusal, of_keeper) = says_no(&mut world, MAKER);
    assert!(of_keeper);
    assert!(world.counts(refusal));
    // The word of who is removed later stands as far as the cut reaches, and no further.
    world.removes(NORTH, MAKER, vec![refusal]);
    assert!(world.replica.is_by_keeper(world.replica.get(&refusal).unwrap(), &world.design));
    assert!(!says_no(&mut world, MAKER).1);
}

#[test]
fn a_document_that_does_not_count_has_no_proposals() {
    let mut world = World::new();
    let proposed = world.edits(OTHER, &[]);
    let other = Replica::new(world.memberships[&NORTH]);
    assert!(proposal::of(&other, &proposed).is_none());
    assert!(proposal::of(&world.replica, &world.design).is_none(), "nor is its first entry one");
}

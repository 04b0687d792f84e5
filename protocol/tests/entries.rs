//! Entries at the door: what is read, what is refused and by which name, and vectors by which another
//! implementation can be checked.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{AdmitMember, BindNode, Found, Operation};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::canonical::{self, CanonicalError};
use aronde_protocol::entry::{Entry, EntryError, Header, Kind, Part};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::{KeyError, SecretKey};
use aronde_protocol::replica::{Refusal, Replica};
use aronde_protocol::{limits, run};

/// 2026-01-01T00:00:00Z.
const NEW_YEAR: u64 = 1_767_225_600_000;

fn key(n: u8) -> SecretKey {
    SecretKey::from_seed(&[n; 32])
}

fn operation(operation: &Operation) -> Draft {
    Draft {
        kind: operation.kind(),
        subject: None,
        deps: vec![],
        facts: operation.to_facts().unwrap(),
        personal: None,
    }
}

fn found(n: u8) -> Operation {
    Operation::Found(Found {
        name: "Federation North".into(),
        workshop: "Workshop North".into(),
        next: key(n + 100).member().commitment(),
        nonce: [n; 16],
    })
}

fn founding(n: u8) -> Entry {
    let key = key(n);
    let mut burst = Burst::found(&key, 1, NEW_YEAR);
    burst.add(operation(&found(n))).unwrap();
    burst.sign().remove(0)
}

/// A federation with its founder and a maker, and a log of work by the maker.
struct World {
    replica: Replica,
    founding: Entry,
    admission: EntryId,
}

fn world() -> World {
    let founding = founding(1);
    let mut replica = Replica::new(founding.id());
    assert_eq!(replica.receive([founding.clone()]).fresh.len(), 1);
    let admit = Operation::AdmitMember(AdmitMember {
        under: founding.id(),
        key: key(2).member(),
        next: key(102).member().commitment(),
        role: Role::Maker,
        heads: vec![],
    });
    let founder = key(1);
    let mut burst = Burst::begin(&replica, &founder, 1, NEW_YEAR + 1);
    let admission = burst.add(operation(&admit)).unwrap();
    let entries = burst.sign();
    assert_eq!(replica.receive(entries).fresh.len(), 1);
    World { replica, founding, admission }
}

/// A first work entry of a kind that only a newer version knows, so that nothing but the envelope is judged.
fn work(world: &World, author: u8) -> Header {
    Header {
        v: 1,
        federation: Some(world.founding.id()),
        author: *key(author).member().as_bytes(),
        log: 9,
        seq: 0,
        prev: None,
        at: NEW_YEAR + 2,
        seen: vec![world.admission],
        kind: Kind::new("record/weather").unwrap(),
        subject: None,
        deps: vec![],
        facts: Part::of(b"\xa0"),
        personal: None,
    }
}

fn entry(header: Header) -> Entry {
    Entry::build(header, b"\xa0".to_vec(), None, None).unwrap()
}

fn refusal(world: &mut World, entry: Entry) -> Refusal {
    let received = world.replica.receive([entry]);
    assert!(received.fresh.is_empty(), "held, though it was to be refused");
    received.refused.first().expect("refused with a reason").1.clone()
}

/// So many records of a maker, signed as one burst.
fn weather(replica: &Replica, count: u64) -> Vec<Entry> {
    let maker = key(2);
    let mut burst = Burst::begin(replica, &maker, 9, NEW_YEAR + 2);
    for n in 0..count {
        let facts = canonical::encode(&n).unwrap();
        burst
            .add(Draft { kind: "record/weather", subject: None, deps: vec![], facts, personal: None })
            .unwrap();
    }
    burst.sign()
}

#[test]
fn a_burst_needs_one_signature_and_is_held_whole() {
    let mut world = world();
    let entries = weather(&world.replica, 5);
    assert_eq!(entries.iter().filter(|e| e.signature().is_some()).count(), 1);
    let runs = run::encode(&entries);
    assert_eq!(runs.len(), 1, "consecutive entries of one log are one run");
    let plain: usize = entries.iter().map(|e| e.len() + 64).sum();
    assert!(runs[0].len() * 2 < plain, "a run says once what repeats: {} of {plain} bytes", runs[0].len());
    let back = run::decode(&runs[0]).unwrap();
    assert_eq!(ids(&back), ids(&entries));
    assert_eq!(world.replica.receive(back).fresh.len(), 5);
}

#[test]
fn one_entry_is_taken_out_of_a_run_by_its_header_and_no_other_passes_for_it() {
    let world = world();
    let entries = weather(&world.replica, 5);
    let packed = run::Packed::read(&run::encode(&entries)[0]).unwrap();
    for (index, entry) in entries.iter().enumerate() {
        let taken = packed.entry(index, entry.author(), entry.header()).unwrap();
        assert_eq!(
            (taken.id(), taken.facts(), taken.signature()),
            (entry.id(), entry.facts(), entry.signature())
        );
    }
    let first = &entries[0];
    assert!(packed.entry(5, first.author(), first.header()).is_err(), "there are five");
    for (index, entry) in entries.iter().enumerate().skip(1).filter(|(_, e)| e.facts() != first.facts()) {
        assert!(packed.entry(index, first.author(), first.header()).is_err(), "{}", entry.id());
    }
}

fn ids(entries: &[Entry]) -> Vec<EntryId> {
    entries.iter().map(Entry::id).collect()
}

#[test]
fn an_entry_without_a_voucher_waits_and_is_held_when_it_comes() {
    let mut world = world();
    let entries = weather(&world.replica, 3);
    assert!(world.replica.receive(entries[..2].to_vec()).fresh.is_empty());
    assert_eq!(world.replica.receive(entries[2..].to_vec()).fresh.len(), 3);
}

/// The example of `docs/trust.md`.
#[test]
fn entries_before_a_refused_signer_wait_for_another_that_can_be_shown() {
    let mut world = world();
    let first = entry(work(&world, 2));
    let second = entry(Header { seq: 1, prev: Some(first.id()), ..work(&world, 2) });
    let unfit = Header {
        seq: 2,
        prev: Some(second.id()),
        kind: Kind::new(Kind::CONTRIBUTION).unwrap(),
        ..work(&world, 2)
    };
    let unfit = entry(unfit).signed(&key(2));
    let received = world.replica.receive([first.clone(), second.clone(), unfit.clone()]);
    assert_eq!(ids(&received.fresh), [], "whom could the word of a refused entry be shown to?");
    let refused: Vec<_> = received.refused.iter().map(|(id, _)| *id).collect();
    assert_eq!(refused, [unfit.id()]);

    let sound = entry(Header { seq: 2, prev: Some(second.id()), ..work(&world, 2) }).signed(&key(2));
    let received = world.replica.receive([sound.clone()]);
    assert_eq!(ids(&received.fresh), [first.id(), second.id(), sound.id()]);
}

#[test]
fn vouching_does_not_cross_a_multiple_of_the_span() {
    let world = world();
    let at_span = |seq, prev| entry(Header { seq, prev: Some(prev), ..work(&world, 2) });
    let first = at_span(limits::VOUCH_SPAN - 1, world.admission);
    let second = at_span(limits::VOUCH_SPAN, first.id());
    let third = at_span(limits::VOUCH_SPAN + 1, second.id());
    assert!(!second.vouches_for(&first));
    assert!(third.vouches_for(&second));
}

#[test]
fn an_entry_of_another_federation_is_refused() {
    let mut world = world();
    let other = Header { federation: Some(founding(3).id()), ..work(&world, 2) };
    assert_eq!(refusal(&mut world, entry(other).signed(&key(2))), Refusal::WrongFederation);
}

#[test]
fn a_bad_signature_blames_the_sender_and_not_the_entry() {
    let mut world = world();
    let honest = entry(work(&world, 2));
    let forged = honest.clone().with_signature(Some([7; 64]));
    assert_eq!(refusal(&mut world, forged), Refusal::BadSignature);
    assert_eq!(refusal(&mut world, honest.clone().signed(&key(3))), Refusal::BadSignature);
    let received = world.replica.receive([honest.signed(&key(2))]);
    assert_eq!(received.fresh.len(), 1, "the id was never to blame");
}

#[test]
fn a_weak_key_is_refused_in_headers_and_in_operations() {
    let world = world();
    let weak = {
        let mut bytes = [0; 32];
        bytes[0] = 1;
        bytes
    };
    let refused = Entry::build(Header { author: weak, ..work(&world, 2) }, b"\xa0".to_vec(), None, None);
    assert_eq!(refused.unwrap_err(), EntryError::Key(KeyError::Weak));
    let admit = Operation::AdmitMember(AdmitMember {
        under: world.founding.id(),
        key: key(2).member(),
        next: key(102).member().commitment(),
        role: Role::Maker,
        heads: vec![],
    });
    let mut facts = admit.to_facts().unwrap();
    let at = facts.windows(32).position(|w| w == key(2).member().as_bytes()).unwrap();
    facts[at..at + 32].copy_from_slice(&weak);
    let kind = Kind::new(Kind::ADMIT_MEMBER).unwrap();
    assert!(Operation::from_facts(&kind, &facts).unwrap_err().to_string().contains("weak"));
}

#[test]
fn bytes_that_are_not_canonical_are_refused() {
    let world = world();
    let honest = entry(work(&world, 2));
    let read = |header: Vec<u8>| Entry::from_parts(header, b"\xa0".to_vec(), None, None);
    assert!(read(honest.header_bytes().to_vec()).is_ok());
    let mut longer = honest.header_bytes().to_vec();
    longer.push(0);
    assert!(matches!(read(longer), Err(EntryError::Canonical { part: "header", .. })));
    // A first integer written in two bytes where one would do.
    let mut wide = honest.header_bytes().to_vec();
    let at = wide.windows(2).position(|w| w == b"\x61v").unwrap() + 2;
    wide.splice(at..=at, [0x18, 0x01]);
    assert!(matches!(read(wide), Err(EntryError::Canonical { part: "header", .. })));
    let decoded = canonical::decode::<u64>(&[0x18, 0x01]);
    assert!(matches!(decoded, Err(CanonicalError::Malformed(_) | CanonicalError::NotCanonical)));
}

#[test]
fn a_broken_log_is_refused() {
    let mut world = world();
    let first = entry(work(&world, 2)).signed(&key(2));
    assert_eq!(world.replica.receive([first.clone()]).fresh.len(), 1);
    let next = |change: &dyn Fn(&mut Header)| {
        let mut header = Header { seq: 1, prev: Some(first.id()), at: NEW_YEAR + 3, ..work(&world, 2) };
        change(&mut header);
        header
    };
    let gap = entry(next(&|h| h.seq = 2)).signed(&key(2));
    let other_log = entry(next(&|h| h.log = 10)).signed(&key(2));
    let other_author = entry(next(&|h| h.author = *key(1).member().as_bytes())).signed(&key(1));
    let good = entry(next(&|_| ())).signed(&key(2));
    for broken in [gap, other_log, other_author] {
        assert_eq!(refusal(&mut world, broken), Refusal::BrokenLog);
    }
    assert_eq!(world.replica.receive([good]).fresh.len(), 1);
    let world = self::world();
    let unfit = Entry::build(Header { seq: 1, ..work(&world, 2) }, b"\xa0".to_vec(), None, None);
    assert!(matches!(unfit, Err(EntryError::Unfit(_))));
}

#[test]
fn operations_and_work_do_not_share_a_log() {
    let mut world = world();
    let mixed = Header { log: 1, seq: 2, prev: Some(world.admission), ..work(&world, 1) };
    assert_eq!(refusal(&mut world, entry(mixed).signed(&key(1))), Refusal::MixedClasses);
    let first = entry(work(&world, 2)).signed(&key(2));
    assert_eq!(world.replica.receive([first.clone()]).fresh.len(), 1);
    let sees_work = Header { seen: vec![first.id()], log: 10, ..work(&world, 2) };
    assert_eq!(refusal(&mut world, entry(sees_work).signed(&key(2))), Refusal::MixedClasses);
}

#[test]
fn what_is_over_a_limit_is_refused() {
    let world = world();
    let build = |header: Header, facts: Vec<u8>| Entry::build(header, facts, None, None);
    let many: Vec<EntryId> = {
        let mut ids: Vec<_> = (0..=limits::SEEN_MAX).map(|n| EntryId::of(&n.to_be_bytes())).collect();
        ids.sort_unstable();
        ids
    };
    let over = |result: Result<Entry, EntryError>| matches!(result, Err(EntryError::OverLimit { .. }));
    assert!(over(build(Header { seen: many.clone(), ..work(&world, 2) }, b"\xa0".to_vec())));
    assert!(over(build(Header { deps: many, ..work(&world, 2) }, b"\xa0".to_vec())));
    assert!(over(build(Header { at: limits::AT_MAX + 1, ..work(&world, 2) }, b"\xa0".to_vec())));
    let large = vec![0; limits::FACTS_MAX + 1];
    assert!(over(build(Header { facts: Part::of(&large), ..work(&world, 2) }, large)));
    let unsorted = vec![EntryId([2; 32]), EntryId([1; 32])];
    let unsorted = build(Header { seen: unsorted, ..work(&world, 2) }, b"\xa0".to_vec());
    assert_eq!(unsorted.unwrap_err(), EntryError::Unsorted("list of heads seen"));
}

#[test]
fn a_stranger_is_refused() {
    let mut world = world();
    let stranger = entry(work(&world, 7)).signed(&key(7));
    assert_eq!(refusal(&mut world, stranger), Refusal::NotAMember);
}

#[test]
fn a_member_is_one_in_the_entry_s_own_past_only() {
    let mut world = world();
    let early = Header { seen: vec![world.founding.id()], ..work(&world, 2) };
    assert_eq!(refusal(&mut world, entry(early).signed(&key(2))), Refusal::NotAMember);
}

#[test]
fn a_missing_personal_part_is_wanted_and_not_taken_for_equal() {
    let mut world = world();
    let personal = canonical::encode(&serde_bytes::ByteBuf::from([5; 16])).unwrap();
    let header = Header { personal: Some(Part::of(&personal)), ..work(&world, 2) };
    let whole = Entry::build(header, b"\xa0".to_vec(), Some(personal), None).unwrap().signed(&key(2));
    let stripped = Entry::from_parts(
        whole.header_bytes().to_vec(),
        whole.facts().to_vec(),
        None,
        whole.signature().copied(),
    );
    assert!(world.replica.receive([stripped.unwrap()]).fresh.is_empty());
    assert_eq!(world.replica.receive([whole]).fresh.len(), 1);
}

#[test]
fn unknown_kinds_and_newer_levels_are_kept_unjudged() {
    let mut world = world();
    let unknown = entry(work(&world, 2)).signed(&key(2));
    let newer = {
        // A header of level 2 with a field that level 1 doesn't know.
        let mut fields: std::collections::BTreeMap<String, ipld_core::ipld::Ipld> =
            serde_ipld_dagcbor::from_slice(unknown.header_bytes()).unwrap();
        fields.insert("v".into(), ipld_core::ipld::Ipld::Integer(2));
        fields.insert("log".into(), ipld_core::ipld::Ipld::Integer(11));
        fields.insert("weight".into(), ipld_core::ipld::Ipld::Integer(3));
        let bytes = serde_ipld_dagcbor::to_vec(&fields).unwrap();
        Entry::from_parts(bytes, b"\xa0".to_vec(), None, None).unwrap().signed(&key(2))
    };
    let back = run::decode(&run::encode(std::slice::from_ref(&newer))[0]).unwrap();
    assert_eq!(back[0].id(), newer.id(), "its bytes travel as they are");
    let fresh = world.replica.receive([unknown, newer]).fresh;
    assert_eq!(fresh.len(), 2);
    for held in fresh {
        assert!(!world.replica.get(&held.id()).unwrap().verdict.counts());
    }
}

/// Rewritten with `ARONDE_WRITE_VECTORS=1`; otherwise what this code makes must be what is committed.
#[test]
fn the_committed_vectors_hold() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/entries.json");
    let world = world();
    let maker = key(2);
    let mut burst = Burst::begin(&world.replica, &maker, 9, NEW_YEAR + 2);
    for text in ["one", "two", "three"] {
        let facts = canonical::encode(&text).unwrap();
        let personal = canonical::encode(&serde_bytes::ByteBuf::from([5; 16])).ok();
        burst.add(Draft { kind: "record/weather", subject: None, deps: vec![], facts, personal }).unwrap();
    }
    let chained = burst.sign();
    let bind = Operation::BindNode(BindNode { under: world.founding.id(), peer: vec![0, 36, 8, 1].into() });
    let founder = key(1);
    let mut burst = Burst::begin(&world.replica, &founder, 1, NEW_YEAR + 3);
    burst.add(operation(&bind)).unwrap();
    let bound = burst.sign();
    let entries: Vec<Entry> =
        [world.founding.clone()].into_iter().chain(bound).chain(chained.clone()).collect();
    let show = |e: &Entry| {
        serde_json::json!({
            "header": e.header(),
            "header_bytes": hex::encode(e.header_bytes()),
            "facts_bytes": hex::encode(e.facts()),
            "personal_bytes": e.personal().map(hex::encode),
            "id": e.id(),
            "signature": e.signature().map(hex::encode),
            "author": e.author(),
        })
    };
    let vectors = serde_json::json!({
        "about": "Entries of rules level 1. An entry without a signature is vouched for by the next one. \
                  Seeds are the members' secret keys.",
        "seeds": { "founder": hex::encode([1u8; 32]), "maker": hex::encode([2u8; 32]) },
        "signed_bytes": "\"aronde entry 1\\0\" followed by the 32 bytes of the id",
        "entries": entries.iter().map(show).collect::<Vec<_>>(),
        "compact_run_of_the_last_three": hex::encode(&run::encode(&chained)[0]),
    });
    let text = serde_json::to_string_pretty(&vectors).unwrap() + "\n";
    if std::env::var_os("ARONDE_WRITE_VECTORS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).expect("vectors are committed"), text);
}

//! Two replicas in one process, with entries of eight bytes of time and some bytes more.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::digest::Digest;
use crate::limits::PAGE_BYTES_MAX;

#[derive(Default)]
struct Replica {
    entries: RefCell<BTreeMap<EntryId, Vec<u8>>>,
    digest: RefCell<Digest>,
    /// Answers that negentropy finds nothing, whatever is asked: sums that were forged.
    forged: bool,
    /// Claims to have what it doesn't send.
    withholds: bool,
}

impl Replica {
    fn with(entries: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let replica = Self::default();
        for entry in entries {
            replica.keep(entry);
        }
        replica
    }

    fn keep(&self, entry: Vec<u8>) -> Option<EntryId> {
        let id = EntryId::of(&entry);
        self.digest.borrow_mut().insert(id);
        self.entries.borrow_mut().insert(id, entry).is_none().then_some(id)
    }

    fn ids(&self) -> Vec<EntryId> {
        self.entries.borrow().keys().copied().collect()
    }
}

fn entry(at: u64, body: &[u8]) -> Vec<u8> {
    [at.to_be_bytes().as_slice(), body].concat()
}

fn entries(range: std::ops::Range<u64>) -> impl Iterator<Item = Vec<u8>> {
    range.map(|n| entry(1_700_000_000_000 + n * 1_000, &n.to_be_bytes()))
}

impl Held for Replica {
    fn federation(&self) -> FederationName {
        FederationName::founded(EntryId([9; 32]))
    }
    fn held_root(&self) -> [u8; 32] {
        self.digest.borrow().root()
    }
    fn held_items(&self) -> Arc<Vec<(u64, EntryId)>> {
        let mut items: Vec<_> = self
            .entries
            .borrow()
            .iter()
            .map(|(id, entry)| (u64::from_be_bytes(entry[..8].try_into().unwrap()), *id))
            .collect();
        items.sort_unstable();
        Arc::new(items)
    }
    fn held_children(&self, prefix: &[u8]) -> TreeNode {
        self.digest.borrow().children(prefix)
    }
    fn runs(&self, ids: &[EntryId], max_bytes: usize) -> Page {
        let mut page = Page::default();
        let mut left = if self.withholds { 0 } else { max_bytes };
        for id in ids {
            if let Some(entry) = self.entries.borrow().get(id).filter(|entry| entry.len() <= left) {
                left -= entry.len();
                page.runs.push(entry.clone());
                page.carried.push(*id);
            }
        }
        page
    }
    fn receive(&self, runs: Vec<Vec<u8>>) -> Received {
        let mut received = Received::default();
        for run in runs {
            let id = EntryId::of(&run);
            if run.len() < 8 {
                received.refused = Some("an entry without a time".into());
            } else if self.keep(run).is_some() {
                received.fresh.push(id);
            } else {
                received.known.push(id);
            }
        }
        received
    }
    fn wanted_root(&self) -> [u8; 32] {
        [0; 32]
    }
    fn file_range(&self, _: &FileHash, _: u64, _: u64, _: u64) -> Option<Vec<u8>> {
        None
    }
}

/// Runs a session to its end, a forger answering that nothing differs.
fn meet(asker: &Replica, other: &Replica) -> Report {
    let (mut session, mut request) = Session::open(asker).unwrap();
    loop {
        let mut bytes = answer(other, &request).bytes;
        if other.forged {
            match Response::decode(&bytes).unwrap() {
                Response::Different { root, wanted, message: Some(_) } => {
                    let message = Some(Bytes(vec![0x61]));
                    bytes = Response::Different { root, wanted, message }.encode().unwrap();
                }
                Response::Message(_) => bytes = Response::Message(Bytes(vec![0x61])).encode().unwrap(),
                _ => {}
            }
        }
        match session.step(asker, &bytes).unwrap() {
            Step::Ask(next) => request = next,
            Step::Done => return session.report().clone(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn after_a_session_both_hold_the_union(
        both in 0_u64..400, left in 0_u64..400, right in 0_u64..400, same_time: bool,
    ) {
        let at = |n: u64| if same_time { 5 } else { n };
        let make = |range: std::ops::Range<u64>| range.map(move |n| entry(at(n), &n.to_be_bytes()));
        let a = Replica::with(make(0..both).chain(make(10_000..10_000 + left)));
        let b = Replica::with(make(0..both).chain(make(20_000..20_000 + right)));
        let report = meet(&a, &b);
        prop_assert!(report.equal);
        prop_assert!(!report.walked);
        prop_assert_eq!(a.ids(), b.ids());
        prop_assert_eq!(a.ids().len() as u64, both + left + right);
        prop_assert_eq!(report.fresh as u64, right);
        prop_assert_eq!(report.pushed as u64, left);
        prop_assert!(report.round_trips <= 12, "{} round trips", report.round_trips);
    }

    #[test]
    fn no_bytes_make_either_side_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), count in 0_u64..200) {
        let held = Replica::with(entries(0..count));
        answer(&held, &bytes);
        let mut sums = vec![0x61];
        sums.extend(&bytes);
        let request = Request::Reconcile { message: Bytes(sums.clone()) }.encode().unwrap();
        answer(&held, &request);
        let (mut session, _) = Session::open(&held).unwrap();
        let _ = session.step(&held, &bytes);
        let (mut session, _) = Session::open(&held).unwrap();
        let lie = Response::Different { root: [1; 32], wanted: [0; 32], message: Some(Bytes(sums)) };
        let _ = session.step(&held, &lie.encode().unwrap());
    }
}

#[test]
fn nothing_changed_costs_one_round_trip_and_less_than_a_kilobyte_however_much_is_held() {
    for count in [0, 1, 20, 31, 32, 100, 500, 10_000, 50_000] {
        let a = Replica::with(entries(0..count));
        let b = Replica::with(entries(0..count));
        let report = meet(&a, &b);
        assert!(report.equal);
        assert_eq!(report.round_trips, 1, "with {count} entries");
        let bytes = report.sent_bytes + report.received_bytes;
        assert!(bytes < 900, "{bytes} bytes with {count} entries");
    }
}

#[test]
fn one_entry_among_ten_thousand_costs_few_rounds_and_few_bytes() {
    let a = Replica::with(entries(0..10_000));
    let b = Replica::with(entries(0..10_000).chain([entry(1_700_000_500_500, b"new")]));
    let report = meet(&a, &b);
    assert!(report.equal);
    assert!(report.round_trips <= 6, "{} round trips", report.round_trips);
    let bytes = report.sent_bytes + report.received_bytes;
    assert!(bytes < 8 * 1024, "{bytes} bytes");
}

#[test]
fn an_empty_replica_fetches_twenty_thousand_entries_in_the_order_of_their_times() {
    let a = Replica::default();
    let b = Replica::with(entries(0..20_000));
    let report = meet(&a, &b);
    assert!(report.equal);
    assert_eq!(a.ids().len(), 20_000);
    assert!(report.round_trips < 40, "{} round trips", report.round_trips);
}

#[test]
fn more_than_a_page_is_fetched_and_pushed_in_pages() {
    let big = |n: u8| entry(u64::from(n), &vec![n; 200_000]);
    let a = Replica::with((0..30).map(big));
    let b = Replica::with((100..130).map(big));
    let report = meet(&a, &b);
    assert!(report.equal);
    assert_eq!(a.ids().len(), 60);
    const { assert!(30 * 200_000 > PAGE_BYTES_MAX, "the case needs more than one page") };
}

#[test]
fn where_sums_are_forged_the_walk_of_the_tree_finds_what_differs() {
    let a = Replica::with(entries(0..3_000));
    let mut b = Replica::with(entries(5..3_010));
    b.forged = true;
    let report = meet(&a, &b);
    assert!(report.walked);
    assert!(report.equal);
    assert_eq!(a.ids(), b.ids());
}

#[test]
fn a_peer_that_withholds_what_it_claims_ends_the_session_unequal_and_soon() {
    let a = Replica::with(entries(0..200));
    let mut b = Replica::with(entries(100..400));
    b.withholds = true;
    let report = meet(&a, &b);
    assert!(!report.equal);
    assert!(report.round_trips < 30, "{} round trips", report.round_trips);
}

#[test]
fn another_federation_is_refused() {
    struct Other(Replica);
    impl Held for Other {
        fn federation(&self) -> FederationName {
            FederationName::founded(EntryId([8; 32]))
        }
        fn held_root(&self) -> [u8; 32] {
            self.0.held_root()
        }
        fn held_items(&self) -> Arc<Vec<(u64, EntryId)>> {
            self.0.held_items()
        }
        fn held_children(&self, prefix: &[u8]) -> TreeNode {
            self.0.held_children(prefix)
        }
        fn runs(&self, ids: &[EntryId], max: usize) -> Page {
            self.0.runs(ids, max)
        }
        fn receive(&self, runs: Vec<Vec<u8>>) -> Received {
            self.0.receive(runs)
        }
        fn wanted_root(&self) -> [u8; 32] {
            [0; 32]
        }
        fn file_range(&self, _: &FileHash, _: u64, _: u64, _: u64) -> Option<Vec<u8>> {
            None
        }
    }
    let a = Replica::with(entries(0..3));
    let (mut session, request) = Session::open(&a).unwrap();
    let answered = answer(&Other(Replica::default()), &request);
    assert!(matches!(session.step(&a, &answered.bytes), Err(SessionError::Refused(_))));
}

#[test]
fn items_out_of_order_are_reported_as_our_own_fault() {
    let items = Arc::new(vec![(5, EntryId([1; 32])), (5, EntryId([1; 32]))]);
    assert_eq!(sums::Sums::begin(items).unwrap_err(), SessionError::OutOfOrder);
}

#[test]
fn who_brings_the_past_that_a_liars_entry_waited_for_is_not_blamed_for_it() {
    use crate::burst::{Burst, Draft};
    use crate::entry::Kind;
    let (mut replica, key, _) = crate::replica::tests::federation();
    let draft = |kind, facts: &[u8]| Draft {
        kind,
        subject: None,
        deps: vec![],
        facts: facts.to_vec(),
        personal: None,
    };
    let mut burst = Burst::begin(&replica, &key, 9, 1);
    burst.add(draft("record/weather", b"")).unwrap();
    let sound = burst.sign();
    // Facts that are none, in a log that goes on the sound one.
    let mut header = sound[0].header().clone();
    (header.seq, header.prev) = (1, Some(sound[0].id()));
    header.kind = Kind::new(Kind::CREATE).unwrap();
    let lie = Entry::build(header, vec![], None, None).unwrap().signed(&key);

    let id = lie.id();
    let received = replica.receive([lie.clone()]);
    let from_liar = Received::of(&[id], &received, &replica);
    assert_eq!((from_liar.refused, from_liar.waiting), (None, vec![id]));
    let received = replica.receive(sound.clone());
    assert!(received.refused.iter().any(|(refused, _)| *refused == id));
    let from_honest = Received::of(&[sound[0].id()], &received, &replica);
    assert_eq!((from_honest.refused, from_honest.fresh.len()), (None, 1));

    let received = replica.receive([lie]);
    assert!(Received::of(&[id], &received, &replica).refused.is_some(), "who gives it again is");
}

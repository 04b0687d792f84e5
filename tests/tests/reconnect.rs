//! Nothing changed: a reconnect costs one small round trip, however many documents there are.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use aronde_node::network::LastSession;
use aronde_tests::bench::pair::Which;
use aronde_tests::bench::side::Side;

const PATIENCE: Duration = Duration::from_secs(60);

/// What the session costs with which two nodes that hold the same designs meet again.
fn reconnect(designs: usize) -> LastSession {
    let place = tempfile::tempdir().unwrap();
    let mut a = Side::open(&place.path().join("a"), Which::A, designs, 1).unwrap();
    let mut b = Side::open(&place.path().join("b"), Which::B, designs, 1).unwrap();
    a.create().unwrap();
    let address = a.listen().unwrap();
    b.connect(address.clone()).unwrap();
    b.wait(designs, PATIENCE).unwrap();
    a.wait(designs, PATIENCE).unwrap();
    assert_eq!(a.digest(), b.digest());
    assert_eq!(b.digest().0, designs);
    b.disconnect().unwrap();
    a.disconnect().unwrap();

    b.connect(address).unwrap();
    b.wait(designs, PATIENCE).unwrap();
    let session = b.peer().and_then(|peer| peer.last_session).expect("who dials opens a session");
    b.stop().unwrap();
    a.stop().unwrap();
    session
}

fn assert_small(designs: usize) {
    let session = reconnect(designs);
    eprintln!("{designs} documents: {} round trip, {} bytes", session.round_trips, session.bytes);
    assert_eq!((session.round_trips, session.fresh, session.pushed), (1, 0, 0), "{designs} documents");
    assert!(session.bytes <= 1_000, "{designs} documents: {} bytes", session.bytes);
}

#[test]
fn a_reconnect_at_100_documents_costs_one_round_trip_of_at_most_1000_bytes() {
    assert_small(100);
}

#[test]
fn a_reconnect_at_10_000_documents_costs_no_more() {
    assert_small(10_000);
}

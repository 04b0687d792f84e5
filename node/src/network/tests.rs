//! Two and three nodes on loopback, with a commons in memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod fake;

use std::sync::atomic::Ordering;
use std::time::Instant;

use aronde_protocol::join::{Call, JoinRefusal, JoinRequest, Reply};
use aronde_protocol::limits::{JOIN_FRAME_MAX, REQUEST_MAX, RESPONSE_MAX};
use aronde_protocol::ticket::{Offer, Ticket};
use aronde_protocol::wire::{Bytes, Text};
use libp2p::StreamProtocol;
use libp2p::request_response::{Event, Message, OutboundFailure};
use libp2p::swarm::dial_opts::DialOpts;

use super::behaviour::{build, exchange};
use super::*;
use fake::Fake;

const SOON: Duration = Duration::from_secs(15);

async fn start(fake: &Arc<Fake>) -> Network {
    start_on(fake, "/ip4/127.0.0.1/tcp/0").await
}

async fn start_on(fake: &Arc<Fake>, address: &str) -> Network {
    let config = Config { listen: vec![address.parse().unwrap()], ..Config::default() };
    Network::start(config, fake.key.clone(), Arc::clone(fake) as Arc<dyn Replicated>).await.unwrap()
}

fn address(network: &Network) -> Multiaddr {
    network.addresses()[0].clone()
}

/// Two that know each other.
fn pair() -> (Arc<Fake>, Arc<Fake>) {
    let (a, b) = (Fake::new(), Fake::new());
    a.knows(&b);
    b.knows(&a);
    (a, b)
}

fn all_know_each_other(all: &[&Arc<Fake>]) {
    for one in all {
        for other in all {
            one.knows(other);
        }
    }
}

/// Waits until something holds; the deadline is a failure, not a measure.
async fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + SOON;
    while !holds() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn connected(network: &Network, to: &Fake) -> bool {
    network.status().peers.iter().any(|peer| peer.peer_id == to.peer() && peer.connected)
}

/// Asks once, from a swarm that speaks one protocol and belongs to nobody.
async fn ask_raw(
    key: Keypair,
    at: &Multiaddr,
    protocol: StreamProtocol,
    request: Vec<u8>,
    request_max: usize,
) -> Result<Vec<u8>, OutboundFailure> {
    let mut swarm = build(key, exchange(protocol, request_max, RESPONSE_MAX, 4, &Arc::default())).unwrap();
    let peer = peer_of(at).unwrap();
    swarm.dial(DialOpts::peer_id(peer).addresses(vec![at.clone()]).build()).unwrap();
    let asked = async {
        loop {
            match swarm.select_next_some().await {
                SwarmEvent::ConnectionEstablished { .. } => {
                    swarm.behaviour_mut().send_request(&peer, request.clone());
                }
                SwarmEvent::OutgoingConnectionError { error, .. } => panic!("{error}"),
                SwarmEvent::Behaviour(Event::Message {
                    message: Message::Response { response, .. }, ..
                }) => return Ok(response),
                SwarmEvent::Behaviour(Event::OutboundFailure { error, .. }) => return Err(error),
                _ => {}
            }
        }
    };
    tokio::time::timeout(SOON, asked).await.expect("an answer or a failure in time")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_that_wrote_apart_end_with_the_union() {
    let (a, b) = pair();
    for n in 0..500_u64 {
        a.write(100 + n, b"left");
        b.write(10_000 + n, b"right");
    }
    let (left, right) = (start(&a).await, start(&b).await);
    right.dial(address(&left)).await.unwrap();
    let synced = right.sync_now(SOON).await.unwrap();
    assert_eq!(synced, Synced { equal: true, peers: 1 });
    assert_eq!(a.held_root(), b.held_root());
    assert_eq!(a.count(), 1_002);
    until("both show it", || {
        [&left, &right].iter().all(|n| n.status().peers.iter().any(|peer| peer.in_sync))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_sync_over_quic() {
    let (a, b) = pair();
    a.write(5, b"a joint");
    let left = start_on(&a, "/ip4/127.0.0.1/udp/0/quic-v1").await;
    let right = start_on(&b, "/ip4/127.0.0.1/udp/0/quic-v1").await;
    right.dial(address(&left)).await.unwrap();
    assert!(right.sync_now(SOON).await.unwrap().equal);
    assert_eq!(a.held_root(), b.held_root());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_writes_the_others_hold_soon_also_who_is_not_connected_to_it() {
    let (a, b, c) = (Fake::new(), Fake::new(), Fake::new());
    all_know_each_other(&[&a, &b, &c]);
    let (left, middle, right) = (start(&a).await, start(&b).await, start(&c).await);
    left.dial(address(&middle)).await.unwrap();
    right.dial(address(&middle)).await.unwrap();
    until("connected", || connected(&left, &b) && connected(&right, &b)).await;
    assert!(left.sync_now(SOON).await.unwrap().equal);
    for n in 0..5_u64 {
        let id = a.write(1_000 + n, b"fresh");
        left.announce(vec![id]).await.unwrap();
        let begun = Instant::now();
        until("the entry has come through the middle", || c.holds(&id)).await;
        assert!(begun.elapsed() < Duration::from_secs(10), "long before the timer's {SOON:?}");
    }
    assert!(!connected(&left, &c));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reconnect_where_nothing_changed_costs_one_round_trip_and_less_than_a_kilobyte() {
    for count in [100, 10_000_u64] {
        let (a, b) = pair();
        for n in 0..count {
            a.write(100 + n, b"same");
            b.write(100 + n, b"same");
        }
        a.knows(&a);
        let (left, right) = (start(&a).await, start(&b).await);
        right.dial(address(&left)).await.unwrap();
        let session = || right.status().peers.iter().find_map(|peer| peer.last_session);
        until("a session", || session().is_some()).await;
        let session = session().unwrap();
        assert_eq!((session.round_trips, session.fresh, session.pushed), (1, 0, 0));
        assert!(session.bytes <= 1_000, "{} bytes with {count} entries", session.bytes);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_gets_the_join_protocol_and_nothing_else() {
    let a = Fake::new();
    let node = start(&a).await;
    let at = address(&node);
    for protocol in [SESSION_PROTOCOL, FILE_PROTOCOL, StreamProtocol::new("/meshsub/1.1.0")] {
        let stranger = Keypair::generate_ed25519();
        let answer = ask_raw(stranger, &at, protocol, vec![1], REQUEST_MAX).await;
        assert!(matches!(answer, Err(OutboundFailure::UnsupportedProtocols)), "{answer:?}");
    }
    let greeting = Call::Greet(Bytes(vec![0; 32])).encode().unwrap();
    let answer = ask_raw(Keypair::generate_ed25519(), &at, JOIN_PROTOCOL, greeting, JOIN_FRAME_MAX).await;
    assert!(matches!(Reply::decode(&answer.unwrap()), Ok(Reply::Refused(_))));
    let own_key = Keypair::generate_ed25519();
    let (own, other) = (own_key.public().to_peer_id().to_bytes(), a.peer().to_bytes());
    let greeting = Call::Greet(Bytes(a.federation().greeting(&own, &other).to_vec())).encode().unwrap();
    let answer = ask_raw(own_key, &at, JOIN_PROTOCOL, greeting, JOIN_FRAME_MAX).await;
    assert_eq!(Reply::decode(&answer.unwrap()), Ok(Reply::Unknown), "who knows the name is asked for more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frame_beyond_the_limit_closes_the_connection_and_the_node_goes_on() {
    let a = Fake::new();
    let node = start(&a).await;
    let at = address(&node);
    for _ in 0..3 {
        let big = vec![0; JOIN_FRAME_MAX + 1];
        let answer = ask_raw(Keypair::generate_ed25519(), &at, JOIN_PROTOCOL, big, RESPONSE_MAX).await;
        assert!(
            matches!(answer, Err(OutboundFailure::ConnectionClosed | OutboundFailure::Io(_))),
            "{answer:?}"
        );
    }
    let call = Call::Greet(Bytes(vec![0; 32])).encode().unwrap();
    assert!(ask_raw(Keypair::generate_ed25519(), &at, JOIN_PROTOCOL, call, JOIN_FRAME_MAX).await.is_ok());
}

fn ticket(host: &Fake, network: &Network) -> Ticket {
    Ticket {
        federation: host.federation(),
        peer: Bytes(host.peer().to_bytes()),
        addresses: vec![Text::cut(&address(network).to_string())].into(),
        secret: Bytes(host.secret.clone()),
        offer: Offer::Workshop { name: Text::cut("Workshop South") },
        expires_at: 0,
    }
}

fn request(ticket: &Ticket, newcomer: &Fake) -> JoinRequest {
    // libp2p's own key serves as a member key here: both are ed25519.
    let member = Keypair::generate_ed25519().try_into_ed25519().unwrap();
    let mut request = JoinRequest {
        federation: ticket.federation,
        secret: ticket.secret.clone(),
        member: member.public().to_bytes(),
        next_key: None,
        name: Text::cut("Maker B"),
        workshop: Some(Text::cut("Workshop South")),
        signature: [0; 64],
    };
    let signed = request.signed_bytes(&newcomer.peer().to_bytes(), &ticket.peer.0).unwrap();
    request.signature = member.sign(&signed).try_into().unwrap();
    request
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_admits_once_and_a_wrong_a_used_or_an_unproven_one_is_refused_by_name() {
    let (a, b) = (Fake::new(), Fake::new());
    let host = start(&a).await;
    let ticket = ticket(&a, &host);
    let ticket: Ticket = ticket.to_text().unwrap().parse().unwrap();

    let mut wrong = ticket.clone();
    wrong.secret = Bytes(vec![8; 16]);
    let refused = join(b.key.clone(), &wrong, request(&wrong, &b), SOON).await;
    assert!(matches!(refused, Err(JoinError::Refused(JoinRefusal::Unknown))), "{refused:?}");

    let mut unproven = request(&ticket, &b);
    unproven.name = Text::cut("Maker C");
    let refused = join(b.key.clone(), &ticket, unproven, SOON).await;
    assert!(matches!(refused, Err(JoinError::Refused(JoinRefusal::NotProven))), "{refused:?}");

    let grant = join(b.key.clone(), &ticket, request(&ticket, &b), SOON).await.unwrap();
    b.receive(a.peer(), aronde_protocol::join::runs(grant.proof));

    let again = join(b.key.clone(), &ticket, request(&ticket, &b), SOON).await;
    assert!(matches!(again, Err(JoinError::Refused(JoinRefusal::Used))), "{again:?}");

    let newcomer = start(&b).await;
    a.write(50, b"held before it joined");
    newcomer.dial(address(&host)).await.unwrap();
    assert_eq!(newcomer.sync_now(SOON).await.unwrap(), Synced { equal: true, peers: 1 });
    assert_eq!(a.held_root(), b.held_root());

    host.shutdown().await;
    let gone = join(Fake::new().key.clone(), &ticket, request(&ticket, &b), Duration::from_secs(5)).await;
    assert!(matches!(gone, Err(JoinError::Unreachable(_))), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_of_one_federation_meet_whoever_of_them_knows_the_other() {
    // (b knows c, c knows b, who dials)
    for (forth, back, b_dials) in
        [(true, false, true), (true, false, false), (false, true, true), (false, false, true)]
    {
        let (b, c) = (Fake::new(), Fake::new());
        if forth {
            b.knows(&c);
        }
        if back {
            c.knows(&b);
        }
        b.write(10, b"of b");
        c.write(11, b"of c");
        let (left, right) = (start(&b).await, start(&c).await);
        let (dialer, other) = if b_dials { (&left, &right) } else { (&right, &left) };
        dialer.dial(address(other)).await.unwrap();
        let synced = dialer.sync_now(SOON).await.unwrap();
        assert_eq!(synced, Synced { equal: true, peers: 1 }, "{forth} {back} {b_dials}");
        assert_eq!(b.held_root(), c.held_root(), "{forth} {back} {b_dials}");
        assert!(b.bound_workshop(&c.peer()).is_some() && c.bound_workshop(&b.peer()).is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_is_found_by_the_address_that_it_published() {
    let (a, b, c) = (Fake::new(), Fake::new(), Fake::new());
    all_know_each_other(&[&a, &b, &c]);
    let (left, middle, right) = (start(&a).await, start(&b).await, start(&c).await);
    a.publish(&address(&left));
    left.dial(address(&middle)).await.unwrap();
    right.dial(address(&middle)).await.unwrap();
    until("the outer two found each other", || connected(&right, &a) && connected(&left, &c)).await;
    middle.shutdown().await;
    let id = c.write(99, b"with the middle gone");
    until("they go on without the middle", || a.holds(&id)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_come_from_who_has_them_and_not_from_who_lies() {
    let (a, b, c) = (Fake::new(), Fake::new(), Fake::new());
    all_know_each_other(&[&a, &b, &c]);
    let data: Vec<Vec<u8>> = (0..6_u32)
        .map(|n| {
            (0..(n * 700_000 + 5))
                .map(|i| i.wrapping_mul(2_654_435_761).wrapping_add(n).to_le_bytes()[2])
                .collect()
        })
        .collect();
    let hashes: Vec<_> = data.iter().map(|data| a.add_file(data)).collect();
    for data in &data {
        b.add_file(data);
    }
    b.lies.store(true, Ordering::SeqCst);
    let (honest, liar, wanting) = (start(&a).await, start(&b).await, start(&c).await);
    wanting.dial(address(&liar)).await.unwrap();
    until("the liar was asked", || b.lies_told.load(Ordering::SeqCst) > 0).await;
    assert!(hashes.iter().all(|hash| c.file(hash).is_none()), "nothing it sent is kept");
    wanting.dial(address(&honest)).await.unwrap();
    until("every file is whole", || hashes.iter().all(|hash| c.file(hash).is_some())).await;
    for (hash, data) in hashes.iter().zip(&data) {
        assert_eq!(c.file(hash).as_ref(), Some(data));
    }
    assert!(b.lies_told.load(Ordering::SeqCst) <= hashes.len(), "asked once for each file at most");
    let synced = wanting.sync_now(SOON).await.unwrap();
    assert_eq!(synced, Synced { equal: true, peers: 2 });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_give_yet_takes_and_compares_and_lets_what_others_ask_for_wait() {
    let (a, b) = pair();
    let of_b = b.write(5, b"known to the others meanwhile");
    let file = a.add_file(&vec![7; 40_000]);
    a.gives.store(false, Ordering::Relaxed);
    let (set_back, other) = (start(&a).await, start(&b).await);
    set_back.dial(address(&other)).await.unwrap();
    until("it has met the other", || a.holds(&of_b)).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(b.file(&file).is_none());
    a.gives.store(true, Ordering::Relaxed);
    until("what waited is given", || b.file(&file).is_some()).await;
    assert_eq!(a.held_root(), b.held_root());
    let _ = (set_back, other);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_binding_is_gone_is_disconnected_and_brings_nothing_more() {
    let (a, b) = pair();
    let (left, right) = (start(&a).await, start(&b).await);
    right.dial(address(&left)).await.unwrap();
    until("connected", || connected(&right, &a) && connected(&left, &b)).await;
    a.forget_binding(&b.peer());
    let before = a.count();
    b.write(77, b"too late");
    until("cut off", || !connected(&left, &b)).await;
    assert_eq!(a.count(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_comes_back_is_found_again_and_shutdown_is_quick() {
    let (a, b) = pair();
    let (left, right) = (start(&a).await, start(&b).await);
    let at = address(&left);
    right.dial(at.clone()).await.unwrap();
    until("connected", || connected(&right, &a)).await;
    let begun = Instant::now();
    left.shutdown().await;
    assert!(begun.elapsed() < Duration::from_secs(5));
    until("noticed", || !connected(&right, &a)).await;
    let id = a.write(7, b"while it was down");
    let port = peers::bare(at).to_string();
    let _left = start_on(&a, &port).await;
    until("back", || b.holds(&id)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_in_use_is_said_in_one_sentence() {
    let (a, b) = pair();
    for listen in ["/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/udp/0/quic-v1"] {
        let first = start_on(&a, listen).await;
        let taken = peers::bare(address(&first));
        let config = Config { listen: vec![taken.clone()], ..Config::default() };
        let second = Network::start(config, b.key.clone(), Arc::clone(&b) as Arc<dyn Replicated>).await;
        let error = second.expect_err("the port is taken").to_string();
        assert!(error.contains(&taken.to_string()) && error.contains("choose another"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn syncs_while_the_commons_changes_come_to_an_end() {
    let (a, b) = pair();
    let (left, right) = (start(&a).await, start(&b).await);
    right.dial(address(&left)).await.unwrap();
    let syncs = async {
        for n in 0..20_u64 {
            b.write(n, b"meanwhile");
            let (one, two) = tokio::join!(right.sync_now(SOON), left.sync_now(SOON));
            assert!(one.unwrap().equal && two.unwrap().equal);
        }
    };
    tokio::time::timeout(SOON * 2, syncs).await.expect("in time");
    assert_eq!(a.held_root(), b.held_root());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_with_a_peer_that_is_off_ends_when_it_was_tried() {
    let (a, b) = pair();
    let left = start(&a).await;
    let at = address(&left);
    left.shutdown().await;
    let right = start(&b).await;
    right.dial(at).await.unwrap();
    assert_eq!(right.sync_now(SOON).await.unwrap(), Synced { equal: true, peers: 0 });
}

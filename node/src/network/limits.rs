//! Limits of the network, each with its reason. They only delay or refuse service; none decides what
//! is held. libp2p's own defaults are open (no connection limit, hundreds of streams).

use std::time::Duration;

/// Established inbound connections: two for each of fifty workshops, and room for newcomers.
pub const INBOUND_MAX: u32 = 128;
/// Established outbound connections.
pub const OUTBOUND_MAX: u32 = 32;
/// Connections with one peer: both may dial at once.
pub const PER_PEER_MAX: u32 = 2;
/// Connections that are being made, in each direction.
pub const PENDING_MAX: u32 = 32;
/// Connections with peers that are not bound, so that strangers never fill what members need.
pub const STRANGERS_MAX: usize = 32;
/// Streams of one connection, all protocols together, over TCP and over QUIC.
pub const STREAMS_MAX: u16 = 64;
/// Streams of one connection that are still being negotiated.
pub const NEGOTIATING_MAX: usize = 32;
/// Session requests in flight on one connection: 8 of 4 MiB are 32 MiB.
pub const SESSION_STREAMS_MAX: usize = 8;
/// File requests in flight on one connection.
pub const FILE_STREAMS_MAX: usize = 16;
/// Join requests in flight on one connection.
pub const JOIN_STREAMS_MAX: usize = 2;
/// QUIC: unacknowledged bytes of one stream and of one connection.
pub const QUIC_WINDOW: u32 = 4 * 1024 * 1024;
/// One request and its answer; big answers come in pages.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// A connection without a stream for so long is closed.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// How often a quiet connection is tried.
pub const PING_INTERVAL: Duration = Duration::from_secs(15);
/// Sessions with each connected peer at least so often; under the idle timeout, so that members
/// stay connected.
pub const SESSION_INTERVAL: Duration = Duration::from_secs(45);
/// One session at most so long; it goes on in the next.
pub const SESSION_TIMEOUT: Duration = Duration::from_secs(600);
/// The first wait before a peer is dialled again; it doubles.
pub const REDIAL_MIN: Duration = Duration::from_millis(500);
/// The longest wait before a peer is dialled again.
pub const REDIAL_MAX: Duration = Duration::from_secs(300);
/// Dials begun in one tick: mDNS and replicated addresses can't make this node a flood.
pub const DIALS_PER_TICK: usize = 4;
/// How often timers are looked at.
pub const TICK: Duration = Duration::from_millis(200);
/// Announcements at most so often: who saves again and again costs each peer no more than 200 small
/// messages and sessions a second, and is seen at once all the same.
pub const ANNOUNCE_INTERVAL: Duration = Duration::from_millis(5);
/// How often it is looked at whether a node that starts gives by now: short beside the seconds that it may take.
pub const GIVING_PAUSE: Duration = Duration::from_millis(20);
/// Peers remembered, connected or not.
pub const PEERS_MAX: usize = 1_024;
/// Peers remembered that only mDNS has named: a local network can name any number.
pub const HINTED_PEERS_MAX: usize = 64;
/// Answers being made at once: they read the disk and check signatures.
pub const ANSWERS_MAX: usize = 8;
/// What a peer may cost at once, in bytes: a cold sync of an ordinary commons.
pub const BUDGET_BURST: u64 = 256 * 1024 * 1024;
/// What a peer may cost a second, in bytes.
pub const BUDGET_PER_SECOND: u64 = 32 * 1024 * 1024;
/// What any request costs, in bytes, whatever its size.
pub const COST_OF_REQUEST: u64 = 16 * 1024;
/// What a pushed byte costs beside being carried: it is hashed, checked and written.
pub const COST_OF_PUSHED_BYTE: u64 = 8;
/// The longest that an answer is held back before the peer is told to come again.
pub const SLOWED_MAX: Duration = Duration::from_secs(5);
/// Refusals for an exceeded budget before a peer is cut off.
pub const STRIKES_MAX: u32 = 32;
/// How long a peer that exceeded its budget is cut off.
pub const CUT_OFF: Duration = Duration::from_secs(600);
/// Provable faults (entries refused, messages that can't be read) before a peer is cut off.
pub const FAULTS_MAX: u32 = 3;
/// How long a peer with provable faults is cut off.
pub const CUT_OFF_FOR_FAULTS: Duration = Duration::from_secs(3_600);
/// Calls of the join protocol from one peer in a minute.
pub const JOIN_CALLS_PER_MINUTE: u32 = 10;
/// Calls of the join protocol from everybody in a minute.
pub const JOIN_CALLS_PER_MINUTE_ALL: u32 = 120;
/// After a stranger refused us, it is left alone for so long.
pub const STRANGER_WAIT: Duration = Duration::from_secs(600);
/// How often a home asks whose workshop waits to be admitted: some calls of the join protocol each time.
pub const WAITING: Duration = Duration::from_secs(15);
/// Pages of the authority that are asked for in one greeting.
pub const NEWS_MAX: usize = 4;
/// Files fetched at once.
pub const FILES_AT_ONCE: usize = 4;
/// Files looked for in one pass.
pub const FILES_PER_PASS: usize = 4_096;
/// How often files that nobody had are looked for again.
pub const FILES_INTERVAL: Duration = Duration::from_secs(10);
/// Remembered (peer, file) pairs where the peer served wrong bytes.
pub const LIES_MAX: usize = 10_000;
/// A graceful end of all connections at most so long.
pub const SHUTDOWN: Duration = Duration::from_secs(2);
/// A stranger that has become bound has so long to read the answer and come back as a member.
pub const STRANGER_GRACE: Duration = Duration::from_secs(2);

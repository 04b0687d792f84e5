//! The protocols of a node, and the swarm that speaks them.
//!
//! Members get identify, ping, gossip, sessions and files, behind the gate. Everybody gets *join*.
//! The order of the fields matters: limits and gate may deny a connection, and do so before a
//! behaviour that keeps state hears of it.

use std::sync::Arc;

use aronde_protocol::limits::{JOIN_FRAME_MAX, REQUEST_MAX, RESPONSE_MAX};
use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::identity::Keypair;
use libp2p::request_response::{self, ProtocolSupport};
use libp2p::swarm::NetworkBehaviour;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::{StreamProtocol, Swarm, SwarmBuilder, gossipsub, identify, mdns, noise, ping, tcp, yamux};

use super::NetworkError;
use super::frames::Frames;
use super::gate::Gate;
use super::gossip::{self, Gossip};
use super::limits::{
    FILE_STREAMS_MAX, IDLE_TIMEOUT, INBOUND_MAX, JOIN_STREAMS_MAX, NEGOTIATING_MAX, OUTBOUND_MAX,
    PENDING_MAX, PER_PEER_MAX, PING_INTERVAL, QUIC_WINDOW, REQUEST_TIMEOUT, SESSION_STREAMS_MAX, STREAMS_MAX,
};
use super::replicated::Replicated;
use super::traffic::Meter;

/// Requests and answers in frames.
pub(super) type Exchange = request_response::Behaviour<Frames>;

/// The name of the protocol of sessions.
pub const SESSION_PROTOCOL: StreamProtocol = StreamProtocol::new("/aronde/session/1");
/// The name of the protocol of files.
pub const FILE_PROTOCOL: StreamProtocol = StreamProtocol::new("/aronde/file/1");
/// The name of the protocol that everybody is answered on.
pub const JOIN_PROTOCOL: StreamProtocol = StreamProtocol::new("/aronde/join/1");

/// All protocols of a node.
#[derive(NetworkBehaviour)]
pub(super) struct Protocols {
    pub limits: connection_limits::Behaviour,
    pub members: Gate<Members>,
    pub join: Exchange,
    pub mdns: Toggle<mdns::tokio::Behaviour>,
}

/// What only members are spoken to about.
#[derive(NetworkBehaviour)]
pub(super) struct Members {
    pub identify: identify::Behaviour,
    pub ping: ping::Behaviour,
    pub gossip: Gossip,
    pub sessions: Exchange,
    pub files: Exchange,
}

/// A swarm with all protocols.
pub(super) fn swarm(
    key: Keypair,
    replicated: &Arc<dyn Replicated>,
    use_mdns: bool,
    meter: &Arc<Meter>,
) -> Result<Swarm<Protocols>, NetworkError> {
    let federation = replicated.federation();
    let peer = key.public().to_peer_id();
    let identify = identify::Config::new("aronde/1".into(), key.public())
        .with_agent_version(concat!("aronde/", env!("CARGO_PKG_VERSION")).into())
        .with_hide_listen_addrs(true)
        .with_cache_size(0);
    let members = Members {
        identify: identify::Behaviour::new(identify),
        ping: ping::Behaviour::new(ping::Config::new().with_interval(PING_INTERVAL)),
        gossip: gossip::behaviour(key.clone(), &federation)?,
        sessions: exchange(SESSION_PROTOCOL, REQUEST_MAX, RESPONSE_MAX, SESSION_STREAMS_MAX, meter),
        files: exchange(FILE_PROTOCOL, REQUEST_MAX, RESPONSE_MAX, FILE_STREAMS_MAX, meter),
    };
    let mdns = if use_mdns {
        match mdns::tokio::Behaviour::new(mdns::Config::default(), peer) {
            Ok(mdns) => Some(mdns),
            Err(error) => {
                tracing::warn!(%error, "mDNS is not available; peers on this network are not found by it");
                None
            }
        }
    } else {
        None
    };
    let protocols = Protocols {
        limits: connection_limits::Behaviour::new(limits()),
        members: Gate::new(members, Arc::clone(replicated)),
        join: exchange(JOIN_PROTOCOL, JOIN_FRAME_MAX, JOIN_FRAME_MAX, JOIN_STREAMS_MAX, meter),
        mdns: mdns.into(),
    };
    build(key, protocols)
}

/// A swarm with tcp+noise+yamux and quic, that speaks these protocols.
pub(super) fn build<B: NetworkBehaviour>(key: Keypair, protocols: B) -> Result<Swarm<B>, NetworkError> {
    let failed = |what: &dyn std::fmt::Display| NetworkError::Setup(what.to_string());
    let swarm = SwarmBuilder::with_existing_identity(key)
        .with_tokio()
        .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, streams)
        .map_err(|error| failed(&error))?
        .with_quic_config(|mut config| {
            config.max_concurrent_stream_limit = STREAMS_MAX.into();
            config.max_stream_data = QUIC_WINDOW;
            config.max_connection_data = QUIC_WINDOW;
            config
        })
        .with_behaviour(|_| protocols)
        .map_err(|error| failed(&error))?
        .with_swarm_config(|config| {
            config
                .with_idle_connection_timeout(IDLE_TIMEOUT)
                .with_max_negotiating_inbound_streams(NEGOTIATING_MAX)
        })
        .build();
    Ok(swarm)
}

/// Yamux with few streams. Its receive window grows with what is read, and frames bound that.
fn streams() -> yamux::Config {
    let mut config = yamux::Config::default();
    config.set_max_num_streams(STREAMS_MAX.into());
    config
}

fn limits() -> ConnectionLimits {
    ConnectionLimits::default()
        .with_max_pending_incoming(Some(PENDING_MAX))
        .with_max_pending_outgoing(Some(PENDING_MAX))
        .with_max_established_incoming(Some(INBOUND_MAX))
        .with_max_established_outgoing(Some(OUTBOUND_MAX))
        .with_max_established_per_peer(Some(PER_PEER_MAX))
}

/// One protocol of requests and answers.
pub(super) fn exchange(
    protocol: StreamProtocol,
    request_max: usize,
    response_max: usize,
    streams: usize,
    meter: &Arc<Meter>,
) -> Exchange {
    let config = request_response::Config::default()
        .with_request_timeout(REQUEST_TIMEOUT)
        .with_max_concurrent_streams(streams);
    let protocols = [(protocol, ProtocolSupport::Full)];
    request_response::Behaviour::with_codec(
        Frames { request_max, response_max, meter: Arc::clone(meter) },
        protocols,
        config,
    )
}

/// The gossip's events, by their short name.
pub(super) type GossipEvent = gossipsub::Event;

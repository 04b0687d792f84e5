//! The gate: only nodes bound to a workshop of our federation speak about the commons.
//!
//! It wraps the protocols of members. When a connection is established it asks, once, whether the
//! peer is bound: then the connection gets their handlers, else none, and the wrapped protocols never
//! hear of it. A connection never changes sides: a peer that becomes bound is connected to anew.
//!
//! Must stand before every behaviour that keeps state from `handle_established_*` and never denies,
//! and after the connection limits: a denial after such a behaviour would leave its state behind.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use libp2p::core::Endpoint;
use libp2p::core::transport::PortUse;
use libp2p::swarm::behaviour::{ConnectionClosed, ConnectionEstablished, FromSwarm};
use libp2p::swarm::derive_prelude::Either;
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, NetworkBehaviour, NotifyHandler, THandler, THandlerInEvent,
    THandlerOutEvent, ToSwarm, dummy,
};
use libp2p::{Multiaddr, PeerId};

use super::limits::STRANGERS_MAX;
use super::replicated::Replicated;

/// Which behaviours' handler a connection gets: the members', or one that speaks nothing.
type Side<B> = Either<THandler<B>, dummy::ConnectionHandler>;


/// The gate before the protocols `B`.
pub(super) struct Gate<B> {
    inner: B,
    replicated: Arc<dyn Replicated>,
    /// Every connection, also one not yet established, with whether it is a member's.
    sides: HashMap<ConnectionId, (PeerId, bool)>,
    /// Established connections of members: what the wrapped protocols know.
    members: HashMap<PeerId, Vec<ConnectionId>>,
}

/// Too many peers that are not bound.
#[derive(Debug, thiserror::Error)]
#[error("too many connections with nodes that are not bound to a workshop")]
struct TooManyStrangers;

impl<B> Gate<B> {
    /// A gate before these protocols.
    pub(super) fn new(inner: B, replicated: Arc<dyn Replicated>) -> Self {
        Self { inner, replicated, sides: HashMap::new(), members: HashMap::new() }
    }

    /// The protocols behind the gate.
    pub(super) fn inner_mut(&mut self) -> &mut B {
        &mut self.inner
    }

    /// Whether a connection is a member's.
    pub(super) fn is_member(&self, connection: ConnectionId) -> bool {
        self.sides.get(&connection).is_some_and(|(_, member)| *member)
    }

    /// How many connections a peer has as a member.
    pub(super) fn member_connections(&self, peer: &PeerId) -> usize {
        self.members.get(peer).map_or(0, Vec::len)
    }

    /// The connections with a peer that were made when it was a stranger.
    pub(super) fn stranger_connections(&self, peer: &PeerId) -> Vec<ConnectionId> {
        let strangers = self.sides.iter().filter(|(_, (of, member))| of == peer && !member);
        strangers.map(|(connection, _)| *connection).collect()
    }

    /// The side of a new connection.
    fn decide(&mut self, connection: ConnectionId, peer: PeerId) -> Result<bool, ConnectionDenied> {
        let member = self.replicated.bound_workshop(&peer).is_some();
        if !member && self.sides.values().filter(|(_, member)| !member).count() >= STRANGERS_MAX {
            return Err(ConnectionDenied::new(TooManyStrangers));
        }
        self.sides.insert(connection, (peer, member));
        Ok(member)
    }
}

impl<B: NetworkBehaviour> NetworkBehaviour for Gate<B> {
    type ConnectionHandler = Side<B>;
    type ToSwarm = B::ToSwarm;

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        self.inner.handle_pending_inbound_connection(connection, local, remote)
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        if !self.decide(connection, peer)? {
            return Ok(Either::Right(dummy::ConnectionHandler));
        }
        self.inner.handle_established_inbound_connection(connection, peer, local, remote).map(Either::Left)
    }

    fn handle_pending_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: Option<PeerId>,
        addresses: &[Multiaddr],
        role: Endpoint,
    ) -> Result<Vec<Multiaddr>, ConnectionDenied> {
        self.inner.handle_pending_outbound_connection(connection, peer, addresses, role)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role: Endpoint,
        port_use: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        if !self.decide(connection, peer)? {
            return Ok(Either::Right(dummy::ConnectionHandler));
        }
        self.inner
            .handle_established_outbound_connection(connection, peer, address, role, port_use)
            .map(Either::Left)
    }

    /// The wrapped protocols hear of members' connections only, and count only these.
    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionEstablished(e) => {
                if self.is_member(e.connection_id) {
                    let connections = self.members.entry(e.peer_id).or_default();
                    let other_established = connections.len();
                    connections.push(e.connection_id);
                    self.inner.on_swarm_event(FromSwarm::ConnectionEstablished(ConnectionEstablished {
                        other_established,
                        ..e
                    }));
                }
            }
            FromSwarm::ConnectionClosed(e) => {
                if let Some((_, true)) = self.sides.remove(&e.connection_id) {
                    let connections = self.members.entry(e.peer_id).or_default();
                    connections.retain(|connection| *connection != e.connection_id);
                    let remaining_established = connections.len();
                    if connections.is_empty() {
                        self.members.remove(&e.peer_id);
                    }
                    self.inner.on_swarm_event(FromSwarm::ConnectionClosed(ConnectionClosed {
                        remaining_established,
                        ..e
                    }));
                }
            }
            FromSwarm::AddressChange(e) => {
                if self.is_member(e.connection_id) {
                    self.inner.on_swarm_event(event);
                }
            }
            FromSwarm::DialFailure(e) => {
                self.sides.remove(&e.connection_id);
                self.inner.on_swarm_event(event);
            }
            FromSwarm::ListenFailure(e) => {
                self.sides.remove(&e.connection_id);
                self.inner.on_swarm_event(event);
            }
            _ => self.inner.on_swarm_event(event),
        }
    }

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        match event {
            Either::Left(event) => self.inner.on_connection_handler_event(peer, connection, event),
            Either::Right(never) => {
                let never: Infallible = never;
                match never {}
            }
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        loop {
            let Poll::Ready(command) = self.inner.poll(cx) else { return Poll::Pending };
            let command = match command {
                // "Any" connection could be a stranger's, whose handler knows no such event.
                ToSwarm::NotifyHandler { peer_id, handler: NotifyHandler::Any, event } => {
                    let connection = self.members.get(&peer_id).and_then(|all| all.first());
                    let Some(connection) = connection else { continue };
                    ToSwarm::NotifyHandler { peer_id, handler: NotifyHandler::One(*connection), event }
                }
                other => other,
            };
            return Poll::Ready(command.map_in(Either::Left));
        }
    }
}

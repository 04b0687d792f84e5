//! What a node knows of its peers: where to find them, how it stands with them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use aronde_protocol::limits::ADDRESSES_MAX;
use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};

use super::LastSession;
use super::budget::{Budget, PerMinute};
use super::limits::{HINTED_PEERS_MAX, PEERS_MAX, REDIAL_MAX, REDIAL_MIN};

/// How a peer came to be known: the stronger outlives the weaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// It connected to us.
    Met,
    /// mDNS named it.
    Hinted,
    /// Replicated addresses name it.
    Published,
    /// Our configuration, or a command, names it.
    Configured,
}

/// One peer.
#[derive(Debug)]
pub(super) struct Peer {
    pub source: Source,
    pub addresses: Vec<Multiaddr>,
    /// Connections as a member.
    pub connections: usize,
    pub dialing: bool,
    pub failures: u32,
    /// When it may be dialled again; never while cut off.
    pub next_dial: Instant,
    pub cut_off_until: Option<Instant>,
    /// A session with it is going on.
    pub in_session: bool,
    /// Another is due as soon as it ends.
    pub session_due: bool,
    /// When the next session is due; at once when never set.
    pub next_session: Option<Instant>,
    /// A session was asked for by command and has not ended well yet.
    pub sync_due: bool,
    pub last_session: Option<LastSession>,
    /// Root over held ids and hash over wanted files, as it last said.
    pub root: Option<[u8; 32]>,
    pub wanted: Option<[u8; 32]>,
    pub budget: Budget,
    pub join_calls: PerMinute,
    pub strikes: u32,
    pub faults: u32,
}

impl Peer {
    fn new(source: Source, now: Instant) -> Self {
        Self {
            source,
            addresses: Vec::new(),
            connections: 0,
            dialing: false,
            failures: 0,
            next_dial: now,
            cut_off_until: None,
            in_session: false,
            session_due: false,
            next_session: None,
            sync_due: false,
            last_session: None,
            root: None,
            wanted: None,
            budget: Budget::new(now),
            join_calls: PerMinute::new(now),
            strikes: 0,
            faults: 0,
        }
    }

    /// Waits twice as long as last time before the next dial.
    pub(super) fn dial_failed(&mut self, now: Instant) {
        self.dialing = false;
        self.failures = self.failures.saturating_add(1);
        let wait = REDIAL_MIN.saturating_mul(1 << self.failures.min(12));
        self.next_dial = now + wait.min(REDIAL_MAX);
    }

    /// Whether it is to be dialled.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.connections == 0
            && !self.dialing
            && !self.addresses.is_empty()
            && self.next_dial <= now
            && !self.is_cut_off(now)
    }

    /// Whether it is cut off for what it did.
    pub(super) fn is_cut_off(&self, now: Instant) -> bool {
        self.cut_off_until.is_some_and(|until| until > now)
    }

    /// Cuts it off for so long.
    pub(super) fn cut_off(&mut self, now: Instant, span: Duration) {
        self.cut_off_until = Some(now + span);
        self.strikes = 0;
        self.faults = 0;
    }
}

/// All peers that are known, bounded.
#[derive(Debug, Default)]
pub(super) struct Peers(HashMap<PeerId, Peer>);

impl Peers {
    /// A peer, known from now on. None when there is no room for it.
    pub(super) fn meet(&mut self, id: PeerId, source: Source, now: Instant) -> Option<&mut Peer> {
        if !self.0.contains_key(&id) {
            let hinted = self.0.values().filter(|peer| peer.source == Source::Hinted).count();
            if source == Source::Hinted && hinted >= HINTED_PEERS_MAX {
                return None;
            }
            if self.0.len() >= PEERS_MAX && !self.forget_one(now) {
                return None;
            }
        }
        let peer = self.0.entry(id).or_insert_with(|| Peer::new(source, now));
        peer.source = peer.source.max(source);
        Some(peer)
    }

    /// Adds an address of a peer, the newest first, within bounds.
    pub(super) fn learn(&mut self, id: PeerId, address: Multiaddr, source: Source, now: Instant) {
        let address = bare(address);
        if let Some(peer) = self.meet(id, source, now)
            && !peer.addresses.contains(&address)
        {
            peer.addresses.insert(0, address);
            peer.addresses.truncate(ADDRESSES_MAX);
        }
    }

    /// Forgets a peer that is not connected and of which nothing but a meeting or a hint is known.
    fn forget_one(&mut self, now: Instant) -> bool {
        let gone = self.0.iter().find(|(_, peer)| {
            peer.connections == 0 && peer.source <= Source::Hinted && !peer.is_cut_off(now)
        });
        let gone = gone.map(|(id, _)| *id);
        gone.is_some_and(|id| self.0.remove(&id).is_some())
    }

    pub(super) fn get(&self, id: &PeerId) -> Option<&Peer> {
        self.0.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &PeerId) -> Option<&mut Peer> {
        self.0.get_mut(id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&PeerId, &Peer)> {
        self.0.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (&PeerId, &mut Peer)> {
        self.0.iter_mut()
    }

    /// Peers connected as members.
    pub(super) fn connected(&self) -> Vec<PeerId> {
        self.0.iter().filter(|(_, peer)| peer.connections > 0).map(|(id, _)| *id).collect()
    }
}

/// The address without the peer's identity at its end.
pub(super) fn bare(mut address: Multiaddr) -> Multiaddr {
    if let Some(Protocol::P2p(_)) = address.iter().last() {
        address.pop();
    }
    address
}

/// The peer that an address ends in.
pub(super) fn peer_of(address: &Multiaddr) -> Option<PeerId> {
    match address.iter().last() {
        Some(Protocol::P2p(peer)) => Some(peer),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn mdns_can_name_only_so_many_peers_and_each_keeps_only_so_many_addresses() {
        let (mut peers, now) = (Peers::default(), Instant::now());
        for _ in 0..HINTED_PEERS_MAX * 2 {
            peers.learn(PeerId::random(), "/ip4/192.0.2.1/tcp/1".parse().unwrap(), Source::Hinted, now);
        }
        assert_eq!(peers.iter().count(), HINTED_PEERS_MAX);
        let peer = PeerId::random();
        for port in 1..50 {
            let address = format!("/ip4/192.0.2.1/tcp/{port}/p2p/{peer}").parse().unwrap();
            peers.learn(peer, address, Source::Published, now);
        }
        assert_eq!(peers.get(&peer).unwrap().addresses.len(), ADDRESSES_MAX);
    }

    #[test]
    fn waits_between_dials_grow_to_a_bound() {
        let now = Instant::now();
        let mut peer = Peer::new(Source::Configured, now);
        peer.dial_failed(now);
        let first = peer.next_dial;
        for _ in 0..40 {
            peer.dial_failed(now);
        }
        assert!(first < peer.next_dial);
        assert_eq!(peer.next_dial, now + REDIAL_MAX);
    }
}

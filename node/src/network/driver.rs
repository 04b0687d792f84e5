//! The driver: one task that owns the swarm and all that is known of the peers.
//!
//! It never waits for the commons: what touches the disk runs in tasks that report back through
//! [`Inward`]. Timers are looked at in ticks. One session with a peer at a time.

mod requests;
mod sessions;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use aronde_protocol::id::EntryId;
use aronde_protocol::session::{Answered, Report};
use futures::StreamExt as _;
use libp2p::multiaddr::Protocol;
use libp2p::request_response::{OutboundRequestId, ResponseChannel};
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{ConnectionId, SwarmEvent};
use libp2p::{Multiaddr, PeerId, Swarm, mdns, ping};
use tokio::sync::{Notify, Semaphore, mpsc, oneshot, watch};
use tokio::task::{JoinSet, spawn_blocking};

use super::behaviour::{MembersEvent, Protocols, ProtocolsEvent};
use super::budget::PerMinute;
use super::files::Fetcher;
use super::join::Greeting;
use super::limits::{ANSWERS_MAX, DIALS_PER_TICK, SESSION_INTERVAL, SHUTDOWN, STRANGER_WAIT, TICK, WAITING};
use super::peers::{Peers, Source, bare, peer_of};
use super::reconcile::{AskError, Asker, Lane, ReconcileError};
use super::replicated::{Replicated, wanted_root};
use super::traffic::Meter;
use super::{PeerState, Snapshot};

/// Who waits for an answer.
pub(super) type Reply = oneshot::Sender<Result<Vec<u8>, AskError>>;

/// What tasks tell the driver.
#[derive(Debug)]
pub(super) enum Inward {
    /// Send a request to a peer.
    Ask { peer: PeerId, lane: Lane, request: Vec<u8>, reply: Reply },
    /// A request was answered.
    Answered { peer: PeerId, lane: Lane, channel: ResponseChannel<Vec<u8>>, answered: Answered },
    /// A call of the join protocol was answered.
    Called { peer: PeerId, channel: ResponseChannel<Vec<u8>>, reply: Vec<u8> },
    /// A session is over.
    SessionEnded { peer: PeerId, report: Report, result: Result<(), ReconcileError> },
    /// We greeted a peer.
    Greeted { peer: PeerId, result: Result<Greeting, String> },
    /// A file is whole now.
    FilesChanged,
    /// The hash over the files wanted.
    Wanted([u8; 32]),
    /// The addresses that nodes have published.
    Published(Vec<(PeerId, Vec<Multiaddr>)>),
}

/// What the handle tells the driver.
#[derive(Debug)]
pub(super) enum Command {
    /// Remember an address of a peer and dial it.
    Dial(Multiaddr),
    /// These entries are new here.
    Announce(Vec<EntryId>),
    /// Try every known peer, with a session each.
    Sync(oneshot::Sender<()>),
    /// Close everything and end.
    Shutdown,
}

/// The driver's state. Its flags are independent of each other.
#[allow(clippy::struct_excessive_bools)]
pub(super) struct Driver {
    pub swarm: Swarm<Protocols>,
    pub replicated: Arc<dyn Replicated>,
    pub own: PeerId,
    pub peers: Peers,
    asker: Asker,
    inward: mpsc::Receiver<Inward>,
    commands: mpsc::Receiver<Command>,
    tasks: JoinSet<()>,
    answers: Arc<Semaphore>,
    waiting: HashMap<(Lane, OutboundRequestId), Reply>,
    join_calls: PerMinute,
    /// Peers being greeted.
    greeting: Vec<PeerId>,
    /// Whether this node was bound to a workshop when it was looked at last.
    bound: bool,
    connected: watch::Sender<Vec<PeerId>>,
    files: Arc<Notify>,
    snapshot: watch::Sender<Snapshot>,
    listening: Vec<Multiaddr>,
    meter: Arc<Meter>,
    /// The root that was announced last, and what is new since.
    announced: [u8; 32],
    announced_at: Option<Instant>,
    /// When what came just after an announcement is announced.
    announce_next: Option<Instant>,
    fresh: Vec<EntryId>,
    wanted: Option<[u8; 32]>,
    wanted_stale: bool,
    published_stale: bool,
    refreshing: bool,
}

impl Driver {
    /// A driver for a swarm that listens already.
    pub(super) fn new(
        swarm: Swarm<Protocols>,
        replicated: Arc<dyn Replicated>,
        commands: mpsc::Receiver<Command>,
        snapshot: watch::Sender<Snapshot>,
        listening: Vec<Multiaddr>,
        meter: Arc<Meter>,
    ) -> Self {
        let (tasks_tell, inward) = mpsc::channel(256);
        let own = *swarm.local_peer_id();
        Self {
            announced: replicated.held_root(),
            bound: replicated.bound_workshop(&own).is_some(),
            announced_at: None,
            announce_next: None,
            swarm,
            replicated,
            own,
            peers: Peers::default(),
            asker: Asker(tasks_tell),
            inward,
            commands,
            tasks: JoinSet::new(),
            answers: Arc::new(Semaphore::new(ANSWERS_MAX)),
            waiting: HashMap::new(),
            join_calls: PerMinute::new(Instant::now()),
            greeting: Vec::new(),
            connected: watch::channel(Vec::new()).0,
            files: Arc::new(Notify::new()),
            snapshot,
            listening,
            meter,
            fresh: Vec::new(),
            wanted: None,
            wanted_stale: true,
            published_stale: true,
            refreshing: false,
        }
    }

    /// Runs until it is told to end.
    pub(super) async fn run(mut self) {
        let fetcher = Fetcher {
            replicated: Arc::clone(&self.replicated),
            asker: self.asker.clone(),
            connected: self.connected.subscribe(),
            wake: Arc::clone(&self.files),
            lies: std::sync::Mutex::default(),
        };
        self.tasks.spawn(fetcher.run());
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                event = self.swarm.select_next_some() => self.on_swarm(event),
                Some(inward) = self.inward.recv() => self.on_inward(inward),
                command = self.commands.recv() => match command {
                    None | Some(Command::Shutdown) => break,
                    Some(command) => self.on_command(command),
                },
                _ = tick.tick() => self.on_tick(),
                () = until(self.announce_next) => self.changed(),
                Some(_) = self.tasks.join_next() => {}
            }
            self.show();
        }
        self.end().await;
    }

    /// Closes every connection, gracefully for a while.
    async fn end(mut self) {
        self.tasks.abort_all();
        self.waiting.clear();
        let connected: Vec<PeerId> = self.swarm.connected_peers().copied().collect();
        for peer in connected {
            let _ = self.swarm.disconnect_peer_id(peer);
        }
        let closed = async {
            while self.swarm.connected_peers().next().is_some() {
                self.swarm.select_next_some().await;
            }
        };
        let _ = tokio::time::timeout(SHUTDOWN, closed).await;
        let _ = tokio::time::timeout(SHUTDOWN, self.tasks.shutdown()).await;
    }

    fn on_swarm(&mut self, event: SwarmEvent<ProtocolsEvent>) {
        let now = Instant::now();
        match event {
            SwarmEvent::Behaviour(ProtocolsEvent::Join(event)) => self.on_exchange(Lane::Join, event),
            SwarmEvent::Behaviour(ProtocolsEvent::Members(event)) => match event {
                MembersEvent::Sessions(event) => self.on_exchange(Lane::Session, event),
                MembersEvent::Files(event) => self.on_exchange(Lane::File, event),
                MembersEvent::Gossip(event) => self.on_gossip(event),
                MembersEvent::Ping(event) => {
                    // Not supported: the peer doesn't know us as a member yet. A session finds that out.
                    if event.result.is_err_and(|error| !matches!(error, ping::Failure::Unsupported)) {
                        self.swarm.close_connection(event.connection);
                    }
                }
                MembersEvent::Identify(_) => {}
            },
            SwarmEvent::Behaviour(ProtocolsEvent::Mdns(mdns::Event::Discovered(found))) => {
                for (peer, address) in found {
                    if peer != self.own {
                        self.peers.learn(peer, address, Source::Hinted, now);
                    }
                }
            }
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.on_connected(peer_id, connection_id, endpoint.is_dialer(), now);
            }
            SwarmEvent::ConnectionClosed { peer_id, num_established, endpoint, .. } => {
                self.on_closed(peer_id, num_established, endpoint.is_dialer(), now);
            }
            SwarmEvent::NewListenAddr { address, .. } => {
                let address = address.with(Protocol::P2p(self.own));
                if !self.listening.contains(&address) {
                    self.listening.push(address);
                }
            }
            SwarmEvent::ExpiredListenAddr { address, .. } => {
                self.listening.retain(|known| bare(known.clone()) != address);
            }
            SwarmEvent::OutgoingConnectionError { peer_id: Some(peer), error, .. } => {
                tracing::debug!(%peer, %error, "a peer could not be dialled");
                if let Some(peer) = self.peers.get_mut(&peer) {
                    peer.dial_failed(now);
                }
            }
            _ => {}
        }
    }

    fn on_connected(&mut self, id: PeerId, connection: ConnectionId, dialer: bool, now: Instant) {
        let member = self.swarm.behaviour().members.is_member(connection);
        tracing::debug!(peer = %id, member, dialer, "connected");
        let Some(peer) = self.peers.meet(id, Source::Met, now) else {
            self.swarm.close_connection(connection);
            return;
        };
        if dialer {
            peer.dialing = false;
        }
        if peer.is_cut_off(now) {
            self.swarm.close_connection(connection);
        } else if member {
            peer.failures = 0;
            self.count_connections(id);
            // Who dialled opens the session; the other hears from it.
            if dialer {
                self.start_session(id);
            } else if let Some(peer) = self.peers.get_mut(&id) {
                peer.next_session = Some(now + SESSION_INTERVAL);
            }
            self.files.notify_one();
        } else if dialer {
            self.greet(id);
        }
    }

    fn on_closed(&mut self, id: PeerId, left: u32, dialer: bool, now: Instant) {
        self.count_connections(id);
        let known = self.replicated.bound_workshop(&id).is_some();
        if let Some(peer) = self.peers.get_mut(&id)
            && left == 0
        {
            peer.root = None;
            if known && peer.next_dial <= now && !dialer {
                // The other side dialled: give it the time to come back first.
                peer.next_dial = now + TICK * 5;
            }
        }
    }

    /// Counts the connections with a peer as a member, and tells who needs to know.
    fn count_connections(&mut self, id: PeerId) {
        let count = self.swarm.behaviour().members.member_connections(&id);
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.connections = count;
        }
        self.connected.send_replace(self.peers.connected());
    }

    fn on_command(&mut self, command: Command) {
        let now = Instant::now();
        match command {
            Command::Dial(address) => {
                if let Some(id) = peer_of(&address).filter(|id| *id != self.own) {
                    self.peers.learn(id, bare(address), Source::Configured, now);
                    if let Some(peer) = self.peers.get_mut(&id) {
                        peer.next_dial = now;
                        peer.failures = 0;
                    }
                    self.dial_due(now);
                }
            }
            Command::Announce(ids) => {
                self.fresh_here(&ids);
                self.changed();
            }
            Command::Sync(done) => {
                for (_, peer) in self.peers.iter_mut() {
                    peer.sync_due = true;
                    if peer.source >= Source::Published {
                        peer.next_dial = now;
                        peer.failures = 0;
                    }
                }
                for peer in self.peers.connected() {
                    self.start_session(peer);
                }
                self.wanted_stale = true;
                self.files.notify_one();
                self.dial_due(now);
                self.show();
                let _ = done.send(());
            }
            Command::Shutdown => {}
        }
    }

    fn on_tick(&mut self) {
        let now = Instant::now();
        // What a session brings is announced when it is over: of a part of it, the peer that sends it would
        // hear that we lack the rest, and send that twice.
        let bringing = self.peers.iter().any(|(_, peer)| peer.in_session);
        if !bringing && self.replicated.held_root() != self.announced {
            self.changed();
        }
        self.come_back_when_bound(now);
        self.disconnect_unbound();
        self.close_strangers(now);
        self.dial_due(now);
        self.start_due_sessions(now);
        self.refresh();
    }

    /// Dials all that are known as soon as this node is bound: who refused it before knows nothing of that, and
    /// was to be left alone for long.
    fn come_back_when_bound(&mut self, now: Instant) {
        let bound = self.replicated.bound_workshop(&self.own).is_some();
        if bound && !self.bound {
            for (_, peer) in self.peers.iter_mut() {
                peer.failures = 0;
                peer.next_dial = now;
            }
            self.published_stale = true;
        }
        self.bound = bound;
    }

    /// Disconnects members that are not bound any more.
    fn disconnect_unbound(&mut self) {
        for id in self.peers.connected() {
            if self.replicated.bound_workshop(&id).is_none() {
                tracing::info!(peer = %id, "not bound any more; disconnected");
                let _ = self.swarm.disconnect_peer_id(id);
            }
        }
    }

    /// Closes connections of strangers that have become bound and did not close them.
    fn close_strangers(&mut self, now: Instant) {
        for (id, peer) in self.peers.iter_mut() {
            if peer.close_stranger_at.is_some_and(|at| at <= now) {
                peer.close_stranger_at = None;
                for connection in self.swarm.behaviour().members.stranger_connections(id) {
                    self.swarm.close_connection(connection);
                }
            }
        }
    }

    /// Dials peers that are known, not connected and due.
    fn dial_due(&mut self, now: Instant) {
        let mut due: Vec<(PeerId, Vec<Multiaddr>)> = Vec::new();
        for (id, peer) in self.peers.iter_mut() {
            if due.len() < DIALS_PER_TICK && peer.is_due(now) && !self.greeting.contains(id) {
                peer.dialing = true;
                due.push((*id, peer.addresses.clone()));
            }
        }
        for (id, addresses) in due {
            let dial =
                DialOpts::peer_id(id).condition(PeerCondition::NotDialing).addresses(addresses).build();
            if let Err(error) = self.swarm.dial(dial) {
                tracing::debug!(peer = %id, %error, "a peer could not be dialled");
                if let Some(peer) = self.peers.get_mut(&id) {
                    peer.dial_failed(now);
                }
            }
        }
    }

    /// Greets a peer, unless that is going on.
    pub(super) fn greet(&mut self, peer: PeerId) {
        if self.greeting.contains(&peer) {
            return;
        }
        self.greeting.push(peer);
        let (replicated, own, asker) = (Arc::clone(&self.replicated), self.own, self.asker.clone());
        self.tasks.spawn(async move {
            let result = super::join::greet(replicated, own, peer, asker.clone()).await;
            let _ = asker.0.send(Inward::Greeted { peer, result }).await;
        });
    }

    fn on_greeted(&mut self, id: PeerId, result: Result<Greeting, String>) {
        let now = Instant::now();
        let bound = self.replicated.bound_workshop(&self.own).is_some();
        self.greeting.retain(|peer| *peer != id);
        let _ = self.swarm.disconnect_peer_id(id);
        let Some(peer) = self.peers.get_mut(&id) else { return };
        match result {
            Ok(Greeting::Waits) => {
                peer.failures = 0;
                peer.next_dial = now + WAITING;
            }
            // Bound while it was greeted, as nobody there knew yet.
            Ok(Greeting::Apart) if bound => peer.dial_failed(now),
            Ok(Greeting::Apart) => {
                tracing::info!(peer = %id, "this node is bound to no workshop any more; its entries were handed in");
                peer.next_dial = now + STRANGER_WAIT;
            }
            Ok(Greeting::Known) => {
                tracing::info!(peer = %id, "introduced; connecting anew");
                peer.failures = 0;
                peer.next_dial = now;
                self.published_stale = true;
            }
            Err(why) => {
                tracing::debug!(peer = %id, %why, "a peer does not know us");
                peer.dial_failed(now);
                if peer.source <= Source::Hinted {
                    peer.next_dial = now + STRANGER_WAIT;
                }
            }
        }
    }

    /// Looks up, in a task, what needs the disk and may have changed.
    fn refresh(&mut self) {
        if self.refreshing || !(self.wanted_stale || self.published_stale) {
            return;
        }
        self.refreshing = true;
        let published = std::mem::take(&mut self.published_stale);
        self.wanted_stale = false;
        let (replicated, tell) = (Arc::clone(&self.replicated), self.asker.0.clone());
        self.tasks.spawn(async move {
            let looked = spawn_blocking(move || {
                let addresses = if published { replicated.addresses() } else { Vec::new() };
                (addresses, wanted_root(replicated.as_ref()))
            });
            if let Ok((addresses, wanted)) = looked.await {
                let _ = tell.send(Inward::Published(addresses)).await;
                let _ = tell.send(Inward::Wanted(wanted)).await;
            }
        });
    }

    fn on_inward(&mut self, inward: Inward) {
        let now = Instant::now();
        match inward {
            Inward::Ask { peer, lane, request, reply } => self.ask(peer, lane, request, reply),
            Inward::Answered { peer, lane, channel, answered } => {
                self.on_answered(peer, lane, channel, answered);
            }
            Inward::Called { peer, channel, reply } => self.on_called(peer, channel, reply),
            Inward::SessionEnded { peer, report, result } => self.on_session_ended(peer, report, result),
            Inward::Greeted { peer, result } => self.on_greeted(peer, result),
            Inward::FilesChanged => {
                self.wanted_stale = true;
                self.refresh();
            }
            Inward::Wanted(wanted) => {
                self.refreshing = false;
                if self.wanted.replace(wanted) != Some(wanted) {
                    self.start_sessions_with_others();
                }
            }
            Inward::Published(nodes) => {
                for (peer, addresses) in nodes {
                    if peer != self.own && self.replicated.bound_workshop(&peer).is_some() {
                        for address in addresses.into_iter().rev() {
                            self.peers.learn(peer, address, Source::Published, now);
                        }
                    }
                }
            }
        }
    }

    /// Publishes what the handle shows.
    fn show(&mut self) {
        let (root, now) = (self.replicated.held_root(), Instant::now());
        let mut peers = Vec::new();
        // What came and was not announced yet may name files: which are wanted is not known before.
        let mut busy = self.wanted_stale || self.refreshing || root != self.announced;
        // For entries alone: where peers are reached must be known, and then one of them met.
        let (mut exchanging, mut dialling, mut met) = (self.published_stale || self.refreshing, false, false);
        for (id, peer) in self.peers.iter() {
            let workshop = self.replicated.bound_workshop(id);
            let connected = peer.connections > 0;
            let in_sync = connected && peer.root == Some(root) && peer.wanted == self.wanted;
            let dialled = peer.source >= Source::Published;
            let (talking, due) =
                (peer.in_session || self.greeting.contains(id), peer.dialing || peer.is_due(now));
            busy |= talking || dialled && due;
            busy |= connected && (peer.sync_due || !in_sync);
            exchanging |= talking || connected && (peer.sync_due || peer.root != Some(root));
            dialling |= dialled && due;
            met |= connected;
            if workshop.is_some() || connected {
                let last_session = peer.last_session;
                peers.push(PeerState { peer_id: *id, workshop, connected, in_sync, last_session });
            }
        }
        peers.sort_unstable_by_key(|peer| peer.peer_id);
        let shown = Snapshot {
            listening: self.listening.clone(),
            peers,
            settled: !busy,
            met: !exchanging && (met || !dialling),
        };
        self.snapshot.send_if_modified(|before| {
            let changed = *before != shown;
            *before = shown;
            changed
        });
    }
}

/// Ends at an instant; never, where there is none.
async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

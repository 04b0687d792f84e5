//! The network of a node: finds peers, lets in who is bound, and keeps entries and files equal.
//!
//! Goals: a node talks commons only with nodes bound to a workshop of its federation, known when the
//! connection is made; two that meet come to hold the same; nothing changed costs one small round
//! trip; nothing that a peer sends, however much, makes the node stop or grow without bound.
//!
//! Non-goals here: what an entry means and who may write it (the commons decides, behind
//! [`Replicated`]); relays and hole punching (later).
//!
//! Invariants: every frame's length is checked before it is read; whatever may touch the disk runs on
//! blocking threads; gossip and mDNS are hints, which lead to a session or a dial and to nothing else.

mod behaviour;
mod budget;
mod driver;
mod files;
mod frames;
mod gate;
mod gossip;
mod join;
pub mod limits;
mod peers;
mod reconcile;
mod replicated;
mod traffic;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use aronde_protocol::id::{EntryId, WorkshopId};
use futures::StreamExt as _;
use libp2p::identity::Keypair;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::SwarmEvent;
use libp2p::{Multiaddr, PeerId, Swarm};
use socket2::{Domain, Socket, Type};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

pub use behaviour::{FILE_PROTOCOL, JOIN_PROTOCOL, SESSION_PROTOCOL};
pub use frames::read_frame;
pub use gossip::Announcement;
pub use join::{JoinError, join};
pub use replicated::{FileFault, Replicated};
pub use traffic::Traffic;

use driver::{Command, Driver};
use peers::peer_of;
use traffic::Meter;

/// How a node takes part.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Addresses to listen on. Port 0 takes any free port.
    pub listen: Vec<Multiaddr>,
    /// Addresses of peers to stay connected with; each ends in `/p2p/` and the peer's identity.
    pub peers: Vec<Multiaddr>,
    /// Whether peers on the local network are looked for by mDNS.
    pub mdns: bool,
}

/// Why the network does not run.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// An address can't be listened on.
    #[error(
        "{address} can't be listened on ({why}); choose another address or port, or end the program that uses it"
    )]
    Listen {
        /// The address.
        address: Multiaddr,
        /// What the system says.
        why: String,
    },
    /// An address does not say whose it is.
    #[error("the address {0} does not end in /p2p/ and the identity of the peer")]
    NoPeer(Multiaddr),
    /// The protocols could not be set up.
    #[error("the network could not be set up: {0}")]
    Setup(String),
    /// The network has ended.
    #[error("the network of this node has ended")]
    Ended,
}

/// How it stands with one peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerState {
    /// Its node.
    pub peer_id: PeerId,
    /// The workshop it is bound to.
    pub workshop: Option<WorkshopId>,
    /// Connected, and both know the other as bound as far as we know.
    pub connected: bool,
    /// Entries and wanted files are equal, as it last said.
    pub in_sync: bool,
    /// What the last session that we opened did.
    pub last_session: Option<LastSession>,
}

/// What a session cost and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastSession {
    /// Requests sent, each answered.
    pub round_trips: usize,
    /// Bytes of requests and answers, before transport and encryption.
    pub bytes: usize,
    /// Entries received that were not held.
    pub fresh: usize,
    /// Entries sent that the peer did not hold.
    pub pushed: usize,
}

/// How it stands with all peers that are bound or connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// This node.
    pub peer_id: PeerId,
    /// Where it listens, each address ending in its identity.
    pub listening: Vec<Multiaddr>,
    /// The peers, by identity.
    pub peers: Vec<PeerState>,
}

/// How a sync ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synced {
    /// Entries and files are equal with every peer that can be reached.
    pub equal: bool,
    /// How many peers are connected.
    pub peers: usize,
}

/// What the driver shows: the peers, and whether everything that can be done has been done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Snapshot {
    listening: Vec<Multiaddr>,
    peers: Vec<PeerState>,
    settled: bool,
    /// As `settled`, for entries alone.
    met: bool,
}

/// A running network. Dropping it ends it too; [`Network::shutdown`] also waits for the end.
#[derive(Debug)]
pub struct Network {
    peer_id: PeerId,
    commands: mpsc::Sender<Command>,
    snapshot: watch::Receiver<Snapshot>,
    meter: Arc<Meter>,
    driver: JoinHandle<()>,
}

impl Network {
    /// Listens, and runs until it is shut down.
    ///
    /// # Errors
    /// An address can't be listened on, or a peer's address does not name the peer.
    pub async fn start(
        config: Config,
        key: Keypair,
        replicated: Arc<dyn Replicated>,
    ) -> Result<Self, NetworkError> {
        if let Some(address) = config.peers.iter().find(|address| peer_of(address).is_none()) {
            return Err(NetworkError::NoPeer(address.clone()));
        }
        let meter = Arc::new(Meter::default());
        let mut swarm = behaviour::swarm(key, &replicated, config.mdns, &meter)?;
        let peer_id = *swarm.local_peer_id();
        let listening = listen(&mut swarm, &config.listen).await?;
        let (commands, orders) = mpsc::channel(64);
        let shown = Snapshot { listening: listening.clone(), ..Snapshot::default() };
        let (show, snapshot) = watch::channel(shown);
        let driver =
            tokio::spawn(Driver::new(swarm, replicated, orders, show, listening, Arc::clone(&meter)).run());
        let network = Self { peer_id, commands, snapshot, meter, driver };
        for address in config.peers {
            network.dial(address).await?;
        }
        Ok(network)
    }

    /// Where it listens, each address ending in this node's identity.
    pub fn addresses(&self) -> Vec<Multiaddr> {
        self.snapshot.borrow().listening.clone()
    }

    /// How it stands with the peers.
    pub fn status(&self) -> Status {
        self.shown(&self.snapshot.borrow())
    }

    fn shown(&self, snapshot: &Snapshot) -> Status {
        let Snapshot { listening, peers, .. } = snapshot.clone();
        Status { peer_id: self.peer_id, listening, peers }
    }

    /// Waits until it stands with the peers as `wanted` says, and says whether it came to that in time.
    ///
    /// # Errors
    /// The network has ended.
    pub async fn wait_until(
        &self,
        timeout: Duration,
        mut wanted: impl FnMut(&Status) -> bool,
    ) -> Result<bool, NetworkError> {
        let mut snapshot = self.snapshot.clone();
        let waiting = async { snapshot.wait_for(|shown| wanted(&self.shown(shown))).await.map(drop) };
        match tokio::time::timeout(timeout, waiting).await {
            Ok(Ok(())) => Ok(true),
            Ok(Err(_)) => Err(NetworkError::Ended),
            Err(_) => Ok(false),
        }
    }

    /// What was sent and received since the start.
    pub fn traffic(&self) -> Traffic {
        self.meter.read()
    }

    /// Remembers an address of a peer and dials it, now and whenever it is not connected.
    ///
    /// # Errors
    /// The address does not name the peer, or the network has ended.
    pub async fn dial(&self, address: Multiaddr) -> Result<(), NetworkError> {
        if peer_of(&address).is_none() {
            return Err(NetworkError::NoPeer(address));
        }
        self.tell(Command::Dial(address)).await
    }

    /// Says that these entries are new here, so that peers hear of them at once. What is not said is
    /// noticed within a fraction of a second all the same.
    ///
    /// # Errors
    /// The network has ended.
    pub async fn announce(&self, ids: Vec<EntryId>) -> Result<(), NetworkError> {
        self.tell(Command::Announce(ids)).await
    }

    /// Tries every known peer, and waits until entries and files are equal with every one that can be
    /// reached, or until the timeout.
    ///
    /// # Errors
    /// The network has ended.
    pub async fn sync_now(&self, timeout: Duration) -> Result<Synced, NetworkError> {
        self.sync_until(|shown| shown.settled, timeout).await
    }

    /// As [`Network::sync_now`], but for entries alone: files may still be on their way. With a peer that
    /// has been met, those that don't answer are not waited for.
    ///
    /// # Errors
    /// The network has ended.
    pub async fn meet(&self, timeout: Duration) -> Result<Synced, NetworkError> {
        self.sync_until(|shown| shown.met, timeout).await
    }

    async fn sync_until(
        &self,
        done: impl Fn(&Snapshot) -> bool,
        timeout: Duration,
    ) -> Result<Synced, NetworkError> {
        let (tell, begun) = oneshot::channel();
        self.tell(Command::Sync(tell)).await?;
        begun.await.map_err(|_| NetworkError::Ended)?;
        let mut snapshot = self.snapshot.clone();
        // What is waited for is a read lock: dropped at once, or the next borrow could wait for ever
        // behind the driver's write.
        let settled = async { snapshot.wait_for(|shown| done(shown)).await.map(drop) };
        let equal = match tokio::time::timeout(timeout, settled).await {
            Ok(Ok(())) => true,
            Ok(Err(_)) => return Err(NetworkError::Ended),
            Err(_) => false,
        };
        let peers = self.snapshot.borrow().peers.iter().filter(|peer| peer.connected).count();
        Ok(Synced { equal, peers })
    }

    /// Closes every connection and ends, within a few seconds.
    pub async fn shutdown(self) {
        let _ = self.commands.send(Command::Shutdown).await;
        let _ = self.driver.await;
    }

    async fn tell(&self, command: Command) -> Result<(), NetworkError> {
        self.commands.send(command).await.map_err(|_| NetworkError::Ended)
    }
}

/// Listens on every address, and waits until the system says where.
async fn listen(
    swarm: &mut Swarm<behaviour::Protocols>,
    addresses: &[Multiaddr],
) -> Result<Vec<Multiaddr>, NetworkError> {
    let own = *swarm.local_peer_id();
    let mut listening = Vec::new();
    for address in addresses {
        let failed = |why: String| NetworkError::Listen { address: address.clone(), why };
        if let Err(error) = port_is_free(address) {
            if is_any_ipv6(address) && error.kind() != std::io::ErrorKind::AddrInUse {
                tracing::info!(%address, %error, "this machine has no IPv6; the node goes on without it");
                continue;
            }
            return Err(failed(error.to_string()));
        }
        let id = swarm.listen_on(address.clone()).map_err(|error| failed(error.to_string()))?;
        let heard = async {
            loop {
                match swarm.select_next_some().await {
                    SwarmEvent::NewListenAddr { listener_id, address } if listener_id == id => {
                        return Ok(address);
                    }
                    SwarmEvent::ListenerError { listener_id, error } if listener_id == id => {
                        return Err(error.to_string());
                    }
                    SwarmEvent::ListenerClosed { listener_id, .. } if listener_id == id => {
                        return Err("the listener was closed".to_owned());
                    }
                    SwarmEvent::NewListenAddr { address, .. } => {
                        listening.push(address.with(Protocol::P2p(own)));
                    }
                    _ => {}
                }
            }
        };
        let heard = tokio::time::timeout(Duration::from_secs(5), heard).await;
        let heard = heard.unwrap_or_else(|_| Err("no answer from the system".to_owned())).map_err(failed)?;
        listening.push(heard.with(Protocol::P2p(own)));
    }
    Ok(listening)
}

/// libp2p shares a TCP port with another process of the same user (`SO_REUSEPORT`), so a port in use
/// would go unnoticed, and half the connections with it. As libp2p does, an IPv6 address is taken for
/// IPv6 alone.
fn port_is_free(address: &Multiaddr) -> std::io::Result<()> {
    let mut parts = address.iter();
    let ip = match parts.next() {
        Some(Protocol::Ip4(ip)) => IpAddr::V4(ip),
        Some(Protocol::Ip6(ip)) => IpAddr::V6(ip),
        _ => return Ok(()),
    };
    let (port, kind) = match parts.next() {
        Some(Protocol::Tcp(port)) => (port, Type::STREAM),
        Some(Protocol::Udp(port)) => (port, Type::DGRAM),
        _ => return Ok(()),
    };
    let address = SocketAddr::new(ip, port);
    let socket = Socket::new(Domain::for_address(address), kind, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    if kind == Type::STREAM {
        socket.set_reuse_address(true)?;
    }
    socket.bind(&address.into())?;
    if kind == Type::STREAM { socket.listen(1) } else { Ok(()) }
}

fn is_any_ipv6(address: &Multiaddr) -> bool {
    matches!(address.iter().next(), Some(Protocol::Ip6(ip)) if ip.is_unspecified())
}

#[cfg(test)]
mod tests;

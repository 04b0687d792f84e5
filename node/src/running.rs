//! A node that runs: the commons of a home, its network and, if wanted, its local interface, on a runtime
//! of their own.
//!
//! Starting blocks until it can be reached; stopping until nothing of it is left, within five seconds.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use libp2p::Multiaddr;
use tokio::runtime::Runtime;

use crate::api::{
    Answer, Passphrase, Request, Service, ServiceError, Signer, Status, StatusAnswer, Sync, Synced,
};
use crate::commons::status::Tally;
use crate::commons::{Commons, Online};
use crate::home::{Home, HomeError};
use crate::http::{self, HttpServer};
use crate::network::{self, Network, NetworkError};
use crate::node_key;

mod ending;

pub(crate) use ending::Ending;

/// How long what still runs may go on when a node stops.
const GRACE: Duration = Duration::from_secs(1);

/// How long a node that starts looks for a peer before it writes. A handshake takes less wherever work
/// together makes sense; longer would keep whoever is alone from their work.
const MEETING: Duration = Duration::from_secs(3);
/// The same for a home that is not where it was: it may have lost much, and this happens once.
const MEETING_WHEN_MOVED: Duration = Duration::from_secs(10);
/// How often a node looks whether there is something to do by itself.
const TENDING: Duration = Duration::from_secs(1);

/// How a node runs.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where it listens for peers.
    pub listen: Vec<Multiaddr>,
    /// Where its local interface listens; none, when absent.
    pub http: Option<SocketAddr>,
    /// Whether it looks for peers on the local network.
    pub mdns: bool,
    /// Peers that it dials besides those that published where they are reached.
    pub peers: Vec<Multiaddr>,
    /// Opens the member's key.
    pub passphrase: Option<Passphrase>,
    /// Whether it can't run without the member's key: it admits newcomers and says where it is reached.
    pub needs_key: bool,
    /// Whether signals that end a process end the node, for [`Running::until_told`].
    pub heeds_signals: bool,
}

/// See the module.
pub struct Running {
    runtime: Runtime,
    commons: Arc<Commons>,
    network: Arc<Network>,
    http: Option<HttpServer>,
    /// Peers that it had met when it began to write.
    met: usize,
    /// What came and went until then.
    meeting: Tally,
    ending: Option<Ending>,
    tending: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Starts the node of a home. It exchanges entries with a peer before it writes anything of its own, as
    /// long as one is likely to answer; meanwhile it answers what needs no writing.
    ///
    /// # Errors
    /// The home is in use, the passphrase is wrong, or a port is taken.
    pub fn start(home: &Home, options: Options) -> Result<Self, ServiceError> {
        let commons = Arc::new(Commons::open(home)?);
        let held_back = commons.hold_back();
        match commons.unlock(options.passphrase.as_ref()) {
            Err(error) if options.needs_key => return Err(error),
            _ => {}
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(ServiceError::internal)?;
        let ending = options.heeds_signals.then(|| runtime.block_on(async { Ending::listen() }));
        let mut ending = ending.transpose().map_err(ServiceError::internal)?;
        let key = node_key::read(&home.node_key()).map_err(HomeError::from)?;
        let config = network::Config {
            listen: options.listen,
            mdns: options.mdns,
            peers: options.peers.into_iter().filter(names_peer).collect(),
        };
        let (network, http) = runtime.block_on(async {
            let replicated: Arc<dyn network::Replicated> = commons.clone();
            let network = Network::start(config, key, replicated).await.map_err(|error| refused(&error))?;
            let service: Arc<dyn Service> = commons.clone();
            let http = match options.http {
                Some(address) => match http::serve(home, address, service).await {
                    Ok(http) => Some(http),
                    Err(error) => {
                        network.shutdown().await;
                        return Err(error);
                    }
                },
                None => None,
            };
            Ok::<_, ServiceError>((Arc::new(network), http))
        })?;
        let address = http.as_ref().map(HttpServer::address);
        commons.set_online(Some(Online {
            network: Arc::clone(&network),
            runtime: runtime.handle().clone(),
            http: address,
        }));
        commons.tell(address.map(|a| a.to_string()).as_deref())?;
        let patience = if commons.recalled().moved { MEETING_WHEN_MOVED } else { MEETING };
        let before = commons.tally();
        let met = runtime.block_on(async {
            let told = async {
                match &mut ending {
                    Some(ending) => ending.told().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                met = network.meet(patience) => met.map(|met| Some(met.peers)),
                () = told => Ok(None),
            }
        });
        let meeting = commons.tally().since(before);
        drop(held_back);
        let met = met.map_err(ServiceError::internal)?;
        if met.is_none() {
            ending = None;
        }
        let tending = runtime.spawn(tend(Arc::clone(&commons)));
        let met = met.unwrap_or_default();
        let running = Self { runtime, commons, network, http, met, meeting, ending, tending };
        running.commons.publish_addresses(running.network.addresses())?;
        Ok(running)
    }

    /// The commons that it runs on.
    pub fn commons(&self) -> &Arc<Commons> {
        &self.commons
    }

    /// What its owner should know of a home that is not where it was. What such a home had lost and has again
    /// is among the warnings of `status`.
    pub fn moved(&self) -> Option<&'static str> {
        match (self.commons.recalled().moved, self.met) {
            (false, _) => None,
            (true, 0) => Some(
                "This home is not where it was: it writes to a fresh log. No other node answered; what it may have lost comes when one does.",
            ),
            (true, _) => Some("This home is not where it was: it writes to a fresh log."),
        }
    }

    /// The network that it takes part in.
    pub fn network(&self) -> &Arc<Network> {
        &self.network
    }

    /// Runs something on the node's runtime and waits for it.
    pub fn block_on<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(what)
    }

    /// Asks the commons, signing with the home's own key.
    ///
    /// # Errors
    /// As the commons answers.
    pub fn call(&self, request: Request) -> Result<Answer, ServiceError> {
        self.commons.call(request, Signer::default())
    }

    /// `status`.
    ///
    /// # Errors
    /// As the commons answers.
    pub fn status(&self) -> Result<StatusAnswer, ServiceError> {
        match self.call(Request::Status(Status {}))? {
            Answer::Status(status) => Ok(status),
            _ => Err(ServiceError::internal("the commons answered another question")),
        }
    }

    /// `sync`.
    ///
    /// # Errors
    /// As the commons answers.
    pub fn sync(&self, sync: &Sync) -> Result<Synced, ServiceError> {
        match self.call(Request::Sync(sync.clone()))? {
            Answer::Sync(synced) => Ok(synced),
            _ => Err(ServiceError::internal("the commons answered another question")),
        }
    }

    /// `sync` of a node that was started for it: what its start exchanged already belongs to it.
    ///
    /// # Errors
    /// As the commons answers.
    pub fn first_sync(&self, sync: &Sync) -> Result<Synced, ServiceError> {
        let synced = self.sync(sync)?;
        Ok(Synced {
            entries_received: synced.entries_received + self.meeting.entries,
            entries_sent: synced.entries_sent + self.meeting.given,
            files_received: synced.files_received + self.meeting.files,
            ..synced
        })
    }

    /// Waits for SIGTERM, SIGINT or the end of the terminal. At once when one came since the start began, or
    /// when signals are not heeded.
    pub fn until_told(&mut self) {
        if let Some(ending) = &mut self.ending {
            self.runtime.block_on(ending.told());
        }
    }

    /// Ends the node. What was acknowledged is durable already.
    pub fn stop(self) {
        let Self { runtime, commons, network, http, tending, .. } = self;
        tending.abort();
        commons.set_online(None);
        runtime.block_on(async {
            if let Some(http) = http {
                http.stop().await;
            }
            // An announcement under way may still hold the network; it ends with the runtime then.
            if let Ok(network) = Arc::try_unwrap(network) {
                network.shutdown().await;
            }
        });
        runtime.shutdown_timeout(GRACE);
        drop(commons);
    }
}

/// Lets a node do what it does by itself, for as long as it runs: a steward's work, and the search index.
async fn tend(commons: Arc<Commons>) {
    let mut tick = tokio::time::interval(TENDING);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut nothing_to_do_at = None;
    let mut searched: Option<tokio::task::JoinHandle<()>> = None;
    loop {
        tick.tick().await;
        // By itself, since to make the index of a large commons takes its time.
        if searched.as_ref().is_none_or(tokio::task::JoinHandle::is_finished) {
            let commons = Arc::clone(&commons);
            searched = Some(tokio::task::spawn_blocking(move || commons.tend_search()));
        }
        let commons = Arc::clone(&commons);
        let mut root = nothing_to_do_at;
        let tended = tokio::task::spawn_blocking(move || {
            let done = commons.tend(&mut root);
            (root, done)
        });
        match tended.await {
            Ok((root, Ok(()))) => nothing_to_do_at = root,
            Ok((_, Err(error))) => tracing::warn!(%error, "the node could not tend to charters by itself"),
            Err(_) => return,
        }
    }
}

fn names_peer(address: &Multiaddr) -> bool {
    let named = address.iter().any(|part| matches!(part, libp2p::multiaddr::Protocol::P2p(_)));
    if !named {
        tracing::warn!(%address, "an address in config.toml doesn't say whose it is (/p2p/…) and is not dialled");
    }
    named
}

fn refused(error: &NetworkError) -> ServiceError {
    match error {
        NetworkError::Listen { .. } => {
            ServiceError::config(error).hint("change listen in config.toml, or give another --listen")
        }
        NetworkError::NoPeer(_) => ServiceError::config(error).hint("correct peers in config.toml"),
        _ => ServiceError::internal(error),
    }
}

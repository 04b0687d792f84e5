//! One of the two nodes, as it is measured: its commons open, its network on or off.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aronde_node::api::{Answer, DesignList, Request, Service, Signer};
use aronde_node::commons::{Commons, Online};
use aronde_node::home::Home;
use aronde_node::network::{Config, Network, PeerState, Traffic};
use aronde_node::node_key;
use aronde_protocol::burst::Draft;
use aronde_protocol::entry::{Class, Gist, Part};
use aronde_protocol::id::{DocumentId, EntryId};
use aronde_protocol::replica::Replica;
use libp2p::Multiaddr;
use tokio::runtime::Runtime;

use super::Fault;
use super::pair::{Pair, Which};
use super::workload::{self, author};

/// Changes that are made durable together.
pub const GROUP: usize = 500;

/// See the module.
pub struct Side {
    pair: Pair,
    which: Which,
    home: Home,
    commons: Arc<Commons>,
    network: Option<Arc<Network>>,
    runtime: Runtime,
    /// Traffic of networks that were stopped.
    before: Traffic,
    /// Designs, changes of each in the base history.
    size: (usize, u64),
    /// The next change of each design that is made on this side.
    next: Vec<u64>,
    documents: Vec<DocumentId>,
}

impl Side {
    /// Opens the home at a place, or makes it.
    ///
    /// # Errors
    /// The home can't be made or opened.
    pub fn open(place: &Path, which: Which, designs: usize, changes: u64) -> Result<Self, Fault> {
        let pair = Pair::found()?;
        let home = pair.home(place, which)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        Ok(Self {
            commons: Arc::new(Commons::open(&home)?),
            pair,
            which,
            home,
            network: None,
            runtime,
            before: Traffic::default(),
            size: (designs, changes),
            next: vec![changes; designs],
            documents: Vec::new(),
        })
    }

    /// Writes the base workload. Of each [`GROUP`] designs first all changes 0, then all changes 1 and so
    /// on: a group that is durable as one, with a burst for each of its authors.
    ///
    /// # Errors
    /// It can't be written.
    pub fn create(&mut self) -> Result<(), Fault> {
        let (designs, changes) = self.size;
        let all: Vec<usize> = (0..designs).collect();
        for designs in all.chunks(GROUP) {
            let created = designs.iter().map(|d| {
                let by = author(number(*d), 0, changes, false);
                let under = *self.pair.memberships.get(by).ok_or("no such author")?;
                Ok((by, *d, workload::create(number(*d), under)?))
            });
            let created = self.write(created.collect::<Result<_, Fault>>()?)?;
            let mut heads: HashMap<usize, (DocumentId, DocumentId)> =
                created.into_iter().map(|(design, id)| (design, (id, id))).collect();
            for change in 1..changes {
                let drafts = heads.iter().map(|(d, (document, head))| {
                    let by = author(number(*d), change, changes, false);
                    Ok((by, *d, workload::change(number(*d), change, *document, vec![*head])?))
                });
                for (design, id) in self.write(drafts.collect::<Result<_, Fault>>()?)? {
                    if let Some((_, head)) = heads.get_mut(&design) {
                        *head = id;
                    }
                }
            }
        }
        Ok(())
    }

    /// One more change to each of these designs, on top of what is held.
    ///
    /// # Errors
    /// A design isn't held, or it can't be written.
    pub fn change(&mut self, designs: &[usize]) -> Result<(), Fault> {
        self.find_documents()?;
        for designs in designs.chunks(GROUP) {
            let mut drafts = Vec::with_capacity(designs.len());
            for design in designs {
                let document = *self.documents.get(*design).ok_or("no such design")?;
                let next = self.next.get_mut(*design).ok_or("no such design")?;
                let change = *next;
                *next += 1;
                let heads = self.commons.read(|replica| replica.document_heads(&document));
                let by = author(number(*design), change, self.size.1, self.which == Which::B);
                drafts.push((by, *design, workload::change(number(*design), change, document, heads)?));
            }
            self.write(drafts)?;
        }
        Ok(())
    }

    /// Writes drafts, each by an author and for a design, as one group.
    fn write(&self, drafts: Vec<(usize, usize, Draft)>) -> Result<Vec<(usize, DocumentId)>, Fault> {
        let mut bursts: BTreeMap<usize, (Vec<usize>, Vec<Draft>)> = BTreeMap::new();
        for (author, design, draft) in drafts {
            let (designs, drafts) = bursts.entry(author).or_default();
            designs.push(design);
            drafts.push(draft);
        }
        let (mut designs, mut group) = (Vec::new(), Vec::with_capacity(bursts.len()));
        for (author, (of, drafts)) in bursts {
            designs.extend(of);
            group.push((self.pair.authors.get(author).ok_or("no such author")?, drafts));
        }
        let ids = self.commons.write_work(group)?;
        Ok(designs.into_iter().zip(ids.into_iter().flatten()).collect())
    }

    /// Learns which document each design is, by what creates it.
    ///
    /// # Errors
    /// A design isn't held.
    pub fn find_documents(&mut self) -> Result<(), Fault> {
        let (designs, changes) = self.size;
        if self.documents.len() == designs {
            return Ok(());
        }
        let by_facts: HashMap<EntryId, DocumentId> = self.commons.read(|replica| {
            let created = replica.held().filter(|held| matches!(held.gist, Gist::Create { .. }));
            created.map(|held| (held.header.facts.hash, held.id)).collect()
        });
        let mut documents = Vec::with_capacity(designs);
        for design in 0..designs {
            let by = author(number(design), 0, changes, false);
            let under = *self.pair.memberships.get(by).ok_or("no such author")?;
            let facts = Part::of(&workload::create(number(design), under)?.facts).hash;
            documents.push(*by_facts.get(&facts).ok_or("a design is not held")?);
        }
        self.documents = documents;
        Ok(())
    }

    /// Materialises every document.
    ///
    /// # Errors
    /// One can't be, or there is another number of them than was made.
    pub fn load_all(&self) -> Result<(), Fault> {
        match self.commons.call(Request::DesignList(DesignList {}), Signer::default())? {
            Answer::DesignList(list) if list.len() == self.size.0 => Ok(()),
            Answer::DesignList(list) => Err(format!("{} designs are held", list.len()).into()),
            _ => Err("the commons answered another question".into()),
        }
    }

    /// Starts the network and listens on loopback; says where.
    ///
    /// # Errors
    /// The network can't be started.
    pub fn listen(&mut self) -> Result<Multiaddr, Fault> {
        let config = Config { listen: vec!["/ip4/127.0.0.1/tcp/0".parse()?], ..Config::default() };
        let addresses = self.start(config)?.addresses();
        Ok(addresses.into_iter().next().ok_or("it listens nowhere")?)
    }

    /// Starts the network and dials a peer.
    ///
    /// # Errors
    /// The network can't be started.
    pub fn connect(&mut self, address: Multiaddr) -> Result<(), Fault> {
        self.start(Config { peers: vec![address], ..Config::default() }).map(drop)
    }

    fn start(&mut self, config: Config) -> Result<Arc<Network>, Fault> {
        let key = node_key::read(&self.home.node_key())?;
        let commons = Arc::clone(&self.commons);
        let network = Arc::new(self.runtime.block_on(Network::start(config, key, commons))?);
        self.network = Some(Arc::clone(&network));
        let runtime = self.runtime.handle().clone();
        self.commons.set_online(Some(Online { network: Arc::clone(&network), runtime, http: None }));
        Ok(network)
    }

    /// The side that dialled ends its network; the side that listens waits until nobody is connected.
    ///
    /// # Errors
    /// It doesn't come to that.
    pub fn disconnect(&mut self) -> Result<(), Fault> {
        if self.which == Which::B {
            return self.stop();
        }
        self.peers_become(Duration::from_secs(10), |peers| peers.iter().all(|peer| !peer.connected))
    }

    /// Ends the network, if it runs.
    ///
    /// # Errors
    /// Something still uses it.
    pub fn stop(&mut self) -> Result<(), Fault> {
        self.commons.set_online(None);
        let Some(mut network) = self.network.take() else { return Ok(()) };
        let traffic = network.traffic();
        self.before.sent += traffic.sent;
        self.before.received += traffic.received;
        let begun = Instant::now();
        loop {
            match Arc::try_unwrap(network) {
                Ok(network) => {
                    self.runtime.block_on(network.shutdown());
                    return Ok(());
                }
                // An announcement under way still holds it.
                Err(held) if begun.elapsed() < Duration::from_secs(5) => network = held,
                Err(_) => return Err("something still uses the network".into()),
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits until so many changes are held, by whoever, the peer holds the same as far as it said, and
    /// the session is over.
    ///
    /// # Errors
    /// It doesn't come to that in time.
    pub fn wait(&self, changes: usize, timeout: Duration) -> Result<(), Fault> {
        self.wait_held(changes, timeout)?;
        // Who dialled opens the session, and its network is new with each connection.
        let over = |peer: &PeerState| self.which == Which::A || peer.last_session.is_some();
        let equal = |peers: &[PeerState]| peers.iter().any(|p| p.connected && p.in_sync && over(p));
        self.peers_become(timeout, equal)
    }

    /// Waits until so many changes are held.
    ///
    /// # Errors
    /// They don't come in time.
    pub fn wait_held(&self, changes: usize, timeout: Duration) -> Result<(), Fault> {
        // What is held only grows at its end.
        let (mut looked, mut found) = (0, 0);
        let reached = self.commons.wait_until(timeout, |replica| {
            let fresh = replica.held().skip(looked);
            found += fresh.filter(|held| held.header.kind.class() == Class::Document).count();
            looked = replica.len();
            found >= changes
        });
        if reached { Ok(()) } else { Err(format!("{found} of {changes} changes are held").into()) }
    }

    fn peers_become(&self, timeout: Duration, wanted: impl Fn(&[PeerState]) -> bool) -> Result<(), Fault> {
        let Some(network) = &self.network else { return Err("the network is off".into()) };
        let waiting = network.wait_until(timeout, |status| wanted(&status.peers));
        if self.runtime.block_on(waiting)? {
            Ok(())
        } else {
            Err(format!("it stands otherwise with the peer: {:?}", network.status().peers).into())
        }
    }

    /// How it stands with the peer.
    pub fn peer(&self) -> Option<PeerState> {
        self.network.as_ref().and_then(|network| network.status().peers.into_iter().next())
    }

    /// How many accepted changes there are, and the root over all that counts.
    pub fn digest(&self) -> (usize, String) {
        let counted = |replica: &Replica| {
            replica.of_class(Class::Document).filter(|held| held.verdict.counts()).count()
        };
        self.commons.read(|replica| (counted(replica), hex::encode(replica.accepted().root())))
    }

    /// What was sent and received since it was opened.
    pub fn traffic(&self) -> Traffic {
        let now = self.network.as_ref().map(|network| network.traffic()).unwrap_or_default();
        Traffic { sent: self.before.sent + now.sent, received: self.before.received + now.received }
    }
}

fn number(n: usize) -> u64 {
    n as u64
}

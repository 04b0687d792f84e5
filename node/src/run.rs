//! What is more than one question to the commons: founding, running, joining, syncing, showing.
//!
//! These calls block until they are done; each makes the runtime it needs.

use std::net::SocketAddr;
use std::path::PathBuf;

use aronde_protocol::entry::Entry;
use libp2p::Multiaddr;

use crate::api::{Joined, Passphrase, ServiceError, StatusAnswer, Sync, Synced};
use crate::home::{Home, HomeDraft};
use crate::running::{Options, Running};

mod demo;
mod found;
mod newcomer;

pub use demo::Shown;

/// How a long call tells what it does. Texts are sentences without line breaks.
pub trait Progress: Send + std::marker::Sync {
    /// Something happened.
    fn say(&self, what: &str);
    /// `done` of `total` steps of `what`; a bar on a terminal.
    fn step(&self, what: &str, done: u64, total: u64);
    /// Another part of a story begins.
    fn chapter(&self, title: &str) {
        self.say(title);
    }
    /// What a person would type to do what is told next.
    fn typed(&self, command: &str) {
        self.say(&format!("$ {command}"));
    }
}

/// What a new federation and its first home are made from.
#[derive(Debug, Clone)]
pub struct Founding {
    /// What the member is called.
    pub name: String,
    /// What the workshop is called.
    pub workshop: String,
    /// What the federation is called.
    pub federation: String,
    /// Encrypts the keys.
    pub passphrase: Option<Passphrase>,
    /// A file with the member's key, instead of a drawn one.
    pub key: Option<KeySource>,
    /// Where the node listens; drawn, when empty.
    pub listen: Vec<Multiaddr>,
    /// Where the local interface listens; drawn, when absent.
    pub http: Option<SocketAddr>,
    /// Whether to look for peers on the local network.
    pub mdns: bool,
}

/// A key that exists already.
#[derive(Debug, Clone)]
pub struct KeySource {
    /// Where it is.
    pub path: PathBuf,
    /// Opens it.
    pub passphrase: Option<Passphrase>,
}

/// Makes a home and founds a federation in it. Leaves nothing behind when it fails.
pub fn init(place: &std::path::Path, founding: &Founding) -> Result<Joined, ServiceError> {
    found::init(place, founding)
}

/// Puts a home in its place that begins with entries that are at hand, the founding entry first: of a
/// stick, of a backup, or of a program that wrote them. They pass the ordinary door.
pub fn furnish(draft: HomeDraft, entries: Vec<Entry>) -> Result<Home, ServiceError> {
    found::furnish(draft, entries)
}

/// How a node runs, where that differs from the home's settings.
#[derive(Debug, Clone, Default)]
pub struct Up {
    /// Where it listens; as in the settings, when empty.
    pub listen: Vec<Multiaddr>,
    /// Where the local interface listens; as in the settings, when absent.
    pub http: Option<SocketAddr>,
    /// Not to look for peers on the local network.
    pub no_mdns: bool,
    /// Opens the member's key.
    pub passphrase: Option<Passphrase>,
}

/// Runs the node until SIGTERM or SIGINT, and ends within five seconds of it. `ready` is called
/// once, when peers and the local interface can reach it.
pub fn up(
    home: &Home,
    up: &Up,
    ready: &dyn Fn(&StatusAnswer),
    progress: &dyn Progress,
) -> Result<(), ServiceError> {
    let config = home.config()?;
    let options = Options {
        listen: if up.listen.is_empty() { config.listen } else { up.listen.clone() },
        http: Some(up.http.unwrap_or(config.http)),
        mdns: config.mdns && !up.no_mdns,
        peers: config.peers,
        passphrase: up.passphrase.clone(),
        needs_key: true,
        heeds_signals: true,
    };
    let mut node = Running::start(home, options)?;
    if let Some(moved) = node.moved() {
        progress.say(moved);
    }
    ready(&node.status()?);
    node.until_told();
    progress.say("ending");
    node.stop();
    Ok(())
}

/// How a newcomer joins.
#[derive(Debug, Clone)]
pub struct Join {
    /// The ticket.
    pub ticket: String,
    /// What the member is called.
    pub name: String,
    /// What the workshop is called; as the ticket says, when absent.
    pub workshop: Option<String>,
    /// Encrypts the keys.
    pub passphrase: Option<Passphrase>,
    /// A file with the member's key, instead of a drawn one.
    pub key: Option<KeySource>,
    /// Where the node listens; drawn, when empty.
    pub listen: Vec<Multiaddr>,
    /// Whether to look for peers on the local network.
    pub mdns: bool,
}

/// Makes a home and joins the federation of a ticket with it. Leaves nothing behind when it fails.
pub fn join(place: &std::path::Path, join: &Join, progress: &dyn Progress) -> Result<Joined, ServiceError> {
    newcomer::join(place, join, progress)
}

/// Syncs a home on which no node runs: starts one for the call.
pub fn sync(
    home: &Home,
    sync: &Sync,
    passphrase: Option<Passphrase>,
    progress: &dyn Progress,
) -> Result<Synced, ServiceError> {
    let config = home.config()?;
    let options = Options {
        listen: config.listen,
        http: None,
        mdns: config.mdns,
        peers: config.peers,
        passphrase,
        needs_key: false,
        heeds_signals: false,
    };
    progress.say("starting a node for this call");
    let node = Running::start(home, options)?;
    if let Some(moved) = node.moved() {
        progress.say(moved);
    }
    let recalled = node.commons().recalled();
    if recalled.entries > 0 {
        progress.say(&recalled.to_string());
    }
    let synced = node.first_sync(sync);
    node.stop();
    synced
}

/// Shows a federation of three workshops on loopback, in a folder of its own that is gone
/// afterwards, also when it fails or is told to end.
///
/// # Errors
/// A step did not do what it should, or the demo was told to end by a signal.
pub fn demo(progress: &dyn Progress) -> Result<Shown, ServiceError> {
    demo::demo(progress)
}

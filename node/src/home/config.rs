//! `config.toml`: the settings of a home, for people to read and edit.
//!
//! Every setting is checked when the file is read, and a wrong one is named with its line. Changes
//! made by commands keep the comments and the order of the file.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use libp2p::Multiaddr;
use serde::{Deserialize, Serialize};
use toml_edit::DocumentMut;

use crate::secret_file;

/// The longest `config.toml` that is read, in bytes.
const MAX_CONFIG: u64 = 256 * 1024;

/// The settings of a home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What the member is called.
    pub name: String,
    /// What the workshop is called.
    pub workshop: String,
    /// What the federation is called.
    pub federation: String,
    /// Where the node listens for its peers.
    pub listen: Vec<Multiaddr>,
    /// Where the node's local interface listens; a loopback address.
    pub http: SocketAddr,
    /// Peers that are dialled besides those the federation's addresses name.
    #[serde(default)]
    pub peers: Vec<Multiaddr>,
    /// Whether peers are looked for on the local network.
    #[serde(default = "yes")]
    pub mdns: bool,
    /// Whether a steward's node endorses charters that change nothing here.
    #[serde(default)]
    pub endorse: Endorsing,
}

/// Who endorses charters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Endorsing {
    /// The node, while it runs, those that change nothing here; the steward the others.
    #[default]
    ByItself,
    /// The steward.
    ByHand,
}

fn yes() -> bool {
    true
}

/// The settings cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It is not TOML, a setting is missing, unknown or of the wrong kind.
    #[error("{path} has a fault{}: {what}", line.map(|line| format!(" in line {line}")).unwrap_or_default())]
    Fault {
        /// The file.
        path: PathBuf,
        /// The line, counted from one.
        line: Option<usize>,
        /// What is wrong.
        what: String,
    },
    /// The local interface would be open to the network.
    #[error("{path} sets http to {http}, which others can reach; write an address of this machine only, as 127.0.0.1:{port}", port = http.port())]
    NotLoopback {
        /// The file.
        path: PathBuf,
        /// The address in it.
        http: SocketAddr,
    },
    /// The system said no.
    #[error("cannot {doing} {path}: {source}")]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Config {
    /// Reads and checks the settings in a file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(path, &read_text(path)?)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|e| {
            let line = e
                .span()
                .map(|span| text.as_bytes().iter().take(span.start).filter(|b| **b == b'\n').count() + 1);
            ConfigError::Fault { path: path.into(), line, what: e.message().replace('\n', ", ") }
        })?;
        if !config.http.ip().is_loopback() {
            return Err(ConfigError::NotLoopback { path: path.into(), http: config.http });
        }
        Ok(config)
    }

    /// Writes the settings of a new home, each explained.
    pub(super) fn create(&self, path: &Path) -> Result<(), ConfigError> {
        let list =
            |of: &[Multiaddr]| toml::Value::from(of.iter().map(ToString::to_string).collect::<Vec<_>>());
        let text = format!(
            "# The settings of this Aronde home. A node reads them when it starts.\n\
             \n\
             # What you, your workshop and your federation were called when this home was made.\n\
             name = {}\n\
             workshop = {}\n\
             federation = {}\n\
             \n\
             # Where the node listens for its peers. The ports were drawn when this home was made;\n\
             # open them in your firewall or router if others shall reach you.\n\
             listen = {}\n\
             \n\
             # The local interface for the aronde command: an address of this machine only.\n\
             http = {}\n\
             \n\
             # Peers to dial besides those the federation knows, as \"/ip4/192.0.2.7/tcp/20114\".\n\
             peers = {}\n\
             \n\
             # Whether to look for peers on the local network.\n\
             mdns = {}\n\
             \n\
             # Whether a steward's node endorses charters that change nothing here: \"by-itself\" or \"by-hand\".\n\
             endorse = \"by-itself\"\n",
            toml::Value::from(self.name.as_str()),
            toml::Value::from(self.workshop.as_str()),
            toml::Value::from(self.federation.as_str()),
            list(&self.listen),
            toml::Value::from(self.http.to_string()),
            list(&self.peers),
            self.mdns,
        );
        Self::parse(path, &text)?;
        secret_file::create(path, text.as_bytes()).map_err(|e| io_of(path, e))
    }

    /// Adds a peer to dial, unless it is there already, and answers the settings as they are then.
    pub fn add_peer(path: &Path, peer: &Multiaddr) -> Result<Self, ConfigError> {
        let now = Self::read(path)?;
        if now.peers.contains(peer) {
            return Ok(now);
        }
        edit(path, |document| {
            if let Some(peers) = document.entry("peers").or_insert(toml_edit::array()).as_array_mut() {
                peers.push(peer.to_string());
            }
        })
    }

    /// Sets what federation and workshop are called, once a newcomer knows.
    pub fn set_names(path: &Path, federation: &str, workshop: &str) -> Result<Self, ConfigError> {
        edit(path, |document| {
            set(document, "federation", federation.into());
            set(document, "workshop", workshop.into());
        })
    }

    /// Sets where the node listens.
    pub fn set_listen(path: &Path, listen: &[Multiaddr]) -> Result<Self, ConfigError> {
        edit(path, |document| {
            let list: toml_edit::Array = listen.iter().map(ToString::to_string).collect();
            set(document, "listen", list.into());
        })
    }

    /// Sets where the local interface listens.
    pub fn set_http(path: &Path, http: SocketAddr) -> Result<Self, ConfigError> {
        edit(path, |document| set(document, "http", http.to_string().into()))
    }
}

/// Replaces a value and keeps the comment behind it.
fn set(document: &mut DocumentMut, key: &str, mut value: toml_edit::Value) {
    let item = document.entry(key).or_insert(toml_edit::Item::None);
    if let Some(old) = item.as_value() {
        *value.decor_mut() = old.decor().clone();
    }
    *item = toml_edit::Item::Value(value);
}

/// Changes the file and keeps everything else in it; a change that leaves it wrong is not written.
fn edit(path: &Path, change: impl FnOnce(&mut DocumentMut)) -> Result<Config, ConfigError> {
    let text = read_text(path)?;
    Config::parse(path, &text)?;
    let mut document: DocumentMut = text.parse().map_err(|e: toml_edit::TomlError| ConfigError::Fault {
        path: path.into(),
        line: None,
        what: e.message().to_owned(),
    })?;
    change(&mut document);
    let text = document.to_string();
    let config = Config::parse(path, &text)?;
    secret_file::replace(path, text.as_bytes()).map_err(|e| io_of(path, e))?;
    Ok(config)
}

fn read_text(path: &Path) -> Result<String, ConfigError> {
    use io::Read as _;
    let mut text = String::new();
    fs::File::open(path)
        .and_then(|file| file.take(MAX_CONFIG).read_to_string(&mut text))
        .map_err(|source| ConfigError::Io { doing: "read", path: path.into(), source })?;
    Ok(text)
}

fn io_of(path: &Path, error: secret_file::SecretFileError) -> ConfigError {
    let source = match error {
        secret_file::SecretFileError::Io { source, .. } => source,
        other => io::Error::other(other),
    };
    ConfigError::Io { doing: "write", path: path.into(), source }
}

#[cfg(test)]
#[path = "config/tests.rs"]
mod tests;

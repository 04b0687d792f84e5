//! The home: the one folder that holds a member's keys, a node's settings and everything it stores.
//!
//! ```text
//! HOME/                0700
//!   config.toml        settings, for people to read and edit
//!   member.key         signs what the member writes; OpenSSH format
//!   next.key           takes over from it; gone once it is on paper
//!   node.key           names the node on the network
//!   lock               held by the one process that uses the home; says where a node answers
//!   http.token         while a node runs: the word that opens its local interface
//!   journal/ index/ files/ snapshots/   the store's
//!   cache/             what can be removed at any time: the search index
//! ```
//!
//! One home belongs to one federation, one node and, by default, one member. A home is made whole
//! or not at all ([`HomeDraft`]), and used by one process at a time ([`crate::store::Lock`]).

mod config;
mod draft;
pub(crate) mod ports;

use std::io;
use std::path::{Path, PathBuf};

use etcetera::AppStrategy;

use crate::api::ServiceError;
use crate::key_file::KeyFileError;
use crate::node_key::NodeKeyError;
use crate::secret_file::{self, SecretFileError};
use crate::store::Holder;

pub use config::{Config, ConfigError, Endorsing};
pub use draft::{HomeDraft, NewHome, prepare};

/// A home that exists and is closed to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    path: PathBuf,
}

/// A home cannot be made, opened or used.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// There is nothing there.
    #[error("there is no Aronde home in {0}")]
    Missing(PathBuf),
    /// There is one already.
    #[error("{0} is an Aronde home already")]
    Exists(PathBuf),
    /// The folder holds something that is not ours.
    #[error("{0} is not empty and not an Aronde home")]
    Occupied(PathBuf),
    /// The system does not say where a user's data goes.
    #[error("the folder for your data cannot be found ({0})")]
    NoPlace(String),
    /// Another process uses it.
    #[error("the home {path} is in use by {holder}")]
    InUse {
        /// The home.
        path: PathBuf,
        /// The process, as far as it said.
        holder: Holder,
    },
    /// A key or the folder is open to others.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    /// A member key.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The node key.
    #[error(transparent)]
    NodeKey(#[from] NodeKeyError),
    /// The settings.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// No port is free.
    #[error("no free port was found between {} and {}", ports::RANGE.start(), ports::RANGE.end())]
    NoPort,
    /// The system said no.
    #[error("cannot {doing} {path}: {source}")]
    Io {
        /// A verb: `create`, `rename`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Home {
    /// The home that is meant: the one given, else the platform's folder for a user's data.
    pub fn place(given: Option<PathBuf>) -> Result<PathBuf, HomeError> {
        let place = match given {
            Some(path) => path,
            None => etcetera::choose_app_strategy(etcetera::AppStrategyArgs {
                top_level_domain: String::new(),
                author: String::new(),
                app_name: "Aronde".to_owned(),
            })
            .map_err(|e| HomeError::NoPlace(e.to_string()))?
            .data_dir(),
        };
        std::path::absolute(&place).map_err(|source| HomeError::Io { doing: "find", path: place, source })
    }

    /// Opens the home at `path`, which must be ours alone.
    pub fn open(path: &Path) -> Result<Self, HomeError> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => HomeError::Missing(path.into()),
            _ => HomeError::Io { doing: "open", path: path.into(), source },
        };
        let path = path.canonicalize().map_err(failed)?;
        secret_file::check_owner_only(&path, &path.metadata().map_err(failed)?, "700")?;
        let home = Self { path };
        match home.config_file().try_exists() {
            Ok(true) => Ok(home),
            Ok(false) => Err(HomeError::Missing(home.path)),
            Err(source) => Err(HomeError::Io { doing: "open", path: home.config_file(), source }),
        }
    }

    /// Whether there is a home at `path`, be it in order or not.
    pub fn exists(path: &Path) -> bool {
        path.join("config.toml").symlink_metadata().is_ok()
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The settings.
    pub fn config_file(&self) -> PathBuf {
        self.path.join("config.toml")
    }

    /// Reads and checks the settings.
    pub fn config(&self) -> Result<Config, HomeError> {
        Ok(Config::read(&self.config_file())?)
    }

    /// The member's key.
    pub fn member_key(&self) -> PathBuf {
        self.path.join(MEMBER_KEY)
    }

    /// The key that takes over from it.
    pub fn next_key(&self) -> PathBuf {
        self.path.join(NEXT_KEY)
    }

    /// The node's key.
    pub fn node_key(&self) -> PathBuf {
        self.path.join("node.key")
    }

    /// The word that opens a running node's local interface.
    pub fn http_token(&self) -> PathBuf {
        self.path.join("http.token")
    }

    /// The store's journal.
    pub fn journal(&self) -> PathBuf {
        self.path.join("journal")
    }

    /// The store's index.
    pub fn index(&self) -> PathBuf {
        self.path.join("index")
    }

    /// Members' files.
    pub fn files(&self) -> PathBuf {
        self.path.join("files")
    }

    /// What can be thrown away.
    pub fn cache(&self) -> PathBuf {
        self.path.join("cache")
    }
}

const MEMBER_KEY: &str = "member.key";
const NEXT_KEY: &str = "next.key";

impl From<HomeError> for ServiceError {
    fn from(error: HomeError) -> Self {
        let said = Self::config(&error);
        match &error {
            HomeError::Missing(_) => said
                .hint("start a federation or your own workshop with: aronde up")
                .hint("or join one with: aronde join TICKET --name NAME")
                .hint("or name another folder with --home DIR or ARONDE_HOME"),
            HomeError::Exists(_) => {
                said.hint("choose another folder with --home DIR; see who lives here with: aronde status")
            }
            HomeError::Occupied(_) => said.hint("choose an empty folder with --home DIR"),
            HomeError::NoPlace(_) => said.hint("name a folder with --home DIR or ARONDE_HOME"),
            HomeError::InUse { .. } => {
                said.hint("wait until it is done, or end it, and run the command again")
            }
            HomeError::Key(e) => of_key(e),
            HomeError::Secret(e) | HomeError::NodeKey(NodeKeyError::File(e)) => of_secret(said, e),
            HomeError::NodeKey(_) => {
                said.hint("the key cannot be mended; make a new home and join it with: aronde invite --node")
            }
            HomeError::Config(ConfigError::Io { source, .. }) | HomeError::Io { source, .. } => {
                hint_io(said, source)
            }
            HomeError::Config(_) => {
                said.hint("correct the file with an editor; what is missing is named above")
            }
            HomeError::NoPort => said.hint("name the addresses with --listen and --http"),
        }
    }
}

impl From<KeyFileError> for ServiceError {
    fn from(error: KeyFileError) -> Self {
        of_key(&error)
    }
}

impl From<ConfigError> for ServiceError {
    fn from(error: ConfigError) -> Self {
        HomeError::Config(error).into()
    }
}

fn of_key(error: &KeyFileError) -> ServiceError {
    match error {
        KeyFileError::File(e) => of_secret(ServiceError::config(error), e),
        KeyFileError::Locked(_) => ServiceError::user(error)
            .hint("run the command in a terminal, or give --passphrase-file FILE or ARONDE_PASSPHRASE_FILE"),
        KeyFileError::WrongPassphrase(_) => ServiceError::user(error)
            .hint("if it is lost, the recovery phrase brings the key back: aronde key restore"),
        KeyFileError::Randomness(_) => ServiceError::internal(error),
        KeyFileError::Purpose { .. } => ServiceError::user(error).hint("name the other file with --key"),
        KeyFileError::Format(..)
        | KeyFileError::Refused(..)
        | KeyFileError::Kind(_)
        | KeyFileError::Rounds(..)
        | KeyFileError::Mismatch(_) => {
            ServiceError::user(error).hint("the recovery phrase brings a key back: aronde key restore")
        }
    }
}

fn of_secret(said: ServiceError, error: &SecretFileError) -> ServiceError {
    match error {
        SecretFileError::Io { source, .. } => hint_io(said, source),
        SecretFileError::Missing(_) => said.hint("the recovery phrase brings a key back: aronde key restore"),
        _ => said,
    }
}

/// What to do when the system says no.
fn hint_io(said: ServiceError, error: &io::Error) -> ServiceError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            said.hint("free some space on that disk and run the command again; nothing was lost")
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            said.hint("check who owns the folder (ls -ld), or choose another with --home DIR")
        }
        io::ErrorKind::NotADirectory => {
            said.hint("a file is in the way; choose another folder with --home DIR")
        }
        io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists => {
            said.hint("no folder can be made there; choose another place with --home DIR")
        }
        _ => said,
    }
}

#[cfg(test)]
#[path = "home/tests.rs"]
mod tests;

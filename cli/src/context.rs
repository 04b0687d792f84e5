//! What every command shares: where the home is, who signs, how the commons is reached.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aronde_node::api::{Answer, Passphrase, Request, Service, ServiceError, Signer};
use aronde_node::home::Home;
use aronde_node::http::client::Client;
use aronde_node::store::Lock;

use crate::{output, passphrase};

/// How long to wait for another command on the same home.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// Options of every command.
#[derive(Debug, clap::Args)]
pub struct Global {
    /// The folder with your keys, settings and data
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "ARONDE_HOME",
        hide_env_values = true,
        help_heading = "Options of every command"
    )]
    pub home: Option<PathBuf>,
    /// Answer with one JSON document on stdout
    #[arg(long, global = true, help_heading = "Options of every command")]
    pub json: bool,
    /// Sign with the key in this file instead of the home's
    #[arg(long, global = true, value_name = "FILE", help_heading = "Options of every command")]
    pub key: Option<PathBuf>,
    /// Read the passphrase of the key from the first line of this file
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "ARONDE_PASSPHRASE_FILE",
        hide_env_values = true,
        help_heading = "Options of every command"
    )]
    pub passphrase_file: Option<PathBuf>,
    /// Say more on stderr; twice and thrice for more (or set `RUST_LOG`)
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Options of every command")]
    pub verbose: u8,
}

/// The options, and what follows from them.
#[derive(Debug)]
pub struct Context {
    global: Global,
}

impl Context {
    /// The context of one command.
    pub fn new(global: Global) -> Self {
        Self { global }
    }

    /// Whether JSON was asked for.
    pub fn json(&self) -> bool {
        self.global.json
    }

    /// The folder that is meant, whether or not there is a home in it.
    pub fn place(&self) -> Result<PathBuf, ServiceError> {
        Ok(Home::place(self.global.home.clone())?)
    }

    /// The home.
    pub fn home(&self) -> Result<Home, ServiceError> {
        Ok(Home::open(&self.place()?)?)
    }

    /// The key file that was named, absolute.
    pub fn key(&self) -> Result<Option<PathBuf>, ServiceError> {
        self.global.key.as_deref().map(absolute).transpose()
    }

    /// The passphrase that opens a key; asked for only when the key is encrypted.
    pub fn passphrase_for(&self, key: &Path) -> Result<Option<Passphrase>, ServiceError> {
        passphrase::to_open(key, self.global.passphrase_file.as_deref())
    }

    /// The passphrase for keys that are about to be made.
    pub fn new_passphrase(&self) -> Result<Option<Passphrase>, ServiceError> {
        passphrase::for_new_keys(self.global.passphrase_file.as_deref())
    }

    /// Asks the running node, or else the store itself. Another command on the home is waited for.
    pub fn ask(&self, request: Request) -> Result<Answer, ServiceError> {
        let home = self.home()?;
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(node) = Client::find(&home, PATIENCE)? {
                let signer = self.signer(&home, &request, true)?;
                return node.call(request, signer);
            }
            let signer = self.signer(&home, &request, false)?;
            match aronde_node::open_service(&home) {
                Ok(service) => return service.call(request, signer),
                // Someone took the free home before us.
                Err(_) if Lock::holder(home.path()).is_some() && Instant::now() < until => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Whose key signs `request`. A running node has the home's key open.
    fn signer(&self, home: &Home, request: &Request, running: bool) -> Result<Signer, ServiceError> {
        if !request.signs() {
            return Ok(Signer::default());
        }
        match self.key()? {
            Some(path) => {
                let passphrase = self.passphrase_for(&path)?;
                Ok(Signer::File { path, passphrase })
            }
            None if running => Ok(Signer::default()),
            None => Ok(Signer::Home { passphrase: self.passphrase_for(&home.member_key())? }),
        }
    }

    /// Shows an answer in the form that was asked for.
    pub fn show<T: serde::Serialize>(
        &self,
        answer: &T,
        text: impl FnOnce() -> String,
    ) -> Result<(), ServiceError> {
        output::show(self.json(), answer, text)
    }
}

/// The same path, from the root.
pub fn absolute(path: &Path) -> Result<PathBuf, ServiceError> {
    std::path::absolute(path)
        .map_err(|e| ServiceError::user(format!("the path {} cannot be used: {e}", path.display())))
}

/// The answer of the kind that was asked for; a running node of another version may give another.
macro_rules! ask {
    ($context:expr, $kind:ident, $request:expr) => {
        match $context.ask(aronde_node::api::Request::$kind($request))? {
            aronde_node::api::Answer::$kind(answer) => answer,
            _ => return Err(aronde_node::api::ServiceError::internal("the answer is to another question")),
        }
    };
}
pub(crate) use ask;

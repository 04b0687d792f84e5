//! The side of the command line: a [`Service`] that asks a running node.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde::Deserialize;
use ureq::Agent;
use zeroize::Zeroizing;

use super::{MAX_ANSWER, Question, Token};
use crate::api::{Answer, Request, Service, ServiceError, Signer};
use crate::home::{Home, HomeError};
use crate::secret_file;
use crate::store::Lock;

/// How long to wait for a connection and for the answer to a ping.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a busy home is looked at again.
const PAUSE: Duration = Duration::from_millis(50);

/// A running node.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    address: SocketAddr,
    token: Token,
}

#[derive(Deserialize)]
struct Failure {
    error: ServiceError,
}

impl Client {
    /// Finds the node that runs on a home; none, when the home is free. A process that holds the
    /// home and is not a node, or not yet, is waited for up to `patience`.
    ///
    /// Only the lock says where to ask: what an ended node left behind may be someone else's port
    /// by now, and gets nothing from us.
    pub fn find(home: &Home, patience: Duration) -> Result<Option<Self>, ServiceError> {
        let until = Instant::now() + patience;
        loop {
            let Some(holder) = Lock::holder(home.path()) else { return Ok(None) };
            let address = holder.http.as_deref().and_then(|said| said.parse().ok());
            if let Some(address) = address.filter(|at: &SocketAddr| at.ip().is_loopback())
                && let Some(token) = read_word(&home.http_token())?
            {
                let node = Self::new(address, Token(token));
                // Calls may take long; whether there is anyone to answer shows at once.
                node.ping()?;
                return Ok(Some(node));
            }
            if Instant::now() >= until {
                return Err(HomeError::InUse { path: home.path().into(), holder }.into());
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn new(address: SocketAddr, token: Token) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .max_redirects(0)
            .timeout_connect(Some(PATIENCE))
            // Each call has a connection of its own: one kept from the ping may be closed just then.
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            .build();
        Self { agent: config.into(), address, token }
    }

    /// Where the node's interface is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether the node answers within five seconds.
    pub fn ping(&self) -> Result<(), ServiceError> {
        self.post("ping", b"{}", Some(PATIENCE)).map(drop)
    }

    fn post(
        &self,
        command: &str,
        body: &[u8],
        patience: Option<Duration>,
    ) -> Result<serde_json::Value, ServiceError> {
        let gone = |e: ureq::Error| {
            ServiceError::network(format!("the node at {} does not answer: {e}", self.address))
                .hint("see whether it still runs, or start it with: aronde up")
        };
        let bearer = Zeroizing::new(format!("Bearer {}", self.token.0.as_str()));
        let mut response = self
            .agent
            .post(format!("http://{}/api/{command}", self.address))
            .config()
            .timeout_global(patience)
            .build()
            .header("authorization", bearer.as_str())
            .header("content-type", "application/json")
            .send(body)
            .map_err(gone)?;
        let status = response.status();
        let answer = response.body_mut().with_config().limit(MAX_ANSWER).read_to_vec().map_err(gone)?;
        let odd = |what: String| {
            ServiceError::internal(format!("the node at {} answers oddly: {what}", self.address))
                .hint("the node and this command may be of different versions; restart the node")
        };
        if status.is_success() {
            return serde_json::from_slice(&answer).map_err(|e| odd(e.to_string()));
        }
        match serde_json::from_slice::<Failure>(&answer) {
            Ok(failure) => Err(failure.error),
            Err(_) => Err(odd(format!("status {status}"))),
        }
    }
}

impl Service for Client {
    /// Asks the node. There is no limit of time: an import or a sync takes what it takes, and the
    /// operating system tells us when the node ends.
    fn call(&self, request: Request, signer: Signer) -> Result<Answer, ServiceError> {
        let command = request.command();
        let tagged = serde_json::to_value(&request).map_err(ServiceError::internal)?;
        let fields = tagged.get(command).cloned().unwrap_or_default();
        let question = Question { request: fields, signer };
        let body = Zeroizing::new(serde_json::to_vec(&question).map_err(ServiceError::internal)?);
        if body.len() > super::MAX_REQUEST {
            return Err(
                ServiceError::user("what you say is longer than 1 MiB").hint("put long texts into files")
            );
        }
        let answer = self.post(command, &body, None)?;
        request.read_answer(answer).map_err(|e| {
            ServiceError::internal(format!("the answer to {command} cannot be read: {e}"))
                .hint("the node and this command may be of different versions; restart the node")
        })
    }
}

fn read_word(path: &std::path::Path) -> Result<Option<Zeroizing<String>>, ServiceError> {
    match secret_file::read(path) {
        Ok(bytes) => Ok(std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.trim().to_owned()))),
        Err(secret_file::SecretFileError::Missing(_)) => Ok(None),
        Err(error) => Err(HomeError::Secret(error).into()),
    }
}

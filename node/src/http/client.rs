//! The side of the command line: a [`Service`] that asks a running node.

use std::net::SocketAddr;
use std::time::Duration;

use serde::Deserialize;
use ureq::Agent;
use zeroize::Zeroizing;

use super::{MAX_ANSWER, Question, Token};
use crate::api::{Answer, Request, Service, ServiceError, Signer};
use crate::home::{Home, HomeLock};
use crate::secret_file;

/// How long to wait for a connection and for the answer to a ping.
const PATIENCE: Duration = Duration::from_secs(5);

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
    /// Finds the node that runs on a home; none, when no process holds the home, or one that is not
    /// a node.
    ///
    /// The lock is asked first: an address that an ended node left behind may be someone else's by
    /// now, and gets nothing from us.
    pub fn find(home: &Home) -> Result<Option<Self>, ServiceError> {
        if !HomeLock::is_held(home) {
            return Ok(None);
        }
        let (Some(address), Some(token)) = (read_word(&home.http_address())?, read_word(&home.http_token())?)
        else {
            return Ok(None);
        };
        let Some(address) = address.parse().ok().filter(|at: &SocketAddr| at.ip().is_loopback()) else {
            return Ok(None);
        };
        Ok(Some(Self::new(address, Token(token))))
    }

    fn new(address: SocketAddr, token: Token) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .max_redirects(0)
            .timeout_connect(Some(PATIENCE))
            .build();
        Self { agent: config.into(), address, token }
    }

    /// Where the node's interface is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether the node answers.
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
        Err(error) => Err(crate::home::HomeError::Secret(error).into()),
    }
}

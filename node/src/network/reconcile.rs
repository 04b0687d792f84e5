//! A session over the network: carries the requests of the state machine in `protocol`.

use std::sync::Arc;

use aronde_protocol::session::{Report, Session, SessionError, Step};
use libp2p::PeerId;
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;

use super::driver::Inward;
use super::limits::SESSION_TIMEOUT;
use super::replicated::{InSession, Replicated};

/// Which protocol a request goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    /// Sessions.
    Session,
    /// Files.
    File,
    /// Joining.
    Join,
}

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum AskError {
    /// The peer does not speak this protocol with us: it does not know that we are bound.
    #[error("the peer does not know this node")]
    NotKnown,
    /// No connection, or it broke, or no answer came in time.
    #[error("the peer could not be asked: {0}")]
    Failed(String),
}

/// Why a session did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ReconcileError {
    #[error(transparent)]
    Ask(#[from] AskError),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("the session took too long and goes on in the next")]
    TooLong,
    #[error("this node is shutting down")]
    Ending,
}

/// Asks peers, through the driver.
#[derive(Debug, Clone)]
pub(super) struct Asker(pub mpsc::Sender<Inward>);

impl Asker {
    /// Sends a request and waits for its answer.
    pub(super) async fn ask(&self, peer: PeerId, lane: Lane, request: Vec<u8>) -> Result<Vec<u8>, AskError> {
        let (reply, answer) = oneshot::channel();
        let ended = |_| AskError::Failed("this node is shutting down".into());
        self.0.send(Inward::Ask { peer, lane, request, reply }).await.map_err(|_| ended(()))?;
        answer.await.map_err(|_| ended(()))?
    }
}

/// One session with a peer, to its end; and what it did, also when it failed.
pub(super) async fn reconcile(
    replicated: Arc<dyn Replicated>,
    peer: PeerId,
    asker: Asker,
) -> (Report, Result<(), ReconcileError>) {
    let held = Arc::new(InSession { replicated, peer });
    let mut report = Report::default();
    let run = run(held, peer, asker, &mut report);
    let result = tokio::time::timeout(SESSION_TIMEOUT, run).await.unwrap_or(Err(ReconcileError::TooLong));
    (report, result)
}

async fn run(
    held: Arc<InSession>,
    peer: PeerId,
    asker: Asker,
    report: &mut Report,
) -> Result<(), ReconcileError> {
    let opening = Arc::clone(&held);
    let opened = spawn_blocking(move || Session::open(opening.as_ref())).await;
    let (mut session, mut request) = opened.map_err(|_| ReconcileError::Ending)??;
    loop {
        let answer = asker.ask(peer, Lane::Session, request).await?;
        let held = Arc::clone(&held);
        let stepped = spawn_blocking(move || {
            let step = session.step(held.as_ref(), &answer);
            (session, step)
        });
        let step;
        (session, step) = stepped.await.map_err(|_| ReconcileError::Ending)?;
        report.clone_from(session.report());
        match step? {
            Step::Ask(next) => request = next,
            Step::Done => return Ok(()),
        }
    }
}

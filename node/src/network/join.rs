//! Joining: what strangers may say to this node, and what this node says where it is a stranger.

use std::sync::Arc;
use std::time::Duration;

use aronde_protocol::federation::FederationName;
use aronde_protocol::join::{self, Call, JoinGrant, JoinRefusal, JoinRequest, Reply};
use aronde_protocol::limits::{JOIN_FRAME_MAX, PROOF_MAX};
use aronde_protocol::ticket::Ticket;
use aronde_protocol::wire::{Bytes, Text};
use futures::StreamExt as _;
use libp2p::identity::Keypair;
use libp2p::request_response::{Event, Message};
use libp2p::swarm::SwarmEvent;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::{Multiaddr, PeerId};
use tokio::task::spawn_blocking;

use super::NetworkError;
use super::behaviour::{JOIN_PROTOCOL, build, exchange};
use super::limits::{JOIN_STREAMS_MAX, NEWS_MAX};
use super::reconcile::{Asker, Lane};
use super::replicated::Replicated;

/// Why a newcomer could not join.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The ticket names no node that could be dialled.
    #[error("the ticket names no address that can be dialled; ask for another")]
    NoAddress,
    /// The inviting node can't be reached.
    #[error(
        "the inviting node can't be reached ({0}); it must be running and on the same network, or \
         have an address that is open to this one"
    )]
    Unreachable(String),
    /// The inviting node refuses.
    #[error(transparent)]
    Refused(#[from] JoinRefusal),
    /// It answers something else.
    #[error("the inviting node answered in a way that is not understood; one of the two must be updated")]
    Misunderstood,
    /// The swarm could not be built.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// Shows a ticket to the inviting node, before there is anything to replicate. `request` is signed
/// over the identities of `key` and of the ticket's peer.
///
/// # Errors
/// The node can't be reached within `timeout`, or refuses.
pub async fn join(
    key: Keypair,
    ticket: &Ticket,
    request: JoinRequest,
    timeout: Duration,
) -> Result<JoinGrant, JoinError> {
    let peer = PeerId::from_bytes(&ticket.peer.0).map_err(|_| JoinError::NoAddress)?;
    let addresses: Vec<Multiaddr> =
        ticket.addresses.0.iter().filter_map(|address| address.as_str().parse().ok()).collect();
    if addresses.is_empty() {
        return Err(JoinError::NoAddress);
    }
    let call = Call::Join(Box::new(request)).encode().map_err(|_| JoinError::Misunderstood)?;
    let mut swarm = build(
        key,
        exchange(JOIN_PROTOCOL, JOIN_FRAME_MAX, JOIN_FRAME_MAX, JOIN_STREAMS_MAX, &Arc::default()),
    )?;
    let dial = DialOpts::peer_id(peer).addresses(addresses).build();
    swarm.dial(dial).map_err(|error| JoinError::Unreachable(error.to_string()))?;
    let asked = async {
        loop {
            match swarm.select_next_some().await {
                SwarmEvent::ConnectionEstablished { peer_id, .. } if peer_id == peer => {
                    swarm.behaviour_mut().send_request(&peer, call.clone());
                }
                SwarmEvent::OutgoingConnectionError { error, .. } => {
                    return Err(JoinError::Unreachable(plain(&error)));
                }
                SwarmEvent::Behaviour(Event::OutboundFailure { error, .. }) => {
                    return Err(JoinError::Unreachable(error.to_string()));
                }
                SwarmEvent::Behaviour(Event::Message {
                    message: Message::Response { response, .. }, ..
                }) => {
                    return match Reply::decode(&response) {
                        Ok(Reply::Granted(grant)) => Ok(grant),
                        Ok(Reply::Denied(refusal)) => Err(refusal.into()),
                        _ => Err(JoinError::Misunderstood),
                    };
                }
                _ => {}
            }
        }
    };
    let answer = tokio::time::timeout(timeout, asked)
        .await
        .unwrap_or_else(|_| Err(JoinError::Unreachable("no answer in time".into())));
    // The inviting node counts connections: leave none behind.
    let _ = swarm.disconnect_peer_id(peer);
    let closed = async {
        while swarm.is_connected(&peer) {
            swarm.select_next_some().await;
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(1), closed).await;
    answer
}

/// The first line of a dial's error: libp2p's own text runs over many.
fn plain(error: &libp2p::swarm::DialError) -> String {
    match error {
        libp2p::swarm::DialError::Transport(tried) => match tried.first() {
            Some((address, _)) => format!("no answer at {address}"),
            None => "no answer".into(),
        },
        libp2p::swarm::DialError::WrongPeerId { address, .. } => {
            format!("another node answers at {address}")
        }
        other => other.to_string(),
    }
}

/// Answers a call of a peer, in a blocking thread.
pub(super) fn serve(replicated: &dyn Replicated, own: &PeerId, from: PeerId, call: &[u8]) -> Reply {
    let federation = replicated.federation();
    match Call::decode(call) {
        Err(error) => Reply::Refused(Text::cut(&error.to_string())),
        Ok(Call::Greet(greeting)) => {
            if !greets(&federation, &greeting.0, &from, own) {
                Reply::Refused(Text::cut("this node belongs to another federation"))
            } else if replicated.bound_workshop(&from).is_some() {
                known(replicated)
            } else {
                Reply::Unknown
            }
        }
        Ok(Call::Introduce(proof)) => {
            let bytes: usize = proof.0.iter().map(|run| run.0.len()).sum();
            if bytes > PROOF_MAX {
                return Reply::Refused(Text::cut("an introduction has at most 256 KiB"));
            }
            match replicated.introduce(from, join::runs(proof)) {
                Ok(true) => known(replicated),
                Ok(false) => Reply::Refused(Text::cut("these entries do not bind your node")),
                Err(why) => Reply::Refused(Text::cut(&why)),
            }
        }
        Ok(Call::Claim(claim)) => match replicated.news(&from, &claim) {
            Ok(news) => Reply::News(news),
            Err(why) => Reply::Refused(Text::cut(&why)),
        },
        Ok(Call::Join(request)) => {
            if request.federation.founding != federation.founding {
                Reply::Denied(JoinRefusal::OtherFederation)
            } else if !request.proves_possession(&from.to_bytes(), &own.to_bytes()) {
                Reply::Denied(JoinRefusal::NotProven)
            } else {
                match replicated.admit(from, *request) {
                    Ok(grant) => Reply::Granted(grant),
                    Err(refusal) => Reply::Denied(refusal),
                }
            }
        }
    }
}

fn known(replicated: &dyn Replicated) -> Reply {
    Reply::Known(join::proof(replicated.binding_proof()))
}

fn greets(federation: &FederationName, greeting: &[u8], from: &PeerId, to: &PeerId) -> bool {
    federation.greeting(&from.to_bytes(), &to.to_bytes()) == *greeting
}

/// What came of a greeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Greeting {
    /// Both know each other.
    Known,
    /// Our workshop waits to be admitted.
    Waits,
    /// We are no member any more; what we wrote is handed in.
    Apart,
}

/// Greets a peer that does not know us, or that we don't know, and introduces ourselves. After
/// success both know each other, and connect anew.
pub(super) async fn greet(
    replicated: Arc<dyn Replicated>,
    own: PeerId,
    peer: PeerId,
    asker: Asker,
) -> Result<Greeting, String> {
    let greeting = replicated.federation().greeting(&own.to_bytes(), &peer.to_bytes());
    let mut reply = call(&asker, peer, Call::Greet(Bytes(greeting.to_vec()))).await?;
    if reply == Reply::Unknown {
        reply = introduce(&replicated, peer, &asker).await?;
    }
    if !matches!(reply, Reply::Known(_)) {
        let Some(waits) = catch_up(&replicated, peer, &asker).await? else {
            return Err(match reply {
                Reply::Refused(why) => why.as_str().to_owned(),
                _ => "the peer answered another question".into(),
            });
        };
        reply = introduce(&replicated, peer, &asker).await?;
        if !matches!(reply, Reply::Known(_)) {
            return Ok(if waits { Greeting::Waits } else { Greeting::Apart });
        }
    }
    let proof = match reply {
        Reply::Known(proof) => join::runs(proof),
        _ => return Err("the peer answered another question".into()),
    };
    let bound = spawn_blocking(move || match replicated.bound_workshop(&peer) {
        Some(_) => Ok(true),
        None => replicated.introduce(peer, proof),
    });
    match bound.await.map_err(|error| error.to_string())? {
        Ok(true) => Ok(Greeting::Known),
        Ok(false) => Err("what the peer shows does not bind its node".into()),
        Err(why) => Err(why),
    }
}

/// Shows what binds us, if anything does.
async fn introduce(replicated: &Arc<dyn Replicated>, peer: PeerId, asker: &Asker) -> Result<Reply, String> {
    let commons = Arc::clone(replicated);
    let proof = spawn_blocking(move || commons.binding_proof()).await.map_err(|e| e.to_string())?;
    if proof.is_empty() {
        return Ok(Reply::Refused(Text::cut("nothing binds this node")));
    }
    call(asker, peer, Call::Introduce(join::proof(proof))).await
}

/// Asks for the authority, as somebody who was a member or is to be one, and hands in what we wrote meanwhile.
/// Answers whether we wait to be admitted; nothing where the peer tells us nothing.
async fn catch_up(
    replicated: &Arc<dyn Replicated>,
    peer: PeerId,
    asker: &Asker,
) -> Result<Option<bool>, String> {
    let mut held = Vec::new();
    for _ in 0..NEWS_MAX {
        let commons = Arc::clone(replicated);
        let claim = spawn_blocking(move || commons.claim(&peer)).await.map_err(|e| e.to_string())?;
        let Some(claim) = claim else { return Ok(None) };
        let Reply::News(news) = call(asker, peer, Call::Claim(Box::new(claim))).await? else {
            return Ok(None);
        };
        held = news.held.0;
        if news.operations.0.is_empty() {
            break;
        }
        let (commons, runs) = (Arc::clone(replicated), join::runs(news.operations));
        let received =
            spawn_blocking(move || commons.receive(peer, runs)).await.map_err(|e| e.to_string())?;
        if received.fresh.is_empty() {
            break;
        }
    }
    let commons = Arc::clone(replicated);
    let told = spawn_blocking(move || commons.told(&held)).await.map_err(|error| error.to_string())?;
    let (mine, waits) = told;
    if !mine.is_empty() {
        // Whatever is answered: it passed the door there, or did not.
        call(asker, peer, Call::Introduce(join::proof(mine))).await?;
    }
    Ok(Some(waits))
}

async fn call(asker: &Asker, peer: PeerId, call: Call) -> Result<Reply, String> {
    let bytes = call.encode().map_err(|error| error.to_string())?;
    let answer = asker.ask(peer, Lane::Join, bytes).await.map_err(|error| error.to_string())?;
    Reply::decode(&answer).map_err(|error| error.to_string())
}

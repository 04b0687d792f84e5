//! Requests, both ways: who may ask what, at what cost, and who waits for which answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aronde_protocol::join::{JoinRefusal, Reply};
use aronde_protocol::limits::REASON_MAX;
use aronde_protocol::session::{Answered, Request, Response, answer};
use aronde_protocol::wire::Text;
use libp2p::PeerId;
use libp2p::request_response::{Event, InboundFailure, Message, OutboundFailure, ResponseChannel};
use tokio::task::spawn_blocking;

use super::{Driver, Inward};
use crate::network::behaviour::Exchange;
use crate::network::budget::Verdict;
use crate::network::limits::{
    COST_OF_PUSHED_BYTE, COST_OF_REQUEST, CUT_OFF, CUT_OFF_FOR_FAULTS, FAULTS_MAX, GIVING_PAUSE,
    JOIN_CALLS_PER_MINUTE, JOIN_CALLS_PER_MINUTE_ALL, STRANGER_GRACE, STRIKES_MAX,
};
use crate::network::peers::Source;
use crate::network::reconcile::{AskError, Lane};
use crate::network::replicated::InSession;

impl Driver {
    fn exchange(&mut self, lane: Lane) -> &mut Exchange {
        let protocols = self.swarm.behaviour_mut();
        match lane {
            Lane::Session => &mut protocols.members.inner_mut().sessions,
            Lane::File => &mut protocols.members.inner_mut().files,
            Lane::Join => &mut protocols.join,
        }
    }

    /// Sends a request. Only to a peer that is connected: nothing here dials by itself.
    pub(super) fn ask(&mut self, peer: PeerId, lane: Lane, request: Vec<u8>, reply: super::Reply) {
        if !self.exchange(lane).is_connected(&peer) {
            let _ = reply.send(Err(AskError::Failed("it is not connected".into())));
            return;
        }
        let id = self.exchange(lane).send_request(&peer, request);
        self.waiting.insert((lane, id), reply);
    }

    /// What the protocol of one lane tells.
    pub(super) fn on_exchange(&mut self, lane: Lane, event: Event<Vec<u8>, Vec<u8>>) {
        match event {
            Event::Message { peer, message: Message::Request { request, channel, .. }, .. } => {
                if lane == Lane::Join {
                    self.on_call(peer, request, channel);
                } else {
                    self.on_request(peer, lane, request, channel);
                }
            }
            Event::Message { message: Message::Response { request_id, response }, .. } => {
                if let Some(reply) = self.waiting.remove(&(lane, request_id)) {
                    let _ = reply.send(Ok(response));
                }
            }
            Event::OutboundFailure { request_id, error, .. } => {
                if let Some(reply) = self.waiting.remove(&(lane, request_id)) {
                    let _ = reply.send(Err(match error {
                        OutboundFailure::UnsupportedProtocols => AskError::NotKnown,
                        other => AskError::Failed(other.to_string()),
                    }));
                }
            }
            Event::InboundFailure { peer, connection_id, error: InboundFailure::Io(error), .. } => {
                // A frame of a wrong length, or one that broke off. Only the first is a fault.
                if error.kind() == std::io::ErrorKind::InvalidData {
                    self.swarm.close_connection(connection_id);
                    self.blame(peer, &error.to_string());
                }
            }
            Event::InboundFailure { .. } => {}
            Event::ResponseSent { peer, .. } => {
                // A stranger that has become bound comes back as a member. It closes the connection
                // itself, having read the answer; we do when it doesn't.
                if lane == Lane::Join && self.replicated.bound_workshop(&peer).is_some() {
                    let later = Instant::now() + STRANGER_GRACE;
                    if let Some(peer) = self.peers.get_mut(&peer) {
                        peer.close_stranger_at = Some(later);
                    }
                    self.published_stale = true;
                }
            }
        }
    }

    /// A member asks.
    fn on_request(&mut self, id: PeerId, lane: Lane, request: Vec<u8>, channel: ResponseChannel<Vec<u8>>) {
        let now = Instant::now();
        if self.replicated.bound_workshop(&id).is_none() {
            // Bound when the connection was made, and not any more.
            let _ = self.swarm.disconnect_peer_id(id);
            return;
        }
        let Some(peer) = self.peers.meet(id, Source::Met, now) else { return };
        let pushed = if lane == Lane::Session { COST_OF_PUSHED_BYTE } else { 1 };
        let cost = (request.len() as u64).saturating_mul(pushed).saturating_add(COST_OF_REQUEST);
        let wait = match peer.budget.charge(cost, now) {
            Verdict::Go => Duration::ZERO,
            Verdict::Wait(wait) => wait,
            Verdict::Exhausted => {
                peer.strikes += 1;
                if peer.strikes >= STRIKES_MAX {
                    tracing::warn!(peer = %id, "a peer exceeded its budget and is cut off for a while");
                    peer.cut_off(now, CUT_OFF);
                    let _ = self.swarm.disconnect_peer_id(id);
                }
                let busy = Response::Busy.encode().unwrap_or_default();
                let _ = self.exchange(lane).send_response(channel, busy);
                return;
            }
        };
        let held = InSession { replicated: Arc::clone(&self.replicated), peer: id };
        let (answers, tell) = (Arc::clone(&self.answers), self.asker.0.clone());
        self.tasks.spawn(async move {
            tokio::time::sleep(wait).await;
            // Who only compares, or brings something, is answered at once: that is how we meet.
            while !held.replicated.gives() && takes(&request) {
                tokio::time::sleep(GIVING_PAUSE).await;
            }
            let Ok(_permit) = answers.acquire().await else { return };
            if let Ok(answered) = spawn_blocking(move || answer(&held, &request)).await {
                let _ = tell.send(Inward::Answered { peer: id, lane, channel, answered }).await;
            }
        });
    }

    /// A member's request was answered.
    pub(super) fn on_answered(
        &mut self,
        id: PeerId,
        lane: Lane,
        channel: ResponseChannel<Vec<u8>>,
        answered: Answered,
    ) {
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.budget.add(answered.bytes.len() as u64);
            peer.root = answered.root.or(peer.root);
            peer.wanted = answered.wanted.or(peer.wanted);
        }
        let _ = self.exchange(lane).send_response(channel, answered.bytes);
        self.fresh_here(&answered.fresh);
        if let Some(why) = answered.fault {
            self.blame(id, &why);
        }
    }

    /// Anybody calls on the join protocol.
    fn on_call(&mut self, id: PeerId, call: Vec<u8>, channel: ResponseChannel<Vec<u8>>) {
        let now = Instant::now();
        let allowed = self
            .peers
            .meet(id, Source::Met, now)
            .is_some_and(|peer| !peer.is_cut_off(now) && peer.join_calls.allows(JOIN_CALLS_PER_MINUTE, now));
        if !allowed || !self.join_calls.allows(JOIN_CALLS_PER_MINUTE_ALL, now) {
            let busy = Reply::Denied(JoinRefusal::Busy).encode().unwrap_or_default();
            let _ = self.exchange(Lane::Join).send_response(channel, busy);
            return;
        }
        let (replicated, own) = (Arc::clone(&self.replicated), self.own);
        let (answers, tell) = (Arc::clone(&self.answers), self.asker.0.clone());
        self.tasks.spawn(async move {
            let Ok(_permit) = answers.acquire().await else { return };
            let served =
                spawn_blocking(move || crate::network::join::serve(replicated.as_ref(), &own, id, &call));
            if let Ok(reply) = served.await {
                let reply = reply.encode().or_else(|_| {
                    Reply::Refused(Text::<REASON_MAX>::cut("the answer does not fit a frame")).encode()
                });
                let _ =
                    tell.send(Inward::Called { peer: id, channel, reply: reply.unwrap_or_default() }).await;
            }
        });
    }

    /// A call was answered.
    pub(super) fn on_called(&mut self, peer: PeerId, channel: ResponseChannel<Vec<u8>>, reply: Vec<u8>) {
        tracing::debug!(%peer, "answered a call on the join protocol");
        let _ = self.exchange(Lane::Join).send_response(channel, reply);
    }

    /// A provable fault of a peer. Some are forgiven.
    pub(super) fn blame(&mut self, id: PeerId, why: &str) {
        let now = Instant::now();
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.faults += 1;
        tracing::warn!(peer = %id, why = why.escape_debug().to_string(), "a peer sent what is refused");
        if peer.faults >= FAULTS_MAX {
            peer.cut_off(now, CUT_OFF_FOR_FAULTS);
            let _ = self.swarm.disconnect_peer_id(id);
        }
    }
}

/// Whether a request takes something from here, entries or bytes of a file.
fn takes(request: &[u8]) -> bool {
    matches!(Request::decode(request), Ok(Request::Fetch { .. } | Request::Range { .. }))
}

//! When sessions begin, what they tell, and the announcements that bring them about.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aronde_protocol::id::EntryId;
use aronde_protocol::limits::ANNOUNCED_IDS_MAX;
use aronde_protocol::session::{Report, SessionError};
use libp2p::PeerId;
use libp2p::gossipsub::MessageAcceptance;

use super::{Driver, Inward};
use crate::network::LastSession;
use crate::network::behaviour::GossipEvent;
use crate::network::budget::Verdict;
use crate::network::gossip::{Announcement, topic};
use crate::network::limits::{ANNOUNCE_INTERVAL, COST_OF_REQUEST, SESSION_INTERVAL};
use crate::network::reconcile::{AskError, ReconcileError, reconcile};

/// After a session that failed or ended unequal, the next comes this soon.
const AGAIN: Duration = Duration::from_secs(2);

impl Driver {
    /// Begins a session with a connected peer; when one is going on, another follows it.
    pub(super) fn start_session(&mut self, id: PeerId) {
        if self.replicated.bound_workshop(&id).is_none() {
            return;
        }
        let Some(peer) = self.peers.get_mut(&id).filter(|peer| peer.connections > 0) else { return };
        if peer.in_session {
            peer.session_due = true;
            return;
        }
        peer.in_session = true;
        peer.session_due = false;
        let (replicated, asker) = (Arc::clone(&self.replicated), self.asker.clone());
        self.tasks.spawn(async move {
            let (report, result) = reconcile(replicated, id, asker.clone()).await;
            let _ = asker.0.send(Inward::SessionEnded { peer: id, report, result }).await;
        });
    }

    /// Sessions that time has come for.
    pub(super) fn start_due_sessions(&mut self, now: Instant) {
        let due: Vec<PeerId> = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.connections > 0 && !peer.in_session)
            .filter(|(_, peer)| peer.next_session.is_none_or(|at| at <= now))
            .map(|(id, _)| *id)
            .collect();
        for peer in due {
            self.start_session(peer);
        }
    }

    /// Sessions with those connected peers that hold or want something else, as far as we know.
    pub(super) fn start_sessions_with_others(&mut self) {
        let root = self.replicated.held_root();
        for id in self.peers.connected() {
            let same = self.peers.get(&id).is_some_and(|p| p.root == Some(root) && p.wanted == self.wanted);
            if !same {
                self.start_session(id);
            }
        }
    }

    pub(super) fn on_session_ended(
        &mut self,
        id: PeerId,
        report: Report,
        result: Result<(), ReconcileError>,
    ) {
        let now = Instant::now();
        // Announced in the next tick, together with what else is fresh by then.
        self.fresh_here(&report.fresh_ids);
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.in_session = false;
        peer.root = report.peer_root.or(peer.root);
        peer.wanted = report.peer_wanted.or(peer.wanted);
        peer.last_session = Some(LastSession {
            round_trips: report.round_trips,
            bytes: report.sent_bytes + report.received_bytes,
            fresh: report.fresh,
            pushed: report.pushed,
        });
        let equal = result.is_ok() && report.equal;
        peer.sync_due &= result.is_err();
        peer.next_session = Some(now + if equal { SESSION_INTERVAL } else { AGAIN });
        if peer.session_due {
            self.start_session(id);
        }
        match result {
            Ok(()) => tracing::debug!(peer = %id, ?report.equal, report.round_trips, "session over"),
            Err(ReconcileError::Ask(AskError::NotKnown)) => self.greet(id),
            Err(ReconcileError::Session(SessionError::Message(why))) => self.blame(id, &why.to_string()),
            Err(error) => tracing::debug!(peer = %id, %error, "a session did not come to its end"),
        }
        if let Some(why) = report.refused {
            self.blame(id, &why);
        }
    }

    /// Remembers some of what is new here, for the next announcement.
    pub(super) fn fresh_here(&mut self, ids: &[EntryId]) {
        let room = ANNOUNCED_IDS_MAX.saturating_sub(self.fresh.len());
        self.fresh.extend(ids.iter().take(room));
    }

    /// Something new is held here: announces it, at once or as soon as the last announcement is a little
    /// past, with all that has come by then.
    pub(super) fn changed(&mut self) {
        let now = Instant::now();
        if let Some(next) = self.announced_at.map(|at| at + ANNOUNCE_INTERVAL).filter(|next| *next > now) {
            self.announce_next = Some(next);
            return;
        }
        self.announce_next = None;
        self.announced_at = Some(now);
        let root = self.replicated.held_root();
        self.wanted_stale = true;
        self.published_stale = true;
        self.files.notify_one();
        if root == self.announced {
            return;
        }
        self.announced = root;
        let announcement = Announcement::new(&self.own, root, std::mem::take(&mut self.fresh));
        let topic = topic(&self.replicated.federation());
        let gossip = &mut self.swarm.behaviour_mut().members.inner_mut().gossip;
        let announcement = announcement.encode();
        let len = announcement.len();
        match gossip.publish(topic, announcement) {
            Ok(_) => self.meter.sent(len),
            Err(error) => {
                // Nobody has subscribed yet, or queues are full: sessions tell it instead.
                tracing::debug!(%error, "not announced");
                self.start_sessions_with_others();
            }
        }
    }

    pub(super) fn on_gossip(&mut self, event: GossipEvent) {
        match event {
            GossipEvent::Message { propagation_source, message_id, message } => {
                self.meter.received(message.data.len());
                let acceptance = self.on_announcement(propagation_source, message.source, &message.data);
                self.swarm.behaviour_mut().members.inner_mut().gossip.report_message_validation_result(
                    &message_id,
                    &propagation_source,
                    acceptance,
                );
            }
            GossipEvent::Subscribed { peer_id, .. } => {
                // What was announced before it listened, it has not heard.
                let root = self.replicated.held_root();
                if self.peers.get(&peer_id).is_some_and(|peer| peer.root.is_some_and(|theirs| theirs != root))
                {
                    self.start_session(peer_id);
                }
            }
            _ => {}
        }
    }

    /// Looks at an announcement before it is forwarded. It leads to a session and to nothing else.
    fn on_announcement(&mut self, via: PeerId, source: Option<PeerId>, data: &[u8]) -> MessageAcceptance {
        let now = Instant::now();
        let charged = self.peers.get_mut(&via).map(|peer| peer.budget.charge(COST_OF_REQUEST, now));
        if !matches!(charged, Some(Verdict::Go)) {
            return MessageAcceptance::Ignore;
        }
        let (Some(announcement), Some(source)) = (Announcement::decode(data), source) else {
            return MessageAcceptance::Reject;
        };
        if announcement.peer.0 != source.to_bytes() {
            return MessageAcceptance::Reject;
        }
        if self.replicated.bound_workshop(&source).is_none() {
            // Perhaps not known here yet: its binding may be what is announced.
            self.start_session(via);
            return MessageAcceptance::Ignore;
        }
        let root = self.replicated.held_root();
        let from =
            if self.peers.get(&source).is_some_and(|peer| peer.connections > 0) { source } else { via };
        if from == source
            && let Some(peer) = self.peers.get_mut(&source)
        {
            peer.root = Some(announcement.root);
        }
        if announcement.root != root {
            self.start_session(from);
        }
        MessageAcceptance::Accept
    }
}

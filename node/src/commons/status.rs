//! `status` and `sync`.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use aronde_protocol::id::EntryId;
use libp2p::PeerId;

use super::Commons;
use super::entries::Entries;
use crate::api::{
    Counts, FederationName, MemberName, MotionRow, NodeState, PeerState, ServiceError, StatusAnswer, Sync,
    Synced, WorkshopName,
};
use crate::network;

/// How much is here and was given away: what lies between two of these is what an exchange did.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    /// Entries held.
    pub(crate) entries: u64,
    /// Entries given to peers since the commons was opened.
    pub(crate) given: u64,
    /// Files here.
    pub(crate) files: u64,
}

impl Tally {
    /// What came and went since another.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            entries: self.entries.saturating_sub(before.entries),
            given: self.given.saturating_sub(before.given),
            files: self.files.saturating_sub(before.files),
        }
    }
}

impl Commons {
    /// How much is here and was given away by now.
    pub(crate) fn tally(&self) -> Tally {
        Tally {
            entries: self.entries().replica().len() as u64,
            given: self.given.load(Ordering::Relaxed),
            files: self.files.list().map_or(0, |files| files.len()) as u64,
        }
    }

    /// `status`.
    pub(super) fn status(&self) -> StatusAnswer {
        let online = self.online_status();
        let mut entries = self.entries();
        let replica = entries.replica();
        let authority = replica.authority();
        let federation = FederationName {
            id: replica.federation(),
            name: Some(authority.name.clone()).filter(|name| !name.is_empty()),
            charter: authority.charter.unwrap_or(replica.federation()),
        };
        let bound = authority.workshop_of_node(&self.peer.to_bytes());
        let mine: Vec<_> = authority.memberships_of(self.member()).collect();
        let membership = mine.iter().find(|(_, m)| Some(m.workshop) == bound).or_else(|| mine.first());
        let workshop = bound.or(membership.map(|(_, m)| m.workshop)).unwrap_or(EntryId([0; 32]));
        let role = membership.map(|(_, m)| m.role);
        let mut warnings = self.warnings.clone();
        let recalled = self.recalled();
        if recalled.entries > 0 {
            warnings.push(recalled.to_string());
        }
        let forks = replica.forks();
        let open = forks.iter().filter(|f| f.author == self.member() && f.healed.is_none()).count();
        if open > 0 {
            let places = if open == 1 { "one place" } else { &format!("{open} places") };
            warnings.push(format!(
                "this member's log forks in {places}: two installations, or one and an older copy of it, wrote with one key; all of it is kept, nothing more is written there; look: aronde forks, then say that it is known: aronde forks heal"
            ));
        }
        warnings.extend(self.wants_attention(&entries));
        let files = self.files.list().unwrap_or_default();
        let parked = replica.len() - replica.accepted().len();
        let counts = Counts {
            entries: replica.len() as u64,
            parked: parked as u64,
            documents: replica.documents().count() as u64,
            records: replica.records().filter(|r| r.verdict.counts()).count() as u64,
            files: files.len() as u64,
            bytes: entries.store().journal().bytes() + files.iter().map(|(_, len)| len).sum::<u64>(),
        };
        let (digest, held_digest) =
            (hex::encode(replica.accepted().root()), hex::encode(replica.digest().root()));
        let node = NodeState {
            peer_id: self.peer.to_string(),
            addresses: online
                .as_ref()
                .map(|(status, _)| status.listening.iter().map(ToString::to_string).collect())
                .unwrap_or_default(),
            http: online.as_ref().and_then(|(_, http)| http.map(|http| format!("http://{http}"))),
        };
        let peers = peers(&mut entries, self.peer, online.as_ref().map(|(status, _)| status));
        StatusAnswer {
            federation,
            member: MemberName { did: self.member(), name: Self::name_of(&entries, self.member()), role },
            workshop: WorkshopName { id: workshop, name: Self::workshop_name(&entries, &workshop) },
            node,
            counts,
            digest,
            held_digest,
            peers,
            warnings,
        }
    }

    /// What waits for this home's workshop or its member, and what is quarrelled over.
    fn wants_attention(&self, entries: &Entries) -> Vec<String> {
        let mut wants: Vec<String> = Vec::new();
        if let Some(waits) = Self::waiting(entries, self.member()) {
            wants.push(format!("{waits}; it goes on by itself when they have voted"));
        }
        let rows = Self::member_rows(entries);
        let mine = || rows.iter().filter(|row| row.did == self.member());
        if let Some(gone) = mine().next_back().filter(|_| mine().all(|row| row.removed)) {
            let of = gone.workshop_name.as_deref().unwrap_or("your workshop");
            let why = gone.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            wants.push(format!(
                "you are no member of {of} any more{why}: what this home writes does not count, until a steward admits you again"
            ));
        }
        let replica = entries.replica();
        if let Some(alarm) = &replica.authority().alarm {
            let rivals: Vec<String> = alarm.rivals.iter().map(EntryId::short).collect();
            let both: Vec<String> =
                Self::named(entries, &alarm.double_signers).into_iter().filter_map(|w| w.name).collect();
            let both = if both.is_empty() {
                String::new()
            } else {
                format!("; {} endorsed more than one of them", both.join(", "))
            };
            wants.push(format!(
                "the charters {} quarrel over what follows {}{both}: look at them with aronde charter list, and heal them with aronde charter propose",
                rivals.join(" and "),
                alarm.before.short()
            ));
        }
        if let Some(unheld) = replica.unheld() {
            let count = unheld.heads.len();
            let of = if count == 1 { "one log" } else { &format!("{count} logs") };
            wants.push(format!(
                "the charter {} covers entries of {of} that are not held here: this home was set back, or somebody keeps them from it; sync with every workshop (aronde sync --wait), then see aronde checkpoint show",
                unheld.charter.short()
            ));
        }
        // Who waits to be admitted has heard of the motion already.
        let mine = Self::waiting(entries, self.member()).map(|waits| waits.motion);
        let ours = self.own_workshop(entries);
        let others = |motion: &MotionRow| ours.is_some() && Some(motion.id) != mine;
        for motion in self.motion_rows(entries).into_iter().filter(others) {
            let missing: Vec<String> = motion.missing.iter().filter_map(|w| w.name.clone()).collect();
            let id = motion.id.short();
            wants.push(if motion.waits_for_us {
                format!(
                    "a motion waits for your workshop's vote: {}; vote with aronde workshop vote {id}",
                    motion.what
                )
            } else {
                format!("a motion is open: {}; it waits for a vote of: {}", motion.what, missing.join(", "))
            });
        }
        if let Some(ours) = ours {
            for charter in Self::waiting_charters(entries, ours) {
                let id = charter.short();
                wants.push(format!(
                    "a charter waits for your workshop's endorsement: see aronde charter show {id}, then aronde charter endorse {id}"
                ));
            }
        }
        wants
    }

    fn online_status(&self) -> Option<(network::Status, Option<std::net::SocketAddr>)> {
        let online = self.online.read().unwrap_or_else(PoisonError::into_inner);
        online.as_ref().map(|online| (online.network.status(), online.http))
    }

    /// `sync`, while the network runs.
    pub(super) fn sync(&self, sync: &Sync) -> Result<Synced, ServiceError> {
        let (network, runtime) = {
            let online = self.online.read().unwrap_or_else(PoisonError::into_inner);
            let online = online.as_ref().ok_or_else(|| {
                ServiceError::network("this node has no network now").hint("start it: aronde up")
            })?;
            (Arc::clone(&online.network), online.runtime.clone())
        };
        let before = self.tally();
        let timeout = Duration::from_secs(sync.timeout_s);
        let done = runtime.block_on(network.sync_now(timeout)).map_err(ServiceError::network)?;
        if done.peers == 0 {
            return Err(self.nobody_reachable());
        }
        if sync.wait && !done.equal {
            return Err(ServiceError::network(format!(
                "not equal with every reachable peer after {} seconds",
                sync.timeout_s
            ))
            .hint("see who is missing with \"aronde status\"; give it longer with --timeout"));
        }
        let status = network.status();
        let came = self.tally().since(before);
        let mut entries = self.entries();
        Ok(Synced {
            in_sync: done.equal,
            entries_received: came.entries,
            entries_sent: came.given,
            files_received: came.files,
            digest: hex::encode(entries.replica().accepted().root()),
            peers: peers(&mut entries, self.peer, Some(&status)),
        })
    }
}

impl Commons {
    /// Being equal with nobody is no success.
    fn nobody_reachable(&self) -> ServiceError {
        let others = peers(&mut self.entries(), self.peer, None).len();
        if others == 0 {
            return ServiceError::network("no other node of this federation is known yet")
                .hint("invite one with: aronde invite --workshop NAME")
                .hint("or name one under peers in config.toml");
        }
        ServiceError::network(format!("no peer can be reached; {others} known to this node"))
            .hint("see that one of them runs (aronde up there) and that the network is there, then try again")
    }
}

/// Every bound node but ours, with what the network knows of it.
fn peers(entries: &mut Entries, own: PeerId, status: Option<&network::Status>) -> Vec<PeerState> {
    let authority = entries.replica().authority();
    let bound = authority.nodes.keys().filter_map(|peer| {
        let id = PeerId::from_bytes(peer).ok().filter(|id| *id != own)?;
        Some((id, authority.workshop_of_node(peer)?))
    });
    let mut peers: Vec<PeerState> = bound
        .map(|(id, workshop)| {
            let seen = status.and_then(|s| s.peers.iter().find(|p| p.peer_id == id));
            PeerState {
                peer_id: id.to_string(),
                workshop,
                workshop_name: Commons::workshop_name(entries, &workshop),
                connected: seen.is_some_and(|p| p.connected),
                in_sync: seen.filter(|p| p.last_session.is_some() || p.in_sync).map(|p| p.in_sync),
            }
        })
        .collect();
    peers.sort_by(|a, b| a.peer_id.cmp(&b.peer_id));
    peers
}

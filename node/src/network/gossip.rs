//! Announcements: small hints that something fresh is held somewhere.
//!
//! One topic a federation. An announcement is signed by its node, names its node and the root it
//! holds, is forwarded only after it was looked at, and leads to nothing but a session. What the
//! gossip loses, sessions on a timer find.

use std::collections::HashSet;

use aronde_protocol::canonical;
use aronde_protocol::federation::FederationName;
use aronde_protocol::id::EntryId;
use aronde_protocol::limits::{ANNOUNCED_IDS_MAX, ANNOUNCEMENT_MAX, PEER_ID_MAX};
use aronde_protocol::wire::{Bytes, Ids};
use libp2p::gossipsub::{
    self, IdentTopic, MaxCountSubscriptionFilter, MessageAuthenticity, MessageId, ValidationMode,
    WhitelistSubscriptionFilter,
};
use libp2p::identity::Keypair;
use serde::{Deserialize, Serialize};
use std::time::Duration;

use super::NetworkError;

/// Gossip with an allow-list of topics.
pub(super) type Gossip = gossipsub::Behaviour<
    gossipsub::IdentityTransform,
    MaxCountSubscriptionFilter<WhitelistSubscriptionFilter>,
>;

/// A hint: this node holds what has this root, and these entries are new in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// The announcing node, so that equal news of two nodes are two messages.
    pub peer: Bytes<PEER_ID_MAX>,
    /// The root over its held ids.
    #[serde(with = "serde_bytes")]
    pub root: [u8; 32],
    /// Some of what is new.
    pub ids: Ids,
}

impl Announcement {
    /// An announcement of at most 48 ids.
    pub fn new(peer: &libp2p::PeerId, root: [u8; 32], mut ids: Vec<EntryId>) -> Self {
        ids.truncate(ANNOUNCED_IDS_MAX);
        Self { peer: Bytes(peer.to_bytes()), root, ids: Ids(ids) }
    }

    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        canonical::encode(self).unwrap_or_default()
    }

    /// The announcement in these bytes, when it is one and no longer than it may be.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let announcement: Self =
            (bytes.len() <= ANNOUNCEMENT_MAX).then(|| canonical::decode(bytes).ok()).flatten()?;
        (announcement.ids.0.len() <= ANNOUNCED_IDS_MAX).then_some(announcement)
    }
}

/// The one topic of a federation.
pub(super) fn topic(federation: &FederationName) -> IdentTopic {
    IdentTopic::new(format!("aronde/1/{}", federation.founding))
}

/// Gossip about one federation.
pub(super) fn behaviour(key: Keypair, federation: &FederationName) -> Result<Gossip, NetworkError> {
    let config = gossipsub::ConfigBuilder::default()
        .validation_mode(ValidationMode::Strict)
        .validate_messages()
        .message_id_fn(|message| MessageId::from(blake3::hash(&message.data).as_bytes().to_vec()))
        .max_transmit_size(16 * 1024)
        .max_publish_messages(100)
        .heartbeat_initial_delay(Duration::from_millis(100))
        .heartbeat_interval(Duration::from_secs(1))
        .build()
        .map_err(|error| NetworkError::Setup(error.to_string()))?;
    let topic = topic(federation);
    let filter = MaxCountSubscriptionFilter {
        filter: WhitelistSubscriptionFilter(HashSet::from([topic.hash()])),
        max_subscribed_topics: 1,
        max_subscriptions_per_request: 4,
    };
    let mut gossip = Gossip::new_with_subscription_filter(MessageAuthenticity::Signed(key), config, filter)
        .map_err(|error| NetworkError::Setup(error.to_owned()))?;
    gossip.subscribe(&topic).map_err(|error| NetworkError::Setup(error.to_string()))?;
    Ok(gossip)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_announcement_fits_and_one_longer_is_none() {
        let peer = Keypair::generate_ed25519().public().to_peer_id();
        let full = Announcement::new(&peer, [1; 32], vec![EntryId([2; 32]); 500]);
        let bytes = full.encode();
        assert!(bytes.len() <= ANNOUNCEMENT_MAX, "{} bytes", bytes.len());
        assert_eq!(Announcement::decode(&bytes), Some(full.clone()));
        let mut more = full;
        more.ids.0.push(EntryId([3; 32]));
        assert_eq!(Announcement::decode(&more.encode()), None);
        assert_eq!(Announcement::decode(b"noise"), None);
    }
}

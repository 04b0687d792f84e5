//! Announcements: hints that travel by gossip.

use aronde_node::network::Announcement;
use aronde_protocol::limits::{ANNOUNCED_IDS_MAX, ANNOUNCEMENT_MAX, PEER_ID_MAX};
use aronde_protocol::wire::{Bytes, Ids};

use super::samples;

/// What is read is written as the same bytes, bounded.
pub fn body(bytes: &[u8]) {
    let Some(announcement) = Announcement::decode(bytes) else { return };
    assert!(bytes.len() <= ANNOUNCEMENT_MAX);
    assert_eq!(announcement.encode(), bytes);
    assert!(announcement.ids.0.len() <= ANNOUNCED_IDS_MAX && announcement.peer.0.len() <= PEER_ID_MAX);
}

/// A small one and a full one.
pub fn seeds() -> Vec<Vec<u8>> {
    let ids =
        samples::history(ANNOUNCED_IDS_MAX).iter().map(aronde_protocol::entry::Entry::id).collect::<Vec<_>>();
    [0, 2, ANNOUNCED_IDS_MAX]
        .map(|n| {
            Announcement { peer: Bytes(vec![3; 38]), root: [2; 32], ids: Ids(ids[..n].to_vec()) }.encode()
        })
        .to_vec()
}

//! The walk of the tree over held ids: one node of the peer's against ours.

use std::collections::HashSet;

use super::message::WireNode;
use super::{Held, SessionError};
use crate::digest::TreeNode;
use crate::id::EntryId;
use crate::limits::LEAF_IDS_MAX;

/// What one node showed.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// Ids that the peer has and we lack.
    pub need: Vec<EntryId>,
    /// Ids that we have and the peer lacks.
    pub have: Vec<EntryId>,
    /// Prefixes below which something differs.
    pub below: Vec<Vec<u8>>,
}

/// Compares the peer's node at a prefix with ours.
pub(super) fn compare(held: &dyn Held, prefix: &[u8], theirs: &WireNode) -> Result<Difference, SessionError> {
    let mut difference = Difference::default();
    match theirs {
        WireNode::Ids(ids) => {
            if ids.0.len() > LEAF_IDS_MAX || ids.0.iter().any(|id| !id.0.starts_with(prefix)) {
                return Err(SessionError::Unexpected);
            }
            let mut ours = Vec::new();
            gather(held, prefix, &mut ours);
            let ours_set: HashSet<&EntryId> = ours.iter().collect();
            let theirs_set: HashSet<&EntryId> = ids.0.iter().collect();
            difference.need = ids.0.iter().filter(|id| !ours_set.contains(id)).copied().collect();
            difference.have = ours.iter().filter(|id| !theirs_set.contains(id)).copied().collect();
        }
        WireNode::Branch(hashes) => {
            let (hashes, rest) = hashes.0.as_chunks::<32>();
            if hashes.len() != 256 || !rest.is_empty() || prefix.len() >= 32 {
                return Err(SessionError::Unexpected);
            }
            let ours = held.held_children(prefix).child_hashes(prefix);
            for ((theirs, ours), byte) in hashes.iter().zip(&ours).zip(0_u8..=255) {
                if theirs != ours {
                    let mut below = prefix.to_vec();
                    below.push(byte);
                    difference.below.push(below);
                }
            }
        }
    }
    Ok(difference)
}

/// Our ids under a prefix. The depth is bounded by the 32 bytes of an id.
fn gather(held: &dyn Held, prefix: &[u8], into: &mut Vec<EntryId>) {
    match held.held_children(prefix) {
        TreeNode::Ids(ids) => into.extend(ids),
        TreeNode::Branch(_) if prefix.len() < 32 => {
            for byte in 0..=255_u8 {
                let mut below = prefix.to_vec();
                below.push(byte);
                gather(held, &below, into);
            }
        }
        TreeNode::Branch(_) => {}
    }
}

//! Whether concurrent splices of one text touch.
//!
//! Two versions are compared with what both have in common: what each changed since lies in ranges
//! of that common text, an insertion in a range of length zero. Versions touch when a range of one
//! overlaps, or ends where, a range of the other begins. Then the merged text is what nobody wrote,
//! and both versions are shown.

use automerge::{Automerge, ChangeHash, ObjId, PatchAction};

use super::history::{History, NodeSet};
use crate::limits::TEXT_VERSIONS_MAX;

/// Whether any two of these versions of a text touch. A version is the text as it was just after a
/// node; none of them is in another's past.
pub fn any_touch(
    doc: &Automerge,
    history: &History,
    changes: &[ChangeHash],
    text: &ObjId,
    versions: &[usize],
) -> bool {
    if versions.len() > TEXT_VERSIONS_MAX {
        return true;
    }
    let pasts: Vec<NodeSet> = versions.iter().map(|v| history.closure(&[*v])).collect();
    let hashes = |nodes: &[usize]| -> Vec<ChangeHash> {
        nodes.iter().filter_map(|n| changes.get(*n).copied()).collect()
    };
    versions.iter().zip(&pasts).enumerate().any(|(i, (version, past))| {
        versions.iter().zip(&pasts).skip(i + 1).any(|(other, other_past)| {
            let common = hashes(&history.tips(&past.and(other_past)));
            let left = changed(doc, text, &common, &hashes(&[*version]));
            let right = changed(doc, text, &common, &hashes(&[*other]));
            left.iter().any(|(from, to)| right.iter().any(|(start, end)| from <= end && start <= to))
        })
    })
}

/// The ranges of the text at `before` that changed until `after`, both ends included.
fn changed(
    doc: &Automerge,
    text: &ObjId,
    before: &[ChangeHash],
    after: &[ChangeHash],
) -> Vec<(usize, usize)> {
    let mut ranges = Vec::new();
    // Patches go from left to right; each index counts what the patches before it did.
    let (mut inserted, mut deleted) = (0_usize, 0_usize);
    for patch in doc.diff_obj(text, before, after, false).unwrap_or_default() {
        match patch.action {
            PatchAction::SpliceText { index, value, .. } => {
                let at = (index + deleted).saturating_sub(inserted);
                ranges.push((at, at));
                inserted += value.make_string().chars().count();
            }
            PatchAction::DeleteSeq { index, length } => {
                let at = (index + deleted).saturating_sub(inserted);
                ranges.push((at, at + length));
                deleted += length;
            }
            _ => {}
        }
    }
    ranges
}

//! What a disk gave back that can't be shown to anyone.

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};

use super::pool::names;
use crate::entry::Entry;
use crate::id::EntryId;

/// The entries that no signature vouches for, and those with one of these in their past, among entries
/// that were held and are given in that order.
///
/// A write that was torn, or damage, may leave the beginning of a burst without its end, which bears
/// the signature. Were that beginning held, nobody else could come to hold it, and this replica would
/// differ from all others for ever. So it is left out: it was never acknowledged, or is fetched again.
pub fn unvouched<E: Borrow<Entry>>(entries: &[E]) -> HashSet<EntryId> {
    let entries: Vec<&Entry> = entries.iter().map(Borrow::borrow).collect();
    let by_id: HashMap<EntryId, &Entry> = entries.iter().map(|e| (e.id(), *e)).collect();
    let mut gone = HashSet::new();
    loop {
        let before = gone.len();
        let mut vouched = HashSet::new();
        for entry in entries.iter().rev().filter(|e| !gone.contains(&e.id())).collect::<Vec<_>>() {
            if entry.signature().is_none() && !vouched.contains(&entry.id()) {
                gone.insert(entry.id());
                continue;
            }
            let prev = entry.header().prev.and_then(|prev| by_id.get(&prev));
            vouched.extend(prev.filter(|prev| entry.vouches_for(prev)).map(|prev| prev.id()));
        }
        for entry in &entries {
            if names(entry).any(|named| gone.contains(&named)) {
                gone.insert(entry.id());
            }
        }
        if gone.len() == before {
            return gone;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::pool::tests::federation;
    use super::*;
    use crate::burst::{Burst, Draft};
    use crate::entry::Kind;

    #[test]
    fn what_a_lost_signature_vouched_for_goes_and_all_that_is_built_on_it() {
        let (replica, key, founding) = federation();
        let draft = |n: u8| Draft {
            kind: Kind::ADDRESSES,
            subject: None,
            deps: vec![],
            facts: vec![n],
            personal: None,
        };
        let mut entries = vec![founding];
        let mut burst = Burst::begin(&replica, &key, 9, 1);
        for n in 0..3 {
            burst.add(draft(n)).unwrap();
        }
        entries.extend(burst.sign());
        assert!(unvouched(&entries).is_empty());

        // Another's entry that names the unsigned end of the torn log.
        let mut header = entries[1].header().clone();
        (header.log, header.seen) = (10, vec![entries[2].id()]);
        let on_top = Entry::build(header, vec![0], None, None).unwrap().signed(&key);
        let torn = [&entries[..3], std::slice::from_ref(&on_top)].concat();
        let gone = unvouched(&torn);
        assert_eq!(gone, HashSet::from([entries[1].id(), entries[2].id(), on_top.id()]));
        let whole = [&entries[..], &[on_top]].concat();
        assert!(unvouched(&whole).is_empty());
    }
}

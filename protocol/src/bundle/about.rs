//! Which entries a bundle about something holds: what was asked for, closed under past and vouching.

use std::collections::{BTreeSet, HashSet};

use crate::entry::{Class, Gist};
use crate::id::{DocumentId, EntryId};
use crate::replica::{Held, Replica};

/// What a bundle is to be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// All that is held.
    Everything,
    /// This entry: a document, a workshop, a record.
    Subject(EntryId),
}

/// The entries of a bundle, each after its past. `signed` says whether an entry is held with a signature.
pub fn about(replica: &Replica, asked: Asked, mut signed: impl FnMut(&EntryId) -> bool) -> Vec<EntryId> {
    let wanted = match asked {
        Asked::Everything => return replica.held().map(|held| held.id).collect(),
        Asked::Subject(subject) => wanted(replica, subject),
    };
    let held: Vec<&Held> = replica.held().collect();
    let mut within: BTreeSet<usize> = BTreeSet::new();
    let mut todo: Vec<usize> = wanted.iter().filter_map(|id| replica.place(id)).collect();
    while !todo.is_empty() {
        let mut fresh = Vec::new();
        while let Some(place) = todo.pop() {
            let Some(entry) = held.get(place).filter(|_| within.insert(place)) else { continue };
            fresh.push(place);
            let header = &entry.header;
            let named = header.prev.iter().chain(&header.seen).chain(&header.deps);
            todo.extend(named.filter_map(|id| replica.place(id)));
        }
        // What vouches for these, and has more in its past.
        for entry in fresh.into_iter().filter_map(|place| held.get(place)) {
            if signed(&entry.id) {
                continue;
            }
            let after: Vec<usize> = replica
                .continued_by(entry)
                .filter(|next| next.header.vouches_for(&entry.header, entry.id))
                .filter_map(|next| replica.place(&next.id))
                .collect();
            if !after.iter().any(|place| within.contains(place)) {
                todo.extend(after);
            }
        }
    }
    within.into_iter().filter_map(|place| held.get(place).map(|held| held.id)).collect()
}

/// What is about a subject, its past aside.
fn wanted(replica: &Replica, subject: EntryId) -> HashSet<EntryId> {
    let mut wanted: HashSet<EntryId> = replica.operations().map(|held| held.id).collect();
    wanted.insert(subject);
    let whole =
        |document: &DocumentId| replica.all_of_document(document).map(|held| held.id).collect::<Vec<_>>();
    wanted.extend(whole(&subject));
    let documents: Vec<DocumentId> = replica
        .of_class(Class::Document)
        .filter(|held| held.header.subject.is_none())
        .map(|held| held.id)
        .filter(|id| replica.keepers(id).contains(&subject))
        .collect();
    for document in &documents {
        wanted.extend(whole(document));
    }
    let authority = replica.authority();
    let standing = authority.memberships.values();
    let memberships = standing.chain(authority.former.values().map(|former| &former.membership));
    let members: HashSet<_> = memberships
        .filter(|membership| membership.workshop == subject)
        .flat_map(|membership| membership.old_keys.iter().chain([&membership.key]))
        .collect();
    // Records come after what they are about, and what attests them comes after them.
    for record in replica.records() {
        let about = record.header.subject.is_some_and(|subject| wanted.contains(&subject));
        let attests = matches!(record.gist, Gist::Attestation { .. });
        // An operation is of every bundle; what is said of one is asked for only where it is the subject.
        let operation = record
            .header
            .subject
            .filter(|id| *id != subject)
            .and_then(|id| replica.get(&id))
            .is_some_and(|held| held.header.kind.class().is_operation());
        if about && !operation || !attests && members.contains(&record.author) {
            wanted.insert(record.id);
        }
    }
    wanted
}

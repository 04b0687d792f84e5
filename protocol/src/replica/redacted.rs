//! Which personal parts are taken away (`docs/trust.md`, Nodes, names, redaction).

use std::collections::BTreeSet;

use super::Replica;
use crate::authority::Role;
use crate::authority::operation::Operation;
use crate::id::EntryId;

impl Replica {
    /// The entries that are held and whose personal part a redaction which counts takes away.
    pub fn redacted(&self) -> BTreeSet<EntryId> {
        let taken = |held: &super::Held| {
            let Some(Operation::Redact(redact)) = held.gist.operation() else { return None };
            let node = self.graph.node(self.graph.number(&held.id)?)?;
            let acting = self.graph.grant(self.graph.number(&redact.under)?)?;
            let entry = self.get(&redact.entry)?;
            let colleague = || {
                let work = self.work(entry, |_| false);
                let homes = self.rights(|rights| rights.homes(&work)).unwrap_or_default();
                acting.role == Role::Steward
                    && node.workshop.is_some_and(|workshop| homes.contains(&workshop))
            };
            (entry.author == held.author || colleague()).then_some(redact.entry)
        };
        self.operations().filter(|held| held.verdict.counts()).filter_map(taken).collect()
    }
}

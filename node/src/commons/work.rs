//! Work of several members at once, and waiting for what comes.
//!
//! For programs that bring much work in: an importer, a machine that several members share, the bench.

use std::collections::BTreeSet;
use std::sync::PoisonError;
use std::time::Duration;

use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::entry::{Entry, EntryError};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::SecretKey;
use aronde_protocol::replica::Replica;

use super::{Commons, Log, now};
use crate::api::ServiceError;

impl Commons {
    /// Writes work of several members, a burst for each, and answers with the entries' ids when all of it
    /// is durable: one write and one sync of the journal, however many members.
    ///
    /// The drafts may build on what is held and on entries of their own burst, never on those of another
    /// burst of the same group: a burst is held whole or not at all.
    ///
    /// # Errors
    /// A key is given twice, a draft breaks a rule, something that it builds on isn't held, or the journal
    /// can't be written.
    pub fn write_work(
        &self,
        bursts: Vec<(&SecretKey, Vec<Draft>)>,
    ) -> Result<Vec<Vec<EntryId>>, ServiceError> {
        let keys: BTreeSet<_> = bursts.iter().map(|(key, _)| *key.member().as_bytes()).collect();
        if keys.len() < bursts.len() {
            return Err(ServiceError::user("two bursts of one group are of the same key")
                .hint("put what one member writes into one burst, or into groups that follow each other"));
        }
        let mut entries = self.entries();
        entries.check_writable()?;
        let (mut ids, mut group) = (Vec::with_capacity(bursts.len()), Vec::new());
        for (key, drafts) in bursts {
            let log = self.log(key.member(), Log::Work)?;
            let mut burst = Burst::begin(entries.replica(), key, log, now());
            let added: Result<Vec<EntryId>, EntryError> =
                drafts.into_iter().map(|draft| burst.add(draft)).collect();
            ids.push(added?);
            group.extend(burst.sign());
        }
        self.keep(&mut entries, group)?;
        Ok(ids)
    }

    /// Looks at what is held.
    pub fn read<T>(&self, look: impl FnOnce(&Replica) -> T) -> T {
        look(self.entries().replica())
    }

    /// Waits until what is held is as `wanted` says, and says whether it came to that in time. It is asked
    /// at once and whenever something new is held and durable.
    pub fn wait_until(&self, timeout: Duration, mut wanted: impl FnMut(&Replica) -> bool) -> bool {
        let entries = self.entries();
        let waiting = self.news.wait_timeout_while(entries, timeout, |entries| !wanted(entries.replica()));
        !waiting.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Keeps entries that were written here: durable, or an error.
    pub(super) fn keep(
        &self,
        entries: &mut super::entries::Entries,
        written: Vec<Entry>,
    ) -> Result<(), ServiceError> {
        let ids: Vec<EntryId> = written.iter().map(Entry::id).collect();
        let received = entries.receive(written)?;
        if received.fresh.len() != ids.len() {
            let why = received.refused.first().map_or_else(
                || "it builds on what is not held".to_owned(),
                |(_, refusal)| refusal.to_string(),
            );
            return Err(ServiceError::internal(format!(
                "an entry that was written here is refused here: {why}"
            )));
        }
        self.look(entries);
        self.announce(ids);
        Ok(())
    }
}

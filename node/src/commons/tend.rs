//! What a steward's node does by itself while it runs: it endorses charters that change nothing here, also the one that
//! is followed already, proposes one when the policy's rhythm says so, and binds itself once its workshop is admitted.
//!
//! It signs nothing that its steward could be surprised by; `endorse = "by-hand"` in `config.toml` keeps even
//! endorsements for the steward.

use std::sync::PoisonError;

use aronde_protocol::authority::Role;
use aronde_protocol::id::{EntryId, WorkshopId};

use super::entries::Entries;
use super::policy::CHARTER_EVERY_DAYS;
use super::{Commons, now};
use crate::api::ServiceError;
use crate::home::Endorsing;

/// A day, in ms.
const DAY: u64 = 24 * 60 * 60 * 1000;

impl Commons {
    /// Looks once whether there is something to do, and does it. `root` is what was held when there was nothing
    /// last; nothing is looked up again until that changes.
    ///
    /// # Errors
    /// Something could not be written.
    pub fn tend(&self, root: &mut Option<[u8; 32]>) -> Result<(), ServiceError> {
        let key = self.key.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(key) = key else { return Ok(()) };
        let mut entries = self.entries();
        let held = entries.replica().digest().root();
        if *root != Some(held) {
            let bound = self.bind_when_admitted(&mut entries)?;
            drop(entries);
            let listening = {
                let online = self.online.read().unwrap_or_else(PoisonError::into_inner);
                online.as_ref().map(|online| online.network.addresses())
            };
            if let Some(listening) = listening.filter(|_| bound) {
                self.publish_addresses(listening)?;
            }
            entries = self.entries();
        }
        let steward = |role| role == Role::Steward;
        let Ok((under, own)) = self.acting(&entries, key.member(), steward, "a steward") else {
            *root = Some(held);
            return Ok(());
        };
        if *root != Some(held) && self.home.config()?.endorse == Endorsing::ByItself {
            while let Some(charter) = Self::next_to_endorse(&entries, own.workshop) {
                self.endorse(&mut entries, &key, under, charter)?;
                tracing::info!(charter = %charter.short(), "a charter was endorsed, since it changes nothing here");
            }
        }
        if is_due(&entries, own.workshop) {
            self.propose(&mut entries, &key, under)?;
        }
        *root = Some(entries.replica().digest().root());
        Ok(())
    }

    fn next_to_endorse(entries: &Entries, ours: WorkshopId) -> Option<EntryId> {
        let mut waiting = Self::waiting_charters(entries, ours);
        waiting.extend(Self::to_vouch_for(entries, ours));
        waiting.sort_by_key(|id| entries.replica().place(id));
        waiting.into_iter().find(|id| match Self::not_by_itself(entries, id, ours) {
            None => true,
            Some(why) => {
                tracing::info!(charter = %id.short(), %why, "a charter is left for its steward to endorse");
                false
            }
        })
    }

    /// Binds the node of a home that waited for its workshop's admission. Answers whether it is bound.
    pub(crate) fn bind_when_admitted(&self, entries: &mut Entries) -> Result<bool, ServiceError> {
        let bound = |entries: &Entries| {
            entries.replica().authority().workshop_of_node(&self.peer.to_bytes()).is_some()
        };
        let waits = self.installation.lock().unwrap_or_else(PoisonError::into_inner).waits();
        if !waits || entries.replica().authority().memberships_of(self.member()).next().is_none() {
            return Ok(bound(entries));
        }
        self.bind_own(entries)?;
        self.installation.lock().unwrap_or_else(PoisonError::into_inner).set_waits(false)?;
        Ok(bound(entries))
    }
}

/// Whether the policy's rhythm asks this workshop for a charter: the workshop that proposed the newest one
/// first, the others a day later.
fn is_due(entries: &Entries, ours: WorkshopId) -> bool {
    let replica = entries.replica();
    let authority = replica.authority();
    let Some(days) = authority.policy.get(CHARTER_EVERY_DAYS) else { return false };
    let newest = authority.charter.unwrap_or(replica.federation());
    let Some(held) = replica.get(&newest) else { return false };
    let proposed = authority.charters.values().any(|c| c.before == newest);
    let first = authority.memberships_of(held.author).any(|(_, m)| m.workshop == ours);
    let days = days.saturating_add(u64::from(!first));
    authority.alarm.is_none() && !proposed && now() > held.header.at.saturating_add(days.saturating_mul(DAY))
}

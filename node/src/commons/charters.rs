//! `charter`: what the federation agreed on. Proposed after each change of who stands, endorsed by workshops.

use std::collections::BTreeSet;

use aronde_protocol::authority::operation::{Charter as CharterFacts, Endorse, Operation};
use aronde_protocol::burst::Burst;
use aronde_protocol::id::{EntryId, MembershipId, WorkshopId};
use aronde_protocol::key::SecretKey;
use aronde_protocol::limits;
use aronde_protocol::replica::Held;

use super::entries::Entries;
use super::resolve::resolve;
use super::{Commons, Log, now, operation, timestamp};
use crate::api::{CharterAlarm, CharterDetail, CharterRow, Proposed, ServiceError, Signer};

impl Commons {
    /// `charter list`, the oldest first.
    pub(super) fn charter_list(&self) -> Vec<CharterRow> {
        let entries = self.entries();
        let mut ids: Vec<EntryId> = entries.replica().authority().charters.keys().copied().collect();
        ids.sort_by_key(|id| entries.replica().place(id));
        ids.iter().filter_map(|id| Self::charter_row(&entries, id)).collect()
    }

    /// `charter show`.
    pub(super) fn charter_show(&self, text: Option<&str>) -> Result<CharterDetail, ServiceError> {
        let entries = self.entries();
        let replica = entries.replica();
        let authority = replica.authority();
        let newest = authority.charter.unwrap_or(replica.federation());
        let id = match text {
            Some(text) => {
                let all = authority.charters.keys().copied().chain([replica.federation()]);
                resolve(text, "a charter", all)?
            }
            None => newest,
        };
        let held = replica.get(&id);
        let operations =
            replica.operations().filter(|op| held.is_some_and(|c| replica.has_in_past(c, &op.id)));
        let heads = match held.and_then(|c| c.gist.operation()) {
            Some(Operation::Charter(said)) => said.heads.clone(),
            _ => Vec::new(),
        };
        let charter = Self::charter_row(&entries, &id);
        let followed = charter.as_ref().is_none_or(|row| row.followed);
        let workshops = if id == newest { Self::named(&entries, &authority.voters) } else { Vec::new() };
        Ok(CharterDetail {
            id,
            operations: operations.count() as u64,
            heads,
            workshops,
            would_change: if followed { None } else { replica.would_change(&id) },
            would_erase: held
                .filter(|_| !followed)
                .map(|held| Self::would_erase(&entries, held).into_iter().map(|(entry, _)| entry).collect())
                .unwrap_or_default(),
            alarm: Self::charter_alarm(&entries),
            charter,
        })
    }

    fn charter_alarm(entries: &Entries) -> Option<CharterAlarm> {
        let alarm = entries.replica().authority().alarm.as_ref()?;
        Some(CharterAlarm {
            before: alarm.before,
            rivals: alarm.rivals.clone(),
            double_signers: Self::named(entries, &alarm.double_signers),
        })
    }

    /// The workshops that endorsed a charter, be they enough or not.
    pub(super) fn endorsers(entries: &Entries, charter: &EntryId) -> BTreeSet<WorkshopId> {
        let replica = entries.replica();
        let authority = replica.authority();
        let workshop = |under: &MembershipId| {
            let former = authority.former.get(under).map(|f| &f.membership);
            authority.memberships.get(under).or(former).map(|m| m.workshop)
        };
        let said = replica.operations().filter(|op| op.verdict.counts());
        let said = said.filter_map(|op| match op.gist.operation()? {
            Operation::Charter(said) if op.id == *charter => workshop(&said.under),
            Operation::Endorse(said) if said.charter == *charter => workshop(&said.under),
            _ => None,
        });
        said.collect()
    }

    /// The workshops whose admission lies in a charter's past, and that were not removed there.
    fn admitted_before(entries: &Entries, charter: &Held) -> BTreeSet<WorkshopId> {
        let replica = entries.replica();
        let past = || replica.operations().filter(|op| replica.has_in_past(charter, &op.id));
        let removed: BTreeSet<WorkshopId> = past()
            .filter_map(|op| match op.gist.operation()? {
                Operation::RemoveWorkshop(remove) => Some(remove.workshop),
                _ => None,
            })
            .collect();
        past()
            .filter(|op| matches!(op.gist.operation(), Some(Operation::AdmitWorkshop(_))))
            .map(|op| op.id)
            .filter(|id| !removed.contains(id))
            .collect()
    }

    fn charter_row(entries: &Entries, id: &EntryId) -> Option<CharterRow> {
        let replica = entries.replica();
        let authority = replica.authority();
        let (charter, held) = (authority.charters.get(id)?, replica.get(id)?);
        let mut asked: BTreeSet<WorkshopId> = charter.endorsed.union(&charter.missing).copied().collect();
        if !charter.heals.is_empty() {
            // It needs those who stood at each rival, too: whoever stands by one of them.
            asked.extend(authority.workshops.keys());
            asked.extend(Self::admitted_before(entries, held));
        }
        let claimed = Self::endorsers(entries, id);
        let got: BTreeSet<_> = charter.endorsed.union(&claimed).filter(|w| asked.contains(w)).collect();
        Some(CharterRow {
            id: *id,
            before: charter.before,
            heals: charter.heals.clone(),
            author: Self::author_of(entries, held),
            at: timestamp(held.header.at),
            endorsed: Self::named(entries, got.iter().copied()),
            missing: Self::named(entries, asked.iter().filter(|w| !got.contains(w))),
            in_force: charter.in_force,
            followed: charter.followed,
            newest: authority.charter == Some(*id),
            rival: authority.alarm.as_ref().is_some_and(|alarm| alarm.rivals.contains(id)),
        })
    }

    /// `charter propose`.
    pub(super) fn charter_propose(&self, signer: &Signer) -> Result<Proposed, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let (under, _) = self.steward(&entries, &key)?;
        self.propose(&mut entries, &key, under)
    }

    /// Proposes a charter after what changed who stands. What keeps it from being proposed is noted: the change
    /// itself is done.
    pub(super) fn propose_after(
        &self,
        entries: &mut Entries,
        key: &SecretKey,
        notes: &mut Vec<String>,
    ) -> Option<Proposed> {
        if entries.replica().authority().alarm.is_some() {
            notes.push(
                "no charter was proposed with it, since two quarrel: see aronde charter list".to_owned(),
            );
            return None;
        }
        let proposed = self.steward(entries, key).and_then(|(under, _)| self.propose(entries, key, under));
        match proposed {
            Ok(proposed) => Some(proposed),
            Err(error) => {
                notes.push(format!("no charter was proposed with it: {error}"));
                None
            }
        }
    }

    /// Proposes a charter that settles what counts here; where charters quarrel, one that heals them.
    pub(super) fn propose(
        &self,
        entries: &mut Entries,
        key: &SecretKey,
        under: MembershipId,
    ) -> Result<Proposed, ServiceError> {
        let replica = entries.replica();
        let authority = replica.authority();
        let (before, rivals) = match &authority.alarm {
            Some(alarm) => (alarm.before, alarm.rivals.clone()),
            None => (authority.charter.unwrap_or(replica.federation()), Vec::new()),
        };
        let mut heads = replica.charter_heads();
        heads.truncate(limits::CHARTER_HEADS_MAX);
        let log = self.log(key.member(), Log::Operations)?;
        let named = Burst::begin(replica, key, log, now()).names();
        let seal = replica.seal(&named, before, &rivals, &heads);
        if seal.is_none() {
            tracing::warn!(
                "a charter is proposed that is no checkpoint, since not all that it covers is held here"
            );
        }
        let facts = CharterFacts {
            under,
            before,
            heals: rivals,
            level: limits::RULES_LEVEL,
            heads,
            seal: seal.map(Box::new),
        };
        let draft = operation(&Operation::Charter(facts), None)?;
        let id = self.write(entries, key, Log::Operations, |burst| Ok(burst.add(draft)?))?;
        Ok(Self::proposed(entries, id, id))
    }

    fn proposed(entries: &Entries, id: EntryId, charter: EntryId) -> Proposed {
        let row = Self::charter_row(entries, &charter);
        let in_force = row.as_ref().is_some_and(|row| row.in_force);
        let missing = row.filter(|_| !in_force).map(|row| row.missing).unwrap_or_default();
        Proposed { id, charter, in_force, missing }
    }

    /// `charter endorse`.
    pub(super) fn charter_endorse(
        &self,
        text: Option<&str>,
        signer: &Signer,
    ) -> Result<Proposed, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let (under, ours) = self.steward(&entries, &key)?;
        let authority = entries.replica().authority();
        let charter = match text {
            Some(text) => resolve(text, "a charter", authority.charters.keys().copied())?,
            None => match Self::waiting_charters(&entries, ours).as_slice() {
                [one] => *one,
                [] => {
                    return Err(ServiceError::user("no charter waits for your workshop's endorsement")
                        .hint("see them all with: aronde charter list"));
                }
                many => {
                    let ids: Vec<String> = many.iter().map(EntryId::short).collect();
                    return Err(ServiceError::user(format!(
                        "{} charters wait for your workshop's endorsement, and they may be rivals",
                        many.len()
                    ))
                    .hint(format!(
                        "look at each with aronde charter show, and name one: {}",
                        ids.join(", ")
                    )));
                }
            },
        };
        if Self::endorsers(&entries, &charter).contains(&ours) {
            return Err(ServiceError::user("your workshop has endorsed this charter already")
                .hint("see who did not with: aronde charter list"));
        }
        let asked = authority
            .charters
            .get(&charter)
            .is_some_and(|c| !c.heals.is_empty() || c.missing.contains(&ours));
        if !asked {
            return Err(ServiceError::user("your workshop is not asked to endorse this charter")
                .hint("only workshops are that stood at the charter before it; see: aronde charter list"));
        }
        if let Some(why) = Self::not_vouched(&entries, &charter) {
            return Err(ServiceError::user(format!("your workshop can't vouch for this charter: {why}"))
                .hint("have what the others have: aronde sync --wait")
                .hint(format!("see what differs: aronde checkpoint show {}", charter.short())));
        }
        self.endorse(&mut entries, &key, under, charter)
    }

    /// Endorses a charter.
    pub(super) fn endorse(
        &self,
        entries: &mut Entries,
        key: &SecretKey,
        under: MembershipId,
        charter: EntryId,
    ) -> Result<Proposed, ServiceError> {
        let draft = operation(&Operation::Endorse(Endorse { under, charter }), None)?;
        let id = self.write(entries, key, Log::Operations, |burst| Ok(burst.add(draft)?))?;
        Ok(Self::proposed(entries, id, charter))
    }

    /// Charters that would be followed next, were a workshop to endorse them too, and that it did not endorse.
    pub(super) fn waiting_charters(entries: &Entries, ours: WorkshopId) -> Vec<EntryId> {
        let authority = entries.replica().authority();
        let next = |before: &EntryId| authority.charter == Some(*before);
        let heals = |heals: &[EntryId]| {
            authority.alarm.as_ref().is_some_and(|alarm| alarm.rivals.iter().all(|r| heals.contains(r)))
        };
        authority
            .charters
            .iter()
            .filter(|(_, c)| !c.in_force && !c.followed)
            .filter(|(_, c)| !c.heals.is_empty() || c.missing.contains(&ours))
            .filter(|(_, c)| next(&c.before) || heals(&c.heals))
            .map(|(id, _)| *id)
            .filter(|id| !Self::endorsers(entries, id).contains(&ours))
            .collect()
    }

    /// Why a steward's node does not endorse a charter by itself; none when it may.
    pub(super) fn not_by_itself(entries: &Entries, charter: &EntryId, ours: WorkshopId) -> Option<String> {
        let replica = entries.replica();
        let authority = replica.authority();
        let (said, held) = (authority.charters.get(charter)?, replica.get(charter)?);
        if authority.alarm.is_some() || !said.heals.is_empty() {
            return Some("charters quarrel over what follows one".to_owned());
        }
        let level = match held.gist.operation() {
            Some(Operation::Charter(said)) => said.level,
            _ => 0,
        };
        if level != limits::RULES_LEVEL {
            return Some("it sets rules that this version does not know".to_owned());
        }
        let rival = authority.charters.iter().any(|(id, other)| {
            id != charter
                && other.before == said.before
                && Self::endorsers(entries, id).contains(&ours)
                && !replica.has_in_past(held, id)
        });
        if rival {
            return Some("your workshop endorsed another that it does not know".to_owned());
        }
        if let Some(why) = Self::not_vouched(entries, charter) {
            return Some(why);
        }
        if Self::would_erase_of(entries, held, ours) {
            return Some(
                "it would erase what your workshop wrote, by a motion it did not vote for".to_owned(),
            );
        }
        match replica.would_change(charter) {
            Some(changed) if changed.is_empty() => None,
            Some(changed) => Some(format!("it would change what counts here, in {} entries", changed.len())),
            None => Some("it settles work that is not held here".to_owned()),
        }
    }
}

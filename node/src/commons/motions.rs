//! Motions: what needs the votes of several workshops, in words, and what came of it.

use aronde_protocol::acceptance::{Reason, Verdict};
use aronde_protocol::authority::NotHolding;
use aronde_protocol::authority::operation::{Operation, Vote};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::SecretKey;

use super::entries::Entries;
use super::resolve::resolve;
use super::{Commons, Log, called_or_key, operation, timestamp};
use crate::api::{MotionRow, Moved, ServiceError, Signer};

impl Commons {
    /// `workshop motions`.
    pub(super) fn workshop_motions(&self) -> Vec<MotionRow> {
        self.motion_rows(&self.entries())
    }

    pub(super) fn motion_rows(&self, entries: &Entries) -> Vec<MotionRow> {
        let replica = entries.replica();
        let authority = replica.authority();
        let ours = self.own_workshop(entries);
        let mut open: Vec<_> = authority.motions.iter().collect();
        open.sort_by_key(|(id, _)| replica.place(id));
        open.into_iter()
            .filter_map(|(id, motion)| {
                let held = replica.get(id)?;
                Some(MotionRow {
                    id: *id,
                    kind: held.header.kind.as_str().trim_start_matches("operation/").to_owned(),
                    what: Self::motion_says(entries, id),
                    reason: Self::reason_of(entries, &[*id]),
                    author: Self::author_of(entries, held),
                    at: timestamp(held.header.at),
                    votes: Self::named(entries, motion.votes.keys()),
                    missing: Self::named(entries, &motion.missing),
                    quorum: motion.quorum as u64,
                    waits_for_us: ours.is_some_and(|ours| motion.missing.contains(&ours)),
                })
            })
            .collect()
    }

    /// What a motion would do, in words.
    pub(super) fn motion_says(entries: &Entries, motion: &EntryId) -> String {
        let named = |id: &EntryId| Self::workshop_name(entries, id).unwrap_or_else(|| id.short());
        let said = entries.replica().get(motion).and_then(|held| held.gist.operation());
        match said {
            Some(Operation::AdmitWorkshop(admit)) => {
                let who = called_or_key(Self::name_in(entries, motion), admit.key);
                format!("admit {} with {who} as its first steward", admit.name)
            }
            Some(Operation::RemoveWorkshop(remove)) => format!("remove {}", named(&remove.workshop)),
            Some(Operation::GiveSteward(give)) => {
                let who = called_or_key(Self::name_in(entries, motion), give.key);
                format!("make {who} a steward of {}", named(&give.workshop))
            }
            Some(Operation::SetPolicy(set)) => {
                let values: Vec<String> = set.values.iter().map(|(name, n)| format!("{name}={n}")).collect();
                format!("set {}", values.join(", "))
            }
            Some(Operation::RedactByMotion(redact)) => Self::redaction_says(entries, &redact.entry),
            _ => "something that this version does not know".to_owned(),
        }
    }

    /// Writes a motion, and proposes a charter where it is carried.
    pub(super) fn moves(
        &self,
        entries: &mut Entries,
        key: &SecretKey,
        motion: &Operation,
        personal: Option<Vec<u8>>,
        notes: Vec<String>,
    ) -> Result<Moved, ServiceError> {
        let draft = operation(motion, personal)?;
        let id = self.write(entries, key, Log::Operations, |burst| Ok(burst.add(draft)?))?;
        Ok(self.moved(entries, key, id, id, notes))
    }

    /// `workshop vote`.
    pub(super) fn workshop_vote(&self, text: &str, signer: &Signer) -> Result<Moved, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let (under, ours) = self.steward(&entries, &key)?;
        let motions: Vec<(EntryId, Verdict)> = entries
            .replica()
            .operations()
            .filter(|held| held.gist.operation().is_some_and(Operation::is_motion))
            .map(|held| (held.id, held.verdict))
            .collect();
        let motion = resolve(text, "a motion", motions.iter().map(|(id, _)| *id))?;
        let verdict = motions.iter().find(|(id, _)| *id == motion).map(|(_, verdict)| *verdict);
        let what = Self::motion_says(&entries, &motion);
        let Some(open) = entries.replica().authority().motions.get(&motion) else {
            return Err(match verdict {
                Some(Verdict::Accepted) => {
                    ServiceError::user(format!("this motion is carried already: {what}"))
                        .hint("see which are open with: aronde workshop motions")
                }
                Some(Verdict::Parked(Reason::Operation(NotHolding::Lapsed))) => ServiceError::user(format!(
                    "this motion has lapsed, since a charter was agreed on that does not know it: {what}"
                ))
                .hint("it can be moved again, by anybody who could move it"),
                Some(Verdict::Parked(reason)) => {
                    ServiceError::user(format!("this motion cannot be carried, since {reason}"))
                        .hint("see which are open with: aronde workshop motions")
                }
                None => ServiceError::internal("a motion that is held is not among those held"),
            });
        };
        if open.votes.contains_key(&ours) {
            return Err(ServiceError::user(format!(
                "your workshop has voted for this motion already: {what}"
            ))
            .hint("see whose votes are missing with: aronde workshop motions"));
        }
        if !open.missing.contains(&ours) {
            return Err(ServiceError::user(format!("your workshop has no vote on this motion: {what}"))
                .hint("workshops vote that stood at the newest charter, but for the one to be removed; see: aronde workshop list"));
        }
        let draft = operation(&Operation::Vote(Vote { under, motion }), None)?;
        let id = self.write(&mut entries, &key, Log::Operations, |burst| Ok(burst.add(draft)?))?;
        Ok(self.moved(&mut entries, &key, id, motion, Vec::new()))
    }

    fn moved(
        &self,
        entries: &mut Entries,
        key: &SecretKey,
        id: EntryId,
        motion: EntryId,
        mut notes: Vec<String>,
    ) -> Moved {
        let what = Self::motion_says(entries, &motion);
        let carried = entries.replica().get(&motion).is_some_and(|held| held.verdict.counts());
        let charter = if carried { self.propose_after(entries, key, &mut notes) } else { None };
        let open = entries.replica().authority().motions.get(&motion);
        let needed = open.map_or(0, |open| open.quorum.saturating_sub(open.votes.len()) as u64);
        let missing = open.map(|open| Self::named(entries, &open.missing)).unwrap_or_default();
        if !carried && open.is_none() {
            notes.push("it can't be carried: see why with aronde audit".to_owned());
        }
        Moved { id, motion, what, carried, needed, missing, charter, notes }
    }
}

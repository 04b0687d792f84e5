//! `forks`, `forks show | heal`, and the proof of a fork.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use aronde_protocol::acceptance::Verdict;
use aronde_protocol::burst::Draft;
use aronde_protocol::document::design::Design;
use aronde_protocol::entry::{Class, Entry, Kind};
use aronde_protocol::fork_proof::ForkProof;
use aronde_protocol::id::{DocumentId, EntryId, FileHash};
use aronde_protocol::key::MemberKey;
use aronde_protocol::proof::Proof;
use aronde_protocol::record::fork_healed::ForkHealedFacts;
use aronde_protocol::replica::{Fork, Held, Replica};

use super::entries::Entries;
use super::resolve::resolve;
use super::{Commons, Log, timestamp};
use crate::api::{
    ForkBranch, ForkDetail, ForkEntry, ForkHealed, ForkProofMade, ForkSummary, Healing, ServiceError, Signer,
};

/// Entries of a branch that are shown: more are read with other means.
const BRANCH_SHOWN: usize = 1_000;

impl Commons {
    /// `forks`.
    pub(super) fn forks(&self) -> Vec<ForkSummary> {
        let entries = self.entries();
        entries.replica().forks().into_iter().map(|fork| summary(&entries, fork)).collect()
    }

    /// `forks show`.
    pub(super) fn forks_show(&self, named: &str) -> Result<ForkDetail, ServiceError> {
        let mut entries = self.entries();
        let fork = find(entries.replica(), named)?.0;
        let branches = fork.entries.iter().map(|first| branch(&mut entries, first)).collect();
        Ok(ForkDetail { branches, summary: summary(&entries, fork) })
    }

    /// The proof of a fork.
    pub(super) fn forks_proof(&self, named: Option<&str>) -> Result<ForkProofMade, ServiceError> {
        let entries = self.entries();
        let (fork, entry) = match named {
            Some(named) => find(entries.replica(), named)?,
            None => (only(entries.replica().forks())?, None),
        };
        // Of three branches or more, that which was named is among the two.
        let one = entry.or(fork.entries.first().copied());
        let other = fork.entries.iter().copied().find(|id| Some(*id) != one);
        let (one, other) = one.zip(other).ok_or_else(|| ServiceError::internal("a fork has one branch"))?;
        let (one, other) = (vouched(&entries, one)?, vouched(&entries, other)?);
        let proof = ForkProof::of(&one, &other).map_err(ServiceError::internal)?;
        let proven = proof.check().map_err(ServiceError::internal)?;
        let bytes = Proof::Fork(proof).encode().map_err(ServiceError::internal)?;
        Ok(ForkProofMade {
            author: fork.author,
            log: fork.log.to_string(),
            seq: fork.seq,
            entries: proven.entries,
            hash: FileHash::of(&bytes),
            proof: hex::encode(bytes),
        })
    }

    /// `forks heal`: leaves each forked log of the signer's, and says so in a fresh one.
    pub(super) fn forks_heal(
        &self,
        named: Option<&str>,
        signer: &Signer,
    ) -> Result<Vec<ForkHealed>, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let logs = forked_logs(entries.replica(), key.member(), named)?;
        let mut healed = Vec::new();
        for log in logs {
            {
                let mut installation = self.installation.lock().unwrap_or_else(PoisonError::into_inner);
                if installation.writes(key.member(), log) {
                    installation.leave_logs(key.member())?;
                }
            }
            let heads = entries.replica().heads(key.member(), log);
            let facts = ForkHealedFacts { log, heads: heads.clone() };
            // A log with more branches than a word can name was written by software that wants harm.
            let bytes = facts.encode()?;
            ForkHealedFacts::read(&bytes)?;
            let draft = Draft { facts: bytes, ..super::plain(Kind::FORK_HEALED, Vec::new()) };
            let id = self.write(&mut entries, &key, Log::Work, |burst| Ok(burst.add(draft)?))?;
            healed.push(ForkHealed { id, log: log.to_string(), heads });
        }
        Ok(healed)
    }
}

/// The logs of a member to heal: that of the fork that is named, or all with an open one.
fn forked_logs(
    replica: &Replica,
    owner: MemberKey,
    named: Option<&str>,
) -> Result<BTreeSet<u64>, ServiceError> {
    let Some(named) = named else {
        let open = replica.forks().into_iter().filter(|fork| fork.author == owner && fork.healed.is_none());
        return Ok(open.map(|fork| fork.log).collect());
    };
    let fork = find(replica, named)?.0;
    if fork.author != owner {
        return Err(ServiceError::user(format!(
            "this log is {}'s, and only its owner heals it",
            fork.author.short()
        ))
        .hint("show it to them; its proof convinces anyone: aronde forks show FORK --proof FILE"));
    }
    Ok(BTreeSet::from([fork.log]))
}

/// The fork that a text means, and the entry of it that the text names, if it names one.
fn find(replica: &Replica, named: &str) -> Result<(Fork, Option<EntryId>), ServiceError> {
    let forks = replica.forks();
    if named.contains('/') {
        let place = |fork: &Fork| format!("{}/{}/{}", fork.author, fork.log, fork.seq);
        let mut here: Vec<Fork> = forks.into_iter().filter(|fork| place(fork) == named.trim()).collect();
        return match (here.pop(), here.is_empty()) {
            (Some(fork), true) => Ok((fork, None)),
            (Some(_), false) => {
                Err(ServiceError::user("more than one fork of this log is at this place, on other branches")
                    .hint("name one of its entries: aronde forks lists them"))
            }
            (None, _) => {
                let shown: String = named.chars().take(120).collect();
                Err(ServiceError::user(format!("no fork is held here at \"{shown}\""))
                    .hint("aronde forks lists what is; AUTHOR/LOG/SEQ is expected, or an entry of the fork"))
            }
        };
    }
    let among = forks.iter().flat_map(|fork| fork.entries.iter().copied());
    let entry = resolve(named, "an entry at a fork", among)?;
    let fork = forks.into_iter().find(|fork| fork.entries.contains(&entry));
    fork.map(|fork| (fork, Some(entry))).ok_or_else(|| ServiceError::internal("a fork is gone"))
}

/// The fork, when there is just one.
fn only(mut forks: Vec<Fork>) -> Result<Fork, ServiceError> {
    match (forks.pop(), forks.len()) {
        (Some(fork), 0) => Ok(fork),
        (None, _) => Err(ServiceError::user("no log that is held here forks, so there is nothing to prove")
            .hint("if one is said to, sync first: aronde sync")),
        (Some(_), more) => Err(ServiceError::user(format!("{} forks are held here", more + 1))
            .hint("name one of them: aronde forks show FORK --proof FILE; aronde forks lists them")),
    }
}

/// An entry and, on one of the ways from it, those up to the first that is signed.
fn vouched(entries: &Entries, first: EntryId) -> Result<Vec<Entry>, ServiceError> {
    let replica = entries.replica();
    // Each step with the one it continues: at a fork only one way may lead to a signature.
    let mut steps: Vec<(EntryId, Option<usize>)> = vec![(first, None)];
    let mut next = 0;
    while let Some((id, _)) = steps.get(next).copied() {
        let entry = entries.entry(&id)?;
        if entry.signature().is_some() {
            let mut chain = vec![entry];
            let mut step = steps.get(next).and_then(|(_, before)| *before);
            while let Some((id, before)) = step.and_then(|step| steps.get(step)) {
                chain.push(entries.entry(id)?);
                step = *before;
            }
            chain.reverse();
            return Ok(chain);
        }
        if let Some(held) = replica.get(&id) {
            let vouching = replica.continued_by(held).filter(|n| n.header.vouches_for(&held.header, id));
            steps.extend(vouching.map(|n| (n.id, Some(next))));
        }
        next += 1;
    }
    Err(ServiceError::internal(format!("nothing that is held vouches for the entry {first}")))
}

fn summary(entries: &Entries, fork: Fork) -> ForkSummary {
    let said = fork.healed.and_then(|id| entries.replica().get(&id));
    ForkSummary {
        author_name: Commons::name_of(entries, fork.author),
        author: fork.author,
        log: fork.log.to_string(),
        seq: fork.seq,
        entries: fork.entries,
        healed: said.map(|held| Healing { entry: held.id, at: timestamp(held.header.at) }),
    }
}

fn branch(entries: &mut Entries, first: &EntryId) -> ForkBranch {
    let replica = entries.replica();
    let held: Vec<&Held> = replica.get(first).map(|held| replica.branch(held)).unwrap_or_default();
    let (length, counting) = (held.len() as u64, held.iter().filter(|h| h.verdict.counts()).count() as u64);
    let mut shown: Vec<(ForkEntry, Option<DocumentId>)> =
        held.into_iter().take(BRANCH_SHOWN).map(entry).collect();
    for (entry, about) in &mut shown {
        let document = about.and_then(|id| entries.document(&id).ok());
        entry.subject_title =
            document.and_then(|document| Design::of(&document).ok()?.title.agreed().cloned());
    }
    ForkBranch { length, counting, entries: shown.into_iter().map(|(entry, _)| entry).collect() }
}

/// An entry of a branch, and the document whose title says more of it.
fn entry(held: &Held) -> (ForkEntry, Option<DocumentId>) {
    let header = &held.header;
    let reason = match held.verdict {
        Verdict::Accepted => None,
        Verdict::Parked(reason) => Some(reason.to_string()),
    };
    let creates = header.kind.class() == Class::Document;
    let shown = ForkEntry {
        id: held.id,
        seq: header.seq,
        at: timestamp(header.at),
        kind: header.kind.to_string(),
        subject: header.subject,
        subject_title: None,
        counts: held.verdict.counts(),
        reason,
    };
    (shown, header.subject.or(creates.then_some(held.id)))
}

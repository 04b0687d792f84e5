//! Proposals: `proposal list | show | accept | decline`.
//!
//! What a proposal is, and what comes in with it, is [`aronde_protocol::proposal`]'s. Taking one in is an entry with
//! right on top of it that changes nothing by itself: it names the document's heads and the proposal in its `deps`.

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::burst::Draft;
use aronde_protocol::document::batch::Batch;
use aronde_protocol::document::diff::Diff;
use aronde_protocol::document::view::Field;
use aronde_protocol::entry::{Gist, Kind};
use aronde_protocol::id::{DocumentId, EntryId};
use aronde_protocol::key::MemberKey;
use aronde_protocol::proposal;
use aronde_protocol::record::PersonalPart;
use aronde_protocol::record::decline::DeclineFacts;

use super::document;
use super::entries::Entries;
use super::resolve::resolve;
use super::{Commons, Log, nonce, timestamp};
use crate::api::{
    ProposalAccept, ProposalAccepted, ProposalDecline, ProposalDeclined, ProposalDetail, ProposalList,
    ProposalState, ProposalSummary, ProposedBy, ServiceError, Signer,
};

/// A proposal, apart from the replica that it was found in.
pub(super) struct Found {
    pub head: EntryId,
    pub design: DocumentId,
    pub author: MemberKey,
    pub at: u64,
    pub edits: Vec<EntryId>,
    pub unknown: usize,
    pub authors: Vec<(MemberKey, usize)>,
    pub without_right: BTreeSet<MemberKey>,
}

/// A word against a proposal.
pub(super) struct Word {
    id: EntryId,
    by: MemberKey,
    at: u64,
}

/// Words against proposals, by the proposal.
pub(super) type Words = BTreeMap<EntryId, Vec<Word>>;

impl From<proposal::Proposal<'_>> for Found {
    fn from(proposal: proposal::Proposal<'_>) -> Self {
        Self {
            head: proposal.head.id,
            design: proposal.document,
            author: proposal.head.author,
            at: proposal.head.header.at,
            edits: proposal.edits.iter().map(|edit| edit.id).collect(),
            unknown: proposal.unknown,
            authors: proposal.authors(),
            without_right: proposal.without_right(),
        }
    }
}

impl Commons {
    /// `proposal list`.
    pub(super) fn proposal_list(&self, wanted: &ProposalList) -> Result<Vec<ProposalSummary>, ServiceError> {
        let mut entries = self.entries();
        let designs: Vec<DocumentId> = match &wanted.design {
            Some(text) => vec![resolve(text, "a design or a procedure", entries.replica().documents())?],
            None => entries.replica().documents().collect(),
        };
        let words = Self::words(&entries);
        let mut list = Vec::new();
        for id in designs {
            let waiting = proposal::waiting(entries.replica(), &id).into_iter();
            let waiting: Vec<Found> =
                waiting.map(Found::from).filter(|p| !wanted.mine || p.author == self.member()).collect();
            for found in waiting {
                list.push(Self::proposal_summary(&mut entries, &words, &found)?);
            }
        }
        list.sort_by_key(|p| (p.state != ProposalState::Open, p.at, p.id));
        Ok(list)
    }

    /// `proposal show`.
    pub(super) fn proposal_show(&self, id: &str) -> Result<ProposalDetail, ServiceError> {
        let mut entries = self.entries();
        let found = Self::proposal_named(&entries, id)?;
        let words = Self::words(&entries);
        let summary = Self::proposal_summary(&mut entries, &words, &found)?;
        let further = proposal::of(entries.replica(), &found.head).map_or_else(Vec::new, |p| {
            let own = proposal::further(entries.replica(), &p).into_iter();
            own.filter(|f| f.head.author == found.author).map(|f| f.head.id).collect()
        });
        let mut declined_before = Vec::new();
        for edit in found.edits.iter().filter(|edit| **edit != found.head) {
            if Self::state(&entries, &words, &found.design, edit)?.0 == ProposalState::Declined {
                declined_before.push(*edit);
            }
        }
        let now = entries.document(&found.design)?;
        let then = entries.document_with(&found.design, &found.edits)?;
        let diff = Diff::between(&now, &then);
        let left_out = then.skipped.iter().filter(|s| found.edits.contains(&s.entry)).count();
        Ok(ProposalDetail {
            summary,
            keepers: Self::keepers(&entries, &found.design),
            yours: Self::keeps(&entries, self.member(), &found.design),
            by: Self::proposed_by(&entries, &found),
            unknown_edits: found.unknown as u64,
            further,
            declined_before,
            diff: document::shown_diff(&diff),
            conflicts: diff.conflicts(),
            left_out: left_out as u64,
        })
    }

    /// `proposal accept`.
    pub(super) fn proposal_accept(
        &self,
        wanted: &ProposalAccept,
        signer: &Signer,
    ) -> Result<ProposalAccepted, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let found = Self::proposal_named(&entries, &wanted.id)?;
        Self::check_keeps(&entries, key.member(), &found.design, "take a proposal in")?;
        let by = Self::proposed_by(&entries, &found);
        let answered: Vec<String> = by.iter().filter(|b| b.without_right).map(called).collect();
        if !answered.is_empty() && !wanted.answering {
            return Err(ServiceError::user(format!(
                "edits of this proposal were written without any right, by {}; whoever takes them in answers for them by name",
                answered.join(" and ")
            ))
            .hint(format!("look at them: aronde proposal show {}", found.head.short()))
            .hint(format!("to answer for them: aronde proposal accept {} --yes", found.head.short())));
        }
        let now = entries.document(&found.design)?;
        let then = entries.document_with(&found.design, &found.edits)?;
        let conflicts = Diff::between(&now, &then).conflicts();
        let heads = then.heads();
        let id = self.write(&mut entries, &key, Log::Work, |burst| {
            document::add_edit(burst, &Batch::default(), found.design, heads)
        })?;
        let counts = |id: &EntryId| entries.replica().get(id).is_some_and(|held| held.verdict.counts());
        if !found.edits.iter().chain([&id]).all(counts) {
            return Err(ServiceError::internal("the proposal does not count, though a keeper signed on top"));
        }
        let edits = found.edits.len() as u64;
        let kind = now.kind.clone();
        Ok(ProposalAccepted { id, proposal: found.head, design: found.design, kind, edits, by, conflicts })
    }

    /// `proposal decline`.
    pub(super) fn proposal_decline(
        &self,
        said: &ProposalDecline,
        signer: &Signer,
    ) -> Result<ProposalDeclined, ServiceError> {
        let reason = said.reason.trim();
        if reason.is_empty() {
            return Err(ServiceError::user("the reason is empty")
                .hint("say in a few words why: --reason \"the thread must stay metric\""));
        }
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let found = Self::proposal_named(&entries, &said.id)?;
        Self::check_keeps(&entries, key.member(), &found.design, "decline a proposal")?;
        let draft = Draft {
            kind: Kind::DECLINE,
            subject: Some(found.head),
            deps: Vec::new(),
            facts: DeclineFacts { document: found.design }.encode()?,
            personal: Some(PersonalPart::note(nonce()?, reason.to_owned()).encode()?),
        };
        let id = self.write(&mut entries, &key, Log::Work, |burst| Ok(burst.add(draft)?))?;
        Ok(ProposalDeclined { id, proposal: found.head, design: found.design })
    }

    /// The open proposals for a design.
    pub(super) fn open_proposals(
        entries: &Entries,
        design: &DocumentId,
    ) -> Result<Vec<EntryId>, ServiceError> {
        let words = Self::words(entries);
        let mut open = Vec::new();
        for waiting in proposal::waiting(entries.replica(), design) {
            let head = waiting.head.id;
            if Self::state(entries, &words, design, &head)?.0 == ProposalState::Open {
                open.push(head);
            }
        }
        Ok(open)
    }

    /// The proposal that a text names: any edit that waits, not only the newest of a line.
    fn proposal_named(entries: &Entries, text: &str) -> Result<Found, ServiceError> {
        let replica = entries.replica();
        let waiting: Vec<EntryId> = replica
            .documents()
            .flat_map(|id| proposal::parked(replica, &id).map(|held| held.id).collect::<Vec<_>>())
            .collect();
        let head = resolve(text, "a proposal", waiting.into_iter()).map_err(|error| {
            let edits = replica.documents().flat_map(|id| {
                let counting = replica.document(&id).filter(|held| held.gist == Gist::Edit);
                counting.map(|held| held.id).collect::<Vec<_>>()
            });
            match resolve(text, "an edit", edits) {
                Ok(edit) => ServiceError::user(format!("the edit {} counts already", edit.short()))
                    .hint("a proposal that was taken in is a part of what it changed: see what waits with: aronde proposal list"),
                Err(_) => error.hint("see what waits with: aronde proposal list"),
            }
        })?;
        Self::found(entries, &head)
    }

    /// The proposal with this head.
    pub(super) fn found(entries: &Entries, head: &EntryId) -> Result<Found, ServiceError> {
        proposal::of(entries.replica(), head)
            .map(Found::from)
            .ok_or_else(|| ServiceError::user(format!("the entry {head} is no proposal")))
    }

    /// All words against proposals that count.
    pub(super) fn words(entries: &Entries) -> Words {
        let mut words = Words::new();
        let records = entries.replica().records();
        for held in records.filter(|held| held.gist == Gist::Decline && held.verdict.counts()) {
            let word = Word { id: held.id, by: held.author, at: held.header.at };
            words.entry(held.header.subject.unwrap_or(held.id)).or_default().push(word);
        }
        words
    }

    /// How things are with a proposal, by the newest word of a keeper.
    pub(super) fn state<'d>(
        entries: &Entries,
        words: &'d Words,
        design: &DocumentId,
        head: &EntryId,
    ) -> Result<(ProposalState, Option<&'d Word>), ServiceError> {
        let mut last: Option<&Word> = None;
        for word in words.get(head).into_iter().flatten() {
            // A word that names another document than the proposal's speaks of nothing.
            let facts = DeclineFacts::read(entries.entry(&word.id)?.facts())?;
            let newer = last.is_none_or(|last| (last.at, last.id) < (word.at, word.id));
            let replica = entries.replica();
            let by_keeper = || replica.get(&word.id).is_some_and(|held| replica.is_by_keeper(held, design));
            if newer && facts.document == *design && by_keeper() {
                last = Some(word);
            }
        }
        Ok((if last.is_some() { ProposalState::Declined } else { ProposalState::Open }, last))
    }

    fn proposal_summary(
        entries: &mut Entries,
        words: &Words,
        found: &Found,
    ) -> Result<ProposalSummary, ServiceError> {
        let document = entries.document(&found.design)?;
        let title = document.fields().remove("title").unwrap_or(Field::Absent).text().agreed().cloned();
        let (state, declined) = Self::state(entries, words, &found.design, &found.head)?;
        let reason = match declined {
            Some(word) => entries.entry(&word.id)?.personal().and_then(PersonalPart::read).map(|p| p.note),
            None => None,
        };
        let mut theirs = entries.replica().authority().memberships_of(found.author);
        let workshop = theirs.next().map(|(_, m)| m.workshop);
        Ok(ProposalSummary {
            id: found.head,
            design: found.design,
            kind: document.kind.clone(),
            title,
            author: found.author,
            author_name: Self::name_of(entries, found.author),
            workshop,
            workshop_name: workshop.and_then(|w| Self::workshop_name(entries, &w)),
            at: timestamp(found.at),
            edits: found.edits.len() as u64,
            state,
            declined_by: declined.map(|word| word.by),
            declined_by_name: declined.and_then(|word| Self::name_of(entries, word.by)),
            reason: reason.filter(|reason| !reason.is_empty()),
        })
    }

    fn proposed_by(entries: &Entries, found: &Found) -> Vec<ProposedBy> {
        let one = |(author, edits): &(MemberKey, usize)| ProposedBy {
            author: *author,
            author_name: Self::name_of(entries, *author),
            edits: *edits as u64,
            without_right: found.without_right.contains(author),
        };
        found.authors.iter().map(one).collect()
    }
}

fn called(by: &ProposedBy) -> String {
    match &by.author_name {
        Some(name) => format!("{name} ({})", by.author.short()),
        None => by.author.short(),
    }
}

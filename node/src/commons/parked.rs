//! What is held and doesn't count: why, what would help, and one's own work signed again.

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::acceptance::{Reason, Verdict};
use aronde_protocol::authority::NotHolding;
use aronde_protocol::burst::Draft;
use aronde_protocol::document::batch::Batch;
use aronde_protocol::entry::{Class, Entry, Kind};
use aronde_protocol::id::{DocumentId, EntryId, WorkshopId};
use aronde_protocol::key::MemberKey;
use aronde_protocol::record::contribution::ContributionFacts;
use aronde_protocol::replica::{Held, Replica};

use super::entries::Entries;
use super::resolve::resolve;
use super::{Commons, Log, timestamp};
use crate::api::{
    LeftEntry, ParkedEntry, ParkedExplain, ParkedExplanation, ParkedList, Rescued, RescuedEntry,
    ServiceError, Signer,
};

/// The records that are signed again as they are, but for what they name.
const AGAIN: [&str; 8] = [
    Kind::CONTRIBUTION,
    Kind::CORRECTION,
    Kind::ATTESTATION,
    Kind::RETRACTION,
    Kind::SETTLEMENT,
    Kind::CITATION,
    Kind::AGENT,
    Kind::AGENT_CLAIM,
];

impl Commons {
    /// `parked list`.
    pub(super) fn parked_list(&self, list: &ParkedList) -> Vec<ParkedEntry> {
        let entries = self.entries();
        let mine = own_keys(entries.replica(), self.member());
        let held = entries.replica().held().filter(|held| !held.verdict.counts());
        held.filter(|held| !list.mine || mine.contains(&held.author))
            .map(|held| parked(&entries, held))
            .collect()
    }

    /// `parked explain`.
    pub(super) fn parked_explain(&self, explain: &ParkedExplain) -> Result<ParkedExplanation, ServiceError> {
        let entries = self.entries();
        let replica = entries.replica();
        let id = resolve(&explain.entry, "an entry", replica.held().map(|held| held.id))?;
        let (Some(held), Some(cause)) = (replica.get(&id), replica.cause(&id)) else {
            return Err(ServiceError::user(format!("the entry {} counts", id.short()))
                .hint(format!("see by what right: aronde why {}", id.short())));
        };
        let told = Told { entries: &entries, held, cut_by: cause.cut_by, rests_on: cause.rests_on };
        let (because, would_count_if) = told.tell(cause.reason);
        Ok(ParkedExplanation {
            parked: parked(&entries, held),
            because,
            would_count_if,
            cut_by: cause.cut_by,
        })
    }

    /// `parked rescue`.
    pub(super) fn parked_rescue(&self, signer: &Signer) -> Result<Rescued, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        self.acting(
            &entries,
            key.member(),
            aronde_protocol::authority::Role::writes,
            "a steward or a maker",
        )?;
        let mine = own_keys(entries.replica(), key.member());
        let lost: Vec<EntryId> = entries
            .replica()
            .held()
            .filter(|held| mine.contains(&held.author) && is_lost(held.verdict))
            .map(|held| held.id)
            .collect();
        let keeping = keeping(entries.replica(), key.member());
        let mut takes: BTreeMap<DocumentId, Vec<EntryId>> = BTreeMap::new();
        let mut again = Vec::new();
        for id in &lost {
            let entry = entries.entry(id)?;
            let header = entry.header();
            match (header.kind.as_str(), header.subject) {
                (Kind::EDIT, Some(document)) if is_kept(entries.replica(), &document, &keeping) => {
                    takes.entry(document).or_default().push(*id);
                }
                (kind, _) if AGAIN.contains(&kind) => again.push(entry),
                _ => {}
            }
        }
        let mut said: BTreeMap<EntryId, EntryId> = BTreeMap::new();
        if !takes.is_empty() || !again.is_empty() {
            let (held, bases): (BTreeMap<_, _>, BTreeMap<_, _>) = takes
                .into_iter()
                .map(|(document, taken)| {
                    let heads = entries.replica().document_heads(&document);
                    ((document, tips(entries.replica(), &taken)), (document, (taken, heads)))
                })
                .unzip();
            said = self.write(&mut entries, &key, Log::Work, |burst| {
                let mut said = BTreeMap::new();
                for (document, (taken, heads)) in bases {
                    let tips = held.get(&document).cloned().unwrap_or_default();
                    let heads = heads.into_iter().chain(tips).collect();
                    let by = super::document::add_edit(burst, &Batch::default(), document, heads)?;
                    said.extend(taken.into_iter().map(|entry| (entry, by)));
                }
                for entry in again {
                    let kind = entry.header().kind.as_str();
                    let Some(kind) = AGAIN.into_iter().find(|again| *again == kind) else { continue };
                    // What was said of a record that is signed again is said of the new one.
                    let subject = entry.header().subject.map(|s| said.get(&s).copied().unwrap_or(s));
                    let by = burst.add(Draft {
                        kind,
                        subject,
                        deps: Vec::new(),
                        facts: facts_again(&entry, &said)?,
                        personal: entry.personal().map(<[u8]>::to_vec),
                    })?;
                    said.insert(entry.id(), by);
                }
                Ok(said)
            })?;
        }
        let counts = |entry: &EntryId| {
            let by = said.get(entry)?;
            entries.replica().get(by).is_some_and(|held| held.verdict.counts()).then_some(*by)
        };
        let rescued: Vec<_> = lost
            .iter()
            .filter_map(|entry| Some(RescuedEntry { entry: *entry, by: counts(entry)? }))
            .collect();
        let left = lost.iter().filter(|entry| counts(entry).is_none());
        let left = left.filter_map(|entry| {
            let (held, cause) = entries.replica().get(entry).zip(entries.replica().cause(entry))?;
            let told = Told { entries: &entries, held, cut_by: cause.cut_by, rests_on: cause.rests_on };
            Some(LeftEntry { entry: *entry, would_count_if: told.tell(cause.reason).1 })
        });
        Ok(Rescued { rescued, left: left.collect() })
    }
}

/// A member's keys: this one, and those that it was rotated from.
/// The facts of a record that is signed again: of one that names another such record, with its new id.
fn facts_again(entry: &Entry, said: &BTreeMap<EntryId, EntryId>) -> Result<Vec<u8>, ServiceError> {
    if !matches!(entry.header().kind.as_str(), Kind::CONTRIBUTION | Kind::CORRECTION) {
        return Ok(entry.facts().to_vec());
    }
    let facts = ContributionFacts::read(entry.facts())?;
    let anew = |id: Option<EntryId>| id.map(|id| said.get(&id).copied().unwrap_or(id));
    Ok(ContributionFacts { agent: anew(facts.agent), corrects: anew(facts.corrects), ..facts }.encode()?)
}

fn own_keys(replica: &Replica, member: MemberKey) -> BTreeSet<MemberKey> {
    let authority = replica.authority();
    let all =
        authority.memberships.values().chain(authority.former.values().map(|former| &former.membership));
    let own = all.filter(|m| m.key == member).flat_map(|m| m.old_keys.iter().copied());
    own.chain([member]).collect()
}

/// Whether an entry is parked for what was done to its author, not for what it is.
fn is_lost(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Parked(Reason::Cut | Reason::Rotated | Reason::NoRight))
}

/// The workshops that a member writes for.
fn keeping(replica: &Replica, member: MemberKey) -> BTreeSet<WorkshopId> {
    let mine = replica.authority().memberships_of(member);
    mine.filter(|(_, m)| m.role.writes()).map(|(_, m)| m.workshop).collect()
}

fn is_kept(replica: &Replica, document: &DocumentId, by: &BTreeSet<WorkshopId>) -> bool {
    !replica.keepers(document).is_disjoint(by)
}

/// Those on which none of the others builds.
fn tips(replica: &Replica, entries: &[EntryId]) -> Vec<EntryId> {
    let named: BTreeSet<_> =
        entries.iter().filter_map(|id| replica.get(id)).flat_map(|held| &held.header.deps).collect();
    entries.iter().filter(|id| !named.contains(id)).copied().collect()
}

fn parked(entries: &Entries, held: &Held) -> ParkedEntry {
    let reason = match held.verdict {
        Verdict::Parked(reason) => word(reason),
        Verdict::Accepted => String::new(),
    };
    ParkedEntry {
        entry: held.id,
        author: held.author,
        author_name: Commons::name_of(entries, held.author),
        kind: held.header.kind.to_string(),
        subject: held.header.subject,
        reason,
    }
}

/// The word for a reason, as `docs/trust.md` has it.
fn word(reason: Reason) -> String {
    let value = match reason {
        Reason::Operation(reason) => serde_json::to_value(reason),
        reason => serde_json::to_value(reason),
    };
    value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_else(|| reason.to_string())
}

/// One parked entry, as it is explained.
struct Told<'a> {
    entries: &'a Entries,
    held: &'a Held,
    cut_by: Option<EntryId>,
    rests_on: Option<EntryId>,
}

impl Told<'_> {
    /// Why it does not count, and what would make it count.
    fn tell(&self, reason: Reason) -> (String, String) {
        let author = self.who(self.held.author);
        match reason {
            Reason::Cut | Reason::Operation(NotHolding::Cut) => (self.cut(&author), self.after_cut()),
            Reason::Rotated | Reason::Operation(NotHolding::Rotated) => (
                format!("{author} replaced the key that signed it{}. What the old key signed beyond the entries \
                    named there does not count, since whoever has the old key could have signed it.", self.by("on")),
                "its author signs it again with the new key (aronde parked rescue), if it is theirs".to_owned(),
            ),
            Reason::Proposal => (
                format!("{author} changed a document that {} keep{}. It is a proposal: it waits for them.",
                    self.keepers(), if self.keepers().contains(" and ") { "" } else { "s" }),
                format!("a steward or maker of {} takes it in: aronde proposal accept {}", self.keepers(), self.held.id.short()),
            ),
            Reason::NoRight => (
                format!("{author} has no membership, among those that this entry knows, that lets them write it."),
                "a steward admits its author as maker or steward, and its author signs it again (aronde parked rescue)".to_owned(),
            ),
            Reason::NoDocument => (
                "The document that it changes does not count itself.".to_owned(),
                match self.held.header.subject {
                    Some(document) => format!("the document's first entry counts: see aronde parked explain {}", document.short()),
                    None => "the document's first entry counts".to_owned(),
                },
            ),
            Reason::NotBound => (
                format!("It says where a node is reached that is not bound to a workshop of {author}, or no longer."),
                "a steward binds the node (aronde node bind), and the node says again where it is reached".to_owned(),
            ),
            Reason::Operation(NotHolding::Open) => {
                let motion = self.entries.replica().authority().motions.get(&self.held.id);
                let missing: Vec<String> = motion.iter().flat_map(|m| &m.missing).map(|w| self.workshop(w)).collect();
                let (votes, quorum) = motion.map_or((0, 0), |m| (m.votes.len(), m.quorum));
                (
                    format!("It is a motion by {author}: {votes} of {quorum} workshops have voted for it."),
                    format!("enough of these workshops vote for it (aronde workshop vote {}): {}", self.held.id.short(), missing.join(", ")),
                )
            }
            Reason::Operation(NotHolding::Lapsed) => (
                format!("It is a motion by {author} that was not settled by the charter made meanwhile, and does not know it. It has lapsed."),
                "somebody proposes the same again".to_owned(),
            ),
            Reason::Operation(NotHolding::NotAMember) => (
                format!("{author} acts under a membership that does not hold{}.", self.void()),
                "what it rests on counts; or somebody who may signs the same again".to_owned(),
            ),
            Reason::Operation(NotHolding::NotASteward) => (
                format!("{author} acts as a steward, and was none by what this entry knows."),
                "a steward signs the same".to_owned(),
            ),
            Reason::Operation(NotHolding::NotInOrder) => (
                format!("{author} names something in it that lies not in its past, or over which they have no say. It can never hold."),
                "nothing makes this one count; a steward who may can sign what was meant".to_owned(),
            ),
            Reason::Operation(NotHolding::NotAKeeper) => (
                "The grant by which its workshop would keep the document does not hold.".to_owned(),
                "a keeper of the document signs the same".to_owned(),
            ),
            Reason::Unknown | Reason::Operation(NotHolding::Unknown) => (
                "This version of Aronde does not know its kind or rules level. It is kept as it is.".to_owned(),
                "a newer version of Aronde judges it".to_owned(),
            ),
        }
    }

    fn cut(&self, author: &str) -> String {
        format!(
            "{author} was removed{}. The removal names the last of their entries that stand, by every log; this one \
             is not at or behind any of them, so it does not count, whenever it was written.",
            self.by("on")
        )
    }

    fn after_cut(&self) -> String {
        let id = self.held.id.short();
        match self.held.header.kind.class() {
            Class::Operation => "somebody who may do this signs the same".to_owned(),
            Class::Document if self.held.header.subject.is_some() => format!(
                "a keeper of the document takes it in by name (aronde proposal accept {id}); or its author is admitted \
                 again with their work (aronde member add … --with-work)"
            ),
            Class::Record => "a member of another workshop confirms it (aronde attest); or its author is admitted \
                 again, with their work (aronde member add … --with-work) or to sign it again (aronde parked rescue)"
                .to_owned(),
            _ => "its author is admitted again with their work (aronde member add … --with-work)".to_owned(),
        }
    }

    /// Who signed the removal or rotation, and when.
    fn by(&self, on: &str) -> String {
        let Some(held) = self.cut_by.and_then(|id| self.entries.replica().get(&id)) else {
            return String::new();
        };
        let day = timestamp(held.header.at).strftime("%Y-%m-%d").to_string();
        format!(" by {} {on} {day} ({})", self.who(held.author), held.id.short())
    }

    fn void(&self) -> String {
        self.rests_on.map_or_else(String::new, |id| format!(": see aronde parked explain {}", id.short()))
    }

    fn who(&self, key: MemberKey) -> String {
        Commons::name_of(self.entries, key).unwrap_or_else(|| key.short())
    }

    fn workshop(&self, id: &WorkshopId) -> String {
        Commons::workshop_name(self.entries, id).unwrap_or_else(|| id.short())
    }

    fn keepers(&self) -> String {
        let keepers = self.held.header.subject.map(|document| self.entries.replica().keepers(&document));
        let names: Vec<String> = keepers.into_iter().flatten().map(|w| self.workshop(&w)).collect();
        if names.is_empty() { "nobody".to_owned() } else { names.join(" and ") }
    }
}

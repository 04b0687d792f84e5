//! What workshops say of a procedure: approvals, adoptions, runs.

use std::collections::BTreeSet;

use aronde_protocol::authority::Role;
use aronde_protocol::burst::Draft;
use aronde_protocol::document::procedure::Procedure;
use aronde_protocol::document::schema::procedure::CONTROLS;
use aronde_protocol::entry::{Entry, Gist, Kind};
use aronde_protocol::id::{DocumentId, EntryId, MembershipId, WorkshopId};
use aronde_protocol::record::PersonalPart;
use aronde_protocol::record::procedure::{AdoptionFacts, ApprovalFacts, Reading, RunFacts, revision};

use super::super::entries::Entries;
use super::super::{Commons, Log, nonce, timestamp};
use super::{at_revision, read};
use crate::api::{
    ServiceError, Signer, SopAdopt, SopAdoption, SopApproval, SopApprove, SopReading, SopRun, SopRunMade,
    SopSaid, SopWord, WorkshopName,
};

/// All that counts of what is said of a procedure.
pub(super) struct Words {
    pub approvals: Vec<SopApproval>,
    pub adoptions: Vec<SopAdoption>,
    pub runs: Vec<SopRunMade>,
}

impl Commons {
    /// `sop approve`.
    pub(in crate::commons) fn sop_approve(
        &self,
        said: &SopApprove,
        signer: &Signer,
    ) -> Result<SopSaid, ServiceError> {
        self.say_of(&said.id, said.note.as_deref(), Kind::PROCEDURE_APPROVAL, signer, |saying| {
            let instead = saying
                .earlier(|entry| Ok((ApprovalFacts::read(entry.facts())?.under, Kind::PROCEDURE_APPROVAL)))?;
            let facts = ApprovalFacts {
                under: saying.under,
                heads: saying.heads.clone(),
                verdict: said.verdict,
                instead,
            };
            Ok(facts.encode()?)
        })
    }

    /// `sop adopt`.
    pub(in crate::commons) fn sop_adopt(
        &self,
        said: &SopAdopt,
        signer: &Signer,
    ) -> Result<SopSaid, ServiceError> {
        self.say_of(&said.id, said.note.as_deref(), Kind::PROCEDURE_ADOPTION, signer, |saying| {
            let instead = saying
                .earlier(|entry| Ok((AdoptionFacts::read(entry.facts())?.under, Kind::PROCEDURE_ADOPTION)))?;
            Ok(AdoptionFacts { under: saying.under, heads: saying.heads.clone(), instead }.encode()?)
        })
    }

    /// `sop run`.
    pub(in crate::commons) fn sop_run(
        &self,
        said: &SopRun,
        signer: &Signer,
    ) -> Result<SopSaid, ServiceError> {
        self.say_of(&said.id, said.note.as_deref(), Kind::PROCEDURE_RUN, signer, |saying| {
            let readings = said.readings.iter().map(|(control, value)| saying.reading(control, value));
            let facts = RunFacts {
                under: saying.under,
                heads: saying.heads.clone(),
                happened_at: said.at.and_then(|at| u64::try_from(at.as_millisecond()).ok()),
                result: said.result,
                readings: readings.collect::<Result<_, _>>()?,
            };
            Ok(facts.encode()?)
        })
    }

    /// Writes one record about a procedure.
    fn say_of(
        &self,
        id: &str,
        note: Option<&str>,
        kind: &'static str,
        signer: &Signer,
        facts: impl FnOnce(&Saying<'_>) -> Result<Vec<u8>, ServiceError>,
    ) -> Result<SopSaid, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let (id, wanted) = at_revision(&entries, id)?;
        let (under, membership) =
            self.acting(&entries, key.member(), Role::writes, "a maker or a steward")?;
        let procedure = read(&mut entries, &id)?;
        let heads = match wanted {
            Some(heads) => heads,
            None if kind == Kind::PROCEDURE_RUN => {
                adopted(&entries, &id, membership.workshop)?.unwrap_or_else(|| procedure.heads.clone())
            }
            None => procedure.heads.clone(),
        };
        let mut heads = heads;
        heads.sort_unstable();
        if !procedure.conflicts.is_empty() && heads == sorted(&procedure.heads) && kind != Kind::PROCEDURE_RUN
        {
            return Err(ServiceError::user(format!(
                "this procedure has {} fields with several values, so nobody can say what is meant by it",
                procedure.conflicts.len()
            ))
            .hint(format!("see them with: aronde sop show {}", id.short()))
            .hint("decide between them first, or name an earlier revision: ID@REVISION"));
        }
        let saying =
            Saying { entries: &entries, procedure: &procedure, under, workshop: membership.workshop, heads };
        let facts = facts(&saying)?;
        let heads = saying.heads;
        let note = note.map(str::trim).filter(|note| !note.is_empty());
        let personal = match note {
            Some(note) => Some(PersonalPart::note(nonce()?, note.to_owned()).encode()?),
            None => None,
        };
        let draft = Draft { kind, subject: Some(id), deps: Vec::new(), facts, personal };
        let written = self.write(&mut entries, &key, Log::Work, |burst| Ok(burst.add(draft)?))?;
        Ok(SopSaid {
            id: written,
            procedure: id,
            title: procedure.title.agreed().cloned(),
            revision: revision(&heads),
            current: heads == sorted(&procedure.heads),
            workshop: WorkshopName {
                id: membership.workshop,
                name: Self::workshop_name(&entries, &membership.workshop),
            },
        })
    }
}

/// What somebody is about to say of a procedure.
struct Saying<'a> {
    entries: &'a Entries,
    procedure: &'a Procedure,
    under: MembershipId,
    workshop: WorkshopId,
    heads: Vec<EntryId>,
}

impl Saying<'_> {
    /// The standing words of one kind of the same workshop.
    fn earlier(
        &self,
        said: impl Fn(&Entry) -> Result<(MembershipId, &'static str), ServiceError>,
    ) -> Result<Vec<EntryId>, ServiceError> {
        let standing = standing(self.entries, &self.procedure.id)?;
        let mut earlier = Vec::new();
        for entry in &standing {
            let of_kind = match entry.header().kind.as_str() {
                Kind::PROCEDURE_APPROVAL => ApprovalFacts::read(entry.facts()).is_ok(),
                Kind::PROCEDURE_ADOPTION => AdoptionFacts::read(entry.facts()).is_ok(),
                _ => false,
            };
            if let Some(Ok((under, kind))) = of_kind.then(|| said(entry))
                && entry.header().kind.as_str() == kind
                && workshop_of(self.entries, under) == Some(self.workshop)
            {
                earlier.push(entry.id());
            }
        }
        earlier.sort_unstable();
        earlier.truncate(aronde_protocol::limits::DEPS_MAX);
        Ok(earlier)
    }

    /// A reading, its control point named by its number or in words.
    fn reading(&self, control: &str, value: &str) -> Result<Reading, ServiceError> {
        let controls = self.procedure.draft.lists.get(CONTROLS).map_or(&[][..], Vec::as_slice);
        let what = |number: usize| {
            let item = controls.get(number.checked_sub(1)?)?;
            item.fields.get("what").map(ToString::to_string)
        };
        let control = match control.parse::<usize>() {
            Ok(number) => what(number).ok_or_else(|| {
                ServiceError::user(format!(
                    "this procedure has no control point {number}; it has {}",
                    controls.len()
                ))
                .hint(format!("see them with: aronde sop show {}", self.procedure.id.short()))
            })?,
            Err(_) => control.to_owned(),
        };
        let mut control = control;
        while control.len() > aronde_protocol::limits::READING_MAX {
            control.pop();
        }
        Ok(Reading { control, value: value.to_owned() })
    }
}

fn sorted(heads: &[EntryId]) -> Vec<EntryId> {
    let mut heads = heads.to_vec();
    heads.sort_unstable();
    heads
}

/// The workshop that a membership is of, or was.
fn workshop_of(entries: &Entries, under: MembershipId) -> Option<WorkshopId> {
    let authority = entries.replica().authority();
    let now = authority.memberships.get(&under).map(|m| m.workshop);
    now.or_else(|| authority.former.get(&under).map(|former| former.membership.workshop))
}

/// Whether a membership is or was of an entry's author: nobody speaks for a workshop by another's.
fn is_own(entries: &Entries, under: MembershipId, entry: &Entry) -> bool {
    let authority = entries.replica().authority();
    let of = |m: &aronde_protocol::authority::Membership| {
        m.key == entry.author() || m.old_keys.contains(&entry.author())
    };
    authority.memberships.get(&under).is_some_and(of)
        || authority.former.get(&under).is_some_and(|former| of(&former.membership))
}

/// All records about a procedure that count.
fn counting(entries: &Entries, id: &DocumentId) -> Result<Vec<Entry>, ServiceError> {
    let records = entries.replica().records();
    let of = records.filter(|held| held.gist == Gist::Procedure && held.header.subject == Some(*id));
    let ids: Vec<EntryId> = of.filter(|held| held.verdict.counts()).map(|held| held.id).collect();
    ids.iter().map(|id| entries.entry(id)).collect()
}

/// The approvals and adoptions that no later one of the same workshop takes the place of, and all runs.
fn standing(entries: &Entries, id: &DocumentId) -> Result<Vec<Entry>, ServiceError> {
    let mut all = counting(entries, id)?;
    let mut replaced: BTreeSet<(WorkshopId, EntryId)> = BTreeSet::new();
    for entry in &all {
        let (under, instead) = match entry.header().kind.as_str() {
            Kind::PROCEDURE_APPROVAL => {
                let facts = ApprovalFacts::read(entry.facts())?;
                (facts.under, facts.instead)
            }
            Kind::PROCEDURE_ADOPTION => {
                let facts = AdoptionFacts::read(entry.facts())?;
                (facts.under, facts.instead)
            }
            _ => continue,
        };
        if let Some(workshop) = workshop_of(entries, under).filter(|_| is_own(entries, under, entry)) {
            replaced.extend(instead.into_iter().map(|id| (workshop, id)));
        }
    }
    let under = |entry: &Entry| match entry.header().kind.as_str() {
        Kind::PROCEDURE_APPROVAL => ApprovalFacts::read(entry.facts()).map(|f| f.under),
        Kind::PROCEDURE_ADOPTION => AdoptionFacts::read(entry.facts()).map(|f| f.under),
        _ => RunFacts::read(entry.facts()).map(|f| f.under),
    };
    all.retain(|entry| {
        let workshop =
            under(entry).ok().filter(|u| is_own(entries, *u, entry)).and_then(|u| workshop_of(entries, u));
        workshop.is_some_and(|workshop| !replaced.contains(&(workshop, entry.id())))
    });
    all.sort_by_key(|entry| (entry.header().at, entry.id()));
    Ok(all)
}

/// What is said of a procedure and stands.
pub(super) fn of(entries: &Entries, procedure: &Procedure) -> Result<Words, ServiceError> {
    let now = sorted(&procedure.heads);
    let mut words = Words { approvals: Vec::new(), adoptions: Vec::new(), runs: Vec::new() };
    for entry in standing(entries, &procedure.id)? {
        let word = |under: MembershipId, heads: &[EntryId], at: u64| {
            let workshop = workshop_of(entries, under)?;
            Some(SopWord {
                id: entry.id(),
                workshop,
                workshop_name: Commons::workshop_name(entries, &workshop),
                author: entry.author(),
                author_name: Commons::name_of(entries, entry.author()),
                at: timestamp(at),
                revision: revision(heads),
                current: heads == now,
                note: entry.personal().and_then(PersonalPart::read).map(|p| p.note),
            })
        };
        let at = entry.header().at;
        match entry.header().kind.as_str() {
            Kind::PROCEDURE_APPROVAL => {
                let facts = ApprovalFacts::read(entry.facts())?;
                let word = word(facts.under, &facts.heads, at);
                words.approvals.extend(word.map(|word| SopApproval { word, verdict: facts.verdict }));
            }
            Kind::PROCEDURE_ADOPTION => {
                let facts = AdoptionFacts::read(entry.facts())?;
                words.adoptions.extend(word(facts.under, &facts.heads, at).map(|word| SopAdoption { word }));
            }
            _ => {
                let facts = RunFacts::read(entry.facts())?;
                let word = word(facts.under, &facts.heads, facts.happened_at.unwrap_or(at));
                let readings = facts.readings.into_iter();
                let readings = readings.map(|r| SopReading { control: r.control, value: r.value }).collect();
                words.runs.extend(word.map(|word| SopRunMade { word, result: facts.result, readings }));
            }
        }
    }
    words.runs.sort_by_key(|run| std::cmp::Reverse((run.word.at, run.word.id)));
    Ok(words)
}

/// The workshops that work by a procedure.
pub(super) fn adopted_by(entries: &Entries, id: &DocumentId) -> Result<Vec<WorkshopName>, ServiceError> {
    let mut workshops = BTreeSet::new();
    for entry in
        standing(entries, id)?.iter().filter(|e| e.header().kind.as_str() == Kind::PROCEDURE_ADOPTION)
    {
        workshops.extend(workshop_of(entries, AdoptionFacts::read(entry.facts())?.under));
    }
    let named = |id: WorkshopId| WorkshopName { id, name: Commons::workshop_name(entries, &id) };
    Ok(workshops.into_iter().map(named).collect())
}

/// The only revision that a workshop works by, if there is one.
fn adopted(
    entries: &Entries,
    id: &DocumentId,
    workshop: WorkshopId,
) -> Result<Option<Vec<EntryId>>, ServiceError> {
    let mut found = Vec::new();
    for entry in
        standing(entries, id)?.iter().filter(|e| e.header().kind.as_str() == Kind::PROCEDURE_ADOPTION)
    {
        let facts = AdoptionFacts::read(entry.facts())?;
        if workshop_of(entries, facts.under) == Some(workshop) {
            found.push(facts.heads);
        }
    }
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// The revisions that records name.
pub(super) fn revisions(entries: &Entries, id: &DocumentId) -> Result<Vec<Vec<EntryId>>, ServiceError> {
    let heads = |entry: &Entry| -> Result<Vec<EntryId>, ServiceError> {
        Ok(match entry.header().kind.as_str() {
            Kind::PROCEDURE_APPROVAL => ApprovalFacts::read(entry.facts())?.heads,
            Kind::PROCEDURE_ADOPTION => AdoptionFacts::read(entry.facts())?.heads,
            _ => RunFacts::read(entry.facts())?.heads,
        })
    };
    counting(entries, id)?.iter().map(heads).collect()
}

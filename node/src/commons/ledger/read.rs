//! `ledger list | show | totals`.

use std::collections::{BTreeMap, HashMap};

use aronde_protocol::id::{EntryId, WorkshopId};
use aronde_protocol::key::MemberKey;
use aronde_protocol::quantity::sum::{Exact, convert};
use aronde_protocol::record::contribution::Happened;
use aronde_protocol::record::ledger::{By, Group, Line, Provider, Total, totals};
use aronde_protocol::record::{Evidence, PersonalPart, standing};

use super::super::entries::Entries;
use super::super::resolve::resolve;
use super::super::{Commons, timestamp};
use super::{contribution_id, shown};
use crate::api::{
    LedgerGroup, LedgerList, LedgerRecord, LedgerTotal, LedgerTotals, RecordSummary, ServiceError,
    Settlement, Standing,
};

/// What a filter means here.
pub(super) struct Meant {
    subject: Option<EntryId>,
    providers: Option<Vec<Provider>>,
    workshop: Option<WorkshopId>,
    from: Option<u64>,
    to: Option<u64>,
    standing: Option<Standing>,
    action: Option<String>,
}

impl Meant {
    pub fn has(&self, line: &Line<'_>) -> bool {
        let begin = line.happened.begin();
        self.subject.is_none_or(|subject| line.subject == Some(subject))
            && self.providers.as_ref().is_none_or(|those| those.contains(&line.provider))
            && self.workshop.is_none_or(|workshop| line.workshop == Some(workshop))
            && self.from.is_none_or(|from| begin >= from)
            && self.to.is_none_or(|to| begin < to)
            && self.standing.is_none_or(|standing| shown(line.standing) == standing)
            && self.action.as_deref().is_none_or(|action| line.action == action)
    }
}

/// What people are called, each looked up once.
#[derive(Default)]
pub(super) struct Names(HashMap<Provider, Option<String>>);

impl Names {
    pub fn of(&mut self, entries: &Entries, provider: Provider) -> Option<String> {
        let name = self.0.entry(provider).or_insert_with(|| match provider {
            Provider::Member(member) => Commons::name_of(entries, member),
            Provider::Agent(agent) => Commons::agent_name(entries, &agent),
        });
        name.clone()
    }
}

impl Commons {
    /// What a filter means.
    pub(super) fn meant(&self, entries: &mut Entries, filter: &LedgerList) -> Result<Meant, ServiceError> {
        let ms = |at: jiff::Timestamp| u64::try_from(at.as_millisecond()).unwrap_or(0);
        Ok(Meant {
            subject: filter.subject.as_deref().map(|text| Self::any_subject(entries, text)).transpose()?,
            providers: filter.provider.as_deref().map(|text| self.providers(entries, text)).transpose()?,
            workshop: filter
                .workshop
                .as_deref()
                .map(|text| Self::workshop_called(entries, text))
                .transpose()?,
            from: filter.from.map(ms),
            to: filter.to.map(ms),
            standing: filter.standing,
            action: filter.action.clone(),
        })
    }

    /// A subject that is known, or one that some record names though nothing more is known of it.
    pub(super) fn any_subject(entries: &mut Entries, text: &str) -> Result<EntryId, ServiceError> {
        let error = match Self::subject(entries, text) {
            Ok(id) => return Ok(id),
            Err(error) => error,
        };
        let mut named: Vec<EntryId> = entries.replica().records().filter_map(|r| r.header.subject).collect();
        named.sort_unstable();
        named.dedup();
        resolve(text, "a design or a workshop", named.into_iter()).map_err(|_| error)
    }

    /// Those who are called so: a member by DID or name, agents by id or name.
    fn providers(&self, entries: &Entries, text: &str) -> Result<Vec<Provider>, ServiceError> {
        let persons = super::persons(entries);
        let error = match Self::member_called(entries, text) {
            Ok(key) => return Ok(vec![Provider::Member(persons.get(&key).copied().unwrap_or(key))]),
            Err(error) => error,
        };
        let agents = self.agents_called(entries, text)?;
        if agents.is_empty() {
            return Err(error.hint("nor is an agent: see aronde agent list"));
        }
        self.with_ledger(entries, |_, view| {
            // What a claimed agent did is found under its name too.
            Ok(agents
                .iter()
                .map(|agent| {
                    let claimants: Vec<MemberKey> = view.claimants(agent).collect();
                    match claimants.as_slice() {
                        [one] => Provider::Member(*one),
                        _ => Provider::Agent(*agent),
                    }
                })
                .collect())
        })
    }

    /// `ledger list`.
    pub(in crate::commons) fn ledger_list(
        &self,
        filter: &LedgerList,
    ) -> Result<Vec<RecordSummary>, ServiceError> {
        let mut entries = self.entries();
        let meant = self.meant(&mut entries, filter)?;
        let mut names = Names::default();
        self.with_ledger(&entries, |_, view| {
            let lines = view.lines().filter(|line| meant.has(line));
            lines.map(|line| summary(&entries, &line, &mut names)).collect()
        })
    }

    /// `ledger show`.
    pub(in crate::commons) fn ledger_show(&self, record: &str) -> Result<LedgerRecord, ServiceError> {
        let mut entries = self.entries();
        let id = contribution_id(&entries, record)?;
        let entry = entries.entry(&id)?;
        let author = entry.author();
        let (_, attestations) = self.said_of(&entries, id, author)?;
        let (summary, corrected_by, settlements) = self.with_ledger(&entries, |_, view| {
            let line =
                view.line(&id).ok_or_else(|| ServiceError::internal("the ledger lacks a record it holds"))?;
            let settled = line.settled.iter().map(|settled| Settlement {
                id: settled.id,
                means: settled.means.word().to_owned(),
                amount: settled.amount.as_ref().map(ToString::to_string),
                by: settled.by,
                at: timestamp(settled.recorded),
            });
            let summary = summary(&entries, &line, &mut Names::default())?;
            Ok((summary, view.corrected_by(&id), settled.collect()))
        })?;
        let by_author =
            || entries.replica().authority().memberships_of(author).next().map(|(_, m)| m.workshop);
        let workshop = summary.workshop.or_else(by_author);
        let part = entry.personal().and_then(PersonalPart::read);
        let subject_title = summary.subject.and_then(|subject| Self::title_of(&mut entries, &subject));
        Ok(LedgerRecord {
            author_name: Self::name_of(&entries, author),
            workshop_name: workshop.and_then(|w| Self::workshop_name(&entries, &w)),
            subject_title,
            log: entry.header().log.to_string(),
            seq: entry.header().seq,
            evidence: part.iter().flat_map(|part| &part.evidence).map(told).collect(),
            corrected_by,
            settlements,
            attestations,
            summary: RecordSummary { workshop, ..summary },
        })
    }

    /// `ledger totals`.
    pub(in crate::commons) fn ledger_totals(
        &self,
        asked: &LedgerTotals,
    ) -> Result<Vec<LedgerTotal>, ServiceError> {
        let mut entries = self.entries();
        let meant = self.meant(&mut entries, &asked.records)?;
        let by = match asked.group {
            LedgerGroup::Member => By::Member,
            LedgerGroup::Subject => By::Subject,
            LedgerGroup::Workshop => By::Workshop,
            LedgerGroup::Month => By::Month,
        };
        let totals = self.with_ledger(&entries, |_, view| {
            let live = |line: &Line<'_>| meant.standing.is_some() || line.standing.is_live();
            let lines = view.lines().filter(|line| live(line) && meant.has(line));
            totals(lines, by).map_err(ServiceError::user)
        })?;
        rows(&mut entries, &totals)
    }

    /// Totals over all that is part of what was done, each with its answer.
    pub(in crate::commons) fn all_totals(
        &self,
        entries: &mut Entries,
        by: By,
    ) -> Result<Vec<(Total, LedgerTotal)>, ServiceError> {
        let totals = self.with_ledger(entries, |_, view| {
            totals(view.lines().filter(|line| line.standing.is_live()), by).map_err(ServiceError::user)
        })?;
        let rows = rows(entries, &totals)?;
        Ok(totals.into_iter().zip(rows).collect())
    }

    /// How many contributions stand how.
    pub(in crate::commons) fn standings(
        &self,
        entries: &Entries,
    ) -> Result<BTreeMap<standing::Standing, u64>, ServiceError> {
        self.with_ledger(entries, |_, view| {
            let mut standings = BTreeMap::new();
            view.lines().for_each(|line| *standings.entry(line.standing).or_default() += 1);
            Ok(standings)
        })
    }
}

fn rows(entries: &mut Entries, totals: &[Total]) -> Result<Vec<LedgerTotal>, ServiceError> {
    let (mut names, mut titles) = (Names::default(), HashMap::new());
    totals.iter().map(|total| row(entries, total, &mut names, &mut titles)).collect()
}

type Titles = HashMap<EntryId, Option<String>>;

fn row(
    entries: &mut Entries,
    total: &Total,
    names: &mut Names,
    titles: &mut Titles,
) -> Result<LedgerTotal, ServiceError> {
    let mut title = |entries: &mut Entries, id: EntryId| {
        titles.entry(id).or_insert_with(|| Commons::title_of(entries, &id)).clone()
    };
    let (group, name, agent) = match total.group {
        Group::Member(key) => (Some(key.to_string()), names.of(entries, Provider::Member(key)), None),
        Group::Agent(agent) => {
            let name = names.of(entries, Provider::Agent(agent));
            (name.clone().or_else(|| Some(agent.to_string())), name, Some(agent))
        }
        Group::Subject(id) | Group::Workshop(id) => {
            (id.map(|id| id.to_string()), id.and_then(|id| title(entries, id)), None)
        }
        Group::Month(month) => (Some(month.to_string()), None, None),
    };
    let (sum, unit) = total.sum.total().map_err(ServiceError::user)?;
    let mut actions = BTreeMap::new();
    for (action, of) in &total.actions {
        let (amount, its) = of.total().map_err(ServiceError::user)?;
        // In the unit of the whole where that says it exactly; with its own unit else.
        let told: Option<Exact> = convert(amount, its, unit).map_err(ServiceError::user)?;
        let told = told.map_or_else(|| format!("{amount} {its}"), |amount| amount.to_string());
        actions.insert(action.clone(), told);
    }
    let standings =
        total.standings.iter().map(|(standing, part)| (shown(*standing).word().to_owned(), part.records));
    Ok(LedgerTotal {
        subject: total.subject,
        group,
        unit: unit.to_owned(),
        quantity: sum.to_string(),
        records: total.records,
        name,
        agent,
        subject_title: total.subject.and_then(|id| title(entries, id)),
        actions,
        standings: standings.collect(),
    })
}

/// A line as it is answered, with its note.
pub(super) fn summary(
    entries: &Entries,
    line: &Line<'_>,
    names: &mut Names,
) -> Result<RecordSummary, ServiceError> {
    let has_note = entries.replica().get(&line.id).is_some_and(|held| held.header.personal.is_some());
    let note = if has_note {
        entries.entry(&line.id)?.personal().and_then(PersonalPart::read).map(|part| part.note)
    } else {
        None
    };
    Ok(RecordSummary {
        id: line.id,
        author: line.author,
        provider: match line.provider {
            Provider::Member(member) => Some(member),
            Provider::Agent(_) => None,
        },
        agent: line.agent,
        provider_name: names.of(entries, line.provider),
        receiver: line.receiver,
        workshop: line.workshop,
        action: line.action.to_owned(),
        subject: line.subject,
        quantity: line.quantity.amount.to_string(),
        unit: line.quantity.unit.to_owned(),
        resource_quantity: line.resource_quantity.map(|quantity| quantity.amount.to_string()),
        resource_unit: line.resource_quantity.map(|quantity| quantity.unit.to_owned()),
        resource: line.resource.map(|resource| resource.name.clone()),
        role: line.role.map(str::to_owned),
        at: timestamp(line.happened.begin()),
        ended: match line.happened {
            Happened::Span { to, .. } => Some(timestamp(to)),
            Happened::At(_) => None,
        },
        recorded: timestamp(line.recorded),
        late: line.late,
        corrects: line.corrects,
        note: note.filter(|note| !note.is_empty()),
        standing: shown(line.standing),
        confirmations: line.confirmations,
        disputes: line.disputes,
        settled: line.settled.iter().map(|settled| settled.means.word().to_owned()).collect(),
    })
}

/// A piece of evidence in one line.
pub(super) fn told(evidence: &Evidence) -> String {
    match evidence {
        Evidence::File { hash, len, media_type } => format!("file {hash} ({media_type}, {len} bytes)"),
        Evidence::Link(link) => format!("link {link}"),
        Evidence::Commit { repository, id } => format!("commit {id} of {repository}"),
        Evidence::Change { added, removed, paths } => {
            let count = |n: &Option<u64>| n.map_or_else(|| "?".to_owned(), |n| n.to_string());
            let paths: Vec<String> = paths.iter().map(|(kind, n)| format!("{kind} {n}")).collect();
            let of = if paths.is_empty() { String::new() } else { format!(" in {}", paths.join(", ")) };
            format!("change +{} -{}{of}", count(added), count(removed))
        }
    }
}

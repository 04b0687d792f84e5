//! `shares`: who gets what of an amount, by a rule.

use std::collections::BTreeMap;

use aronde_protocol::document::schema::design;
use aronde_protocol::entry::Kind;
use aronde_protocol::id::EntryId;
use aronde_protocol::limits;
use aronde_protocol::quantity::money;
use aronde_protocol::record::ledger::{Cited, Provider};
use aronde_protocol::shares::exact::{fixed, shown};
use aronde_protocol::shares::{
    Asked, Part, Rule, SHARE_DECIMALS, SharesError, Source, Statement, Who, shares,
};

use super::super::entries::Entries;
use super::super::releases::releases;
use super::super::{Commons, now, timestamp};
use super::read::Names;
use crate::api::{RuleCited, ServiceError, ShareKind, ShareRow, Shares, SharesStated};

mod explain;
mod sheet;

const DAY: u64 = 24 * 3600 * 1000;

/// What everything in a statement is called.
struct Called {
    titles: BTreeMap<EntryId, String>,
    people: BTreeMap<Provider, String>,
}

impl Called {
    fn work(&self, id: &EntryId) -> String {
        self.titles.get(id).cloned().unwrap_or_else(|| id.short())
    }

    fn person(&self, who: Provider) -> String {
        self.people.get(&who).cloned().unwrap_or_else(|| key_of(who))
    }

    fn who(&self, who: Who) -> String {
        match who {
            Who::Member(member) => self.person(Provider::Member(member)),
            Who::Agent(agent) => self.person(Provider::Agent(agent)),
            Who::Commons => "the commons".to_owned(),
            Who::Aside => "kept aside".to_owned(),
        }
    }
}

fn key_of(who: Provider) -> String {
    match who {
        Provider::Member(member) => member.to_string(),
        Provider::Agent(agent) => agent.to_string(),
    }
}

impl Commons {
    /// `shares`.
    pub(in crate::commons) fn shares(&self, wanted: &Shares) -> Result<SharesStated, ServiceError> {
        let rule = Rule::read(&wanted.rule).map_err(|error| {
            ServiceError::user(format!("the rule {} is in error: {error}", wanted.file))
                .hint("the language of rules is in docs/shares.md; rules that ship: aronde shares rules")
        })?;
        let currency = money::by_code(&wanted.amount.unit).ok_or_else(|| {
            let unit: String = wanted.amount.unit.chars().take(20).collect();
            ServiceError::user(format!("\"{unit}\" is no currency; money is shared, such as 12500 EUR"))
        })?;
        let mut entries = self.entries();
        let subject = Self::any_subject(&mut entries, &wanted.subject)?;
        let ms = |at: jiff::Timestamp| u64::try_from(at.as_millisecond()).unwrap_or(0);
        let asked = Asked {
            subject,
            amount: wanted.amount.amount,
            currency,
            on: wanted.on.map_or_else(|| now() / DAY * DAY, ms),
            from: wanted.from.map(ms),
            to: wanted.to.map(ms),
        };
        let sources = self.sources(&mut entries, &rule, subject)?;
        let statement = self.with_ledger(&entries, |_, view| {
            let sources = &mut |work: EntryId| sources.get(&work).cloned().unwrap_or_default();
            shares(&rule, &asked, view.lines(), sources).map_err(refused)
        })?;
        let called = called(&mut entries, &statement);
        let cited =
            RuleCited { name: rule.name.0.clone(), version: rule.version.0.clone(), hash: rule.hash() };
        if let Some(path) = &wanted.sheet {
            let text = sheet::sheet(&rule, &cited, &asked, &statement, &called);
            std::fs::write(path, text.as_bytes()).map_err(|error| {
                ServiceError::user(format!("{} can't be written: {error}", path.display()))
            })?;
        }
        let row = |part: &Part| {
            let mut row = row(part, &statement, &called);
            if wanted.explain {
                row.steps = explain::of_part(&rule, &statement, part, &called);
            }
            row
        };
        let steps = if wanted.explain { explain::of_works(&rule, &statement, &called) } else { Vec::new() };
        Ok(SharesStated {
            rule: cited,
            subject,
            subject_title: called.titles.get(&subject).cloned(),
            amount: wanted.amount.amount.to_string(),
            currency: currency.code.to_owned(),
            on: timestamp(asked.on),
            shares: statement.parts.iter().map(row).collect(),
            counted: statement.left_out.counted,
            left_out: statement.left_out.reasons(),
            steps,
            sheet: wanted.sheet.clone(),
        })
    }

    /// What each work was made on the ground of, as far upstream as the rule goes.
    fn sources(
        &self,
        entries: &mut Entries,
        rule: &Rule,
        subject: EntryId,
    ) -> Result<BTreeMap<EntryId, Vec<Source>>, ServiceError> {
        let Some(upstream) = &rule.upstream else { return Ok(BTreeMap::new()) };
        let cited: Vec<Cited> =
            self.with_ledger(entries, |_, view| Ok(view.citations().copied().collect()))?;
        let mut found: BTreeMap<EntryId, Vec<Source>> = BTreeMap::new();
        let mut level = vec![subject];
        for _ in 0..upstream.depth {
            let mut next = Vec::new();
            for work in std::mem::take(&mut level) {
                if found.contains_key(&work) || found.len() > limits::SHARES_WORKS_MAX {
                    continue;
                }
                let sources = sources_of(entries, &cited, work)?;
                next.extend(sources.iter().map(|source| source.subject));
                found.insert(work, sources);
            }
            level = next;
        }
        Ok(found)
    }
}

/// What a work was made on the ground of: by citations, by its releases, and as it stands now.
fn sources_of(entries: &mut Entries, cited: &[Cited], work: EntryId) -> Result<Vec<Source>, ServiceError> {
    let mut said: Vec<(EntryId, EntryId)> =
        cited.iter().filter(|it| it.subject == work).map(|it| (it.cites, it.id)).collect();
    for release in releases(entries, &work)? {
        said.extend(release.facts.sources.iter().filter_map(|source| Some((source.release?, release.id))));
    }
    if entries.replica().documents().any(|id| id == work) {
        let document = entries.document(&work)?;
        let draft = document.agreed();
        let releases = draft.items(design::SOURCES).iter().filter_map(|item| item.text("release"));
        said.extend(releases.filter_map(|id| Some((id.parse().ok()?, work))));
    }
    let replica = entries.replica();
    let of = |(cites, said_by): (EntryId, EntryId)| {
        let held = replica.get(&cites)?;
        let counts = held.verdict.counts();
        let subject = if held.header.kind.as_str() == Kind::RELEASE { held.header.subject? } else { cites };
        counts.then_some(Source { subject, said_by })
    };
    Ok(said.into_iter().filter_map(of).collect())
}

fn refused(error: SharesError) -> ServiceError {
    let refused = ServiceError::user(&error);
    match error {
        SharesError::Nothing(left_out) => {
            let claimed = left_out
                .standing
                .keys()
                .any(|standing| *standing == aronde_protocol::record::standing::Standing::Claimed);
            let refused = refused.hint("see the records and where they stand: aronde ledger list");
            if claimed {
                refused
                    .hint("another member confirms one with: aronde attest RECORD --confirm")
                    .hint("or let the rule count what is claimed: [standing] confirmed = 1, claimed = 1")
            } else {
                refused
            }
        }
        _ => refused,
    }
}

fn called(entries: &mut Entries, statement: &Statement) -> Called {
    let mut names = Names::default();
    let people = statement.people.keys().filter_map(|who| Some((*who, names.of(entries, *who)?))).collect();
    let works = statement.works.iter().map(|work| work.subject).collect::<Vec<_>>();
    let titles = works.into_iter().filter_map(|id| Some((id, Commons::title_of(entries, &id)?))).collect();
    Called { titles, people }
}

fn row(part: &Part, statement: &Statement, called: &Called) -> ShareRow {
    let (member, kind, agent) = match part.who {
        Who::Member(member) => (member.to_string(), ShareKind::Member, None),
        Who::Agent(agent) => (called.person(Provider::Agent(agent)), ShareKind::Agent, Some(agent)),
        Who::Commons => ("commons".to_owned(), ShareKind::Commons, None),
        Who::Aside => ("aside".to_owned(), ShareKind::Aside, None),
    };
    let provider = match part.who {
        Who::Member(member) => Some(Provider::Member(member)),
        Who::Agent(agent) => Some(Provider::Agent(agent)),
        _ => None,
    };
    ShareRow {
        member,
        amount: fixed(&part.paid, statement.currency.decimals),
        currency: statement.currency.code.to_owned(),
        share: fixed(&part.share, SHARE_DECIMALS),
        exact: shown(&part.exact),
        kind,
        name: provider.and_then(|who| called.people.get(&who).cloned()),
        agent,
        steps: Vec::new(),
    }
}

//! `contribute`, `attest`, `retract`, `settle`, `cite`.

use std::collections::HashMap;

use aronde_protocol::authority::Role;
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::entry::Kind;
use aronde_protocol::id::{EntryId, WorkshopId};
use aronde_protocol::key::MemberKey;
use aronde_protocol::record::agent::{AgentFacts, AgentKind, AgentName};
use aronde_protocol::record::attestation::{
    AttestationFacts, Relation as SaidRelation, Verdict as SaidVerdict,
};
use aronde_protocol::record::citation::CitationFacts;
use aronde_protocol::record::contribution::{
    ACTIONS, Carries, ContributionFacts, Happened, ROLES, Resource, carries,
};
use aronde_protocol::record::retraction::RetractionFacts;
use aronde_protocol::record::settlement::{Means, SettlementFacts};
use aronde_protocol::record::{Evidence, PersonalPart};
use jiff::Timestamp;

use super::super::entries::Entries;
use super::super::resolve::resolve;
use super::super::{Commons, Log, nonce};
use super::{contribution_id, draft, record_id};
use crate::api::{
    Attest, Attested, Cite, Contribute, Relation, Retract, ServiceError, Settle, Signer, Verdict, Wrote,
};

/// Agents that a member wrote down, by what they are and are called.
pub(super) type Known = HashMap<(AgentKind, String), EntryId>;

impl Commons {
    /// `contribute`.
    pub(in crate::commons) fn contribute(
        &self,
        said: Contribute,
        signer: &Signer,
    ) -> Result<Wrote, ServiceError> {
        let key = self.key(signer)?;
        // Right is checked before any bytes are taken in.
        self.scope(&self.entries(), key.member())?;
        let _taking = self.files.taking_in();
        let files = self.take_evidence(&said.evidence)?;
        let mut entries = self.entries();
        check_action(&said.action)?;
        check_role(said.role.as_deref())?;
        if said.resource_quantity.is_some() && carries(&said.action) != Carries::Both {
            return Err(ServiceError::user(format!(
                "the action {} carries one quantity, and two were given",
                said.action
            ))
            .hint("two quantities are for \"use\": how long, and how much of it"));
        }
        let named = [said.provider.is_some(), said.person.is_some(), said.group.is_some()];
        if named.iter().filter(|given| **given).count() > 1 {
            return Err(ServiceError::user("more than one was named who did it")
                .hint("name a member (--provider), a person who is none (--person), or a group (--group)"));
        }
        let subject = Self::subject(&mut entries, &said.subject)?;
        let workshop = self.scope(&entries, key.member())?;
        let agent = match (said.person, said.group) {
            (Some(person), _) => Some((AgentKind::Person, person)),
            (_, Some(group)) => Some((AgentKind::Group, group)),
            _ => None,
        };
        let mut known = self.known_agents(&entries, key.member())?;
        let facts = ContributionFacts {
            provider: said.provider.filter(|provider| *provider != key.member()),
            receiver: said.receiver,
            workshop: Some(workshop),
            resource_quantity: said.resource_quantity,
            resource: said.resource.map(|name| Resource { name, of: None }),
            role: said.role,
            happened: happened(said.at, said.to)?,
            ..ContributionFacts::new(&said.action, said.quantity)
        };
        let evidence: Vec<Evidence> =
            files.into_iter().chain(said.links.into_iter().map(Evidence::Link)).collect();
        let part = PersonalPart { evidence, ..PersonalPart::note(nonce()?, said.note.unwrap_or_default()) };
        let personal =
            (!part.note.is_empty() || !part.evidence.is_empty()).then(|| part.encode()).transpose()?;
        let id = self.write(&mut entries, &key, Log::Work, |burst| {
            let agent = agent.map(|(kind, name)| add_agent(burst, &mut known, kind, &name)).transpose()?;
            let facts = ContributionFacts { agent, ..facts }.encode()?;
            let kind = Kind::CONTRIBUTION;
            Ok(burst.add(Draft { kind, subject: Some(subject), deps: Vec::new(), facts, personal })?)
        })?;
        Ok(Wrote { id })
    }

    /// The workshop that a member's records are in the scope of.
    pub(super) fn scope(&self, entries: &Entries, member: MemberKey) -> Result<WorkshopId, ServiceError> {
        Ok(self.acting(entries, member, Role::writes, "a maker or a steward")?.1.workshop)
    }

    /// The agents that a member wrote down, with any key of theirs.
    pub(super) fn known_agents(&self, entries: &Entries, member: MemberKey) -> Result<Known, ServiceError> {
        let persons = super::persons(entries);
        let person = |key: MemberKey| persons.get(&key).copied().unwrap_or(key);
        let table = self.table(entries)?;
        let own = table.ledger.agents().filter(|(_, agent)| person(agent.author) == person(member));
        let mut own: Vec<_> = own.collect();
        own.sort_unstable_by_key(|(id, _)| entries.replica().place(id));
        let mut known = Known::new();
        for (id, agent) in own {
            if let Some(name) = Self::agent_name(entries, &id) {
                known.entry((agent.kind, name)).or_insert(id);
            }
        }
        Ok(known)
    }

    /// `attest`.
    pub(in crate::commons) fn attest(&self, said: Attest, signer: &Signer) -> Result<Attested, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let record = record_id(&entries, &said.record)?;
        self.acting(&entries, key.member(), |_| true, "a member")?;
        let author = entries.entry(&record)?.author();
        if said.verdict == Verdict::Confirm && self.is_hand(&entries, record, key.member())? {
            return Err(ServiceError::user(format!(
                "{} made this record or did the work, and cannot confirm it",
                key.member().short()
            ))
            .hint("somebody else must confirm it; ask a member of another workshop"));
        }
        let facts = AttestationFacts {
            verdict: match said.verdict {
                Verdict::Confirm => SaidVerdict::Confirm,
                Verdict::Dispute => SaidVerdict::Dispute,
                Verdict::Withdraw => SaidVerdict::Withdraw,
            },
            relation: said.relation.map(|relation| match relation {
                Relation::Present => SaidRelation::Present,
                Relation::Host => SaidRelation::Host,
                Relation::Maintainer => SaidRelation::Maintainer,
                Relation::Received => SaidRelation::Received,
            }),
        };
        let draft = draft(Kind::ATTESTATION, Some(record), facts.encode()?, said.note)?;
        let id = self.write(&mut entries, &key, Log::Work, |burst| Ok(burst.add(draft)?))?;
        let standing = self.said_of(&entries, record, author)?.0;
        Ok(Attested { id, record, standing })
    }

    /// Whether a member said a record or did what it says.
    fn is_hand(&self, entries: &Entries, record: EntryId, member: MemberKey) -> Result<bool, ServiceError> {
        use aronde_protocol::record::ledger::Provider;
        let author = entries.entry(&record)?.author();
        let persons = super::persons(entries);
        let person = |key: MemberKey| persons.get(&key).copied().unwrap_or(key);
        let provider =
            self.with_ledger(entries, |_, view| Ok(view.line(&record).map(|line| line.provider)))?;
        Ok(person(author) == person(member) || provider == Some(Provider::Member(person(member))))
    }

    /// That a member may take back or correct a record.
    pub(super) fn check_hand(
        &self,
        entries: &Entries,
        record: EntryId,
        member: MemberKey,
    ) -> Result<(), ServiceError> {
        if self.is_hand(entries, record, member)? {
            return Ok(());
        }
        Err(ServiceError::user(format!(
            "{} neither made this record nor did the work, and cannot change it",
            member.short()
        ))
        .hint(format!("say that it is wrong: aronde attest {} --dispute --note \"…\"", record.short())))
    }

    /// `retract`.
    pub(in crate::commons) fn retract(&self, said: Retract, signer: &Signer) -> Result<Wrote, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let record = contribution_or_other(&entries, &said.record)?;
        self.scope(&entries, key.member())?;
        self.check_hand(&entries, record, key.member())?;
        let draft = draft(Kind::RETRACTION, Some(record), RetractionFacts {}.encode()?, said.note)?;
        Ok(Wrote { id: self.write(&mut entries, &key, Log::Work, |burst| Ok(burst.add(draft)?))? })
    }

    /// `settle`.
    pub(in crate::commons) fn settle(&self, said: Settle, signer: &Signer) -> Result<Wrote, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let record = contribution_id(&entries, &said.record)?;
        self.scope(&entries, key.member())?;
        let means = means(&said.means)?;
        let by = said.by.filter(|by| *by != key.member());
        let facts = SettlementFacts { means, amount: said.amount, by }.encode()?;
        let draft = draft(Kind::SETTLEMENT, Some(record), facts, said.note)?;
        Ok(Wrote { id: self.write(&mut entries, &key, Log::Work, |burst| Ok(burst.add(draft)?))? })
    }

    /// `cite`.
    pub(in crate::commons) fn cite(&self, said: Cite, signer: &Signer) -> Result<Wrote, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let subject = Self::subject(&mut entries, &said.subject)?;
        self.scope(&entries, key.member())?;
        let replica = entries.replica();
        let releases = replica.records().filter(|held| held.header.kind.as_str() == Kind::RELEASE);
        let cited = replica.documents().chain(releases.map(|held| held.id));
        let cites = resolve(&said.cites, "a release, a design or a procedure", cited)?;
        if cites == subject {
            return Err(ServiceError::user("a work is not made on the ground of itself"));
        }
        let draft = draft(Kind::CITATION, Some(subject), CitationFacts { cites }.encode()?, said.note)?;
        Ok(Wrote { id: self.write(&mut entries, &key, Log::Work, |burst| Ok(burst.add(draft)?))? })
    }
}

/// What can be taken back: a contribution, a settlement, a citation, a claim on an agent.
fn contribution_or_other(entries: &Entries, text: &str) -> Result<EntryId, ServiceError> {
    const KINDS: [&str; 5] =
        [Kind::CONTRIBUTION, Kind::CORRECTION, Kind::SETTLEMENT, Kind::CITATION, Kind::AGENT_CLAIM];
    let records = entries.replica().records().filter(|held| KINDS.contains(&held.header.kind.as_str()));
    resolve(text, "a record that can be taken back", records.map(|held| held.id))
}

/// The agent of this name, written down now if it is not known.
pub(super) fn add_agent(
    burst: &mut Burst<'_>,
    known: &mut Known,
    kind: AgentKind,
    name: &str,
) -> Result<EntryId, ServiceError> {
    let name = name.trim().to_owned();
    if name.is_empty() {
        return Err(ServiceError::user("whoever did it has no name"));
    }
    if let Some(id) = known.get(&(kind, name.clone())) {
        return Ok(*id);
    }
    let personal = AgentName { nonce: nonce()?, name: name.clone() }.encode()?;
    let facts = AgentFacts { kind }.encode()?;
    let draft = Draft { kind: Kind::AGENT, subject: None, deps: Vec::new(), facts, personal: Some(personal) };
    let id = burst.add(draft)?;
    known.insert((kind, name), id);
    Ok(id)
}

pub(super) fn means(text: &str) -> Result<Means, ServiceError> {
    text.parse().map_err(|expected| {
        let shown: String = text.chars().take(40).collect();
        ServiceError::user(format!("nothing is settled by \"{shown}\": {expected}"))
    })
}

pub(super) fn check_action(action: &str) -> Result<(), ServiceError> {
    if ACTIONS.iter().any(|(known, _)| *known == action) {
        return Ok(());
    }
    let shown: String = action.chars().take(40).collect();
    let known: Vec<&str> = ACTIONS.iter().map(|(action, _)| *action).collect();
    Err(ServiceError::user(format!("\"{shown}\" is no action of the ledger"))
        .hint(format!("choose one of {}", known.join(", "))))
}

fn check_role(role: Option<&str>) -> Result<(), ServiceError> {
    let Some(role) = role.filter(|role| !ROLES.contains(role)) else { return Ok(()) };
    let shown: String = role.chars().take(40).collect();
    Err(ServiceError::user(format!("\"{shown}\" is no role of the ledger"))
        .hint(format!("choose one of {}", ROLES.join(", "))))
}

/// When it was done, by when it began and ended.
pub(super) fn happened(
    at: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<Option<Happened>, ServiceError> {
    let ms = |at: Timestamp| {
        u64::try_from(at.as_millisecond()).map_err(|_| ServiceError::user(format!("{at} is before 1970")))
    };
    match (at.map(ms).transpose()?, to.map(ms).transpose()?) {
        (Some(from), Some(to)) if to < from => Err(ServiceError::user("it ended before it began")),
        (Some(from), Some(to)) => Ok(Some(Happened::Span { from, to })),
        (None, Some(_)) => {
            Err(ServiceError::user("when it ended is said, and not when it began").hint("add --at"))
        }
        (at, None) => Ok(at.map(Happened::At)),
    }
}

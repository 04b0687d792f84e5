//! The ledger: all contributions with what was said of them, in a compact form, and the lines that are read from it.
//!
//! Goals: one pass over the records as they come to be held; any number of readings after it, under any set that counts
//! and any policy. Totals, shares, reports and findings are functions of [`Line`]s.
//!
//! Invariants: in whatever order records are taken in, the lines are the same but for their order; nothing here reads a
//! clock, a name or a note, so a redaction changes no line.
//!
//! Who does what is judged by persons: a member whose key was rotated is one person, named by the newest key
//! ([`Context::person`]). An agent whose one claim stands is the member who claims it. Of two members who claim one agent
//! neither is believed until one claim is withdrawn, retracted or disputed.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::agent::{AgentClaimFacts, AgentFacts, AgentKind, AgentWord};
use super::attestation::{AttestationFacts, Relation, Verdict};
use super::citation::CitationFacts;
use super::contribution::{ContributionFacts, Happened, Resource};
use super::settlement::{Means, SettlementFacts};
use crate::entry::{Header, Kind};
use crate::id::{EntryId, SourceHash};
use crate::key::MemberKey;
use crate::quantity::Quantity;

mod line;
mod totals;

#[cfg(test)]
mod tests;

pub use line::{Context, Line, Measure, Provider, View};
pub use totals::{By, Group, Month, Part, Total, totals};

/// Values that repeat, kept once.
#[derive(Debug)]
struct Interned<T> {
    all: Vec<T>,
    by: HashMap<T, u32>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self { all: Vec::new(), by: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Interned<T> {
    fn number(&mut self, value: T) -> u32 {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        *self.by.entry(value).or_insert_with_key(|value| {
            self.all.push(value.clone());
            next
        })
    }

    fn get(&self, number: u32) -> Option<&T> {
        self.all.get(number as usize)
    }
}

/// An amount with its unit, by the unit's number.
#[derive(Debug, Clone, Copy)]
struct Amount {
    amount: Decimal,
    unit: u32,
}

/// A contribution, with all that repeats by number.
#[derive(Debug)]
struct Row {
    id: EntryId,
    author: u32,
    provider: Option<u32>,
    agent: Option<u32>,
    receiver: Option<u32>,
    workshop: Option<u32>,
    subject: Option<u32>,
    action: u32,
    quantity: Amount,
    resource_quantity: Option<Amount>,
    resource: Option<u32>,
    role: Option<u32>,
    happened: Happened,
    recorded: u64,
    corrects: Option<u32>,
}

/// Where and by whom a record that speaks of another was said.
#[derive(Debug, Clone, Copy)]
struct Said {
    id: EntryId,
    author: MemberKey,
    log: u64,
    seq: u64,
}

/// A member's word on an agent.
#[derive(Debug, Clone, Copy)]
struct Claim {
    said: Said,
    word: AgentWord,
}

/// An attestation, whether it counts or not.
#[derive(Debug, Clone, Copy)]
struct Attested {
    said: Said,
    verdict: Verdict,
    relation: Option<Relation>,
}

/// How a contribution was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The settlement.
    pub id: EntryId,
    /// Who says so.
    pub author: MemberKey,
    /// When it was recorded, in ms since 1970.
    pub recorded: u64,
    /// How.
    pub means: Means,
    /// How much was paid, when it is said.
    pub amount: Option<Quantity>,
    /// Who settled it.
    pub by: MemberKey,
}

/// A citation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cited {
    /// The citation.
    pub id: EntryId,
    /// Who says so.
    pub author: MemberKey,
    /// What was made on the ground of it.
    pub subject: EntryId,
    /// The release or document that it was made on the ground of.
    pub cites: EntryId,
}

/// What is said of an agent in its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agent {
    /// Who wrote it down.
    pub author: MemberKey,
    /// What it is.
    pub kind: AgentKind,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Ledger {
    rows: Vec<Row>,
    places: HashMap<EntryId, u32>,
    texts: Interned<Arc<str>>,
    resources: Interned<Resource>,
    members: Interned<MemberKey>,
    ids: Interned<EntryId>,
    words: HashMap<EntryId, Vec<Attested>>,
    retractions: HashMap<EntryId, Vec<Said>>,
    /// Places of corrections, by what they correct.
    corrections: HashMap<EntryId, Vec<u32>>,
    settlements: HashMap<EntryId, Vec<Settled>>,
    agents: HashMap<EntryId, Agent>,
    claims: HashMap<EntryId, Vec<Claim>>,
    citations: Vec<Cited>,
    /// Rows of tables and commits that a contribution was read from, by what it is for.
    sources: HashMap<(Option<EntryId>, SourceHash), Vec<EntryId>>,
}

impl Ledger {
    /// Takes in a record that is held; others than those of the ledger are passed over. Facts that are not of their
    /// kind's form are, too: such an entry is never held.
    pub fn add(&mut self, id: EntryId, author: MemberKey, header: &Header, facts: &[u8]) {
        let said = Said { id, author, log: header.log, seq: header.seq };
        match (header.kind.as_str(), header.subject) {
            (Kind::CONTRIBUTION | Kind::CORRECTION, subject) => {
                if let Ok(facts) = ContributionFacts::read(facts) {
                    self.contribution(said, subject, header.at, facts);
                }
            }
            (Kind::ATTESTATION, Some(subject)) => {
                if let Ok(AttestationFacts { verdict, relation }) = AttestationFacts::read(facts) {
                    self.words.entry(subject).or_default().push(Attested { said, verdict, relation });
                }
            }
            (Kind::RETRACTION, Some(subject)) => self.retractions.entry(subject).or_default().push(said),
            (Kind::SETTLEMENT, Some(subject)) => {
                if let Ok(SettlementFacts { means, amount, by }) = SettlementFacts::read(facts) {
                    let by = by.unwrap_or(author);
                    let settled = Settled { id, author, recorded: header.at, means, amount, by };
                    self.settlements.entry(subject).or_default().push(settled);
                }
            }
            (Kind::CITATION, Some(subject)) => {
                if let Ok(CitationFacts { cites }) = CitationFacts::read(facts) {
                    self.citations.push(Cited { id, author, subject, cites });
                }
            }
            (Kind::AGENT, None) => {
                if let Ok(AgentFacts { kind }) = AgentFacts::read(facts) {
                    self.agents.insert(id, Agent { author, kind });
                }
            }
            (Kind::AGENT_CLAIM, Some(agent)) => {
                if let Ok(AgentClaimFacts { word }) = AgentClaimFacts::read(facts) {
                    self.claims.entry(agent).or_default().push(Claim { said, word });
                }
            }
            _ => {}
        }
    }

    fn contribution(&mut self, said: Said, subject: Option<EntryId>, at: u64, facts: ContributionFacts) {
        let place = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        if self.places.contains_key(&said.id) {
            return;
        }
        self.places.insert(said.id, place);
        if let Some(source) = facts.source {
            self.sources.entry((subject, source)).or_default().push(said.id);
        }
        if let Some(corrected) = facts.corrects {
            self.corrections.entry(corrected).or_default().push(place);
        }
        let quantity = self.amount(&facts.quantity);
        let resource_quantity = facts.resource_quantity.map(|quantity| self.amount(&quantity));
        self.rows.push(Row {
            id: said.id,
            author: self.members.number(said.author),
            provider: facts.provider.map(|key| self.members.number(key)),
            agent: facts.agent.map(|id| self.ids.number(id)),
            receiver: facts.receiver.map(|key| self.members.number(key)),
            workshop: facts.workshop.map(|id| self.ids.number(id)),
            subject: subject.map(|id| self.ids.number(id)),
            action: self.texts.number(facts.action.into()),
            quantity,
            resource_quantity,
            resource: facts.resource.map(|resource| self.resources.number(resource)),
            role: facts.role.map(|role| self.texts.number(role.into())),
            happened: facts.happened.unwrap_or(Happened::At(at)),
            recorded: at,
            corrects: facts.corrects.map(|id| self.ids.number(id)),
        });
    }

    fn amount(&mut self, quantity: &Quantity) -> Amount {
        Amount { amount: quantity.amount, unit: self.texts.number(quantity.unit.as_str().into()) }
    }

    /// How many contributions it holds, whether they count or not.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The contributions to something that were read from a row or commit.
    pub fn from_source(&self, subject: Option<EntryId>, source: SourceHash) -> &[EntryId] {
        self.sources.get(&(subject, source)).map_or(&[], Vec::as_slice)
    }

    /// The agents, in no order.
    pub fn agents(&self) -> impl Iterator<Item = (EntryId, Agent)> {
        self.agents.iter().map(|(id, agent)| (*id, *agent))
    }

    /// An agent by its record.
    pub fn agent(&self, id: &EntryId) -> Option<Agent> {
        self.agents.get(id).copied()
    }

    /// Reads it under what counts and what the federation's policy says.
    pub fn view<'a>(&'a self, context: Context<'a>) -> View<'a> {
        View::new(self, context)
    }
}

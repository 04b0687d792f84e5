//! A ledger as it is read: a line for each contribution.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rust_decimal::Decimal;

use super::{Agent, Amount, Attested, Cited, Ledger, Row, Said, Settled};
use crate::id::{EntryId, WorkshopId};
use crate::key::MemberKey;
use crate::record::agent::{AgentKind, AgentWord};
use crate::record::attestation::Relation;
use crate::record::contribution::{Happened, Resource};
use crate::record::standing::{self, Judged, Policy, Standing, Word};

/// What a ledger is read under.
pub struct Context<'a> {
    /// Whether an entry counts.
    pub counts: &'a dyn Fn(&EntryId) -> bool,
    /// The newest key of a member, by any key of theirs.
    pub person: &'a dyn Fn(MemberKey) -> MemberKey,
    /// Whether the author of the first entry speaks there for a workshop in which the author of the second never was.
    pub elsewhere: &'a dyn Fn(&EntryId, &EntryId) -> bool,
    /// What the federation's policy says of records.
    pub policy: Policy,
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    /// A member, by the newest key.
    Member(MemberKey),
    /// Somebody whom no member, or more than one, claims to be; or a group.
    Agent(EntryId),
}

/// An exact amount and its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure<'a> {
    /// The amount.
    pub amount: Decimal,
    /// The unit: a UCUM code, or a currency's.
    pub unit: &'a str,
}

/// A contribution as it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Line<'a> {
    /// The record.
    pub id: EntryId,
    /// Who said it.
    pub author: MemberKey,
    /// Who did it.
    pub provider: Provider,
    /// The agent that it names, whoever claims it.
    pub agent: Option<EntryId>,
    /// Whom it was for.
    pub receiver: Option<MemberKey>,
    /// The workshop in whose scope it was done.
    pub workshop: Option<WorkshopId>,
    /// What it was for: a design, a procedure, a lot, a workshop.
    pub subject: Option<EntryId>,
    /// What was done.
    pub action: &'a str,
    /// How much: the quantity that the action carries; of `use`, the effort.
    pub quantity: Measure<'a>,
    /// Of `use`: how much was used.
    pub resource_quantity: Option<Measure<'a>>,
    /// What was worked with or made.
    pub resource: Option<&'a Resource>,
    /// In what capacity.
    pub role: Option<&'a str>,
    /// When it was done, as its author claims.
    pub happened: Happened,
    /// When it was written down, as its author claims; ms since 1970.
    pub recorded: u64,
    /// Whether it was written down long after, by the policy.
    pub late: bool,
    /// The contribution in whose place it stands.
    pub corrects: Option<EntryId>,
    /// Where it stands.
    pub standing: Standing,
    /// How many confirmations count.
    pub confirmations: u64,
    /// How many disputes count.
    pub disputes: u64,
    /// How it was settled, in order of their ids.
    pub settled: Vec<&'a Settled>,
}

/// A ledger read under a context.
pub struct View<'a> {
    ledger: &'a Ledger,
    context: Context<'a>,
    /// Of each agent, the members whose claim stands.
    claimants: HashMap<EntryId, BTreeSet<MemberKey>>,
}

impl<'a> View<'a> {
    pub(super) fn new(ledger: &'a Ledger, context: Context<'a>) -> Self {
        let mut view = Self { ledger, context, claimants: HashMap::new() };
        let of = |agent| (agent, view.claimants_of(&agent));
        view.claimants = ledger.claims.keys().copied().map(of).collect();
        view
    }

    fn person(&self, key: MemberKey) -> MemberKey {
        (self.context.person)(key)
    }

    fn counts(&self, id: &EntryId) -> bool {
        (self.context.counts)(id)
    }

    fn claimants_of(&self, agent: &EntryId) -> BTreeSet<MemberKey> {
        let is_person = self.ledger.agent(agent).is_some_and(|it: Agent| it.kind == AgentKind::Person);
        let claims = self.ledger.claims.get(agent).into_iter().flatten();
        let claims: Vec<_> = claims.filter(|claim| is_person && self.counts(&claim.said.id)).collect();
        let mut last: BTreeMap<(MemberKey, u64), u64> = BTreeMap::new();
        for claim in &claims {
            let seq = last.entry((self.person(claim.said.author), claim.said.log)).or_insert(claim.said.seq);
            *seq = claim.said.seq.max(*seq);
        }
        let standing = claims.into_iter().filter(|claim| {
            let Said { id, author, log, seq } = claim.said;
            let taken_back = self.retracted(&id, &[self.person(author)]);
            claim.word == AgentWord::Claim
                && last.get(&(self.person(author), log)) == Some(&seq)
                && !taken_back
                && self.judged(&id, &[self.person(author)], 1).standing != Standing::Disputed
        });
        standing.map(|claim| self.person(claim.said.author)).collect()
    }

    /// The members whose claim on an agent stands: the one who it is, or rivals.
    pub fn claimants(&self, agent: &EntryId) -> impl Iterator<Item = MemberKey> {
        self.claimants.get(agent).into_iter().flatten().copied()
    }

    fn provider(&self, row: &Row) -> Provider {
        let ledger = self.ledger;
        if let Some(agent) = row.agent.and_then(|agent| ledger.ids.get(agent)) {
            let mut claimants = self.claimants(agent);
            return match (claimants.next(), claimants.next()) {
                (Some(one), None) => Provider::Member(one),
                _ => Provider::Agent(*agent),
            };
        }
        let key = ledger.members.get(row.provider.unwrap_or(row.author)).copied();
        key.map_or(Provider::Agent(row.id), |key| Provider::Member(self.person(key)))
    }

    /// Those who said and did a contribution.
    fn hands(&self, row: &Row) -> Vec<MemberKey> {
        let author = self.ledger.members.get(row.author).map(|author| self.person(*author));
        let provider = match self.provider(row) {
            Provider::Member(provider) => Some(provider),
            Provider::Agent(_) => None,
        };
        author.into_iter().chain(provider).collect()
    }

    fn retracted(&self, record: &EntryId, hands: &[MemberKey]) -> bool {
        let mut said = self.ledger.retractions.get(record).into_iter().flatten();
        said.any(|said| self.counts(&said.id) && hands.contains(&self.person(said.author)))
    }

    /// The corrections of a record by those who may correct it, retracted ones included.
    fn corrections(&self, record: &EntryId, hands: &[MemberKey]) -> impl Iterator<Item = &'a Row> {
        let places = self.ledger.corrections.get(record).into_iter().flatten();
        let rows = places.filter_map(|place| self.ledger.rows.get(*place as usize));
        rows.filter(move |row| {
            let author = self.ledger.members.get(row.author).map(|author| self.person(*author));
            self.counts(&row.id) && author.is_some_and(|author| hands.contains(&author))
        })
    }

    /// The words on a record that count.
    fn judged(&self, record: &EntryId, hands: &[MemberKey], needed: u64) -> Judged {
        let words = self.ledger.words.get(record).into_iter().flatten();
        let words: Vec<Word> = words
            .filter(|word| self.counts(&word.said.id))
            .map(|Attested { said, verdict, .. }| Word {
                id: said.id,
                author: self.person(said.author),
                log: said.log,
                seq: said.seq,
                verdict: *verdict,
                elsewhere: self.context.policy.elsewhere > 0 && (self.context.elsewhere)(&said.id, record),
            })
            .collect();
        standing::judge(hands, &words, needed, self.context.policy.elsewhere)
    }

    /// The words on any record: of a release by its author, of a contribution or a claim.
    pub fn words(&self, record: &EntryId, author: MemberKey) -> Judged {
        match self.row(record) {
            Some(row) => self.judged(record, &self.hands(row), self.needed(row)),
            None => self.judged(record, &[self.person(author)], self.context.policy.confirmations),
        }
    }

    /// How the author of an attestation comes to know, as it says.
    pub fn relation(&self, record: &EntryId, attestation: &EntryId) -> Option<Relation> {
        let mut words = self.ledger.words.get(record).into_iter().flatten();
        words.find(|word| word.said.id == *attestation)?.relation
    }

    fn row(&self, record: &EntryId) -> Option<&'a Row> {
        self.ledger.places.get(record).and_then(|place| self.ledger.rows.get(*place as usize))
    }

    fn measure(&self, amount: Amount) -> Measure<'a> {
        Measure { amount: amount.amount, unit: self.text(amount.unit) }
    }

    fn text(&self, number: u32) -> &'a str {
        self.ledger.texts.get(number).map_or("", |text| text)
    }

    fn id(&self, number: Option<u32>) -> Option<EntryId> {
        number.and_then(|number| self.ledger.ids.get(number)).copied()
    }

    fn needed(&self, row: &Row) -> u64 {
        let quantity = self.measure(row.quantity);
        self.context.policy.needed(quantity.amount, quantity.unit)
    }

    fn standing(&self, row: &Row, hands: &[MemberKey]) -> (Standing, u64, u64) {
        // Of almost all records nothing was said, so what has to be looked up is asked first.
        let spoken_of = self.ledger.words.contains_key(&row.id);
        let judged = spoken_of.then(|| self.judged(&row.id, hands, self.needed(row)));
        let (words, confirmations, disputes) = judged.map_or((Standing::Claimed, 0, 0), |judged| {
            (judged.standing, judged.confirming.len() as u64, judged.disputing.len() as u64)
        });
        let standing = if !self.counts(&row.id) || !self.is_in_order(row) {
            Standing::Parked
        } else if self.retracted(&row.id, hands) {
            Standing::Retracted
        } else if self.corrections(&row.id, hands).next().is_some() {
            Standing::Corrected
        } else if self.has_rival(row) {
            Standing::Disputed
        } else {
            words
        };
        (standing, confirmations, disputes)
    }

    /// Whether a correction is by somebody who may correct; other contributions are in order.
    fn is_in_order(&self, row: &Row) -> bool {
        let Some(corrected) = self.id(row.corrects) else { return true };
        let Some(corrected) = self.row(&corrected) else { return false };
        let author = self.ledger.members.get(row.author).map(|author| self.person(*author));
        author.is_some_and(|author| self.hands(corrected).contains(&author))
    }

    /// Whether another correction of the same record stands beside this one.
    fn has_rival(&self, row: &Row) -> bool {
        let Some(corrected) = self.id(row.corrects).and_then(|id| self.row(&id)) else { return false };
        let hands = self.hands(corrected);
        let mut others = self.corrections(&corrected.id, &hands).filter(|other| other.id != row.id);
        others.any(|other| !self.retracted(&other.id, &self.hands(other)))
    }

    fn line_of(&self, row: &'a Row) -> Option<Line<'a>> {
        let hands = self.hands(row);
        let (standing, confirmations, disputes) = self.standing(row, &hands);
        Some(Line {
            id: row.id,
            author: *self.ledger.members.get(row.author)?,
            provider: self.provider(row),
            agent: self.id(row.agent),
            receiver: row.receiver.and_then(|key| self.ledger.members.get(key)).copied(),
            workshop: self.id(row.workshop),
            subject: self.id(row.subject),
            action: self.text(row.action),
            quantity: self.measure(row.quantity),
            resource_quantity: row.resource_quantity.map(|amount| self.measure(amount)),
            resource: row.resource.and_then(|resource| self.ledger.resources.get(resource)),
            role: row.role.map(|role| self.text(role)),
            happened: row.happened,
            recorded: row.recorded,
            late: self.context.policy.is_late(row.happened.end(), row.recorded),
            corrects: self.id(row.corrects),
            standing,
            confirmations,
            disputes,
            settled: self.settled(&row.id),
        })
    }

    /// The settlements of a record that count and were not retracted, in order of their ids.
    fn settled(&self, record: &EntryId) -> Vec<&'a Settled> {
        let Some(settled) = self.ledger.settlements.get(record) else { return Vec::new() };
        let stands =
            |it: &&Settled| self.counts(&it.id) && !self.retracted(&it.id, &[self.person(it.author)]);
        let mut settled: Vec<_> = settled.iter().filter(stands).collect();
        settled.sort_unstable_by_key(|settled| settled.id);
        settled
    }

    /// One contribution.
    pub fn line(&self, record: &EntryId) -> Option<Line<'a>> {
        self.line_of(self.row(record)?)
    }

    /// Every contribution, in the order in which they were taken in.
    pub fn lines(&self) -> impl Iterator<Item = Line<'a>> {
        self.ledger.rows.iter().filter_map(|row| self.line_of(row))
    }

    /// The contributions that correct a record, by those who may.
    pub fn corrected_by(&self, record: &EntryId) -> Vec<EntryId> {
        let Some(row) = self.row(record) else { return Vec::new() };
        let mut by: Vec<_> = self.corrections(record, &self.hands(row)).map(|row| row.id).collect();
        by.sort_unstable();
        by
    }

    /// The citations that count and were not retracted.
    pub fn citations(&self) -> impl Iterator<Item = &'a Cited> {
        let stands = |it: &&Cited| self.counts(&it.id) && !self.retracted(&it.id, &[self.person(it.author)]);
        self.ledger.citations.iter().filter(stands)
    }
}

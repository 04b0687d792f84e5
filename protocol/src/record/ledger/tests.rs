#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::entry::Part;
use crate::key::SecretKey;
use crate::limits::RULES_LEVEL;
use crate::record::retraction::RetractionFacts;
use crate::record::standing::{Policy, Standing};

/// A record as a replica would hold it.
#[derive(Debug, Clone)]
struct Record {
    id: EntryId,
    author: MemberKey,
    header: Header,
    facts: Vec<u8>,
}

fn member(n: u8) -> MemberKey {
    SecretKey::from_seed(&[n; 32]).member()
}

/// Records, each with an id by its place.
#[derive(Default)]
struct Book(Vec<Record>);

impl Book {
    fn write(&mut self, author: u8, kind: &str, subject: Option<EntryId>, facts: Vec<u8>) -> EntryId {
        let n = self.0.len() as u64;
        let id = EntryId::of(&n.to_be_bytes());
        let header = Header {
            v: RULES_LEVEL,
            federation: None,
            author: *member(author).as_bytes(),
            log: u64::from(author),
            seq: n,
            prev: None,
            at: 1_000 + n,
            seen: vec![],
            kind: Kind::new(kind).unwrap(),
            subject,
            deps: vec![],
            facts: Part::of(&facts),
            personal: None,
        };
        self.0.push(Record { id, author: member(author), header, facts });
        id
    }

    fn works(&mut self, author: u8, quantity: &str) -> EntryId {
        let facts = ContributionFacts::new("work", quantity.parse().unwrap());
        self.write(author, Kind::CONTRIBUTION, None, facts.encode().unwrap())
    }

    fn corrects(&mut self, author: u8, record: EntryId, quantity: &str) -> EntryId {
        let facts = ContributionFacts {
            corrects: Some(record),
            ..ContributionFacts::new("work", quantity.parse().unwrap())
        };
        self.write(author, Kind::CORRECTION, None, facts.encode().unwrap())
    }

    fn retracts(&mut self, author: u8, record: EntryId) -> EntryId {
        self.write(author, Kind::RETRACTION, Some(record), RetractionFacts {}.encode().unwrap())
    }

    fn says(&mut self, author: u8, record: EntryId, verdict: Verdict) -> EntryId {
        let facts = AttestationFacts { verdict, relation: Some(Relation::Present) };
        self.write(author, Kind::ATTESTATION, Some(record), facts.encode().unwrap())
    }

    fn names(&mut self, author: u8, kind: AgentKind) -> EntryId {
        self.write(author, Kind::AGENT, None, AgentFacts { kind }.encode().unwrap())
    }

    fn works_as(&mut self, author: u8, agent: EntryId) -> EntryId {
        let facts = ContributionFacts {
            agent: Some(agent),
            ..ContributionFacts::new("work", "1 {commit}".parse().unwrap())
        };
        self.write(author, Kind::CONTRIBUTION, None, facts.encode().unwrap())
    }

    fn claims(&mut self, author: u8, agent: EntryId, word: AgentWord) -> EntryId {
        self.write(author, Kind::AGENT_CLAIM, Some(agent), AgentClaimFacts { word }.encode().unwrap())
    }

    fn settles(&mut self, author: u8, record: EntryId) -> EntryId {
        let facts = SettlementFacts { means: Means::Credits, amount: None, by: None };
        self.write(author, Kind::SETTLEMENT, Some(record), facts.encode().unwrap())
    }

    fn ledger<'a>(order: impl IntoIterator<Item = &'a Record>) -> Ledger {
        let mut ledger = Ledger::default();
        for record in order {
            ledger.add(record.id, record.author, &record.header, &record.facts);
        }
        ledger
    }

    fn standing(&self, record: EntryId) -> Standing {
        read(&Self::ledger(&self.0), &|_| true, |view| view.line(&record).unwrap().standing)
    }

    fn provider(&self, record: EntryId) -> Provider {
        read(&Self::ledger(&self.0), &|_| true, |view| view.line(&record).unwrap().provider)
    }
}

fn read<T>(ledger: &Ledger, counts: &dyn Fn(&EntryId) -> bool, ask: impl FnOnce(View<'_>) -> T) -> T {
    let policy = Policy::default();
    ask(ledger.view(Context { counts, person: &|key| key, elsewhere: &|_, _| false, policy }))
}

#[test]
fn a_record_is_corrected_and_retracted_by_who_said_it_or_did_it_and_by_nobody_else() {
    let mut book = Book::default();
    let record = book.works(1, "3 h");
    book.says(2, record, Verdict::Confirm);
    let strange = book.corrects(3, record, "30 h");
    book.retracts(3, record);
    assert_eq!(book.standing(record), Standing::Confirmed);
    assert_eq!(book.standing(strange), Standing::Parked, "it would count twice");
    let correction = book.corrects(1, record, "2 h");
    assert_eq!((book.standing(record), book.standing(correction)), (Standing::Corrected, Standing::Claimed));
    book.says(2, correction, Verdict::Confirm);
    assert_eq!(book.standing(correction), Standing::Confirmed, "it is confirmed anew");
    book.retracts(1, correction);
    assert_eq!(
        (book.standing(record), book.standing(correction)),
        (Standing::Corrected, Standing::Retracted)
    );
}

#[test]
fn two_corrections_of_one_record_dispute_each_other_until_one_is_retracted() {
    let mut book = Book::default();
    let record = book.works(1, "3 h");
    let (one, other) = (book.corrects(1, record, "2 h"), book.corrects(1, record, "4 h"));
    assert_eq!((book.standing(one), book.standing(other)), (Standing::Disputed, Standing::Disputed));
    book.retracts(1, other);
    assert_eq!((book.standing(one), book.standing(other)), (Standing::Claimed, Standing::Retracted));
}

#[test]
fn an_agent_is_the_member_who_claims_it_while_nobody_else_does() {
    let mut book = Book::default();
    let agent = book.names(1, AgentKind::Person);
    let record = book.works_as(1, agent);
    assert_eq!(book.provider(record), Provider::Agent(agent));
    book.claims(2, agent, AgentWord::Claim);
    assert_eq!(book.provider(record), Provider::Member(member(2)));
    book.says(2, record, Verdict::Confirm);
    assert_eq!(book.standing(record), Standing::Claimed, "nobody confirms what is theirs");
    let rival = book.claims(3, agent, AgentWord::Claim);
    assert_eq!(book.provider(record), Provider::Agent(agent), "two claims, and neither counts");
    book.says(1, rival, Verdict::Dispute);
    assert_eq!(book.provider(record), Provider::Member(member(2)));
    book.claims(2, agent, AgentWord::Withdraw);
    assert_eq!(book.provider(record), Provider::Agent(agent));
}

#[test]
fn nobody_is_a_group() {
    let mut book = Book::default();
    let group = book.names(1, AgentKind::Group);
    let record = book.works_as(1, group);
    book.claims(2, group, AgentWord::Claim);
    assert_eq!(book.provider(record), Provider::Agent(group));
}

#[test]
fn what_was_taken_in_from_a_row_is_known_again() {
    let source = SourceHash::of(b"row");
    let facts =
        ContributionFacts { source: Some(source), ..ContributionFacts::new("work", "1 h".parse().unwrap()) };
    let mut book = Book::default();
    let id = book.write(1, Kind::CONTRIBUTION, Some(EntryId([7; 32])), facts.encode().unwrap());
    let ledger = Book::ledger(&book.0);
    assert_eq!(ledger.from_source(Some(EntryId([7; 32])), source), [id]);
    assert!(ledger.from_source(None, source).is_empty());
}

/// One act, by numbers: who, what, about which earlier one.
type Act = (u8, u8, usize);

fn book_of(acts: &[Act]) -> Book {
    let mut book = Book::default();
    book.names(0, AgentKind::Person);
    book.works(0, "90 min");
    for (who, what, about) in acts {
        let about = book.0[about % book.0.len()].id;
        match what % 12 {
            0 | 1 => drop(book.works(*who, if what % 2 == 0 { "1.5 h" } else { "20 min" })),
            2 => drop(book.works_as(*who, about)),
            3 => drop(book.corrects(*who, about, "2 h")),
            4 => drop(book.retracts(*who, about)),
            5 | 6 => drop(book.says(*who, about, Verdict::Confirm)),
            7 => drop(book.says(*who, about, Verdict::Dispute)),
            8 => drop(book.says(*who, about, Verdict::Withdraw)),
            9 => drop(book.claims(*who, about, AgentWord::Claim)),
            10 => drop(book.settles(*who, about)),
            _ => drop(book.names(*who, AgentKind::Person)),
        }
    }
    book
}

/// All that a reader can see, in an order of its own.
type Seen = (BTreeMap<EntryId, String>, Vec<Total>);

fn seen(ledger: &Ledger, parked: &BTreeSet<EntryId>) -> Seen {
    let counts = |id: &EntryId| !parked.contains(id);
    read(ledger, &counts, |view| {
        let lines = view.lines().map(|line| (line.id, format!("{line:?}"))).collect();
        let live = view.lines().filter(|line| line.standing.is_live());
        (lines, totals(live, By::Member).unwrap())
    })
}

proptest! {
    /// Standing and totals are functions of the set: whatever order records come in, by which replica, they are equal.
    #[test]
    fn random_orders_give_equal_standings_and_totals(
        acts in prop::collection::vec((0_u8..5, any::<u8>(), any::<usize>()), 1..60),
        parked in prop::collection::btree_set(0_usize..60, 0..6),
        orders in prop::collection::vec(any::<u64>(), 4),
    ) {
        let book = book_of(&acts);
        let parked: BTreeSet<EntryId> = parked.iter().filter_map(|n| book.0.get(*n)).map(|r| r.id).collect();
        let expected = seen(&Book::ledger(&book.0), &parked);
        for salt in orders {
            let mut order: Vec<&Record> = book.0.iter().collect();
            order.sort_by_key(|record| EntryId::of(&[record.id.as_bytes().as_slice(), &salt.to_be_bytes()].concat()));
            // Some come twice, as from two peers.
            let again: Vec<&Record> = order.iter().copied().filter(|r| r.header.kind.as_str() == Kind::CONTRIBUTION).collect();
            let ledger = Book::ledger(order.into_iter().chain(again));
            prop_assert_eq!(&seen(&ledger, &parked), &expected);
        }
    }

    /// What is retracted, corrected or parked is in no total, and everything else is in just one.
    #[test]
    fn totals_are_the_live_lines_and_nothing_else(acts in prop::collection::vec((0_u8..5, any::<u8>(), any::<usize>()), 1..60)) {
        let book = book_of(&acts);
        let ledger = Book::ledger(&book.0);
        let (records, live) = read(&ledger, &|_| true, |view| {
            let live = || view.lines().filter(|line| line.standing.is_live());
            let records: u64 = totals(live(), By::Month).unwrap().iter().map(|total| total.records).sum();
            (records, live().count() as u64)
        });
        prop_assert_eq!(records, live);
    }
}

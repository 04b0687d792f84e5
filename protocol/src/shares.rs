//! Shares: who gets what of an amount, by a rule, and why.
//!
//! A pure function of the ledger's lines, the citations and the rule: the same everywhere, in whatever order the lines
//! come. The rule's language and every step are defined in `docs/shares.md`, so that they can be computed elsewhere.
//!
//! Invariants: all arithmetic is on fractions of whole numbers without limit of digits but [`limits::SHARES_BITS_MAX`], so
//! a result is exact or an error; what is paid sums to the amount to the last minor unit; equal remainders go by the
//! order of [`Who`], which nothing but the members' keys and the agents' ids decides.
//!
//! Deliberately absent: floats, a clock (the day that ages are counted to is given), names, notes, conversion of
//! currencies, and any movement of money.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use rust_decimal::Decimal;

use crate::id::EntryId;
use crate::key::MemberKey;
use crate::limits;
use crate::quantity::money::{self, Currency};
use crate::record::ledger::{Line, Provider};
use crate::record::standing::Standing;

mod count;
mod divide;
pub mod exact;
pub mod rule;
mod upstream;
pub mod words;

#[cfg(test)]
mod tests;

pub use count::Counted;
pub use num_rational::BigRational;
pub use rule::{Rule, RuleError};

/// Decimals of a share of the whole, as it is answered.
pub const SHARE_DECIMALS: u32 = 12;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The work whose contributions are looked at.
    pub subject: EntryId,
    /// How much there is to share.
    pub amount: Decimal,
    /// In which currency.
    pub currency: Currency,
    /// The moment that ages are counted to, in ms since 1970.
    pub on: u64,
    /// Only what was done then or later, in ms since 1970.
    pub from: Option<u64>,
    /// Only what was done before.
    pub to: Option<u64>,
}

/// A work that another one was made on the ground of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The work.
    pub subject: EntryId,
    /// The entry that says so: a release, a citation, or the document itself.
    pub said_by: EntryId,
}

/// Who gets a part; their order is the tie-break of the rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// A member, by the newest key.
    Member(MemberKey),
    /// Somebody who is no member, or a group: kept aside for them.
    Agent(EntryId),
    /// The commons.
    Commons,
    /// Nobody yet: kept aside.
    Aside,
}

impl From<Provider> for Who {
    fn from(provider: Provider) -> Self {
        match provider {
            Provider::Member(member) => Self::Member(member),
            Provider::Agent(agent) => Self::Agent(agent),
        }
    }
}

/// Why nothing can be shared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SharesError {
    /// The amount is nothing, or has more digits than its currency.
    #[error("{amount} {code} can't be paid; give more than 0, with at most {decimals} decimals")]
    Amount {
        /// The amount.
        amount: Decimal,
        /// Its currency.
        code: &'static str,
        /// How many decimals that has.
        decimals: u32,
    },
    /// The rule is for another currency.
    #[error("the rule is for {rule}, and the amount is in {given}; nothing is converted")]
    Currency {
        /// The rule's.
        rule: String,
        /// The amount's.
        given: &'static str,
    },
    /// No record counts.
    #[error("{0}")]
    Nothing(Box<LeftOut>),
    /// More works upstream than are followed.
    #[error("the citations lead to over {} works; take a smaller depth", limits::SHARES_WORKS_MAX)]
    Works,
    /// A number that nobody could redo.
    #[error("the numbers get too fine to be kept exactly; take rates with fewer digits, or a smaller depth")]
    TooFine,
}

/// How many records about the works didn't count, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Not done in the time that was asked for.
    pub other_time: u64,
    /// By where they stand.
    pub standing: BTreeMap<Standing, u64>,
    /// Settled already.
    pub settled: u64,
    /// In no bucket.
    pub no_bucket: u64,
    /// With a quantity, a rate or a weight of nothing.
    pub nothing: u64,
    /// How many counted.
    pub counted: u64,
}

impl std::fmt::Display for LeftOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("nothing can be shared: no record counts")?;
        let said = self.reasons();
        if said.is_empty() {
            return f.write_str("; nothing was written about this work yet");
        }
        write!(f, "; {}", said.join(", "))
    }
}

impl LeftOut {
    /// Each reason with its number, in words.
    pub fn reasons(&self) -> Vec<String> {
        let standing = |(standing, n): (&Standing, &u64)| {
            let word = match standing {
                Standing::Claimed => "claimed only",
                Standing::Confirmed => "confirmed",
                Standing::Disputed => "disputed",
                Standing::Corrected => "corrected",
                Standing::Retracted => "retracted",
                Standing::Parked => "parked",
            };
            (*n, word)
        };
        let others = [
            (self.settled, "settled already"),
            (self.other_time, "done at another time"),
            (self.no_bucket, "in no bucket of the rule"),
            (self.nothing, "weighed nothing"),
        ];
        let all = self.standing.iter().map(standing).chain(others);
        all.filter(|(n, _)| *n > 0).map(|(n, why)| format!("{n} {why}")).collect()
    }
}

/// What came out, with every step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The amount.
    pub amount: BigRational,
    /// Its currency.
    pub currency: Currency,
    /// The works: the one that was asked for, then those upstream, level by level.
    pub works: Vec<Work>,
    /// Everybody who did something that counts.
    pub people: BTreeMap<Provider, Person>,
    /// What the commons got, and why.
    pub commons: Commons,
    /// What was kept aside for nobody.
    pub aside: BigRational,
    /// Who gets what, in the order of [`Who`]; together the amount.
    pub parts: Vec<Part>,
    /// What was not counted.
    pub left_out: LeftOut,
}

/// A work that something goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// The work.
    pub subject: EntryId,
    /// How many steps upstream.
    pub level: u64,
    /// What it gets.
    pub amount: BigRational,
    /// Where that comes from: which work passes it on, by whose word, how much.
    pub from: Vec<(EntryId, EntryId, BigRational)>,
    /// What it passes on.
    pub passed: BigRational,
    /// How the others are divided, in the order of the rule.
    pub buckets: Vec<Filled>,
    /// What went to nobody.
    pub rest: BigRational,
}

/// A bucket of a work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Its place in the rule.
    pub place: usize,
    /// What its share is a part of.
    pub of: BigRational,
    /// What is in it.
    pub amount: BigRational,
    /// What is given out of it.
    pub given: BigRational,
    /// All points together.
    pub points: BigRational,
    /// What counted, sorted by who did it and by id.
    pub counted: Vec<Counted>,
    /// The points of each, and what they get.
    pub people: BTreeMap<Provider, (BigRational, BigRational)>,
}

/// What becomes of one person's parts, before it is rounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// From all buckets.
    pub given: BigRational,
    /// With what was spread.
    pub spread: BigRational,
    /// Under the cap.
    pub capped: BigRational,
}

/// What the commons got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commons {
    /// Before all else.
    pub first: BigRational,
    /// What went to nobody, and what is over the caps.
    pub rest: BigRational,
    /// What people and groups who are no members would have got.
    pub unclaimed: BigRational,
}

/// What somebody gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Who.
    pub who: Who,
    /// Exactly.
    pub exact: BigRational,
    /// In whole minor units of the currency.
    pub paid: BigInt,
    /// Of the whole, in units of `10^-12`; together one.
    pub share: BigInt,
}

/// Shares an amount. Of the lines those about the work and its sources are looked at; `sources` says what a work was made
/// on the ground of.
///
/// # Errors
/// The amount can't be paid or isn't in the rule's currency, nothing counts, or it goes beyond a limit.
pub fn shares<'a>(
    rule: &Rule,
    asked: &Asked,
    lines: impl Iterator<Item = Line<'a>>,
    sources: &mut dyn FnMut(EntryId) -> Vec<Source>,
) -> Result<Statement, SharesError> {
    let Currency { code, decimals } = asked.currency;
    if asked.amount <= Decimal::ZERO || !money::is_payable(asked.amount, asked.currency) {
        return Err(SharesError::Amount { amount: asked.amount, code, decimals });
    }
    if let Some(other) = rule.currency.as_ref().filter(|currency| currency.0 != code) {
        return Err(SharesError::Currency { rule: other.0.clone(), given: code });
    }
    let works = upstream::works(rule, asked.subject, sources)?;
    let (counted, left_out) = count::count(rule, asked, &works, lines);
    divide::divide(rule, asked, &works, counted, left_out)
}

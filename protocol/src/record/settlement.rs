//! Settlements: how a contribution was settled, which is the entry's subject. No money moves here; it is the line in the
//! paper book that is crossed out when it was paid.

use serde::{Deserialize, Serialize};

use super::facts;
use crate::canonical;
use crate::entry::EntryError;
use crate::key::MemberKey;
use crate::quantity::Quantity;

/// How it was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Means {
    /// With cash, or a card at the desk.
    Cash,
    /// From a prepaid credit.
    Credits,
    /// By an invoice.
    Invoice,
    /// It was given.
    Gift,
    /// By a share of what comes in.
    Shares,
}

impl Means {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Cash, Self::Credits, Self::Invoice, Self::Gift, Self::Shares];

    /// The word for it, as in the facts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Credits => "credits",
            Self::Invoice => "invoice",
            Self::Gift => "gift",
            Self::Shares => "shares",
        }
    }
}

impl std::str::FromStr for Means {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|means| means.word() == text)
            .ok_or_else(|| "cash, credits, invoice, gift or shares is expected".to_owned())
    }
}

/// The facts of `record/settlement`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettlementFacts {
    /// How.
    pub means: Means,
    /// How much was paid, when it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Quantity>,
    /// Who settled it; the author, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<MemberKey>,
}

facts!(SettlementFacts, check);

impl SettlementFacts {
    fn check(&self) -> Result<(), EntryError> {
        if self
            .amount
            .as_ref()
            .is_some_and(|amount| amount.amount.is_sign_negative() && !amount.amount.is_zero())
        {
            return Err(EntryError::Unfit("settlement is of less than nothing"));
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_read_as_written_and_refused_when_they_are_not() {
        let facts =
            SettlementFacts { means: Means::Cash, amount: Some("3.50 EUR".parse().unwrap()), by: None };
        assert_eq!(SettlementFacts::read(&facts.encode().unwrap()).unwrap(), facts);
        assert!(SettlementFacts { amount: Some("-1 EUR".parse().unwrap()), ..facts }.encode().is_err());
        for means in Means::ALL {
            assert_eq!(means.word().parse(), Ok(means));
            assert_eq!(canonical::encode(&means).unwrap(), canonical::encode(&means.word()).unwrap());
        }
    }
}

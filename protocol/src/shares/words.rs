//! Words in a rule that are checked where they stand, so that an error has their line.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::limits;
use crate::quantity::{Quantity, money};
use crate::record::contribution::ACTIONS;
use crate::record::settlement::Means;
use crate::record::standing::Standing;

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// A text that can be shown: not empty, one line, bounded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let fits = !text.trim().is_empty() && text.len() <= limits::RULE_TEXT_MAX;
        if !fits || text.chars().any(char::is_control) {
            return Err(D::Error::custom("a text here is one line of 1 to 1,024 bytes"));
        }
        Ok(Self(text))
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An action of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action(pub String);

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let action = String::deserialize(d)?;
        if ACTIONS.iter().any(|(known, _)| *known == action) {
            return Ok(Self(action));
        }
        let known: Vec<&str> = ACTIONS.iter().map(|(known, _)| *known).collect();
        let what =
            format!("\"{}\" is no action of the ledger; there are {}", short(&action), known.join(", "));
        Err(D::Error::custom(what))
    }
}

/// A unit, by its code; read as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitCode(pub String);

impl<'de> Deserialize<'de> for UnitCode {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let word = String::deserialize(d)?;
        match Quantity::written(&format!("1 {word}")) {
            Ok(quantity) => Ok(Self(quantity.unit)),
            Err(_) => Err(D::Error::custom(format!(
                "\"{}\" is no unit that is known; write \"h\", \"kg\", \"EUR\", or \"{{board}}\" for things counted",
                short(&word)
            ))),
        }
    }
}

/// A currency, by its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CurrencyCode(pub String);

impl<'de> Deserialize<'de> for CurrencyCode {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let word = String::deserialize(d)?;
        money::by_code(&word).map(|currency| Self(currency.code.to_owned())).ok_or_else(|| {
            D::Error::custom(format!("\"{}\" is no currency; write its code, such as \"EUR\"", short(&word)))
        })
    }
}

/// A way in which a record was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettledBy(pub Means);

impl SettledBy {
    /// By a share.
    pub fn shares() -> Self {
        Self(Means::Shares)
    }
}

impl Serialize for SettledBy {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.0.word())
    }
}

impl<'de> Deserialize<'de> for SettledBy {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map(Self).map_err(D::Error::custom)
    }
}

/// A standing in which a record may count. What was corrected, retracted or parked never does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StandingWord {
    /// See [`Standing::Claimed`].
    Claimed,
    /// See [`Standing::Confirmed`].
    Confirmed,
    /// See [`Standing::Disputed`].
    Disputed,
}

impl StandingWord {
    /// The word for a standing, where it may count.
    pub fn of(standing: Standing) -> Option<Self> {
        match standing {
            Standing::Claimed => Some(Self::Claimed),
            Standing::Confirmed => Some(Self::Confirmed),
            Standing::Disputed => Some(Self::Disputed),
            Standing::Corrected | Standing::Retracted | Standing::Parked => None,
        }
    }
}

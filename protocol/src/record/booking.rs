//! Bookings: who uses a machine from when to when. The entry's subject is the capacity sheet.
//!
//! A booking is a statement, not a lock: two that overlap are both kept and both shown. One is cancelled by a further
//! booking that names it; who may do so is read where bookings are shown.

use serde::{Deserialize, Serialize};

use super::facts;
use crate::canonical;
use crate::document::ItemId;
use crate::entry::EntryError;
use crate::id::EntryId;
use crate::limits;

/// The facts of `record/booking`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingFacts {
    /// The machine, an item of the sheet; the whole workshop, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<ItemId>,
    /// When it begins, in ms since 1970.
    pub from: u64,
    /// When it ends, in ms since 1970.
    pub to: u64,
    /// The booking that doesn't stand any more; then nothing is booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancels: Option<EntryId>,
}

facts!(BookingFacts, check);

impl BookingFacts {
    fn check(&self) -> Result<(), EntryError> {
        if self.from >= self.to || self.to > limits::AT_MAX {
            return Err(EntryError::Unfit("a booking ends before it begins, or too late"));
        }
        if self.to - self.from > limits::BOOKING_MAX {
            return Err(EntryError::OverLimit { what: "length of a booking", limit: limits::BOOKING_MAX });
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
        let machine = Some(ItemId { entry: EntryId([1; 32]), edit: 3 });
        let facts = BookingFacts { machine, from: 1_000, to: 2_000, cancels: None };
        assert_eq!(BookingFacts::read(&facts.encode().unwrap()).unwrap(), facts);
        assert!(BookingFacts { from: 2_000, ..facts.clone() }.encode().is_err());
        assert!(BookingFacts { to: limits::BOOKING_MAX + 1_001, ..facts.clone() }.encode().is_err());
        assert!(BookingFacts { to: u64::MAX, from: u64::MAX - 1, ..facts }.encode().is_err());
        assert!(BookingFacts::read(b"\xa0").is_err());
    }
}

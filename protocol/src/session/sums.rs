//! Negentropy over what is held: sums over ranges of (claimed time, id).
//!
//! The crate's decoder checks lengths before it allocates and slices; what it reads is bounded by
//! the frame. Items are used in place: a million held entries are not copied for a message.

use std::sync::Arc;

use negentropy::{Bound, Id, Item, Negentropy, NegentropyStorageBase};

use super::SessionError;
use super::message::MessageError;
use crate::id::EntryId;
use crate::limits::NEGENTROPY_FRAME;

/// Held items, in place.
#[derive(Debug)]
struct Items(Arc<Vec<(u64, EntryId)>>);

impl NegentropyStorageBase for Items {
    fn size(&self) -> Result<usize, negentropy::Error> {
        Ok(self.0.len())
    }

    fn get_item(&self, place: usize) -> Result<Option<Item>, negentropy::Error> {
        Ok(self.0.get(place).map(item))
    }

    fn iterate(
        &self,
        begin: usize,
        end: usize,
        each: &mut dyn FnMut(Item, usize) -> Result<bool, negentropy::Error>,
    ) -> Result<(), negentropy::Error> {
        let range = self.0.get(begin..end).ok_or(negentropy::Error::BadRange)?;
        for (place, held) in range.iter().enumerate() {
            if !each(item(held), begin + place)? {
                break;
            }
        }
        Ok(())
    }

    fn find_lower_bound(&self, first: usize, last: usize, bound: &Bound) -> usize {
        first + self.0.get(first..last).map_or(0, |range| range.partition_point(|i| item(i) < bound.item))
    }
}

fn item((at, id): &(u64, EntryId)) -> Item {
    Item::with_timestamp_and_id(*at, Id::from_byte_array(id.0))
}

/// The asking side.
#[derive(Debug)]
pub(super) struct Sums(Negentropy<'static, Items>);

/// What one answer showed.
pub(super) struct Found {
    /// Ids that the peer has and we lack.
    pub need: Vec<EntryId>,
    /// Ids that we have and the peer lacks.
    pub have: Vec<EntryId>,
    /// What to send next; none when everything has been compared.
    pub next: Option<Vec<u8>>,
}

impl Sums {
    /// Begins over these items: with the first message.
    pub(super) fn begin(items: Arc<Vec<(u64, EntryId)>>) -> Result<(Self, Vec<u8>), SessionError> {
        let mut sums = over(items)?;
        let first = sums.initiate().map_err(malformed)?;
        Ok((Self(sums), first))
    }

    /// Takes the peer's message.
    pub(super) fn reconcile(&mut self, message: &[u8]) -> Result<Found, SessionError> {
        let (mut have, mut need) = (Vec::new(), Vec::new());
        let next = self.0.reconcile_with_ids(message, &mut have, &mut need).map_err(malformed)?;
        let ids = |found: Vec<Id>| found.into_iter().map(|id| EntryId(id.to_bytes())).collect();
        Ok(Found { need: ids(need), have: ids(have), next })
    }
}

/// The answering side: its answer to one message.
pub(super) fn answer(items: Arc<Vec<(u64, EntryId)>>, message: &[u8]) -> Result<Vec<u8>, SessionError> {
    over(items)?.reconcile(message).map_err(malformed)
}

/// Items out of order, or one twice, would make negentropy index past its bounds.
fn over(items: Arc<Vec<(u64, EntryId)>>) -> Result<Negentropy<'static, Items>, SessionError> {
    if !items.is_sorted_by(|a, b| a < b) {
        return Err(SessionError::OutOfOrder);
    }
    Negentropy::owned(Items(items), NEGENTROPY_FRAME as u64).map_err(malformed)
}

// Taken by value to be given to `map_err`.
#[allow(clippy::needless_pass_by_value)]
fn malformed(error: negentropy::Error) -> SessionError {
    MessageError::Sums(error.to_string()).into()
}

//! The virtual clock, and what is to happen when.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Virtual time, in ms since the run began.
pub type Time = u64;

/// Events in the order of their times; those of one time in the order in which they were planned.
pub struct Schedule<E> {
    now: Time,
    planned: u64,
    events: BinaryHeap<Reverse<Slot<E>>>,
}

struct Slot<E> {
    at: Time,
    number: u64,
    event: E,
}

impl<E> PartialEq for Slot<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<E> Eq for Slot<E> {}

impl<E> PartialOrd for Slot<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Slot<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl<E> Schedule<E> {
    /// Nothing is planned yet.
    pub fn new() -> Self {
        Self { now: 0, planned: 0, events: BinaryHeap::new() }
    }

    /// The time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Plans an event for so many ms from now.
    pub fn after(&mut self, delay: Time, event: E) {
        let at = self.now.saturating_add(delay);
        self.events.push(Reverse(Slot { at, number: self.planned, event }));
        self.planned += 1;
    }

    /// The time of the next event.
    pub fn next_at(&self) -> Option<Time> {
        self.events.peek().map(|Reverse(slot)| slot.at)
    }

    /// Moves the clock on, past no event.
    pub fn move_to(&mut self, at: Time) {
        let next = self.next_at().unwrap_or(at);
        self.now = self.now.max(at.min(next));
    }

    /// The next event; the clock moves to its time.
    pub fn next(&mut self) -> Option<E> {
        let Reverse(slot) = self.events.pop()?;
        self.now = slot.at;
        Some(slot.event)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn events_come_by_time_and_those_of_one_time_as_they_were_planned() {
        let mut schedule = Schedule::new();
        for (delay, event) in [(5, 'c'), (1, 'a'), (5, 'd'), (1, 'b')] {
            schedule.after(delay, event);
        }
        let order: String = std::iter::from_fn(|| schedule.next()).collect();
        assert_eq!(order, "abcd");
        assert_eq!(schedule.now(), 5);
    }
}

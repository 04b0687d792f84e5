//! What a peer may cost: a bucket that empties with each request and fills with time.
//!
//! A peer that asks for more is slowed, then told to come again, then cut off. Pure: time is given.

use std::time::{Duration, Instant};

use super::limits::{BUDGET_BURST, BUDGET_PER_SECOND, SLOWED_MAX};

/// What to do with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Answer now.
    Go,
    /// Answer after this while.
    Wait(Duration),
    /// Say that we are busy.
    Exhausted,
}

/// One peer's bucket. A debt is allowed, and paid off by waiting.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    left: i128,
    at: Instant,
}

impl Budget {
    /// A full bucket.
    pub(super) fn new(now: Instant) -> Self {
        Self { left: i128::from(BUDGET_BURST), at: now }
    }

    /// Takes a cost in bytes.
    pub(super) fn charge(&mut self, cost: u64, now: Instant) -> Verdict {
        let micros = i128::try_from(now.saturating_duration_since(self.at).as_micros()).unwrap_or(i128::MAX);
        self.at = self.at.max(now);
        let filled = micros.saturating_mul(i128::from(BUDGET_PER_SECOND)) / 1_000_000;
        let left = self.left.saturating_add(filled).min(i128::from(BUDGET_BURST));
        let after = left.saturating_sub(i128::from(cost));
        let most = i128::from(BUDGET_PER_SECOND) * i128::from(SLOWED_MAX.as_secs());
        if after < -most {
            self.left = left;
            return Verdict::Exhausted;
        }
        self.left = after;
        if after >= 0 {
            return Verdict::Go;
        }
        let micros = u64::try_from(-after * 1_000_000 / i128::from(BUDGET_PER_SECOND)).unwrap_or(u64::MAX);
        Verdict::Wait(Duration::from_micros(micros))
    }

    /// Takes a cost that was found out afterwards.
    pub(super) fn add(&mut self, cost: u64) {
        self.left = self.left.saturating_sub(i128::from(cost));
    }
}

/// At most so many calls in a minute.
#[derive(Debug, Clone)]
pub(super) struct PerMinute {
    calls: u32,
    since: Instant,
}

impl PerMinute {
    /// None yet.
    pub(super) fn new(now: Instant) -> Self {
        Self { calls: 0, since: now }
    }

    /// Counts a call. False when it is one too many.
    pub(super) fn allows(&mut self, max: u32, now: Instant) -> bool {
        if now.saturating_duration_since(self.since) >= Duration::from_secs(60) {
            *self = Self::new(now);
        }
        self.calls = self.calls.saturating_add(1);
        self.calls <= max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_slowed_then_refused_and_pays_its_debt_with_time() {
        let start = Instant::now();
        let mut budget = Budget::new(start);
        assert_eq!(budget.charge(BUDGET_BURST, start), Verdict::Go);
        assert_eq!(budget.charge(BUDGET_PER_SECOND, start), Verdict::Wait(Duration::from_secs(1)));
        assert_eq!(budget.charge(BUDGET_PER_SECOND * 100, start), Verdict::Exhausted);
        let later = start + Duration::from_secs(2);
        assert_eq!(budget.charge(BUDGET_PER_SECOND, later), Verdict::Go);
        let much_later = start + Duration::from_secs(10_000);
        assert_eq!(budget.charge(BUDGET_BURST, much_later), Verdict::Go, "a full bucket, and no more");
        assert!(matches!(budget.charge(1_000_000, much_later), Verdict::Wait(_)));
    }

    #[test]
    fn a_minute_allows_so_many_calls_and_the_next_minute_again() {
        let start = Instant::now();
        let mut calls = PerMinute::new(start);
        assert!((0..3).all(|_| calls.allows(3, start)));
        assert!(!calls.allows(3, start));
        assert!(calls.allows(3, start + Duration::from_secs(61)));
    }
}

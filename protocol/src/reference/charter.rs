//! Section "Charters" of `docs/trust.md`: which charter is in force, and which one is followed.

use std::collections::BTreeSet;

use super::held::{Fact, Held};
use super::strike::rotates;
use crate::authority::operation::Operation;
use crate::id::{EntryId, WorkshopId};
use crate::limits;

impl Held<'_> {
    /// Whether a charter is in force at one in its past: endorsed by a majority of the workshops that stand there.
    fn is_in_force(&self, charter: &EntryId, at: &EntryId) -> bool {
        let Some(past) = self.get(charter).map(|f| &f.past) else { return false };
        let own = self.verdict_behind(charter, at);
        let memberships = self.memberships_standing(&own);
        let mut electorate = self.workshops_standing(&self.settled(at));
        if electorate.len() == 2 {
            let staying: BTreeSet<WorkshopId> =
                electorate.intersection(&self.workshops_standing(&own)).copied().collect();
            if !staying.is_empty() {
                electorate = staying;
            }
        }
        let rotated = |fact: &Fact<'_>, under: &EntryId| {
            self.among(past).any(|r| self.in_order.contains(&r.id()) && rotates(r, under, fact))
        };
        let endorses = |fact: &Fact<'_>| match fact.operation() {
            Some(Operation::Endorse(op)) => op.charter == *charter,
            _ => fact.id() == *charter,
        };
        let endorsing = self.operations().filter(|f| endorses(f) && self.in_order.contains(&f.id()));
        let workshops: BTreeSet<WorkshopId> = endorsing
            .filter_map(|fact| {
                let (under, grant) = self.acts_under(fact)?;
                (memberships.contains(&under) && !rotated(fact, &under)).then_some(grant.workshop)
            })
            .filter(|workshop| electorate.contains(workshop))
            .collect();
        if electorate.len() < 3 { workshops == electorate } else { 2 * workshops.len() > electorate.len() }
    }

    /// The valid successors of a charter: those that name it as the one before, or heal it, and are in force at the
    /// one before them, at each that they heal, and here.
    pub fn successors(&self, of: &EntryId) -> Vec<EntryId> {
        let valid = |fact: &&Fact<'_>| {
            let Some(Operation::Charter(op)) = fact.operation() else { return false };
            (op.before == *of || op.heals.contains(of))
                && self.in_order.contains(&fact.id())
                && op.heals.iter().chain([&op.before]).all(|at| self.is_in_force(&fact.id(), at))
        };
        self.operations().filter(valid).map(Fact::id).collect()
    }

    /// The newest charter that one follows who follows this one, and the rivals that raise the alarm there.
    pub fn newest(&self, followed: EntryId) -> (EntryId, Vec<EntryId>) {
        let mut base = followed;
        loop {
            let next = self.successors(&base);
            let heals_the_others = |id: &&EntryId| {
                let heals = self.charter(id).map(|c| c.heals.as_slice()).unwrap_or_default();
                next.iter().all(|other| other == *id || heals.contains(other))
            };
            let followed: Vec<EntryId> = next.iter().filter(heals_the_others).copied().collect();
            match followed.as_slice() {
                [one] if self.charter(one).is_some_and(|c| c.level > limits::RULES_LEVEL) => {
                    return (base, Vec::new());
                }
                [one] => base = *one,
                _ => return (base, next),
            }
        }
    }

    /// A charter and those before it, the first one first.
    pub fn chain(&self, charter: EntryId) -> Vec<EntryId> {
        let mut chain = vec![charter];
        let mut here = charter;
        while let Some(charter) = self.charter(&here) {
            here = charter.before;
            chain.push(here);
        }
        chain.reverse();
        chain
    }
}

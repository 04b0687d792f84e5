//! Section "From a charter" of `docs/trust.md`: whose right stands and what holds, judged from one charter.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::held::{Fact, Held, Set};
use super::strike::{Ground, rotates};
use crate::authority::operation::Operation;
use crate::id::{EntryId, MembershipId, WorkshopId};

/// What is said of operations, judged from one charter.
#[derive(Debug, Clone, Default)]
pub(super) struct Verdict {
    /// Operations whose right stands.
    pub stands: Set,
    /// Those of them that hold: all but motions that are not carried.
    pub holds: Set,
}

impl Held<'_> {
    /// The verdict over a charter's past alone, judged from the charter before it; the charter itself holds.
    pub fn settled(&self, base: &EntryId) -> Rc<Verdict> {
        let mut verdict = match self.charter(base) {
            Some(charter) => Verdict::clone(&self.verdict_behind(base, &charter.before)),
            None => Verdict::default(),
        };
        verdict.stands.insert(*base);
        verdict.holds.insert(*base);
        Rc::new(verdict)
    }

    /// The verdict over the past of an operation alone, judged from a charter in it.
    pub fn verdict_behind(&self, of: &EntryId, base: &EntryId) -> Rc<Verdict> {
        if let Some(known) = self.settled.borrow().get(&(*of, *base)) {
            return Rc::clone(known);
        }
        let none = Set::new();
        let verdict = Rc::new(self.verdict(self.get(of).map_or(&none, |f| &f.past), base));
        self.settled.borrow_mut().insert((*of, *base), Rc::clone(&verdict));
        verdict
    }

    /// The verdict over these entries, closed under past, judged from a charter among them.
    pub fn verdict(&self, over: &Set, base: &EntryId) -> Verdict {
        Judging::new(self, over, base).solve()
    }

    /// Memberships that stand: their grants hold, and no removal that holds strikes them.
    pub fn memberships_standing(&self, verdict: &Verdict) -> BTreeSet<MembershipId> {
        let removals: Vec<_> = self.among(&verdict.holds).filter(|f| is_removal(f)).collect();
        let stands = |id: &EntryId| {
            self.grant(id).is_some()
                && !removals.iter().any(|removal| self.strikes(removal, Ground::Membership(*id)))
        };
        verdict.holds.iter().copied().filter(stands).collect()
    }

    /// Workshops that stand: founded or admitted, and not removed.
    pub fn workshops_standing(&self, verdict: &Verdict) -> BTreeSet<WorkshopId> {
        let operations: Vec<_> = self.among(&verdict.holds).filter_map(Fact::operation).collect();
        let removed = |id: &WorkshopId| {
            operations.iter().any(|op| matches!(op, Operation::RemoveWorkshop(op) if op.workshop == *id))
        };
        let admits = |id: &WorkshopId| {
            matches!(self.operation(id), Some(Operation::Found(_) | Operation::AdmitWorkshop(_)))
        };
        verdict.holds.iter().copied().filter(|id| admits(id) && !removed(id)).collect()
    }

    /// How many workshops carry a motion.
    pub fn quorum(&self, verdict: &Verdict) -> usize {
        let workshops = self.workshops_standing(verdict).len();
        let policy = usize::try_from(self.policy(verdict, "quorum").unwrap_or(0)).unwrap_or(usize::MAX);
        if workshops < 3 { 1 } else { policy.max(2).min(workshops) }
    }

    /// A value of the policy. One set by a motion in the past of another that sets the same name is
    /// superseded; of the others the greatest counts.
    fn policy(&self, verdict: &Verdict, name: &str) -> Option<u64> {
        let sets: Vec<_> = self
            .among(&verdict.holds)
            .filter_map(|f| match f.operation()? {
                Operation::SetPolicy(op) => op.values.get(name).map(|value| (f, *value)),
                _ => None,
            })
            .collect();
        let last = |f: &Fact<'_>| !sets.iter().any(|(other, _)| other.past.contains(&f.id()));
        sets.iter().filter(|(f, _)| last(f)).map(|(_, value)| *value).max()
    }
}

/// Whether an operation strikes what others rest on.
pub(super) fn is_removal(fact: &Fact<'_>) -> bool {
    fact.operation().is_some_and(Operation::strikes)
}

fn is_motion(fact: &Fact<'_>) -> bool {
    fact.operation().is_some_and(Operation::is_motion)
}

/// One judgement of some operations from one charter.
struct Judging<'h> {
    /// What the charter settles.
    settled: Rc<Verdict>,
    /// The other operations in order.
    later: BTreeMap<EntryId, Later<'h>>,
    /// Motions that can be carried, with their votes and how many of whom carry them.
    motions: BTreeMap<EntryId, Motion>,
    /// Removals that the charter settles as holding.
    striking: Set,
    /// Removals to decide.
    undecided: Set,
}

struct Later<'h> {
    fact: &'h Fact<'h>,
    rests_on: Vec<Ground>,
    /// Removals that strike what it rests on, beyond their cuts.
    struck_by: Set,
    /// Whether a rotation makes it void.
    rotated: bool,
}

impl Later<'_> {
    /// Everything it rests on holds, no removal strikes that beyond its cut, and no rotation makes it void.
    fn right_stands(&self, striking: &Set, holds: &Set) -> bool {
        !self.rotated
            && self.rests_on.iter().all(|ground| match ground {
                Ground::Membership(id) | Ground::Keeper(id) => holds.contains(id),
                Ground::Creation(_) => true,
            })
            && self.struck_by.is_disjoint(striking)
    }
}

struct Motion {
    votes: Vec<(EntryId, WorkshopId)>,
    electorate: BTreeSet<WorkshopId>,
    quorum: usize,
}

impl<'h> Judging<'h> {
    fn new(held: &'h Held<'h>, over: &'h Set, base: &EntryId) -> Self {
        let settled = held.settled(base);
        let before = |id: &EntryId| id == base || held.is_in_past(id, base);
        let knows = |f: &Fact<'_>| f.past.contains(base);
        let in_order = || held.among(over).filter(|f| held.in_order.contains(&f.id()));

        let open: Set = settled.stands.difference(&settled.holds).copied().collect();
        let may_strike: Vec<_> = in_order()
            .filter(|f| is_removal(f))
            .filter(|f| !before(&f.id()) || settled.holds.contains(&f.id()) || open.contains(&f.id()))
            .collect();
        let rotations: Vec<_> =
            in_order().filter(|f| matches!(f.operation(), Some(Operation::Rotate(_)))).collect();

        let later = in_order().filter(|f| !before(&f.id())).map(|fact| {
            let id = fact.id();
            let rests_on = held.rests_on(fact);
            let strikes = |removal: &&&Fact<'_>| {
                removal.id() != id
                    && rests_on.iter().any(|ground| held.strikes(removal, *ground))
                    && held.is_beyond(&id, removal)
            };
            let rotates_it = |rotation: &&Fact<'_>| {
                let rests = |g: &Ground| matches!(g, Ground::Membership(m) if rotates(rotation, m, fact));
                rests_on.iter().any(rests) && held.is_beyond(&id, rotation)
            };
            let struck_by = may_strike.iter().filter(strikes).map(|f| f.id()).collect();
            let rotated = rotations.iter().any(rotates_it);
            (id, Later { fact, rests_on, struck_by, rotated })
        });
        let later: BTreeMap<_, _> = later.collect();

        let motion = |fact: &Fact<'_>| {
            let removed = match fact.operation() {
                Some(Operation::RemoveWorkshop(op)) => Some(op.workshop),
                _ => None,
            };
            let votes_for = |f: &Fact<'_>| match f.operation() {
                Some(Operation::Vote(op)) => op.motion == fact.id() && (knows(f) || before(&f.id())),
                _ => f.id() == fact.id(),
            };
            let vote = |f: &Fact<'_>| {
                let (_, grant) = held.acts_under(f)?;
                Some((f.id(), grant.workshop))
            };
            let mut electorate = held.workshops_standing(&settled);
            electorate.retain(|w| Some(*w) != removed);
            let votes = in_order().filter(|f| votes_for(f)).filter_map(vote).collect();
            Motion { votes, electorate, quorum: held.quorum(&settled) }
        };
        let carriable = |f: &&Fact<'_>| open.contains(&f.id()) || !before(&f.id()) && knows(f);
        let motions =
            in_order().filter(|f| is_motion(f)).filter(carriable).map(|f| (f.id(), motion(f))).collect();

        let (striking, undecided) =
            may_strike.iter().map(|f| f.id()).partition(|id| settled.holds.contains(id));
        Self { settled, later, motions, striking, undecided }
    }

    /// Decides all removals, and says what holds then.
    fn solve(mut self) -> Verdict {
        let mut circle = Set::new();
        loop {
            let all: Set = self.striking.union(&self.undecided).copied().collect();
            let (least, most) = (self.evaluate(&all, &circle), self.evaluate(&self.striking, &circle));
            let strike: Set = self.undecided.intersection(&least.holds).copied().collect();
            let void: Set = self.undecided.difference(&most.holds).copied().collect();
            if strike.is_empty() && void.is_empty() {
                if self.undecided.is_empty() {
                    return most;
                }
                let tangled = self.circles(&most);
                self.undecided.retain(|id| !tangled.contains(id));
                self.striking.extend(&tangled);
                circle.extend(&tangled);
            } else {
                self.undecided.retain(|id| !strike.contains(id) && !void.contains(id));
                self.striking.extend(&strike);
            }
        }
    }

    /// What stands and holds if just these removals strike; those of circles hold though they are struck.
    fn evaluate(&self, striking: &Set, circle: &Set) -> Verdict {
        let mut verdict = Verdict::clone(&self.settled);
        verdict.stands.extend(circle);
        verdict.holds.extend(circle);
        loop {
            let before = (verdict.stands.len(), verdict.holds.len());
            for (id, later) in &self.later {
                if !verdict.stands.contains(id) && later.right_stands(striking, &verdict.holds) {
                    verdict.stands.insert(*id);
                    if !is_motion(later.fact) {
                        verdict.holds.insert(*id);
                    }
                }
            }
            for (id, motion) in &self.motions {
                if verdict.stands.contains(id) && motion.is_carried(&verdict.stands) {
                    verdict.holds.insert(*id);
                }
            }
            if before == (verdict.stands.len(), verdict.holds.len()) {
                return verdict;
            }
        }
    }

    /// The undecided removals in circles that no undecided removal outside aims at.
    fn circles(&self, most: &Verdict) -> Set {
        let aims = |removal: &EntryId, other: &EntryId| {
            let rests = self.supports(other, most);
            rests.iter().any(|id| self.later.get(id).is_some_and(|l| l.struck_by.contains(removal)))
        };
        let mut aimed_by: BTreeMap<EntryId, Set> = BTreeMap::new();
        for other in &self.undecided {
            let aiming = self.undecided.iter().copied().filter(|removal| aims(removal, other));
            aimed_by.insert(*other, aiming.collect());
        }
        // Directly or through others.
        loop {
            let further = aimed_by.iter().map(|(id, aiming)| {
                let through = aiming.iter().filter_map(|a| aimed_by.get(a)).flatten();
                (*id, aiming.iter().chain(through).copied().collect())
            });
            let further: BTreeMap<EntryId, Set> = further.collect();
            if further == aimed_by {
                break;
            }
            aimed_by = further;
        }
        let aims_back =
            |id: &EntryId, at: &EntryId| aimed_by.get(at).is_some_and(|aiming| aiming.contains(id));
        let undecided = self.undecided.iter().copied();
        let source = |id: &EntryId| {
            aimed_by.get(id).is_some_and(|aiming| aiming.iter().all(|other| aims_back(id, other)))
        };
        undecided.filter(source).collect()
    }

    /// An operation, what it rests on, directly or through what that rests on, and the votes of motions among
    /// these: as far as their right could stand, and as the charter does not settle it.
    fn supports(&self, of: &EntryId, most: &Verdict) -> Set {
        let mut found = Set::new();
        let mut todo = vec![*of];
        while let Some(id) = todo.pop() {
            if !most.stands.contains(&id) || !found.insert(id) {
                continue;
            }
            let grounds = self.later.get(&id).into_iter().flat_map(|l| &l.rests_on);
            todo.extend(grounds.filter_map(|ground| match ground {
                Ground::Membership(id) | Ground::Keeper(id) => Some(*id),
                Ground::Creation(_) => None,
            }));
            todo.extend(
                self.motions.get(&id).into_iter().flat_map(|m| m.votes.iter().map(|(vote, _)| *vote)),
            );
        }
        found
    }
}

impl Motion {
    fn is_carried(&self, stands: &Set) -> bool {
        let votes = self.votes.iter().filter(|(vote, _)| stands.contains(vote));
        let workshops: BTreeSet<_> = votes.map(|(_, w)| *w).filter(|w| self.electorate.contains(w)).collect();
        workshops.len() >= self.quorum
    }
}

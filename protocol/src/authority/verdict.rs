//! What holds, from a charter on (`docs/trust.md`, From a charter).
//!
//! A verdict over some operations is computed in rounds. Each round asks what would hold were every undecided
//! removal to strike, and what were none to; removals on which both agree are decided. When none is left that
//! way, circles are (`circle.rs`).
//!
//! Deliberately absent: order of arrival. Numbers give an order in which each operation comes after its past,
//! and any such order gives the same verdict.

use std::collections::{BTreeSet, HashMap};

use super::circle;
use super::graph::{Act, Graph, Ground, Node, Number};
use super::past::OperationSet;

/// What holds of the operations judged.
#[derive(Debug, Clone, Default)]
pub(crate) struct Verdict {
    /// The charter that it is judged from.
    pub base: Number,
    /// Operations whose right stands. A motion among them that does not hold is open.
    pub open: OperationSet,
    /// Operations that hold.
    pub holds: OperationSet,
}

impl Verdict {
    /// The verdict on a founding entry alone.
    pub fn founding(base: Number) -> Self {
        let mut only = OperationSet::default();
        only.insert(base);
        Self { base, open: only.clone(), holds: only }
    }

    /// Whether a ground is struck, as far as it stands by itself: nothing is said of who lies behind the cut.
    pub fn is_struck(&self, graph: &Graph, ground: Ground) -> bool {
        graph.strikers(ground).any(|r| self.holds.contains(r))
    }

    /// Whether a membership stands.
    pub fn stands(&self, graph: &Graph, membership: Number) -> bool {
        self.holds.contains(membership) && !self.is_struck(graph, Ground::Membership(membership))
    }

    /// The workshops that stand.
    pub fn workshops(&self, graph: &Graph) -> BTreeSet<Number> {
        let holding = graph.workshops.iter().copied().filter(|w| self.holds.contains(*w));
        holding.filter(|w| !self.is_struck(graph, Ground::Workshop(*w))).collect()
    }

    /// A value of the policy: of the motions that set it and are not in the past of another that does, the
    /// greatest.
    pub fn policy(&self, graph: &Graph, name: &str) -> Option<u64> {
        use super::operation::{Operation, SetPolicy};
        let sets = graph.policies.iter().copied().filter(|p| self.holds.contains(*p));
        let sets = sets.filter_map(|p| graph.node(p).map(|node| (p, node)));
        let sets: Vec<_> = sets
            .filter_map(|(p, node)| match &node.operation {
                Some(Operation::SetPolicy(SetPolicy { values, .. })) => Some((p, node, *values.get(name)?)),
                _ => None,
            })
            .collect();
        let newest = sets.iter().filter(|(p, ..)| !sets.iter().any(|(_, later, _)| later.past.contains(*p)));
        newest.map(|(.., value)| *value).max()
    }

    /// How many workshops' votes carry a motion.
    pub fn quorum(&self, graph: &Graph) -> usize {
        let workshops = self.workshops(graph).len();
        if workshops < 3 {
            return 1;
        }
        let policy = self.policy(graph, QUORUM).unwrap_or(0);
        usize::try_from(policy).unwrap_or(usize::MAX).max(2).min(workshops)
    }
}

/// The name of the quorum in the policy.
pub const QUORUM: &str = "quorum";

/// Judges operations from a charter: those in `scope`, which holds the charter and is closed under past.
pub(crate) fn judge(graph: &Graph, scope: &OperationSet, settled: &Verdict) -> Verdict {
    Case::new(graph, scope, settled).solve()
}

/// Why the right of an operation that is in order does not stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Something it rests on does not hold.
    Ground,
    /// This removal strikes it.
    Struck(Number),
    /// This rotation voids it.
    Rotated(Number),
}

impl Fault {
    /// The removal or rotation that it is by.
    pub fn by(self) -> Option<Number> {
        match self {
            Fault::Ground => None,
            Fault::Struck(by) | Fault::Rotated(by) => Some(by),
        }
    }
}

/// The right of an operation under a verdict, were it judged on top of it.
pub(crate) fn right(graph: &Graph, verdict: &Verdict, node: &Node, number: Number) -> Result<(), Fault> {
    for ground in &node.rests {
        if let Some(grant) = rested(*ground)
            && !verdict.holds.contains(grant)
        {
            return Err(Fault::Ground);
        }
        let beyond =
            |r: &Number| *r != number && graph.node(*r).is_some_and(|r| !r.reach.covers(node.position));
        if let Some(r) = graph.strikers(*ground).find(|r| verdict.holds.contains(*r) && beyond(r)) {
            return Err(Fault::Struck(r));
        }
        if let Some(r) = rotated(graph, &graph.all, *ground, node, number) {
            return Err(Fault::Rotated(r));
        }
    }
    Ok(())
}

/// The rotation that voids an operation, if there is one in the scope.
fn rotated(
    graph: &Graph,
    scope: &OperationSet,
    ground: Ground,
    node: &Node,
    number: Number,
) -> Option<Number> {
    let Ground::Membership(membership) = ground else { return None };
    graph.rotations(membership).iter().copied().find(|r| {
        let voids = |r: &Node| r.author == node.author && !r.reach.covers(node.position);
        *r != number && scope.contains(*r) && graph.node(*r).is_some_and(voids)
    })
}

/// The operation that must hold for a ground to bear.
fn rested(ground: Ground) -> Option<Number> {
    match ground {
        Ground::Membership(n) | Ground::Workshop(n) | Ground::Keeping(n) => Some(n),
        Ground::Creation(_) => None,
    }
}

/// An operation to be judged.
struct Item<'a> {
    number: Number,
    node: &'a Node,
    /// Removals not settled by the charter that strike what it rests on, with it beyond their cut.
    strikers: Vec<Number>,
}

struct Case<'a> {
    graph: &'a Graph,
    settled: &'a Verdict,
    /// In the scope, in order, not in the charter's past: ascending.
    items: Vec<Item<'a>>,
    /// Items by what they rest on.
    resting: HashMap<Number, Vec<usize>>,
    /// Motions that can be carried: with the workshops that may vote, and how many must.
    motions: HashMap<Number, Option<Number>>,
    voters: BTreeSet<Number>,
    quorum: usize,
    undecided: BTreeSet<Number>,
}

impl<'a> Case<'a> {
    fn new(graph: &'a Graph, scope: &OperationSet, settled: &'a Verdict) -> Self {
        let base = settled.base;
        let mut behind = graph.node(base).map(|n| (*n.past).clone()).unwrap_or_default();
        behind.insert(base);
        let mut case = Self {
            graph,
            settled,
            items: Vec::new(),
            resting: HashMap::new(),
            motions: HashMap::new(),
            voters: settled.workshops(graph),
            quorum: settled.quorum(graph),
            undecided: BTreeSet::new(),
        };
        let motion = |node: &Node| node.removes_workshop();
        for number in settled.open.without(&settled.holds) {
            if let Some(node) = graph.node(number).filter(|node| node.is_motion()) {
                case.motions.insert(number, motion(node));
                if node.strikes() {
                    case.undecided.insert(number);
                }
            }
        }
        for number in scope.without(&behind) {
            let Some(node) = graph.node(number).filter(|node| node.order.is_ok()) else { continue };
            if node.strikes() {
                case.undecided.insert(number);
            }
            if node.is_motion() && node.past.contains(base) {
                case.motions.insert(number, motion(node));
            }
            case.judge_in_base(scope, &behind, number, node);
        }
        case
    }

    /// Adds an operation to those that are to be judged, unless it is void whatever the others do.
    fn judge_in_base(&mut self, scope: &OperationSet, behind: &OperationSet, number: Number, node: &'a Node) {
        let mut strikers = Vec::new();
        for ground in &node.rests {
            if rotated(self.graph, scope, *ground, node, number).is_some() {
                return;
            }
            for r in self.graph.strikers(*ground).filter(|r| *r != number && scope.contains(*r)) {
                if self.graph.node(r).is_none_or(|r| r.reach.covers(node.position)) {
                    continue;
                }
                if self.settled.holds.contains(r) {
                    return;
                }
                if !behind.contains(r) || self.motions.contains_key(&r) {
                    strikers.push(r);
                }
            }
        }
        for grant in node.rests.iter().copied().filter_map(rested) {
            self.resting.entry(grant).or_default().push(self.items.len());
        }
        self.items.push(Item { number, node, strikers });
    }

    fn item(&self, number: Number) -> Option<&Item<'a>> {
        self.items.binary_search_by_key(&number, |item| item.number).ok().and_then(|i| self.items.get(i))
    }

    /// Decides all removals.
    fn solve(mut self) -> Verdict {
        let (mut striking, mut circle) = (BTreeSet::new(), BTreeSet::new());
        loop {
            let spared = Pass::run(&self, &striking, &circle);
            if self.undecided.is_empty() {
                return Verdict { base: self.settled.base, open: spared.open, holds: spared.holds };
            }
            let all: BTreeSet<_> = striking.union(&self.undecided).copied().collect();
            let struck = Pass::run(&self, &all, &circle);
            let sure: Vec<_> = self.undecided.iter().copied().filter(|r| struck.holds.contains(*r)).collect();
            let void: Vec<_> =
                self.undecided.iter().copied().filter(|r| !spared.holds.contains(*r)).collect();
            if sure.is_empty() && void.is_empty() {
                let found = self.circles(&spared.open);
                striking.extend(&found);
                circle.extend(&found);
                self.undecided.retain(|r| !found.contains(r));
            } else {
                striking.extend(&sure);
                self.undecided.retain(|r| !sure.contains(r) && !void.contains(r));
            }
        }
    }

    /// The undecided removals that form circles which no other undecided one aims at.
    fn circles(&self, possible: &OperationSet) -> BTreeSet<Number> {
        let removals: Vec<Number> = self.undecided.iter().copied().collect();
        let mut aims: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); removals.len()];
        for (aimed, removal) in removals.iter().enumerate() {
            for support in self.supports(*removal, possible) {
                let strikers = self.item(support).map_or(&[][..], |item| item.strikers.as_slice());
                for striker in strikers {
                    if let Ok(from) = removals.binary_search(striker)
                        && let Some(aims) = aims.get_mut(from)
                    {
                        aims.insert(aimed);
                    }
                }
            }
        }
        let sources = circle::sources(&aims);
        sources.into_iter().filter_map(|i| removals.get(i).copied()).collect()
    }

    /// What a removal rests on, directly or not, itself and the votes of motions included.
    fn supports(&self, removal: Number, possible: &OperationSet) -> BTreeSet<Number> {
        let (mut found, mut todo) = (BTreeSet::new(), vec![removal]);
        while let Some(number) = todo.pop() {
            let judged = self.item(number);
            let motion = self.motions.contains_key(&number);
            if !possible.contains(number) || judged.is_none() && !motion || !found.insert(number) {
                continue;
            }
            let rests = judged.map_or(&[][..], |item| item.node.rests.as_slice());
            todo.extend(rests.iter().copied().filter_map(rested));
            if motion {
                todo.extend(self.graph.votes(number).iter().filter(|vote| self.may_vote(**vote)));
            }
        }
        found
    }

    /// Whether a vote was settled with the charter, or knows it.
    fn may_vote(&self, vote: Number) -> bool {
        self.settled.open.contains(vote)
            || self.graph.node(vote).is_some_and(|v| v.past.contains(self.settled.base))
    }
}

/// What holds, given which removals strike: the least set that the rules ask for.
struct Pass<'c, 'a> {
    case: &'c Case<'a>,
    striking: &'c BTreeSet<Number>,
    open: OperationSet,
    holds: OperationSet,
    ballots: HashMap<Number, BTreeSet<Number>>,
    todo: Vec<usize>,
}

impl<'c, 'a> Pass<'c, 'a> {
    fn run(case: &'c Case<'a>, striking: &'c BTreeSet<Number>, circle: &BTreeSet<Number>) -> Self {
        let (open, holds) = (case.settled.open.clone(), case.settled.holds.clone());
        let mut pass = Self { case, striking, open, holds, ballots: HashMap::new(), todo: Vec::new() };
        for number in circle {
            pass.open.insert(*number);
            pass.holds.insert(*number);
        }
        for motion in case.motions.keys() {
            pass.settled_ballots(*motion);
        }
        for index in 0..case.items.len() {
            pass.judge(index);
            while let Some(next) = pass.todo.pop() {
                pass.judge(next);
            }
        }
        pass
    }

    /// The votes that a motion open at the charter had there.
    fn settled_ballots(&mut self, motion: Number) {
        if !self.case.settled.open.contains(motion) {
            return;
        }
        let votes = self.case.graph.votes(motion).iter().chain([&motion]);
        for vote in votes.filter(|vote| self.case.settled.open.contains(**vote)) {
            let workshop = self.case.graph.node(*vote).and_then(|v| v.workshop);
            self.ballots.entry(motion).or_default().extend(workshop);
        }
        self.carry(motion);
    }

    fn judge(&mut self, index: usize) {
        let Some(item) = self.case.items.get(index) else { return };
        let rests = item.node.rests.iter().copied().filter_map(rested);
        if self.open.contains(item.number)
            || !{ rests }.all(|grant| self.holds.contains(grant))
            || item.strikers.iter().any(|r| self.striking.contains(r))
        {
            return;
        }
        self.open.insert(item.number);
        if item.node.is_motion() {
            self.ballot(item.number, item.node);
        } else {
            self.hold(item.number);
        }
        if let Act::Vote(motion) = item.node.act
            && self.case.may_vote(item.number)
        {
            self.ballot(motion, item.node);
        }
    }

    fn ballot(&mut self, motion: Number, vote: &Node) {
        if self.case.motions.contains_key(&motion) {
            self.ballots.entry(motion).or_default().extend(vote.workshop);
            self.carry(motion);
        }
    }

    /// Whether enough workshops have voted for a motion whose right stands.
    fn carry(&mut self, motion: Number) {
        let Some(removed) = self.case.motions.get(&motion) else { return };
        let cast = self.ballots.get(&motion).into_iter().flatten();
        let counted = cast.filter(|w| self.case.voters.contains(w) && Some(**w) != *removed).count();
        if self.open.contains(motion) && !self.holds.contains(motion) && counted >= self.case.quorum {
            self.hold(motion);
        }
    }

    fn hold(&mut self, number: Number) {
        self.holds.insert(number);
        self.todo.extend(self.case.resting.get(&number).into_iter().flatten());
    }
}

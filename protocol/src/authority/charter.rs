//! Charters: what they settle, when one is in force, and which is followed (`docs/trust.md`, Charters).
//!
//! What a charter settles depends on its past alone, so it is computed once and kept.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::graph::{Act, Graph, Number};
use super::operation::Operation;
use super::verdict::{self, Verdict};
use crate::limits;

/// What was settled, by charter, and what a charter's past says from another charter than the one before it.
#[derive(Debug, Default)]
pub(crate) struct Charters {
    settled: HashMap<Number, Arc<Verdict>>,
    from: HashMap<(Number, Number), Arc<Verdict>>,
}

/// Where the chain of charters ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Followed {
    /// The newest charter followed.
    pub charter: Number,
    /// Valid successors of it, none of which heals the others; empty when there is no quarrel.
    pub rivals: Vec<Number>,
}

impl Charters {
    /// The verdict that a charter in order (or the founding entry) settles.
    pub fn settled(&mut self, graph: &Graph, charter: Number) -> Arc<Verdict> {
        let mut chain = vec![charter];
        while let Some(last) = chain.last().copied() {
            if let Some(known) = self.settled.get(&last) {
                if chain.len() == 1 {
                    return Arc::clone(known);
                }
                break;
            }
            match before(graph, last) {
                Some(before) => chain.push(before),
                None => {
                    self.settled.insert(last, Arc::new(Verdict::founding(last)));
                }
            }
        }
        let mut newest = Arc::new(Verdict::founding(charter));
        for charter in chain.into_iter().rev() {
            newest = match self.settled.get(&charter) {
                Some(known) => Arc::clone(known),
                None => self.settle(graph, charter, &newest),
            };
        }
        newest
    }

    /// The verdict that a charter settles, once it was asked for.
    pub fn known(&self, charter: Number) -> Option<&Verdict> {
        self.settled.get(&charter).map(Arc::as_ref)
    }

    fn settle(&mut self, graph: &Graph, charter: Number, before: &Verdict) -> Arc<Verdict> {
        let mut settled = match graph.node(charter) {
            Some(node) => verdict::judge(graph, &node.past, before),
            None => before.clone(),
        };
        settled.base = charter;
        settled.open.insert(charter);
        settled.holds.insert(charter);
        let settled = Arc::new(settled);
        self.settled.insert(charter, Arc::clone(&settled));
        settled
    }

    /// A charter's past, judged from a charter in it.
    fn past_from(&mut self, graph: &Graph, charter: Number, from: Number) -> Arc<Verdict> {
        if before(graph, charter) == Some(from) {
            return self.settled(graph, charter);
        }
        if let Some(known) = self.from.get(&(charter, from)) {
            return Arc::clone(known);
        }
        let base = self.settled(graph, from);
        let judged = match graph.node(charter) {
            Some(node) => Arc::new(verdict::judge(graph, &node.past, &base)),
            None => base,
        };
        self.from.insert((charter, from), Arc::clone(&judged));
        judged
    }

    /// The workshops whose endorsement of a charter counts at another, and those that would have to. While too few
    /// have signed to decide, all that have are named, and none of them is looked into.
    fn endorsed(
        &mut self,
        graph: &Graph,
        charter: Number,
        at: Number,
    ) -> (BTreeSet<Number>, BTreeSet<Number>) {
        let electorate = self.settled(graph, at).workshops(graph);
        let claimed: Vec<_> = endorsers(graph, charter)
            .filter(|e| graph.node(*e).and_then(|e| e.workshop).is_some_and(|w| electorate.contains(&w)))
            .collect();
        // A charter is cheap to sign and dear to judge: nothing is computed for one that can't be in force.
        let workshops: BTreeSet<_> =
            claimed.iter().filter_map(|e| graph.node(*e).and_then(|e| e.workshop)).collect();
        let most = if electorate.len() == 2 { 1 } else { electorate.len() / 2 + 1 };
        if workshops.len() < most {
            return (workshops, electorate);
        }
        let own = self.past_from(graph, charter, at);
        let Some(past) = graph.node(charter).map(|node| Arc::clone(&node.past)) else {
            return (BTreeSet::new(), electorate);
        };
        let standing = |e: &Number| {
            let node = graph.node(*e)?;
            let super::graph::Ground::Membership(under) = node.rests.first()? else { return None };
            let rotated = graph
                .rotations(*under)
                .iter()
                .any(|r| past.contains(*r) && graph.node(*r).is_some_and(|r| r.author == node.author));
            let counts = own.stands(graph, *under) && !rotated;
            counts.then_some(node.workshop).flatten()
        };
        let got: BTreeSet<_> = claimed.iter().filter_map(standing).collect();
        if electorate.len() == 2 {
            let left: BTreeSet<_> = own.workshops(graph).intersection(&electorate).copied().collect();
            if !left.is_empty() {
                return (got.intersection(&left).copied().collect(), left);
            }
        }
        (got, electorate)
    }

    /// Whether a charter is endorsed by a majority of the workshops standing at another.
    fn in_force(&mut self, graph: &Graph, charter: Number, at: Number) -> bool {
        let (got, electorate) = self.endorsed(graph, charter, at);
        let all = electorate.len();
        !electorate.is_empty() && if all < 3 { got.len() == all } else { 2 * got.len() > all }
    }

    /// The valid successors of a charter.
    pub fn successors(&mut self, graph: &Graph, at: Number) -> Vec<Number> {
        let mut valid = Vec::new();
        for charter in graph.charters(at) {
            let Some(Act::Charter { before, heals, .. }) = graph.node(*charter).map(|n| &n.act) else {
                continue;
            };
            let asked: BTreeSet<_> = heals.iter().copied().chain([*before, at]).collect();
            if asked.into_iter().all(|p| self.in_force(graph, *charter, p)) {
                valid.push(*charter);
            }
        }
        valid
    }

    /// Follows the chain of charters as far as it is agreed.
    pub fn follow(&mut self, graph: &Graph, from: Number) -> Followed {
        let mut charter = from;
        loop {
            let valid = self.successors(graph, charter);
            let heals_others =
                |c: &&Number| valid.iter().all(|other| other == *c || heals(graph, **c).contains(other));
            let mut picked = valid.iter().filter(heals_others);
            match (picked.next(), picked.next()) {
                (Some(next), None) if is_known(graph, *next) => charter = *next,
                // Agreed, but by rules of a newer version: one stays, and there is no quarrel.
                (Some(_), None) => return Followed { charter, rivals: Vec::new() },
                _ => return Followed { charter, rivals: valid },
            }
        }
    }

    /// How far the endorsement of a charter has come, at the charter before it: the workshops that count, and
    /// all that may.
    pub fn progress(&mut self, graph: &Graph, charter: Number) -> (BTreeSet<Number>, BTreeSet<Number>) {
        match before(graph, charter) {
            Some(at) => self.endorsed(graph, charter, at),
            None => (BTreeSet::new(), BTreeSet::new()),
        }
    }
}

/// Whether an operation is the founding entry, or a charter in order.
pub(crate) fn is_charter(graph: &Graph, number: Number) -> bool {
    let node = graph.node(number).filter(|node| node.order.is_ok());
    node.is_some_and(|node| {
        matches!(node.operation, Some(Operation::Found(_))) || matches!(node.act, Act::Charter { .. })
    })
}

/// The charter before one; none for the founding entry.
pub(crate) fn before(graph: &Graph, charter: Number) -> Option<Number> {
    match graph.node(charter).map(|node| &node.act) {
        Some(Act::Charter { before, .. }) => Some(*before),
        _ => None,
    }
}

/// Whether this version knows the rules level that a charter sets.
fn is_known(graph: &Graph, charter: Number) -> bool {
    let act = graph.node(charter).map(|node| &node.act);
    !matches!(act, Some(Act::Charter { level, .. }) if *level > limits::RULES_LEVEL)
}

/// The charters that one heals.
pub(crate) fn heals(graph: &Graph, charter: Number) -> &[Number] {
    match graph.node(charter).map(|node| &node.act) {
        Some(Act::Charter { heals, .. }) => heals,
        _ => &[],
    }
}

/// The charter itself and its endorsements.
pub(crate) fn endorsers(graph: &Graph, charter: Number) -> impl Iterator<Item = Number> + '_ {
    graph.endorsements(charter).iter().copied().chain([charter])
}

/// The charters from the founding entry to this one.
pub(crate) fn chain(graph: &Graph, newest: Number) -> Vec<Number> {
    let mut chain: Vec<_> = std::iter::successors(Some(newest), |charter| before(graph, *charter)).collect();
    chain.reverse();
    chain
}

//! The judge: the verdict on all operations held, kept as operations come.
//!
//! An operation that strikes nothing and settles nothing is judged on top of the verdict: nothing that is held
//! rests on it yet. Any other may change what was judged, and then all is judged again from the newest charter,
//! whose own verdict is kept.
//!
//! Invariant: [`Judge::verdict`] is what judging the whole graph anew would say.

use std::sync::Arc;

use super::charter::{Charters, Followed};
use super::graph::{Act, Graph, Ground, Node, Number};
use super::verdict::{self, Fault, Verdict};

/// What came of one more operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Only the operation itself was judged.
    Added,
    /// What was judged before may have changed.
    Changed,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Judge {
    /// The charter that the federation's name says.
    name: Number,
    charters: Charters,
    followed: Followed,
    verdict: Verdict,
}

impl Judge {
    /// A judge for a graph whose founding entry has this number.
    pub fn new(founding: Number) -> Self {
        Self {
            name: founding,
            charters: Charters::default(),
            followed: Followed { charter: founding, rivals: Vec::new() },
            verdict: Verdict::founding(founding),
        }
    }

    /// The verdict on all operations.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// The newest charter followed, and its rivals.
    pub fn followed(&self) -> &Followed {
        &self.followed
    }

    /// The verdict that the newest charter settles.
    pub fn settled(&mut self, graph: &Graph) -> Arc<Verdict> {
        self.charters.settled(graph, self.followed.charter)
    }

    /// Whether the newest charter settles that an operation holds. One that is in its past may hold all the same: a
    /// motion that was open there and is carried since.
    pub fn settles(&self, number: Number) -> bool {
        let settled = self.charters.known(self.followed.charter);
        settled.is_some_and(|settled| settled.holds.contains(number))
    }

    /// Sets the charter that the federation's name says, and judges all from there.
    pub fn name(&mut self, graph: &Graph, charter: Number) {
        self.name = charter;
        self.all(graph);
    }

    /// Judges all operations.
    pub fn all(&mut self, graph: &Graph) {
        self.followed = self.charters.follow(graph, self.name);
        let settled = self.charters.settled(graph, self.followed.charter);
        self.verdict = verdict::judge(graph, &graph.all, &settled);
    }

    /// The charter that the federation's name says.
    pub fn named(&self) -> Number {
        self.name
    }

    /// Judges the operations from this number on, which were added to the graph since.
    pub fn add(&mut self, graph: &Graph, first: Number) -> Effect {
        let fresh = || (first..graph.len()).filter_map(|n| graph.node(n).map(|node| (n, node)));
        let acts = || fresh().filter(|(_, node)| node.order.is_ok()).map(|(_, node)| &node.act);
        let settled = self.charters.settled(graph, self.followed.charter);
        // A vote counts for what it may tangle: who strikes it aims at its motion, though the motion holds
        // without it and though it is struck itself. What the charter settled stays.
        let strikes = acts().any(|act| match act {
            Act::Strike(_) | Act::Rotate { .. } => true,
            Act::Vote(motion) => !settled.holds.contains(*motion),
            _ => false,
        });
        let settles = acts().any(|act| matches!(act, Act::Charter { .. } | Act::Endorse(_)));
        if strikes || settles && self.charters.follow(graph, self.name) != self.followed {
            self.all(graph);
            return Effect::Changed;
        }
        for (number, node) in fresh().filter(|(_, node)| node.order.is_ok()) {
            self.add_one(graph, number, node);
        }
        Effect::Added
    }

    /// Judges an operation on which nothing rests yet, and which changes nothing by itself.
    fn add_one(&mut self, graph: &Graph, number: Number, node: &Node) {
        if verdict::right(graph, &self.verdict, node, number).is_err() {
            return;
        }
        self.verdict.open.insert(number);
        if !node.is_motion() || self.is_carried(graph, number) {
            self.verdict.holds.insert(number);
        }
    }

    /// The votes of a motion that count, and how many it needs; none when it can't be carried any more.
    pub fn tally(&mut self, graph: &Graph, motion: Number) -> Option<Tally> {
        let node = graph.node(motion).filter(|node| node.is_motion() && node.order.is_ok())?;
        let settled = self.settled(graph);
        let base = settled.base;
        if !settled.open.contains(motion) && !node.past.contains(base) {
            return None;
        }
        let mut voters = settled.workshops(graph);
        if let Some(removed) = node.removes_workshop() {
            voters.remove(&removed);
        }
        let ballots = graph.votes(motion).iter().copied().chain([motion]);
        let counting = ballots.filter(|vote| {
            self.verdict.open.contains(*vote)
                && (settled.open.contains(*vote) || graph.node(*vote).is_some_and(|v| v.past.contains(base)))
        });
        let cast: Vec<(Number, Number)> = counting
            .filter_map(|vote| graph.node(vote).and_then(|v| v.workshop).map(|w| (w, vote)))
            .filter(|(workshop, _)| voters.contains(workshop))
            .collect();
        Some(Tally { voters: voters.into_iter().collect(), cast, quorum: settled.quorum(graph) })
    }

    fn is_carried(&mut self, graph: &Graph, motion: Number) -> bool {
        self.verdict.open.contains(motion)
            && self.tally(graph, motion).is_some_and(|tally| tally.is_carried())
    }

    /// Why the right of an operation in order does not stand.
    pub fn fault(&self, graph: &Graph, number: Number) -> Option<Fault> {
        let node = graph.node(number)?;
        verdict::right(graph, &self.verdict, node, number).err()
    }

    /// How far the endorsement of a charter has come: the workshops that count, and all that may.
    pub fn endorsed(&mut self, graph: &Graph, charter: Number) -> (Vec<Number>, Vec<Number>) {
        let (got, all) = self.charters.progress(graph, charter);
        (got.into_iter().collect(), all.into_iter().collect())
    }

    /// Valid successors of a charter.
    pub fn successors(&mut self, graph: &Graph, charter: Number) -> Vec<Number> {
        self.charters.successors(graph, charter)
    }

    /// The removals that hold and strike a ground.
    pub fn struck_by(&self, graph: &Graph, ground: Ground) -> Vec<Number> {
        graph.strikers(ground).filter(|r| self.verdict.holds.contains(*r)).collect()
    }
}

/// The votes of a motion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Workshops that may vote.
    pub voters: Vec<Number>,
    /// Votes that count, with their workshops; a workshop may be here twice and counts once.
    pub cast: Vec<(Number, Number)>,
    /// How many workshops carry it.
    pub quorum: usize,
}

impl Tally {
    /// Whether enough workshops have voted.
    pub fn is_carried(&self) -> bool {
        let workshops: std::collections::BTreeSet<_> =
            self.cast.iter().map(|(workshop, _)| workshop).collect();
        workshops.len() >= self.quorum
    }
}

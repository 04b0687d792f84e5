//! What is done from outside in a run: members act, liars lie, power fails; then all is left alone until
//! everybody holds the same.

use std::fmt::Write;
use std::rc::Rc;

use aronde_protocol::session::{Held, Request};
use aronde_protocol::wire::Bytes;
use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};

use super::network::Weather;
use super::node::Packet;
use super::schedule::Time;
use super::world::World;

/// Left alone, all are equal within so long, in ms, or something keeps them apart.
const PATIENCE: Time = 4 * 3_600_000;
/// How often that is looked at.
const LOOK: Time = 5_000;

impl World {
    /// One step, after a pause.
    pub fn step(&mut self) {
        // Now and then nobody does anything for a while, and what is apart stays so.
        let longest = if self.random.random_ratio(1, 12) { 40_000 } else { 1_500 };
        let pause = self.random.random_range(0..longest);
        self.pass(pause);
        match self.random.random_range(0..100) {
            0..2 => self.duel(),
            2..62 => {
                let writers: Vec<usize> = (0..self.honest)
                    .filter(|n| self.nodes.get(*n).is_some_and(|n| n.member.is_some()))
                    .collect();
                // Not everybody is a member yet, or still, and has something to do.
                for here in writers.sample(&mut self.random, 4).copied().collect::<Vec<_>>() {
                    if self.act_at(here) {
                        break;
                    }
                }
            }
            62..84 => self.lie(),
            84..92 => {
                let here = self.random.random_range(0..self.honest);
                if let Some(node) = self.nodes.get(here) {
                    node.store.copy();
                }
            }
            _ => {
                // Those who write are hit as often as all others together.
                let among = if self.random.random() { self.honest } else { self.honest.min(8) };
                let here = self.random.random_range(0..among);
                if self.random.random() {
                    // In the middle of a write.
                    self.act_at(here);
                }
                self.crash(here);
            }
        }
    }

    /// A member does something at its node, if it can.
    pub fn act_at(&mut self, here: usize) -> bool {
        let now = self.schedule.now();
        let Some(node) = self.nodes.get(here).filter(|n| n.up) else { return false };
        let Some(member) = &node.member else { return false };
        let (random, people) = (&mut self.random, &self.people);
        let acted = node.store.look(|replica| member.act(replica, people, now, random));
        let Some((name, entries)) = acted else { return false };
        self.counts.acts += 1;
        self.trace.note(now, format_args!("{here} {name}: {} entries", entries.len()));
        self.write(here, entries);
        true
    }

    /// Two stewards of one workshop remove each other before either hears of it.
    fn duel(&mut self) {
        let now = self.schedule.now();
        let writers: Vec<usize> = (0..self.honest)
            .filter(|n| self.nodes.get(*n).is_some_and(|n| n.up && n.member.is_some()))
            .collect();
        let two: Vec<usize> = writers.sample(&mut self.random, 2).copied().collect();
        let &[one, other] = two.as_slice() else { return };
        for (here, there) in [(one, other), (other, one)] {
            let (Some(a), Some(b)) = (self.nodes.get(here), self.nodes.get(there)) else { return };
            let (Some(me), Some(with)) = (&a.member, &b.member) else { return };
            let random = &mut self.random;
            let Some(entries) = a.store.look(|replica| me.duel(replica, with, now, random)) else { return };
            self.counts.duels += 1;
            self.trace.note(now, format_args!("{here} removes {there} in a duel"));
            self.write(here, entries);
        }
    }

    /// A liar pushes something to some of its peers.
    fn lie(&mut self) {
        let now = self.schedule.now();
        let liar = self.random.random_range(self.honest..self.nodes.len());
        let Some(node) = self.nodes.get(liar) else { return };
        let Some((name, mut runs)) = self.hands.tell(&node.store, &mut self.random) else { return };
        self.counts.lies += 1;
        self.trace.note(now, format_args!("{liar} {name}"));
        if self.random.random() {
            // What of it may be held, its own node holds, and gives on in sessions.
            node.store.receive(runs.clone());
            self.fresh(liar);
        }
        for to in self.network.linked(liar).to_vec() {
            if self.random.random_ratio(1, 3) {
                continue;
            }
            runs.shuffle(&mut self.random);
            let size = self.random.random_range(1..=runs.len());
            for some in runs.chunks(size) {
                let runs: Vec<_> = some.iter().cloned().map(Bytes).collect();
                if let Ok(request) = (Request::Push { runs: runs.into() }).encode() {
                    self.send(liar, to, Packet::Ask(u64::MAX, Rc::from(request)));
                }
            }
        }
    }

    /// Nobody acts, all nodes run, the network is whole again and nearly fair: until all honest nodes hold
    /// the same. Says how long that took.
    ///
    /// # Errors
    /// They never do, or a promise was broken.
    pub fn settle(&mut self) -> Result<Time, String> {
        self.rough = false;
        self.network.change(Weather { lost: 20, doubled: 30, jitter: 200, ..Weather::fair() });
        let began = self.schedule.now();
        self.trace.note(began, format_args!("all is left alone"));
        loop {
            self.pass(LOOK);
            if let Some(broken) = &self.broken {
                return Err(broken.clone());
            }
            let took = self.schedule.now() - began;
            let mut roots: Vec<[u8; 32]> = self.honest_nodes().map(|n| n.store.held_root()).collect();
            roots.sort_unstable();
            roots.dedup();
            if roots.len() == 1 && self.honest_nodes().all(|n| n.up) {
                self.trace.note(self.schedule.now(), format_args!("all hold the same after {took} ms"));
                self.rough = true;
                return Ok(took);
            }
            if took > PATIENCE {
                return Err(self.apart(roots.len()));
            }
        }
    }

    /// The honest nodes.
    pub fn honest_nodes(&self) -> impl Iterator<Item = &super::node::Node> {
        self.nodes.iter().take(self.honest)
    }

    /// Who is apart from whom, in a sentence.
    fn apart(&self, sets: usize) -> String {
        let most = self.honest_nodes().max_by_key(|n| n.store.look(aronde_protocol::replica::Replica::len));
        let all = most.map(|n| n.store.entries()).unwrap_or_default();
        let mut said = format!("{sets} different sets after {} minutes without an act", PATIENCE / 60_000);
        for (n, node) in self.honest_nodes().enumerate() {
            let lacks: Vec<String> = node.store.look(|replica| {
                let lacking = all.iter().filter(|e| !replica.holds(&e.id()));
                lacking.take(3).map(|e| format!("{} {}", e.header().kind.as_str(), e.id().short())).collect()
            });
            if !lacks.is_empty() {
                // Writing to a string never fails.
                let _ = write!(said, "; {n} lacks {}", lacks.join(", "));
            }
            if said.len() > 600 {
                break;
            }
        }
        said
    }
}

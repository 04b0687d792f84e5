//! How nodes meet: sessions over the network, and the hints that bring them about.

use std::rc::Rc;

use aronde_protocol::session::{self, Held, Report, Session, SessionError, Step};
use rand::RngExt;

use super::node::{Open, Packet};
use super::schedule::Time;
use super::world::{Event, World};

/// A request without an answer ends its session after so long, in ms.
const REQUEST_TIMEOUT: Time = 20_000;
/// A session that failed or ended unequal is tried again after so long; it doubles.
const AGAIN: Time = 2_000;
/// The longest wait before that.
const AGAIN_MAX: Time = 45_000;
/// Faults before a peer is cut off, as in a node.
const FAULTS_MAX: u32 = 3;
/// A peer is cut off for so long: less than in a node, so that liars get to lie.
const CUT_OFF: Time = 20_000;

impl World {
    /// Sends a message, once what its sender wrote is flushed.
    pub fn send(&mut self, from: usize, to: usize, packet: Packet) {
        let Some(node) = self.nodes.get_mut(from) else { return };
        if node.store.dirty() {
            node.outbox.push((to, packet));
        } else {
            self.carry(from, to, &packet);
        }
    }

    /// Hands a message to the network.
    pub fn carry(&mut self, from: usize, to: usize, packet: &Packet) {
        self.counts.sent += 1;
        let arrivals = self.network.carry(from, to, &mut self.random);
        self.counts.lost += usize::from(arrivals.is_empty());
        self.counts.doubled += arrivals.len().saturating_sub(1);
        for delay in arrivals {
            self.schedule.after(delay, Event::Arrive { from, to, packet: packet.clone() });
        }
    }

    /// Begins a session, or notes that one is to follow the one that is going on.
    pub fn begin_session(&mut self, here: usize, with: usize) {
        let now = self.schedule.now();
        let Some(node) = self.nodes.get_mut(here).filter(|n| n.up) else { return };
        let Some(peer) = node.peers.get_mut(&with).filter(|p| p.cut_until <= now) else { return };
        if peer.open.is_some() {
            peer.due = true;
            return;
        }
        peer.due = false;
        let (session, request) = match Session::open(&node.store) {
            Ok(opened) => opened,
            Err(error) => return self.broken(format!("node {here} can't open a session: {error}")),
        };
        self.counts.sessions += 1;
        let number = self.counts.sessions;
        peer.open = Some(Open { number, requests: 0, session });
        self.ask(here, with, request);
    }

    fn ask(&mut self, here: usize, with: usize, request: Vec<u8>) {
        let Some(node) = self.nodes.get_mut(here) else { return };
        let life = node.life;
        let Some(open) = node.peers.get_mut(&with).and_then(|p| p.open.as_mut()) else { return };
        open.requests += 1;
        let (number, requests) = (open.number, open.requests);
        self.schedule.after(REQUEST_TIMEOUT, Event::Expire { here, with, life, number, requests });
        self.send(here, with, Packet::Ask(number, Rc::from(request)));
    }

    /// No answer came in time.
    pub fn expire(&mut self, here: usize, with: usize, number: u64, requests: u64) {
        let open = self.nodes.get(here).and_then(|n| n.peers.get(&with)).and_then(|p| p.open.as_ref());
        if open.is_some_and(|open| open.number == number && open.requests == requests) {
            self.counts.timeouts += 1;
            self.end_session(here, with, Err("no answer came"));
        }
    }

    /// A message arrives.
    pub fn arrive(&mut self, from: usize, to: usize, packet: &Packet) {
        let now = self.schedule.now();
        let Some(node) = self.nodes.get(to).filter(|n| n.up) else { return };
        if node.peers.get(&from).is_none_or(|peer| peer.cut_until > now) {
            return;
        }
        match packet {
            Packet::Hint(root) => {
                let ours = node.store.held_root();
                self.trace.note(now, format_args!("{to} hears from {from}"));
                self.learn_root(to, from, *root);
                if *root != ours {
                    self.begin_session(to, from);
                }
            }
            Packet::Ask(number, bytes) => self.answer(to, from, *number, bytes),
            Packet::Answer(number, bytes) => self.answered(to, from, *number, bytes),
        }
    }

    fn answer(&mut self, here: usize, from: usize, number: u64, request: &[u8]) {
        let now = self.schedule.now();
        let Some(node) = self.nodes.get_mut(here) else { return };
        let answered = session::answer(&node.store, request);
        let bytes = match &mut node.habit {
            Some(habit) => habit.twist(answered.bytes, &mut self.random),
            None => Some(answered.bytes),
        };
        let (asked, said) = (request.len(), bytes.as_ref().map_or(0, Vec::len));
        self.trace.note(now, format_args!("{here} answers {from} in {number}: {asked} B, {said} B"));
        if let Some(root) = answered.root {
            self.learn_root(here, from, root);
        }
        if let Some(fault) = answered.fault {
            self.blame(here, from, &fault);
        }
        self.fresh(here);
        if let Some(bytes) = bytes {
            self.send(here, from, Packet::Answer(number, Rc::from(bytes)));
        }
    }

    fn answered(&mut self, here: usize, from: usize, number: u64, answer: &[u8]) {
        let Some(node) = self.nodes.get_mut(here) else { return };
        let Some(open) = node.peers.get_mut(&from).and_then(|p| p.open.as_mut()) else { return };
        if open.number != number {
            return;
        }
        let step = open.session.step(&node.store, answer);
        self.fresh(here);
        match step {
            Ok(Step::Ask(request)) => self.ask(here, from, request),
            Ok(Step::Done) => self.end_session(here, from, Ok(())),
            Err(SessionError::OutOfOrder) => {
                self.broken(format!("node {here}: {}", SessionError::OutOfOrder));
            }
            Err(SessionError::Message(fault)) => {
                self.blame(here, from, &fault.to_string());
                self.end_session(here, from, Err("a message that can't be read"));
            }
            Err(SessionError::Refused(why)) => {
                if self.honest(here) && self.honest(from) {
                    self.broken(format!("{from} refuses what {here}, who is honest, asks or gives: {why}"));
                }
                self.end_session(here, from, Err("the peer refused"));
            }
            Err(SessionError::Unexpected) => {
                self.end_session(here, from, Err("an answer to another question"));
            }
            Err(SessionError::Busy) => self.end_session(here, from, Err("the peer is busy")),
        }
    }

    fn end_session(&mut self, here: usize, with: usize, end: Result<(), &str>) {
        let now = self.schedule.now();
        let Some(peer) = self.nodes.get_mut(here).and_then(|n| n.peers.get_mut(&with)) else { return };
        let Some(open) = peer.open.take() else { return };
        let report: Report = open.session.report().clone();
        self.counts.walked += usize::from(report.walked);
        let equal = end.is_ok() && report.equal;
        if end.is_err() {
            self.counts.failed += 1;
        }
        peer.root = report.peer_root.or(peer.root);
        peer.failures = if equal { 0 } else { peer.failures + 1 };
        let (due, failures) = (peer.due, peer.failures);
        let Report { fresh, pushed, round_trips, .. } = report;
        let how = match (end, equal) {
            (Err(why), _) => why,
            (Ok(()), true) => "equal",
            (Ok(()), false) => "unequal",
        };
        self.trace.note(
            now,
            format_args!(
                "{here} ends {} with {with}: {how}, {fresh} in, {pushed} out, {round_trips} trips",
                open.number
            ),
        );
        if let Some(why) = report.refused {
            self.blame(here, with, &why);
        }
        if !equal {
            let wait = (AGAIN << failures.min(5)).min(AGAIN_MAX) + self.random.random_range(0..1_000);
            self.schedule.after(wait, Event::Meet { here, with });
        } else if due {
            self.begin_session(here, with);
        }
    }

    /// A peer has done what honest software never does.
    fn blame(&mut self, here: usize, whom: usize, why: &str) {
        let now = self.schedule.now();
        self.trace.note(now, format_args!("{here} blames {whom}: {why}"));
        self.counts.blamed += 1;
        if self.honest(here) && self.honest(whom) {
            self.broken(format!("node {here} blames node {whom}, both are honest: {why}"));
        }
        let Some(peer) = self.nodes.get_mut(here).and_then(|n| n.peers.get_mut(&whom)) else { return };
        peer.faults += 1;
        if peer.faults >= FAULTS_MAX {
            (peer.faults, peer.cut_until) = (0, now + CUT_OFF);
            peer.open = None;
        }
    }

    fn learn_root(&mut self, here: usize, of: usize, root: [u8; 32]) {
        if let Some(peer) = self.nodes.get_mut(here).and_then(|n| n.peers.get_mut(&of)) {
            peer.root = Some(root);
        }
    }

    /// Tells all peers that hold something else, as far as is known here.
    pub fn announce(&mut self, here: usize) {
        let Some(node) = self.nodes.get_mut(here).filter(|n| n.up) else { return };
        node.announcing = false;
        let root = node.store.held_root();
        let others: Vec<usize> =
            node.peers.iter().filter(|(_, p)| p.root != Some(root)).map(|(n, _)| *n).collect();
        for to in others {
            self.send(here, to, Packet::Hint(root));
        }
    }
}

//! Power: crashes, restarts from what was flushed, and old copies of disks put back.

use std::collections::BTreeMap;

use aronde_protocol::id::EntryId;
use aronde_protocol::replica::Replica;
use rand::RngExt;

use super::world::{Event, World};

impl World {
    /// A node's power goes, and comes back later. Sometimes the disk is gone with it, and the last copy is
    /// put back.
    pub fn crash(&mut self, here: usize) {
        let now = self.schedule.now();
        let wait = self.random.random_range(500..120_000);
        let Some(node) = self.nodes.get_mut(here).filter(|n| n.up) else { return };
        self.counts.crashes += 1;
        let before = node.store.look(verdicts);
        node.store.crash(&mut self.random);
        node.stop();
        let lost_disk = self.random.random_ratio(1, 6);
        let gone = if lost_disk { node.store.put_back() } else { Vec::new() };
        node.store.start();
        let after = node.store.look(verdicts);
        let torn = before.len().saturating_sub(after.len() + gone.len());
        self.counts.torn += torn;
        self.trace.note(
            now,
            format_args!("{here} crashes: {torn} entries not flushed, {} on the lost disk", gone.len()),
        );
        if before.len() == after.len() && before != after {
            self.broken(format!("node {here} judges otherwise after a restart"));
        }
        if lost_disk {
            self.counts.put_back += 1;
            // Acknowledged here and safe nowhere else: it is gone with the disk, and nobody can owe it.
            for entry in &gone {
                let id = entry.id();
                let elsewhere = |(n, node): (usize, &super::node::Node)| n != here && node.store.safe(&id);
                if !self.nodes.iter().take(self.honest).enumerate().any(elsewhere) {
                    self.acknowledged.remove(&id);
                }
            }
            self.put_back(here);
        }
        self.schedule.after(wait, Event::Start { here });
    }

    /// After a disk was put back, software draws fresh logs. An image of the whole machine gives it no
    /// sign, and who then writes before meeting anyone forks the log.
    fn put_back(&mut self, here: usize) {
        let careless = self.random.random_ratio(1, 3);
        let Some(node) = self.nodes.get_mut(here) else { return };
        node.rolled_back |= careless;
        if careless {
            node.writes_first = true;
        } else if let Some(member) = &mut node.member {
            member.leave_logs(&mut self.random);
        }
    }

    /// A node starts again.
    pub fn start(&mut self, here: usize) {
        let Some(node) = self.nodes.get_mut(here) else { return };
        node.up = true;
        let writes_first = std::mem::take(&mut node.writes_first);
        self.trace.note(self.schedule.now(), format_args!("{here} starts"));
        if writes_first {
            self.act_at(here);
        }
        let first = self.random.random_range(0..5_000);
        for with in self.network.linked(here).to_vec() {
            self.schedule.after(first, Event::Meet { here, with });
        }
    }
}

/// What counts and what does not, by id.
fn verdicts(replica: &Replica) -> BTreeMap<EntryId, String> {
    replica.held().map(|h| (h.id, format!("{:?}", h.verdict))).collect()
}

//! A federation of a given number of operations, and what judging them costs.
//!
//! The history is one that honest software writes: thirty workshops, stewards who admit, remove, change roles, bind
//! nodes, vote and name keepers, several at the same time; with or without charters on the way. Times are of
//! the process, so that a busy machine disturbs them little.

use std::collections::BTreeSet;

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{
    AddKeeper, AdmitMember, AdmitWorkshop, BindNode, Charter, Endorse, Found, Operation, RemoveMember,
    SetPolicy, Vote,
};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::entry::{Entry, EntryError, Gist};
use aronde_protocol::id::{EntryId, MembershipId};
use aronde_protocol::key::SecretKey;
use aronde_protocol::limits;
use aronde_protocol::replica::{Known, Replica};
use rand::rngs::ChaCha8Rng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};

use super::Fault;
use super::process::{cpu_us, memory_kb};

/// Workshops of the federation: enough that a charter needs many hands.
const WORKSHOPS: usize = 30;
/// Stewards who write at the same time, at most.
const AT_ONCE: usize = 6;

/// A federation that grows.
pub struct Growing {
    random: ChaCha8Rng,
    replica: Replica,
    entries: Vec<Entry>,
    stewards: Vec<(SecretKey, MembershipId)>,
    keys: u64,
}

/// What judging cost, in microseconds of the process.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Operations judged.
    pub operations: usize,
    /// Removals and role changes among them.
    pub removals: usize,
    /// Charters among them that were followed.
    pub charters: usize,
    /// To verify one signature of each.
    pub verify_us: u64,
    /// To judge all from nothing, pasts and indexes included.
    pub judge_us: u64,
    /// To receive, check and judge one more admission.
    pub admission_us: f64,
    /// To receive, check and judge one more removal.
    pub removal_us: f64,
    /// What the replica of these operations takes, in kB.
    pub memory_kb: u64,
}

impl Growing {
    /// A federation of thirty workshops.
    ///
    /// # Errors
    /// A fault of this bench.
    pub fn found(seed: u64) -> Result<Self, Fault> {
        let key = secret(0);
        let mut burst = Burst::found(&key, 1, 1);
        let under = burst.add(draft(&Operation::Found(Found {
            name: "Federation".into(),
            workshop: "Workshop 0".into(),
            next: key.member().commitment(),
            nonce: [0; 16],
        }))?)?;
        let mut stewards = vec![(key.clone(), under)];
        for n in 1..WORKSHOPS {
            let key = secret(n as u64);
            let (name, next) = (format!("Workshop {n}"), key.member().commitment());
            let admit = AdmitWorkshop { under, name, key: key.member(), next };
            stewards.push((key, burst.add(draft(&Operation::AdmitWorkshop(admit))?)?));
        }
        let entries = burst.sign();
        let mut growing = Self {
            random: ChaCha8Rng::seed_from_u64(seed),
            replica: Replica::new(under),
            entries: Vec::new(),
            stewards,
            keys: WORKSHOPS as u64,
        };
        growing.take(entries)?;
        growing.charter(1)?;
        Ok(growing)
    }

    /// Grows to this many operations, with a charter after every so many, or none.
    ///
    /// # Errors
    /// A fault of this bench.
    pub fn grow(&mut self, operations: usize, charter_every: Option<usize>) -> Result<(), Fault> {
        let mut due = charter_every.map(|every| self.entries.len() + every);
        while self.entries.len() < operations {
            let mut writing: Vec<usize> = (0..WORKSHOPS).collect();
            writing.shuffle(&mut self.random);
            writing.truncate(self.random.random_range(1..=AT_ONCE));
            let mut written = Vec::new();
            for workshop in writing {
                written.extend(self.write(workshop)?);
            }
            self.take(written)?;
            if due.is_some_and(|due| self.entries.len() >= due) {
                self.charter(WORKSHOPS / 2 + 1)?;
                due = charter_every.map(|every| self.entries.len() + every);
            }
        }
        Ok(())
    }

    /// What the operations so far cost.
    ///
    /// # Errors
    /// A fault of this bench.
    pub fn cost(&mut self) -> Result<Cost, Fault> {
        let begun = cpu_us();
        let authentic = self.entries.iter().filter(|e| e.signature_holds()).count();
        let verified = cpu_us() - begun;
        let signed = self.entries.iter().filter(|e| e.signature().is_some()).count().max(1);
        if authentic != signed {
            return Err("a signature of the bench does not hold".into());
        }
        // A burst shares one signature; the comparison asks for one an operation.
        let verify_us = verified * self.entries.len() as u64 / signed as u64;

        let known: Result<Vec<Known>, EntryError> = self.entries.iter().map(known).collect();
        let (federation, known) = (self.replica.federation(), known?);
        let memory = memory_kb("VmRSS");
        let begun = cpu_us();
        let replica = Replica::load(federation, federation, known);
        let judge_us = cpu_us() - begun;
        let memory_kb = memory_kb("VmRSS").saturating_sub(memory);
        if replica.accepted().root() != self.replica.accepted().root() {
            return Err("judged from nothing, other operations hold".into());
        }
        let held = || self.replica.operations().filter(|held| held.verdict.counts());
        let is =
            |test: fn(&Operation) -> bool| held().filter(|h| h.gist.operation().is_some_and(test)).count();
        let (removals, operations) = (is(Operation::strikes), self.entries.len());
        let charters = self.replica.authority().charters.values().filter(|c| c.followed).count();
        drop(replica);
        let admission_us = self.one_more(Self::admission)?;
        let removal_us = self.one_more(Self::removal)?;
        Ok(Cost { operations, removals, charters, verify_us, judge_us, admission_us, removal_us, memory_kb })
    }

    /// The mean over some operations, each received alone.
    fn one_more(
        &mut self,
        next: impl Fn(&mut Self, usize) -> Result<Option<Operation>, Fault>,
    ) -> Result<f64, Fault> {
        const TIMES: u32 = 20;
        let mut spent = 0;
        for n in 0..TIMES {
            let workshop = n as usize % WORKSHOPS;
            let Some(operation) = next(self, workshop)? else { continue };
            let entries = self.sign(workshop, &[operation])?;
            let begun = cpu_us();
            let received = self.replica.receive(entries.clone());
            spent += cpu_us() - begun;
            if received.fresh.len() != entries.len() {
                return Err("the bench's own operation was refused".into());
            }
            self.entries.extend(entries);
        }
        Ok(f64::from(u32::try_from(spent)?) / f64::from(TIMES))
    }

    fn write(&mut self, workshop: usize) -> Result<Vec<Entry>, Fault> {
        let operation = match self.random.random_range(0..100) {
            0..55 => self.admission(workshop)?,
            55..70 => self.removal(workshop)?,
            70..85 => {
                let under = self.under(workshop)?;
                let peer = self.random.random::<[u8; 32]>().to_vec().into();
                Some(Operation::BindNode(BindNode { under, peer }))
            }
            85..93 => {
                let (under, (_, other)) = (
                    self.under(workshop)?,
                    self.stewards.choose(&mut self.random).cloned().ok_or("no steward")?,
                );
                let document = EntryId(self.random.random());
                Some(Operation::AddKeeper(AddKeeper { under, document, through: None, workshop: other }))
            }
            _ => {
                let under = self.under(workshop)?;
                let open = self.replica.authority().motions.keys().next().copied();
                Some(if let Some(motion) = open {
                    Operation::Vote(Vote { under, motion })
                } else {
                    let values = [("quorum".to_owned(), 2 + self.random.random_range(0..2))].into();
                    Operation::SetPolicy(SetPolicy { under, values })
                })
            }
        };
        operation.map_or(Ok(Vec::new()), |operation| self.sign(workshop, &[operation]))
    }

    fn admission(&mut self, workshop: usize) -> Result<Option<Operation>, Fault> {
        self.keys += 1;
        let key = secret(self.keys);
        let under = self.under(workshop)?;
        let (member, next) = (key.member(), key.member().commitment());
        let role = if self.random.random_range(0..5) == 0 { Role::Steward } else { Role::Maker };
        Ok(Some(Operation::AdmitMember(AdmitMember { under, key: member, next, role, heads: vec![] })))
    }

    fn removal(&mut self, workshop: usize) -> Result<Option<Operation>, Fault> {
        let under = self.under(workshop)?;
        let members = self.replica.authority().memberships.iter();
        let here = self.stewards.get(workshop).map(|(key, id)| (key.member(), *id)).ok_or("no workshop")?;
        let mut others: Vec<_> =
            members.filter(|(_, m)| m.workshop == here.1 && m.key != here.0).map(|(_, m)| m.key).collect();
        others.sort_unstable();
        let Some(key) = others.choose(&mut self.random).copied() else { return Ok(None) };
        let cut = self.replica.cut(&BTreeSet::from([key]));
        Ok(Some(Operation::RemoveMember(RemoveMember { under, key, cut })))
    }

    fn charter(&mut self, endorsers: usize) -> Result<(), Fault> {
        let before = self.replica.authority().charter.ok_or("no founding entry")?;
        let heads = self.replica.charter_heads();
        let (under, heals, level) = (self.under(0)?, vec![], limits::RULES_LEVEL);
        let written =
            self.sign(0, &[Operation::Charter(Charter { under, before, heals, level, heads, seal: None })])?;
        let charter = written.first().map(Entry::id).ok_or("no charter")?;
        self.take(written)?;
        for workshop in 1..endorsers {
            let under = self.under(workshop)?;
            let written = self.sign(workshop, &[Operation::Endorse(Endorse { under, charter })])?;
            self.take(written)?;
        }
        if self.replica.authority().charter == Some(charter) {
            Ok(())
        } else {
            Err("a charter is not followed".into())
        }
    }

    fn under(&self, workshop: usize) -> Result<MembershipId, Fault> {
        Ok(self.stewards.get(workshop).map(|(_, under)| *under).ok_or("no workshop")?)
    }

    fn sign(&self, workshop: usize, operations: &[Operation]) -> Result<Vec<Entry>, Fault> {
        let (key, _) = self.stewards.get(workshop).ok_or("no workshop")?;
        let mut burst = Burst::begin(&self.replica, key, 1, 1);
        for operation in operations {
            burst.add(draft(operation)?)?;
        }
        Ok(burst.sign())
    }

    fn take(&mut self, entries: Vec<Entry>) -> Result<(), Fault> {
        let received = self.replica.receive(entries);
        if let Some((_, refusal)) = received.refused.first() {
            return Err(refusal.to_string().into());
        }
        self.entries.extend(received.fresh);
        Ok(())
    }
}

fn draft(operation: &Operation) -> Result<Draft, Fault> {
    let facts = operation.to_facts()?;
    Ok(Draft { kind: operation.kind(), subject: None, deps: vec![], facts, personal: None })
}

fn known(entry: &Entry) -> Result<Known, EntryError> {
    Ok(Known {
        header: entry.header().clone(),
        id: entry.id(),
        author: entry.author(),
        gist: Gist::of(entry)?,
    })
}

fn secret(n: u64) -> SecretKey {
    SecretKey::from_seed(blake3::hash(&n.to_le_bytes()).as_bytes())
}

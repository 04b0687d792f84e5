//! Hostile hands: one random entry of somebody who uses any right they ever had, and some they never had.

use std::collections::BTreeMap;

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{
    AddKeeper, AdmitMember, AdmitWorkshop, BindNode, Charter, DropKeeper, Endorse, GiveSteward, Operation,
    Redact, RedactByMotion, RemoveMember, RemoveWorkshop, Rotate, SetPolicy, UnbindNode, Vote,
};
use aronde_protocol::entry::{Class, Gist, Kind};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::SecretKey;
use aronde_protocol::limits;
use aronde_protocol::record::fork_healed::ForkHealedFacts;
use rand::RngExt;

use super::pool::{At, Places};
use super::world::{HandAt, Said, World, sorted};

/// What an attacker may try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Try {
    /// Admit a puppet.
    Admit,
    /// Remove somebody, anybody.
    Remove,
    /// A motion.
    Motion,
    /// A vote or an endorsement.
    Speak,
    /// A charter.
    Charter,
    /// Keepers of documents.
    Keepers,
    /// Documents and records.
    Work,
    /// A rotation.
    Rotate,
    /// Nodes and redactions.
    Rest,
}

/// All of it, what does most more often.
pub const ALL: &[Try] = &[
    Try::Admit,
    Try::Admit,
    Try::Remove,
    Try::Remove,
    Try::Remove,
    Try::Motion,
    Try::Motion,
    Try::Speak,
    Try::Speak,
    Try::Charter,
    Try::Keepers,
    Try::Keepers,
    Try::Work,
    Try::Work,
    Try::Work,
    Try::Rotate,
    Try::Rest,
];

/// What the model that came with the design knows as it is known here.
pub const PLAIN: &[Try] =
    &[Try::Admit, Try::Remove, Try::Remove, Try::Motion, Try::Speak, Try::Speak, Try::Charter, Try::Work];

impl World {
    /// The operations that a hand knows and that have this membership in their past: what it may name in `seen`
    /// without disowning its own right.
    fn since(&self, hand: HandAt, membership: At) -> Vec<At> {
        let of = |at: &At| self.pool.is_operation(*at) && self.pool.is_past(membership, *at);
        self.hands[hand].known.iter().copied().filter(of).collect()
    }

    /// An old or odd view of the authority: few operations, or as many heads as an entry may name.
    fn odd_seen(&mut self, hand: HandAt, membership: At) -> Places {
        let since = self.since(hand, membership);
        let mut seen = Places::from([membership]);
        seen.extend(self.gift_of(hand));
        let many = if self.chance(5) { limits::SEEN_MAX - 2 } else { self.random.random_range(1..4) };
        for _ in 0..many {
            seen.extend(self.one(&since));
        }
        seen
    }

    /// A cut of any looseness: all, none, some, of other people's logs, of nothing that exists.
    pub fn odd_cut(&mut self, hand: HandAt) -> Vec<EntryId> {
        let known: Vec<At> = self.hands[hand].known.iter().copied().collect();
        let mut cut = Vec::new();
        match self.random.random_range(0..4) {
            0 => {}
            1 => {
                for at in known {
                    if self.chance(20) {
                        cut.push(self.pool.id(at));
                    }
                }
            }
            2 => {
                let heads = self.pool.log_heads(&known.into_iter().collect());
                cut.extend(heads.into_iter().map(|at| self.pool.id(at)));
            }
            _ => {
                cut.push(EntryId(self.random.random()));
                cut.extend(self.one(&known).map(|at| self.pool.id(at)));
            }
        }
        sorted(cut)
    }

    /// One entry of an attacker who acts under a membership that may be its own, in a log of its own choice.
    pub fn attack(&mut self, hand: HandAt, membership: At, tries: &[Try]) -> Option<At> {
        let tried = self.one(tries)?;
        let known: Vec<At> = self.hands[hand].known.iter().copied().collect();
        let grants: Vec<At> = known.iter().copied().filter(|at| self.pool.is_grant(*at)).collect();
        let mut seen = self.odd_seen(hand, membership);
        if self.chance(10) {
            self.fork(hand);
        }
        let wrong = self.chance(5);
        let under = self.one(&grants).filter(|_| wrong).unwrap_or(membership);
        let under = self.pool.id(under);
        let target = self.one(&grants)?;
        let workshop = self.pool.workshop(target)?;
        let said = match tried {
            Try::Admit => {
                seen.extend(self.back_dated(&known));
                let puppet = self.puppet();
                let role = [Role::Steward, Role::Maker, Role::Auditor][self.random.random_range(0..3)];
                Said::operation(&Operation::AdmitMember(AdmitMember {
                    under,
                    key: puppet.member(),
                    next: puppet.member().commitment(),
                    role,
                    heads: if self.chance(20) { self.odd_cut(hand) } else { vec![] },
                }))
            }
            Try::Remove => {
                seen.insert(target);
                let (key, _) = self.pool.gives(target)?;
                let cut = self.odd_cut(hand);
                Said::operation(&Operation::RemoveMember(RemoveMember { under, key, cut }))
            }
            Try::Motion => {
                seen.extend(self.pool.at(&workshop));
                self.motion(hand, under, workshop)
            }
            Try::Speak => {
                let said = |at: &At| match self.pool.operation(*at) {
                    Some(op) => op.is_motion() || matches!(op, Operation::Charter(_)),
                    None => false,
                };
                let spoken: Vec<At> = known.iter().copied().filter(said).collect();
                let of = self.one(&spoken)?;
                seen.insert(of);
                let id = self.pool.id(of);
                let charter = matches!(self.pool.operation(of), Some(Operation::Charter(_)));
                // Now and then of the wrong kind.
                if charter == self.chance(88) {
                    Said::operation(&Operation::Endorse(Endorse { under, charter: id }))
                } else {
                    Said::operation(&Operation::Vote(Vote { under, motion: id }))
                }
            }
            Try::Charter => self.odd_charter(hand, under, &mut seen)?,
            Try::Keepers => self.odd_keeper(hand, under, workshop, &mut seen)?,
            Try::Work => self.odd_work(hand, under)?,
            Try::Rotate => {
                let new = if self.chance(70) { self.hands[hand].next.clone() } else { self.puppet() };
                let cut = self.odd_cut(hand);
                self.rotation(hand, under, &new, cut).0
            }
            Try::Rest => {
                let peer = vec![self.random.random_range(0..3)].into();
                match self.random.random_range(0..4) {
                    3 => Said::work("operation/crown", None, &"a kind of a newer version"),
                    0 => Said::operation(&Operation::BindNode(BindNode { under, peer })),
                    1 => Said::operation(&Operation::UnbindNode(UnbindNode { under, peer })),
                    _ => {
                        let entry = self.one(&known).map(|at| self.pool.id(at))?;
                        Said::operation(&Operation::Redact(Redact { under, entry }))
                    }
                }
            }
        };
        if tried == Try::Work || seen.is_empty() || !self.chance(8) {
            return Some(self.sign(hand, &said, &seen));
        }
        Some(self.grind(hand, &said, &seen))
    }

    /// Something to be seen so that an operation looks older or newer than it is.
    fn back_dated(&mut self, known: &[At]) -> Option<At> {
        let at = self.one(known)?;
        self.pool.is_operation(at).then_some(at)
    }

    /// One of a few keys that attackers share.
    fn puppet(&mut self) -> SecretKey {
        SecretKey::from_seed(&[200 + self.random.random_range(0..3_u8); 32])
    }

    /// Any motion.
    pub fn motion(&mut self, hand: HandAt, under: EntryId, workshop: EntryId) -> Said {
        let puppet = self.puppet().member();
        let next = puppet.commitment();
        let values = BTreeMap::from([("quorum".to_owned(), self.random.random_range(0..4))]);
        let operation = match self.random.random_range(0..5) {
            0 | 1 => {
                let cut = self.odd_cut(hand);
                Operation::RemoveWorkshop(RemoveWorkshop { under, workshop, cut })
            }
            2 => Operation::GiveSteward(GiveSteward { under, workshop, key: puppet, next }),
            3 => Operation::AdmitWorkshop(AdmitWorkshop { under, name: "Puppets".into(), key: puppet, next }),
            _ if values.values().any(|quorum| *quorum == 0) => {
                // Of what the hand heard last, an operation's own words included.
                let last = self.hands[hand].known.last().copied();
                let entry = last.map_or(workshop, |at| self.pool.id(at));
                Operation::RedactByMotion(RedactByMotion { under, entry })
            }
            _ => Operation::SetPolicy(SetPolicy { under, values }),
        };
        Said::operation(&operation)
    }

    /// A rotation of a hand's key in a membership, signed by the new key too, and the key that it names as the next.
    pub fn rotation(
        &mut self,
        hand: HandAt,
        membership: EntryId,
        new: &SecretKey,
        cut: Vec<EntryId>,
    ) -> (Said, SecretKey) {
        let paper = if self.chance(80) { self.fresh_key() } else { new.clone() };
        let (key, next) = (new.member(), paper.member().commitment());
        let mut rotate = Rotate { membership, key, next, cut, proof: [0; 64] };
        rotate.proof = new.sign(&rotate.statement(self.pool.id(0), self.member(hand)));
        (Said::operation(&Operation::Rotate(rotate)), paper)
    }

    fn odd_charter(&mut self, hand: HandAt, under: EntryId, seen: &mut Places) -> Option<Said> {
        let is_one =
            |at: &At| matches!(self.pool.operation(*at), Some(Operation::Charter(_) | Operation::Found(_)));
        let charters: Vec<At> = self.hands[hand].known.iter().copied().filter(is_one).collect();
        let before = if self.chance(60) { *charters.last()? } else { self.one(&charters)? };
        seen.insert(before);
        let mut heals = Vec::new();
        for rival in charters.into_iter().skip(1).filter(|at| *at != before) {
            if self.chance(20) {
                seen.insert(rival);
                heals.push(self.pool.id(rival));
            }
        }
        let heads = if self.chance(40) { self.odd_cut(hand) } else { vec![] };
        let level = limits::RULES_LEVEL + u64::from(self.chance(3));
        let (before, heals) = (self.pool.id(before), sorted(heals));
        // None, a right one, and one that nobody finds, by turns.
        let turn = self.pool.entries().len() % 3;
        let mut seal = if turn == 0 { None } else { self.seal(hand, seen, before, &heals, &heads) };
        if let (2, Some(seal)) = (turn, &mut seal) {
            seal.history[0] ^= 1;
        }
        let charter = Charter { under, before, heals, level, heads, seal: seal.map(Box::new) };
        Some(Said::operation(&Operation::Charter(charter)))
    }

    fn odd_keeper(
        &mut self,
        hand: HandAt,
        under: EntryId,
        workshop: EntryId,
        seen: &mut Places,
    ) -> Option<Said> {
        let documents = self.documents(hand);
        let document = self.one(&documents).map(|at| self.pool.id(at))?;
        let is_one = |at: &At| matches!(self.pool.operation(*at), Some(Operation::AddKeeper(_)));
        let grants: Vec<At> = self.hands[hand].known.iter().copied().filter(is_one).collect();
        let mut some = |world: &mut Self, percent| {
            let grant = world.one(&grants).filter(|_| world.chance(percent));
            seen.extend(grant);
            grant.map(|at| world.pool.id(at))
        };
        let through = some(self, 40);
        Some(Said::operation(&if self.chance(50) {
            Operation::AddKeeper(AddKeeper { under, document, through, workshop })
        } else {
            let (grant, cut) = (some(self, 60), self.odd_cut(hand));
            Operation::DropKeeper(DropKeeper { under, document, through, grant, cut })
        }))
    }

    /// The documents that a hand knows.
    pub fn documents(&self, hand: HandAt) -> Vec<At> {
        let known = self.hands[hand].known.iter().copied();
        known.filter(|at| matches!(self.pool.gist(*at), Gist::Create { .. })).collect()
    }

    /// Work of a kind that this version doesn't know, and the healing of a fork.
    fn odd_kind(&mut self, hand: HandAt, documents: &[At]) -> Option<Said> {
        let known: Vec<At> = self.hands[hand].known.iter().copied().collect();
        match self.random.random_range(0..3) {
            0 => Some(Said::work("record/weather", None, &"rain")),
            1 => {
                let document = self.one(documents).map(|at| self.pool.id(at))?;
                let said = Said::work("document/sketch", Some(document), &"a line");
                Some(Said { deps: vec![document], ..said })
            }
            _ => {
                let heads =
                    sorted((0..4).filter_map(|_| self.one(&known).map(|at| self.pool.id(at))).collect());
                let facts = ForkHealedFacts { log: self.random.random(), heads };
                (facts.heads.len() > 1).then(|| Said::work(Kind::FORK_HEALED, None, &facts))
            }
        }
    }

    /// Work on anything, on top of anything.
    pub fn odd_work(&mut self, hand: HandAt, under: EntryId) -> Option<Said> {
        let documents = self.documents(hand);
        match self.random.random_range(0..8) {
            0..3 if !documents.is_empty() => {
                let document = self.one(&documents).map(|at| self.pool.id(at))?;
                let of = |at: &At| {
                    let header = self.pool.entry(*at).map(aronde_protocol::entry::Entry::header);
                    header.is_some_and(|h| h.subject == Some(document) && h.kind.class() == Class::Document)
                };
                let mut edits: Vec<At> = self.hands[hand].known.iter().copied().filter(of).collect();
                edits.extend(self.pool.at(&document));
                let deps =
                    sorted((0..2).filter_map(|_| self.one(&edits).map(|at| self.pool.id(at))).collect());
                Some(self.edit(document, deps))
            }
            3 => Some(self.contribution()),
            4 => {
                let records = self.records(hand);
                let record = self.one(&records).map(|at| self.pool.id(at))?;
                Some(self.attestation(record))
            }
            5 => Some(self.addresses()),
            6 if self.chance(30) => Some(self.odd_kind(hand, &documents)?),
            _ => Some(self.new_document(under)),
        }
    }
}

//! Set pieces: what happens among people who fall out, race, lose keys and come back.

use std::collections::BTreeMap;

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{
    AdmitMember, GiveSteward, Operation, RemoveMember, SetPolicy, Vote,
};
use aronde_protocol::id::EntryId;
use rand::RngExt;

use super::attacks::Try;
use super::cast::{A, A2, B, B2, F, HONEST, M, MA, MB, S, STEWARDS};
use super::pool::{At, Places};
use super::world::{HandAt, Said, World};

impl World {
    /// A removal as honest software does it: the accepted heads of every branch of the member's logs. With another
    /// cut now and then, or by an old view of the authority.
    pub fn remove(&mut self, by: HandAt, whom: HandAt, honest: bool) -> Option<At> {
        let (under, _) = self.stewardship(by)?;
        let key = self.member(whom);
        let cut = if honest { self.cut(by, &[key]) } else { self.odd_cut(by) };
        let said = Said::operation(&Operation::RemoveMember(RemoveMember { under, key, cut }));
        Some(self.say(by, &said))
    }

    /// Two stewards of one workshop remove each other before they meet.
    pub fn duel(&mut self) {
        let (one, other) = [(F, S), (A, A2), (B, B2)][self.random.random_range(0..3)];
        let honest = (self.chance(60), self.chance(60));
        self.remove(one, other, honest.0);
        self.remove(other, one, honest.1);
        if self.chance(50) {
            self.meet(one, other);
        }
        if self.chance(60) {
            // The others give the workshop that is left alone a steward.
            self.gather(HONEST);
            let by = if one == A { B } else { A };
            let Some((under, _)) = self.stewardship(by) else { return };
            let Some(workshop) = self.home(one) else { return };
            let (key, next) = (self.fresh_key().member(), self.fresh_key().member().commitment());
            let give = GiveSteward { under, workshop, key, next };
            let motion = self.say(by, &Said::operation(&Operation::GiveSteward(give)));
            self.gather(HONEST);
            self.votes(motion, 70);
        }
    }

    /// The workshop of one of the hands that began the federation.
    pub fn home(&self, hand: HandAt) -> Option<EntryId> {
        let key = self.member(hand);
        let given = |at: &At| self.pool.gives(*at).is_some_and(|(k, _)| k == key) && self.pool.is_grant(*at);
        self.hands[hand].known.iter().copied().find(given).and_then(|at| self.pool.workshop(at))
    }

    /// A grant of a hand's key, whether it stands or not.
    pub fn grant_of(&self, hand: HandAt) -> Option<At> {
        let key = self.member(hand);
        let given = |at: &At| self.pool.gives(*at).filter(|(k, _)| *k == key).map(|(_, m)| m);
        let membership = self.hands[hand].known.iter().find_map(given)?;
        self.pool.at(&membership)
    }

    /// The operation that made a hand's key a member's: what the door asks to find in its past.
    pub fn gift_of(&self, hand: HandAt) -> Option<At> {
        let key = self.member(hand);
        let gives = |at: &At| self.pool.gives(*at).is_some_and(|(k, _)| k == key);
        self.hands[hand].known.iter().copied().find(gives)
    }

    /// Stewards vote for a motion, each with this probability.
    fn votes(&mut self, motion: At, percent: u32) {
        for hand in STEWARDS {
            if self.hands[*hand].known.contains(&motion) && self.chance(percent) {
                let Some((under, _)) = self.stewardship(*hand) else { continue };
                let vote = Vote { under, motion: self.pool.id(motion) };
                self.say(*hand, &Said::operation(&Operation::Vote(vote)));
            }
        }
        if self.chance(70) {
            self.gather(HONEST);
        }
    }

    /// A word on a motion or a charter, of the kind that fits.
    pub fn spoken(&self, under: EntryId, on: At) -> Said {
        if matches!(self.pool.operation(on), Some(Operation::Charter(_))) {
            return self.endorsement(under, on);
        }
        Said::operation(&Operation::Vote(Vote { under, motion: self.pool.id(on) }))
    }

    /// Motions that race: several are proposed before their authors meet, then some vote.
    pub fn motions(&mut self) {
        let mut made = Vec::new();
        for _ in 0..self.random.random_range(1..4) {
            let by = STEWARDS[self.random.random_range(0..STEWARDS.len())];
            let Some((under, _)) = self.stewardship(by) else { continue };
            let workshops = self.view(by).workshops.clone();
            let Some(workshop) = self.one(&workshops) else { continue };
            let said = self.motion(by, under, workshop);
            made.push(self.say(by, &said));
            if self.chance(30) {
                self.gather(HONEST);
            }
        }
        self.gather(HONEST);
        for motion in made {
            self.votes(motion, 35);
        }
    }

    /// A motion lapses at a charter that does not know it; votes come before and after; the next charter knows it.
    pub fn lapse(&mut self) {
        let by = [F, A, B][self.random.random_range(0..3)];
        let Some((under, _)) = self.stewardship(by) else { return };
        let workshops = self.view(by).workshops.clone();
        let Some(workshop) = self.one(&workshops) else { return };
        let motion = self.motion(by, under, workshop);
        let knows = self.chance(30);
        if knows {
            let motion = self.say(by, &motion);
            self.gather(HONEST);
            self.charter_round(HONEST, false);
            self.votes(motion, 50);
            return;
        }
        // Proposed before its author has heard of the charter.
        let rest: Vec<HandAt> = HONEST.iter().copied().filter(|h| *h != by).collect();
        self.charter_round(&rest, false);
        let motion = self.say(by, &motion);
        let early = self.copy(if by == A { B } else { A });
        let known = self.hands[by].known.clone();
        self.hands[early].known = known;
        if let (Some(grant), true) = (self.grant_of(early), self.chance(60)) {
            let said = self.spoken(self.pool.id(grant), motion);
            let seen = [motion, grant].into_iter().chain(self.gift_of(early)).collect();
            self.sign(early, &said, &seen);
            self.meet(by, early);
        }
        self.gather(HONEST);
        self.votes(motion, 40);
        if self.chance(60) {
            self.charter_round(HONEST, false);
            self.votes(motion, 50);
        }
    }

    /// The policy is set, one value after another, each by the votes that it takes, and then a motion is made by it.
    pub fn policies(&mut self) {
        for quorum in [self.random.random_range(2..4), self.random.random_range(1..4)] {
            let by = [F, A, B][self.random.random_range(0..3)];
            let Some((under, _)) = self.stewardship(by) else { return };
            let values = BTreeMap::from([("quorum".to_owned(), quorum)]);
            let motion = self.say(by, &Said::operation(&Operation::SetPolicy(SetPolicy { under, values })));
            if self.chance(80) {
                self.gather(HONEST);
            }
            self.votes(motion, 80);
            if self.chance(70) {
                self.charter_round(HONEST, false);
            }
        }
        self.motions();
    }

    /// A steward's key is rotated before a charter, which the old key endorses; its word may be what is missing.
    pub fn old_key_endorses(&mut self) {
        let hand = [A, B][self.random.random_range(0..2)];
        let Some((membership, _)) = self.stewardship(hand) else { return };
        let thief = self.copy(hand);
        let new = self.hands[hand].next.clone();
        let key = self.member(hand);
        let cut = self.cut(hand, &[key]);
        let (said, paper) = self.rotation(hand, membership, &new, cut);
        self.say(hand, &said);
        self.rotate(hand, paper);
        self.gather(&[hand, F]);
        let Some(charter) = self.charter(F, vec![], false) else { return };
        let grant = self.pool.at(&membership).unwrap_or(0);
        self.meet(thief, F);
        let said = self.endorsement(membership, charter);
        let seen = [charter, grant].into_iter().chain(self.gift_of(thief)).collect();
        self.sign(thief, &said, &seen);
        self.meet(thief, F);
        if self.chance(50) {
            self.gather(HONEST);
        }
    }

    /// Charters that race: two are proposed and endorsed by some before all meet; then one may heal them.
    pub fn rivals(&mut self, heads: bool) {
        let sides: [&[HandAt]; 2] = [&[A, S, M], &[B, F, MA]];
        let mut rivals = Vec::new();
        for side in sides {
            rivals.extend(self.charter_round(side, heads));
            if self.chance(40) {
                let by = side[self.random.random_range(0..side.len())];
                self.act(by, !heads);
            }
        }
        self.gather(HONEST);
        if self.chance(40) {
            self.act(MB, !heads);
        }
        if let ([_, _], true) = (rivals.as_slice(), self.chance(75)) {
            let heals: Vec<EntryId> = rivals.iter().map(|at| self.pool.id(*at)).collect();
            let Some(healing) = self.charter(A, heals, heads) else { return };
            self.gather(HONEST);
            for hand in [B, F, S] {
                if self.chance(70)
                    && let Some((under, _)) = self.stewardship(hand)
                {
                    let said = self.endorsement(under, healing);
                    self.say(hand, &said);
                }
            }
            self.gather(HONEST);
        }
    }

    /// A key is rotated by its owner; whoever stole the old one, and perhaps the paper, acts on.
    pub fn rotate_key(&mut self) {
        let hand = [M, S, A, MA, F][self.random.random_range(0..5)];
        let mine = self.mine(hand);
        let Some((membership, _, _)) = self.one(&mine) else { return };
        let thief = self.copy(hand);
        let new = self.hands[hand].next.clone();
        let key = self.member(hand);
        let cut = if self.chance(70) { self.cut(hand, &[key]) } else { self.odd_cut(hand) };
        let (mut said, mut paper) = self.rotation(hand, membership, &new, cut);
        if self.chance(20) {
            // The same twice: the owner's, and a thief's who found the paper.
            let cut = self.odd_cut(thief);
            (said, paper) = self.rotation(hand, membership, &new, cut);
            let (theirs, _) = self.rotation(thief, membership, &new, vec![]);
            self.say(thief, &theirs);
        }
        self.say(hand, &said);
        self.rotate(hand, paper);
        self.hostile_acts(thief, &[Try::Admit, Try::Remove, Try::Work, Try::Speak, Try::Rotate]);
        for _ in 0..self.random.random_range(1..3) {
            self.act(hand, false);
        }
        if self.chance(60) {
            self.meet(hand, thief);
        }
    }

    /// Some entries of a hand that has turned.
    pub fn hostile_acts(&mut self, hand: HandAt, tries: &[Try]) {
        let Some(membership) = self.grant_of(hand) else { return };
        for _ in 0..self.random.random_range(1..4) {
            self.attack(hand, membership, tries);
        }
    }

    /// Somebody is removed, and admitted again with the heads of the work that shall stand.
    pub fn come_back(&mut self) {
        let (whom, by) = [(M, F), (MA, A), (A2, A), (S, F)][self.random.random_range(0..4)];
        for _ in 0..self.random.random_range(1..4) {
            self.work(whom);
        }
        self.meet(whom, by);
        let before = self.view(by);
        let honest = self.chance(30);
        self.remove(by, whom, honest);
        let mut late = Places::new();
        late.extend(self.work(whom));
        self.meet(whom, by);
        let key = self.member(whom);
        let theirs = before.accepted.union(&late).copied();
        let theirs: Places = theirs.filter(|at| self.pool.author(*at) == Some(key)).collect();
        let work: Places = theirs.into_iter().filter(|at| !self.pool.is_operation(*at)).collect();
        let heads = self.pool.log_heads(&work).into_iter().map(|at| self.pool.id(at)).collect();
        let Some((under, _)) = self.stewardship(by) else { return };
        let role = if self.chance(70) { Role::Maker } else { Role::Steward };
        let next = self.hands[whom].next.member().commitment();
        let admit = AdmitMember { under, key, next, role, heads: super::world::sorted(heads) };
        self.say(by, &Said::operation(&Operation::AdmitMember(admit)));
        self.meet(whom, by);
        self.work(whom);
        if self.chance(20) {
            self.remove(by, whom, true);
        }
        self.meet(whom, by);
    }

    /// Work of a hand by its own replica.
    fn work(&mut self, hand: HandAt) -> Option<At> {
        let mine = self.mine(hand);
        let (under, _, _) = *mine.first()?;
        let said = self.odd_work(hand, under)?;
        Some(self.say(hand, &said))
    }

    /// Keepers are added in a chain and dropped somewhere in it.
    pub fn keepers(&mut self) {
        for (maker, steward, next) in [(M, F, A), (M, A, B), (M, F, B)] {
            if let Some((under, _, _)) = self.mine(maker).first().copied()
                && self.chance(60)
            {
                let said = self.new_document(under);
                self.say(maker, &said);
            }
            self.gather(&[maker, steward, next]);
            for by in [steward, next] {
                let Some((under, mine)) = self.stewardship(by) else { continue };
                let said = if self.chance(65) {
                    self.keeper(by, under, mine)
                } else {
                    self.drop_keeper(by, under, mine)
                };
                if let Some(said) = said {
                    self.say(by, &said);
                }
                if self.chance(50) {
                    self.gather(&[steward, next, MA, MB]);
                }
                let maker = [M, MA, MB][self.random.random_range(0..3)];
                self.act(maker, true);
            }
        }
    }

    /// Somebody with a removed key and a friend who is still a member.
    pub fn collude(&mut self, tries: &[Try]) {
        let (whom, by) = [(S, F), (A2, A), (M, S), (F, S)][self.random.random_range(0..4)];
        let removed = self.copy(whom);
        if self.chance(50) {
            self.hostile_acts(removed, tries);
            if self.chance(50) {
                self.meet(removed, by);
            }
        }
        let honest = self.chance(80);
        self.remove(by, whom, honest);
        if self.chance(50) {
            self.gather(HONEST);
        }
        if self.chance(30) {
            self.charter_round(HONEST, tries != super::attacks::PLAIN);
        }
        if self.chance(50) {
            let known = self.hands[by].known.clone();
            self.hands[removed].known.extend(known);
        }
        if self.chance(40) {
            let other = self.copy(whom);
            self.hands[other].known = self.hands[removed].known.clone();
            self.hostile_acts(other, tries);
            self.meet(removed, other);
        }
        self.hostile_acts(removed, tries);
        if self.chance(60) {
            let friend = self.copy(B2);
            self.meet(friend, removed);
            self.hostile_acts(friend, tries);
            for _ in 0..2 {
                self.act(friend, true);
            }
            self.hostile_acts(removed, &[Try::Speak]);
            self.meet(friend, removed);
            let last = *self.hands[friend].known.last().unwrap_or(&0);
            if let (Some((under, _)), true) = (self.stewardship(friend), self.pool.is_operation(last)) {
                let said = self.endorsement(under, last);
                let mut seen = Places::from([last]);
                seen.extend(self.gift_of(friend));
                self.sign(friend, &said, &seen);
            }
            if self.chance(70) {
                self.meet(friend, B);
            }
        }
        if self.chance(70) {
            self.meet(removed, A);
        }
    }
}

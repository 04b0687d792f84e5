//! What following a charter would change, before anybody follows it.

use super::{Known, Loading, Replica};
use crate::acceptance::{Reason, Verdict};
use crate::authority::NotHolding;
use crate::authority::operation::Operation;
use crate::id::EntryId;

impl Replica {
    /// The held entries that would begin or cease to count, or to be open, if a charter were followed; sorted.
    /// Charters, their endorsements and motions that would lapse are left out: those are what a charter is for. A steward's node
    /// that endorses by itself endorses what changes nothing here.
    ///
    /// `None` when it can't be said: the charter is not held, is not in order, or names a head that is not held.
    ///
    /// All that is held is judged once more, in a copy.
    pub fn would_change(&self, charter: &EntryId) -> Option<Vec<EntryId>> {
        if !self.authority.charters.contains_key(charter) {
            return None;
        }
        let Some(Operation::Charter(said)) = self.get(charter)?.gist.operation() else { return None };
        if !said.heads.iter().all(|head| self.holds(head)) {
            return None;
        }
        let mut copy = Loading::new(self.federation, *charter);
        for held in &self.held {
            let (header, gist) = (held.header.clone(), held.gist.clone());
            copy.hold(Known { header, id: held.id, author: held.author, gist });
        }
        let then = copy.judge();
        let differs = |now: &super::Held, then: Verdict| {
            let agrees = matches!(now.gist.operation(), Some(Operation::Charter(_) | Operation::Endorse(_)));
            let parked = |reason| Verdict::Parked(Reason::Operation(reason));
            let opens = (now.verdict == parked(NotHolding::Open)) != (then == parked(NotHolding::Open));
            let lapses = then == parked(NotHolding::Lapsed) && !now.verdict.counts();
            !agrees && !lapses && (opens || now.verdict.counts() != then.counts())
        };
        let pairs = self.held.iter().zip(&then.held);
        let mut changed: Vec<_> =
            pairs.filter(|(now, then)| differs(now, then.verdict)).map(|(now, _)| now.id).collect();
        changed.sort_unstable();
        Some(changed)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::authority::Role;
    use crate::authority::operation::{AdmitMember, AdmitWorkshop, Charter, Found, RemoveMember};
    use crate::burst::{Burst, Draft};
    use crate::entry::{Entry, Kind};
    use crate::key::{KeyCommitment, SecretKey};
    use crate::record::contribution::ContributionFacts;

    const NEXT: KeyCommitment = KeyCommitment([7; 32]);

    fn key(seed: u8) -> SecretKey {
        SecretKey::from_seed(&[seed; 32])
    }

    fn operation(operation: &Operation) -> Draft {
        let facts = operation.to_facts().unwrap();
        Draft { kind: operation.kind(), subject: None, deps: Vec::new(), facts, personal: None }
    }

    /// Writes one operation at the end of a key's log of operations, as a replica knows it. It is not yet held.
    fn says(replica: &Replica, key: &SecretKey, said: &Operation) -> Vec<Entry> {
        let mut burst = Burst::begin(replica, key, 1, 2_000);
        burst.add(operation(said)).unwrap();
        burst.sign()
    }

    fn holds(replica: &mut Replica, entries: Vec<Entry>) -> EntryId {
        let last = entries.last().unwrap().id();
        assert!(replica.receive(entries).refused.is_empty());
        assert!(replica.holds(&last));
        last
    }

    /// Two workshops, both settled by a charter that is followed; the first has a steward and a maker.
    fn federation() -> Replica {
        let found =
            Found { name: "Commons".into(), workshop: "Workshop North".into(), next: NEXT, nonce: [0; 16] };
        let steward = key(1);
        let mut burst = Burst::found(&steward, 1, 1_000);
        let under = burst.add(operation(&Operation::Found(found))).unwrap();
        let maker = AdmitMember { under, key: key(2).member(), next: NEXT, role: Role::Maker, heads: vec![] };
        burst.add(operation(&Operation::AdmitMember(maker))).unwrap();
        let name = "Workshop South".to_owned();
        let south = AdmitWorkshop { under, name, key: key(3).member(), next: NEXT };
        burst.add(operation(&Operation::AdmitWorkshop(south))).unwrap();
        let first = Charter { under, before: under, heals: vec![], level: 1, heads: vec![], seal: None };
        let first = burst.add(operation(&Operation::Charter(first))).unwrap();
        let mut replica = Replica::new(under);
        holds(&mut replica, burst.sign());
        assert_eq!(replica.authority().charter, Some(first));
        replica
    }

    /// A record by the maker.
    fn works(replica: &mut Replica) -> EntryId {
        let maker = key(2);
        let mut burst = Burst::begin(replica, &maker, 2, 1_500);
        let facts = ContributionFacts::new("work", "1 h".parse().unwrap()).encode().unwrap();
        let subject = Some(replica.federation());
        burst.add(Draft { kind: Kind::CONTRIBUTION, subject, deps: vec![], facts, personal: None }).unwrap();
        let entries = burst.sign();
        holds(replica, entries)
    }

    /// The second workshop's steward proposes what a replica would settle. It needs the first's endorsement.
    fn proposal(replica: &Replica, heads: Vec<EntryId>) -> Vec<Entry> {
        let south = key(3);
        let under = replica.authority().memberships_of(south.member()).map(|(id, _)| *id).next().unwrap();
        let before = replica.authority().charter.unwrap();
        let charter = Charter { under, before, heals: vec![], level: 1, heads, seal: None };
        says(replica, &south, &Operation::Charter(charter))
    }

    #[test]
    fn a_charter_that_settles_what_counts_changes_nothing() {
        let mut replica = federation();
        works(&mut replica);
        let proposal = proposal(&replica, replica.charter_heads());
        let charter = holds(&mut replica, proposal);
        assert_ne!(replica.authority().charter, Some(charter), "it is not in force yet");
        assert_eq!(replica.would_change(&charter), Some(vec![]));
    }

    #[test]
    fn a_charter_that_settles_work_which_a_removal_cut_would_let_it_count() {
        let mut replica = federation();
        let work = works(&mut replica);
        let proposal = proposal(&replica, vec![work]);
        let remove = RemoveMember { under: replica.federation(), key: key(2).member(), cut: vec![] };
        let removal = says(&replica, &key(1), &Operation::RemoveMember(remove));
        holds(&mut replica, removal);
        let charter = holds(&mut replica, proposal);
        assert!(!replica.get(&work).unwrap().verdict.counts());
        assert_eq!(replica.would_change(&charter), Some(vec![work]));
    }

    #[test]
    fn of_a_charter_whose_heads_are_not_all_held_nothing_is_said() {
        let mut replica = federation();
        let proposal = proposal(&replica, vec![EntryId::of(b"elsewhere")]);
        let charter = holds(&mut replica, proposal);
        assert_eq!(replica.would_change(&charter), None);
        assert_eq!(replica.would_change(&EntryId::of(b"no charter")), None);
    }
}

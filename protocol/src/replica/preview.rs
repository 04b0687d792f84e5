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

//! Acts that take more than one workshop: motions and votes, charters and their endorsement.

use aronde_protocol::authority::operation::{
    AdmitWorkshop, Charter, Endorse, GiveSteward, Operation, RemoveWorkshop, SetPolicy, Vote,
};
use aronde_protocol::id::{EntryId, WorkshopId};
use aronde_protocol::limits;
use aronde_protocol::replica::Sealed;
use rand::RngExt;
use rand::seq::{IndexedRandom, IteratorRandom};

use super::{Act, Situation, steward};

/// The acts.
pub const ACTS: &[Act] = &[
    Act { name: "moves to admit a workshop", weight: 2, operates: true, by: steward, plan: admit_workshop },
    Act { name: "moves to remove a workshop", weight: 1, operates: true, by: steward, plan: remove_workshop },
    Act { name: "moves to give a steward", weight: 1, operates: true, by: steward, plan: give_steward },
    Act { name: "moves to set the policy", weight: 1, operates: true, by: steward, plan: set_policy },
    Act { name: "votes", weight: 8, operates: true, by: steward, plan: vote },
    Act { name: "proposes a charter", weight: 3, operates: true, by: steward, plan: charter },
    Act { name: "endorses a charter", weight: 8, operates: true, by: steward, plan: endorse },
    Act { name: "heals an alarm", weight: 4, operates: true, by: steward, plan: heal },
];

fn admit_workshop(s: &mut Situation<'_>) -> Option<()> {
    let (key, next) = s.people.choose(s.random).copied()?;
    let admit = AdmitWorkshop { under: s.under, name: "Workshop".into(), key, next };
    s.operate(&Operation::AdmitWorkshop(admit)).map(|_| ())
}

fn other_workshop(s: &mut Situation<'_>) -> Option<WorkshopId> {
    let all = s.replica.authority().workshops.keys().copied();
    all.filter(|w| *w != s.membership.workshop).choose(s.random)
}

fn remove_workshop(s: &mut Situation<'_>) -> Option<()> {
    let workshop = other_workshop(s)?;
    let all = s.replica.authority().memberships.values().filter(|m| m.workshop == workshop);
    let cut = s.replica.cut(&all.map(|m| m.key).collect());
    let remove = RemoveWorkshop { under: s.under, workshop, cut };
    s.operate(&Operation::RemoveWorkshop(remove)).map(|_| ())
}

fn give_steward(s: &mut Situation<'_>) -> Option<()> {
    let workshop = other_workshop(s)?;
    let (key, next) = s.people.choose(s.random).copied()?;
    s.operate(&Operation::GiveSteward(GiveSteward { under: s.under, workshop, key, next })).map(|_| ())
}

fn set_policy(s: &mut Situation<'_>) -> Option<()> {
    let values = [("quorum".to_owned(), s.random.random_range(1..4))].into();
    s.operate(&Operation::SetPolicy(SetPolicy { under: s.under, values })).map(|_| ())
}

fn vote(s: &mut Situation<'_>) -> Option<()> {
    let open = s.replica.authority().motions.iter();
    let missing = open.filter(|(_, motion)| motion.missing.contains(&s.membership.workshop));
    let motion = missing.map(|(id, _)| *id).choose(s.random)?;
    s.operate(&Operation::Vote(Vote { under: s.under, motion })).map(|_| ())
}

/// On top of the charter that is followed here; who follows another, or has not heard, proposes a rival.
fn charter(s: &mut Situation<'_>) -> Option<()> {
    let before = s.replica.authority().charter?;
    propose(s, before, vec![])
}

/// A charter that heals the rivals which an alarm names.
fn heal(s: &mut Situation<'_>) -> Option<()> {
    let alarm = s.replica.authority().alarm.clone()?;
    let mut heals = alarm.rivals;
    heals.sort_unstable();
    propose(s, alarm.before, heals)
}

fn propose(s: &mut Situation<'_>, before: EntryId, rivals: Vec<EntryId>) -> Option<()> {
    let heads = s.replica.charter_heads();
    if heads.len() > limits::CHARTER_HEADS_MAX || rivals.len() > limits::HEALS_MAX {
        return None;
    }
    let seal = s.replica.seal(&s.burst.names(), before, &rivals, &heads).map(Box::new);
    let charter = Charter { under: s.under, before, heals: rivals, level: limits::RULES_LEVEL, heads, seal };
    s.operate(&Operation::Charter(charter)).map(|_| ())
}

fn endorse(s: &mut Situation<'_>) -> Option<()> {
    let proposed = s.replica.authority().charters.iter().filter(|(_, c)| !c.in_force);
    let missing = proposed.filter(|(_, c)| c.missing.contains(&s.membership.workshop));
    let charter = missing.map(|(id, _)| *id).choose(s.random)?;
    // Whoever endorses a seal vouches for it.
    if !matches!(s.replica.sealed(&charter), Sealed::Agrees(_) | Sealed::Unsealed) {
        return None;
    }
    s.operate(&Operation::Endorse(Endorse { under: s.under, charter })).map(|_| ())
}

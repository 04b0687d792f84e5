//! What honest members do: a table. A further act is a function and a line.
//!
//! An act sees what its member's replica holds and adds entries to a burst; each is one that
//! software which follows the rules would write there, and is held by everyone, whether it counts or not.

use aronde_protocol::authority::{Membership, Role};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::id::{EntryId, MembershipId};
use aronde_protocol::key::SecretKey;
use aronde_protocol::replica::Replica;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

use super::member::People;

pub mod authority;
pub mod document;
pub mod motion;
pub mod record;

/// Something that members do.
pub struct Act {
    /// In the trace.
    pub name: &'static str,
    /// How often, beside the others.
    pub weight: u32,
    /// Whether it writes operations; else it writes work. A log holds one of the two.
    pub operates: bool,
    /// Who does it.
    pub by: fn(Role) -> bool,
    /// Writes it. `None` when there is nothing to do it with.
    pub plan: fn(&mut Situation<'_>) -> Option<()>,
}

/// What a member who acts has at hand.
pub struct Situation<'a> {
    /// What is held.
    pub replica: &'a Replica,
    /// Whose hand.
    pub key: &'a SecretKey,
    /// The membership it acts under.
    pub under: MembershipId,
    /// The same as it stands.
    pub membership: &'a Membership,
    /// The log it writes to.
    pub burst: Burst<'a>,
    /// Who may be admitted.
    pub people: &'a People,
    /// Chance.
    pub random: &'a mut ChaCha8Rng,
}

impl Situation<'_> {
    /// Writes one entry.
    pub fn write(
        &mut self,
        kind: &'static str,
        subject: Option<EntryId>,
        deps: Vec<EntryId>,
        facts: Vec<u8>,
        personal: Option<Vec<u8>>,
    ) -> Option<EntryId> {
        self.burst.add(Draft { kind, subject, deps, facts, personal }).ok()
    }
}

/// All that members do.
const ACTS: &[&[Act]] = &[document::ACTS, record::ACTS, authority::ACTS, motion::ACTS];

/// An act for a member with this role.
pub fn choose(role: Role, random: &mut ChaCha8Rng) -> Option<&'static Act> {
    let fitting: Vec<&Act> = ACTS.iter().copied().flatten().filter(|act| (act.by)(role)).collect();
    fitting.choose_weighted(random, |act| act.weight).ok().copied()
}

/// Everybody.
fn anyone(_: Role) -> bool {
    true
}

/// Stewards.
pub fn steward(role: Role) -> bool {
    role == Role::Steward
}

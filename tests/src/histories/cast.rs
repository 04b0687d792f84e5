//! Who is who: three workshops with stewards, makers and an auditor, as a federation begins.

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{AdmitMember, AdmitWorkshop, Operation};
use aronde_protocol::entry::Entry;
use rand::RngExt;

use super::pool::{At, Places};
use super::world::{HandAt, Said, World};

/// The founder, steward of Workshop North.
pub const F: HandAt = 0;
/// Another steward there.
pub const S: HandAt = 1;
/// A maker there.
pub const M: HandAt = 2;
/// A steward of Workshop East.
pub const A: HandAt = 3;
/// Another steward there.
pub const A2: HandAt = 4;
/// A maker there.
pub const MA: HandAt = 5;
/// A steward of Workshop South.
pub const B: HandAt = 6;
/// Another steward there.
pub const B2: HandAt = 7;
/// A maker there.
pub const MB: HandAt = 8;
/// An auditor of Workshop North.
pub const U: HandAt = 9;

/// All of them.
pub const HONEST: &[HandAt] = &[F, S, M, A, A2, MA, B, B2, MB, U];
/// The stewards.
pub const STEWARDS: &[HandAt] = &[F, S, A, A2, B, B2];

/// A federation of three workshops, with no charter, one or two.
pub fn begin(seed: u64) -> World {
    let mut world = World::found(seed);
    let charters = [0, 1, 1, 2, 2, 2][world.random.random_range(0..6)];
    for _ in S..=U {
        world.newcomer(F);
    }
    let founding = world.pool.at(&world.pool.entry(0).map_or(world.pool.id(0), Entry::id)).unwrap_or(0);
    let mut last = founding;
    let mut under = [founding; U + 1];
    let admit = |world: &mut World, by: HandAt, whom: HandAt, role, under: At, seen: At| {
        let (key, next) = (world.member(whom), world.hands[whom].next.member().commitment());
        let admit = AdmitMember { under: world.pool.id(under), key, next, role, heads: vec![] };
        world.sign(by, &Said::operation(&Operation::AdmitMember(admit)), &Places::from([seen]))
    };
    for (whom, role) in [(S, Role::Steward), (M, Role::Maker), (U, Role::Auditor)] {
        last = admit(&mut world, F, whom, role, founding, last);
    }
    for whom in [A, B] {
        let (key, next) = (world.member(whom), world.hands[whom].next.member().commitment());
        let op = AdmitWorkshop { under: world.pool.id(founding), name: "Workshop".into(), key, next };
        last = world.sign(F, &Said::operation(&Operation::AdmitWorkshop(op)), &Places::from([last]));
        under[whom] = last;
    }
    if charters > 0
        && let Some(charter) = world.charter(F, vec![], false)
    {
        last = charter;
    }
    world.gather(HONEST);
    for (by, steward, maker) in [(A, A2, MA), (B, B2, MB)] {
        let first = admit(&mut world, by, steward, Role::Steward, under[by], last);
        admit(&mut world, by, maker, Role::Maker, under[by], first);
    }
    world.gather(HONEST);
    if charters > 1
        && let Some(charter) = world.charter(F, vec![], false)
    {
        world.gather(HONEST);
        if let Some((under, _)) = world.stewardship(A) {
            let said = world.endorsement(under, charter);
            world.say(A, &said);
        }
        world.gather(HONEST);
    }
    world
}

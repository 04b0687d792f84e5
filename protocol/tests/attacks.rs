//! Attacks on the rules of trust, each a scenario with its expected outcome. They read with `docs/trust.md`;
//! `docs/attacks.md` lists them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "attacks/acts.rs"]
mod acts;
#[path = "attacks/hand.rs"]
mod hand;
#[path = "attacks/world.rs"]
mod world;

#[path = "attacks/adoption.rs"]
mod adoption;
#[path = "attacks/charters.rs"]
mod charters;
#[path = "attacks/circles.rs"]
mod circles;
#[path = "attacks/door.rs"]
mod door;
#[path = "attacks/forks.rs"]
mod forks;
#[path = "attacks/keepers.rs"]
mod keepers;
#[path = "attacks/keys.rs"]
mod keys;
#[path = "attacks/motions.rs"]
mod motions;
#[path = "attacks/removal.rs"]
mod removal;
#[path = "attacks/returning.rs"]
mod returning;

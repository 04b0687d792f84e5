//! What crosses crates: simulation, scenarios, transcripts, benches, fuzzing.

pub mod bench;
pub mod bundles;
pub mod fuzz;
pub mod histories;
pub mod simulation;

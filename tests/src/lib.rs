//! What crosses crates: simulation, scenarios, transcripts, benches.

pub mod bench;
pub mod histories;
pub mod simulation;

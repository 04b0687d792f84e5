//! What crosses crates: simulation, scenarios, transcripts, benches.

pub mod simulation;

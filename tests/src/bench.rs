//! Two nodes of one federation and a workload, to measure and to count on.
//!
//! Goals: real homes, real journals, real connections; the same federation and the same keys on every run,
//! so that the second node needs no ticket; the workload that other systems are given too.
//!
//! Non-goals: numbers. What is measured is decided by who drives this: `aronde-bench` and the tests.

pub mod audit;
pub mod authority;
pub mod capacity;
pub mod document;
pub mod home_audit;
pub mod pair;
pub mod process;
pub mod search;
pub mod side;
pub mod workload;

/// What can go wrong while measuring: a sentence.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

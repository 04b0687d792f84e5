//! The rules of Aronde: entries, authority, acceptance, documents, records, replication.
//!
//! Goals: every rule is a pure function of its arguments, so that two replicas that hold the same
//! entries say the same, and a thousand of them run in one test.
//!
//! Deliberately absent: this crate never reads a clock, draws no randomness of its own, opens no
//! socket and no file, spawns nothing and knows no async runtime. Times and random bytes are given
//! to it. Everything that it decodes is taken to be hostile: it is bounded and checked before use.

pub mod canonical;
pub mod document;
pub mod file_path;
pub mod id;
pub mod interchange;
pub mod licence;
pub mod limits;
pub mod quantity;

//! The rules of Aronde: entries, authority, acceptance, documents, records, replication.
//!
//! Goals: every rule is a pure function of its arguments, so that two replicas that hold the same
//! entries say the same, and a thousand of them run in one test.
//!
//! Deliberately absent: this crate never reads a clock, draws no randomness of its own, opens no
//! socket and no file, spawns nothing and knows no async runtime. Times and random bytes are given
//! to it. Everything that it decodes is taken to be hostile: it is bounded and checked before use.

pub mod acceptance;
pub mod authority;
pub mod bundle;
pub mod burst;
pub mod canonical;
pub mod capacity;
pub(crate) mod chain;
pub mod credential;
pub mod digest;
pub mod document;
pub mod entry;
pub mod federation;
pub mod file_path;
pub mod fork_proof;
pub mod id;
pub mod interchange;
pub mod join;
pub mod key;
pub mod licence;
pub mod limits;
pub mod merkle;
pub mod printable;
pub mod process;
pub mod proof;
pub mod proposal;
pub mod quantity;
pub mod record;
pub mod reference;
pub mod release_proof;
pub mod replica;
pub mod run;
pub mod session;
pub mod shares;
pub mod slip;
pub mod split_proof;
pub mod ticket;
pub mod wire;

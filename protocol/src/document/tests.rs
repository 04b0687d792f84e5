//! Documents as a whole: histories of several authors, merged and read.

mod apart;
mod bench;
mod conflicts;
mod diff;
mod hostile;
mod orders;
mod snapshot;
pub(crate) mod workbench;
mod writing;

//! Documents as a whole: histories of several authors, merged and read.

mod bench;
mod conflicts;
mod diff;
mod hostile;
mod orders;
pub(crate) mod workbench;
mod writing;

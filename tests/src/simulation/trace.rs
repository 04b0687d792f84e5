//! What happened, as lines for people and as one number for comparing runs.

use std::fmt::{Arguments, Write};

use super::schedule::Time;

/// The trace of a run.
pub struct Trace {
    print: bool,
    line: String,
    lines: u64,
    sum: blake3::Hasher,
}

impl Trace {
    /// A trace that is printed, or only summed up.
    pub fn new(print: bool) -> Self {
        Self { print, line: String::new(), lines: 0, sum: blake3::Hasher::new() }
    }

    /// Notes that something happened.
    pub fn note(&mut self, at: Time, what: Arguments<'_>) {
        self.line.clear();
        // Writing to a string never fails.
        let _ = write!(self.line, "{:>6}.{:03} {what}", at / 1_000, at % 1_000);
        self.sum.update(self.line.as_bytes());
        self.lines += 1;
        if self.print {
            println!("{}", self.line);
        }
    }

    /// How many lines, and a sum over them: equal for equal runs.
    pub fn sum(&self) -> (u64, [u8; 32]) {
        (self.lines, *self.sum.finalize().as_bytes())
    }
}

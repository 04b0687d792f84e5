//! `demo`: a federation of three workshops on loopback, told step by step.
//!
//! Goals: everything is the real thing (homes, keys, tickets, nodes, files on disk), each step says
//! what a person would type, and each claim is checked before it is told: a demo that would have to lie
//! fails instead.
//!
//! Deliberately absent: any path of its own through the product. What the demo does, the commands do.

mod meeting;
mod stage;
mod work;

use serde::Serialize;

use super::Progress;
use crate::api::ServiceError;
use stage::{Seat, Stage};

/// What a demo that came to its end has shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Whether the audit is well at every workshop and all digests are equal.
    pub ok: bool,
    /// The workshops.
    pub workshops: Vec<ShownWorkshop>,
    /// Entries that each of them holds.
    pub entries: u64,
    /// Files that each of them holds.
    pub files: u64,
    /// Bytes of the entries and files at one workshop.
    pub bytes: u64,
    /// Bytes that a reconciliation of two equal nodes costs.
    pub idle_bytes: u64,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
}

/// One workshop at the end of the demo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownWorkshop {
    /// What it is called.
    pub name: String,
    /// Whether its audit is well.
    pub audit_ok: bool,
    /// Root over the entries it accepts, 64 hex digits.
    pub digest: String,
}

/// Shows it.
pub fn demo(progress: &dyn Progress) -> Result<Shown, ServiceError> {
    let mut stage = Stage::set(progress)?;
    stage.say("A federation of three workshops on this machine: real keys, real nodes, loopback only.");
    stage.say("Each home lies in a folder that is gone at the end. With --home DIR one machine has several.");
    let mut workshops = meeting::found_and_join(&mut stage)?;
    let design = work::share_a_design(&mut stage, &workshops)?;
    let idle_bytes = work::nothing_changed(&mut stage, &workshops)?;
    work::disagree_and_decide(&mut stage, &mut workshops, &design)?;
    work::record_and_confirm(&mut stage, &workshops, &design)?;
    work::lose_a_node(&mut stage, &mut workshops, &design)?;
    let shown = meeting::audit_everywhere(&mut stage, &workshops, idle_bytes)?;
    stage.chapter("Done");
    stage.say(&format!(
        "{} workshops hold the same {} entries and {} files in {}, each checked by itself, in {}.",
        shown.workshops.len(),
        shown.entries,
        shown.files,
        stage::bytes(shown.bytes),
        stage::seconds(shown.milliseconds),
    ));
    stage.say("There was no server. The folder with the homes goes now. Your own workshop begins with:");
    stage.typed("aronde up");
    Ok(shown)
}

/// Who takes part. Workshop North has two machines: only its own members change what it keeps.
pub struct Workshops {
    north: Seat,
    south: Seat,
    east: Seat,
    /// Maker D's, of Workshop North.
    laptop: Seat,
}

impl Workshops {
    fn seats(&self) -> [&Seat; 4] {
        [&self.north, &self.south, &self.east, &self.laptop]
    }
}

//! Checks histories and counts what they reach.

use aronde_protocol::reference;

use super::model::{Model, Said};
use super::report::Report;
use super::{History, delivery};

/// A run over many histories.
#[derive(Default)]
pub struct Campaign {
    /// The model, when it is asked too.
    pub model: Option<Model>,
    /// What was reached.
    pub report: Report,
    /// Seeds whose histories broke a promise.
    pub failed: Vec<u64>,
}

/// Checks all that is promised of one history.
///
/// # Errors
/// Who disagrees with whom, about what.
pub fn check(campaign: &mut Campaign, history: &History) -> Result<(), String> {
    let said = reference::judge(&history.entries, history.founding());
    campaign.report.add(&Report::of(&history.entries, &said));
    agree(campaign, history).map_err(|what| format!("seed {}: {what}", history.seed))?;
    // Also as it is where something has not arrived: heads that are named and not held.
    if history.seed.is_multiple_of(2) {
        agree(campaign, &history.partial())
            .map_err(|what| format!("seed {}, without some of it: {what}", history.seed))?;
    }
    Ok(())
}

/// Whether all who judge a history say the same of it.
///
/// # Errors
/// Who disagrees with whom, about what.
pub fn agree(campaign: &mut Campaign, history: &History) -> Result<(), String> {
    delivery::check(history, history.seed)?;
    let Some(model) = &mut campaign.model else { return Ok(()) };
    for followed in std::iter::once(&history.founding()).chain(&history.followed) {
        let here = Said::by_reference(&reference::judge(&history.entries, *followed), &history.entries);
        let there = model.ask(&history.entries, *followed).map_err(|e| e.to_string())?;
        if let Some(difference) = here.difference(&there) {
            return Err(format!("the reference and the model differ: {difference}"));
        }
    }
    Ok(())
}

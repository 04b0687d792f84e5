//! Checks histories and counts what they reach.

use aronde_protocol::reference;

use super::History;
use super::model::{Model, Said};
use super::report::Report;

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
    for followed in std::iter::once(&history.founding()).chain(&history.followed) {
        let here = reference::judge(&history.entries, *followed);
        if let Some(model) = &mut campaign.model {
            let there = model.ask(&history.entries, *followed).map_err(|e| e.to_string())?;
            if let Some(difference) = Said::by_reference(&here, &history.entries).difference(&there) {
                let seed = history.seed;
                return Err(format!("seed {seed}: the reference and the model differ: {difference}"));
            }
        }
    }
    Ok(())
}

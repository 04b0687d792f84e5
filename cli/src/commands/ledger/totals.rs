//! `aronde ledger totals`

use std::collections::BTreeMap;

use aronde_node::api::{self, LedgerGroup, LedgerTotal, ServiceError};
use clap::ValueEnum;

use super::Filter;
use crate::context::{Context, ask};
use crate::output::{Table, clean};

/// `aronde ledger totals`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde ledger totals --subject press
  aronde ledger totals --group month --standing confirmed
  aronde ledger totals --group workshop --action use --json

Sums are exact: 90 min and 1.5 h are 3 h, kilograms are never added to pieces, nor one currency to another. What was
retracted, corrected or doesn't count is left out, unless --standing asks for it.")]
pub struct Totals {
    /// By what
    #[arg(long, default_value = "member")]
    group: By,
    #[command(flatten)]
    filter: Filter,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    Member,
    Subject,
    Workshop,
    Month,
}

impl Totals {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let group = match self.group {
            By::Member => LedgerGroup::Member,
            By::Subject => LedgerGroup::Subject,
            By::Workshop => LedgerGroup::Workshop,
            By::Month => LedgerGroup::Month,
        };
        let totals = ask!(context, LedgerTotals, api::LedgerTotals { group, records: self.filter.request() });
        context.show(&totals, || text(&totals))
    }
}

fn text(totals: &[LedgerTotal]) -> String {
    if totals.is_empty() {
        return "Nothing to add up. Write a record with: aronde contribute".to_owned();
    }
    let mut table = Table::new("");
    table.row(["FOR", "GROUP", "TOTAL", "RECORDS", "ACTIONS"]);
    let mut standings: BTreeMap<&str, u64> = BTreeMap::new();
    for total in totals {
        for (standing, n) in &total.standings {
            *standings.entry(standing.as_str()).or_default() += n;
        }
        let subject = total.subject.map(|id| total.subject_title.clone().unwrap_or_else(|| id.short()));
        let group = total.name.clone().or_else(|| total.group.clone());
        let actions: Vec<String> =
            total.actions.iter().map(|(action, amount)| format!("{action} {amount}")).collect();
        table.row([
            &subject.unwrap_or_else(|| "–".to_owned()),
            &group.unwrap_or_else(|| "–".to_owned()),
            &format!("{} {}", total.quantity, total.unit),
            &total.records.to_string(),
            &actions.join(", "),
        ]);
    }
    let standings: Vec<String> = standings.iter().map(|(standing, n)| format!("{n} {standing}")).collect();
    table.text() + &format!("\n{}\n", clean(&standings.join(", ")))
}

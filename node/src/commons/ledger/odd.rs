//! What an audit asks people to look at in the ledger: see `protocol/src/record/plausibility.rs`.

use std::collections::{BTreeSet, HashMap};

use aronde_protocol::capacity::text;
use aronde_protocol::document::schema::capacity::MACHINES;
use aronde_protocol::document::value::Value;
use aronde_protocol::entry::Entry;
use aronde_protocol::id::{EntryId, WorkshopId};
use aronde_protocol::record::plausibility::{Looked, oddities};
use aronde_protocol::record::{Evidence, PersonalPart};
use jiff::Timestamp;

use crate::api::{Finding, ServiceError};
use crate::commons::Commons;
use crate::commons::entries::Entries;

impl Commons {
    /// What is odd about contributions. Findings to look at, never faults. `shown` is what shows each record: an audit
    /// has read it already.
    pub(in crate::commons) fn odd(
        &self,
        entries: &mut Entries,
        shown: &HashMap<EntryId, BTreeSet<String>>,
    ) -> Result<Vec<Finding>, ServiceError> {
        let machines = self.machines(entries)?;
        let now = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0);
        let entries = &*entries;
        self.with_ledger(entries, |_, view| {
            let looked = view.lines().map(|line| Looked {
                confirmed_by: view.words(&line.id, line.author).confirming,
                evidence: shown.get(&line.id).cloned().unwrap_or_default(),
                line,
            });
            let looked: Vec<Looked<'_>> = looked.collect();
            let there = |workshop, name: &str| machines.get(&(workshop, name.to_owned())).copied();
            let found = oddities(&looked, now, &there).into_iter().map(|oddity| {
                let more = match oddity.records.len() {
                    0 | 1 => String::new(),
                    records => format!(" ({records} records)"),
                };
                Finding {
                    kind: oddity.odd.word().to_owned(),
                    entry: oddity.records.first().map(ToString::to_string),
                    what: format!("{}{more}", oddity.what),
                }
            });
            Ok(found.collect())
        })
    }

    /// How many machines of a name, in lowercase, each workshop has by its sheet.
    fn machines(&self, entries: &mut Entries) -> Result<HashMap<(WorkshopId, String), usize>, ServiceError> {
        let view = self.sheets(entries)?;
        let mut machines: HashMap<(WorkshopId, String), usize> = HashMap::new();
        for (sheet, workshop) in &view.claimed {
            let items = view.sheets.get(sheet).and_then(|sheet| sheet.draft.lists.get(MACHINES));
            for item in items.into_iter().flatten() {
                let name = text(&item.fields, "name").or_else(|| text(&item.fields, "model"));
                let count = match item.fields.get("count") {
                    Some(Value::Integer(count)) => usize::try_from(*count).unwrap_or(1),
                    _ => 1,
                };
                if let Some(name) = name {
                    *machines.entry((*workshop, name.trim().to_lowercase())).or_default() += count;
                }
            }
        }
        Ok(machines)
    }
}

/// What shows a record, as far as it can be compared; none without a personal part.
pub(in crate::commons) fn evidence(record: &Entry) -> Option<BTreeSet<String>> {
    let part = record.personal().and_then(PersonalPart::read)?;
    let shown = |evidence: Evidence| match evidence {
        Evidence::File { hash, .. } => Some(format!("file {hash}")),
        Evidence::Link(link) => Some(format!("link {link}")),
        Evidence::Commit { repository, id } => Some(format!("commit {id} of {repository}")),
        Evidence::Change { .. } => None,
    };
    Some(part.evidence.into_iter().filter_map(shown).collect())
}

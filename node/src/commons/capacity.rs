//! Capacity sheets: `capacity list | show`, and what the other commands of them share.
//!
//! A sheet is a workshop's when it names that workshop and that workshop keeps it; else it is only listed. A listed sheet
//! that a workshop took over by one of its own is not shown beside it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, PoisonError};

use aronde_protocol::authority::Role;
use aronde_protocol::capacity::{Index, text};
use aronde_protocol::document::draft::Draft;
use aronde_protocol::document::schema::capacity::{MACHINES, PROCESSES};
use aronde_protocol::document::schema::{CAPACITY, MACHINE_MODEL};
use aronde_protocol::document::value::Value;
use aronde_protocol::id::{DocumentId, EntryId, WorkshopId};
use aronde_protocol::key::MemberKey;

use super::Commons;
use super::document::{shown_conflict, shown_value};
use super::entries::Entries;
use super::resolve::resolve;
use crate::api::{CapacityDetail, CapacityItem, CapacityList, CapacitySummary, ServiceError};

mod bookings;
mod calendar;
mod find;
mod import;
mod own;
mod publish;

/// A sheet as it was last read.
pub(super) struct Sheet {
    /// Its document.
    pub(super) id: DocumentId,
    /// What it says and nobody disputes.
    pub(super) draft: Draft,
    /// Its accepted entries when it was read.
    accepted: usize,
}

/// All sheets at one state of the commons.
pub(super) struct View {
    state: (usize, u64),
    pub(super) sheets: BTreeMap<DocumentId, Arc<Sheet>>,
    /// Of those that a workshop claims and keeps, which it is.
    pub(super) claimed: HashMap<DocumentId, WorkshopId>,
    /// Those that a workshop's own took the place of.
    pub(super) replaced: HashSet<DocumentId>,
    pub(super) index: Index,
}

/// What is remembered of sheets between requests: a cache.
#[derive(Default)]
pub(super) struct Sheets(Option<Arc<View>>);

impl Commons {
    /// All capacity sheets as they are now. Only those that changed are read again.
    pub(super) fn sheets(&self, entries: &mut Entries) -> Result<Arc<View>, ServiceError> {
        let mut cached = self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
        let state = (entries.replica().len(), entries.replica().withdrawn());
        if let Some(view) = cached.0.as_ref().filter(|view| view.state == state) {
            return Ok(Arc::clone(view));
        }
        let before = cached.0.take();
        let kept = before.as_ref().filter(|view| view.state.1 == state.1);
        let mut sheets = BTreeMap::new();
        for id in entries.documents_of(CAPACITY) {
            let accepted = entries.replica().document(&id).count();
            let known = kept.and_then(|view| view.sheets.get(&id)).filter(|sheet| sheet.accepted == accepted);
            let sheet = match known {
                Some(sheet) => Arc::clone(sheet),
                None => Arc::new(Sheet { id, draft: entries.document(&id)?.agreed(), accepted }),
            };
            sheets.insert(id, sheet);
        }
        let (mut claimed, mut replaced) = (HashMap::new(), HashSet::new());
        for (id, sheet) in &sheets {
            let named = text(&sheet.draft.fields, "workshop").and_then(|id| id.parse::<EntryId>().ok());
            let Some(workshop) = named.filter(|workshop| entries.replica().keepers(id).contains(workshop))
            else {
                continue;
            };
            claimed.insert(*id, workshop);
            let claims = text(&sheet.draft.fields, "claims").and_then(|id| id.parse::<EntryId>().ok());
            replaced.extend(claims.filter(|listed| listed != id));
        }
        // Whoever claims a workshop's own sheet takes no place of it.
        replaced.retain(|id| !claimed.contains_key(id));
        let shown = sheets.values().filter(|sheet| !replaced.contains(&sheet.id));
        let index = Index::of(shown.map(|sheet| (sheet.id, &sheet.draft)));
        let view = Arc::new(View { state, sheets, claimed, replaced, index });
        cached.0 = Some(Arc::clone(&view));
        Ok(view)
    }

    /// `capacity list`.
    pub(super) fn capacity_list(&self, list: &CapacityList) -> Result<Vec<CapacitySummary>, ServiceError> {
        let mut entries = self.entries();
        let mut summaries = Vec::new();
        if list.models {
            for id in entries.documents_of(MACHINE_MODEL) {
                let draft = entries.document(&id)?.agreed();
                summaries.push(summary(&entries, id, &draft, None));
            }
        } else {
            let view = self.sheets(&mut entries)?;
            let shown = view.sheets.values().filter(|sheet| !view.replaced.contains(&sheet.id));
            summaries
                .extend(shown.map(|s| summary(&entries, s.id, &s.draft, view.claimed.get(&s.id).copied())));
        }
        summaries.sort_by(|a, b| (a.listed, &a.title, a.id).cmp(&(b.listed, &b.title, b.id)));
        Ok(summaries)
    }

    /// `capacity show`.
    pub(super) fn capacity_show(&self, id: &str) -> Result<CapacityDetail, ServiceError> {
        let mut entries = self.entries();
        let view = self.sheets(&mut entries)?;
        let id = match sheet_id(&entries, &view, id) {
            Ok(id) => id,
            // A machine model is shown the same way.
            Err(error) => resolve(id, "a machine model", entries.documents_of(MACHINE_MODEL).into_iter())
                .map_err(|_| error)?,
        };
        let document = entries.document(&id)?;
        let draft = document.agreed();
        let hidden = ["workshop", "claims"];
        let fields = document.fields().into_iter().filter(|(name, _)| !hidden.contains(&name.as_str()));
        let fields = fields.filter_map(|(name, field)| Some((name, shown_value(field.agreed()?)?))).collect();
        let lists = document.lists().into_iter().map(|list| {
            let items = document.items(&list).into_iter().map(|item| CapacityItem {
                item: item.id.to_string(),
                fields: item
                    .what
                    .iter()
                    .filter_map(|(n, f)| Some((n.clone(), shown_value(f.agreed()?)?)))
                    .collect(),
            });
            (list, items.collect())
        });
        let lists: BTreeMap<String, Vec<CapacityItem>> = lists.collect();
        let booked = bookings::of(&entries, &id, &draft);
        Ok(CapacityDetail {
            summary: summary(&entries, id, &draft, view.claimed.get(&id).copied()),
            claims: text(&draft.fields, "claims").map(str::to_owned),
            fields,
            lists,
            conflicts: document.conflicts().iter().map(|c| shown_conflict(&entries, c)).collect(),
            load: bookings::load(&draft, &booked),
            bookings: bookings::shown(booked),
            keepers: Self::keepers(&entries, &id),
        })
    }

    /// The sheet of the workshop that a member acts for here, if it has one, and that workshop.
    pub(super) fn own_sheet(
        &self,
        entries: &Entries,
        view: &View,
        member: MemberKey,
    ) -> Result<(Option<DocumentId>, WorkshopId), ServiceError> {
        let (_, membership) = self.acting(entries, member, Role::writes, "a maker or a steward")?;
        let workshop = membership.workshop;
        let own: Vec<DocumentId> =
            view.claimed.iter().filter(|(_, of)| **of == workshop).map(|(id, _)| *id).collect();
        match own.as_slice() {
            [] => Ok((None, workshop)),
            [one] => Ok((Some(*one), workshop)),
            several => {
                let names: Vec<String> = several.iter().map(EntryId::short).collect();
                Err(ServiceError::user(format!(
                    "your workshop has {} sheets: {}",
                    several.len(),
                    names.join(", ")
                ))
                .hint("say which one: aronde capacity set --sheet ID …"))
            }
        }
    }
}

/// The sheet that a text means: by the beginning of its id, by its title, or by the workshop that claims it.
fn sheet_id(entries: &Entries, view: &View, text: &str) -> Result<DocumentId, ServiceError> {
    let wanted = text.trim().to_lowercase();
    let called = |sheet: &&Arc<Sheet>| {
        let title = aronde_protocol::capacity::text(&sheet.draft.fields, "title").map(str::to_lowercase);
        let workshop = view
            .claimed
            .get(&sheet.id)
            .and_then(|w| Commons::workshop_name(entries, w))
            .map(|n| n.to_lowercase());
        !view.replaced.contains(&sheet.id)
            && [title, workshop].into_iter().flatten().any(|name| name == wanted)
    };
    let named: Vec<DocumentId> = view.sheets.values().filter(called).map(|sheet| sheet.id).collect();
    match named.as_slice() {
        [one] => return Ok(*one),
        [] => {}
        several => {
            let names: Vec<String> = several.iter().take(5).map(EntryId::short).collect();
            return Err(ServiceError::user(format!(
                "{} capacity sheets are called \"{}\"",
                several.len(),
                text.trim()
            ))
            .hint(format!("give one's id: {}", names.join(", "))));
        }
    }
    let of_workshop =
        view.claimed.iter().filter(|(_, w)| wanted.len() >= 4 && w.to_string().starts_with(&wanted));
    let of_workshop: Vec<DocumentId> = of_workshop.map(|(id, _)| *id).collect();
    if let [one] = of_workshop.as_slice() {
        return Ok(*one);
    }
    resolve(text, "a capacity sheet", view.sheets.keys().copied())
        .map_err(|error| error.hint("see what there is with: aronde capacity list"))
}

fn summary(
    entries: &Entries,
    id: DocumentId,
    draft: &Draft,
    workshop: Option<WorkshopId>,
) -> CapacitySummary {
    let field = |name: &str| text(&draft.fields, name).map(str::to_owned);
    let items = |list: &str| draft.lists.get(list).map_or(&[][..], Vec::as_slice);
    let mut processes: Vec<String> = items(MACHINES)
        .iter()
        .chain(items(PROCESSES))
        .filter_map(|item| item.fields.get("process").and_then(Value::as_text).map(str::to_owned))
        .chain(field("process"))
        .collect();
    processes.sort();
    processes.dedup();
    CapacitySummary {
        id,
        title: field("title"),
        workshop,
        workshop_name: workshop.and_then(|w| Commons::workshop_name(entries, &w)),
        listed: workshop.is_none(),
        keeper: entries.replica().creator(&id),
        city: field("city"),
        country: field("country"),
        machines: items(MACHINES).len() as u64,
        processes,
    }
}

/// The machine of a sheet that a text means: its number from 1, its item, or its name.
fn machine<'a>(draft: &'a Draft, text: &str) -> Option<&'a aronde_protocol::document::draft::DraftItem> {
    item(draft, MACHINES, text)
}

fn item<'a>(
    draft: &'a Draft,
    list: &str,
    name: &str,
) -> Option<&'a aronde_protocol::document::draft::DraftItem> {
    let items = draft.lists.get(list)?;
    let by_number = || items.get(name.parse::<usize>().ok()?.checked_sub(1)?);
    let called = |item: &&aronde_protocol::document::draft::DraftItem| {
        let labels = aronde_protocol::document::schema::label(CAPACITY, list);
        labels
            .iter()
            .any(|label| text(&item.fields, label).is_some_and(|text| text.eq_ignore_ascii_case(name.trim())))
    };
    items
        .iter()
        .find(|item| item.id.is_some_and(|id| id.to_string() == name))
        .or_else(|| items.iter().find(called))
        .or_else(by_number)
}

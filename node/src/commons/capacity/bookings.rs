//! `capacity book | cancel`, what is booked, and how full a machine is.

use std::collections::HashSet;

use aronde_protocol::authority::Role;
use aronde_protocol::burst::Draft as EntryDraft;
use aronde_protocol::capacity::text;
use aronde_protocol::document::ItemId;
use aronde_protocol::document::draft::Draft;
use aronde_protocol::document::schema::capacity::MACHINES;
use aronde_protocol::entry::{Gist, Kind};
use aronde_protocol::id::{DocumentId, EntryId};
use aronde_protocol::record::PersonalPart;
use aronde_protocol::record::booking::BookingFacts;
use jiff::{SignedDuration, Timestamp};

use super::super::entries::Entries;
use super::super::resolve::resolve;
use super::super::{Commons, Log, nonce, now, timestamp};
use super::calendar::{self, Calendar, Stretch};
use super::{machine, sheet_id};
use crate::api::{Booking, CapacityBook, CapacityCancel, Load, ServiceError, Signer, Wrote};

/// The next four weeks, in hours.
const AHEAD: i64 = 24 * 28;

impl Commons {
    /// `capacity book`.
    pub(in crate::commons) fn capacity_book(
        &self,
        book: &CapacityBook,
        signer: &Signer,
    ) -> Result<Wrote, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let view = self.sheets(&mut entries)?;
        let id = sheet_id(&entries, &view, &book.id)?;
        self.acting(&entries, key.member(), Role::writes, "a maker or a steward")?;
        let sheet =
            view.sheets.get(&id).ok_or_else(|| ServiceError::internal("a sheet that was found is gone"))?;
        if !view.claimed.contains_key(&id) {
            return Err(ServiceError::user(
                "this sheet is only listed: no workshop of the federation would know of a booking",
            )
            .hint("its workshop claims it first: aronde capacity claim"));
        }
        let item = match &book.machine {
            None => None,
            Some(text) => Some(machine(&sheet.draft, text).ok_or_else(|| {
                let names = sheet.draft.lists.get(MACHINES).into_iter().flatten();
                let names: Vec<String> =
                    names.filter_map(|m| super::text(&m.fields, "name").map(str::to_owned)).collect();
                ServiceError::user(format!(
                    "the sheet has no machine \"{}\"",
                    text.chars().take(60).collect::<String>()
                ))
                .hint(format!("its machines are: {}", names.join(", ")))
            })?),
        };
        let item_id = item.and_then(|item| item.id);
        let wanted: Stretch = (book.from, book.to);
        let taken: Vec<Booked> = of(&entries, &id, &sheet.draft)
            .into_iter()
            .filter(|b| b.machine.is_none() || item_id.is_none() || b.machine == item_id)
            .collect();
        if let Some(other) = taken.iter().find(|b| b.stretch.0 < wanted.1 && b.stretch.1 > wanted.0) {
            return Err(ServiceError::user(format!(
                "it is booked already from {} to {}",
                other.stretch.0.strftime("%Y-%m-%d %H:%M UTC"),
                other.stretch.1.strftime("%Y-%m-%d %H:%M UTC")
            ))
            .hint(format!("see what is booked: aronde capacity show {}", id.short())));
        }
        let name = item.and_then(|item| text(&item.fields, "name"));
        if let Calendar::Offered(offered) = calendar::offered(&sheet.draft, name, book.from)
            && !calendar::without(&[wanted], &offered).is_empty()
            && book.from >= timestamp(now())
        {
            return Err(ServiceError::user("its calendar doesn't offer all of that time")
                .hint(format!("see when it is free: aronde capacity show {}", id.short())));
        }
        let ms = |at: Timestamp| u64::try_from(at.as_millisecond()).unwrap_or(0);
        let facts = BookingFacts { machine: item_id, from: ms(book.from), to: ms(book.to), cancels: None };
        self.booked(&mut entries, &key, id, &facts, book.note.clone())
    }

    /// `capacity cancel`: by who booked, or who keeps the sheet.
    pub(in crate::commons) fn capacity_cancel(
        &self,
        cancel: &CapacityCancel,
        signer: &Signer,
    ) -> Result<Wrote, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let bookings =
            entries.replica().records().filter(|held| held.gist == Gist::Booking).map(|held| held.id);
        let id = resolve(&cancel.booking, "a booking", bookings)?;
        self.acting(&entries, key.member(), Role::writes, "a maker or a steward")?;
        let entry = entries.entry(&id)?;
        let sheet =
            entry.header().subject.ok_or_else(|| ServiceError::internal("a booking without a sheet"))?;
        if entry.author() != key.member() && !Self::keeps(&entries, key.member(), &sheet) {
            return Err(ServiceError::user("only who booked, or a keeper of the sheet, cancels a booking"));
        }
        let facts = BookingFacts { cancels: Some(id), ..BookingFacts::read(entry.facts())? };
        self.booked(&mut entries, &key, sheet, &facts, None)
    }

    fn booked(
        &self,
        entries: &mut Entries,
        key: &aronde_protocol::key::SecretKey,
        sheet: DocumentId,
        facts: &BookingFacts,
        note: Option<String>,
    ) -> Result<Wrote, ServiceError> {
        let personal = note
            .map(|note| Ok::<_, ServiceError>(PersonalPart::note(nonce()?, note).encode()?))
            .transpose()?;
        let facts = facts.encode()?;
        let draft =
            EntryDraft { kind: Kind::BOOKING, subject: Some(sheet), deps: Vec::new(), facts, personal };
        Ok(Wrote { id: self.write(entries, key, Log::Work, |burst| Ok(burst.add(draft)?))? })
    }
}

/// A booking that stands.
pub(super) struct Booked {
    id: EntryId,
    pub(super) machine: Option<ItemId>,
    pub(super) stretch: Stretch,
    shown: Booking,
}

/// The sheets of which anything was ever booked.
pub(super) fn sheets(entries: &Entries) -> HashSet<DocumentId> {
    let booked = entries.replica().records().filter(|held| held.gist == Gist::Booking);
    booked.filter_map(|held| held.header.subject).collect()
}

/// The bookings of a sheet that count, stand, and didn't end a week ago.
pub(super) fn of(entries: &Entries, sheet: &DocumentId, draft: &Draft) -> Vec<Booked> {
    let records = entries.replica().records();
    let held =
        records.filter(|h| h.gist == Gist::Booking && h.header.subject == Some(*sheet) && h.verdict.counts());
    let ids: Vec<EntryId> = held.map(|held| held.id).collect();
    let all: Vec<_> = ids.into_iter().filter_map(|id| entries.entry(&id).ok()).collect();
    let read = |entry: &aronde_protocol::entry::Entry| BookingFacts::read(entry.facts()).ok();
    let cancelled: HashSet<EntryId> = all
        .iter()
        .filter_map(|entry| {
            let named = read(entry)?.cancels?;
            let own = all.iter().any(|other| other.id() == named && other.author() == entry.author());
            (own || Commons::keeps(entries, entry.author(), sheet)).then_some(named)
        })
        .collect();
    let old = timestamp(now()).checked_sub(SignedDuration::from_hours(24 * 7)).unwrap_or_default();
    let name = |item: Option<ItemId>| {
        let machines = draft.lists.get(MACHINES)?;
        let machine = machines.iter().find(|machine| machine.id == item && item.is_some())?;
        text(&machine.fields, "name").map(str::to_owned)
    };
    let mut booked: Vec<Booked> = all
        .iter()
        .filter(|entry| !cancelled.contains(&entry.id()))
        .filter_map(|entry| {
            let facts = read(entry).filter(|facts| facts.cancels.is_none())?;
            let (from, to) = (timestamp(facts.from), timestamp(facts.to));
            let shown = Booking {
                id: entry.id(),
                machine: facts.machine.map(|item| item.to_string()),
                machine_name: name(facts.machine),
                from,
                to,
                author: entry.author(),
                author_name: Commons::name_of(entries, entry.author()),
                note: entry
                    .personal()
                    .and_then(PersonalPart::read)
                    .map(|part| part.note)
                    .filter(|note| !note.is_empty()),
                overlaps: false,
            };
            Some(Booked { id: entry.id(), machine: facts.machine, stretch: (from, to), shown })
        })
        .filter(|booked| booked.stretch.1 > old)
        .collect();
    let stretches: Vec<_> = booked.iter().map(|b| (b.id, b.machine, b.stretch)).collect();
    for booking in &mut booked {
        booking.shown.overlaps = stretches.iter().any(|(id, machine, (from, to))| {
            let same = *machine == booking.machine || machine.is_none() || booking.machine.is_none();
            *id != booking.id && same && *from < booking.stretch.1 && *to > booking.stretch.0
        });
    }
    booked.sort_by_key(|booking| (booking.stretch, booking.id));
    booked
}

/// Bookings as they are shown.
pub(super) fn shown(booked: Vec<Booked>) -> Vec<Booking> {
    booked.into_iter().map(|booking| booking.shown).collect()
}

/// How much of the next four weeks is booked, machine by machine: those with a booking or a calendar.
pub(super) fn load(draft: &Draft, booked: &[Booked]) -> Vec<Load> {
    let from = timestamp(now());
    let until = from.checked_add(SignedDuration::from_hours(AHEAD)).unwrap_or(from);
    let within = |stretches: Vec<Stretch>| -> Vec<Stretch> {
        let cut = stretches.into_iter().map(|(a, b)| (a.max(from), b.min(until)));
        calendar::joined(cut.filter(|(a, b)| a < b).collect())
    };
    let machines = draft.lists.get(MACHINES).map_or(&[][..], Vec::as_slice);
    let load = machines.iter().filter_map(|machine| {
        let name = text(&machine.fields, "name").unwrap_or("machine");
        let own = booked.iter().filter(|b| b.machine.is_none() || b.machine == machine.id).map(|b| b.stretch);
        let taken = within(own.collect());
        let offered = match calendar::offered(draft, Some(name), from) {
            Calendar::Offered(stretches) => Some(calendar::minutes(&within(stretches))),
            _ => None,
        };
        let booked = calendar::minutes(&taken);
        (booked > 0 || offered.is_some()).then(|| Load { machine: name.to_owned(), booked, offered })
    });
    load.collect()
}

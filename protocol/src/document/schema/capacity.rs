//! The fields of a capacity sheet: what a workshop can make, with which machines, materials and hands, and when; and
//! of a machine model, a row of a catalogue of machines.

use super::FieldType::{Boolean, Count, Decimal, File, Prose, Quantity, RelativePath, Text, Texts};
use super::{FILES, Kind, List, Named, open, personal};

/// The kind of a capacity sheet.
pub const CAPACITY: &str = "capacity";
/// The kind of a machine model.
pub const MACHINE_MODEL: &str = "machine-model";
/// The list of machines.
pub const MACHINES: &str = "machines";
/// The list of processes that a workshop offers, with or without a machine of its own named for them.
pub const PROCESSES: &str = "processes";
/// The list of what its people can do.
pub const SKILLS: &str = "skills";
/// The list of materials, supplies and secondary materials in stock.
pub const STOCKS: &str = "stocks";
/// The list of what it makes without being sent a design.
pub const PRODUCTS: &str = "products";
/// The list of when it, or a machine, is free: rows of a calendar.
pub const AVAILABILITY: &str = "availability";
/// The list of how it is reached.
pub const CONTACTS: &str = "contacts";
/// The first name of fields kept from an Open Know-Where file or a list under their own names.
pub const OKW: &str = "okw";

/// Working size and what else a machine and a model of one have in common.
const fn size(name: &'static str) -> Named {
    open(name, Quantity)
}

/// See the module.
pub const KIND: Kind = Kind {
    name: CAPACITY,
    kept: OKW,
    fields: &[
        open("title", Text),
        open("description", Prose),
        open("category", Text),
        // The workshop that claims the sheet; it is only listed while there is none.
        open("workshop", Text),
        // The listed sheet that a workshop's own one takes the place of.
        open("claims", Text),
        // Where a row comes from, so that it is known again: the source's own id.
        open("source", Text),
        open("street", Text),
        open("city", Text),
        open("postcode", Text),
        open("region", Text),
        open("country", Text),
        open("latitude", Decimal),
        open("longitude", Decimal),
        open("timezone", Text),
        open("opening-hours", Text),
        open("website", Text),
        open("logo", Text),
        open("access", Text),
        open("status", Text),
        open("materials", Texts),
        open("languages", Texts),
        open("keywords", Texts),
        open("licence", Text),
        // Which fields and lists go to the public beside what does by default, and which leave the workshop never.
        open("public", Texts),
        open("withheld", Texts),
    ],
    lists: &[
        List {
            name: MACHINES,
            fields: &[
                open("name", Text),
                open("process", Text),
                open("make", Text),
                open("model", Text),
                size("width"),
                size("depth"),
                size("height"),
                size("thickness"),
                open("materials", Texts),
                open("precision", Quantity),
                open("power", Quantity),
                open("operators", Count),
                open("cost", Quantity),
                open("state", Text),
                open("count", Count),
                open("identifier", Text),
                open("link", Text),
                open("note", Text),
            ],
            label: &["name", "model", "process"],
            keys: &[&["identifier", "name"], &["name", "make", "model"], &["name"], &["process"]],
        },
        List {
            name: PROCESSES,
            fields: &[
                open("process", Text),
                open("name", Text),
                open("identifier", Text),
                open("link", Text),
            ],
            label: &["name", "process"],
            keys: &[&["process", "name", "identifier"], &["process"], &["name"]],
        },
        List {
            name: SKILLS,
            fields: &[
                open("skill", Text),
                open("process", Text),
                open("level", Text),
                open("count", Count),
                open("note", Text),
            ],
            label: &["skill", "process"],
            keys: &[&["skill", "process"], &["skill"]],
        },
        List {
            name: STOCKS,
            fields: &[
                open("material", Text),
                open("quantity", Quantity),
                size("width"),
                size("depth"),
                size("thickness"),
                open("secondary", Boolean),
                open("kind", Text),
                open("identifier", Text),
                open("link", Text),
                open("cost", Quantity),
                open("note", Text),
            ],
            label: &["material"],
            keys: &[&["identifier", "material"], &["material", "note"], &["material"]],
        },
        List {
            name: PRODUCTS,
            fields: &[
                open("product", Text),
                open("identifier", Text),
                open("link", Text),
                open("design", Text),
                open("note", Text),
            ],
            label: &["product"],
            keys: &[&["identifier", "product"], &["product"]],
        },
        List {
            name: AVAILABILITY,
            fields: &[
                open("summary", Text),
                // Local times of the sheet's time zone: `2026-12-01T09:00`.
                open("start", Text),
                open("end", Text),
                // An iCalendar RRULE: `FREQ=WEEKLY;BYDAY=MO,TU`.
                open("rule", Text),
                // The name of a machine, or none for all of them.
                open("machine", Text),
            ],
            label: &["summary", "start"],
            keys: &[&["machine", "start", "rule"], &["summary"]],
        },
        List {
            name: CONTACTS,
            fields: &[
                personal("name"),
                personal("email"),
                personal("phone"),
                personal("note"),
                open("role", Text),
                open("link", Text),
            ],
            label: &["name", "email", "phone", "link"],
            keys: &[&["role", "link"]],
        },
        List {
            name: FILES,
            fields: &[
                open("path", RelativePath),
                open("file", File),
                open("len", Count),
                open("role", Text),
                open("title", Text),
                open("language", Text),
                open("source", RelativePath),
            ],
            label: &["path"],
            keys: &[&["path"]],
        },
    ],
};

/// A machine model.
pub const MODEL: Kind = Kind {
    name: MACHINE_MODEL,
    kept: OKW,
    fields: &[
        open("title", Text),
        open("description", Prose),
        open("make", Text),
        open("model", Text),
        open("process", Text),
        open("technology", Text),
        size("width"),
        size("depth"),
        size("height"),
        size("thickness"),
        open("materials", Texts),
        open("precision", Quantity),
        open("power", Quantity),
        open("website", Text),
        open("source", Text),
    ],
    lists: &[],
};

//! The fields of a procedure (SOP): how a piece of work is done, with what, and how it is known to be done well.
//!
//! A procedure is a page. Its list of sections is the page's outline: each has its heading, and either its own text or
//! what it `holds`, which is a field of the procedure or a list. An item of a list says by `section` under which heading
//! it stands when more than one holds the list. So what is understood is a field, and nothing else is lost.

use super::FieldType::{Boolean, Count, File, Prose, Quantity, RelativePath, Text, Texts};
use super::{Kind, List, open, personal};

pub use super::design::{AUTHORS, FILES, MATERIALS, STEPS};

/// The kind of a procedure.
pub const PROCEDURE: &str = "procedure";
/// The list of what can hurt somebody or something, and what is done against it.
pub const HAZARDS: &str = "hazards";
/// The list of tools and machines.
pub const TOOLS: &str = "tools";
/// The list of control points.
pub const CONTROLS: &str = "controls";
/// The list of the page's sections, in the page's order.
pub const SECTIONS: &str = "sections";
/// The first name of fields kept from a page's front matter under their own names.
pub const PAGE: &str = "page";
/// What a section holds that is the page's title.
pub const TITLE: &str = "title";
/// The fields of a procedure that a section can hold.
pub const HELD_FIELDS: [&str; 5] = ["purpose", "scope", "prerequisites", "training", "protective-equipment"];
/// The lists of a procedure that a section can hold.
pub const HELD_LISTS: [&str; 5] = [HAZARDS, TOOLS, MATERIALS, STEPS, CONTROLS];

/// See the module.
pub const KIND: Kind = Kind {
    name: PROCEDURE,
    kept: PAGE,
    fields: &[
        open("title", Text),
        open("version", Text),
        open("licence", Text),
        open("language", Text),
        open("keywords", Texts),
        open("derived-from", Text),
        open("norms", Texts),
        open("duration", Quantity),
        open("withdrawn", Text),
        open("front-matter", Text),
        open("purpose", Prose),
        open("scope", Prose),
        open("prerequisites", Prose),
        open("training", Prose),
        open("protective-equipment", Prose),
    ],
    lists: &[
        List {
            name: AUTHORS,
            fields: &[personal("name"), personal("contact"), open("role", Text)],
            label: &["name", "contact"],
            keys: &[&["name", "contact"], &["name"]],
        },
        List {
            name: HAZARDS,
            fields: &[
                open("hazard", Text),
                open("precaution", Text),
                open("severity", Text),
                open("section", Text),
                open("note", Text),
            ],
            label: &["hazard", "precaution"],
            keys: &[&["hazard", "section"], &["hazard"]],
        },
        List {
            name: TOOLS,
            fields: &[
                open("tool", Text),
                open("process", Text),
                open("machine", Text),
                open("quantity", Quantity),
                open("section", Text),
                open("note", Text),
            ],
            label: &["tool", "machine", "process"],
            keys: &[&["tool", "section"], &["tool"]],
        },
        List {
            name: MATERIALS,
            fields: &[
                open("material", Text),
                open("quantity", Quantity),
                open("specification", Text),
                open("secondary", Boolean),
                open("section", Text),
                open("note", Text),
            ],
            label: &["material"],
            keys: &[&["material", "section"], &["material"]],
        },
        List {
            name: STEPS,
            fields: &[
                open("title", Text),
                open("text", Prose),
                open("duration", Quantity),
                open("picture", RelativePath),
                open("tools", Texts),
                open("caution", Text),
                open("section", Text),
            ],
            label: &["title", "section"],
            keys: &[&["title", "section"], &["title"]],
        },
        List {
            name: CONTROLS,
            fields: &[
                open("what", Text),
                open("step", Text),
                open("method", Text),
                open("acceptance", Text),
                open("checked", Boolean),
                open("section", Text),
                open("note", Text),
            ],
            label: &["what"],
            keys: &[&["what", "section"], &["what"]],
        },
        List {
            name: SECTIONS,
            fields: &[
                open("heading", Text),
                open("level", Count),
                open("holds", Text),
                open("form", Text),
                open("text", Prose),
                open("after", Prose),
            ],
            label: &["heading", "holds"],
            keys: &[&["heading", "holds"], &["heading"], &["holds"]],
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

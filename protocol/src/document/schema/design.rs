//! The fields of a design: the technical file that another workshop makes the product from.

use super::FieldType::{Boolean, Count, File, Prose, Quantity, RelativePath, Text, Texts};
use super::{Kind, List, open, personal};

/// The kind of a design.
pub const DESIGN: &str = "design";
/// The list of a design's authors.
pub const AUTHORS: &str = "authors";
/// The list of a design's BOM lines.
pub const BOM: &str = "bom";
/// The list of a design's files.
pub const FILES: &str = "files";
/// The list of materials and what they must conform to.
pub const MATERIALS: &str = "materials";
/// The list of critical parameters of manufacturing.
pub const PARAMETERS: &str = "parameters";
/// The list of tolerances.
pub const TOLERANCES: &str = "tolerances";
/// The list of assembly steps.
pub const STEPS: &str = "steps";
/// The list of quality criteria.
pub const QUALITY: &str = "quality";
/// The list of what replaces BOM lines in a region.
pub const VARIANTS: &str = "variants";
/// The list of translated texts.
pub const TRANSLATIONS: &str = "translations";
/// The list of works that this one is made from.
pub const SOURCES: &str = "sources";
/// The first name of fields kept from a manifest under their own names.
pub const MANIFEST: &str = "manifest";

/// See the module.
pub const KIND: Kind = Kind {
    name: DESIGN,
    kept: MANIFEST,
    fields: &[
        open("title", Text),
        open("version", Text),
        open("licence", Text),
        open("licence-documentation", Text),
        open("licence-software", Text),
        open("function", Text),
        open("description", Prose),
        open("language", Text),
        open("keywords", Texts),
        open("repository", Text),
        open("derived-from", Text),
        open("processes", Texts),
        open("norms", Texts),
        open("general-tolerance", Text),
        open("mass", Quantity),
        open("width", Quantity),
        open("depth", Quantity),
        open("height", Quantity),
        open("readiness", Text),
        open("documentation-readiness", Text),
        open("withdrawn", Text),
        open("manufacturing", Prose),
        open("finishing", Prose),
        open("packaging", Prose),
        open("safety", Prose),
        open("maintenance", Prose),
        open("repair", Prose),
        open("end-of-life", Prose),
    ],
    lists: &[
        List {
            name: AUTHORS,
            fields: &[personal("name"), personal("contact"), open("role", Text)],
            label: &["name", "contact"],
            keys: &[&["name", "contact"], &["name"]],
        },
        List {
            name: BOM,
            fields: &[
                open("part", Text),
                open("quantity", Quantity),
                open("reference", Text),
                open("note", Text),
                open("inside", Text),
                open("material", Text),
                open("norm", Text),
                open("process", Text),
                open("supplier", Text),
                open("supplier-code", Text),
                open("link", Text),
                open("alternatives", Texts),
                open("cost", Quantity),
                open("mass", Quantity),
                open("file", RelativePath),
            ],
            label: &["part", "reference", "note"],
            keys: &[&["reference", "part"], &["reference"], &["part"]],
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
        List {
            name: MATERIALS,
            fields: &[
                open("material", Text),
                open("specification", Text),
                open("norm", Text),
                open("secondary", Boolean),
                open("alternatives", Texts),
                open("note", Text),
            ],
            label: &["material"],
            keys: &[&["material", "specification"], &["material"]],
        },
        List {
            name: PARAMETERS,
            fields: &[
                open("parameter", Text),
                open("process", Text),
                open("part", Text),
                open("value", Text),
                open("tolerance", Text),
                open("critical", Boolean),
                open("note", Text),
            ],
            label: &["parameter", "process"],
            keys: &[&["process", "part", "parameter"], &["parameter"]],
        },
        List {
            name: TOLERANCES,
            fields: &[
                open("feature", Text),
                open("part", Text),
                open("value", Text),
                open("method", Text),
                open("note", Text),
            ],
            label: &["feature", "part"],
            keys: &[&["part", "feature"], &["feature"]],
        },
        List {
            name: STEPS,
            fields: &[
                open("title", Text),
                open("text", Prose),
                open("parts", Texts),
                open("tools", Texts),
                open("torque", Quantity),
                open("duration", Quantity),
                open("picture", RelativePath),
                open("caution", Text),
            ],
            label: &["title"],
            keys: &[&["title"]],
        },
        List {
            name: QUALITY,
            fields: &[
                open("criterion", Text),
                open("part", Text),
                open("method", Text),
                open("acceptance", Text),
                open("sample", Text),
            ],
            label: &["criterion"],
            keys: &[&["criterion", "part"], &["criterion"]],
        },
        List {
            name: VARIANTS,
            fields: &[
                open("region", Text),
                open("part", Text),
                open("replacement", Text),
                open("quantity", Quantity),
                open("supplier", Text),
                open("supplier-code", Text),
                open("note", Text),
            ],
            label: &["region", "part"],
            keys: &[&["region", "part"]],
        },
        List {
            name: TRANSLATIONS,
            fields: &[
                open("language", Text),
                open("title", Text),
                open("function", Text),
                open("description", Prose),
            ],
            label: &["language"],
            keys: &[&["language"]],
        },
        List {
            name: SOURCES,
            fields: &[
                open("title", Text),
                open("link", Text),
                open("release", Text),
                open("licence", Text),
                open("attribution", Text),
                open("relation", Text),
            ],
            label: &["title", "link"],
            keys: &[&["link"], &["release"], &["title"]],
        },
    ],
};

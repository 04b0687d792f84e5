//! A design as a manifest: Open Know-How 1 in YAML, or version 2 (LOSH) in TOML.
//!
//! Fields that the format names are written under its names; all else of the design under the names of our schema, and
//! what once came with a manifest under its own. So what is written and read again is the same design, and other
//! programs find what they know. A field of the old manifest that says no more than the design's is written once.
//!
//! Invariant: bytes follow from the draft alone.

mod conform;
mod toml;
mod yaml;

pub(super) use conform::restored;

use std::collections::{BTreeMap, BTreeSet};

use conform::conformed;

use super::check;
use super::fields::spelled;
use super::typed::{self, BOM_LINES};
use crate::document::draft::{Draft, DraftItem};
use crate::document::register;
use crate::document::schema::{self, AUTHORS, BOM, FILES, MANIFEST, design};
use crate::document::value::Value;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Open Know-How 1, YAML.
    One,
    /// Open Know-How 2 (LOSH), TOML, `okhv = "2.4"`.
    Two,
}

/// Fields that a version's specification asks for.
const REQUIRED: [(Version, &[&str]); 2] = [
    (Version::One, &["title", "description", "license", "project-link"]),
    (Version::Two, &["name", "repo", "license", "licensor", "function"]),
];

/// Roles of files, with the field that names them in version 1 and in version 2.
const ROLES: &[(&str, &str, &str)] = &[
    ("readme", "readme", "readme"),
    ("image", "image", "image"),
    ("bom", "bom", "bom"),
    ("source", "design-files", "source"),
    ("export", "manufacturing-files", "export"),
    ("auxiliary", "auxiliary", "auxiliary"),
    ("schematics", "schematics", "schematics"),
    ("manufacturing-instructions", "making-instructions", "manufacturing-instructions"),
    ("user-manual", "operating-instructions", "user-manual"),
    ("contribution-guide", "contribution-guide", "contribution-guide"),
    ("tool-list", "tool-list", "tool-list"),
    ("tool-settings", "tool-settings", "tool-settings"),
    ("risk-assessment", "risk-assessment", "risk-assessment"),
    ("quality-instructions", "quality-instructions", "quality-instructions"),
    ("maintenance-instructions", "maintenance-instructions", "maintenance-instructions"),
    ("disposal-instructions", "disposal-instructions", "disposal-instructions"),
    ("attestation", "attestation", "attestation"),
];
/// Fields that hold one path in version 1.
const SINGLE_IN_ONE: [&str; 3] = ["image", "bom", "tool-list"];
/// Fields that hold one path in version 2.
const SINGLE_IN_TWO: [&str; 1] = ["contribution-guide"];

/// Fields in the order of the manifest.
pub(super) type Written = Vec<(String, Value)>;

/// The manifest's text.
pub fn manifest(draft: &Draft, version: Version) -> String {
    let fields = Writer::new(draft, version).fields();
    match version {
        Version::One => yaml::text(&fields),
        Version::Two => toml::text(&fields),
    }
}

/// What the format asks for and the design doesn't say.
pub fn missing(draft: &Draft, version: Version) -> Vec<&'static str> {
    let fields = Writer::new(draft, version).fields();
    let there: BTreeSet<String> = fields.iter().map(|(name, _)| spelled(name)).collect();
    let asked = REQUIRED.iter().filter(|(v, _)| *v == version).flat_map(|(_, names)| names.iter().copied());
    let said =
        |name: &str| there.contains(name) || name == "project-link" && there.contains("documentation-home");
    asked.filter(|name| !said(name)).collect()
}

/// The bill of materials as a table, amounts and units in columns of their own.
pub fn bom(draft: &Draft) -> String {
    let lines = draft.items(BOM);
    let known = ["part", "quantity", "unit", "reference", "note"];
    let used: BTreeSet<&str> = lines.iter().flat_map(|line| line.fields.keys()).map(String::as_str).collect();
    let mut names: Vec<&str> = known.to_vec();
    let own: Vec<&str> = schema::design::KIND.names(Some(BOM)).collect();
    names.extend(own.iter().copied().filter(|name| used.contains(name) && !known.contains(name)));
    names.extend(used.iter().copied().filter(|name| !own.contains(name) && !known.contains(name)));
    let mut table = csv::WriterBuilder::new().from_writer(Vec::new());
    // A vector takes all that is written.
    let _ = table.write_record(&names);
    for line in lines {
        let cell = |name: &&str| match (*name, line.fields.get("quantity")) {
            ("quantity", Some(Value::Quantity(quantity))) => quantity.amount.to_string(),
            ("unit", Some(Value::Quantity(quantity))) => {
                let unit = quantity.unit.as_str();
                let counted = unit.strip_prefix('{').and_then(|unit| unit.strip_suffix('}'));
                counted.unwrap_or(unit).to_owned()
            }
            (name, _) => line.fields.get(name).map_or_else(String::new, ToString::to_string),
        };
        let _ = table.write_record(names.iter().map(|name| guarded(&cell(name))));
    }
    table.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// A cell that no spreadsheet takes for a formula.
fn guarded(cell: &str) -> String {
    if cell.starts_with(['=', '@', '\t']) { format!("'{cell}") } else { cell.to_owned() }
}

struct Writer<'a> {
    draft: &'a Draft,
    version: Version,
    kept: BTreeMap<String, Value>,
    written: Written,
}

impl<'a> Writer<'a> {
    fn new(draft: &'a Draft, version: Version) -> Self {
        let below = format!("{MANIFEST}/");
        let kept = draft.fields.iter().filter_map(|(name, value)| {
            let name = register::split(name.strip_prefix(&below)?).join("/");
            Some((name, value.clone())).filter(|(_, value)| *value != Value::Nothing)
        });
        Self { draft, version, kept: kept.collect(), written: Vec::new() }
    }

    fn fields(mut self) -> Written {
        let two = self.version == Version::Two;
        let own = |one: &'static str, second: &'static str| if two { second } else { one };
        self.drop_spelled("okhv");
        self.drop_spelled("okh-manifest-version");
        if two {
            self.push("okhv", "2.4".into());
        } else {
            self.push("okh-manifest-version", "1.0.0".into());
        }
        self.plain("title", own("title", "name"), &["title", "name"]);
        self.plain("description", "description", &["description"]);
        if !two && self.draft.text("description").is_none() {
            self.plain("function", "description", &[]);
        }
        self.plain("version", "version", &["version", "project-version"]);
        self.typed("repository", own("project-link", "repo"));
        self.licences();
        self.authors();
        self.plain("function", own("intended-use", "function"), &["function", "intended-use"]);
        if two && self.draft.text("function").is_none() {
            self.plain("description", "function", &[]);
        }
        self.typed("language", "documentation-language");
        self.typed("keywords", "keywords");
        // Labels such as "Ideation" are no codes of version 2.
        let coded = |field: &str, codes: &[&str]| {
            two && self.draft.text(field).is_some_and(|text| codes.contains(&text))
        };
        let technology = coded("readiness", &check::TECHNOLOGY);
        let documentation = coded("documentation-readiness", &check::DOCUMENTATION);
        self.typed("readiness", if technology { "technology-readiness-level" } else { "readiness" });
        let name = if documentation { "documentation-readiness-level" } else { "documentation-readiness" };
        self.typed("documentation-readiness", name);
        self.typed("safety", own("health-safety-notice", "safety"));
        self.typed("norms", own("standards-used", "standard-compliance"));
        self.typed("processes", own("processes", "tsdc"));
        self.typed("mass", "mass");
        self.sizes();
        self.sources();
        self.files();
        self.rest();
        let version = self.version;
        let kept = std::mem::take(&mut self.kept).into_iter();
        self.written.extend(kept.map(|(name, value)| conformed(version, name, value)));
        self.written
    }

    fn push(&mut self, name: &str, value: Value) {
        self.written.push((name.to_owned(), value));
    }

    fn drop_spelled(&mut self, name: &str) {
        self.kept.retain(|own, _| spelled(own) != name);
    }

    /// A field that every manifest has; the draft's goes before what was kept.
    fn plain(&mut self, field: &str, name: &str, feeders: &[&str]) {
        let Some(value) = self.draft.fields.get(field).filter(|value| value.as_text().is_some()) else {
            return;
        };
        for feeder in feeders {
            self.drop_spelled(feeder);
        }
        self.push(name, value.clone());
    }

    /// A field that manifests name in several ways; see [`typed::NAMES`].
    fn typed(&mut self, field: &str, name: &str) {
        let Some(value) = self.draft.fields.get(field).filter(|value| **value != Value::Nothing) else {
            return;
        };
        let own = [field];
        let names = typed::NAMES.iter().find(|(f, _)| *f == field).map_or(&own[..], |(_, names)| *names);
        let readings: Vec<(String, bool, bool)> = self
            .kept
            .iter()
            .filter(|(kept, _)| names.contains(&spelled(kept).as_str()))
            .map(|(kept, says)| {
                let reading = typed::field(field, says);
                let same = reading.as_ref().is_some_and(|r| r.value == *value);
                (kept.clone(), same, reading.is_some_and(|r| r.whole))
            })
            .collect();
        let mut said = false;
        for (kept, same, whole) in readings {
            let is_own = spelled(&kept) == name;
            match (same, whole) {
                // It says more than the design's field.
                (true, false) => said = said || is_own,
                (true, true) => drop(self.kept.remove(&kept)),
                // Changed since.
                (false, _) if is_own => drop(self.kept.remove(&kept)),
                (false, _) => {}
            }
        }
        if !said {
            let value = Self::formed(field, name, value.clone());
            self.push(name, value);
        }
    }

    /// The value as the format writes it.
    fn formed(field: &str, name: &str, value: Value) -> Value {
        match (field, name, value) {
            ("mass", _, Value::Quantity(q)) if q.unit == "g" => Value::Decimal(q.amount),
            ("norms", "standards-used", Value::List(items)) => {
                let norm = |item: Value| Value::Map(BTreeMap::from([("standard-title".to_owned(), item)]));
                Value::List(items.into_iter().map(norm).collect())
            }
            (_, _, value) => plain(value),
        }
    }

    fn licences(&mut self) {
        let text = |field: &str| self.draft.text(field).map(str::to_owned);
        let (licence, documentation, software) =
            (text("licence"), text("licence-documentation"), text("licence-software"));
        let kept = self.kept.iter().find(|(name, _)| matches!(spelled(name).as_str(), "license" | "licence"));
        let kept = kept.map(|(_, value)| value.clone());
        if self.version == Version::Two {
            if let Some(licence) = &licence {
                for name in ["license", "licence", "spdx-license", "hardware-license"] {
                    self.drop_spelled(name);
                }
                self.push("license", licence.as_str().into());
            }
            for (name, text) in [("license-documentation", documentation), ("license-software", software)] {
                if let Some(text) = text {
                    self.drop_spelled(name);
                    self.push(name, Value::Text(text));
                }
            }
            return;
        }
        let mut parts = match kept {
            Some(Value::Map(mut parts)) => {
                parts.retain(|_, value| *value != Value::Nothing);
                parts
            }
            // Not understood: as it was written.
            Some(_) if licence.is_none() => return,
            _ => BTreeMap::new(),
        };
        let said = [("hardware", licence), ("documentation", documentation), ("software", software)];
        parts.extend(said.into_iter().filter_map(|(part, text)| Some((part.to_owned(), Value::Text(text?)))));
        if !parts.is_empty() {
            for name in ["license", "licence", "spdx-license", "hardware-license"] {
                self.drop_spelled(name);
            }
            for name in
                ["license-documentation", "license-software", "licence-documentation", "licence-software"]
            {
                self.drop_spelled(name);
            }
            self.push("license", Value::Map(parts));
        }
    }

    fn authors(&mut self) {
        let person = |author: &DraftItem| {
            let name = author.text("name").or_else(|| author.text("contact"))?;
            let mut parts = BTreeMap::from([("name".to_owned(), Value::from(name))]);
            if let Some(contact) = author.text("contact") {
                let key = match contact {
                    mail if mail.contains('@') && !mail.contains([' ', '/']) => "email",
                    page if page.starts_with("http://") || page.starts_with("https://") => "url",
                    _ => "web",
                };
                parts.insert(key.to_owned(), contact.into());
            }
            Some(Value::Map(parts))
        };
        let mut persons: Vec<Value> = self.draft.items(AUTHORS).iter().filter_map(person).collect();
        if persons.is_empty() {
            return;
        }
        if self.version == Version::Two {
            self.push("licensor", Value::List(persons));
            return;
        }
        let first = persons.remove(0);
        self.push("licensor", first);
        if !persons.is_empty() {
            self.push("contributors", Value::List(persons));
        }
    }

    /// Outer dimensions, in millimetres, when all three are known so; else each under its own name.
    fn sizes(&mut self) {
        let sides = ["width", "depth", "height"];
        let size = |side: &str| match self.draft.fields.get(side) {
            Some(Value::Quantity(q)) if q.unit == "mm" => Some((side.to_owned(), Value::Decimal(q.amount))),
            _ => None,
        };
        let all: Option<BTreeMap<String, Value>> = sides.iter().map(|side| size(side)).collect();
        let kept = self.kept.iter().find(|(name, _)| spelled(name) == "outer-dimensions");
        let more = kept.is_some_and(|(_, value)| match value {
            Value::Map(parts) => parts.keys().any(|part| !sides.contains(&part.as_str())),
            _ => true,
        });
        match all {
            Some(all) if !more => {
                self.drop_spelled("outer-dimensions");
                self.push("outer-dimensions", Value::Map(all));
            }
            _ => {
                for side in sides {
                    self.typed(side, side);
                }
            }
        }
    }

    /// What it is made from: in the format's way where it has one, and whole under our own name when it says more.
    fn sources(&mut self) {
        let sources = self.draft.items(design::SOURCES);
        let kept = super::Fields::new(self.kept.clone());
        let said = typed::read(&kept).lists.remove(design::SOURCES).unwrap_or_default();
        if sources.iter().map(|source| &source.fields).eq(said.iter()) {
            return;
        }
        for name in ["derivative-of", "fork-of", "variant-of", design::SOURCES] {
            self.drop_spelled(name);
        }
        let derived =
            sources.iter().find(|s| s.text("relation").is_none_or(|relation| relation == "derived"));
        let link = derived.and_then(|source| source.text("link")).filter(|link| link.starts_with("http"));
        match self.version {
            Version::Two => {
                if let Some(link) = link {
                    self.push("forkOf", link.into());
                }
            }
            Version::One => {
                let title = derived.and_then(|source| source.text("title"));
                let parts = [("title", title), ("web", link)].into_iter();
                let parts: BTreeMap<String, Value> =
                    parts.filter_map(|(name, text)| Some((name.to_owned(), text?.into()))).collect();
                if !parts.is_empty() {
                    self.push("derivative-of", Value::Map(parts));
                }
            }
        }
        if !sources.is_empty() {
            self.push(design::SOURCES, list(sources));
        }
    }

    /// Files by their roles. A field that the old manifest has for them says it already.
    fn files(&mut self) {
        for (role, one, two) in ROLES {
            let name = if self.version == Version::Two { *two } else { *one };
            let of = |file: &&DraftItem| file.text("role") == Some(role);
            let paths: Vec<&str> =
                self.draft.items(FILES).iter().filter(of).filter_map(|f| f.text("path")).collect();
            let there = self.kept.keys().any(|kept| [*one, *two].contains(&spelled(kept).as_str()));
            if paths.is_empty() || there {
                continue;
            }
            let path = |path: &str| match (self.version, *role) {
                (
                    Version::One,
                    "readme" | "auxiliary" | "contribution-guide" | "attestation" | "image" | "bom"
                    | "tool-list",
                )
                | (Version::Two, _) => Value::from(path),
                (Version::One, _) => Value::Map(BTreeMap::from([("path".to_owned(), path.into())])),
            };
            let single = match self.version {
                Version::One => SINGLE_IN_ONE.contains(&name),
                Version::Two => SINGLE_IN_TWO.contains(&name),
            };
            match paths.as_slice() {
                [first, rest @ ..] if single => {
                    let first = path(first);
                    let rest: Vec<Value> = rest.iter().map(|rest| path(rest)).collect();
                    self.push(name, first);
                    // Under a name that is read for the same role and where several are allowed.
                    if let (false, "image") = (rest.is_empty(), name) {
                        self.push("images", Value::List(rest));
                    }
                }
                paths => {
                    let paths = paths.iter().map(|p| path(p)).collect();
                    self.push(name, Value::List(paths));
                }
            }
        }
    }

    /// All else of the design, by the names of its schema.
    fn rest(&mut self) {
        let done = [
            "title",
            "version",
            "licence",
            "function",
            "description",
            "language",
            "keywords",
            "repository",
            "mass",
            "readiness",
            "documentation-readiness",
            "safety",
            "norms",
            "processes",
            "licence-documentation",
            "licence-software",
            "width",
            "depth",
            "height",
        ];
        for field in schema::design::KIND.fields.iter().filter(|field| !done.contains(&field.name)) {
            self.typed(field.name, field.name);
        }
        for list in schema::design::KIND.lists {
            let items = self.draft.items(list.name);
            if items.is_empty() || [AUTHORS, BOM, FILES, design::SOURCES].contains(&list.name) {
                continue;
            }
            self.drop_spelled(list.name);
            let value = self::list(items);
            self.push(list.name, value);
        }
        let lines = self.draft.items(BOM);
        if !lines.is_empty() {
            self.drop_spelled(BOM_LINES);
            let value = self::list(lines);
            self.push(BOM_LINES, value);
        }
    }
}

fn list(items: &[DraftItem]) -> Value {
    let item = |item: &DraftItem| {
        let says = item.fields.iter().filter(|(_, value)| **value != Value::Nothing);
        Value::Map(says.map(|(name, value)| (name.clone(), plain(value.clone()))).collect())
    };
    Value::List(items.iter().map(item).collect())
}

/// A value of types that every format has: quantities and files as texts.
fn plain(value: Value) -> Value {
    match value {
        Value::Quantity(quantity) => Value::Text(quantity.to_string()),
        Value::File(hash) => Value::Text(hash.to_string()),
        Value::List(items) => Value::List(items.into_iter().map(plain).collect()),
        Value::Map(parts) => {
            Value::Map(parts.into_iter().map(|(name, value)| (name, plain(value))).collect())
        }
        value => value,
    }
}

/// A number as text, such that it is read as the same kind of number.
pub(super) fn decimal(number: rust_decimal::Decimal) -> String {
    if number.scale() == 0 { format!("{number}.0") } else { number.to_string() }
}

/// A text between quotation marks, as JSON, YAML and TOML all read it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') =>
            {
                let code = format!("\\u{:04x}", u32::from(c));
                quoted.push_str(&code);
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

//! What a design lacks for somebody far away to make it from what they receive, without a phone call.
//!
//! Goals: item by item, each with what to do about it; what is there as a file counts as there, with the remark that
//! no software can follow it. Non-goals: whether what is there is right, which only people can say.
//!
//! Invariants: pure; a field in conflict counts as missing, and is named; long lists are shortened, never the findings.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::draft::{Draft, DraftItem};
use super::materialise::Document;
use super::schema::{AUTHORS, BOM, FILES, design};
use super::value::Value;
use crate::id::FileHash;

mod bom;
pub mod cad;
mod files;
mod process;
mod steps;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Without it, it cannot be made elsewhere.
    Blocks,
    /// It can, by guessing or asking.
    Hampers,
    /// It would be better with it.
    Nice,
}

/// Something that a maker elsewhere would miss.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The field or list, as `design show` names it.
    pub field: String,
    /// What is missing.
    pub message: String,
    /// What to do about it.
    pub advice: String,
}

/// What is gathered of a design, and what is found.
struct Checking<'a> {
    draft: &'a Draft,
    here: &'a dyn Fn(FileHash) -> bool,
    findings: Vec<Finding>,
}

/// What a design lacks. `here` tells whether a file's bytes are held.
pub fn check(document: &Document, here: &dyn Fn(FileHash) -> bool) -> Vec<Finding> {
    let draft = document.agreed();
    let mut checking = Checking { draft: &draft, here, findings: Vec::new() };
    for conflict in document.conflicts() {
        let advice = "decide with: aronde design edit ID --set 'FIELD=VALUE'";
        checking.add(Severity::Blocks, &conflict.field, "has several values and nobody has decided", advice);
    }
    if !document.skipped.is_empty() {
        let message = format!("{} edits do not fit the design and had no effect", document.skipped.len());
        checking.add(Severity::Hampers, "", &message, "see them with: aronde design show ID");
    }
    checking.identity();
    checking.files();
    checking.bom();
    checking.steps();
    checking.process();
    checking.life();
    let mut findings = checking.findings;
    findings.sort_by_key(|finding| finding.severity);
    findings
}

impl<'a> Checking<'a> {
    fn add(&mut self, severity: Severity, field: &str, message: &str, advice: &str) {
        let (field, message, advice) = (field.to_owned(), message.to_owned(), advice.to_owned());
        self.findings.push(Finding { severity, field, message, advice });
    }

    fn has(&self, field: &str) -> bool {
        self.draft.fields.get(field).is_some_and(says)
    }

    fn items(&self, list: &str) -> &'a [DraftItem] {
        self.draft.items(list)
    }

    /// Paths of the files with one of these roles.
    fn with_role(&self, roles: &[&str]) -> Vec<&'a str> {
        let of = |file: &&DraftItem| file.text("role").is_some_and(|role| roles.contains(&role));
        self.items(FILES).iter().filter(of).filter_map(|file| file.text("path")).collect()
    }

    /// Pages, by their ending, with one of these words in their path.
    fn pages(&self, words: &[&str]) -> Vec<&'a str> {
        let is_page = |path: &&str| {
            let path = path.to_lowercase();
            let page = [".md", ".pdf", ".txt", ".html", ".odt", ".docx", ".rst"]
                .iter()
                .any(|end| path.ends_with(end));
            page && words.iter().any(|word| path.contains(word))
        };
        self.items(FILES).iter().filter_map(|file| file.text("path")).filter(is_page).collect()
    }

    /// Something that may stand in a field, in a list, in files of a role, or on pages named after it.
    /// A role that begins with `*` is a word in the path of a page.
    fn wanted(
        &mut self,
        severity: Severity,
        field: &str,
        there: bool,
        roles: &[&str],
        missing: &str,
        advice: &str,
    ) {
        if there {
            return;
        }
        let (roles, words): (Vec<&str>, Vec<&str>) =
            roles.iter().copied().partition(|role| !role.starts_with('*'));
        let mut files = self.with_role(&roles);
        if files.is_empty() {
            let words: Vec<&str> = words.into_iter().map(|word| word.trim_start_matches('*')).collect();
            files = self.pages(&words);
        }
        if files.is_empty() {
            self.add(severity, field, missing, advice);
        } else {
            let message = format!("is in {} only, where no software can follow it", some(&files));
            self.add(Severity::Nice, field, &message, advice);
        }
    }

    fn identity(&mut self) {
        use Severity::{Blocks, Hampers, Nice};
        if let Some(why) = self.draft.text("withdrawn") {
            let message = format!("the design is withdrawn: {why}");
            self.add(Blocks, "withdrawn", &message, "see whether another design replaces it");
        }
        if !self.has("title") {
            self.add(Blocks, "title", "is missing", "aronde design edit ID --set title=\"Wall bracket\"");
        }
        if !self.has("version") {
            let advice = "aronde design release ID 0.1.0 gives it one";
            self.add(
                Hampers,
                "version",
                "is missing: two makers cannot know that they made the same",
                advice,
            );
        }
        match self.draft.text("licence").map(str::to_owned) {
            None => {
                let advice = "aronde design edit ID --set licence=CERN-OHL-S-2.0";
                self.add(Blocks, "licence", "is missing: nobody may make it", advice);
            }
            Some(licence) => {
                if let Some(why) = crate::licence::closed(&licence) {
                    let advice =
                        "choose an open hardware licence, such as CERN-OHL-S-2.0, or say that it is not open";
                    self.add(Hampers, "licence", &why, advice);
                }
            }
        }
        if !self.has("function") && !self.has("description") {
            let advice = "aronde design edit ID --set function=\"holds tools on a wall\"";
            self.add(Hampers, "function", "nothing says what it is for", advice);
        } else if !self.has("function") {
            let advice = "aronde design edit ID --set function=\"holds tools on a wall\"";
            self.add(Nice, "function", "is missing: one sentence that says what it is for", advice);
        }
        if self.items(AUTHORS).is_empty() {
            self.add(
                Nice,
                AUTHORS,
                "nobody is named to ask or to give credit to",
                "name them in the manifest",
            );
        }
        if !self.has("language") {
            let advice = "aronde design edit ID --set language=fr";
            self.add(Nice, "language", "no language is named for the documentation", advice);
        }
        if self.items(design::TRANSLATIONS).is_empty() {
            let advice = "add title and description in the languages of those who will make it";
            self.add(Nice, design::TRANSLATIONS, "there is no translation", advice);
        }
    }

    fn life(&mut self) {
        use Severity::{Hampers, Nice};
        self.wanted(
            Hampers,
            "safety",
            self.has("safety"),
            &["risk-assessment", "*safety", "*risk", "*sécurité", "*veiligheid"],
            "nothing says what is dangerous in making and using it",
            "aronde design edit ID --set safety=\"…\": hazards, protection, residual risks",
        );
        self.wanted(
            Nice,
            "packaging",
            self.has("packaging"),
            &["packaging", "*packag"],
            "nothing says how it is packed and labelled",
            "aronde design edit ID --set packaging=\"…\"",
        );
        self.wanted(
            Nice,
            "repair",
            self.has("repair") || self.has("maintenance"),
            &["maintenance-instructions", "*mainten", "*repair", "*troubleshoot"],
            "nothing says how it is maintained and repaired",
            "aronde design edit ID --set repair=\"…\" and maintenance=\"…\"",
        );
        self.wanted(
            Nice,
            "end-of-life",
            self.has("end-of-life"),
            &["disposal-instructions", "*dispos", "*recycl"],
            "nothing says how it is taken apart, reused and recycled",
            "aronde design edit ID --set end-of-life=\"…\"",
        );
    }
}

/// Whether a value says anything.
fn says(value: &Value) -> bool {
    match value {
        Value::Nothing => false,
        Value::Text(text) => !text.trim().is_empty(),
        Value::List(items) => !items.is_empty(),
        _ => true,
    }
}

/// Some names in a row, and how many more.
fn some(names: &[&str]) -> String {
    let shown: Vec<&str> = names.iter().take(5).copied().collect();
    match names.len().saturating_sub(5) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// What a part is known by, in lower case: its name and its reference.
fn known_by(line: &DraftItem) -> BTreeSet<String> {
    let names = ["part", "reference"].into_iter().filter_map(|name| line.text(name));
    names.map(|name| name.trim().to_lowercase()).collect()
}

/// A line's name for people.
fn name(line: &DraftItem) -> &str {
    line.text("part").or_else(|| line.text("reference")).unwrap_or("(a line without a name)")
}

/// The lines of the bill of materials that stand for parts.
fn lines(draft: &Draft) -> &[DraftItem] {
    draft.items(BOM)
}

//! How one licence is worded: names, short forms, addresses.
//!
//! A wording counts only when every word of it is understood, so that "not MIT" is not taken for MIT.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use spdx::flags::IS_DEPRECATED;
use spdx::identifiers::LICENSES;

/// The identifier found, with a note that begins with "; " or is empty.
pub(super) struct Found {
    pub(super) id: String,
    pub(super) note: &'static str,
}

/// Words that say nothing about which licence it is.
const FILLERS: &[&str] = &[
    "license",
    "licence",
    "licenses",
    "licences",
    "licensed",
    "the",
    "version",
    "v",
    "under",
    "https",
    "http",
    "www",
    "org",
    "com",
    "html",
    "txt",
    "deed",
    "legalcode",
    "en",
    "opensource",
    "spdx",
    "licenseref",
    "a",
];

/// What is neither an identifier nor a name on the list, after [`words`].
const ALIASES: &[(&str, &str)] = &[
    ("expat", "MIT"),
    ("mit mit", "MIT"),
    ("mit expat", "MIT"),
    ("tapr ohl", "TAPR-OHL-1.0"),
    ("tapr open hardware", "TAPR-OHL-1.0"),
    ("solderpad hardware 0.51", "SHL-0.51"),
    ("solderpad hardware 0.5", "SHL-0.5"),
    ("solderpad hardware 2", "LicenseRef-SHL-2.0"),
    ("solderpad hardware 2.1", "LicenseRef-SHL-2.1"),
    ("solderpad 2.1", "LicenseRef-SHL-2.1"),
];

/// Identifiers and full names of the SPDX list, by their words.
static LISTED: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| {
    let mut listed = BTreeMap::new();
    for license in LICENSES.iter().filter(|l| l.flags & IS_DEPRECATED == 0) {
        listed.entry(words(license.full_name).join(" ")).or_insert(license.name);
    }
    for license in LICENSES.iter().filter(|l| l.flags & IS_DEPRECATED == 0) {
        listed.insert(words(license.name).join(" "), license.name);
    }
    for (wording, id) in ALIASES {
        listed.insert((*wording).to_owned(), id);
    }
    listed
});

/// The one licence that a wording names.
pub(super) fn term(text: &str) -> Option<Found> {
    let words = words(text);
    if words.is_empty() {
        return None;
    }
    let found = cern(Words(words.clone()))
        .or_else(|| creative_commons(Words(words.clone())))
        .or_else(|| gnu(Words(words.clone())));
    if let Some(found) = found {
        return spdx::license_id(&found.id).is_some().then_some(found);
    }
    LISTED.get(&words.join(" ")).map(|id| Found { id: (*id).to_owned(), note: "" })
}

/// Lower-case words: letters and figures apart ("gplv3" is "gpl", "3"), "2.0" as "2", fillers left out.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars().flat_map(char::to_lowercase).peekable();
    while let Some(c) = chars.next() {
        let point = c == '.'
            && word.ends_with(|d: char| d.is_ascii_digit())
            && chars.peek().is_some_and(char::is_ascii_digit);
        let turns = word
            .chars()
            .last()
            .is_some_and(|last| (last.is_ascii_digit() || last == '.') != (c.is_ascii_digit() || c == '.'));
        if c.is_alphanumeric() || point {
            if turns {
                words.push(std::mem::take(&mut word));
            }
            word.push(c);
        } else {
            words.push(std::mem::take(&mut word));
            if c == '+' {
                words.push("+".to_owned());
            }
        }
    }
    words.push(word);
    words
        .into_iter()
        .map(|word| match word.strip_suffix(".0") {
            Some(whole) => whole.to_owned(),
            // "gplv" before a figure.
            None if word.len() > 2 && word.ends_with("lv") => word.trim_end_matches('v').to_owned(),
            None => word,
        })
        .filter(|word| !word.is_empty() && !FILLERS.contains(&word.as_str()))
        .collect()
}

/// The words not yet understood.
struct Words(Vec<String>);

impl Words {
    /// Takes one of these words out, once.
    fn take(&mut self, any: &[&str]) -> bool {
        match self.0.iter().position(|word| any.contains(&word.as_str())) {
            Some(at) => {
                self.0.remove(at);
                true
            }
            None => false,
        }
    }

    /// Takes two words that follow each other.
    fn take_pair(&mut self, first: &str, second: &[&str]) -> bool {
        let at = self.0.windows(2).position(|pair| match pair {
            [a, b] => a == first && second.contains(&b.as_str()),
            _ => false,
        });
        if let Some(at) = at {
            self.0.drain(at..at + 2);
        }
        at.is_some()
    }

    /// Takes the only number out.
    fn take_version(&mut self) -> Option<String> {
        let is_number = |w: &String| w.starts_with(|c: char| c.is_ascii_digit());
        let at = self.0.iter().position(is_number)?;
        Some(self.0.remove(at))
    }

    fn all_understood(&self) -> bool {
        self.0.is_empty()
    }
}

/// "2" as "2.0".
fn full(version: &str) -> String {
    if version.contains('.') { version.to_owned() } else { format!("{version}.0") }
}

fn cern(mut words: Words) -> Option<Found> {
    let named = words.take(&["cern"]) || words.take(&["cernohl"]);
    if !named {
        return None;
    }
    words.take(&["ohl"]);
    words.take_pair("open", &["hardware"]);
    let version = words.take_version();
    let variants: Vec<&str> = [
        ("S", &["s", "strongly", "strong"]),
        ("W", &["w", "weakly", "weak"]),
        ("P", &["p", "permissive", "permissively"]),
    ]
    .into_iter()
    .filter_map(|(variant, wordings)| words.take(wordings).then_some(variant))
    .collect();
    words.take(&["reciprocal"]);
    // "CERN-OHL-S strongly reciprocal" says it twice.
    words.take(&["strongly", "weakly", "permissive"]);
    let id = match (version.as_deref(), variants.as_slice()) {
        (None | Some("2"), [variant]) => format!("CERN-OHL-{variant}-2.0"),
        (Some(version @ ("1.1" | "1.2")), []) => format!("CERN-OHL-{version}"),
        _ => return None,
    };
    words.all_understood().then_some(Found { id, note: "" })
}

fn creative_commons(mut words: Words) -> Option<Found> {
    let named = words.take(&["cc", "creativecommons"]) || words.take_pair("creative", &["commons"]);
    if !named {
        return None;
    }
    // "Creative Commons CC BY 4.0" says it twice.
    words.take(&["cc"]);
    let by = words.take(&["by", "attribution"]);
    let nc = words.take(&["nc", "noncommercial"]) || words.take_pair("non", &["commercial"]);
    let nd =
        words.take(&["nd", "noderivatives", "noderivs"]) || words.take_pair("no", &["derivatives", "derivs"]);
    let sa = words.take(&["sa", "sharealike"]) || words.take_pair("share", &["alike"]);
    words.take(&["international", "unported", "generic"]);
    if !by {
        let zero = words.take(&["0", "zero"]);
        words.take(&["1"]);
        words.take(&["universal"]);
        words.take_pair("public", &["domain"]);
        words.take(&["dedication"]);
        words.take(&["zero"]);
        return (zero && !nc && !nd && !sa && words.all_understood())
            .then_some(Found { id: "CC0-1.0".to_owned(), note: "" });
    }
    let version = words.take_version();
    let parts = [("-NC", nc), ("-ND", nd), ("-SA", sa)];
    let mut id = "CC-BY".to_owned();
    parts.iter().filter(|(_, given)| *given).for_each(|(part, _)| id.push_str(part));
    id.push('-');
    id.push_str(&version.as_deref().map_or_else(|| "4.0".to_owned(), full));
    match words.0.as_slice() {
        [] => {}
        // A country's own version.
        [country] if country.len() == 2 => id = format!("{id}-{}", country.to_uppercase()),
        _ => return None,
    }
    let note = if version.is_none() { "; no version is given, the newest is taken" } else { "" };
    Some(Found { id, note })
}

fn gnu(mut words: Words) -> Option<Found> {
    words.take(&["gnu"]);
    let family = if words.take(&["agpl"]) {
        "AGPL"
    } else if words.take(&["lgpl"]) {
        "LGPL"
    } else if words.take(&["gpl"]) {
        "GPL"
    } else if words.take(&["gfdl", "fdl"]) || words.take_pair("free", &["documentation"]) {
        "GFDL"
    } else if words.take_pair("general", &["public"]) {
        if words.take(&["affero"]) {
            "AGPL"
        } else if words.take(&["lesser", "library"]) {
            "LGPL"
        } else {
            "GPL"
        }
    } else {
        return None;
    };
    // "GNU General Public License (GPL)" says it twice.
    words.take_pair("general", &["public"]);
    let _ = words.take(&["gpl"]) || words.take(&["lgpl"]) || words.take(&["agpl"]);
    words.take(&["gnu"]);
    let version = words.take_version()?;
    let only = words.take(&["only"]);
    words.take(&["or"]);
    words.take(&["any"]);
    let later = words.take(&["+"]) | words.take(&["later", "newer", "above"]);
    let id = format!("{family}-{}-{}", full(&version), if later { "or-later" } else { "only" });
    let note = if only || later { "" } else { "; nothing says \"or any later version\"" };
    words.all_understood().then_some(Found { id, note })
}

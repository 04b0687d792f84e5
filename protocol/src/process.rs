//! Fabrication processes: one id of our own each, and the many names that people and files give them.
//!
//! Ids are stable words; a Wikidata item, a `TsDC` code (the technology-specific documentation criteria of Open Know-How)
//! and names in English, French and Dutch lead to them. A process may be a kind of another: whoever asks for 3D printing
//! is answered with a resin printer too.
//!
//! Goals: what the lists, maps and manifests of fab labs write is understood, and what is not is kept as it is.
//!
//! Sources: Wikidata items as Open Know-Where's users and the maps of makers anchor them; an item that isn't settled
//! there is left out rather than guessed.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

mod table;

pub use table::PROCESSES;

/// A longer text names no process.
const NAME_MAX: usize = 200;
/// Words of a machine's name that are looked at.
const WORDS_MAX: usize = 24;

/// A process.
#[derive(Debug, PartialEq, Eq)]
pub struct Process {
    /// Our own id.
    pub id: &'static str,
    /// Its code in the technology-specific documentation criteria.
    pub tsdc: Option<&'static str>,
    /// Its Wikidata item.
    pub wikidata: Option<&'static str>,
    /// The last part of its article's address in the English Wikipedia.
    pub article: Option<&'static str>,
    /// What it is a kind of.
    pub kind_of: Option<&'static str>,
    /// Its name in English, French and Dutch.
    pub names: [&'static str; 3],
    /// Other names, of its machines too, in any language; `;` stands between them.
    pub aliases: &'static str,
}

impl Process {
    /// Whether it is this process or a kind of it.
    pub fn is(&'static self, id: &str) -> bool {
        // The table is two deep; the bound keeps a slip in it from turning for ever.
        let mut process = Some(self);
        for _ in 0..4 {
            let Some(at) = process else { return false };
            if at.id == id {
                return true;
            }
            process = at.kind_of.and_then(by_id);
        }
        false
    }

    /// The address of its Wikidata item.
    pub fn wikidata_url(&self) -> Option<String> {
        self.wikidata.map(|item| format!("https://www.wikidata.org/wiki/{item}"))
    }

    /// The address of its article, as Open Know-Where writes processes.
    pub fn article_url(&self) -> Option<String> {
        self.article.map(|article| format!("https://en.wikipedia.org/wiki/{article}"))
    }
}

/// The process of this id.
pub fn by_id(id: &str) -> Option<&'static Process> {
    PROCESSES.iter().find(|process| process.id == id)
}

/// The process that a text names: an id, a name or alias in any of the languages, a `TsDC` code, a Wikidata item or its
/// address, the address of an article in Wikipedia.
pub fn find(text: &str) -> Option<&'static Process> {
    let text = text.trim();
    if text.len() > NAME_MAX {
        return None;
    }
    let text = address(text).unwrap_or(text);
    let whole = plain(text);
    // "Laser cutting (CO2)" and "FDM (Fused Deposition Modeling)": the name before the bracket, or the one in it.
    let parts = || text.split(['(', ')', '[', ']']).map(plain).filter(|part| !part.is_empty());
    NAMES.get(&whole).copied().or_else(|| parts().find_map(|part| NAMES.get(&part).copied()))
}

/// The process that is spoken of in a machine's name, such as "Trotec Speedy 300 laser": the one whose name takes most
/// of its words.
pub fn guess(text: &str) -> Option<&'static Process> {
    if let Some(process) = find(text) {
        return Some(process);
    }
    let text: String = text.chars().take(NAME_MAX).collect();
    let words = plain(&text);
    let words: Vec<&str> = words.split(' ').take(WORDS_MAX).collect();
    let longest = words.len().min(4);
    (1..=longest).rev().find_map(|len| {
        words
            .windows(len)
            .map(|some| some.join(" "))
            .filter(|name| name.len() > 2)
            .find_map(|name| NAMES.get(&name).copied())
    })
}

static NAMES: LazyLock<HashMap<String, &'static Process>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for process in PROCESSES {
        let codes = process.tsdc.iter().chain(&process.wikidata).chain(&process.article);
        let known = [process.id].into_iter().chain(process.names).chain(process.aliases.split(';'));
        for name in known.chain(codes.copied()) {
            names.entry(plain(name)).or_insert(process);
        }
    }
    names
});

/// What a field that names a process should hold: the id of a known one, else the text as it is.
pub fn settled(text: &str) -> String {
    find(text).map_or_else(|| text.trim().to_owned(), |process| process.id.to_owned())
}

/// The part of an address of Wikidata or Wikipedia that names what it is about.
fn address(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    if !["wikidata.org", "wikipedia.org"].iter().any(|known| host.ends_with(known)) {
        return None;
    }
    path.split(['?', '#']).next()?.trim_end_matches('/').rsplit('/').next()
}

/// A name without case, accents and what joins words.
pub(crate) fn plain(name: &str) -> String {
    let letters = name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let words: String = letters.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn one_process_is_found_by_all_its_names() {
        for text in [
            "laser cutting",
            "Laser-Cutting",
            "découpe laser",
            "DECOUPE LASER",
            "lasersnijden",
            "LAS",
            "Q3062349",
            "https://www.wikidata.org/wiki/Q3062349",
            "http://www.wikidata.org/entity/Q3062349",
            "https://en.wikipedia.org/wiki/Laser_cutting",
            "laser",
            "Laser cutter (CO2)",
        ] {
            assert_eq!(find(text).map(|p| p.id), Some("laser-cutting"), "{text}");
        }
        for (text, id) in [
            ("three_d_printing", "3d-printing"),
            ("impression 3D", "3d-printing"),
            ("FDM (Fused Deposition Modeling)", "fdm-printing"),
            ("fraiseuse numérique", "cnc-milling"),
            ("Naaien", "sewing"),
            ("vinyl_cutting", "vinyl-cutting"),
        ] {
            assert_eq!(find(text).map(|p| p.id), Some(id), "{text}");
        }
    }

    #[test]
    fn what_is_not_known_is_kept_as_it_is() {
        assert_eq!(find("basket weaving under water"), None);
        assert_eq!(settled(" Basket weaving "), "Basket weaving");
        assert_eq!(find(&"laser ".repeat(100)), None);
        assert_eq!(find("https://example.org/wiki/Laser_cutting"), None);
        assert_eq!(find(""), None);
    }

    #[test]
    fn a_machine_is_known_by_the_longest_name_in_its_own() {
        for (text, id) in [
            ("Trotec Speedy 300 laser", "laser-cutting"),
            ("Imprimante 3D Prusa MK3", "3d-printing"),
            ("Juki sewing machine 2", "sewing"),
        ] {
            assert_eq!(guess(text).map(|p| p.id), Some(id), "{text}");
        }
        assert_eq!(guess("Coffee maker"), None);
    }

    #[test]
    fn a_kind_of_a_process_is_that_process() {
        assert!(find("SLA").unwrap().is("3d-printing"));
        assert!(!find("3d printing").unwrap().is("resin-printing"));
    }

    #[test]
    fn the_table_is_one_of_processes_each_with_its_own_names() {
        let mut names: HashMap<String, &str> = HashMap::new();
        for process in PROCESSES {
            assert!(process.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            assert!(process.kind_of.is_none_or(|id| by_id(id).is_some()), "{}", process.id);
            let codes = process.tsdc.iter().chain(&process.wikidata);
            for name in process.names.iter().copied().chain(process.aliases.split(';')).chain(codes.copied())
            {
                let before = names.insert(plain(name), process.id);
                assert!(before.is_none_or(|id| id == process.id), "{name} of {} and {before:?}", process.id);
            }
        }
    }
}

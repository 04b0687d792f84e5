//! Words for materials in English, French and Dutch, and which material is a kind of which.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use crate::process::plain;

/// What one material is called: the first word is its own, `;` stands between, and what it is a kind of.
const MATERIALS: &[(&str, &str)] = &[
    ("wood; bois; hout; timber; holz", ""),
    ("plywood; contreplaque; multiplex; triplex; betonplex; multiplexe", "wood"),
    ("mdf; medium", "wood"),
    ("hdf", "wood"),
    ("osb", "wood"),
    ("chipboard; agglomere; spaanplaat; particleboard", "wood"),
    ("birch; bouleau; berken; berk", "wood"),
    ("beech; hetre; beuken; beuk", "wood"),
    ("oak; chene; eiken; eik", "wood"),
    ("pine; pin; dennen; den; sapin; spruce; fir; vuren", "wood"),
    ("poplar; peuplier; populieren; populier", "wood"),
    ("maple; erable; esdoorn", "wood"),
    ("balsa", "wood"),
    ("bamboo; bambou; bamboe", "wood"),
    ("cork; liege; kurk", ""),
    ("plastic; plastique; kunststof; plastics; plastiques; plastik; polymer", ""),
    ("acrylic; plexiglas; plexi; pmma; acrylique; acryl; plexiglass; acrylaat; perspex", "plastic"),
    ("pla", "plastic"),
    ("abs", "plastic"),
    ("petg; pet", "plastic"),
    ("nylon; polyamide; pa", "plastic"),
    ("tpu; tpe; flex", "plastic"),
    ("polycarbonate; pc", "plastic"),
    ("polypropylene; pp; polypropyleen", "plastic"),
    ("polyethylene; pe; hdpe; ldpe; polyethyleen", "plastic"),
    ("resin; resine; hars; resins; photopolymer", "plastic"),
    ("metal; metaal; metals; metaux; metalen", ""),
    ("steel; acier; staal", "metal"),
    ("stainless; inox; inoxydable; roestvrij; rvs", "steel"),
    ("aluminium; aluminum; alu", "metal"),
    ("brass; laiton; messing", "metal"),
    ("copper; cuivre; koper", "metal"),
    ("iron; fer; ijzer", "metal"),
    ("titanium; titane; titaan", "metal"),
    ("paper; papier", ""),
    ("cardboard; carton; karton; carton gris", "paper"),
    ("textile; textiles; tissu; tissus; stof; fabric; fabrics; textiel; stoffen", ""),
    ("cotton; coton; katoen", "textile"),
    ("felt; feutre; vilt", "textile"),
    ("wool; laine; wol", "textile"),
    ("leather; cuir; leer", ""),
    ("glass; verre; glas", ""),
    ("stone; pierre; steen", ""),
    ("ceramic; ceramique; keramiek; clay; argile; klei; ceramics", ""),
    ("rubber; caoutchouc; gummi", ""),
    ("foam; mousse; schuim; polystyrene; piepschuim", ""),
    ("vinyl; vinyle", "plastic"),
    ("wax; cire; was", ""),
];
/// Words that say nothing of a material.
const SILENT: [&str; 22] = [
    "de", "du", "des", "la", "le", "les", "en", "et", "and", "or", "of", "the", "a", "van", "het", "d", "l",
    "mm", "cm", "sheet", "panel", "only",
];
/// Words of one text that are read.
const WORDS_MAX: usize = 24;

struct Word {
    own: &'static str,
    kind_of: &'static str,
}

static WORDS: LazyLock<HashMap<String, Word>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for (names, kind_of) in MATERIALS {
        let own = names.split(';').next().unwrap_or_default().trim();
        for name in names.split(';') {
            words.entry(plain(name)).or_insert(Word { own, kind_of });
        }
    }
    words
});

/// A material as the words that say it, each by its own name, and the wider ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Materials {
    said: BTreeSet<String>,
    wider: BTreeSet<String>,
}

impl Materials {
    /// The material that a text names.
    pub fn of(text: &str) -> Self {
        let text: String = text.chars().take(400).collect();
        let mut all = Self::default();
        for word in plain(&text).split(' ').take(WORDS_MAX) {
            if word.is_empty() || word.starts_with(|c: char| c.is_ascii_digit()) || SILENT.contains(&word) {
                continue;
            }
            let known = WORDS.get(word).or_else(|| WORDS.get(word.strip_suffix(['s', 'n'])?));
            let Some(known) = known else {
                all.said.insert(word.to_owned());
                continue;
            };
            all.said.insert(known.own.to_owned());
            let mut at = known.kind_of;
            while !at.is_empty() {
                all.wider.insert(at.to_owned());
                at = WORDS.get(at).map_or("", |word| word.kind_of);
            }
        }
        all
    }

    /// What it is called: each word that says it by its own name, and the wider ones.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.said.union(&self.wider).map(String::as_str)
    }

    /// What it must be called by to be this material.
    pub fn said(&self) -> impl Iterator<Item = &str> {
        self.said.iter().map(String::as_str)
    }

    /// Whether no word names a material.
    pub fn is_empty(&self) -> bool {
        self.said.is_empty()
    }
}

/// Whether what a machine takes covers what is wanted: it names it, or what it is a kind of, or one kind of it.
pub fn covers(takes: &Materials, wanted: &Materials) -> bool {
    if takes.is_empty() || wanted.is_empty() {
        return false;
    }
    let named = |word: &String| wanted.said.contains(word) || wanted.wider.contains(word);
    takes.said.iter().all(named) || wanted.said.is_subset(&takes.said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_material_is_covered_by_its_names_and_by_what_it_is_a_kind_of() {
        for (takes, wanted, fits) in [
            ("Plywood", "birch plywood", true),
            ("wood", "birch plywood", true),
            ("Bois", "birch plywood", true),
            ("contreplaqué bouleau", "birch plywood", true),
            ("berken multiplex 12 mm", "birch plywood", true),
            ("birch plywood 3 mm", "plywood", true),
            ("Aluminum", "birch plywood", false),
            ("stainless steel", "plywood", false),
            ("metals", "inox", true),
            ("oak plywood", "birch plywood", false),
            ("unobtainium", "unobtainium", true),
            ("", "wood", false),
        ] {
            assert_eq!(covers(&Materials::of(takes), &Materials::of(wanted)), fits, "{takes} / {wanted}");
        }
    }
}

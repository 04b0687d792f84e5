//! The words by which headings and columns are known, in English, French and Dutch.

use crate::document::schema::procedure::{CONTROLS, HAZARDS, MATERIALS, STEPS, TOOLS};

/// The language of a page, as far as its headings say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
    /// Dutch.
    Dutch,
    /// None of these, or not to be told.
    Unknown,
}

impl Language {
    /// Its code (BCP 47).
    pub fn code(self) -> &'static str {
        match self {
            Self::English | Self::Unknown => "en",
            Self::French => "fr",
            Self::Dutch => "nl",
        }
    }

    /// The language of a code such as `fr` or `nl-BE`.
    pub fn of(code: &str) -> Option<Self> {
        match code.trim().to_lowercase().split(['-', '_']).next()? {
            "en" => Some(Self::English),
            "fr" => Some(Self::French),
            "nl" => Some(Self::Dutch),
            _ => None,
        }
    }

    fn at(self) -> usize {
        match self {
            Self::English | Self::Unknown => 0,
            Self::French => 1,
            Self::Dutch => 2,
        }
    }
}

/// What a heading announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A field of the procedure.
    Field(&'static str),
    /// A list of it.
    List(&'static str),
}

type Words = &'static [&'static str];

/// Roles with the words of each language. A word of several letters fits at the beginning of a heading's word; the
/// first row that fits is meant.
const ROLES: &[(Role, [Words; 3])] = &[
    (
        Role::Field("protective-equipment"),
        [
            &["personal protective", "protective equipment", "ppe", "safety equipment", "safety gear"],
            &["équipement de protection", "équipements de protection", "protection individuelle", "epi"],
            &["beschermingsmiddelen", "beschermende uitrusting", "pbm", "persoonlijke bescherming"],
        ],
    ),
    (
        Role::List(HAZARDS),
        [
            &["safety", "hazard", "risk", "danger", "warning"],
            &["sécurité", "danger", "risque", "avertissement", "consignes de sécurité"],
            &["veiligheid", "gevaar", "gevaren", "risico", "waarschuwing"],
        ],
    ),
    (
        Role::Field("prerequisites"),
        [
            &["prerequisite", "requirements", "before you start", "before you begin", "you need to know"],
            &["prérequis", "pré-requis", "conditions préalables", "avant de commencer"],
            &["vereisten", "voorwaarden", "voorkennis", "voor je begint", "voor u begint"],
        ],
    ),
    (
        Role::Field("training"),
        [
            &["training", "access & training", "induction", "qualification", "skills"],
            &["formation", "habilitation", "compétences"],
            &["opleiding", "vorming", "vaardigheden"],
        ],
    ),
    (
        Role::List(CONTROLS),
        [
            &[
                "control point",
                "quality check",
                "quality control",
                "checklist",
                "checks",
                "inspection",
                "verification",
            ],
            &[
                "point de contrôle",
                "points de contrôle",
                "contrôle",
                "vérification",
                "liste de contrôle",
                "check-list",
            ],
            &["controlepunt", "controlelijst", "controle", "kwaliteitscontrole", "checklijst", "nazicht"],
        ],
    ),
    (
        Role::List(TOOLS),
        [
            &[
                "tools",
                "tool list",
                "machines",
                "equipment",
                "required machinery",
                "machinery",
                "tools and machines",
            ],
            &["outil", "outillage", "machines", "équipement", "matériel nécessaire"],
            &["gereedschap", "machines", "werktuigen", "uitrusting", "apparatuur"],
        ],
    ),
    (
        Role::List(MATERIALS),
        [
            &["material", "consumable", "supplies", "parts", "ingredients", "bill of materials"],
            &["matériau", "matériaux", "matière", "consommable", "fournitures", "pièces"],
            &["materiaal", "materialen", "verbruiksgoederen", "benodigdheden", "grondstoffen", "onderdelen"],
        ],
    ),
    (
        Role::List(STEPS),
        [
            &[
                "steps",
                "procedure",
                "instructions",
                "operation",
                "operating",
                "process",
                "how to",
                "quick steps",
                "method",
            ],
            &[
                "étape",
                "procédure",
                "mode opératoire",
                "marche à suivre",
                "déroulement",
                "déroulé",
                "instructions",
                "opération",
            ],
            &[
                "stappen",
                "werkwijze",
                "procedure",
                "handleiding",
                "instructies",
                "uitvoering",
                "bediening",
                "verloop",
            ],
        ],
    ),
    (
        Role::Field("purpose"),
        [
            &["purpose", "objective", "goal", "aim", "why"],
            &["but", "objectif", "objet", "finalité", "pourquoi"],
            &["doel", "doelstelling", "waarom"],
        ],
    ),
    (
        Role::Field("scope"),
        [
            &["scope", "applies to", "where it applies"],
            &[
                "domaine d'application",
                "domaine d’application",
                "champ d'application",
                "champ d’application",
                "portée",
            ],
            &["toepassingsgebied", "reikwijdte", "geldt voor"],
        ],
    ),
];

/// Columns of a table and labels of what is said below an item: the list they are of (empty for any), the field, and
/// the words of each language, of which the first is written.
type Column = (&'static str, &'static str, [Words; 3]);

const COLUMNS: &[Column] = &[
    (HAZARDS, "hazard", [&["hazard", "risk", "danger"], &["danger", "risque"], &["gevaar", "risico"]]),
    (
        HAZARDS,
        "precaution",
        [
            &["precaution", "control", "measure", "what to do", "mitigation"],
            &["précaution", "mesure", "prévention"],
            &["voorzorg", "maatregel", "preventie"],
        ],
    ),
    (HAZARDS, "severity", [&["severity"], &["gravité"], &["ernst"]]),
    (
        TOOLS,
        "tool",
        [
            &["tool", "machine", "equipment"],
            &["outil", "machine", "équipement"],
            &["gereedschap", "machine", "toestel"],
        ],
    ),
    (TOOLS, "process", [&["process"], &["procédé"], &["proces"]]),
    (TOOLS, "machine", [&["model"], &["modèle"], &["model"]]),
    (
        MATERIALS,
        "material",
        [&["material", "part", "item"], &["matériau", "matière", "pièce"], &["materiaal", "onderdeel"]],
    ),
    (MATERIALS, "specification", [&["specification"], &["spécification"], &["specificatie"]]),
    (
        CONTROLS,
        "what",
        [
            &["check", "control point", "criterion"],
            &["contrôle", "point de contrôle", "critère"],
            &["controle", "controlepunt", "criterium"],
        ],
    ),
    (CONTROLS, "step", [&["step"], &["étape"], &["stap"]]),
    (CONTROLS, "method", [&["method", "how"], &["méthode", "comment"], &["methode", "hoe"]]),
    (
        CONTROLS,
        "acceptance",
        [
            &["acceptance", "limit", "accepted when"],
            &["acceptation", "tolérance", "valeur acceptée"],
            &["aanvaarding", "grens", "tolerantie"],
        ],
    ),
    (STEPS, "title", [&["step"], &["étape"], &["stap"]]),
    (STEPS, "tools", [&["tools"], &["outils"], &["gereedschap"]]),
    (STEPS, "caution", [&["caution"], &["attention"], &["let op"]]),
    (STEPS, "duration", [&["duration", "time"], &["durée", "temps"], &["duur", "tijd"]]),
    ("", "quantity", [&["quantity", "qty", "amount"], &["quantité", "qté"], &["hoeveelheid", "aantal"]]),
    ("", "note", [&["note", "notes", "remark"], &["remarque", "note"], &["opmerking", "nota"]]),
];

/// A heading in lower case without signs before its first letter.
fn plain(heading: &str) -> String {
    let letters = super::outline::plain(heading).to_lowercase();
    letters.trim_start_matches(|c: char| !c.is_alphanumeric()).trim().to_owned()
}

/// Where a phrase stands at the beginning of one of the first words of a heading.
fn place(heading: &str, phrase: &str) -> Option<usize> {
    let short = phrase.chars().count() <= 4;
    let fits = |at: usize| {
        let before = heading.get(..at).unwrap_or_default();
        let after = heading.get(at + phrase.len()..).unwrap_or_default();
        let begins = before.chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        // A short word stands alone, at the beginning; a long one among the first four words, with any ending.
        let alone = after.chars().next().is_none_or(|c| !c.is_alphanumeric());
        let early = before.split_whitespace().count() < 4;
        begins && early && (!short || alone && (before.is_empty() || before.ends_with('(')))
    };
    heading.match_indices(phrase).map(|(at, _)| at).find(|at| fits(*at))
}

fn has(heading: &str, phrase: &str) -> bool {
    place(heading, phrase).is_some()
}

/// What a heading announces, if that is known: by the word that stands first in it.
pub(super) fn role(heading: &str) -> Option<Role> {
    let heading = plain(heading);
    if heading.is_empty() || heading.split_whitespace().count() > 8 {
        return None;
    }
    let first = |words: &[Words; 3]| {
        words.iter().flat_map(|all| all.iter()).filter_map(|word| place(&heading, word)).min()
    };
    let found = ROLES.iter().filter_map(|(role, words)| first(words).map(|at| (at, *role)));
    found.min_by_key(|(at, _)| *at).map(|(_, role)| role)
}

/// The language that most of the headings that are known by words of one language only speak.
pub(super) fn language<'h>(headings: impl Iterator<Item = &'h str>) -> Language {
    let mut count = [0_usize; 3];
    for heading in headings {
        let heading = plain(heading);
        let found = ROLES.iter().find_map(|(_, words)| {
            let fits = words.map(|all| all.iter().any(|word| has(&heading, word)));
            fits.contains(&true).then_some(fits)
        });
        let Some(fits) = found.filter(|fits| fits.iter().filter(|f| **f).count() == 1) else { continue };
        count.iter_mut().zip(fits).for_each(|(n, fits)| *n += usize::from(fits));
    }
    let most = count.iter().max().copied().unwrap_or(0);
    let of = [Language::English, Language::French, Language::Dutch];
    let mut best =
        of.into_iter().zip(count).filter(|(_, n)| *n == most && most > 0).map(|(language, _)| language);
    match (best.next(), best.next()) {
        (Some(one), None) => one,
        _ => Language::Unknown,
    }
}

/// The heading under which something is written that no section holds.
pub(super) fn heading(holds: &str, language: Language) -> &'static str {
    const HEADINGS: [(&str, [&str; 3]); 10] = [
        ("purpose", ["Purpose", "Objectif", "Doel"]),
        ("scope", ["Scope", "Domaine d'application", "Toepassingsgebied"]),
        ("prerequisites", ["Prerequisites", "Prérequis", "Vereisten"]),
        ("training", ["Training", "Formation", "Opleiding"]),
        (
            "protective-equipment",
            ["Protective equipment", "Équipement de protection", "Beschermingsmiddelen"],
        ),
        (HAZARDS, ["Safety", "Sécurité", "Veiligheid"]),
        (TOOLS, ["Tools", "Outils", "Gereedschap"]),
        (MATERIALS, ["Materials", "Matériaux", "Materialen"]),
        (STEPS, ["Steps", "Étapes", "Stappen"]),
        (CONTROLS, ["Control points", "Points de contrôle", "Controlepunten"]),
    ];
    let words = HEADINGS.iter().find(|(name, _)| *name == holds).map(|(_, words)| words);
    words.and_then(|words| words.get(language.at())).copied().unwrap_or("")
}

/// The field that a column's header or an item's label means in a list.
pub(super) fn column(list: &str, header: &str) -> Option<&'static str> {
    let header = plain(header);
    let of = |(l, _, _): &&Column| l.is_empty() || *l == list;
    let fits = |(_, _, words): &&Column| words.iter().any(|all| all.contains(&header.as_str()));
    COLUMNS.iter().filter(of).find(fits).map(|(_, field, _)| *field)
}

/// What a field of a list's items is called.
pub(super) fn label(list: &str, field: &str, language: Language) -> Option<&'static str> {
    let is = |(l, f, _): &&Column| (l.is_empty() || *l == list) && *f == field;
    COLUMNS.iter().find(is).and_then(|(_, _, words)| words.get(language.at())?.first().copied())
}

//! Pages that ship: templates of procedures, each in English, French and Dutch.

use aronde_protocol::interchange::sop::Language;

/// A template's page in one language.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    /// Its name, the same in every language.
    pub name: &'static str,
    /// The language.
    pub language: Language,
    /// The page in Markdown.
    pub page: &'static str,
}

macro_rules! templates {
    ($($name:literal),*) => {
        /// All templates, by name and language.
        pub const ALL: &[Template] = &[$(
            Template { name: $name, language: Language::English, page: include_str!(concat!("templates/en/", $name, ".md")) },
            Template { name: $name, language: Language::French, page: include_str!(concat!("templates/fr/", $name, ".md")) },
            Template { name: $name, language: Language::Dutch, page: include_str!(concat!("templates/nl/", $name, ".md")) },
        )*];
    };
}

templates!(
    "circular-materials",
    "design-for-manufacture",
    "equipment-investment",
    "quality-assurance",
    "take-back",
    "technical-specification"
);

impl Template {
    /// Its title in its language.
    pub fn title(&self) -> &'static str {
        self.page.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or(self.name)
    }
}

/// The page of a template.
pub fn page(name: &str, language: Language) -> Option<&'static str> {
    ALL.iter().find(|t| t.name == name && t.language == language).map(|t| t.page)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use aronde_protocol::interchange::{Given, sop};

    use super::*;

    #[test]
    fn every_template_is_read_without_a_finding_and_gives_control_points() {
        assert_eq!(ALL.len(), 18);
        for template in ALL {
            let (name, code) = (template.name, template.language.code());
            let read = sop::read(name, template.page.as_bytes(), &Given::default()).unwrap();
            assert_eq!(read.findings, [], "{name} in {code}");
            let count = |list: &str| read.draft.lists.get(list).map_or(0, Vec::len);
            assert!(count("controls") >= 5, "{name} in {code}: {} control points", count("controls"));
            assert!(count("steps") >= 3, "{name} in {code}: {} steps", count("steps"));
            assert!(read.draft.fields.contains_key("purpose"), "{name} in {code}");
            assert_eq!(read.draft.fields.get("language").unwrap().to_string(), code, "{name}");
            assert_eq!(read.draft.fields.get("title").unwrap().to_string(), template.title(), "{name}");
            let lines = template.page.lines().count();
            assert!((40..=120).contains(&lines), "{name} in {code} has {lines} lines");
        }
    }

    #[test]
    fn the_languages_of_a_template_have_the_same_shape() {
        for of_one in ALL.chunks(3) {
            let shapes = of_one.iter().map(|template| {
                let draft = sop::read("t", template.page.as_bytes(), &Given::default()).unwrap().draft;
                draft.lists.iter().map(|(list, items)| (list.clone(), items.len())).collect::<Vec<_>>()
            });
            let shapes: Vec<_> = shapes.collect();
            assert!(shapes.windows(2).all(|two| two.first() == two.last()), "{}: {shapes:?}", of_one.len());
        }
    }
}

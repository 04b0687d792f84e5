//! The languages whose words have a common stem here.

/// Some of the languages: those in which a text may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Languages {
    /// English.
    pub english: bool,
    /// French.
    pub french: bool,
    /// Dutch.
    pub dutch: bool,
}

impl Languages {
    /// Any of them: a text that doesn't say.
    pub const ALL: Self = Self { english: true, french: true, dutch: true };

    /// What a field that names languages says, such as `fr`, `nl-BE` or `fr, en`; all, when it names none of these.
    pub fn of(text: &str) -> Self {
        let mut some = Self { english: false, french: false, dutch: false };
        for name in text.split([',', ';', '/', ' ', '+']) {
            match name.split(['-', '_']).next().unwrap_or_default().to_lowercase().as_str() {
                "en" | "eng" | "english" | "anglais" | "engels" => some.english = true,
                "fr" | "fra" | "fre" | "french" | "français" | "francais" | "frans" => some.french = true,
                "nl" | "nld" | "dut" | "dutch" | "néerlandais" | "nederlands" => some.dutch = true,
                _ => {}
            }
        }
        if some.each().contains(&true) { some } else { Self::ALL }
    }

    /// Whether English, French and Dutch are among them, in the order of the stems of the index.
    pub fn each(self) -> [bool; 3] {
        [self.english, self.french, self.dutch]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_of_the_languages_that_its_document_names_or_of_any() {
        assert_eq!(Languages::of("nl-BE").each(), [false, false, true]);
        assert_eq!(Languages::of("fr, en").each(), [true, true, false]);
        for unsaid in ["", "de", "klingon"] {
            assert_eq!(Languages::of(unsaid), Languages::ALL);
        }
    }
}

//! `aronde audit --report`: the audit as a page for people, or as a document for programs.

use std::path::{Path, PathBuf};

use aronde_node::api::{AuditReport, AuditReported, ReportForm, ReportLanguage, ServiceError};
use clap::ValueEnum;

use crate::context::absolute;
use crate::output::{bytes, clean};

/// What is reported, and in which words.
#[derive(Debug, clap::Args)]
pub struct Report {
    /// Write a report with exact totals, too: FILE.html to read and print, FILE.json for programs; not there yet
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// The language of a page; that of the environment (LANG), when left out
    #[arg(long, requires = "report")]
    language: Option<Language>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Language {
    /// English
    En,
    /// Français
    Fr,
    /// Nederlands
    Nl,
}

impl Report {
    pub fn request(&self, file: &Path) -> Result<AuditReport, ServiceError> {
        let language = match self.language {
            Some(Language::En) => ReportLanguage::English,
            Some(Language::Fr) => ReportLanguage::French,
            Some(Language::Nl) => ReportLanguage::Dutch,
            None => spoken(|name| std::env::var(name).ok()),
        };
        Ok(AuditReport { file: absolute(file)?, form: form(file)?, language })
    }
}

/// What the ending of a file's name says.
fn form(file: &Path) -> Result<ReportForm, ServiceError> {
    let ending = file.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    match ending.as_deref() {
        Some("html") => Ok(ReportForm::Html),
        Some("json") => Ok(ReportForm::Json),
        _ => Err(ServiceError::user(format!("{} ends neither in .html nor in .json", file.display()))
            .hint("a page to read and print is FILE.html, a document for programs FILE.json")),
    }
}

/// The language that the environment speaks, if it is one of ours.
fn spoken(variable: impl Fn(&str) -> Option<String>) -> ReportLanguage {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let said = names.iter().find_map(|name| variable(name).filter(|said| !said.is_empty()));
    match said.as_deref().and_then(|said| said.split(['_', '-', '.', '@']).next()) {
        Some("fr") => ReportLanguage::French,
        Some("nl") => ReportLanguage::Dutch,
        _ => ReportLanguage::English,
    }
}

/// What is said of a report that was written.
pub fn text(made: &AuditReported) -> String {
    format!("\nreport written to {} ({})\n", clean(&made.report.display().to_string()), bytes(made.bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_speaks_as_the_environment_does_and_english_where_it_says_nothing_that_is_known() {
        let spoken = |variables: &[(&str, &str)]| {
            let of = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
            spoken(of)
        };
        assert_eq!(spoken(&[("LANG", "fr_BE.UTF-8")]), ReportLanguage::French);
        assert_eq!(spoken(&[("LANG", "fr_BE.UTF-8"), ("LC_ALL", "nl")]), ReportLanguage::Dutch);
        assert_eq!(spoken(&[("LANG", "nl_NL@euro"), ("LC_ALL", "")]), ReportLanguage::Dutch);
        assert_eq!(spoken(&[("LC_ALL", "C"), ("LANG", "fr")]), ReportLanguage::English);
        assert_eq!(spoken(&[("LANG", "frisian")]), ReportLanguage::English);
        assert_eq!(spoken(&[]), ReportLanguage::English);
    }

    #[test]
    fn the_ending_of_the_name_says_what_is_written() {
        assert_eq!(form(Path::new("a/b.HTML")).ok(), Some(ReportForm::Html));
        assert_eq!(form(Path::new("b.json")).ok(), Some(ReportForm::Json));
        for name in ["b", "b.htm", "b.pdf", ".html", "b.json.gz"] {
            assert!(form(Path::new(name)).is_err(), "{name}");
        }
    }
}

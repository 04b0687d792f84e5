//! Findings as a page shows them: faults first, then questions, then notes; each sort together.

use aronde_protocol::printable::{html, one_line};
use aronde_protocol::record::plausibility::Odd;

use super::words::{Told, Words};
use crate::api::{AuditAnswer, Finding};

/// Findings of one sort that a page shows: what one reads, and then asks the node. The report in JSON has all.
const SHOWN: usize = 20;
/// Signs of what a finding says: no sentence of an audit is longer, but it may hold a text from outside.
const SENTENCE_MAX: usize = 400;
/// Signs of an id or a hash, as people copy them to look one up.
const ID_SHOWN: usize = 12;

/// The sorts of findings that are known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    DamagedEntry,
    LostEntry,
    BadSignature,
    RefusedEntry,
    WrongVerdict,
    NotHeld,
    NotErased,
    DamagedDocument,
    DamagedJournal,
    DamagedFile,
    MissingFile,
    LedgerNotRead,
    Redacted,
    SkippedEdit,
    Fork,
    Parked,
    MissingPersonal,
    SetBack,
    Unseen,
    WrongSeal,
    Odd(Odd),
}

impl Kind {
    const ALL: [(&str, Self); 20] = [
        ("damaged-entry", Self::DamagedEntry),
        ("lost-entry", Self::LostEntry),
        ("bad-signature", Self::BadSignature),
        ("refused-entry", Self::RefusedEntry),
        ("wrong-verdict", Self::WrongVerdict),
        ("not-held", Self::NotHeld),
        ("not-erased", Self::NotErased),
        ("damaged-document", Self::DamagedDocument),
        ("damaged-journal", Self::DamagedJournal),
        ("damaged-file", Self::DamagedFile),
        ("missing-file", Self::MissingFile),
        ("ledger-not-read", Self::LedgerNotRead),
        ("redacted", Self::Redacted),
        ("skipped-edit", Self::SkippedEdit),
        ("fork", Self::Fork),
        ("parked", Self::Parked),
        ("missing-personal", Self::MissingPersonal),
        ("set-back", Self::SetBack),
        ("unseen", Self::Unseen),
        ("wrong-seal", Self::WrongSeal),
    ];

    fn of(word: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind);
        known.or_else(|| Odd::ALL.into_iter().find(|odd| odd.word() == word).map(Self::Odd))
    }
}

/// What a finding asks of its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Fault,
    Question,
    Note,
}

impl Class {
    /// Of a finding, in an audit that is well or not. Where all is well nothing is a fault; where it isn't, whatever is not
    /// known to be harmless may be one.
    fn of(kind: &str, well: bool) -> Self {
        match Kind::of(kind) {
            Some(Kind::Odd(_)) => Self::Question,
            Some(
                Kind::MissingFile
                | Kind::LedgerNotRead
                | Kind::Redacted
                | Kind::SkippedEdit
                | Kind::Fork
                | Kind::Parked
                | Kind::Unseen
                | Kind::WrongSeal,
            ) => Self::Note,
            _ if well => Self::Note,
            _ => Self::Fault,
        }
    }
}

/// The findings of an audit by what they ask.
pub(super) struct Sorted<'a> {
    pub faults: Vec<&'a Finding>,
    pub questions: Vec<&'a Finding>,
    pub notes: Vec<&'a Finding>,
}

impl<'a> Sorted<'a> {
    pub fn of(audit: &'a AuditAnswer) -> Self {
        let of = |class| {
            let all = audit.findings.iter();
            all.filter(|finding| Class::of(&finding.kind, audit.ok) == class).collect()
        };
        Self { faults: of(Class::Fault), questions: of(Class::Question), notes: of(Class::Note) }
    }

    /// The section of a page.
    pub fn section(&self, words: &Words) -> String {
        let mut out = format!("<section id=\"findings\">\n<h2>{}</h2>\n", words.findings);
        if self.faults.is_empty() && self.questions.is_empty() && self.notes.is_empty() {
            out += &format!("<p>{}</p>\n", words.nothing_found);
        }
        out += &class(&self.faults, &words.faults_are, "fault", words);
        out += &class(&self.questions, &words.questions_are, "question", words);
        out += &class(&self.notes, &words.notes_are, "note", words);
        if let Some(sentences) = words.sentences.filter(|_| out.contains("<li>")) {
            out += &format!("<p class=\"small\">{sentences}</p>\n");
        }
        out + "</section>\n"
    }
}

fn class(findings: &[&Finding], told: &Told, class: &str, words: &Words) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let mut out = format!("<div class=\"{class}\">\n<h3>{}</h3>\n<p>{}</p>\n", told.heading, told.means);
    let mut kinds: Vec<&str> = Vec::new();
    for finding in findings {
        if !kinds.contains(&finding.kind.as_str()) {
            kinds.push(&finding.kind);
        }
    }
    for kind in kinds {
        let of_kind: Vec<&&Finding> = findings.iter().filter(|finding| finding.kind == kind).collect();
        let heading =
            Kind::of(kind).map_or_else(|| html(&one_line(kind)), |kind| (words.kind)(kind).to_owned());
        let count = words.number(&of_kind.len().to_string());
        out += &format!("<h4>{heading} <span class=\"count\">{count}</span></h4>\n<ul class=\"found\">\n");
        for finding in of_kind.iter().take(SHOWN) {
            out += &item(finding, words);
        }
        out += "</ul>\n";
        if let Some(more) = of_kind.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            out += &format!("<p class=\"small\">{}</p>\n", (words.more)(&words.number(&more.to_string())));
        }
    }
    out + "</div>\n"
}

fn item(finding: &Finding, words: &Words) -> String {
    let id: Option<String> = finding.entry.as_ref().map(|id| id.chars().take(ID_SHOWN).collect());
    let id = id.map(|id| format!("<code>{}</code> ", html(&one_line(&id)))).unwrap_or_default();
    let mut what: String = finding.what.chars().take(SENTENCE_MAX).collect();
    if what.len() < finding.what.len() {
        what.push('…');
    }
    // The sentences are those of the audit, which speaks English.
    let lang = if words.sentences.is_some() { " lang=\"en\"" } else { "" };
    format!("<li>{id}<span{lang}>{}</span></li>\n", html(&one_line(&what)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Checked, ReportLanguage};

    fn found(kinds: &[&str], ok: bool) -> AuditAnswer {
        let finding = |kind: &&str| Finding { kind: (*kind).into(), entry: None, what: "it is so".into() };
        AuditAnswer {
            ok,
            checked: Checked::default(),
            findings: kinds.iter().map(finding).collect(),
            since: None,
        }
    }

    #[test]
    fn faults_stand_before_questions_and_questions_before_notes() {
        let audit = found(&["parked", "long-day", "damaged-file"], false);
        let page = Sorted::of(&audit).section(Words::of(ReportLanguage::English));
        let place = |what| page.find(what).unwrap_or(usize::MAX);
        let places = ["Damaged file", "Over 24 hours", "Held, without effect"].map(place);
        assert!(places.is_sorted() && places != [usize::MAX; 3], "{page}");
    }

    #[test]
    fn what_is_not_known_is_a_fault_only_where_something_fails() {
        let count = |ok| {
            let audit = found(&["of-a-newer-version", "damaged-journal", "fork"], ok);
            let sorted = Sorted::of(&audit);
            (sorted.faults.len(), sorted.notes.len())
        };
        assert_eq!((count(true), count(false)), ((0, 3), (2, 1)));
    }

    #[test]
    fn of_many_of_one_sort_the_first_are_shown_and_the_others_counted() {
        let audit = found(&vec!["fork"; 1_234], true);
        let page = Sorted::of(&audit).section(Words::of(ReportLanguage::French));
        assert_eq!(page.matches("<li>").count(), SHOWN);
        assert!(page.contains("1214") && page.contains("1234"), "{page}");
    }

    #[test]
    fn a_sentence_from_outside_is_text_of_bounded_length_on_one_line() {
        let mut audit = found(&["<i>"], false);
        for finding in &mut audit.findings {
            finding.what = format!("</li><script>\u{202e}\n{}", "x".repeat(100_000));
            finding.entry = Some("<b>".repeat(50));
        }
        let page = Sorted::of(&audit).section(Words::of(ReportLanguage::Dutch));
        assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("<i>"), "{page}");
        assert!(page.len() < 2_000 && !page.contains('\u{202e}'), "{page}");
    }
}

//! A page in English.

use aronde_protocol::quantity::unit::Dimension;
use aronde_protocol::record::plausibility::Odd;
use aronde_protocol::record::standing::Standing;

use super::super::findings::Kind;
use super::{Noun, Told, Words};

pub(super) const WORDS: Words = Words {
    code: "en",
    place: 0,
    point: '.',
    none_is_one: false,

    report: "Audit report",
    subtitle: "Who gave what, and what of it was checked",
    contents: "Contents",
    well: Told {
        heading: "All is well",
        means: "Everything that is held here was checked again, byte by byte, and nothing fails.",
    },
    not_well: Told {
        heading: "Not well",
        means: "Something that is held here fails its check. It is named first under the findings.",
    },
    faults: Noun("fault", "faults"),
    questions: Noun("question to people", "questions to people"),
    notes: Noun("note", "notes"),
    came_in: |entries| {
        format!(
            "Entries that came in after the audit: {entries}. The totals have them, and they were not checked."
        )
    },
    alarm: |charters| {
        format!(
            "The charters {charters} quarrel: each follows the same one, and none of them is followed here. What counts may differ elsewhere until one heals the others."
        )
    },

    about: "About this report",
    unsigned: "Nobody signs this page, and it proves nothing by itself. The last part says how to come to the same figures without believing whoever made it.",
    federation: "Federation",
    made_by: "Made by",
    workshop: "Workshop",
    made_at: "Made at",
    as_clock_says: "as the clock of the machine says",
    charter: "Newest charter",
    no_charter: "none yet; all is judged from the founding entry",
    endorsed_by: "Endorsed by",
    missing: "Asked, and not there",
    digest: "Digest of what counts",
    held_digest: "Digest of what is held",
    digests_mean: "Two machines with the same digests hold the same and say the same. They can be compared over the telephone.",

    checked: Told {
        heading: "What was checked",
        means: "Every entry and every file was hashed again and every signature verified. Each log was followed from its head to its start, each right judged from the founding entry on, each document built anew.",
    },
    checked_what: ["Entries", "Signatures", "Logs", "Documents", "Records", "Files"],

    totals: Told {
        heading: "Totals",
        means: "Sums are exact. Different units are never added to each other, nor one currency to another. What was corrected, retracted or has no effect is in no sum.",
    },
    contributions: "Contributions",
    standing_means: |standing| match standing {
        Standing::Claimed => {
            Told { heading: "claimed", means: "said by somebody, and neither confirmed nor disputed" }
        }
        Standing::Confirmed => {
            Told { heading: "confirmed", means: "others who know of it say that it is so" }
        }
        Standing::Disputed => Told { heading: "disputed", means: "a member says that it is not so" },
        Standing::Corrected => Told { heading: "corrected", means: "another stands in its place" },
        Standing::Retracted => Told { heading: "retracted", means: "taken back by who said or did it" },
        Standing::Parked => Told { heading: "parked", means: "kept without effect, for lack of a right" },
    },
    confirmed_by: |members, elsewhere| {
        let who = if members == 1 { "another member confirms" } else { "other members confirm" };
        let many = if members == 1 { String::new() } else { format!("{members} ") };
        let elsewhere = match elsewhere {
            0 => String::new(),
            n => format!(", {n} of them of a workshop in which its author never was"),
        };
        format!(
            "In this federation a contribution is confirmed when {many}{who} it who neither said nor did it{elsewhere}."
        )
    },
    by: [
        Told {
            heading: "By person",
            means: "Who did it. Somebody who is no member was named by a member, in a table or a history.",
        },
        Told { heading: "By workshop", means: "In whose scope it was done." },
        Told { heading: "By subject", means: "What it was for: a design, a procedure, a workshop." },
        Told { heading: "By month", means: "When it was done or begun, as its author says, in UTC." },
    ],
    by_column: ["Person", "Workshop", "For", "Month"],
    what: "What",
    total: "Total",
    records: "Records",
    of_what: "for:",
    nothing_yet: "No contribution was recorded yet.",
    no_member: "no member",
    not_said: "not said",
    more: |n| format!("and {n} more; the report in JSON has all of them"),
    months: |first, last, most, amount| format!("From {first} to {last}; most in {most}: {amount}."),
    counted: |what| format!("Number: {what}"),
    dimension: |dimension| match dimension {
        Dimension::Time => "Time",
        Dimension::Length => "Length",
        Dimension::Area => "Area",
        Dimension::Volume => "Volume",
        Dimension::Mass => "Mass",
        Dimension::Energy => "Energy",
        Dimension::Power => "Power",
        Dimension::Data => "Data",
        Dimension::Charge => "Electric charge",
        Dimension::Number | Dimension::Own => "Number",
    },

    findings: "Findings",
    nothing_found: "Nothing was found.",
    faults_are: Told {
        heading: "Faults",
        means: "Something that is held is not what was signed or named, or cannot be judged.",
    },
    questions_are: Told {
        heading: "Questions to people",
        means: "What is in order, and odd. These are questions and never refusals: nothing ceases to count for them, and often there is a good answer.",
    },
    notes_are: Told { heading: "Notes", means: "What one should know. Nothing fails." },
    kind: |kind| match kind {
        Kind::DamagedEntry => "Damaged entry",
        Kind::LostEntry => "Lost entry",
        Kind::BadSignature => "Signature that does not hold",
        Kind::RefusedEntry => "Entry that is refused",
        Kind::WrongVerdict => "Entry that was judged otherwise",
        Kind::NotHeld => "Entry without its past",
        Kind::NotErased => "Redacted, and not erased yet",
        Kind::DamagedDocument => "Damaged document",
        Kind::DamagedJournal => "Damaged stretch of the journal",
        Kind::DamagedFile => "Damaged file",
        Kind::MissingFile => "File that is not here yet",
        Kind::LedgerNotRead => "Ledger that could not be read whole",
        Kind::Redacted => "Redacted",
        Kind::SkippedEdit => "Edit without effect",
        Kind::Fork => "Log with two branches",
        Kind::Parked => "Held, without effect",
        Kind::MissingPersonal => "Personal part that is missing",
        Kind::SetBack => "Set back behind a checkpoint that this workshop vouched for",
        Kind::Unseen => "Held by others by a checkpoint, and never shown here",
        Kind::WrongSeal => "Checkpoint that does not come out",
        Kind::Odd(Odd::LongDay) => "Over 24 hours of work by one person on one day",
        Kind::Odd(Odd::LongerThanItsTime) => "More work than fits between its beginning and its end",
        Kind::Odd(Odd::MachineTwiceAtOnce) => {
            "A machine used more often at once than there are such machines"
        }
        Kind::Odd(Odd::Ring) => "Two members who only confirm each other",
        Kind::Odd(Odd::EvidenceTwice) => "Two contributions with the same evidence",
        Kind::Odd(Odd::Future) => "Done after it was written down, or written down in the future",
        Kind::Odd(Odd::ImpossibleDate) => "A date that cannot be",
        Kind::Odd(Odd::Jump) => "Many times what the same person gives otherwise",
    },
    sentences: None,

    again: Told {
        heading: "How to check again",
        means: "You need nobody's word for any of this, and neither whoever made this page nor their machine.",
    },
    again_how: [
        "On a machine of your own that is a member of the federation, have what the others have, and audit it:",
        "Compare the digests with those of this page:",
        "Add up again, by member, workshop, subject or month:",
        "Or have everything in one signed file:",
        "which anybody judges anywhere, with no home, no node and no network:",
        "and once more by a program in another language, from the source of Aronde. The format is published, so the program can be yours:",
        "Ask by what right an entry counts, or why it does not, and follow one contribution to those who signed it:",
    ],
    silent: "What this report does not say",
    silent_on: [
        "Whether the work was done, and done well. It says who wrote what, by what right, and that nothing was changed since. For the rest there are people who confirm or dispute.",
        "When something truly happened. Times are claims of their authors, and so is the time of this page.",
        "What nobody gave to the machine that made it. Compare the digests with those of several workshops.",
        "Notes, evidence, and what was redacted before it was made. What is redacted later stays in this copy: destroy it when asked.",
        "What a contribution is worth. Who gets what of an amount is computed by a rule that people agreed on: aronde shares.",
    ],
    foot: |version, at| {
        format!(
            "Made by Aronde {version} at {at}. Units have the codes of UCUM, currencies those of ISO 4217."
        )
    },
};

//! The workload W(D, C): D designs of C changes each, by eight authors, the same on every run.
//!
//! Change 0 creates a design with a title, a text of 300 characters and eight fields; an odd change sets
//! one of the fields; an even one replaces 5 characters of the text by 12. The words, the places and the
//! authors follow from the numbers of the design and of the change alone. The text is the description,
//! and the fields are such as a manifest has that nobody here knows.

use aronde_protocol::burst::Draft;
use aronde_protocol::canonical;
use aronde_protocol::document::authoring;
use aronde_protocol::document::batch::Batch;
use aronde_protocol::document::draft::DesignDraft;
use aronde_protocol::document::edit::{Edit, Given, Path};
use aronde_protocol::document::schema::{DESIGN, MANIFEST};
use aronde_protocol::document::value::Value;
use aronde_protocol::entry::Kind;
use aronde_protocol::id::{DocumentId, EntryId, MembershipId};

use super::Fault;

/// How many authors there are.
pub const AUTHORS: usize = 8;
/// Characters of a text at first, taken out by an even change, put in by one.
const TEXT: u64 = 300;
const OUT: u64 = 5;
const IN: u64 = 12;

const WORDS: [&str; 32] = [
    "ledger", "river", "stone", "market", "harbor", "signal", "winter", "orchard", "copper", "window",
    "garden", "meadow", "thread", "bridge", "lantern", "castle", "pepper", "violet", "anchor", "summit",
    "tunnel", "velvet", "marble", "basket", "candle", "forest", "hollow", "island", "jacket", "kettle",
    "ladder", "mirror",
];

/// Splitmix64: one number out of another.
pub fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn hash(design: u64, change: u64, salt: u64) -> u64 {
    mix(mix(mix(design) ^ change) ^ salt)
}

/// Words up to a length in bytes, the last one cut.
fn words(seed: u64, len: usize) -> String {
    let mut text = String::with_capacity(len + 10);
    for i in 0_u64.. {
        if text.len() >= len {
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        let word = usize::try_from(mix(seed ^ (i * 7_919)) % 32).unwrap_or(0);
        text.push_str(WORDS.get(word).copied().unwrap_or_default());
    }
    text.truncate(len);
    text
}

/// Who makes a change: of the first `base` changes one of all eight, of later ones one of the first four
/// on one side and of the last four on the other.
pub fn author(design: u64, change: u64, base: u64, second_side: bool) -> usize {
    let drawn = hash(design, change, 77);
    let author = match (change < base, second_side) {
        (true, _) => drawn % 8,
        (false, true) => 4 + drawn % 4,
        (false, false) => drawn % 4,
    };
    usize::try_from(author).unwrap_or(0)
}

/// The draft that creates a design: its change 0.
///
/// # Errors
/// The library doesn't write it.
pub fn create(design: u64, under: MembershipId) -> Result<Draft, Fault> {
    let r = hash(design, 0, 1);
    let fields = (0..8_u64).map(|f| {
        let value = if f % 2 == 0 {
            Value::Text(words(r ^ (100 + f), 12))
        } else {
            Value::Integer(i64::try_from((r >> f) & 0xff_ffff).unwrap_or(0))
        };
        (format!("f{f}"), value)
    });
    let design = DesignDraft {
        title: words(r, 24),
        description: words(r ^ 5, 300),
        unknown: fields.collect(),
        ..DesignDraft::default()
    };
    let batches = authoring::create_design(&design)?;
    let batch = batches.first().ok_or("a design without an edit")?;
    let facts = canonical::encode(&batch.create_facts(under, DESIGN))?;
    Ok(Draft { kind: Kind::CREATE, subject: None, deps: Vec::new(), facts, personal: None })
}

/// The draft of a later change, on top of these heads.
///
/// # Errors
/// The library doesn't write it.
pub fn change(design: u64, change: u64, document: DocumentId, deps: Vec<EntryId>) -> Result<Draft, Fault> {
    let r = hash(design, change, 1);
    let edit = if change % 2 == 1 {
        let name = [MANIFEST.to_owned(), format!("f{}", r % 8)];
        let value = Value::Text(format!("{change:04}{}", words(r, 8)));
        Edit::Set { path: Path::root(name), to: Given::Value(value) }
    } else {
        // Every even change before this one, but the first, has lengthened the text.
        let len = TEXT + (change / 2 - 1) * (IN - OUT);
        let at = r % (len - OUT);
        let path = Path::root(["description"]);
        Edit::Splice { path, text: None, at, delete: OUT, insert: words(r ^ 9, 12) }
    };
    let batch = Batch { edits: vec![edit], personal: Vec::new() };
    let facts = canonical::encode(&batch.edit_facts())?;
    Ok(Draft { kind: Kind::EDIT, subject: Some(document), deps, facts, personal: None })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use aronde_protocol::burst::Burst;
    use aronde_protocol::document::DocumentEntry;
    use aronde_protocol::document::design::Design;
    use aronde_protocol::document::materialise::Document;
    use aronde_protocol::key::SecretKey;
    use aronde_protocol::replica::Replica;

    /// The expected values are those of the program that drives the other systems, made there with automerge.
    #[test]
    fn a_design_comes_to_say_what_the_other_systems_are_given() {
        let authors = |changes: std::ops::Range<u64>, second| -> Vec<usize> {
            changes.map(|change| author(3, change, 8, second)).collect()
        };
        assert_eq!(authors(0..12, false), [6, 3, 5, 6, 6, 1, 3, 6, 1, 1, 1, 0]);
        assert_eq!(authors(8..12, true), [5, 5, 5, 4]);

        let replica = Replica::new(EntryId::of(b"federation"));
        let key = SecretKey::from_seed(&[1; 32]);
        let mut burst = Burst::begin(&replica, &key, 1, 0);
        let id = burst.add(create(3, EntryId::of(b"membership")).unwrap()).unwrap();
        let mut head = id;
        for number in 1..8 {
            head = burst.add(change(3, number, id, vec![head]).unwrap()).unwrap();
        }
        let entries: Vec<_> = burst.sign().iter().map(DocumentEntry::of).collect();
        let document = Document::of(id, &entries).unwrap();
        let design = Design::of(&document).unwrap();
        assert_eq!(design.skipped, []);
        assert_eq!(design.title.agreed().unwrap(), "tunnel bridge tunnel bas");
        assert_eq!(
            design.description.agreed().unwrap(),
            "winter bridge markegarden islanne marble jacket signal bridge forest orchard lantern stone garden island mirror mirror candle window meadow hollowindow ledgeest winter river bridge candle stone winter copper pepper signal lantern signal summit viojacket orchaandle castle winter pepper mirror ledger ledger jacket violet "
        );
        let fields: Vec<Value> =
            design.manifest.values().map(|field| field.agreed().unwrap().clone()).collect();
        let text = |text: &str| Value::Text(text.to_owned());
        let expected = [
            text("market stone"),
            text("0001harbor m"),
            text("0005garden o"),
            Value::Integer(9_574_097),
            text("summit castl"),
            Value::Integer(6_587_828),
            text("garden harbo"),
            text("0007summit p"),
        ];
        assert_eq!(fields, expected);
    }
}

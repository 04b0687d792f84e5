//! Designs that hostile members edit: bytes are read as a script of entries with well-formed edits, so that
//! every byte says something about what is edited.

use std::collections::BTreeMap;

use aronde_protocol::canonical;
use aronde_protocol::document::edit::{Edit, EditFacts, Given, Named, Path, Written};
use aronde_protocol::document::value::Value;
use aronde_protocol::id::{EntryId, FileHash};

use super::edits::{DOCUMENT, base, both_ways, entry};
use super::pieces::Script;

/// Entries of one document at most: enough for branches that meet again.
const ENTRIES_MAX: u8 = 8;

/// Whatever the edits say, the document is built and does not depend on the order of its entries.
pub fn body(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let mut entries = vec![base()];
    while !script.is_empty() && entries.len() < usize::from(ENTRIES_MAX) {
        let number = u8::try_from(entries.len()).expect("few entries") + 1;
        let mut deps = vec![earlier(&mut script, number)];
        if script.byte().is_multiple_of(3) {
            deps.push(earlier(&mut script, number));
        }
        let author = usize::from(script.byte() % 4);
        let edits: Vec<Written> = (0..=script.byte() % 4).map(|_| edit(&mut script, number).into()).collect();
        let facts = canonical::encode(&EditFacts { edits }).expect("edits are encoded");
        entries.push(entry(number, author, &deps, facts, None));
    }
    both_ways(&mut entries);
}

fn earlier(script: &mut Script, number: u8) -> EntryId {
    EntryId([1 + script.byte() % (number - 1); 32])
}

/// An item or a text: of the first entry mostly, of this one, of another, of none.
fn named(script: &mut Script, number: u8) -> Named {
    let edit = u32::from(script.byte() % 16);
    match script.byte() % 8 {
        0..=3 => Named(Some(DOCUMENT), edit),
        4 | 5 => Named(None, edit),
        6 => Named(Some(EntryId([1 + script.byte() % number; 32])), edit),
        _ => Named(Some(EntryId([99; 32])), u32::MAX),
    }
}

fn path(script: &mut Script, number: u8) -> Path {
    const NAMES: [&str; 16] = [
        "title",
        "description",
        "description",
        "version",
        "licence",
        "part",
        "quantity",
        "note",
        "reference",
        "name",
        "contact",
        "path",
        "file",
        "len",
        "@place",
        "x/~",
    ];
    let of = script.byte().is_multiple_of(2).then(|| named(script, number));
    let mut name = vec![script.pick(&NAMES).to_owned()];
    if script.byte().is_multiple_of(8) {
        name.push(script.text().chars().chain(['x']).take(40).collect());
    }
    Path { of, name }
}

fn given(script: &mut Script) -> Given {
    match script.byte() % 8 {
        0 => Given::Personal(u32::from(script.byte())),
        _ => value(script, 3).into(),
    }
}

fn value(script: &mut Script, depth: u8) -> Value {
    match script.byte() % 12 {
        0 => Value::Nothing,
        1 => Value::Boolean(true),
        2 => Value::Integer(i64::from_le_bytes(script.number().to_le_bytes())),
        3 => "-0.10".parse().map_or(Value::Nothing, Value::Decimal),
        4 => "2 {piece}".parse().map_or(Value::Nothing, Value::Quantity),
        5 => Value::File(FileHash([script.byte(); 32])),
        6 if depth > 0 => Value::List((0..script.byte() % 3).map(|_| value(script, depth - 1)).collect()),
        7 if depth > 0 => {
            Value::Map((0..script.byte() % 3).map(|_| (script.text(), value(script, depth - 1))).collect())
        }
        8 => "a/b.scad".into(),
        _ => Value::Text(script.text()),
    }
}

fn edit(script: &mut Script, number: u8) -> Edit {
    const ORDERS: [&str; 6] = ["a0", "a1", "Zz", "a0V", "", "~"];
    match script.byte() % 10 {
        0 | 1 => Edit::Set { path: path(script, number), to: given(script) },
        2 => Edit::Text { path: path(script, number), insert: script.text() },
        3..=5 => Edit::Splice {
            path: if script.byte().is_multiple_of(4) {
                path(script, number)
            } else {
                Path::root(["description"])
            },
            text: script.byte().is_multiple_of(4).then(|| named(script, number)),
            at: script.number(),
            delete: script.number(),
            insert: script.text(),
        },
        6 | 7 => Edit::Add {
            list: script.pick(&["bom", "files", "authors", "steps"]).to_owned(),
            order: script.pick(&ORDERS).to_owned(),
            fields: (0..script.byte() % 3)
                .map(|_| (path(script, number).name.concat(), given(script)))
                .collect::<BTreeMap<_, _>>(),
        },
        8 => Edit::Remove { item: named(script, number) },
        _ => Edit::Move { item: named(script, number), order: script.pick(&ORDERS).to_owned() },
    }
}

/// An edit of every kind that fits the sample's document.
pub fn every_kind() -> Vec<Edit> {
    let item = Named(Some(DOCUMENT), 5);
    let description = Path::root(["description"]);
    vec![
        Edit::Set { path: Path::root(["title"]), to: Value::from("Hand pump").into() },
        Edit::Set { path: Path::of(item, "note"), to: Given::Personal(0) },
        Edit::Text { path: description.clone(), insert: "anew".into() },
        Edit::Splice { path: description, text: None, at: 6, delete: 1, insert: "it".into() },
        Edit::Add {
            list: "bom".into(),
            order: "a1".into(),
            fields: BTreeMap::from([
                ("part".into(), Value::from("nut").into()),
                ("quantity".into(), "4 {piece}".parse().map_or(Value::Nothing, Value::Quantity).into()),
            ]),
        },
        Edit::Remove { item },
        Edit::Move { item, order: "Zz".into() },
    ]
}

/// Scripts: every byte means something, so these only give the campaign lengths to begin from.
pub fn seeds() -> Vec<Vec<u8>> {
    [13_u8, 29, 97].iter().map(|step| (0..200_u8).map(|n| n.wrapping_mul(*step)).collect()).collect()
}

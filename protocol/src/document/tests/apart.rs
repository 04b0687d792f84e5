//! Two workshops write apart for a day: merged, nothing is lost, every real conflict is listed and none is invented.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::workbench::*;
use crate::document::ItemId;
use crate::document::authoring;
use crate::document::draft::{Draft, Wanted};
use crate::document::materialise::Document;
use crate::document::register::PRESENCE;
use crate::document::schema::{Kind, design, procedure};
use crate::document::update::{add_item, remove_item, set_fields};
use crate::document::value::Value;
use crate::document::view::{Field, Shown};
use crate::id::FileHash;

/// What one of the two does, by numbers of what both knew in the morning.
#[derive(Debug, Clone)]
enum Act {
    /// Sets a field of a BOM line, a step or the file, or of the design itself.
    Set { list: usize, item: usize, field: usize, value: u8 },
    /// Removes a BOM line or a step.
    Remove { list: usize, item: usize },
    /// Adds one.
    Add { list: usize, value: u8 },
}

const LINES: usize = 60;

/// What they write on: two lists of many items and a list of one file, each with the fields that are set; the first
/// names an item.
struct Paper {
    kind: &'static Kind,
    lists: [(&'static str, &'static [&'static str]); 3],
}

const A_DESIGN: Paper = Paper {
    kind: &design::KIND,
    lists: [
        ("bom", &["part", "quantity", "material", "note"]),
        ("steps", &["title", "torque", "parts"]),
        ("files", &["file", "role"]),
    ],
};

const AN_SOP: Paper = Paper {
    kind: &procedure::KIND,
    lists: [
        ("steps", &["title", "duration", "caution", "tools"]),
        ("controls", &["what", "acceptance", "method"]),
        ("files", &["file", "role"]),
    ],
};

fn text(field: &str, value: u8) -> String {
    match field {
        "quantity" | "torque" | "duration" => format!("{value} N.m"),
        "parts" | "tools" => format!("bolt {value}; nut"),
        "file" => FileHash::of(&[value]).to_string(),
        _ => format!("{field} {value}"),
    }
}

fn act() -> impl Strategy<Value = Act> {
    let item = 0..LINES;
    prop_oneof![
        16 => (0..4_usize, item.clone(), 0..4_usize, 0..6_u8)
            .prop_map(|(list, item, field, value)| Act::Set { list, item, field, value }),
        1 => (0..2_usize, item).prop_map(|(list, item)| Act::Remove { list, item }),
        1 => (0..2_usize, any::<u8>()).prop_map(|(list, value)| Act::Add { list, value }),
    ]
}

fn morning(paper: &Paper) -> (Workbench, crate::id::EntryId) {
    let items = |(list, fields): &(&str, &[&str])| {
        let item = |n: usize| Wanted::from([(fields[0].into(), Value::Text(format!("item {n}")))]).into();
        ((*list).to_owned(), (0..LINES).map(item).collect())
    };
    let file = Wanted::from([
        ("path".into(), "frame.step".into()),
        ("file".into(), Value::File(FileHash::of(b"morning"))),
        ("len".into(), Value::Integer(7)),
    ]);
    let draft = Draft {
        fields: Wanted::from([("title".into(), "Press".into())]),
        lists: paper
            .lists
            .iter()
            .take(2)
            .map(items)
            .chain([("files".to_owned(), vec![file.into()])])
            .collect(),
        whole: false,
    };
    let mut bench = Workbench::of(paper.kind.name);
    let head = bench.write_all(A, &[], &authoring::create(paper.kind, &draft).unwrap());
    (bench, head)
}

/// What one of them said, by item and field; `@presence` of what they removed; and how much they added.
#[derive(Default)]
struct Said {
    values: BTreeMap<(Option<ItemId>, String), String>,
    touched: BTreeSet<ItemId>,
    removed: BTreeSet<ItemId>,
    added: [usize; 2],
}

/// A day of one of them, on what was there in the morning and what they did themselves.
fn day(paper: &Paper, author: Author, acts: &[Act]) -> (Workbench, Said) {
    let (mut bench, first) = morning(paper);
    let (lists, fields) = (paper.lists.map(|(list, _)| list), paper.lists.map(|(_, fields)| fields));
    // Edits name items, so they can be made of what was there in the morning.
    let document = bench.merged();
    let names: Vec<Vec<ItemId>> =
        lists.iter().map(|list| document.items(list).iter().map(|item| item.id).collect()).collect();
    let (mut head, mut said) = (first, Said::default());
    for act in acts {
        let batches = match act {
            Act::Set { list: 3, value, .. } => {
                let version = format!("1.0.{value}");
                said.values.insert((None, "version".into()), version.clone());
                set_fields(&document, [("version", version.as_str())])
            }
            Act::Set { list, item, field, value } => {
                let id = names[*list][item % names[*list].len()];
                let field = fields[*list][field % fields[*list].len()];
                if said.removed.contains(&id) {
                    continue;
                }
                let value = text(field, *value);
                said.values.insert((Some(id), field.to_owned()), value.clone());
                said.touched.insert(id);
                set_fields(&document, [(format!("{}/{id}/{field}", lists[*list]).as_str(), value.as_str())])
            }
            Act::Remove { list, item } => {
                let id = names[*list][item % names[*list].len()];
                if !said.removed.insert(id) {
                    continue;
                }
                said.touched.remove(&id);
                remove_item(&document, lists[*list], &id.to_string())
            }
            Act::Add { list, value } => {
                said.added[*list] += 1;
                let name = format!("new {value} of {author}");
                add_item(&document, lists[*list], None, [(fields[*list][0], name.as_str())])
            }
        };
        head = bench.write_all(author, &[head], &batches.unwrap());
    }
    (bench, said)
}

fn shown(field: Option<&Field<Shown>>) -> BTreeSet<String> {
    let text = |shown: &Shown| match shown {
        Shown::Value(value) => value.to_string(),
        Shown::Text(text) => text.clone(),
        other => format!("{other:?}"),
    };
    match field {
        Some(Field::Agreed(stated)) => [text(&stated.value)].into(),
        Some(Field::Conflict(conflict)) => conflict.values.iter().map(|stated| text(&stated.value)).collect(),
        _ => BTreeSet::new(),
    }
}

fn merged(one: &Workbench, other: &Workbench) -> Document {
    let entries: Vec<_> = one.entries.iter().chain(&other.entries).cloned().collect();
    Document::of(entries[0].id, &entries).unwrap()
}

fn nothing_is_lost(paper: &Paper, north: &[Act], south: &[Act]) -> Result<(), TestCaseError> {
    let ((north, a), (south, b)) = (day(paper, A, north), day(paper, B, south));
    let lists = paper.lists.map(|(list, _)| list);
    let document = merged(&north, &south);
    let other = merged(&south, &north);
    prop_assert_eq!(document.heads(), other.heads());
    prop_assert_eq!(document.fields(), other.fields());
    for list in lists {
        prop_assert_eq!(document.items(list), other.items(list));
    }
    prop_assert_eq!(&document.skipped, &vec![]);

    let there = |id: &ItemId| lists.iter().any(|list| document.items(list).iter().any(|item| item.id == *id));
    // Every value that either wrote last stands, and nothing else where they wrote.
    let mut expected = BTreeSet::new();
    let wrote: BTreeSet<_> = a.values.keys().chain(b.values.keys()).cloned().collect();
    for (item, field) in wrote {
        if item.is_some_and(|id| !there(&id)) {
            continue;
        }
        let key = (item, field.clone());
        let values: BTreeSet<String> = [&a, &b].iter().filter_map(|s| s.values.get(&key).cloned()).collect();
        let fields = item.map_or_else(|| document.fields(), |id| document.fields_of_item(id));
        prop_assert_eq!(shown(fields.get(&field)), values.clone(), "{:?} {}", item, field);
        if values.len() > 1 {
            expected.insert((item, field));
        }
    }
    // Who removes what another edits is in conflict with it; what both remove, or one alone knows of, is not.
    for id in a.removed.union(&b.removed) {
        let edited = a.removed.contains(id) && b.touched.contains(id)
            || b.removed.contains(id) && a.touched.contains(id);
        prop_assert_eq!(there(id), edited);
        if edited {
            expected.insert((Some(*id), PRESENCE.to_owned()));
        }
    }
    let listed: BTreeSet<_> = document
        .conflicts()
        .into_iter()
        .map(|conflict| match conflict.field.split('/').collect::<Vec<_>>().as_slice() {
            [_, item, field] => (item.parse().ok(), (*field).to_owned()),
            _ => (None, conflict.field.clone()),
        })
        .collect();
    prop_assert_eq!(listed, expected);
    for (number, list) in lists.iter().enumerate().take(2) {
        let new = document.items(list).iter().filter(|item| item.id.entry != document.id).count();
        prop_assert_eq!(new, a.added[number] + b.added[number]);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3))]

    #[test]
    fn a_day_apart_on_a_design_loses_nothing_and_invents_no_conflict(
        north in prop::collection::vec(act(), 200),
        south in prop::collection::vec(act(), 200),
    ) {
        nothing_is_lost(&A_DESIGN, &north, &south)?;
    }

    #[test]
    fn a_day_apart_on_an_sop_loses_nothing_and_invents_no_conflict(
        north in prop::collection::vec(act(), 200),
        south in prop::collection::vec(act(), 200),
    ) {
        nothing_is_lost(&AN_SOP, &north, &south)?;
    }
}

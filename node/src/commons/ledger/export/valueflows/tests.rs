#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};

use aronde_protocol::key::SecretKey;

use super::*;
use crate::api::Standing;

fn row(n: u8, action: &str, quantity: &str, unit: &str) -> (RecordSummary, Provider) {
    let member = SecretKey::from_seed(&[n; 32]).member();
    let row = RecordSummary {
        id: EntryId([n; 32]),
        author: member,
        provider: Some(member),
        agent: None,
        provider_name: Some("Maker A".into()),
        receiver: Some(member),
        workshop: Some(EntryId([8; 32])),
        action: action.into(),
        subject: Some(EntryId([9; 32])),
        quantity: quantity.into(),
        unit: unit.into(),
        resource_quantity: (action == "use").then(|| "1".into()),
        resource_unit: (action == "use").then(|| "{piece}".into()),
        resource: Some("Laser cutter".into()),
        role: None,
        at: "2026-11-20T00:00:00Z".parse().unwrap(),
        ended: (n == 2).then(|| "2026-11-20T02:00:00Z".parse().unwrap()),
        recorded: "2026-11-21T00:00:00Z".parse().unwrap(),
        late: false,
        corrects: (n == 3).then_some(EntryId([1; 32])),
        note: Some("milled".into()),
        standing: Standing::Claimed,
        confirmations: 0,
        disputes: 0,
        settled: vec![],
    };
    (row, Provider::Member(member))
}

fn example() -> Value {
    let rows = [
        row(1, "work", "1.50", "h"),
        row(2, "use", "90", "min"),
        row(3, "consume", "0.1234567890123456789012345", "kg"),
        row(4, "produce", "4", "{board}"),
    ];
    graph(&rows, &mut |id| Some(format!("Press {}", id.short())))
}

fn schemas() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let data = std::env::var_os("ARONDE_DATA").map_or(default, PathBuf::from);
    let folder = data.join("../refs/valueflows");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no schemas of Valueflows in {}; set ARONDE_DATA", folder.display());
    None
}

/// A schema with those that it refers to in their places; beyond some depth anything passes.
fn schema(folder: &Path, name: &str, depth: u8) -> Value {
    fn inline(folder: &Path, value: &mut Value, depth: u8) {
        match value {
            Value::Object(fields) => {
                let named = fields.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next());
                if let Some(file) = named.map(str::to_owned) {
                    *value = if depth == 0 {
                        json!({})
                    } else {
                        schema(folder, file.trim_end_matches(".json"), depth - 1)
                    };
                } else {
                    fields.remove("$id");
                    fields.values_mut().for_each(|field| inline(folder, field, depth));
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| inline(folder, item, depth)),
            _ => {}
        }
    }
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    let mut read = serde_json::from_str(&text).unwrap();
    inline(folder, &mut read, depth);
    read
}

/// A node with the nodes that it names in their places, as the schemas nest them.
fn embedded(graph: &[Value], node: &Value, depth: u8) -> Value {
    let mut node = node.clone();
    for field in ["provider", "receiver", "resourceConformsTo", "corrects", "hasUnit"] {
        let named = node.get(field).and_then(|id| graph.iter().find(|other| other["@id"] == *id));
        if let (Some(named), true) = (named, depth > 0) {
            node[field] = embedded(graph, named, depth - 1);
        }
    }
    for field in ["effortQuantity", "resourceQuantity"] {
        if let Some(measure) = node.get(field) {
            node[field] = embedded(graph, measure, depth);
        }
    }
    node
}

#[test]
fn every_node_passes_the_schema_of_its_type() {
    let Some(folder) = schemas() else { return };
    let example = example();
    let graph = example["@graph"].as_array().unwrap();
    let mut checked = BTreeSet::new();
    for node in graph {
        let kind = node["@type"].as_str().unwrap();
        let validator = jsonschema::validator_for(&schema(&folder, kind, 3)).unwrap();
        let nested = embedded(graph, node, 2);
        let errors: Vec<String> = validator.iter_errors(&nested).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{kind}: {errors:?}\n{nested}");
        checked.insert(kind.to_owned());
    }
    assert_eq!(checked.len(), 5, "{checked:?}");
}

#[test]
fn every_address_that_a_node_names_is_in_the_graph() {
    let example = example();
    let graph = example["@graph"].as_array().unwrap();
    let ids: BTreeSet<&str> = graph.iter().map(|node| node["@id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), graph.len());
    for event in graph.iter().filter(|node| node["@type"] == "EconomicEvent") {
        for field in
            ["provider", "receiver", "inScopeOf", "resourceConformsTo", "inputOf", "outputOf", "corrects"]
        {
            if let Some(named) = event.get(field) {
                assert!(ids.contains(named.as_str().unwrap()), "{field}: {named}");
            }
        }
    }
}

#[test]
fn a_quantity_stands_where_its_action_has_it_and_keeps_its_digits() {
    let example = example();
    let event = |n: u8| {
        let id = json!(entry(&EntryId([n; 32])));
        example["@graph"].as_array().unwrap().iter().find(|node| node["@id"] == id).unwrap().clone()
    };
    assert!(event(1).get("effortQuantity").is_some() && event(1).get("resourceQuantity").is_none());
    assert!(event(2).get("effortQuantity").is_some() && event(2).get("resourceQuantity").is_some());
    assert!(event(4).get("effortQuantity").is_none() && event(4).get("resourceQuantity").is_some());
    assert_eq!(event(3)["resourceQuantity"]["aronde:exact"], "0.1234567890123456789012345");
    assert_eq!(
        (&event(2)["hasBeginning"], event(2).get("hasPointInTime")),
        (&json!("2026-11-20T00:00:00Z"), None)
    );
}

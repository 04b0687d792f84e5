//! Records in the words of Valueflows 1.0 (<https://w3id.org/valueflows/ont/vf>), as JSON-LD: one graph of agents, units,
//! resource specifications, processes and economic events that name each other by address.
//!
//! The published JSON schemas nest what a graph names by address: each node passes the schema of its type with what it
//! names put in its place, which is a test. A retracted or corrected record is exported
//! with the others and says so in `aronde:standing`; who adds up leaves it out.

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::id::EntryId;
use aronde_protocol::quantity::unit;
use aronde_protocol::record::contribution::{Carries, carries};
use aronde_protocol::record::ledger::Provider;
use serde_json::{Map, Number, Value, json};

use crate::api::RecordSummary;

const OM2: &str = "http://www.ontology-of-units-of-measure.org/resource/om-2/";

/// The graph of records. `title` says what a subject is called.
pub(super) fn graph(
    rows: &[(RecordSummary, Provider)],
    title: &mut dyn FnMut(&EntryId) -> Option<String>,
) -> Value {
    let mut agents: BTreeMap<String, Option<String>> = BTreeMap::new();
    let (mut units, mut resources) = (BTreeSet::new(), BTreeSet::new());
    let mut processes: BTreeMap<EntryId, Option<String>> = BTreeMap::new();
    let mut events = Vec::new();
    for (row, provider) in rows {
        let by = match provider {
            Provider::Member(member) => member.to_string(),
            Provider::Agent(agent) => entry(agent),
        };
        agents.entry(by.clone()).or_insert_with(|| row.provider_name.clone());
        for other in row.receiver.iter().map(ToString::to_string) {
            agents.entry(other).or_default();
        }
        if let Some(workshop) = &row.workshop {
            agents.entry(entry(workshop)).or_insert_with(|| title(workshop));
        }
        units.extend([Some(&row.unit), row.resource_unit.as_ref()].into_iter().flatten().cloned());
        resources.extend(row.resource.clone());
        if let Some(subject) = &row.subject {
            processes.entry(*subject).or_insert_with(|| title(subject));
        }
        events.push(event(row, &by));
    }
    let mut graph: Vec<Value> = Vec::new();
    for (id, name) in agents {
        let name = name.unwrap_or_else(|| id.clone());
        graph.push(json!({ "@id": id, "@type": "Agent", "name": name }));
    }
    graph.extend(units.iter().map(|code| unit_of(code)));
    graph.extend(
        resources
            .iter()
            .map(|name| json!({ "@id": resource(name), "@type": "ResourceSpecification", "name": name })),
    );
    for (id, name) in processes {
        let name = name.unwrap_or_else(|| id.to_string());
        graph.push(json!({ "@id": process(&id), "@type": "Process", "name": name }));
    }
    graph.extend(events);
    json!({
        "@context": {
            "@vocab": "https://w3id.org/valueflows/ont/vf#",
            "vf": "https://w3id.org/valueflows/ont/vf#",
            "om2": OM2,
            "aronde": "urn:aronde:",
            "action": { "@type": "@vocab" },
            "provider": { "@type": "@id" },
            "receiver": { "@type": "@id" },
            "inScopeOf": { "@type": "@id" },
            "hasUnit": { "@type": "@id" },
            "resourceConformsTo": { "@type": "@id" },
            "inputOf": { "@type": "@id" },
            "outputOf": { "@type": "@id" },
            "corrects": { "@type": "@id" },
        },
        "@graph": graph,
    })
}

fn entry(id: &EntryId) -> String {
    format!("urn:aronde:{id}")
}

fn process(subject: &EntryId) -> String {
    format!("urn:aronde:process:{subject}")
}

fn resource(name: &str) -> String {
    format!("urn:aronde:resource:{}", EntryId::of(name.as_bytes()))
}

fn unit_id(code: &str) -> String {
    match unit::by_code(code).filter(|unit| !unit.om2.is_empty()) {
        Some(unit) => format!("{OM2}{}", unit.om2),
        None => format!("urn:aronde:unit:{}", hex::encode(code.as_bytes())),
    }
}

fn unit_of(code: &str) -> Value {
    let mut node =
        json!({ "@id": unit_id(code), "@type": "Unit", "label": unit::label(code), "symbol": code });
    if let (Some(unit), Some(fields)) =
        (unit::by_code(code).filter(|u| !u.om2.is_empty()), node.as_object_mut())
    {
        fields.insert("omUnitIdentifier".into(), unit.om2.into());
    }
    node
}

/// A measure. JSON's numbers are decimal texts; one that a reader's floats can't hold stands beside as text.
fn measure(amount: &str, code: &str) -> Value {
    let number: Option<Number> = serde_json::from_str(amount).ok();
    let exact = number.as_ref().is_some_and(|number| number.to_string() == amount);
    let mut measure = json!({
        "@type": "Measure",
        "hasNumericalValue": number,
        "hasUnit": unit_id(code),
    });
    if let (false, Some(fields)) = (exact, measure.as_object_mut()) {
        fields.insert("aronde:exact".into(), amount.into());
    }
    measure
}

fn event(row: &RecordSummary, provider: &str) -> Value {
    let mut event = Map::new();
    let mut put = |name: &str, value: Value| {
        event.insert(name.to_owned(), value);
    };
    put("@id", entry(&row.id).into());
    put("@type", "EconomicEvent".into());
    put("action", row.action.clone().into());
    put("provider", provider.into());
    if let Some(receiver) = &row.receiver {
        put("receiver", receiver.to_string().into());
    }
    if let Some(workshop) = &row.workshop {
        put("inScopeOf", entry(workshop).into());
    }
    let carried = carries(&row.action);
    let quantity = measure(&row.quantity, &row.unit);
    put(if carried == Carries::Resource { "resourceQuantity" } else { "effortQuantity" }, quantity);
    if let Some((amount, unit)) = row.resource_quantity.as_deref().zip(row.resource_unit.as_deref()) {
        put("resourceQuantity", measure(amount, unit));
    }
    if let Some(name) = &row.resource {
        put("resourceConformsTo", resource(name).into());
    }
    match row.ended {
        Some(ended) => {
            put("hasBeginning", row.at.to_string().into());
            put("hasEnd", ended.to_string().into());
        }
        None => put("hasPointInTime", row.at.to_string().into()),
    }
    put("created", row.recorded.to_string().into());
    if let Some(subject) = &row.subject {
        let output =
            matches!(row.action.as_str(), "produce" | "modify" | "dropoff" | "separate" | "deliverService");
        put(if output { "outputOf" } else { "inputOf" }, process(subject).into());
    }
    if let Some(corrected) = &row.corrects {
        put("corrects", entry(corrected).into());
    }
    if let Some(note) = &row.note {
        put("note", note.clone().into());
    }
    put("aronde:standing", row.standing.word().into());
    Value::Object(event)
}

#[cfg(test)]
mod tests;

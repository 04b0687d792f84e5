//! A capacity sheet as a `SpaceAPI` 15 document, which maps of workshops read from each workshop's own page.
//!
//! `knowsAbout` is the field of Maps of Making: the processes by their usual names, by which its vocabulary finds them;
//! `memberOf` says what the place belongs to. Both are beside the schema, which allows further fields.
//!
//! Source: <https://spaceapi.io/docs/>. The schema requires a logo and a contact: what a sheet does not disclose stands
//! there as little as the schema lets it.

use serde_json::{Map, Number, Value as Json, json};

use crate::capacity::{text, texts};
use crate::document::draft::Draft;
use crate::document::schema::capacity::{CONTACTS, MACHINES, PROCESSES};
use crate::document::value::Value;
use crate::process;

/// The document's text, and what a map would miss in it.
pub fn write(draft: &Draft) -> (String, Vec<String>) {
    let mut findings = Vec::new();
    let field = |name: &str| text(&draft.fields, name).map(str::to_owned);
    let mut document = Map::new();
    document.insert("api_compatibility".into(), json!(["15"]));
    document.insert("space".into(), json!(field("title").unwrap_or_default()));
    let mut required = |name: &'static str, hint: &str| {
        field(name).unwrap_or_else(|| {
            findings.push(format!("the sheet has no {name}, which SpaceAPI requires; {hint}"));
            String::new()
        })
    };
    let url = required("website", "set website=https://…");
    let logo = required("logo", "set logo=https://… to a picture");
    document.insert("url".into(), json!(url));
    document.insert("logo".into(), json!(logo));
    document.insert("contact".into(), contact(draft));
    let degrees = |name: &str| match draft.fields.get(name) {
        // Maps read numbers; what is stored stays exact.
        Some(Value::Decimal(degrees)) => {
            degrees.to_string().parse().ok().and_then(Number::from_f64).map(Json::Number)
        }
        _ => None,
    };
    let mut location = Map::new();
    let town = [field("postcode"), field("city")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let address =
        [field("street"), Some(town), field("country")].into_iter().flatten().filter(|part| !part.is_empty());
    let address = address.collect::<Vec<_>>().join(", ");
    if !address.is_empty() {
        location.insert("address".into(), json!(address));
    }
    if let (Some(latitude), Some(longitude)) = (degrees("latitude"), degrees("longitude")) {
        location.insert("lat".into(), latitude);
        location.insert("lon".into(), longitude);
    } else {
        findings.push(
            "the sheet discloses no coordinates, without which no map shows it; set latitude and longitude"
                .to_owned(),
        );
    }
    if let Some(timezone) = field("timezone") {
        location.insert("timezone".into(), json!(timezone));
    }
    if let Some(country) =
        field("country").filter(|c| c.len() == 2 && c.bytes().all(|b| b.is_ascii_alphabetic()))
    {
        location.insert("country_code".into(), json!(country.to_uppercase()));
    }
    if !location.is_empty() {
        document.insert("location".into(), Json::Object(location));
    }
    if let Some(hours) = field("opening-hours") {
        document.insert("state".into(), json!({ "message": hours }));
    }
    let items = |list: &str| draft.lists.get(list).map_or(&[][..], Vec::as_slice);
    let named =
        items(MACHINES).iter().chain(items(PROCESSES)).filter_map(|item| text(&item.fields, "process"));
    let mut knows: Vec<String> = named
        .map(|id| process::by_id(id).map_or_else(|| id.to_owned(), |known| known.names[0].to_owned()))
        .collect();
    knows.sort();
    knows.dedup();
    if knows.is_empty() {
        findings.push("the sheet names no process, so nobody finds it by what it can make".to_owned());
    }
    document.insert("knowsAbout".into(), json!(knows));
    let member_of = texts(&draft.fields, "keywords");
    if !member_of.is_empty() {
        document.insert("keywords".into(), json!(member_of));
    }
    if let Some(description) = field("description") {
        document.insert("description".into(), json!(description));
    }
    let mut written = serde_json::to_string_pretty(&Json::Object(document)).unwrap_or_default();
    written.push('\n');
    (written, findings)
}

/// The first e-mail address and telephone that are disclosed. None is no fault: the schema takes an empty contact.
fn contact(draft: &Draft) -> Json {
    let mut contact = Map::new();
    for item in draft.lists.get(CONTACTS).into_iter().flatten() {
        for (name, field) in [("email", "email"), ("phone", "phone")] {
            if let Some(text) = text(&item.fields, field).and_then(|text| text.split("; ").next()) {
                contact.entry(name.to_owned()).or_insert_with(|| json!(text));
            }
        }
    }
    Json::Object(contact)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::interchange::okw;

    #[test]
    fn a_sheet_is_a_space_with_what_it_knows_about() {
        let read = okw::read(b"name,city,country,lat,lon,url,processes,email\nWorkshop North,Brussels,BE,50.85,4.35,https://example.org,\"decoupe laser; air guitar\",a@example.org\n", "x").unwrap();
        let (text, findings) = write(&read.listed[0].draft);
        let space: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(space["knowsAbout"], json!(["air guitar", "laser cutting"]));
        assert_eq!(space["location"]["country_code"], "BE");
        assert_eq!(space["location"]["lat"], json!(50.85));
        assert_eq!(space["contact"]["email"], "a@example.org");
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].contains("logo"));
    }
}

//! What of a sheet goes to whom when it is published.
//!
//! By default the public learns what a workshop is called, where it is to the level of its city, its page, what it is
//! like and which processes it offers; the federation all but what the sheet withholds. A sheet decides otherwise by its
//! fields `public` and `withheld`, which name fields (`street`), lists (`machines`) or fields of lists (`machines/cost`).
//!
//! Not here: entries. Whoever is in the federation holds the whole sheet; this is about what is written out of it.

use rust_decimal::Decimal;

use super::texts;
use crate::document::draft::Draft;
use crate::document::schema::capacity::{CONTACTS, MACHINES, OKW, PROCESSES, PRODUCTS, SKILLS, STOCKS};
use crate::document::value::Value;

/// For whom a sheet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Everyone.
    Public,
    /// The workshops of the federation.
    Federation,
    /// The workshop itself.
    Workshop,
}

/// What the public learns unless a sheet decides otherwise.
const PUBLIC: [&str; 17] = [
    "title",
    "description",
    "category",
    "city",
    "postcode",
    "region",
    "country",
    "latitude",
    "longitude",
    "timezone",
    "website",
    "logo",
    "access",
    "status",
    "opening-hours",
    "languages",
    "keywords",
];
/// Lists of which the public learns the names, once a sheet names the list: the rest of an item only when it is named too.
const GUARDED: [(&str, &[&str]); 3] =
    [(MACHINES, &["cost", "note", "operators"]), (STOCKS, &["quantity", "cost", "note"]), (CONTACTS, &[])];

/// What of a sheet an audience learns.
pub fn disclosed(draft: &Draft, audience: Audience) -> Draft {
    let public = texts(&draft.fields, "public");
    let withheld = texts(&draft.fields, "withheld");
    let mut said = draft.clone();
    if audience == Audience::Workshop {
        return said;
    }
    if audience == Audience::Public {
        let named = |name: &str| public.contains(&name);
        said.fields.retain(|name, _| {
            PUBLIC.contains(&name.as_str()) || named(name) || (named(OKW) && name.starts_with("okw/"))
        });
        // To the level of a city: two decimals are a kilometre.
        if !named("street") {
            for name in ["latitude", "longitude"] {
                if let Some(Value::Decimal(degrees)) = said.fields.get_mut(name)
                    && !public.contains(&name)
                {
                    *degrees = rounded(*degrees);
                }
            }
        }
        // Which processes there are is public even when the machines are not.
        if !named(MACHINES) {
            let machines = draft.lists.get(MACHINES).into_iter().flatten();
            let processes: Vec<Value> =
                machines.filter_map(|item| item.fields.get("process").cloned()).collect();
            let all = said.lists.entry(PROCESSES.to_owned()).or_default();
            for process in processes {
                if !all.iter().any(|item| item.fields.get("process") == Some(&process)) {
                    all.push(crate::document::draft::Wanted::from([("process".to_owned(), process)]).into());
                }
            }
        }
        said.lists.retain(|list, items| {
            !items.is_empty() && (list == PROCESSES || list == PRODUCTS || list == SKILLS || named(list))
        });
        for (list, fields) in GUARDED {
            let hidden: Vec<&&str> = fields
                .iter()
                .filter(|field| !public.iter().any(|p| *p == format!("{list}/{field}")))
                .collect();
            for item in said.lists.get_mut(list).into_iter().flatten() {
                item.fields.retain(|name, _| !hidden.iter().any(|hidden| **hidden == name));
            }
        }
    }
    said.fields.retain(|name, _| !withheld.contains(&name.as_str()));
    said.lists.retain(|list, _| !withheld.contains(&list.as_str()));
    for (list, items) in &mut said.lists {
        for item in items {
            item.fields.retain(|name, _| !withheld.iter().any(|w| *w == format!("{list}/{name}")));
        }
    }
    said
}

fn rounded(degrees: Decimal) -> Decimal {
    degrees.round_dp(2)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::document::draft::{DraftItem, Wanted};

    fn sheet(public: &[&str], withheld: &[&str]) -> Draft {
        let texts = |texts: &[&str]| Value::List(texts.iter().map(|t| (*t).into()).collect());
        let item = |fields: &[(&str, &str)]| {
            DraftItem::from(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).into())).collect::<Wanted>())
        };
        let fields = Wanted::from([
            ("title".into(), "North".into()),
            ("street".into(), "Rue Haute 12".into()),
            ("latitude".into(), Value::Decimal("50.84567".parse().unwrap())),
            ("public".into(), texts(public)),
            ("withheld".into(), texts(withheld)),
        ]);
        let lists = [
            (MACHINES, item(&[("name", "Laser"), ("process", "laser-cutting"), ("cost", "12 EUR/h")])),
            (CONTACTS, item(&[("email", "a@example.org")])),
            (STOCKS, item(&[("material", "plywood"), ("quantity", "4 {sheet}")])),
        ];
        Draft {
            fields,
            lists: lists.into_iter().map(|(name, item)| (name.to_owned(), vec![item])).collect(),
            whole: false,
        }
    }

    #[test]
    fn the_public_learns_what_is_made_and_in_which_city_and_nobody() {
        let said = disclosed(&sheet(&[], &[]), Audience::Public);
        assert_eq!(said.fields.keys().collect::<Vec<_>>(), ["latitude", "title"]);
        assert_eq!(said.fields["latitude"].to_string(), "50.85");
        assert_eq!(said.lists.keys().collect::<Vec<_>>(), [PROCESSES]);
        assert_eq!(said.lists[PROCESSES][0].fields["process"], "laser-cutting".into());
    }

    #[test]
    fn a_sheet_decides_what_goes_to_whom() {
        let said = disclosed(&sheet(&["street", "machines", "stocks"], &[]), Audience::Public);
        assert_eq!(said.fields["latitude"].to_string(), "50.84567");
        assert!(
            !said.lists[MACHINES][0].fields.contains_key("cost")
                && !said.lists[STOCKS][0].fields.contains_key("quantity")
        );
        assert!(!said.lists.contains_key(CONTACTS));
        let open = disclosed(&sheet(&["machines", "machines/cost"], &[]), Audience::Public);
        assert!(open.lists[MACHINES][0].fields.contains_key("cost"));
        let federation = disclosed(&sheet(&[], &["street", "machines/cost"]), Audience::Federation);
        assert!(
            !federation.fields.contains_key("street")
                && !federation.lists[MACHINES][0].fields.contains_key("cost")
        );
        assert!(federation.lists.contains_key(CONTACTS));
        assert_eq!(disclosed(&sheet(&[], &["street"]), Audience::Workshop), sheet(&[], &["street"]));
    }
}

//! Who wrote what stands in a document.

use aronde_protocol::document::read::Fields;
use aronde_protocol::document::schema;
use aronde_protocol::document::view::{Field, Shown, Stated};

use super::super::Commons;
use super::super::entries::Entries;
use super::any_document;
use super::shown::{concurrent, shown};
use crate::api::{BlamedField, ConcurrentValue, DocumentBlame, ServiceError};

impl Commons {
    /// `design blame`.
    pub(in crate::commons) fn document_blame(
        &self,
        blame: &DocumentBlame,
    ) -> Result<Vec<BlamedField>, ServiceError> {
        let mut entries = self.entries();
        let id = any_document(&entries, &blame.id)?;
        let document = entries.document(&id)?;
        let mut found = Vec::new();
        let of = |fields: &Fields, before: &str, label: Option<&String>, found: &mut Vec<BlamedField>| {
            for (name, field) in fields {
                let values = hands(&entries, field);
                if !values.is_empty() {
                    found.push(BlamedField {
                        field: format!("{before}{name}"),
                        label: label.cloned(),
                        values,
                    });
                }
            }
        };
        of(&document.fields(), "", None, &mut found);
        for (list, items) in document.all_items() {
            for (number, item) in (1..).zip(items) {
                let label = label(&document.kind, &list, &item.what);
                of(&item.what, &format!("{list}/{number}/"), label.as_ref(), &mut found);
            }
        }
        Ok(found)
    }
}

/// What people know an item by.
pub(super) fn label(kind: &str, list: &str, fields: &Fields) -> Option<String> {
    let of = |name: &&str| fields.get(*name)?.agreed().and_then(shown);
    schema::label(kind, list).iter().find_map(of)
}

fn hands(entries: &Entries, field: &Field<Shown>) -> Vec<ConcurrentValue> {
    let of = |stated: &Stated<Shown>| -> Vec<ConcurrentValue> {
        stated.by.iter().map(|hand| concurrent(entries, shown(&stated.value), hand)).collect()
    };
    match field {
        Field::Absent => Vec::new(),
        Field::Agreed(stated) => of(stated),
        Field::Withheld(by) => {
            by.iter().map(|hand| concurrent(entries, shown(&Shown::Withheld), hand)).collect()
        }
        Field::Conflict(conflict) => conflict.values.iter().flat_map(of).collect(),
    }
}

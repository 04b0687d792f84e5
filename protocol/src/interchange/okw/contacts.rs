//! Persons and how a place is reached. All of it goes into contacts, whose names, addresses and numbers are personal.

use crate::document::draft::{DraftItem, Wanted};
use crate::document::value::Value;
use crate::limits::AUTHOR_TEXT_MAX;
use crate::process::plain;

/// Fields that name a person or an organisation, whose own fields may lie below.
const PERSONS: [&str; 16] = [
    "contact",
    "contacts",
    "contact person",
    "contributors",
    "licensor",
    "owner",
    "agent",
    "manager",
    "created by",
    "updated by",
    "verified by",
    "author",
    "authors",
    "keymasters",
    "proprietaire",
    "eigenaar",
];
/// More of them are not one place's.
const CONTACTS_MAX: usize = 50;

/// Contacts as they are gathered, by what the file calls them.
#[derive(Debug, Default)]
pub(super) struct Contacts(Vec<(String, Wanted)>);

/// Whether a field of this name holds a person.
pub(super) fn is_person(name: &str) -> bool {
    PERSONS.contains(&plain(name).as_str())
}

impl Contacts {
    /// Adds a field of the contact of this role; a text of several parts is divided into name, e-mail and telephone.
    pub(super) fn add(&mut self, role: &str, field: &str, text: &str) {
        let role = plain(role);
        let text: String = text.trim().chars().take(AUTHOR_TEXT_MAX / 4).collect();
        if text.is_empty() {
            return;
        }
        let known = self.0.iter().position(|(of, _)| *of == role);
        let index = match known {
            Some(index) => index,
            None if self.0.len() < CONTACTS_MAX => {
                self.0.push((role.clone(), Wanted::new()));
                self.0.len() - 1
            }
            None => return,
        };
        let Some((_, contact)) = self.0.get_mut(index) else { return };
        let mut put = |field: &str, text: &str| match contact.get_mut(field) {
            None => {
                contact.insert(field.to_owned(), Value::Text(text.to_owned()));
            }
            Some(Value::Text(before))
                if !before.split("; ").any(|part| part == text) && before.len() < AUTHOR_TEXT_MAX =>
            {
                before.push_str("; ");
                before.push_str(text);
            }
            Some(_) => {}
        };
        match field {
            "name" => {
                let (names, others): (Vec<&str>, Vec<&str>) = text
                    .split([',', ';', '<', '>'])
                    .map(str::trim)
                    .filter(|p| !p.is_empty())
                    .partition(|p| !is_email(p) && !is_phone(p));
                for other in others {
                    put(if is_email(other) { "email" } else { "phone" }, other);
                }
                if !names.is_empty() {
                    put("name", &names.join(", "));
                }
            }
            "email" | "phone" => put(field, &text),
            other => put("note", &format!("{other}: {text}")),
        }
    }

    /// The contacts, in the order of the file.
    pub(super) fn items(self) -> Vec<DraftItem> {
        let item = |(role, mut fields): (String, Wanted)| {
            if role != "contact" && !role.is_empty() {
                fields.insert("role".to_owned(), Value::Text(role));
            }
            DraftItem::from(fields)
        };
        self.0.into_iter().filter(|(_, fields)| !fields.is_empty()).map(item).collect()
    }
}

pub(super) fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !text.contains(char::is_whitespace) && !text.contains("://")
    })
}

pub(super) fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 7
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '.' | '-' | '/' | '(' | ')'))
}

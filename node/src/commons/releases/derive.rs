//! `design derive`: a new design that carries all of another one, and says from where.
//!
//! Attribution and licence of the source go with it: as an item of its sources, with every source that it had itself.

use aronde_protocol::document::draft::{DraftItem, Wanted};
use aronde_protocol::document::schema::{self, AUTHORS, design};
use aronde_protocol::document::value::Value;
use aronde_protocol::licence;

use super::Commons;
use super::states::named;
use crate::api::{DesignDerive, DesignDerived, ServiceError, Signer};

/// Fields that are the source's own, and not of what is made of it.
const OWN: [&str; 3] = ["version", "withdrawn", "repository"];

impl Commons {
    /// `design derive`.
    pub(in crate::commons) fn design_derive(
        &self,
        wanted: &DesignDerive,
        signer: &Signer,
    ) -> Result<DesignDerived, ServiceError> {
        let title = wanted.title.trim();
        if title.is_empty() {
            return Err(
                ServiceError::user("the title is empty").hint("give one: --title \"Press for left hands\"")
            );
        }
        let state = named(&mut self.entries(), &wanted.id)?;
        let mut draft = state.document.settled().map_err(|conflicts| {
            let fields: Vec<String> = conflicts.into_iter().map(|c| c.field).collect();
            ServiceError::user(format!("nobody has decided between the values of {}", fields.join(", ")))
                .hint("derive from a release instead, ID@VERSION, or decide first: aronde design show ID")
        })?;
        let names = draft.items(AUTHORS).iter().filter_map(|author| author.text("name"));
        let attribution = names.collect::<Vec<_>>().join(", ");
        let text = |text: Option<&str>| text.filter(|t| !t.is_empty()).map_or(Value::Nothing, Value::from);
        // Authors are personal and can be forgotten; who they were stays with the source, not in an open field.
        let release = state.release.as_ref().map(|release| release.id.to_string());
        let version = state.release.as_ref().map(|release| release.facts.version.clone());
        let licence = draft.text("licence").map(str::to_owned);
        let called = draft.text("title").unwrap_or("a design without a title");
        let called = version.map_or_else(|| called.to_owned(), |version| format!("{called} {version}"));
        let workshop = self.maker_of(&state.design);
        let source: Wanted = [
            ("title", text(Some(&called))),
            ("link", text(draft.text("repository"))),
            ("release", text(release.as_deref())),
            ("licence", text(licence.as_deref())),
            ("attribution", text(workshop.as_deref())),
            ("relation", text(Some("derived"))),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        draft.lists.entry(design::SOURCES.to_owned()).or_default().insert(0, DraftItem::from(source));
        for name in OWN {
            draft.fields.remove(name);
        }
        draft.fields.insert("title".to_owned(), Value::Text(title.to_owned()));
        draft.fields.insert(
            "derived-from".to_owned(),
            Value::Text(release.unwrap_or_else(|| state.design.to_string())),
        );
        let id = self.create_document(&schema::design::KIND, &draft, signer)?;
        let mut remarks = Vec::new();
        match licence.as_deref() {
            None => remarks.push(
                "the source has no licence: nobody may change it before its makers give one".to_owned(),
            ),
            Some(text) => {
                remarks.extend(licence::closed(text));
                if licence::is_reciprocal(text) {
                    remarks.push(format!(
                        "{text} is reciprocal: what is derived stays under it, with its sources"
                    ));
                }
            }
        }
        if !attribution.is_empty() {
            remarks.push(format!("its authors stay named: {attribution}"));
        }
        Ok(DesignDerived {
            id,
            source: state.design,
            release: state.release.map(|release| release.id),
            remarks,
        })
    }

    /// The workshop that created a design, by its name.
    fn maker_of(&self, design: &aronde_protocol::id::DocumentId) -> Option<String> {
        let entries = self.entries();
        entries.replica().creator(design).and_then(|workshop| Self::workshop_name(&entries, &workshop))
    }
}

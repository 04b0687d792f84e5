//! `design edit`.

use std::collections::BTreeMap;

use aronde_protocol::authority::Role;
use aronde_protocol::document::update;
use aronde_protocol::{licence, proposal};

use super::super::Commons;
use super::design_id;
use crate::api::{DesignEdit, DesignEdited, ServiceError, Signer};

impl Commons {
    /// `design edit`.
    pub(in crate::commons) fn design_edit(
        &self,
        edit: &DesignEdit,
        signer: &Signer,
    ) -> Result<DesignEdited, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let id = design_id(&entries, &edit.id)?;
        self.acting(&entries, key.member(), Role::writes, "a maker or a steward")?;
        let ground = Self::ground(&mut entries, key.member(), &id, edit.on.as_deref(), edit.apart)?;
        // All are set on the document as it is, so of two for one field only the last can be meant.
        let wishes: BTreeMap<&str, &str> = edit.set.iter().map(|(f, v)| (f.as_str(), v.as_str())).collect();
        if let Some(licence) = wishes.get("licence").filter(|licence| !licence.is_empty()) {
            licence::parse(licence).map_err(ServiceError::user)?;
        }
        let batches = update::set_fields(&ground.document, wishes)?;
        let entry = self.write_edits(&mut entries, &key, &id, &ground, batches)?;
        let entry = entry.ok_or_else(|| match ground.on {
            Some(on) => ServiceError::user(format!(
                "your proposal {} says that already, so there is nothing to write",
                on.short()
            ))
            .hint(format!("see it with: aronde proposal show {}", on.short())),
            None => ServiceError::user("the design says that already, so there is nothing to write"),
        })?;
        let replica = entries.replica();
        let accepted = replica.get(&entry).is_some_and(|held| held.verdict.counts());
        let edits = proposal::of(replica, &entry).map_or(0, |p| p.edits.len() as u64);
        let keepers = Self::keepers(&entries, &id);
        Ok(DesignEdited { id, entry, accepted, keepers, on: ground.on, edits })
    }
}

//! `capacity set | add | remove | claim`.

use std::collections::BTreeMap;

use aronde_protocol::authority::Role;
use aronde_protocol::canonical;
use aronde_protocol::document::DocumentEntry;
use aronde_protocol::document::authoring;
use aronde_protocol::document::batch::Batch;
use aronde_protocol::document::draft::{Draft, Wanted};
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::schema::capacity::{KIND, MACHINES, PROCESSES};
use aronde_protocol::document::update::{self, UpdateError};
use aronde_protocol::document::value::Value;
use aronde_protocol::id::{DocumentId, EntryId, MembershipId};
use aronde_protocol::key::MemberKey;
use aronde_protocol::process;

use super::super::document::add_document;
use super::super::{Commons, Log};
use super::{item, sheet_id};
use crate::api::{CapacityAdd, CapacityChanged, CapacityRemove, CapacitySet, ServiceError, Signer};

impl Commons {
    /// `capacity set`.
    pub(in crate::commons) fn capacity_set(
        &self,
        set: &CapacitySet,
        signer: &Signer,
    ) -> Result<CapacityChanged, ServiceError> {
        if set.set.is_empty() && set.machines.is_empty() {
            return Err(ServiceError::user("nothing is said that could be set")
                .hint("say what: aronde capacity set city=Namur"));
        }
        let wishes: BTreeMap<String, String> =
            set.set.iter().map(|(field, value)| (field.clone(), settled(field, value))).collect();
        let (mut said, created) = self.change(set.id.as_deref(), signer, |document| {
            update::set_fields(document, wishes.iter().map(|(f, v)| (f.as_str(), v.as_str())))
        })?;
        // One after the other: each stands behind the one before.
        for machine in &set.machines {
            let fields = vec![("name".to_owned(), machine.clone())];
            let add = CapacityAdd { id: Some(said.id.to_string()), list: MACHINES.to_owned(), set: fields };
            said = self.capacity_add(&add, signer)?;
        }
        Ok(CapacityChanged { created, ..said })
    }

    /// `capacity add`.
    pub(in crate::commons) fn capacity_add(
        &self,
        add: &CapacityAdd,
        signer: &Signer,
    ) -> Result<CapacityChanged, ServiceError> {
        known_list(&add.list)?;
        let mut wishes: BTreeMap<String, String> = add
            .set
            .iter()
            .map(|(field, value)| (field.clone(), settled(&format!("{}/1/{field}", add.list), value)))
            .collect();
        if wishes.is_empty() {
            return Err(ServiceError::user("an item without a field is none")
                .hint("say what it is: --set name=\"Laser cutter\""));
        }
        if add.list == MACHINES && !wishes.contains_key("process") {
            let guess =
                ["name", "model"].iter().filter_map(|f| wishes.get(*f)).find_map(|text| process::guess(text));
            if let Some(process) = guess {
                wishes.insert("process".to_owned(), process.id.to_owned());
            }
        }
        let (said, created) = self.change(add.id.as_deref(), signer, |document| {
            update::add_item(document, &add.list, None, wishes.iter().map(|(f, v)| (f.as_str(), v.as_str())))
        })?;
        Ok(CapacityChanged { created, ..said })
    }

    /// `capacity remove`.
    pub(in crate::commons) fn capacity_remove(
        &self,
        remove: &CapacityRemove,
        signer: &Signer,
    ) -> Result<CapacityChanged, ServiceError> {
        known_list(&remove.list)?;
        let (said, _) = self.change(remove.id.as_deref(), signer, |document| {
            let draft = document.agreed();
            let named =
                item(&draft, &remove.list, &remove.item).and_then(|item| item.id).map(|id| id.to_string());
            update::remove_item(document, &remove.list, named.as_deref().unwrap_or(&remove.item))
        })?;
        Ok(said)
    }

    /// Changes a sheet, or the own workshop's, which is made when there is none.
    fn change(
        &self,
        id: Option<&str>,
        signer: &Signer,
        edits: impl Fn(&Document) -> Result<Vec<Batch>, UpdateError>,
    ) -> Result<(CapacityChanged, bool), ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let view = self.sheets(&mut entries)?;
        let (id, workshop) = if let Some(text) = id {
            (Some(sheet_id(&entries, &view, text)?), None)
        } else {
            let (id, workshop) = self.own_sheet(&entries, &view, key.member())?;
            (id, Some(workshop))
        };
        let (under, _) = self.acting(&entries, key.member(), Role::writes, "a maker or a steward")?;
        let (id, created) = match (id, workshop) {
            (Some(id), _) => (id, false),
            (None, Some(workshop)) => {
                let title = Self::workshop_name(&entries, &workshop).unwrap_or_else(|| workshop.short());
                let fields = [("title", title), ("workshop", workshop.to_string())];
                let fields = fields.map(|(name, text)| (name.to_owned(), Value::Text(text)));
                let draft = Draft { fields: Wanted::from(fields), lists: BTreeMap::new(), whole: false };
                let batches = authoring::create(&KIND, &draft).map_err(ServiceError::user)?;
                // What can't be set is said before anything is written.
                edits(&scratch(&batches, key.member(), under)?).map_err(told)?;
                let id = self.write(&mut entries, &key, Log::Work, |burst| {
                    add_document(burst, &KIND, &batches, under)
                })?;
                (id, true)
            }
            (None, None) => return Err(ServiceError::internal("a sheet was neither named nor made")),
        };
        let ground = Self::ground(&mut entries, key.member(), &id, None, false)?;
        let batches = edits(&ground.document).map_err(told)?;
        let entry = self.write_edits(&mut entries, &key, &id, &ground, batches)?;
        Ok((Self::changed(&entries, id, entry, created), created))
    }

    fn changed(
        entries: &super::super::entries::Entries,
        id: DocumentId,
        entry: Option<EntryId>,
        created: bool,
    ) -> CapacityChanged {
        let counts = |entry: &EntryId| entries.replica().get(entry).is_some_and(|held| held.verdict.counts());
        let accepted = entry.as_ref().is_none_or(counts);
        CapacityChanged { id, entry, created, accepted, keepers: Self::keepers(entries, &id) }
    }

    /// `capacity claim`. Who keeps the listed sheet claims it itself; else the own workshop gets one of its own that
    /// takes its place.
    pub(in crate::commons) fn capacity_claim(
        &self,
        id: &str,
        signer: &Signer,
    ) -> Result<CapacityChanged, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let view = self.sheets(&mut entries)?;
        let id = sheet_id(&entries, &view, id)?;
        let (own, workshop) = self.own_sheet(&entries, &view, key.member())?;
        if let Some(claimed) = view.claimed.get(&id) {
            let name = Self::workshop_name(&entries, claimed).unwrap_or_else(|| claimed.short());
            return Err(ServiceError::user(format!("the sheet {} is {name}'s already", id.short())));
        }
        if let Some(own) = own {
            return Err(ServiceError::user(format!("your workshop has the sheet {} already", own.short()))
                .hint(format!("let it take the listed one's place: aronde capacity set claims={id}")));
        }
        let (under, _) = self.acting(&entries, key.member(), Role::writes, "a maker or a steward")?;
        let document = entries.document(&id)?;
        let named = ("workshop".to_owned(), Value::Text(workshop.to_string()));
        if Self::keeps(&entries, key.member(), &id) && entries.replica().keepers(&id).contains(&workshop) {
            let draft = Draft { fields: Wanted::from([named]), lists: BTreeMap::new(), whole: false };
            let batches = update::update(&document, &draft)?;
            let ground = Self::ground(&mut entries, key.member(), &id, None, false)?;
            let entry = self.write_edits(&mut entries, &key, &id, &ground, batches)?;
            return Ok(Self::changed(&entries, id, entry, false));
        }
        let mut draft = document.agreed();
        draft.fields.extend([named, ("claims".to_owned(), Value::Text(id.to_string()))]);
        let batches = authoring::create(&KIND, &draft).map_err(ServiceError::user)?;
        let made =
            self.write(&mut entries, &key, Log::Work, |burst| add_document(burst, &KIND, &batches, under))?;
        Ok(Self::changed(&entries, made, Some(made), true))
    }
}

/// A list that a sheet has.
fn known_list(list: &str) -> Result<(), ServiceError> {
    if KIND.list(list).is_some() {
        return Ok(());
    }
    let names: Vec<&str> = KIND.lists.iter().map(|list| list.name).collect();
    let shown: String = list.chars().take(60).collect();
    Err(ServiceError::user(format!("a capacity sheet has no list \"{shown}\""))
        .hint(format!("its lists are: {}", names.join(", "))))
}

/// A process by any of its names is written by its id.
fn settled(field: &str, value: &str) -> String {
    let names: Vec<&str> = field.split('/').collect();
    match names.as_slice() {
        [list, _, "process"] if [MACHINES, PROCESSES, "skills"].contains(list) => process::settled(value),
        _ => value.to_owned(),
    }
}

fn told(error: UpdateError) -> ServiceError {
    let said = ServiceError::user(&error);
    match error {
        UpdateError::NoSuchField(no) => said
            .hint(format!("the fields there are: {}", no.known.join(", ")))
            .hint("an item is named by its number: machines/1/cost; your own fields go below okw/"),
        _ => said,
    }
}

/// The document that batches would make, before it is one.
fn scratch(batches: &[Batch], author: MemberKey, under: MembershipId) -> Result<Document, ServiceError> {
    let first = batches.first().cloned().unwrap_or_default();
    let facts = canonical::encode(&first.create_facts(under, KIND.name)).map_err(ServiceError::internal)?;
    let id = EntryId::of(&facts);
    let entry = DocumentEntry { id, author, log: 0, seq: 0, at: 0, deps: Vec::new(), facts, personal: None };
    Document::of(id, &[entry]).map_err(ServiceError::internal)
}

//! `design edit`, and a file into a design.

use std::collections::BTreeMap;

use aronde_protocol::authority::Role;
use aronde_protocol::document::ItemId;
use aronde_protocol::document::batch::Batch;
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::schema::FILES;
use aronde_protocol::document::update;
use aronde_protocol::document::value::Value;
use aronde_protocol::document::view::{Field, Shown};
use aronde_protocol::file_path::FilePath;
use aronde_protocol::licence;

use super::super::Commons;
use super::design_id;
use crate::api::{DesignEdit, DesignEdited, DesignFileAdd, ServiceError, Signer};

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
        let batches = batches(&ground.document, edit)?;
        self.write_asked(&mut entries, &key, &ground, batches, "the design")
    }

    /// `design file add`.
    pub(in crate::commons) fn design_file_add(
        &self,
        add: &DesignFileAdd,
        signer: &Signer,
    ) -> Result<DesignEdited, ServiceError> {
        let name = add.file.file_name().map(|name| name.to_string_lossy().into_owned());
        let path = add.path.clone().or(name).unwrap_or_default();
        let path = FilePath::parse(&path).map_err(ServiceError::user)?.to_string();
        // Right is checked before any bytes are taken in.
        let key = self.key(signer)?;
        let id = {
            let entries = self.entries();
            self.acting(&entries, key.member(), Role::writes, "a maker or a steward")?;
            design_id(&entries, &add.id)?
        };
        let _taking = self.files.taking_in();
        let (hash, len) = self.files.put_path(&add.file)?;
        let (hash, len) = (hash.to_string(), len.to_string());
        let mut entries = self.entries();
        let ground = Self::ground(&mut entries, key.member(), &id, add.on.as_deref(), add.apart)?;
        let further = add.set.iter().map(|(field, value)| (field.as_str(), value.as_str()));
        let fields = [("file", hash.as_str()), ("len", len.as_str())].into_iter().chain(further);
        let batches = if let Some(item) = file_at(&ground.document, &path) {
            let is = ground.document.fields_of_item(item);
            let says = |field: &str, value: &str| match is.get(field).and_then(Field::agreed) {
                Some(Shown::Value(is)) => is.to_string() == value,
                _ => false,
            };
            let named: Vec<(String, &str)> = fields
                .filter(|(field, value)| !says(field, value))
                .map(|(field, value)| (format!("{FILES}/{item}/{field}"), value))
                .collect();
            update::set_fields(&ground.document, named.iter().map(|(f, v)| (f.as_str(), *v)))?
        } else {
            let fields = [("path", path.as_str())].into_iter().chain(fields);
            update::add_item(&ground.document, FILES, None, fields)?
        };
        self.write_asked(&mut entries, &key, &ground, batches, "the design")
    }
}

/// The item of the file that lies there.
fn file_at(document: &Document, path: &str) -> Option<ItemId> {
    let lies = |field: Option<&Field<Shown>>| matches!(field.and_then(Field::agreed), Some(Shown::Value(Value::Text(at))) if at == path);
    document.items(FILES).into_iter().find(|item| lies(item.what.get("path"))).map(|item| item.id)
}

/// All that an edit asks for.
fn batches(document: &Document, edit: &DesignEdit) -> Result<Vec<Batch>, ServiceError> {
    // All are set on the document as it is, so of two for one field only the last can be meant.
    let wishes: BTreeMap<&str, &str> = edit.set.iter().map(|(f, v)| (f.as_str(), v.as_str())).collect();
    if let Some(licence) = wishes.get("licence").filter(|licence| !licence.is_empty()) {
        licence::parse(licence).map_err(ServiceError::user)?;
    }
    let mut batches = update::set_fields(document, wishes)?;
    for add in &edit.add {
        let fields = add.set.iter().map(|(f, v)| (f.as_str(), v.as_str()));
        batches.extend(update::add_item(document, &add.list, add.after.as_deref(), fields)?);
    }
    for remove in &edit.remove {
        batches.extend(update::remove_item(document, &remove.list, &remove.item)?);
    }
    Ok(batches)
}

//! `capacity publish`: a sheet as the maps of workshops read it, with what its audience may learn.

use aronde_protocol::capacity::disclosed;
use aronde_protocol::interchange::{okw, spaceapi};

use super::super::Commons;
use super::sheet_id;
use crate::api::{CapacityPublish, CapacityPublished, PublishFormat, ServiceError};

impl Commons {
    /// `capacity publish`.
    pub(in crate::commons) fn capacity_publish(
        &self,
        publish: &CapacityPublish,
    ) -> Result<CapacityPublished, ServiceError> {
        let mut entries = self.entries();
        let view = self.sheets(&mut entries)?;
        let id = if let Some(text) = &publish.id {
            sheet_id(&entries, &view, text)?
        } else {
            let (own, _) = self.own_sheet(&entries, &view, self.member())?;
            own.ok_or_else(|| {
                ServiceError::user("your workshop has no capacity sheet yet")
                    .hint("make it: aronde capacity set city=Namur")
            })?
        };
        let conflicts = entries.document(&id)?.conflicts().len();
        let sheet =
            view.sheets.get(&id).ok_or_else(|| ServiceError::internal("a sheet that was found is gone"))?;
        let said = disclosed(&sheet.draft, publish.audience);
        let (text, mut findings) = match publish.format {
            PublishFormat::Okw => (okw::to_json(&said), Vec::new()),
            PublishFormat::Spaceapi => spaceapi::write(&said),
        };
        if conflicts > 0 {
            findings.push(format!(
                "{conflicts} fields have several values, and are left out until somebody decides"
            ));
        }
        Ok(CapacityPublished { id, audience: publish.audience, text, findings })
    }
}

//! Rewriting a segment, to take something out of it for ever.
//!
//! The segment is written anew aside, synced, and renamed over the old one: at any moment one of the two is there,
//! whole. Every record is sealed again at its new place. What is damaged was unreadable and may hold what is to
//! go: zeros of the same length take its place, and it stays named as damage.

use std::collections::BTreeMap;

use super::open::read_segment;
use super::{Journal, Location, Segment, segment_path};
use crate::store::error::StoreError;
use crate::store::segment::{HEADER_LEN, Header, Piece, RECORD_HEAD};

impl Journal {
    /// Rewrites a segment. `replace` is shown every record, and answers what shall stand in its place, if
    /// anything else. Returns where each record lay and where it lies now.
    ///
    /// # Errors
    /// The segment is not readable, the disk has too little room, or it fails. The old segment is there then.
    pub fn rewrite(
        &mut self,
        segment: u32,
        mut replace: impl FnMut(Location, &[u8]) -> Option<Vec<u8>>,
    ) -> Result<BTreeMap<Location, Location>, StoreError> {
        if let Some(why) = &self.failed {
            return Err(StoreError::Refusing(why.clone()));
        }
        let damaged = |what: &str| StoreError::Damaged { segment, offset: 0, what: what.to_owned() };
        let known = self.segments.get(&segment).copied().ok_or_else(|| damaged("the segment is missing"))?;
        let path = segment_path(&self.folder, segment);
        let mut bytes = read_segment(&path)?;
        bytes.truncate(known.len as usize);
        let header = Header::decode(&bytes, &path)?
            .filter(|h| h.segment == segment && h.identity == self.identity)
            .ok_or_else(|| damaged("its header is not what was written"))?;
        self.reserve(bytes.len() as u64)?;

        let generation = header.generation.saturating_add(1);
        let mut out = Header { generation, ..header }.encode();
        let here = |out: &Vec<u8>| u32::try_from(out.len()).unwrap_or(u32::MAX);
        let (mut moved, mut groups) = (BTreeMap::new(), BTreeMap::new());
        for piece in self.sealer.pieces(&bytes, segment, HEADER_LEN, 0) {
            match piece {
                Piece::Record { offset, len, group } => {
                    let start = offset as usize + RECORD_HEAD as usize;
                    let payload = bytes.get(start..start + len as usize).unwrap_or_default();
                    let old = Location { segment, offset, len };
                    let instead = replace(old, payload);
                    let payload = instead.as_deref().unwrap_or(payload);
                    let at = here(&out);
                    let group = *groups.entry(group).or_insert(at);
                    self.sealer.seal(&mut out, segment, at, group, payload);
                    let len = u32::try_from(payload.len()).unwrap_or(u32::MAX);
                    moved.insert(old, Location { segment, offset: at, len });
                }
                Piece::Damaged { len, .. } => out.resize(out.len() + len as usize, 0),
            }
        }
        if let Some(short) = bytes.len().checked_sub(out.len()).filter(|short| *short > 0) {
            let at = here(&out);
            self.sealer.fill(&mut out, segment, at, short.saturating_sub(RECORD_HEAD as usize));
        }

        let aside = path.with_extension("new");
        let mut file = self.disk.create(&aside).map_err(StoreError::io("create", &aside))?;
        (self.disk.write(&mut file, &out))
            .and_then(|()| self.disk.sync(&file))
            .map_err(StoreError::io("write", &aside))?;
        let named = (self.disk.rename(&aside, &path)).and_then(|()| self.disk.sync_folder(&self.folder));
        if let Err(source) = named {
            // Which of the two is there is not known: nothing more is written before the next start looks.
            let error = StoreError::io("rewrite", &path)(source);
            self.failed = Some(error.to_string());
            self.tail = None;
            return Err(error);
        }
        if self.tail.is_some() && self.segments.last_key_value().is_some_and(|(newest, _)| *newest == segment)
        {
            self.tail = Some(file);
        }
        self.readers.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&segment);
        self.segments.insert(segment, Segment { generation, len: here(&out), readable: true });
        Ok(moved)
    }
}

//! What an audit found damaged, remembered until it is held again: a loss is not forgotten because the
//! node went on without it.

use std::path::{Path, PathBuf};

use aronde_protocol::id::EntryId;
use serde::{Deserialize, Serialize};

use crate::api::ServiceError;
use crate::secret_file;
use crate::store::Damage;

/// The file's name in the home.
const FILE: &str = "losses.json";

/// A damaged stretch of the journal and the entries that lay there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Loss {
    segment: u32,
    offset: u32,
    entries: Vec<EntryId>,
}

/// See the module.
#[derive(Debug)]
pub struct Losses {
    path: PathBuf,
    known: Vec<Loss>,
}

impl Losses {
    /// The losses of a home. A file that can't be read is taken for none: it is made anew.
    pub fn open(home: &Path) -> Self {
        let path = home.join(FILE);
        let known = secret_file::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Self { path, known: known.unwrap_or_default() }
    }

    /// Remembers what lay in a damaged stretch.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn remember(&mut self, damage: &Damage, entries: &[EntryId]) -> Result<(), ServiceError> {
        // A tail that was cut makes room for new records, which may be damaged at the same place in turn.
        let mut all = self.of(damage).unwrap_or_default().to_vec();
        all.extend(entries);
        all.sort_unstable();
        all.dedup();
        self.known.retain(|loss| !loss.is(damage));
        self.known.push(Loss { segment: damage.segment, offset: damage.offset, entries: all });
        let bytes = serde_json::to_vec_pretty(&self.known).map_err(ServiceError::internal)?;
        secret_file::replace(&self.path, &bytes).map_err(|e| crate::home::HomeError::Secret(e).into())
    }

    /// All that ever lay in a damaged stretch.
    pub fn entries(&self) -> impl Iterator<Item = &EntryId> {
        self.known.iter().flat_map(|loss| &loss.entries)
    }

    /// What lay in a damaged stretch, if it was known when it was found.
    pub fn of(&self, damage: &Damage) -> Option<&[EntryId]> {
        self.known.iter().find(|loss| loss.is(damage)).map(|loss| loss.entries.as_slice())
    }
}

impl Loss {
    fn is(&self, damage: &Damage) -> bool {
        (self.segment, self.offset) == (damage.segment, damage.offset)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_is_remembered_over_starts() {
        let home = tempfile::tempdir().unwrap();
        let damage = Damage { segment: 1, offset: 2, len: 3, what: "torn".into() };
        assert_eq!(Losses::open(home.path()).of(&damage), None);
        let lost = [EntryId::of(b"lost")];
        Losses::open(home.path()).remember(&damage, &lost).unwrap();
        assert_eq!(Losses::open(home.path()).of(&damage), Some(&lost[..]));
        let later = EntryId::of(b"lost later at the same place");
        Losses::open(home.path()).remember(&damage, &[later]).unwrap();
        let known: Vec<EntryId> = Losses::open(home.path()).entries().copied().collect();
        assert!(known.contains(&lost[0]) && known.contains(&later));
        assert_eq!(Losses::open(home.path()).of(&Damage { offset: 9, ..damage }), None);
    }
}

//! Retractions: the word of who said a record, or of who it says did something, that it is taken back. The entry's
//! subject is the record, the reason lies in the personal part.
//!
//! A retraction is final. What was right after all is written anew.

use serde::{Deserialize, Serialize};

use super::facts;
use crate::canonical;
use crate::entry::EntryError;

/// The facts of `record/retraction`: none beside its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetractionFacts {}

facts!(RetractionFacts);

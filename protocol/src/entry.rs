//! Entries: the immutable unit that is stored and replicated (`docs/design.md`, section 3).
//!
//! An [`Entry`] has passed every check that its own bytes decide: canonical form, limits, a sound
//! author's key, facts and personal part that hash to what the header names. It is *not* known to be
//! authentic; [`crate::replica`] decides that, and whether it may be held, from the entries around it.
//!
//! The signature is a witness, not part of the entry: two entries with one id are the same entry.

use std::collections::BTreeMap;

use ipld_core::ipld::Ipld;
use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::document::edit::FactsError;
use crate::id::EntryId;
use crate::key::{KeyError, MemberKey, SecretKey};
use crate::limits;

pub mod gist;
pub mod kind;

pub use gist::Gist;
pub use kind::{Class, Kind};

/// Why bytes are not an entry. Each is decided by the bytes alone, so every replica says the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Larger, longer or later than a limit.
    #[error("the entry's {what} is over the limit of {limit}")]
    OverLimit {
        /// Which part.
        what: &'static str,
        /// The limit, in bytes or items.
        limit: u64,
    },
    /// The header or the facts are not canonical.
    #[error("the entry's {part} is {error}")]
    Canonical {
        /// `header` or `facts`.
        part: &'static str,
        /// What is wrong.
        error: CanonicalError,
    },
    /// The author's key is refused.
    #[error("the entry's author: {0}")]
    Key(#[from] KeyError),
    /// Facts or personal part don't hash to what the header names.
    #[error("the entry's {0} is not what its header names")]
    WrongPart(&'static str),
    /// The facts of a document's entry can't be read.
    #[error(transparent)]
    Facts(#[from] FactsError),
    /// A list that must be sorted, without repetition, is not.
    #[error("the entry's {0} is not sorted without repetition")]
    Unsorted(&'static str),
    /// Fields that don't fit each other, such as a first entry that names a previous one.
    #[error("the entry's {0}")]
    Unfit(&'static str),
}

/// Hash and length of a part that lies beside the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// BLAKE3 of the part's bytes.
    pub hash: EntryId,
    /// Its length in bytes.
    pub len: u64,
}

impl Part {
    /// Names these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self { hash: EntryId::of(bytes), len: bytes.len() as u64 }
    }
}

/// What an entry's id is the hash of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Rules level the entry was written for.
    pub v: u64,
    /// The federation's founding entry; absent in that entry only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub federation: Option<EntryId>,
    /// Whose hand.
    #[serde(with = "serde_bytes")]
    pub author: [u8; 32],
    /// Which of the author's logs: drawn at random for each installation.
    pub log: u64,
    /// Place in the log, from 0.
    pub seq: u64,
    /// The entry before it in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<EntryId>,
    /// When the author says it was written, in ms since 1970 UTC. A claim; nothing decides by it.
    pub at: u64,
    /// Heads of the authority that the author knew.
    pub seen: Vec<EntryId>,
    /// What it is: `class/name`.
    pub kind: Kind,
    /// What it is about: a document or a record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<EntryId>,
    /// The entries of the same document that it builds on.
    pub deps: Vec<EntryId>,
    /// What acceptance, standing and totals read.
    pub facts: Part,
    /// Names, notes and evidence; removable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<Part>,
}

/// A well-formed entry with its parts. Not known to be authentic.
#[derive(Debug, Clone)]
pub struct Entry {
    id: EntryId,
    bytes: Vec<u8>,
    header: Header,
    author: MemberKey,
    facts: Vec<u8>,
    personal: Option<Vec<u8>>,
    signature: Option<[u8; 64]>,
}

impl Header {
    /// The header in these bytes, which have just the known fields if it is of a known level. One of a
    /// newer level may have more: the known ones are read, and nothing is judged.
    ///
    /// # Errors
    /// The bytes are not canonical.
    pub fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        let refused = |error| EntryError::Canonical { part: "header", error };
        match canonical::decode::<Header>(bytes) {
            Ok(header) => Ok(header),
            Err(error) => {
                let fields: BTreeMap<String, Ipld> = canonical::decode(bytes).map_err(refused)?;
                match fields.get("v") {
                    Some(Ipld::Integer(v)) if *v > i128::from(limits::RULES_LEVEL) => {}
                    _ => return Err(refused(error)),
                }
                serde_ipld_dagcbor::from_slice(bytes)
                    .map_err(|e| refused(CanonicalError::Malformed(e.to_string())))
            }
        }
    }
}

impl Header {
    /// Checks the fields against each other and against their limits. [`Entry`] does so by itself; this is for
    /// headers that come alone.
    ///
    /// # Errors
    /// [`EntryError`] names what is wrong.
    pub fn check(&self) -> Result<(), EntryError> {
        check_fields(self)
    }

    /// The federation: what the header names, or the entry itself, whose id is given, when it founds one.
    pub fn federation(&self, id: EntryId) -> EntryId {
        self.federation.unwrap_or(id)
    }

    /// Whether this entry, once authentic, makes `before` authentic too, whose id is given: the next one of
    /// the same log, author and federation, that names it, without crossing a multiple of
    /// [`limits::VOUCH_SPAN`].
    pub fn vouches_for(&self, before: &Header, id: EntryId) -> bool {
        self.prev == Some(id)
            && self.author == before.author
            && self.log == before.log
            && self.federation == Some(before.federation(id))
            && before.seq.checked_add(1) == Some(self.seq)
            && !self.seq.is_multiple_of(limits::VOUCH_SPAN)
    }
}

impl Entry {
    /// Checks an entry by its own bytes, cheapest check first.
    ///
    /// `personal` may be absent though the header names it: it is then wanted.
    ///
    /// # Errors
    /// [`EntryError`] names what is wrong.
    pub fn from_parts(
        header: Vec<u8>,
        facts: Vec<u8>,
        personal: Option<Vec<u8>>,
        signature: Option<[u8; 64]>,
    ) -> Result<Self, EntryError> {
        Self::from_parts_by(MemberKey::from_bytes, header, facts, personal, signature)
    }

    /// As [`Entry::from_parts`], where the caller checks the author's key, or knows that it was checked.
    ///
    /// # Errors
    /// [`EntryError`] names what is wrong.
    pub(crate) fn from_parts_by(
        author: impl FnOnce([u8; 32]) -> Result<MemberKey, KeyError>,
        header: Vec<u8>,
        facts: Vec<u8>,
        personal: Option<Vec<u8>>,
        signature: Option<[u8; 64]>,
    ) -> Result<Self, EntryError> {
        check_sizes(&header, &facts, personal.as_deref())?;
        let decoded = Header::decode(&header)?;
        let author = author(decoded.author)?;
        Self::assemble(author, decoded, header, facts, personal, signature)
    }

    /// Its header's fields, when nothing else of it is needed any more.
    pub(crate) fn into_header(self) -> Header {
        self.header
    }

    /// An entry from a header that was made here or expanded from a compact run: its canonical bytes
    /// are those it encodes to.
    ///
    /// # Errors
    /// The header breaks a rule; see [`EntryError`].
    pub fn build(
        header: Header,
        facts: Vec<u8>,
        personal: Option<Vec<u8>>,
        signature: Option<[u8; 64]>,
    ) -> Result<Self, EntryError> {
        Self::build_by(None, header, facts, personal, signature)
    }

    /// As [`Entry::build`], where the author's key may be known already: to check a key costs as much as
    /// everything else here together, and the entries of a run have one author.
    ///
    /// # Errors
    /// The header breaks a rule; see [`EntryError`].
    pub fn build_by(
        author: Option<MemberKey>,
        header: Header,
        facts: Vec<u8>,
        personal: Option<Vec<u8>>,
        signature: Option<[u8; 64]>,
    ) -> Result<Self, EntryError> {
        let bytes =
            canonical::encode(&header).map_err(|error| EntryError::Canonical { part: "header", error })?;
        check_sizes(&bytes, &facts, personal.as_deref())?;
        let author = match author.filter(|key| *key.as_bytes() == header.author) {
            Some(author) => author,
            None => MemberKey::from_bytes(header.author)?,
        };
        Self::assemble(author, header, bytes, facts, personal, signature)
    }

    fn assemble(
        author: MemberKey,
        header: Header,
        bytes: Vec<u8>,
        facts: Vec<u8>,
        personal: Option<Vec<u8>>,
        signature: Option<[u8; 64]>,
    ) -> Result<Self, EntryError> {
        check_fields(&header)?;
        if Part::of(&facts) != header.facts {
            return Err(EntryError::WrongPart("facts"));
        }
        match (&personal, header.personal) {
            (Some(given), Some(named)) if Part::of(given) == named => {}
            (None, _) => {}
            _ => return Err(EntryError::WrongPart("personal part")),
        }
        Ok(Self { id: EntryId::of(&bytes), bytes, header, author, facts, personal, signature })
    }

    /// BLAKE3 of the header.
    pub fn id(&self) -> EntryId {
        self.id
    }

    /// The canonical header.
    pub fn header_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The header's fields.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Whose hand.
    pub fn author(&self) -> MemberKey {
        self.author
    }

    /// The federation: what the header names, or the entry itself when it founds one.
    pub fn federation(&self) -> EntryId {
        self.header.federation(self.id)
    }

    /// The facts' bytes.
    pub fn facts(&self) -> &[u8] {
        &self.facts
    }

    /// The personal part's bytes, when they are here.
    pub fn personal(&self) -> Option<&[u8]> {
        self.personal.as_deref()
    }

    /// Whether the header names a personal part that isn't here.
    pub fn lacks_personal(&self) -> bool {
        self.header.personal.is_some() && self.personal.is_none()
    }

    /// The signature it came with, if any; unchecked.
    pub fn signature(&self) -> Option<&[u8; 64]> {
        self.signature.as_ref()
    }

    /// Whether it came with a signature that its author's key vouches by.
    pub fn signature_holds(&self) -> bool {
        self.signature.as_ref().is_some_and(|s| self.author.vouches(&self.id, s))
    }

    /// The same entry with another witness.
    #[must_use]
    pub fn with_signature(mut self, signature: Option<[u8; 64]>) -> Self {
        self.signature = signature;
        self
    }

    /// This entry with what another copy of it has beside: signature, personal part.
    #[must_use]
    pub fn joined(mut self, other: Self) -> Self {
        if other.id == self.id {
            self.signature = self.signature.or(other.signature);
            self.personal = self.personal.or(other.personal);
        }
        self
    }

    /// The same entry without its personal part.
    #[must_use]
    pub fn without_personal(mut self) -> Self {
        self.personal = None;
        self
    }

    /// Signs it. A signer signs only what it built itself.
    #[must_use]
    pub fn signed(self, key: &SecretKey) -> Self {
        let signature = key.vouch(&self.id);
        self.with_signature(Some(signature))
    }

    /// Whether this entry, once authentic, makes `before` authentic too; see [`Header::vouches_for`].
    pub fn vouches_for(&self, before: &Entry) -> bool {
        self.header.vouches_for(&before.header, before.id)
    }

    /// Bytes of header and parts together.
    pub fn len(&self) -> usize {
        self.bytes.len() + self.facts.len() + self.personal.as_ref().map_or(0, Vec::len)
    }

    /// An entry is never empty; here for the pair with `len`.
    pub fn is_empty(&self) -> bool {
        false
    }
}

fn at_most(what: &'static str, value: u64, limit: u64) -> Result<(), EntryError> {
    if value > limit { Err(EntryError::OverLimit { what, limit }) } else { Ok(()) }
}

fn check_sizes(header: &[u8], facts: &[u8], personal: Option<&[u8]>) -> Result<(), EntryError> {
    at_most("header", header.len() as u64, limits::HEADER_MAX as u64)?;
    at_most("facts", facts.len() as u64, limits::FACTS_MAX as u64)?;
    at_most("personal part", personal.map_or(0, <[u8]>::len) as u64, limits::PERSONAL_MAX as u64)
}

fn check_fields(header: &Header) -> Result<(), EntryError> {
    at_most("list of heads seen", header.seen.len() as u64, limits::SEEN_MAX as u64)?;
    at_most("list of deps", header.deps.len() as u64, limits::DEPS_MAX as u64)?;
    at_most("claimed time", header.at, limits::AT_MAX)?;
    at_most("facts", header.facts.len, limits::FACTS_MAX as u64)?;
    at_most("personal part", header.personal.map_or(0, |p| p.len), limits::PERSONAL_MAX as u64)?;
    if header.v == 0 {
        return Err(EntryError::Unfit("rules level is 0"));
    }
    for (list, name) in [(&header.seen, "list of heads seen"), (&header.deps, "list of deps")] {
        if !list.is_sorted_by(|a, b| a < b) {
            return Err(EntryError::Unsorted(name));
        }
    }
    if (header.seq == 0) != header.prev.is_none() {
        return Err(EntryError::Unfit("seq and prev don't fit: only the first entry of a log has no prev"));
    }
    if header.kind.class() == Class::Operation && !(header.deps.is_empty() && header.subject.is_none()) {
        return Err(EntryError::Unfit("kind is an operation, which has neither subject nor deps"));
    }
    if header.kind.founds() != header.federation.is_none() {
        return Err(EntryError::Unfit("federation is missing, or is named by an entry that founds one"));
    }
    if header.kind.founds() && !(header.seq == 0 && header.seen.is_empty()) {
        return Err(EntryError::Unfit("kind founds a federation, which nothing can come before"));
    }
    Ok(())
}

//! Every limit, each with its reason. Sizes are in bytes unless the name says otherwise.
//!
//! Limits of the first group decide what may be held: they are part of rules level 1 and are the
//! same at every replica. The others only delay, and may differ between replicas.

// ------------------------------------------------------------------ what may be held (rules level 1)

/// The rules level that this version judges.
pub const RULES_LEVEL: u64 = 1;
/// A header. Its lists are bounded one by one below; this is their sum with room to spare.
pub const HEADER_MAX: usize = 16 * 1024;
/// Facts of one entry. Bigger content is a file.
pub const FACTS_MAX: usize = 128 * 1024;
/// The personal part of one entry.
pub const PERSONAL_MAX: usize = 64 * 1024;
/// Operations named in `seen`: honest software names the heads, and a federation rarely has ten.
pub const SEEN_MAX: usize = 64;
/// Entries named in `deps`: an honest merge has fewer than ten heads.
pub const DEPS_MAX: usize = 64;
/// Length of a kind's name, in bytes.
pub const KIND_MAX: usize = 64;
/// The latest claimed time that can be written as RFC 3339: the end of the year 9999, in ms.
pub const AT_MAX: u64 = 253_402_300_799_999;
/// Vouching does not cross a multiple of this in `seq`, so a cold receiver that starts anywhere
/// hashes at most this many entries for one signature.
pub const VOUCH_SPAN: u64 = 1_024;
/// A name of a member, workshop or federation, in bytes of UTF-8.
pub const NAME_MAX: usize = 64;

// ------------------------------------------------------------------ how much at once (may differ)

/// Entries in one compact run: what one decode may expand to.
pub const RUN_ENTRIES_MAX: usize = 256;
/// A compact run, so that one is never more than a small frame.
pub const RUN_MAX: usize = 512 * 1024;

// ------------------------------------------------------------- what a document's facts may hold
// Facts over one of these are refused when they are decoded. What decodes and doesn't fit the
// document is skipped by `document::apply` and reported; it never decides acceptance.

/// Edits in one entry: what `FACTS_MAX` holds of the smallest edit, with room.
pub const EDITS_MAX: usize = 4_096;
/// Names in one path. Manifests nest three deep; the rest of a deep value lies inside the value.
pub const PATH_NAMES_MAX: usize = 8;
/// One name in a path, and the name of a list, in bytes.
pub const PATH_NAME_MAX: usize = 256;
/// How deep lists and maps lie in each other in a value.
pub const VALUE_DEPTH_MAX: usize = 16;
/// Values in one personal part.
pub const PERSONAL_VALUES_MAX: usize = 1_024;

// --------------------------------------------------------------- what an edit may make of a document

/// A collaborative text, in Unicode scalar values, after a splice at the entry's `deps`.
pub const TEXT_MAX: usize = 1 << 20;
/// An order key, in bytes. Keys grow by one byte for about six insertions at one place, so a list
/// is spread anew by its editor long before.
pub const ORDER_KEY_MAX: usize = 256;

// ---------------------------------------------------------- work on one document (may differ)

/// Documents kept open while one with concurrent branches is built; further ones are built again
/// when they are needed. Each is up to some megabytes.
pub const STRANDS_MAX: usize = 64;
/// Concurrent versions of one text that are compared pair by pair; more are a conflict at once.
pub const TEXT_VERSIONS_MAX: usize = 16;

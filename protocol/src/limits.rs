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

// ------------------------------------------------------------------ files of a design

/// A file's path inside its design, in bytes of UTF-8: twice what Windows takes without asking, so
/// that real packages pass, and short enough that a list of 5,000 stays small.
pub const FILE_PATH_MAX: usize = 512;
/// One name in such a path, in bytes: what ext4, APFS and NTFS can all write.
pub const FILE_NAME_MAX: usize = 255;
/// Names in such a path. Packages seen in the wild stay below ten.
pub const FILE_PATH_DEPTH_MAX: usize = 16;
/// Files in one design; a larger one is several designs.
pub const DESIGN_FILES_MAX: usize = 5_000;
/// One file of a design: every workshop fetches it.
pub const FILE_LEN_MAX: u64 = 256 * 1024 * 1024;
/// All files of one design together.
pub const DESIGN_LEN_MAX: u64 = 4 * 1024 * 1024 * 1024;

// ------------------------------------------------------------------ what an importer reads

/// A manifest. The longest of two thousand seen has 10 kB.
pub const MANIFEST_MAX: usize = 1024 * 1024;
/// Lists and maps in each other in a manifest's field.
pub const MANIFEST_DEPTH_MAX: usize = 16;
/// Values of all kinds in a manifest, aliases expanded.
pub const MANIFEST_NODES_MAX: usize = 50_000;
/// The name of a field, in bytes.
pub const FIELD_NAME_MAX: usize = 256;
/// One unknown field in its canonical form, so that one always fits the facts of an entry.
pub const UNKNOWN_FIELD_MAX: usize = 64 * 1024;
/// A title, in bytes: one line of a list.
pub const TITLE_MAX: usize = 256;
/// A licence expression, in bytes: an honest one has a handful of terms.
pub const LICENCE_MAX: usize = 512;
/// A bill of materials as a table.
pub const BOM_MAX: usize = 4 * 1024 * 1024;
/// Lines of one bill of materials.
pub const BOM_LINES_MAX: usize = 10_000;
/// Columns of one bill of materials.
pub const BOM_COLUMNS_MAX: usize = 128;
/// Bills of materials read for one design.
pub const BOM_FILES_MAX: usize = 32;
/// Authors of one design.
pub const AUTHORS_MAX: usize = 500;
/// What is told about one import: more would not be read, and the first ones show the pattern.
pub const FINDINGS_MAX: usize = 1_000;

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

// ------------------------------------------------------------------ the store (may differ)

/// One journal record: a compact run with room for what the store's user writes around it.
pub const RECORD_MAX: usize = RUN_MAX + 64 * 1024;
/// A journal segment is closed at this size: small enough to be rewritten for a redaction and to be read
/// whole into memory for a scan, large enough that a commons of a gigabyte has a hundred files.
pub const SEGMENT_MAX: u32 = 16 * 1024 * 1024;
/// Records synced together: a larger append is several groups, each as large as a torn write may be.
pub const GROUP_MAX: u32 = 4 * 1024 * 1024;
/// Entries are no longer written when less than this is free: the index must still be able to open
/// (it writes a snapshot), and a segment to be rewritten.
pub const FREE_FOR_ENTRIES: u64 = 64 * 1024 * 1024;
/// Files are no longer written when less than this is free, so that entries still are.
pub const FREE_FOR_FILES: u64 = 256 * 1024 * 1024;
/// A value in the index: from 4 kB on, the index keeps values in files of their own that it never frees.
pub const INDEX_VALUE_MAX: usize = 4_000;
/// A key in the index.
pub const INDEX_KEY_MAX: usize = 256;
/// One file: what a node takes without being asked.
pub const FILE_MAX: u64 = 256 * 1024 * 1024;
/// One verified range of a file, so that what is buffered before it is checked stays small.
pub const FILE_RANGE_MAX: u64 = 1024 * 1024;

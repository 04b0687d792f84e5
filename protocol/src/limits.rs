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
/// A libp2p peer id: an ed25519 key's is 38 bytes, a hashed one 34.
pub const PEER_ID_MAX: usize = 64;
/// Addresses that one node announces: more would be a means to make others dial.
pub const ADDRESSES_MAX: usize = 8;
/// One address, as multiaddr bytes.
pub const ADDRESS_MAX: usize = 256;
/// Entries received that wait for their past or their signature. They promise nothing.
pub const POOL_ENTRIES_MAX: usize = 16_384;
/// Bytes of the same.
pub const POOL_BYTES_MAX: usize = 64 * 1024 * 1024;

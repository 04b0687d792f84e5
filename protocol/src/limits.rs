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
/// A libp2p peer id, in bytes: an identity multihash of an ed25519 key has 38.
pub const PEER_ID_MAX: usize = 64;
/// Addresses that one node announces: more would be a means to make others dial.
pub const ADDRESSES_MAX: usize = 8;
/// One address, in bytes, as text or multiaddr.
pub const ADDRESS_MAX: usize = 256;
/// Heads in one cut, and of one re-admission: a member has a log an installation, and a fork adds one.
pub const CUT_MAX: usize = 1_024;
/// Heads of work logs that one charter settles. Logs that did not move since the last one are not named
/// again; 3,584 heads of 34 bytes are what facts hold with the rest.
pub const CHARTER_HEADS_MAX: usize = 3_584;
/// Rival charters that one heals.
pub const HEALS_MAX: usize = 64;
/// Values that one motion sets in the policy.
pub const POLICY_VALUES_MAX: usize = 32;
/// The name of a value of the policy, in bytes.
pub const POLICY_NAME_MAX: usize = 64;

// ------------------------------------------------------------------ how much at once (may differ)

/// Entries in one compact run: what one decode may expand to.
pub const RUN_ENTRIES_MAX: usize = 256;
/// A compact run, so that one is never more than a small frame.
pub const RUN_MAX: usize = 512 * 1024;
/// Entries received that wait for their past or their signature. They promise nothing.
pub const POOL_ENTRIES_MAX: usize = 16_384;
/// Bytes of the same.
pub const POOL_BYTES_MAX: usize = 64 * 1024 * 1024;

// ------------------------------------------------------------------ reconciliation and joining

/// A request frame between nodes: the largest entry, or 6,144 ids, with room to spare.
pub const REQUEST_MAX: usize = 256 * 1024;
/// A response frame between nodes: a page that an old single-board computer can hold eight times.
pub const RESPONSE_MAX: usize = 4 * 1024 * 1024;
/// Runs in one pushed page, in bytes: a request less its envelope.
pub const PUSH_BYTES_MAX: usize = REQUEST_MAX - 8 * 1024;
/// Runs in one fetched page, in bytes: a response less its envelope.
pub const PAGE_BYTES_MAX: usize = RESPONSE_MAX - 64 * 1024;
/// Runs in one page: a page of runs of one small entry each would be slower than it is useful.
pub const PAGE_RUNS_MAX: usize = 8_192;
/// Ids asked for in one request: 192 KiB of a 256 KiB request.
pub const FETCH_IDS_MAX: usize = 6_144;
/// One message of negentropy: at most 4,096 ids, so that what one round finds can be asked for at
/// once and arrives in causal order.
pub const NEGENTROPY_FRAME: usize = 128 * 1024;
/// A first message above this is left out of the opening, so that "nothing changed" stays under a
/// kilobyte for small sets too (negentropy lists up to 31 ids instead of 16 fingerprints).
pub const OPENING_MESSAGE_MAX: usize = 700;
/// Ids found missing before they are fetched, so that memory is bounded however much is missing.
pub const FOUND_IDS_MAX: usize = 4_096;
/// Rounds of one pass of negentropy: 4,096 ids a round are more than a million ids.
pub const ROUNDS_MAX: usize = 512;
/// Passes in one session. The second finds what arrived meanwhile; more means a peer in flux.
pub const PASSES_MAX: usize = 6;
/// Prefixes asked for in one step of the walk of the tree: 64 branches are 512 KiB of hashes.
pub const WALK_PREFIXES_MAX: usize = 64;
/// Steps of the walk in one session: with 64 prefixes a step, every leaf of 250,000 ids.
pub const WALK_STEPS_MAX: usize = 128;
/// Ids in a leaf of the tree over held ids: a leaf then costs a peer 2 KiB to compare.
pub const LEAF_IDS_MAX: usize = 64;
/// Bytes of a file asked for in one request, before the hashes that prove them.
pub const FILE_RANGE_MAX: u64 = 1024 * 1024;
/// Ids named in one announcement: an announcement is a hint of at most 2 KiB.
pub const ANNOUNCED_IDS_MAX: usize = 48;
/// An announcement.
pub const ANNOUNCEMENT_MAX: usize = 2 * 1024;
/// A ticket as text: copyable in one go, and bounded before it is decoded.
pub const TICKET_TEXT_MAX: usize = 2_048;
/// The secret of a ticket, in bytes: no fewer than 128 bits.
pub const SECRET_MIN: usize = 16;
/// The secret of a ticket, in bytes.
pub const SECRET_MAX: usize = 32;
/// The authority entries that bind a node, in one introduction.
pub const PROOF_MAX: usize = 256 * 1024;
/// A frame of the join protocol: one proof with its envelope.
pub const JOIN_FRAME_MAX: usize = PROOF_MAX + 16 * 1024;
/// Heads in a claim and in its answer: of the authority, and of one member's logs.
pub const CLAIM_HEADS_MAX: usize = 256;
/// A reason given to a peer, in bytes of text.
pub const REASON_MAX: usize = 256;
/// Requests in one session: a peer that gives one entry a request must be asked again another day.
pub const SESSION_STEPS_MAX: usize = 16_384;

// ------------------------------------------------------------------ proofs

/// Headers in one branch of a fork proof: as far as vouching reaches.
pub const FORK_PROOF_CHAIN_MAX: usize = 1_024;
/// Runs of entries in a release proof: far more than its bytes allow for honest ones.
pub const PROOF_RUNS_MAX: usize = 16_384;
/// A proof as a file: two branches of the longest headers, with room to spare.
pub const PROOF_FILE_MAX: usize = 2 * FORK_PROOF_CHAIN_MAX * (HEADER_MAX + 8) + 1_024;

// ------------------------------------------------------------------ audit bundles

/// Entries on one page of a bundle: its blocks are in memory together, a hundred kilobytes for small entries.
pub const BUNDLE_PAGE_ROWS: usize = 1_024;
/// A page as a block: rows of at most 193 bytes each.
pub const BUNDLE_PAGE_MAX: usize = 256 * 1024;
/// Pages of one bundle: sixteen million entries.
pub const BUNDLE_PAGES_MAX: usize = 16 * 1024;
/// The root of a bundle: as many pages as there may be, and the heads of 250,000 logs.
pub const BUNDLE_ROOT_MAX: usize = 10 * 1024 * 1024;
/// Entries that a bundle about a part of a commons proves to be covered by a checkpoint: a larger part is nearly all of it.
pub const BUNDLE_PROVEN_MAX: usize = 250_000;
/// Checkpoints whose going on is proven there: one a week for eighty years.
pub const BUNDLE_CHECKPOINTS_MAX: usize = 4_096;
/// These proofs as a block: a place and some twenty hashes an entry at worst, mostly a tenth of that.
pub const BUNDLE_PROOFS_MAX: usize = 64 * 1024 * 1024;
/// Findings of one verification that are told; more would not be read, and the first ones show the pattern.
pub const BUNDLE_FINDINGS_MAX: usize = 1_000;

// ------------------------------------------------------------------ credentials

/// A credential as a file: the longest of ours with a proof of each attester has a third of it.
pub const CREDENTIAL_MAX: usize = 128 * 1024;
/// Lists and objects within each other in a credential: ours have five.
pub const CREDENTIAL_DEPTH_MAX: usize = 24;
/// Proofs in one credential: far more attesters than a record has.
pub const CREDENTIAL_PROOFS_MAX: usize = 64;

// ------------------------------------------------------------------ records

/// A record's note, in bytes: a remark, not an essay.
pub const NOTE_MAX: usize = 4 * 1024;
/// What a record names as its evidence: some photos and links, not an archive.
pub const EVIDENCE_MAX: usize = 32;
/// One text of it, in bytes: a link, a commit.
pub const EVIDENCE_TEXT_MAX: usize = 2 * 1024;
/// Kinds of paths that one piece of evidence counts.
pub const EVIDENCE_PATHS_MAX: usize = 64;
/// What was worked with, in bytes: a machine's or a material's name.
pub const RESOURCE_MAX: usize = 256;
/// The name of somebody found in a table or a history, in bytes: longer than a member's, since nobody chose it for us.
pub const AGENT_NAME_MAX: usize = 256;
/// A contribution's length, in ms: what goes on for longer is several.
pub const CONTRIBUTION_SPAN_MAX: u64 = 10 * 366 * 24 * 3600 * 1000;
/// The version of a release, in bytes: Semantic Versioning with a commit's hash behind it.
pub const VERSION_MAX: usize = 128;
/// A release's title or licence, or one text of a work that it is derived from, in bytes.
pub const RELEASE_TEXT_MAX: usize = 1_024;
/// Works that a release names as what it is derived from.
pub const RELEASE_SOURCES_MAX: usize = 64;
/// Readings in one record of a run: a page of control points has some dozens.
pub const READINGS_MAX: usize = 256;
/// A control point or what was read at it, in bytes.
pub const READING_MAX: usize = 1024;

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
/// A document is kept as a snapshot from so many entries on: fewer are read again in some 10 ms.
pub const SNAPSHOT_ENTRIES_MIN: usize = 128;
/// A snapshot is read up to this size, in bytes; an entry adds some hundred.
pub const SNAPSHOT_MAX: u64 = 256 * 1024 * 1024;
/// A value in the index: from 4 kB on, the index keeps values in files of their own that it never frees.
pub const INDEX_VALUE_MAX: usize = 4_000;
/// A key in the index.
pub const INDEX_KEY_MAX: usize = 256;
/// One file: what every node fetches and keeps without being asked.
pub const FILE_MAX: u64 = 256 * 1024 * 1024;

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
/// All files of one design together.
pub const DESIGN_LEN_MAX: u64 = 4 * 1024 * 1024 * 1024;

// ------------------------------------------------------------------ what an importer reads

/// A manifest. The longest of two thousand seen has 10 kB.
pub const MANIFEST_MAX: usize = 1024 * 1024;
/// Lists and maps in each other in a manifest's field: it becomes a document's value.
pub const MANIFEST_DEPTH_MAX: usize = VALUE_DEPTH_MAX;
/// Values of all kinds in a manifest, aliases expanded.
pub const MANIFEST_NODES_MAX: usize = 50_000;
/// The name of a field, in bytes: it becomes a name in a document's path.
pub const FIELD_NAME_MAX: usize = PATH_NAME_MAX;
/// One unknown field in its canonical form, so that one always fits the facts of an entry.
pub const UNKNOWN_FIELD_MAX: usize = 64 * 1024;
/// One text of a draft (a function, a BOM line with all its columns), for the same reason.
pub const DRAFT_TEXT_MAX: usize = 64 * 1024;
/// An author's name or contact, in bytes.
pub const AUTHOR_TEXT_MAX: usize = 1024;
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

// ------------------------------------------------------------------ tables of contributions

/// A table of contributions: ten times the longest history seen, of 13,649 commits.
pub const CONTRIBUTIONS_FILE_MAX: usize = 64 * 1024 * 1024;
/// Rows of one.
pub const CONTRIBUTIONS_ROWS_MAX: usize = 500_000;
/// People named in one row.
pub const CONTRIBUTION_PEOPLE_MAX: usize = 64;

// ------------------------------------------------------------------ lists of capacities

/// A list of places or machines: the largest list of the world's fab labs seen has 1.8 MB.
pub const CAPACITY_FILE_MAX: usize = 16 * 1024 * 1024;
/// Places or machines in one list: five times that list.
pub const CAPACITY_ROWS_MAX: usize = 20_000;
/// Values of all kinds in such a list.
pub const CAPACITY_VALUES_MAX: usize = 1_000_000;
/// Fields of one place that are kept under their own names; a row with more isn't one.
pub const CAPACITY_FIELDS_MAX: usize = 256;
/// Machines, stocks, skills … of one place, each.
pub const CAPACITY_ITEMS_MAX: usize = 2_000;
/// A booking: longer needs are several.
pub const BOOKING_MAX: u64 = 92 * 24 * 3600 * 1000;

// ------------------------------------------------------------------ pages of procedures

/// A page in Markdown. The longest of seventy seen has 15 kB.
pub const SOP_MAX: usize = 512 * 1024;
/// Sections of one page; a longer one is several procedures.
pub const SOP_SECTIONS_MAX: usize = 1_000;
/// Items of all lists of one page.
pub const SOP_ITEMS_MAX: usize = 5_000;
/// Lines of front matter that are read as such.
pub const FRONT_MATTER_LINES_MAX: usize = 200;

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

// ------------------------------------------------------------------- rules of shares (may differ)

/// A rule as a text: a page that people agreed on, not a program.
pub const RULE_MAX: usize = 64 * 1024;
/// A name or a text in a rule, in bytes.
pub const RULE_TEXT_MAX: usize = 1_024;
/// Items of each list in a rule.
pub const RULE_ITEMS_MAX: usize = 256;
/// Buckets of a rule.
pub const RULE_BUCKETS_MAX: usize = 32;
/// Digits of a number in a rule, above and below its line.
pub const RULE_DIGITS_MAX: usize = 18;
/// How far a part is passed upstream.
pub const RULE_DEPTH_MAX: u64 = 16;
/// How often a weight is halved by age before it stays.
pub const RULE_HALVINGS_MAX: u64 = 64;
/// Works that a part is passed to, all levels together.
pub const SHARES_WORKS_MAX: usize = 1_000;
/// Bits above or below the line of an exact fraction: far more than people can redo by hand.
pub const SHARES_BITS_MAX: u64 = 1 << 16;

// ------------------------------------------------------------------ tickets (may differ)

/// Tickets that one node has open at a time: a workshop that invites more does so one after another.
pub const TICKETS_OPEN_MAX: usize = 32;
/// Used tickets that are remembered, so that showing one again says "used" and not "unknown".
pub const TICKETS_USED_MAX: usize = 256;
/// How long a ticket can be used, in ms: a week.
pub const TICKET_LIFE: u64 = 7 * 24 * 3600 * 1000;

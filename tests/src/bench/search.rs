//! Searching among many designs in three languages: the index against a scan of all their texts.
//!
//! Half of the designs are real manifests, where they are at hand, each with a title of its own; the others are made of
//! seeded words, frequent and rare ones, in one of three languages. Each is a document of four entries in a real home, so
//! that to make the index means to read and merge them.

use std::path::{Path, PathBuf};
use std::time::Instant;

use aronde_node::api::{Answer, Request, Search, SearchAnswer, Service, Signer};
use aronde_node::commons::Commons;
use aronde_node::search::{Content, Index, Query, mark, words};
use aronde_protocol::burst::Draft as EntryDraft;
use aronde_protocol::canonical;
use aronde_protocol::document::batch::Batch;
use aronde_protocol::document::draft::{Draft, DraftItem, Wanted};
use aronde_protocol::document::edit::{Edit, Path as FieldPath};
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::schema::design::KIND;
use aronde_protocol::document::value::Value;
use aronde_protocol::document::{DocumentEntry, authoring};
use aronde_protocol::entry::Kind;
use aronde_protocol::id::{DocumentId, EntryId, MembershipId};
use aronde_protocol::interchange::{Given, okh};
use aronde_protocol::key::SecretKey;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::Fault;
use super::pair::{Pair, Which};
use super::process::cpu_us;
use super::side::GROUP;

/// Entries of each design, its creation among them.
const CHANGES: usize = 4;
const LICENCES: [&str; 6] =
    ["CERN-OHL-S-2.0", "MIT", "CC-BY-SA-4.0", "GPL-3.0-or-later", "CERN-OHL-P-2.0", "CC-BY-4.0"];
const PROCESSES: [&str; 6] = ["laser-cutting", "3d-printing", "cnc-milling", "welding", "sewing", "drilling"];
const MATERIALS: [&str; 8] =
    ["birch plywood", "acrylic", "PLA", "acier inox", "multiplex 12 mm", "aluminium", "cuir", "oak"];
/// Words that designs are full of, by language; rare ones are made of syllables.
const WORDS: [(&str, &str, &str); 3] = [
    (
        "en",
        "board plate screw cutting bracket frame drill hole holder wheel motor sensor printed parts assembly glue",
        "s",
    ),
    (
        "fr",
        "planche plaque vis découpe équerre cadre perceuse trou support roue moteur capteur pièces étagère colle",
        "es",
    ),
    (
        "nl",
        "plank plaat schroef lasersnijder beugel lijst boor gat houder wiel motoren sensor onderdelen montage lijm",
        "en",
    ),
];
const SYLLABLES: [&str; 24] = [
    "ba", "cor", "di", "fel", "gra", "hi", "jo", "kan", "lu", "mer", "no", "pi", "quin", "ros", "sta", "tor",
    "ul", "ver", "wo", "xi", "yan", "zel", "bri", "ché",
];

/// What searching took. Times in microseconds, but those that say otherwise.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Designs in the home; how many of them are real manifests.
    pub designs: (usize, usize),
    /// Kilobytes of text in them, as they are indexed.
    pub text_kb: usize,
    /// To open the home, in ms: what any command without a running node pays first.
    pub open_ms: u128,
    /// To make the index whole and answer: read every document from the journal, merge it, index it. In ms, and ms of CPU.
    pub rebuild_ms: (u128, u64),
    /// To make the index of documents that were read already, in ms, and ms of CPU.
    pub index_ms: (u128, u64),
    /// Kilobytes of the index on disk.
    pub index_kb: u64,
    /// The first answer of a process, with the index on the disk, its check included; the slowest of several.
    pub cold: u128,
    /// Half of the answers, and nineteen of twenty, when the index is open.
    pub warm: (u128, u128),
    /// The same of answers after one design changed, the change indexed.
    pub changed: (u128, u128),
    /// The same of a scan of all texts, which were folded beforehand and lie in memory.
    pub scan: (u128, u128),
    /// Documents found by all questions together.
    pub found: u64,
}

/// The real manifests, where they are at hand, each as a design.
fn manifests() -> Vec<Draft> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
    let data = PathBuf::from(std::env::var("ARONDE_DATA").unwrap_or_else(|_| default.to_owned()));
    let Ok(files) = std::fs::read_dir(data.join("manifests")) else {
        eprintln!("no real manifests at {} (set ARONDE_DATA): all designs are made of words", data.display());
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    files.sort();
    let read = |file: &PathBuf| {
        Some(Draft::from(&okh::read(&std::fs::read(file).ok()?, &Given::default()).ok()?.draft))
    };
    // One entry each: what is longer is left to the bench of large designs.
    files
        .iter()
        .filter_map(read)
        .filter(|draft| authoring::create(&KIND, draft).is_ok_and(|all| all.len() == 1))
        .collect()
}

/// Words as a language has them, a few often and many seldom.
struct Vocabulary {
    words: [Vec<String>; 3],
}

impl Vocabulary {
    fn new(random: &mut ChaCha8Rng) -> Self {
        let words = WORDS.map(|(_, known, ending)| {
            let mut words: Vec<String> = known.split(' ').map(str::to_owned).collect();
            for _ in 0..6_000 {
                let count = random.random_range(2..=4);
                let mut word: String =
                    (0..count).map(|_| *SYLLABLES.choose(random).unwrap_or(&"ba")).collect();
                if random.random_range(0..3) == 0 {
                    word += ending;
                }
                words.push(word);
            }
            words
        });
        Self { words }
    }

    fn word(&self, language: usize, random: &mut ChaCha8Rng) -> &str {
        let Some(words) = self.words.get(language) else { return "" };
        // The third power of an even draw: the first words come often, the last ones hardly.
        let draw = u64::from(random.random_range(0..1_000_u32));
        let at = draw * draw * draw * words.len() as u64 / 1_000_000_000;
        usize::try_from(at).ok().and_then(|at| words.get(at)).map_or("", String::as_str)
    }

    fn text(&self, language: usize, count: usize, random: &mut ChaCha8Rng) -> String {
        let words: Vec<&str> = (0..count).map(|_| self.word(language, random)).collect();
        words.join(" ")
    }

    fn design(&self, random: &mut ChaCha8Rng) -> Draft {
        let language = random.random_range(0..3);
        let mut text = |count| Value::Text(self.text(language, count, random));
        let mut fields = Wanted::from([
            ("title".into(), text(3)),
            ("description".into(), text(60)),
            ("function".into(), text(12)),
            ("manufacturing".into(), text(30)),
        ]);
        let steps: Vec<DraftItem> = (0..4)
            .map(|_| Wanted::from([("title".into(), text(3)), ("text".into(), text(20))]).into())
            .collect();
        let code = WORDS.get(language).map_or("en", |(code, _, _)| code);
        // One in four doesn't say in which language it is.
        if random.random_range(0..4) > 0 {
            fields.insert("language".into(), Value::from(code));
        }
        fields.insert("licence".into(), Value::from(*LICENCES.choose(random).unwrap_or(&"MIT")));
        let process = Value::from(*PROCESSES.choose(random).unwrap_or(&"welding"));
        fields.insert("processes".into(), Value::List(vec![process]));
        let lines = random.random_range(4..12);
        let line = |random: &mut ChaCha8Rng| -> DraftItem {
            let part = format!("{} M{}", self.text(language, 2, random), random.random_range(3..12));
            let material = *MATERIALS.choose(random).unwrap_or(&"oak");
            Wanted::from([("part".into(), Value::Text(part)), ("material".into(), Value::from(material))])
                .into()
        };
        let bom: Vec<DraftItem> = (0..lines).map(|_| line(random)).collect();
        Draft { fields, lists: [("bom".to_owned(), bom), ("steps".to_owned(), steps)].into(), whole: false }
    }
}

/// The designs, and how many of them are real.
fn designs(count: usize, vocabulary: &Vocabulary, random: &mut ChaCha8Rng) -> (Vec<Draft>, usize) {
    let real = manifests();
    let mut from_real = 0;
    let designs = (0..count).map(|n| match real.get(n / 2 % real.len().max(1)).filter(|_| n % 2 == 0) {
        Some(manifest) => {
            from_real += 1;
            let mut design = manifest.clone();
            let title = design.fields.get("title").and_then(Value::as_text).unwrap_or_default();
            let title = format!("{title} {}", vocabulary.text(0, 1, random));
            design.fields.insert("title".into(), Value::Text(title));
            design
        }
        None => vocabulary.design(random),
    });
    (designs.collect(), from_real)
}

fn edit(field: &str, value: String) -> Batch {
    let edit = Edit::Set { path: FieldPath::root([field]), to: Value::Text(value).into() };
    Batch { edits: vec![edit], personal: Vec::new() }
}

/// The batches of a design: its creation and its changes.
fn batches(design: &Draft) -> Result<Vec<Batch>, Fault> {
    let mut batches = authoring::create(&KIND, design)?;
    batches.truncate(1);
    batches.extend((1..CHANGES).map(|n| edit("version", format!("0.{n}"))));
    Ok(batches)
}

/// Writes the designs into a home, [`GROUP`] of them at a time.
fn write(commons: &Commons, pair: &Pair, designs: &[Draft]) -> Result<Vec<DocumentId>, Fault> {
    let (author, under) =
        (pair.authors.first().ok_or("no author")?, *pair.memberships.first().ok_or("nobody")?);
    let mut all = Vec::with_capacity(designs.len());
    for group in designs.chunks(GROUP) {
        let made: Vec<Vec<Batch>> = group.iter().map(batches).collect::<Result<_, _>>()?;
        let mut ids: Vec<DocumentId> = Vec::new();
        let mut heads: Vec<EntryId> = Vec::new();
        for round in 0..CHANGES {
            let mut drafts = Vec::with_capacity(group.len());
            for (n, batches) in made.iter().enumerate() {
                let batch = batches.get(round).ok_or("no such change")?;
                drafts.push(draft(batch, under, ids.get(n).copied(), heads.get(n).copied())?);
            }
            heads = commons.write_work(vec![(author, drafts)])?.into_iter().flatten().collect();
            if round == 0 {
                ids.clone_from(&heads);
            }
        }
        all.extend(ids);
    }
    Ok(all)
}

fn draft(
    batch: &Batch,
    under: MembershipId,
    of: Option<DocumentId>,
    head: Option<EntryId>,
) -> Result<EntryDraft, Fault> {
    let (kind, facts) = match of {
        None => (Kind::CREATE, canonical::encode(&batch.create_facts(under, KIND.name))?),
        Some(_) => (Kind::EDIT, canonical::encode(&batch.edit_facts())?),
    };
    let personal = batch.personal_part([1; 16]).map(|part| canonical::encode(&part)).transpose()?;
    Ok(EntryDraft { kind, subject: of, deps: head.into_iter().collect(), facts, personal })
}

/// What is indexed of a design, read apart from any home.
fn content(number: usize, design: &Draft) -> Result<Content, Fault> {
    let author = SecretKey::from_seed(&[1; 32]).member();
    let mut entries: Vec<DocumentEntry> = Vec::new();
    for (seq, batch) in (0_u64..).zip(batches(design)?) {
        let deps: Vec<EntryId> = entries.last().map(|entry| entry.id).into_iter().collect();
        let facts = match deps.as_slice() {
            [] => canonical::encode(&batch.create_facts(EntryId([9; 32]), KIND.name))?,
            _ => canonical::encode(&batch.edit_facts())?,
        };
        let id = EntryId::of(&[number.to_be_bytes().as_slice(), &seq.to_be_bytes()].concat());
        entries.push(DocumentEntry { id, author, log: 1, seq, at: seq, deps, facts, personal: None });
    }
    let first = entries.first().map(|entry| entry.id).ok_or("a design has an entry")?;
    let document = Document::of(first, &entries)?;
    let keepers = [(EntryId([9; 32]), "Workshop North".to_owned())];
    let mark = mark(&document.heads(), &keepers);
    Ok(Content::of(&document, Some(EntryId([9; 32])), &keepers, mark).ok_or("a design is of a known kind")?)
}

/// A question as people ask it: one to three words, some narrowed.
fn question(vocabulary: &Vocabulary, random: &mut ChaCha8Rng) -> Search {
    let language = random.random_range(0..3);
    let count = *[1, 1, 2, 2, 3].choose(random).unwrap_or(&1);
    let mut search = Search { words: vocabulary.text(language, count, random), ..Search::default() };
    match random.random_range(0..10) {
        0 => search.process = PROCESSES.choose(random).map(|&name| name.to_owned()),
        1 => search.licence = LICENCES.choose(random).map(|&name| name.to_owned()),
        2 => search.material = Some("plywood".to_owned()),
        3 => search.words = search.words.chars().take(3).chain(['*']).collect(),
        _ => {}
    }
    search
}

fn ask(commons: &Commons, search: &Search) -> Result<SearchAnswer, Fault> {
    match commons.call(Request::Search(search.clone()), Signer::default())? {
        Answer::Search(answer) => Ok(answer),
        _ => Err("the commons answered another question".into()),
    }
}

/// How many of these texts have all words of a question as they are.
fn scan(texts: &[String], words: &[String]) -> u64 {
    let words: Vec<String> = words.iter().map(|word| format!(" {word} ")).collect();
    texts.iter().filter(|text| words.iter().all(|word| text.contains(word))).count() as u64
}

fn at(times: &mut [u128]) -> (u128, u128) {
    times.sort_unstable();
    let at = |part: usize| times.get((times.len() * part / 100).min(times.len().saturating_sub(1))).copied();
    (at(50).unwrap_or_default(), at(95).unwrap_or_default())
}

/// Measures in a folder, which must be empty.
///
/// # Errors
/// The home can't be made, or the index lacks a design that a scan finds.
pub fn measure(place: &Path, count: usize, questions: usize) -> Result<Figures, Fault> {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let vocabulary = Vocabulary::new(&mut random);
    let (designs, real) = designs(count, &vocabulary, &mut random);
    let pair = Pair::found()?;
    let home = pair.home(&place.join("home"), Which::A)?;
    let documents = write(&Commons::open(&home)?, &pair, &designs)?;

    let began = Instant::now();
    let commons = Commons::open(&home)?;
    let open_ms = began.elapsed().as_millis();
    let (began, cpu) = (Instant::now(), cpu_us());
    let whole = ask(&commons, &Search::default())?;
    let rebuild_ms = (began.elapsed().as_millis(), (cpu_us() - cpu) / 1_000);
    if whole.total != count as u64 {
        return Err(format!("{} of {count} designs are in the index", whole.total).into());
    }
    let index_kb = folder_kb(&home.path().join("cache/search"))?;
    drop(commons);

    let contents: Vec<Content> =
        designs.iter().enumerate().map(|(n, design)| content(n, design)).collect::<Result<_, _>>()?;
    let texts: Vec<String> = contents.iter().map(folded).collect();
    let (began, cpu) = (Instant::now(), cpu_us());
    let mut index = Index::open(&place.join("alone"))?;
    let mut update = index.update()?;
    for content in &contents {
        update.put(content)?;
    }
    update.commit(Some([1; 32]))?;
    update.end()?;
    let index_ms = (began.elapsed().as_millis(), (cpu_us() - cpu) / 1_000);
    drop((index, contents));

    let mut figures = Figures {
        designs: (count, real),
        text_kb: texts.iter().map(String::len).sum::<usize>() / 1_000,
        open_ms,
        rebuild_ms,
        index_ms,
        index_kb,
        ..Figures::default()
    };
    for _ in 0..5 {
        let commons = Commons::open(&home)?;
        let search = question(&vocabulary, &mut random);
        let began = Instant::now();
        ask(&commons, &search)?;
        figures.cold = figures.cold.max(began.elapsed().as_micros());
    }
    let commons = Commons::open(&home)?;
    ask(&commons, &Search::default())?;
    let (mut warm, mut scanned) = (Vec::new(), Vec::new());
    for _ in 0..questions {
        let search = question(&vocabulary, &mut random);
        let began = Instant::now();
        let answer = ask(&commons, &search)?;
        warm.push(began.elapsed().as_micros());
        figures.found += answer.total;
        let words: Vec<String> = words(&search.words).map(|word| word.folded).collect();
        let began = Instant::now();
        let same = scan(&texts, &words);
        scanned.push(began.elapsed().as_micros());
        let narrowed =
            [&search.process, &search.licence, &search.material].iter().any(|filter| filter.is_some());
        let phrased = Query::read(&search.words).wanted.len() != words.len();
        if !narrowed && !phrased && answer.total < same {
            return Err(format!("the index finds {} of {same} for {search:?}", answer.total).into());
        }
    }
    let mut changed = Vec::new();
    let (author, under) =
        (pair.authors.first().ok_or("no author")?, *pair.memberships.first().ok_or("nobody")?);
    for n in 0..20 {
        let id = *documents.get(n * 37 % documents.len().max(1)).ok_or("no design")?;
        let head = commons.read(|replica| replica.document_heads(&id)).first().copied();
        let change = draft(&edit("title", format!("Unheardof{n}")), under, Some(id), head)?;
        commons.write_work(vec![(author, vec![change])])?;
        let search = Search { words: format!("unheardof{n}"), ..Search::default() };
        let began = Instant::now();
        let answer = ask(&commons, &search)?;
        changed.push(began.elapsed().as_micros());
        if answer.total != 1 {
            return Err(format!("{} designs are found by a change to one", answer.total).into());
        }
    }
    Ok(Figures { warm: at(&mut warm), scan: at(&mut scanned), changed: at(&mut changed), ..figures })
}

/// All words of a design, folded, with blanks around each.
fn folded(content: &Content) -> String {
    let passages = content.titles.iter().chain(&content.texts).chain(&content.unshown);
    let all: Vec<String> =
        passages.flat_map(|passage| words(&passage.text).map(|word| word.folded)).collect();
    format!(" {} ", all.join(" "))
}

fn folder_kb(folder: &Path) -> Result<u64, Fault> {
    let mut bytes = 0;
    for file in std::fs::read_dir(folder)? {
        bytes += file?.metadata()?.len();
    }
    Ok(bytes / 1_000)
}

//! Workshops as they are outside: homes in folders of their own, and `aronde` as a process in each,
//! once for a command or for as long as a node runs.
//!
//! Nothing here sleeps and hopes: what takes a while is looked at again and again until a deadline.
//! Every process ends with the workshop that started it, by its id. Nodes listen on loopback only.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// No command and no exchange of these tests takes this long, even on a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(60);
/// How often something is looked at that takes a while.
const PAUSE: Duration = Duration::from_millis(40);

/// What a command left.
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

impl Ran {
    /// It was done.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{}{}", self.stdout, self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }

    /// Its one JSON document.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}{}", self.stdout, self.stderr))
    }

    /// It failed with this code and one sentence that says all of this; what to do next is in the sentence,
    /// behind a semicolon, or in a hint.
    #[track_caller]
    pub fn failed(&self, code: i32, says: &[&str]) {
        let said = &self.stderr;
        assert_eq!(self.code, Some(code), "{}{said}", self.stdout);
        let (hints, rest): (Vec<&str>, Vec<&str>) =
            said.lines().partition(|line| line.starts_with("  hint: "));
        let sentences: Vec<&str> = rest.iter().filter_map(|line| line.strip_prefix("aronde: ")).collect();
        assert_eq!(sentences.len(), 1, "not one sentence: {said}");
        for words in says {
            assert!(sentences[0].contains(words), "{words:?} is not said: {said}");
        }
        let next = !hints.is_empty() || sentences[0].contains("; ");
        assert!(next, "no word of what to do next: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

/// Runs a command to its end.
#[track_caller]
pub fn aronde(home: &Path, arguments: &[&str]) -> Ran {
    ended(command(home, arguments), arguments)
}

fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aronde"));
    command.args(arguments).env_clear().env("ARONDE_HOME", home);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts a command that the test ends.
pub fn started(home: &Path, arguments: &[&str]) -> Started {
    Started(command(home, arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

/// A process that does not outlive the test.
pub struct Started(pub Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[track_caller]
fn ended(mut command: Command, arguments: &[&str]) -> Ran {
    let begun = Instant::now();
    let mut child = Started(command.spawn().unwrap());
    let out = collect(child.0.stdout.take().unwrap());
    let err = collect(child.0.stderr.take().unwrap());
    let status = loop {
        match child.0.try_wait().unwrap() {
            Some(status) => break status,
            None if begun.elapsed() > DEADLINE => panic!("aronde {arguments:?} does not end"),
            None => thread::sleep(Duration::from_millis(2)),
        }
    };
    let took = begun.elapsed();
    Ran { code: status.code(), stdout: out.join().unwrap(), stderr: err.join().unwrap(), took }
}

fn collect(mut from: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut text = Vec::new();
        let _ = from.read_to_end(&mut text);
        String::from_utf8(text).unwrap()
    })
}

/// Looks again and again until there is an answer.
#[track_caller]
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < DEADLINE, "not after {DEADLINE:?}: {what}");
        thread::sleep(PAUSE);
    }
}

/// A node that runs.
pub struct Node {
    child: Started,
    /// What it said on stdout when it was ready: its status.
    pub ready: Value,
}

/// A home, and its node when it runs.
pub struct Workshop {
    node: Option<Node>,
    pub home: PathBuf,
    folder: TempDir,
}

impl Workshop {
    /// A folder in which a home may be made.
    pub fn nowhere() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { node: None, home: folder.path().join("home"), folder }
    }

    /// A federation with one workshop.
    pub fn founds(member: &str, workshop: &str) -> Self {
        let new = Self::nowhere();
        let names = ["--name", member, "--workshop", workshop, "--federation", "Commons"];
        new.run(&[&["init"], names.as_slice()].concat()).done();
        new.keep_to_loopback();
        new
    }

    /// A newcomer with a ticket of a workshop whose node runs. `further` goes behind `join TICKET`.
    #[track_caller]
    pub fn joins(inviting: &Self, offer: &[&str], member: &str, further: &[&str]) -> Self {
        let new = Self::nowhere();
        let ticket = inviting.ticket(offer);
        new.run(&[&["join", ticket.as_str(), "--name", member], further].concat()).done();
        new.keep_to_loopback();
        new
    }

    /// A ticket, as it is copied from the terminal.
    #[track_caller]
    pub fn ticket(&self, offer: &[&str]) -> String {
        let printed = self.run(&[&["invite"], offer].concat()).done().stdout;
        assert_eq!(printed.lines().count(), 1, "one ticket and nothing else: {printed}");
        printed.trim().to_owned()
    }

    /// A new home listens everywhere and looks around; these tests stay on this machine.
    pub fn keep_to_loopback(&self) {
        self.configure(|line| {
            if line.starts_with("listen = ") {
                let local = line.split('"').filter(|a| a.starts_with("/ip4/0.0.0.0/"));
                let local: Vec<_> =
                    local.map(|a| format!("\"{}\"", a.replace("0.0.0.0", "127.0.0.1"))).collect();
                assert_eq!(local.len(), 2, "{line}");
                return format!("listen = [{}]", local.join(", "));
            }
            if line == "mdns = true" { "mdns = false".to_owned() } else { line.to_owned() }
        });
    }

    /// Edits `config.toml`, line by line.
    pub fn configure(&self, edit: impl Fn(&str) -> String) {
        let path = self.home.join("config.toml");
        let text = fs::read_to_string(&path).unwrap();
        let edited: Vec<String> = text.lines().map(edit).collect();
        fs::write(&path, edited.join("\n") + "\n").unwrap();
    }

    /// Sets the peers that the node dials besides those it knows from the commons.
    pub fn dials(&self, addresses: &[String]) {
        let list: Vec<_> = addresses.iter().map(|address| format!("\"{address}\"")).collect();
        let list = format!("peers = [{}]", list.join(", "));
        self.configure(|line| if line.starts_with("peers = ") { list.clone() } else { line.to_owned() });
    }

    /// A place in this workshop's folder beside the home.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What lies in the workshop's folder.
    pub fn left_behind(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path()).unwrap();
        names.map(|item| item.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// Runs a command to its end.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Ran {
        aronde(&self.home, arguments)
    }

    /// What a command that is done answers in JSON.
    #[track_caller]
    pub fn ask(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--json"]].concat()).done().json()
    }

    /// Takes a folder in and says the design's id.
    #[track_caller]
    pub fn imports(&self, source: &Path, further: &[&str]) -> String {
        let import = ["design", "import", source.to_str().unwrap()];
        id(&self.ask(&[&import, further].concat()))
    }

    /// Makes a design of a title and says its id.
    #[track_caller]
    pub fn designs(&self, title: &str) -> String {
        id(&self.ask(&["design", "new", "--title", title]))
    }

    /// `design show`, when the design is here.
    pub fn shows(&self, design: &str) -> Option<Value> {
        let ran = self.run(&["design", "show", design, "--json"]);
        (ran.code == Some(0)).then(|| ran.json())
    }

    /// One field of `status`.
    #[track_caller]
    pub fn status(&self, field: &str) -> Value {
        self.ask(&["status"])[field].clone()
    }

    /// The member's DID.
    #[track_caller]
    pub fn did(&self) -> String {
        self.status("member")["did"].as_str().unwrap().to_owned()
    }

    /// Exchanges with every reachable peer until nothing is missing.
    #[track_caller]
    pub fn sync(&self) -> Value {
        self.ask(&["sync", "--wait"])
    }

    /// `audit`, which finds nothing wrong.
    #[track_caller]
    pub fn is_well(&self) -> Value {
        let audit = self.ask(&["audit"]);
        assert_eq!(audit["ok"], true, "{audit}");
        audit
    }

    /// Starts the node and waits until it says that it can be reached.
    #[track_caller]
    pub fn up(&mut self) -> &Node {
        assert!(self.node.is_none(), "it runs already");
        let log = fs::File::create(self.beside("node.log")).unwrap();
        let mut child = Started(command(&self.home, &["up", "--json"]).stderr(log).spawn().unwrap());
        let out = child.0.stdout.take().unwrap();
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            let first = serde_json::Deserializer::from_reader(out).into_iter::<Value>().next();
            let _ = tell.send(first);
        });
        let said = || fs::read_to_string(self.folder.path().join("node.log")).unwrap_or_default();
        let ready = match told.recv_timeout(DEADLINE) {
            Ok(Some(Ok(ready))) => ready,
            other => panic!("the node is not up: {other:?}\n{}", said()),
        };
        self.node.insert(Node { child, ready })
    }

    /// Where the node is reached, each address with its identity.
    pub fn addresses(&self) -> Vec<String> {
        let node = &self.node.as_ref().unwrap().ready["node"];
        let peer = node["peer_id"].as_str().unwrap();
        let addresses = node["addresses"].as_array().unwrap().iter().map(|a| a.as_str().unwrap());
        addresses
            .map(|a| if a.contains("/p2p/") { a.to_owned() } else { format!("{a}/p2p/{peer}") })
            .collect()
    }

    /// What the node said when it was ready.
    pub fn up_status(&self) -> &Value {
        &self.node.as_ref().unwrap().ready
    }

    /// The node's process id.
    pub fn pid(&self) -> u32 {
        self.node.as_ref().unwrap().child.0.id()
    }

    /// Ends the node as a service manager does, and says how long that took. It ends well.
    #[track_caller]
    pub fn down(&mut self) -> Duration {
        let mut node = self.node.take().unwrap();
        let begun = Instant::now();
        terminate(&node.child.0);
        let status = eventually("the node ends on SIGTERM", || node.child.0.try_wait().unwrap());
        let took = begun.elapsed();
        let said = fs::read_to_string(self.beside("node.log")).unwrap();
        assert_eq!(status.code(), Some(0), "{said}");
        assert!(!said.contains("panicked"), "{said}");
        took
    }

    /// Ends the node as a power cut does.
    pub fn is_killed(&mut self) {
        drop(self.node.take().unwrap());
    }
}

/// Sends SIGTERM.
pub fn terminate(child: &Child) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
}

/// The `id` of an answer.
#[track_caller]
pub fn id(answer: &Value) -> String {
    answer["id"].as_str().unwrap_or_else(|| panic!("no id: {answer}")).to_owned()
}

/// Waits until the commons is the same everywhere and every file of it is, and says its digest.
#[track_caller]
pub fn agree(workshops: &[&Workshop]) -> String {
    eventually("the digests are equal", || {
        let digests: Vec<Value> = workshops.iter().map(|w| w.status("digest")).collect();
        let first = digests.first()?.as_str()?.to_owned();
        digests.iter().all(|digest| *digest == first.as_str()).then_some(first)
    })
}

/// Every file of a folder but those of git, by its path.
pub fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for item in fs::read_dir(&folder).unwrap() {
            let item = item.unwrap();
            let (path, kind) = (item.path(), item.file_type().unwrap());
            if item.file_name() == ".git" {
                continue;
            }
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// A folder with this many different files of this length, no two alike in any other folder.
pub fn parts(folder: &Path, files: usize, len: usize) {
    fs::create_dir_all(folder).unwrap();
    for file in 0..files {
        let mut bytes = vec![0; len];
        let name = folder.join(format!("part-{file}.stl"));
        blake3::Hasher::new().update(name.as_os_str().as_encoded_bytes()).finalize_xof().fill(&mut bytes);
        fs::write(name, bytes).unwrap();
    }
}

/// A design folder and what must be given with it.
pub struct Package {
    pub folder: PathBuf,
    pub given: &'static [&'static str],
}

/// The designs that ship with Aronde.
pub fn samples() -> Vec<Package> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node/samples");
    packages(&root)
}

/// Real designs of others; the samples, and a loud word, where those are not at hand.
pub fn real_designs() -> Vec<Package> {
    let data = std::env::var_os("ARONDE_DATA").map_or_else(
        || Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")).to_owned(),
        PathBuf::from,
    );
    let root = data.join("designs");
    if root.is_dir() {
        return packages(&root);
    }
    eprintln!(
        "SKIPPED the real designs: {} is not there; the shipped samples take their place",
        root.display()
    );
    samples()
}

fn packages(root: &Path) -> Vec<Package> {
    let mut found: Vec<Package> = fs::read_dir(root)
        .unwrap()
        .map(|item| item.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|folder| {
            let names = fs::read_dir(&folder).unwrap().map(|item| item.unwrap().file_name());
            let manifest = names.into_iter().any(|name| name.to_string_lossy().starts_with("okh"));
            let given: &[&str] = if manifest {
                &[]
            } else {
                &["--title", "Given title", "--licence", "CERN-OHL-W-2.0", "--function", "Given function"]
            };
            Package { folder, given }
        })
        .collect();
    found.sort_by(|a, b| a.folder.cmp(&b.folder));
    assert!(found.len() >= 3, "{} holds no designs", root.display());
    found
}

//! The second verifier (`tests/verifier/verify.py`) as a running process.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::thread::JoinHandle;

use aronde_protocol::bundle::{Audit, Wanted};
use serde_json::json;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/verifier");

/// A Python that has the verifier's packages: the one there is, or one of its own below `target`, into which they are
/// installed. None, loudly, where neither can be.
pub fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    PYTHON.get_or_init(find).as_deref()
}

fn find() -> Option<PathBuf> {
    let has_packages = |python: &Path| {
        let mut asked = Command::new(python);
        asked.args(["-c", "import blake3, cryptography"]).stdout(Stdio::null()).stderr(Stdio::null());
        asked.status().is_ok_and(|status| status.success())
    };
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/verifier");
    let within = own.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    for python in [Path::new("python3"), &within] {
        if has_packages(python) {
            return Some(python.to_owned());
        }
    }
    let run = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let pip = ["-m", "pip", "install", "--quiet", "--retries", "0", "--timeout", "20", "-r"];
    let made = run(Command::new("python3").args(["-m", "venv"]).arg(&own))
        && run(Command::new(&within).args(pip).arg(format!("{FOLDER}/requirements.txt")))
        && has_packages(&within);
    if !made {
        eprintln!(
            "SKIPPED: the second verifier is not asked; it needs python3 with the packages of {FOLDER}/requirements.txt"
        );
    }
    made.then_some(within)
}

/// A running verifier.
pub struct Verifier {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Verifier {
    /// Starts one that is asked for many answers; `None`, loudly, where there is no Python for it.
    pub fn start() -> Option<Self> {
        let mut command = Command::new(python()?);
        command.args(["-B", &format!("{FOLDER}/verify.py"), "--batch"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        let output = BufReader::new(child.stdout.take()?);
        Some(Self { child, output })
    }

    /// Asks about bundles, all at once, and hands each answer over in the order of asking.
    pub fn ask(mut self, bundles: Vec<(Vec<u8>, Wanted)>, mut answered: impl FnMut(usize, Audit)) {
        let count = bundles.len();
        let mut input = self.child.stdin.take().expect("a pipe");
        let writing: JoinHandle<()> = std::thread::spawn(move || {
            for (bytes, wanted) in bundles {
                let asked = json!({
                    "bytes": base64(&bytes),
                    "federation": wanted.federation,
                    "exporter": wanted.exporter,
                    "checkpoint": wanted.checkpoint,
                });
                writeln!(input, "{asked}").expect("the second verifier takes what it is asked");
            }
        });
        for number in 0..count {
            let mut line = String::new();
            self.output.read_line(&mut line).expect("an answer");
            let audit = serde_json::from_str(&line).unwrap_or_else(|error| {
                panic!("bundle {number}: the second verifier said {line:?}: {error}")
            });
            answered(number, audit);
        }
        writing.join().expect("all was asked");
        let _ = self.child.wait();
    }
}

impl Drop for Verifier {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// In what two answers differ. Sentences are each verifier's own.
pub fn difference(here: &Audit, there: &Audit) -> Option<String> {
    let plain = |audit: &Audit| {
        let mut audit = audit.clone();
        audit.findings.iter_mut().for_each(|finding| finding.what.clear());
        if let Some(trusted) = &mut audit.trusted {
            trusted.workshops.clear();
        }
        audit
    };
    (plain(here) != plain(there)).then(|| format!("here {here:#?}\nthere {there:#?}"))
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let number = three.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

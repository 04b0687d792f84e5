//! Machines that a page speaks of: each a folder of its own, with a home, the samples that ship, and
//! nodes that run on in the background.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How long a command may take; far more than it needs.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a node prints last once it is up.
const UP: &str = "End with Ctrl-C.";

/// What a command printed, stdout and stderr as they came, and how it ended.
pub struct Ran {
    pub output: String,
    pub code: i32,
}

/// All machines of a page.
pub struct Machines {
    folder: tempfile::TempDir,
    jobs: BTreeMap<String, Vec<Option<Job>>>,
    printed: usize,
}

/// A command in the background. Dropping it ends it.
struct Job(Child);

impl Drop for Job {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Machines {
    pub fn set_up() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), jobs: BTreeMap::new(), printed: 0 }
    }

    /// Runs a command line on a machine.
    pub fn run(&mut self, machine: &str, command: &str) -> Ran {
        if let Some(numbers) = command.strip_prefix("kill %") {
            return self.kill(machine, numbers);
        }
        let at = self.place(machine);
        let (command, background) = match command.strip_suffix(" &") {
            Some(command) => (command, true),
            None => (command, false),
        };
        self.printed += 1;
        let printed = self.folder.path().join(format!("printed-{}", self.printed));
        let mut child =
            start(&at, &if background { format!("exec {command}") } else { command.into() }, &printed);
        let began = Instant::now();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return Ran { output: read(&at, &printed), code: status.code().unwrap_or(-1) };
            }
            if background && read(&at, &printed).contains(UP) {
                self.jobs.entry(machine.to_owned()).or_default().push(Some(Job(child)));
                return Ran { output: read(&at, &printed), code: 0 };
            }
            if began.elapsed() > PATIENCE {
                drop(Job(child));
                panic!("{machine}$ {command}: no end in sight\n{}", read(&at, &printed));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends commands in the background as Ctrl-C or a service manager would.
    fn kill(&mut self, machine: &str, numbers: &str) -> Ran {
        let jobs = self.jobs.entry(machine.to_owned()).or_default();
        let mut code = 0;
        for number in numbers.split(" %") {
            let number: usize = number.trim().parse().unwrap();
            let mut job = jobs[number - 1].take().expect("a job that runs");
            let pid = Pid::from_raw(job.0.id().try_into().unwrap()).unwrap();
            kill_process(pid, Signal::TERM).unwrap();
            let began = Instant::now();
            let status = loop {
                if let Some(status) = job.0.try_wait().unwrap() {
                    break status;
                }
                assert!(began.elapsed() < Duration::from_secs(5), "a node ends within five seconds");
                std::thread::sleep(Duration::from_millis(10));
            };
            code = code.max(status.code().unwrap_or(-1));
        }
        Ran { output: String::new(), code }
    }

    /// Ends what still runs.
    pub fn end(self) {
        drop(self.jobs);
    }

    /// The machine's folder, made when it is first spoken of.
    fn place(&self, machine: &str) -> PathBuf {
        let at = self.folder.path().join("machines").join(if machine.is_empty() { "here" } else { machine });
        if !at.exists() {
            for sample in aronde_node::samples::SAMPLES {
                sample.write_to(&at.join("node/samples").join(sample.name)).unwrap();
            }
        }
        at
    }
}

/// What was printed, with the machine's folder left out of it.
fn read(at: &Path, printed: &Path) -> String {
    let text = fs::read_to_string(printed).unwrap();
    let canonical = at.canonicalize().unwrap();
    [canonical.as_path(), at].iter().fold(text, |t, at| t.replace(&format!("{}/", at.display()), "~/"))
}

fn start(at: &Path, command: &str, printed: &Path) -> Child {
    let program = Path::new(env!("CARGO_BIN_EXE_aronde")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    // Appending, so that what comes on stdout and stderr stands in the order in which it came.
    let out = File::options().create(true).append(true).open(printed).unwrap();
    Command::new("sh")
        .args(["-c", command])
        .current_dir(at)
        .env_clear()
        .env("PATH", format!("{}:{path}", program.display()))
        .env("HOME", at)
        .env("LC_ALL", "C.UTF-8")
        .env("ARONDE_HOME", at.join("home"))
        .stdin(Stdio::null())
        .stdout(out.try_clone().unwrap())
        .stderr(out)
        .spawn()
        .unwrap()
}

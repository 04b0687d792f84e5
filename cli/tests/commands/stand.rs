//! A home, a node's local interface on it with a service of the test's own, and the command.
#![allow(dead_code)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use aronde_node::api::{Answer, Request, Service, ServiceError, Signer};
use aronde_node::home::{Home, HomeDraft, NewHome};
use aronde_node::http::{HttpServer, serve};
use aronde_node::store::Lock;

type Answering = Box<dyn Fn(Request) -> Result<Answer, ServiceError> + Send + Sync>;

struct Fake {
    asked: Mutex<Vec<(Request, Signer)>>,
    answer: Answering,
}

impl Service for Fake {
    fn call(&self, request: Request, signer: Signer) -> Result<Answer, ServiceError> {
        self.asked.lock().unwrap().push((request.clone(), signer));
        (self.answer)(request)
    }
}

/// What a run of the command left.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the command on a home, with these words on standard input.
pub fn aronde(home: &Path, arguments: &[&str], typed: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_aronde"))
        .args(arguments)
        .env_clear()
        .env("ARONDE_HOME", home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input is free to close it.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A new home in a folder.
pub fn home_in(folder: &Path) -> Home {
    home_in_place(&folder.join("home"))
}

/// A new home at a place.
pub fn home_in_place(place: &Path) -> Home {
    let new = NewHome {
        name: "Maker A".into(),
        workshop: "Workshop North".into(),
        federation: "Commons".into(),
        member: None,
        next: true,
        passphrase: None,
        listen: vec![],
        http: None,
        mdns: false,
    };
    HomeDraft::begin(place, &new).unwrap().finish().unwrap()
}

/// A node that answers as the test says.
pub struct Stand {
    pub folder: tempfile::TempDir,
    home: Home,
    fake: Arc<Fake>,
    _lock: Lock,
    _server: HttpServer,
    _runtime: tokio::runtime::Runtime,
}

impl Stand {
    pub fn up(answer: impl Fn(Request) -> Result<Answer, ServiceError> + Send + Sync + 'static) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = home_in(folder.path());
        let mut lock = Lock::take(home.path()).unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let fake = Arc::new(Fake { asked: Mutex::default(), answer: Box::new(answer) });
        let server = runtime.block_on(serve(&home, "127.0.0.1:0".parse().unwrap(), fake.clone())).unwrap();
        lock.tell(Some(&server.address().to_string())).unwrap();
        Self { folder, home, fake, _lock: lock, _server: server, _runtime: runtime }
    }

    /// Runs the command on the node's home.
    pub fn aronde(&self, arguments: &[&str]) -> Ran {
        aronde(self.home.path(), arguments, "")
    }

    /// What the node was asked, in order.
    pub fn asked(&self) -> Vec<(Request, Signer)> {
        self.fake.asked.lock().unwrap().clone()
    }
}

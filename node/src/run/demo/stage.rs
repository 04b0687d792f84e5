//! Where the demo plays: its folder, its clock, and who sits there with a node.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use libp2p::Multiaddr;
use tokio::runtime::Runtime;

use crate::api::{Answer, DesignDetail, DesignShow, Request, ServiceError, StatusAnswer};
use crate::home::{Home, ports};
use crate::run::Progress;
use crate::running::{Ending, Options, Running};

/// How long anything that should happen may take, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked for.
const PACE: Duration = Duration::from_millis(20);

/// The stage. Dropping it removes the folder.
pub struct Stage<'a> {
    progress: &'a dyn Progress,
    folder: tempfile::TempDir,
    began: Instant,
    step: Instant,
    told_to_end: Arc<AtomicBool>,
    _signals: Runtime,
}

impl<'a> Stage<'a> {
    /// Makes the folder, and listens for Ctrl-C so that the folder is removed then too.
    pub fn set(progress: &'a dyn Progress) -> Result<Self, ServiceError> {
        let folder = tempfile::Builder::new().prefix("aronde-demo-").tempdir().map_err(|e| {
            ServiceError::config(format!("the demo's folder cannot be made: {e}"))
                .hint("make room in the folder for temporary files, or name another one in TMPDIR")
        })?;
        let signals = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(ServiceError::internal)?;
        let told_to_end = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&told_to_end);
        signals.spawn(async move {
            if let Ok(mut ending) = Ending::listen() {
                ending.told().await;
                flag.store(true, Ordering::Relaxed);
            }
        });
        let now = Instant::now();
        Ok(Self { progress, folder, began: now, step: now, told_to_end, _signals: signals })
    }

    /// How long the demo runs.
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// A place in the demo's folder.
    pub fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Another part of the story.
    pub fn chapter(&mut self, title: &str) {
        self.step = Instant::now();
        self.progress.chapter(title);
    }

    /// What a person would type.
    pub fn typed(&self, command: &str) {
        self.progress.typed(command);
    }

    /// A sentence.
    pub fn say(&self, what: &str) {
        self.progress.say(what);
    }

    /// A sentence about what just happened, with the time it took.
    pub fn done(&mut self, what: &str) {
        let took = u64::try_from(self.step.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.progress.say(&format!("{what} ({})", seconds(took)));
        self.step = Instant::now();
    }

    /// Whether the demo was told to end.
    pub fn check(&self) -> Result<(), ServiceError> {
        if self.told_to_end.load(Ordering::Relaxed) {
            return Err(ServiceError::user("the demo was ended before it was over; nothing of it is left"));
        }
        Ok(())
    }

    /// Looks again and again until there is something, and fails when that takes too long.
    pub fn until<T>(
        &self,
        what: &str,
        mut look: impl FnMut() -> Result<Option<T>, ServiceError>,
    ) -> Result<T, ServiceError> {
        let began = Instant::now();
        loop {
            self.check()?;
            if let Some(found) = look()? {
                return Ok(found);
            }
            if began.elapsed() > PATIENCE {
                return Err(ServiceError::network(format!(
                    "the demo waited {} s for this in vain: {what}",
                    PATIENCE.as_secs()
                )));
            }
            std::thread::sleep(PACE);
        }
    }
}

/// What long calls within the demo tell: nothing, the demo tells it.
pub struct Quiet;

impl Progress for Quiet {
    fn say(&self, _: &str) {}
    fn step(&self, _: &str, _: u64, _: u64) {}
}

/// One machine with a home, and a node while it is on.
pub struct Seat {
    /// How the demo calls its home on the command line.
    pub home_name: &'static str,
    /// The workshop.
    pub workshop: &'static str,
    home: Home,
    node: Option<Running>,
}

impl Seat {
    /// Takes a seat in a home that was made, with its node running.
    pub fn take(home_name: &'static str, workshop: &'static str, place: &Path) -> Result<Self, ServiceError> {
        let mut seat = Self { home_name, workshop, home: Home::open(place)?, node: None };
        seat.on()?;
        Ok(seat)
    }

    /// Starts the node.
    pub fn on(&mut self) -> Result<(), ServiceError> {
        let config = self.home.config()?;
        let options = Options {
            listen: config.listen,
            mdns: false,
            peers: config.peers,
            needs_key: true,
            ..Options::default()
        };
        self.node = Some(Running::start(&self.home, options)?);
        Ok(())
    }

    /// Stops the node.
    pub fn off(&mut self) {
        if let Some(node) = self.node.take() {
            node.stop();
        }
    }

    /// The node.
    pub fn node(&self) -> Result<&Running, ServiceError> {
        self.node.as_ref().ok_or_else(|| ServiceError::internal(format!("{} is off", self.home_name)))
    }

    /// Asks the node, or the store itself when the node is off, as a command does.
    pub fn call(&self, request: Request) -> Result<Answer, ServiceError> {
        match &self.node {
            Some(node) => node.call(request),
            None => crate::open_service(&self.home)?.call(request, crate::api::Signer::default()),
        }
    }

    /// `status`.
    pub fn status(&self) -> Result<StatusAnswer, ServiceError> {
        self.node()?.status()
    }

    /// `design show`; nothing while the design isn't here.
    pub fn design(&self, id: &str) -> Result<Option<DesignDetail>, ServiceError> {
        match self.call(Request::DesignShow(DesignShow { id: id.to_owned() })) {
            Ok(Answer::DesignShow(design)) => Ok(Some(design)),
            Ok(_) => Err(other_answer()),
            Err(error) if error.kind == crate::api::ErrorKind::User => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The beginning of a command line on this home.
    pub fn command(&self, rest: &str) -> String {
        format!("aronde --home {} {rest}", self.home_name)
    }
}

impl Drop for Seat {
    /// Before the folder goes, also when the demo ends early.
    fn drop(&mut self) {
        self.off();
    }
}

/// The answer is to another question.
pub fn other_answer() -> ServiceError {
    ServiceError::internal("the commons answered another question")
}

/// Something that the demo was about to tell isn't so.
pub fn untrue(what: &str) -> ServiceError {
    ServiceError::internal(format!("this should hold and does not: {what}"))
}

/// Loopback, on a port that is free now.
pub fn loopback() -> Result<Vec<Multiaddr>, ServiceError> {
    let port = ports::draw()?;
    let texts = [format!("/ip4/127.0.0.1/tcp/{port}"), format!("/ip4/127.0.0.1/udp/{port}/quic-v1")];
    texts.iter().map(|text| text.parse().map_err(ServiceError::internal)).collect()
}

/// A length of time in milliseconds, for people.
pub fn seconds(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        _ => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
    }
}

/// A number of bytes, for people.
pub fn bytes(n: u64) -> String {
    match n {
        0..1_000 => format!("{n} bytes"),
        _ => format!("{}.{} kB", n / 1_000, n % 1_000 / 100),
    }
}

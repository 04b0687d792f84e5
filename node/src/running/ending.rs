//! How a node is told to end: SIGTERM, SIGINT, or the end of its terminal.

/// Hears what tells the process to end, from when it is made: what comes before somebody asks is not lost.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Ending([tokio::signal::unix::Signal; 3]);

#[cfg(unix)]
impl Ending {
    /// Listens from here on. Called within a runtime.
    pub(crate) fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt()];
        let [term, hup, interrupt] = kinds.map(signal);
        Ok(Self([term?, hup?, interrupt?]))
    }

    /// Waits until the process is told to end.
    pub(crate) async fn told(&mut self) {
        let Self([term, hup, interrupt]) = self;
        tokio::select! {
            _ = term.recv() => {}
            _ = hup.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

/// Hears what tells the process to end, from when it is made.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct Ending(tokio::signal::windows::CtrlC);

#[cfg(not(unix))]
impl Ending {
    /// Listens from here on. Called within a runtime.
    pub(crate) fn listen() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    /// Waits until the process is told to end.
    pub(crate) async fn told(&mut self) {
        self.0.recv().await;
    }
}

//! What a long call tells while it works: lines on stderr, and a bar when that is a terminal.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::Duration;

use aronde_node::run::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::output::{clean, print};

/// Progress on stderr.
#[derive(Default)]
pub struct OnStderr {
    bar: Mutex<Option<(String, ProgressBar)>>,
}

impl Progress for OnStderr {
    fn say(&self, what: &str) {
        let line = clean(what);
        match self.bar.lock() {
            Ok(bar) => match &*bar {
                Some((_, bar)) => bar.suspend(|| eprintln!("{line}")),
                None => eprintln!("{line}"),
            },
            Err(_) => eprintln!("{line}"),
        }
    }

    fn step(&self, what: &str, done: u64, total: u64) {
        if !std::io::stderr().is_terminal() {
            return;
        }
        let Ok(mut current) = self.bar.lock() else { return };
        if !matches!(&*current, Some((name, _)) if name == what) {
            let style = ProgressStyle::with_template("{msg:24} {bar:40} {pos}/{len}").ok();
            let bar = ProgressBar::new(total).with_message(clean(what));
            *current = Some((what.to_owned(), style.map_or(bar.clone(), |style| bar.with_style(style))));
        }
        if let Some((_, bar)) = &*current {
            bar.set_length(total);
            bar.set_position(done);
        }
        if done >= total
            && let Some((_, bar)) = current.take()
        {
            bar.finish_and_clear();
        }
    }
}

/// A story told on stdout, for `demo`.
pub struct OnStdout;

impl Progress for OnStdout {
    fn say(&self, what: &str) {
        // A reader who leaves early does not stop the demo from cleaning up.
        let _ = print(&clean(what));
    }

    fn step(&self, _: &str, _: u64, _: u64) {}
}

/// Runs `work` while a terminal shows that something goes on.
pub fn waiting<T>(what: &'static str, work: impl FnOnce() -> T) -> T {
    // indicatif draws nothing when stderr is not a terminal.
    let spinner = ProgressBar::new_spinner().with_message(what);
    spinner.enable_steady_tick(Duration::from_millis(120));
    let done = work();
    spinner.finish_and_clear();
    done
}

//! What a long call tells while it works: lines on stderr, and a bar when that is a terminal.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
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

/// A story told on stdout, for `demo`: numbered chapters, commands as one would type them, sentences.
#[derive(Default)]
pub struct OnStdout {
    chapters: AtomicU32,
}

impl OnStdout {
    /// One line, styled when a person sees it. A reader who leaves early does not stop the demo from
    /// cleaning up.
    fn line(style: &str, indent: &str, text: &str) {
        let plain = !std::io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some();
        let text = clean(text);
        let _ = if plain || style.is_empty() {
            print(&format!("{indent}{text}"))
        } else {
            print(&format!("{indent}\u{1b}[{style}m{text}\u{1b}[0m"))
        };
    }
}

impl Progress for OnStdout {
    fn say(&self, what: &str) {
        Self::line("", "   ", what);
    }

    fn step(&self, _: &str, _: u64, _: u64) {}

    fn chapter(&self, title: &str) {
        let number = self.chapters.fetch_add(1, Ordering::Relaxed) + 1;
        let _ = print("");
        Self::line("1", "", &format!("{number}. {title}"));
    }

    fn typed(&self, command: &str) {
        Self::line("36", "   ", &format!("$ {command}"));
    }
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

//! `aronde completions`: completions for a shell.

use aronde_node::api::ServiceError;
use clap::CommandFactory;

use crate::output;

/// `aronde completions`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde completions bash > ~/.local/share/bash-completion/completions/aronde
  aronde completions fish > ~/.config/fish/completions/aronde.fish
  aronde completions zsh > ~/.zfunc/_aronde")]
pub struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

impl Completions {
    pub fn run(self) -> Result<(), ServiceError> {
        let mut script = vec![];
        clap_complete::generate(self.shell, &mut crate::Arguments::command(), "aronde", &mut script);
        output::print(&String::from_utf8_lossy(&script))
    }
}

//! `aronde design files`

use std::path::PathBuf;

use aronde_node::api::{self, DesignFilesWritten, ServiceError};

use crate::context::{Context, absolute, ask};
use crate::output::{bytes, clean, count};

/// `aronde design files`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  aronde design files 4f1c20 --out ./press-copy")]
pub struct Files {
    /// The design: its id, or the beginning of it
    id: String,
    /// The folder to write to; it is made when it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace files that are there already
    #[arg(long)]
    force: bool,
}

impl Files {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let out = absolute(&self.out)?;
        let written = ask!(context, DesignFiles, api::DesignFiles { id: self.id, out, force: self.force });
        context.show(&written, || text(&written))
    }
}

fn text(written: &DesignFilesWritten) -> String {
    let mut text = format!(
        "{} with {} in {}\n",
        count(written.files, "file", "files"),
        bytes(written.bytes),
        clean(&written.out.display().to_string())
    );
    for path in &written.missing {
        text += &format!("  not here yet: {}\n", clean(path));
    }
    if !written.missing.is_empty() {
        text += "fetch them with: aronde sync --wait\n";
    }
    if written.left_out > 0 {
        let edits = count(written.left_out, "edit of this design does", "edits of this design do");
        text += &format!(
            "{edits} not fit it and had no effect; a file may be missing for that: aronde design show {}\n",
            written.id.short()
        );
    }
    text
}

//! `aronde design release`

use aronde_node::api::{self, DesignReleased, ServiceError};

use crate::context::{Context, ask};
use crate::output::{bytes, clean, count};

/// `aronde design release`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design release 4f1c20 1.2.0
  aronde design release 4f1c20 2.0.0-rc.1

A release never changes: it names the design's exact state and every file by its hash. It is refused while a
field has several values, and the answer names them.")]
pub struct Release {
    /// The design: its id, or the beginning of it
    id: String,
    /// The version, as <https://semver.org> writes it
    version: String,
}

impl Release {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let release = api::DesignRelease { id: self.id, version: self.version };
        let released = ask!(context, DesignRelease, release);
        context.show(&released, || text(&released))
    }
}

fn text(released: &DesignReleased) -> String {
    let files = count(released.files, "file", "files");
    let mut text = format!(
        "{}\nversion {} under {}, with {files} of {}\n",
        released.id,
        clean(&released.version),
        clean(&released.licence),
        bytes(released.bytes)
    );
    for remark in &released.remarks {
        text += &format!("note: {}\n", clean(remark));
    }
    text + &format!("see it with: aronde design releases {}\n", released.design.short())
}

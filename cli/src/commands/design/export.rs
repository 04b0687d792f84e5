//! `aronde design export`

use std::path::PathBuf;

use aronde_node::api::{self, DesignExported, ExportFormat, ServiceError};

use crate::context::{Context, absolute, ask};
use crate::output::{bytes, clean};

/// `aronde design export`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design export 4f1c20 --format losh --out okh.toml
  aronde design export 4f1c20@1.2.0 --format zip --out press-1.2.0.zip

okh is Open Know-How 1 (YAML), losh is version 2 (TOML), json is the whole design as this program shows it, zip
is a folder with both manifests, the parts as BOM.csv and all files. What a format has no name for is written under
names of its own, and read back by design import.")]
pub struct Export {
    /// The design: its id or the beginning of it, perhaps with the version of a release
    #[arg(value_name = "ID[@VERSION]")]
    id: String,
    /// In which form
    #[arg(long, value_enum)]
    format: Form,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Form {
    Okh,
    Losh,
    Json,
    Zip,
}

impl Export {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let format = match self.format {
            Form::Okh => ExportFormat::Okh,
            Form::Losh => ExportFormat::Losh,
            Form::Json => ExportFormat::Json,
            Form::Zip => ExportFormat::Zip,
        };
        let wanted = api::DesignExport { id: self.id, format, out: absolute(&self.out)?, force: self.force };
        let exported = ask!(context, DesignExport, wanted);
        context.show(&exported, || text(&exported))
    }
}

fn text(exported: &DesignExported) -> String {
    let mut text =
        format!("{} written, {}\n", clean(&exported.out.display().to_string()), bytes(exported.bytes));
    for remark in &exported.remarks {
        text += &format!("note: {}\n", clean(remark));
    }
    text
}

//! `aronde design file`

use std::path::PathBuf;

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, absolute, ask};
use crate::editor::what_became;
use crate::values;

/// `aronde design file`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design file 4f1c20 add ./frame.step --role export
  aronde design file 4f1c20 add ./frame-v2.FCStd --as cad/frame.FCStd --role source
  aronde design file 4f1c20 remove cad/frame.FCStd

A file that lies there already is replaced; its older bytes stay in the history. Two who replace it at the same time
leave two variants, until somebody decides.")]
pub struct File {
    /// The design: its id, or the beginning of it
    id: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Put a file in, or in the place of one that is there
    #[command(after_help = "Example:\n  aronde design file 4f1c20 add ./frame.step --role export")]
    Add {
        /// The file
        file: PathBuf,
        /// Where it lies in the design; its own name without this
        #[arg(long = "as", value_name = "PATH")]
        path: Option<String>,
        /// What it is for: source, export, drawing, bom, instructions, image …
        #[arg(long)]
        role: Option<String>,
        /// Another field: title, language, source (the path of the file that it is exported from)
        #[arg(long, value_name = "FIELD=VALUE", value_parser = values::field)]
        set: Vec<(String, String)>,
    },
    /// Take a file out: its path, or its number
    #[command(after_help = "Example:\n  aronde design file 4f1c20 remove frame.step")]
    Remove {
        /// The file
        file: String,
    },
}

impl File {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let id = self.id;
        let edited = match self.command {
            Command::Add { file, path, role, set } => {
                let file = absolute(&file)?;
                let set = role.map(|role| ("role".to_owned(), role)).into_iter().chain(set).collect();
                ask!(
                    context,
                    DesignFileAdd,
                    api::DesignFileAdd { id, file, path, set, on: None, apart: false }
                )
            }
            Command::Remove { file } => {
                let remove = vec![api::ItemRemove { list: "files".to_owned(), item: file }];
                let (set, add) = (Vec::new(), Vec::new());
                ask!(context, DesignEdit, api::DesignEdit { id, set, add, remove, on: None, apart: false })
            }
        };
        context.show(&edited, || what_became(&edited))
    }
}

//! `aronde design edit`

use std::path::PathBuf;

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};
use crate::editor::{self, Edited};
use crate::values;

/// `aronde design edit`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design edit 4f1c20
  aronde design edit 4f1c20 --set version=1.1.0
  aronde design edit 4f1c20 --set title=\"Press 2\" --set licence=CERN-OHL-S-2.0
  aronde design edit 4f1c20 --set bom/3/quantity=\"4 {piece}\"
  aronde design edit 4f1c20 --set steps/2/tools=\"hex key 4 mm; mallet\"
  aronde design edit 4f1c20 --add tolerances --item feature=\"bore\" --item value=\"H7\"
  aronde design edit 4f1c20 --remove steps/2
  aronde design edit 4f1c20 --print > press.yml

Without --set, --add or --remove the whole design opens as one text in your editor (VISUAL or EDITOR). What you save is
merged with what came meanwhile; where both set one field, both values stand until somebody decides.
A field with several values is decided by setting it. When your workshop does not keep the design, the
change is a proposal: it waits until those who keep it take it in, and your next change goes on from it.")]
pub struct Edit {
    /// The design: its id, or the beginning of it
    id: String,
    /// A field and its new value (may be repeated)
    #[arg(long, value_name = "FIELD=VALUE", value_parser = values::field)]
    set: Vec<(String, String)>,
    /// Add an item to this list: bom, steps, materials, parameters, tolerances, quality, variants, sources …
    #[arg(long, value_name = "LIST", requires = "item")]
    add: Option<String>,
    /// A field of the item to add and its value (may be repeated)
    #[arg(long, value_name = "FIELD=VALUE", requires = "add", value_parser = values::field)]
    item: Vec<(String, String)>,
    /// Add the item after this one: its number, or what only it is called
    #[arg(long, value_name = "ITEM", requires = "add")]
    after: Option<String>,
    /// Remove an item: its list, and its number or what only it is called (may be repeated)
    #[arg(long, value_name = "LIST/ITEM", value_parser = item)]
    remove: Vec<(String, String)>,
    /// Take the whole text from this file, as --print writes it; "-" reads it from stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["set", "add", "remove", "print"])]
    form: Option<PathBuf>,
    /// Print the text that would open in the editor
    #[arg(long, conflicts_with_all = ["set", "add", "remove"])]
    print: bool,
    /// Go on from this proposal
    #[arg(long, value_name = "PROPOSAL", conflicts_with = "apart")]
    on: Option<String>,
    /// Begin another proposal, which can be taken in without your open one
    #[arg(long)]
    apart: bool,
}

/// `list/item`.
fn item(text: &str) -> Result<(String, String), String> {
    match text.split_once('/') {
        Some((list, item)) if !list.is_empty() && !item.is_empty() => Ok((list.to_owned(), item.to_owned())),
        _ => Err("a list and an item are expected, as steps/2 or bom/nut".to_owned()),
    }
}

impl Edit {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let (id, on, apart) = (self.id, self.on, self.apart);
        if let Some(file) = &self.form {
            return editor::save_file(context, id, file);
        }
        if self.set.is_empty() && self.add.is_none() && self.remove.is_empty() {
            let edited = Edited { id, on, apart, command: "design edit" };
            return if self.print { editor::print(context, edited) } else { editor::edit(context, edited) };
        }
        let add = self.add.map(|list| api::ItemAdd { list, after: self.after, set: self.item });
        let remove = self.remove.into_iter().map(|(list, item)| api::ItemRemove { list, item }).collect();
        let edit = api::DesignEdit { id, set: self.set, add: add.into_iter().collect(), remove, on, apart };
        let edited = ask!(context, DesignEdit, edit);
        context.show(&edited, || editor::what_became(&edited))
    }
}

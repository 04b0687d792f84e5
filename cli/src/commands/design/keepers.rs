//! `aronde design keepers`

use aronde_node::api::{self, DesignKept, ServiceError};

use crate::context::{Context, ask};
use crate::output::{Table, count, member, or_dash, time};

/// `aronde design keepers`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design keepers 4f1c20 list
  aronde design keepers 4f1c20 add \"Workshop South\"
  aronde design keepers 4f1c20 drop \"Workshop South\"

What the makers and stewards of a keeper write takes effect at once, and they decide on proposals. Who keeps a
design is said by the stewards of those who keep it.")]
pub struct Keepers {
    /// The design: its id, or the beginning of it
    id: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// The workshops that keep the design, and who said so
    List,
    /// Let a workshop keep the design too
    #[command(after_help = "Example:\n  aronde design keepers 4f1c20 add \"Workshop South\"")]
    Add {
        /// The workshop: its name, its id, or the beginning of that
        workshop: String,
    },
    /// Let a workshop keep the design no longer; what its members wrote so far stands
    #[command(after_help = "Example:\n  aronde design keepers 4f1c20 drop \"Workshop South\"")]
    Drop {
        /// The workshop: its name, its id, or the beginning of that
        workshop: String,
    },
}

impl Keepers {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let id = self.id;
        let kept = match self.command {
            Command::List => ask!(context, DesignKeepers, api::DesignKeepers { id }),
            Command::Add { workshop } => {
                ask!(context, DesignKeeperAdd, api::DesignKeeperAdd { id, workshop })
            }
            Command::Drop { workshop } => {
                ask!(context, DesignKeeperDrop, api::DesignKeeperDrop { id, workshop })
            }
        };
        context.show(&kept, || text(&kept))
    }
}

fn text(kept: &DesignKept) -> String {
    let mut table = Table::new("");
    table.row(["WORKSHOP", "ID", "BY", "SINCE", "THROUGH"]);
    for keeper in &kept.keepers {
        let through = keeper.grant.map_or_else(|| "created it".to_owned(), |grant| grant.short());
        table.row([
            &or_dash(keeper.workshop_name.as_deref()),
            &keeper.workshop.short(),
            &member(keeper.by_name.as_deref(), keeper.by),
            &time(keeper.at),
            &through,
        ]);
    }
    let signed = kept.signed.len() as u64;
    let signed = if signed == 0 {
        String::new()
    } else {
        format!("signed {}\n", count(signed, "operation", "operations"))
    };
    signed + &table.text()
}

//! `aronde shares`: who gets what of an amount, and why.

use std::path::{Path, PathBuf};

use aronde_node::api::{self, ServiceError, ShareRow, SharesStated};
use aronde_node::rules::{self, EXAMPLES};
use aronde_protocol::limits;
use aronde_protocol::quantity::Quantity;
use aronde_protocol::shares::Rule;
use jiff::Timestamp;
use serde::Serialize;

use crate::context::{Context, absolute, ask};
use crate::output::{Table, clean, count};
use crate::values;

/// `aronde shares`
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  aronde shares rules
  aronde shares rules budget > our-rule.toml
  aronde shares press --rule our-rule.toml --amount \"12500 EUR\"
  aronde shares press --rule buckets --amount \"12500 EUR\" --explain
  aronde shares press --rule our-rule.toml --amount \"900 EUR\" --from 2026-07-01 --to 2026-10-01 --sheet shares.csv

Nothing is paid here and nothing is written to the ledger: what was paid is said with aronde settle RECORD --by shares,
and isn't counted again unless the rule says so. The language of rules is in docs/shares.md."
)]
pub struct Shares {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    asked: Asked,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// The rules that ship, or one of them as a text to begin with
    #[command(after_help = "\
Examples:
  aronde shares rules
  aronde shares rules budget > ours.toml")]
    Rules {
        /// Which one
        name: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
struct Asked {
    /// The work: its id, its beginning, or words of a title
    #[arg(required = true)]
    subject: Option<String>,
    /// The rule: a file, or the name of one that ships
    #[arg(long, value_name = "RULE.toml", required = true)]
    rule: Option<PathBuf>,
    /// How much there is, as "12500 EUR"
    #[arg(long, value_name = "MONEY", value_parser = values::quantity, required = true)]
    amount: Option<Quantity>,
    /// Only what was done then or later
    #[arg(long, value_name = "DATE", value_parser = values::time)]
    from: Option<Timestamp>,
    /// Only what was done before
    #[arg(long, value_name = "DATE", value_parser = values::time)]
    to: Option<Timestamp>,
    /// The day that ages are counted to; today, when left out
    #[arg(long, value_name = "DATE", value_parser = values::time)]
    on: Option<Timestamp>,
    /// Show the arithmetic, down to the signed records
    #[arg(long)]
    explain: bool,
    /// Write every step to this file, as a table for spreadsheets
    #[arg(long, value_name = "FILE.csv", visible_alias = "out")]
    sheet: Option<PathBuf>,
}

impl Shares {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        if let Some(Command::Rules { name }) = self.command {
            return ship(context, name.as_deref());
        }
        let Asked { subject, rule, amount, from, to, on, explain, sheet } = self.asked;
        let (Some(subject), Some(rule), Some(amount)) = (subject, rule, amount) else {
            return Err(ServiceError::user("say of which work, by which rule and how much"));
        };
        let (file, rule) = read(&rule)?;
        let sheet = sheet.as_deref().map(absolute).transpose()?;
        let request = api::Shares { subject, rule, file, amount, on, from, to, explain, sheet };
        let stated = ask!(context, Shares, request);
        context.show(&stated.shares, || text(&stated, explain))
    }
}

/// A rule's name for errors, and its text.
fn read(path: &Path) -> Result<(String, String), ServiceError> {
    let name = path.display().to_string();
    if !path.exists()
        && let Some(example) = rules::by_name(&name)
    {
        return Ok((name, example.text.to_owned()));
    }
    let known: Vec<&str> = EXAMPLES.iter().map(|example| example.name).collect();
    let refused = |why: String| {
        ServiceError::user(format!("the rule {name} can't be read: {why}"))
            .hint(format!("give a file, or one that ships: {}", known.join(", ")))
    };
    let length = std::fs::metadata(path).map_err(|error| refused(error.to_string()))?.len();
    if length > limits::RULE_MAX as u64 {
        return Err(refused(format!("it has {length} bytes, and a rule at most {}", limits::RULE_MAX)));
    }
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    Ok((name, text))
}

/// A rule that ships, in a list.
#[derive(Serialize)]
struct RuleRow {
    name: String,
    version: String,
    hash: String,
    about: Option<String>,
}

fn ship(context: &Context, name: Option<&str>) -> Result<(), ServiceError> {
    if let Some(name) = name {
        let example = rules::by_name(name).ok_or_else(|| {
            let shown: String = name.chars().take(40).collect();
            ServiceError::user(format!("no rule that ships is called \"{shown}\""))
                .hint("see which there are: aronde shares rules")
        })?;
        return context.show(&example.text, || example.text.to_owned());
    }
    let row = |example: &rules::Example| {
        let rule = Rule::read(example.text).map_err(ServiceError::internal)?;
        let hash = rule.hash();
        Ok(RuleRow { name: rule.name.0, version: rule.version.0, hash, about: rule.about.map(|it| it.0) })
    };
    let rows = EXAMPLES.iter().map(row).collect::<Result<Vec<_>, ServiceError>>()?;
    context.show(&rows, || {
        let mut table = Table::new("");
        table.row(["RULE", "VERSION", "HASH", "ABOUT"]);
        for row in &rows {
            table.row([
                row.name.as_str(),
                &row.version,
                row.hash.get(..12).unwrap_or_default(),
                row.about.as_deref().unwrap_or_default(),
            ]);
        }
        table.text()
    })
}

fn text(stated: &SharesStated, explain: bool) -> String {
    let work = stated.subject_title.as_deref().map_or_else(|| stated.subject.short(), clean);
    let rule = &stated.rule;
    let mut text = format!(
        "{} {} of {work}, by {} {} ({})\n",
        stated.amount,
        stated.currency,
        clean(&rule.name),
        clean(&rule.version),
        rule.hash.get(..12).unwrap_or_default()
    );
    if explain {
        text += &format!("rule {}\nages are counted to {}\n\n", rule.hash, stated.on.strftime("%Y-%m-%d"));
        for step in &stated.steps {
            text +=
                &format!("  {}{}\n", if step.starts_with(' ') { "  " } else { "" }, clean(step.trim_start()));
        }
        for row in &stated.shares {
            text += &format!("\n{}\n", who(row));
            for step in &row.steps {
                let how = clean(&step.how);
                match (step.record, &step.bucket) {
                    (Some(record), _) => text += &format!("    {record}  {how}\n"),
                    (None, Some(bucket)) => text += &format!("  {}: {how}\n", clean(bucket)),
                    (None, None) => text += &format!("  {how}\n"),
                }
            }
        }
    }
    text.push('\n');
    let mut table = Table::new("");
    table.row(["WHO", "AMOUNT", "SHARE"]);
    for row in &stated.shares {
        table.row([&who(row), &format!("{} {}", row.amount, row.currency), &percent(&row.share)]);
    }
    text += &table.text();
    text += &format!("\n{} counted", count(stated.counted, "record", "records"));
    if !stated.left_out.is_empty() {
        text += &format!("; not counted: {}", stated.left_out.join(", "));
    }
    text.push('\n');
    if let Some(sheet) = &stated.sheet {
        text += &format!("every step as a table in {}\n", sheet.display());
    }
    text
}

fn who(row: &ShareRow) -> String {
    let name = clean(row.name.as_deref().unwrap_or(&row.member));
    match row.kind {
        api::ShareKind::Member => name,
        api::ShareKind::Agent => format!("{name}, who is no member (kept aside)"),
        api::ShareKind::Commons => "the commons".to_owned(),
        api::ShareKind::Aside => "kept aside".to_owned(),
    }
}

/// A part of one as a percentage, cut after two decimals.
fn percent(share: &str) -> String {
    let (whole, part) = share.split_once('.').unwrap_or((share, ""));
    let digits = format!("{part:0<4}");
    let number =
        format!("{whole}{}.{}", digits.get(..2).unwrap_or_default(), digits.get(2..4).unwrap_or_default());
    let number = number.trim_start_matches('0');
    if number.starts_with('.') { format!("0{number} %") } else { format!("{number} %") }
}

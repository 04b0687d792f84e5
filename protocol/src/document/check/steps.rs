//! Assembly steps, and whether they and the bill of materials speak of the same parts.

use std::collections::BTreeSet;

use super::cad;
use super::{Checking, DraftItem, Severity, design, known_by, lines, name, says, some};
use crate::document::schema::FILES;
use crate::document::value::Value;

/// Words of a file's name that say how it is put together.
const PAGES: &[&str] = &["assembl", "instruction", "build guide", "build-guide", "montage", "howto"];
/// Beginnings of words that say that something is tightened.
const TIGHTENS: &[&str] =
    &["screw", "bolt", "tighten", "torque", "vis ", "visser", "boulon", "serrer", "schroef", "bout "];

impl Checking<'_> {
    pub(super) fn steps(&mut self) {
        use Severity::{Blocks, Hampers, Nice};
        let steps = self.items(design::STEPS);
        if steps.is_empty() {
            let mut pages = self.with_role(&["manufacturing-instructions"]);
            if pages.is_empty() {
                pages = self.pages(PAGES);
            }
            let advice = "write the steps with the parts and tools that each uses, so that they can be checked against the BOM";
            let is_board = |file: &DraftItem| file.text("path").is_some_and(cad::is_board);
            if pages.is_empty() && self.items(FILES).iter().any(is_board) {
                let message = "nothing says how it is assembled, but the references on its board";
                self.add(Hampers, design::STEPS, message, advice);
            } else if pages.is_empty() {
                self.add(Blocks, design::STEPS, "nothing says how it is assembled", advice);
            } else {
                let message = format!("assembly is in {}, but not by step", some(&pages));
                self.add(Hampers, design::STEPS, &message, advice);
            }
            self.wanted(
                Hampers,
                "steps/tools",
                false,
                &["tool-list", "*tool"],
                "no list of tools is given",
                "name the tools in the steps, or add a tool list and name it in the manifest",
            );
            return;
        }
        let cited: BTreeSet<String> = steps.iter().flat_map(|step| texts(step, "parts")).collect();
        let known: BTreeSet<String> = lines(self.draft).iter().flat_map(known_by).collect();
        let unused: Vec<&str> =
            lines(self.draft).iter().filter(|line| known_by(line).is_disjoint(&cited)).map(name).collect();
        if !unused.is_empty() {
            let message = format!("no step uses {}", some(&unused));
            self.add(
                Hampers,
                "steps/parts",
                &message,
                "name each part in the step that uses it, or take it out of the BOM",
            );
        }
        let unlisted: Vec<&str> =
            cited.iter().filter(|part| !known.contains(*part)).map(String::as_str).collect();
        if !unlisted.is_empty() {
            let message = format!("steps use {}, which is not in the bill of materials", some(&unlisted));
            self.add(Blocks, "steps/parts", &message, "add the part to the BOM, or name it as the BOM does");
        }
        let titles = |lacks: &dyn Fn(&DraftItem) -> bool| -> Vec<&str> {
            steps
                .iter()
                .filter(|step| lacks(step))
                .map(|s| s.text("title").unwrap_or("(a step without a title)"))
                .collect()
        };
        let bare = titles(&|step| texts(step, "parts").is_empty());
        if !bare.is_empty() {
            let message = format!("no listed part is used in {}", some(&bare));
            self.add(Hampers, "steps/parts", &message, "name the parts that the step uses");
        }
        let bare_handed = titles(&|step| texts(step, "tools").is_empty());
        if !bare_handed.is_empty() {
            let message = format!("no tool is named for {}", some(&bare_handed));
            self.add(Nice, "steps/tools", &message, "name the tools, with their size");
        }
        let loose = titles(&|step| {
            let text = format!(
                "{} {} ",
                step.text("title").unwrap_or_default(),
                step.text("text").unwrap_or_default()
            );
            let text = text.to_lowercase();
            TIGHTENS.iter().any(|word| text.contains(word)) && !step.fields.get("torque").is_some_and(says)
        });
        if !loose.is_empty() {
            let message = format!("something is tightened without a torque in {}", some(&loose));
            self.add(
                Nice,
                "steps/torque",
                &message,
                "set it: aronde design edit ID --set steps/1/torque=\"2.5 N.m\"",
            );
        }
    }
}

fn texts(step: &DraftItem, field: &str) -> Vec<String> {
    let Some(Value::List(items)) = step.fields.get(field) else { return Vec::new() };
    items.iter().filter_map(Value::as_text).map(|text| text.trim().to_lowercase()).collect()
}

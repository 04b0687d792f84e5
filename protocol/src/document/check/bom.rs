//! The bill of materials: how much of what, made of what, from where.

use super::{BOM, Checking, DraftItem, Severity, lines, name, says, some};

/// What a column that the schema doesn't name says, by a word in its heading.
const MATERIAL: &[&str] = &["material", "matériau", "materiaal"];
const ORIGIN: &[&str] = &[
    "supplier",
    "vendor",
    "manufacturer",
    "mpn",
    "part number",
    "partnumber",
    "part_number",
    "link",
    "url",
    "source",
    "shop",
    "order",
    "sku",
    "fournisseur",
    "leverancier",
    "lcsc",
    "mouser",
    "digikey",
    "farnell",
];

impl Checking<'_> {
    pub(super) fn bom(&mut self) {
        use Severity::{Blocks, Hampers};
        let lines = lines(self.draft);
        if lines.is_empty() {
            let files = self.with_role(&["bom"]);
            if files.is_empty() {
                let advice = "add a BOM as CSV and import again, or aronde design bom ID add --part P --quantity \"4 {piece}\"";
                self.add(Blocks, BOM, "there is no bill of materials", advice);
            } else {
                let message =
                    format!("the bill of materials in {} could not be read line by line", some(&files));
                self.add(
                    Hampers,
                    BOM,
                    &message,
                    "save it as CSV with the columns part, quantity, material, supplier",
                );
            }
            return;
        }
        let lacking = |lacks: &dyn Fn(&DraftItem) -> bool| -> Vec<&str> {
            lines.iter().filter(|line| lacks(line)).map(name).collect()
        };
        let uncounted = lacking(&|line| !line.fields.get("quantity").is_some_and(says));
        if !uncounted.is_empty() {
            let message = format!("no quantity is given for {}", some(&uncounted));
            self.add(
                Blocks,
                "bom/quantity",
                &message,
                "set it: aronde design edit ID --set bom/1/quantity=\"4 {piece}\"",
            );
        }
        let nowhere = lacking(&|line| !has_origin(line) && !has_material(line));
        if !nowhere.is_empty() {
            let message = format!(
                "{} of {} parts have neither material, norm, file, supplier nor link: {}",
                nowhere.len(),
                lines.len(),
                some(&nowhere)
            );
            let advice = "for parts that are made, name material or file; for parts that are bought, a norm, a supplier or a link";
            self.add(Hampers, "bom/supplier", &message, advice);
        }
        let paths: Vec<&str> = self.items(super::FILES).iter().filter_map(|file| file.text("path")).collect();
        let lost = lacking(&|line| named_path(line).is_some_and(|path| !paths.contains(&path)));
        if !lost.is_empty() {
            let message =
                format!("the file that {} is made by is named and not among the files", some(&lost));
            let advice = "add the file and import again, or correct the reference";
            self.add(Blocks, "bom/reference", &message, advice);
        }
        let replaceable = |line: &&DraftItem| line.fields.get("alternatives").is_some_and(says);
        if !lines.iter().any(|line| replaceable(&line)) && self.items(super::design::VARIANTS).is_empty() {
            let advice = "name alternatives for what is hard to get, or variants by region";
            self.add(Severity::Nice, "bom/alternatives", "no part has an alternative", advice);
        }
    }

    /// Whether any line says what it is made of.
    pub(super) fn has_materials(&self) -> bool {
        lines(self.draft).iter().any(has_material)
    }
}

fn has_material(line: &DraftItem) -> bool {
    ["material", "norm", "file", "process"].iter().any(|field| line.text(field).is_some())
        || column(line, MATERIAL)
}

fn has_origin(line: &DraftItem) -> bool {
    ["supplier", "supplier-code", "link"].iter().any(|field| line.text(field).is_some())
        || column(line, ORIGIN)
        || is_normed(line)
        || named_path(line).is_some()
        || ["reference", "note"].iter().any(|field| line.text(field).is_some_and(|text| text.contains("://")))
}

/// A file that a line's reference names, as modules do: `/parts/ring/okh-ring.toml`.
fn named_path(line: &DraftItem) -> Option<&str> {
    let path = line.text("reference")?.trim().trim_start_matches("./").trim_start_matches('/');
    let (_, name) = path.rsplit_once('/')?;
    let (_, extension) = name.rsplit_once('.')?;
    let is_path = !path.contains("://") && !path.contains(' ') && (2..=5).contains(&extension.len());
    (is_path && extension.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(path)
}

/// A part that its norm names, as `DIN 912 M3x10`, is the same everywhere.
fn is_normed(line: &DraftItem) -> bool {
    let texts = ["part", "reference", "note"].into_iter().filter_map(|field| line.text(field));
    let mut words = texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    words.any(|word| {
        ["DIN", "ISO", "EN", "ANSI", "NBN", "JIS"]
            .iter()
            .any(|norm| word.eq_ignore_ascii_case(norm) && word.len() > 2)
    })
}

fn column(line: &DraftItem, words: &[&str]) -> bool {
    line.fields.iter().any(|(name, value)| {
        let name = name.to_lowercase();
        says(value) && words.iter().any(|word| name.contains(word))
    })
}

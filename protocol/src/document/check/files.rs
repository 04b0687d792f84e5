//! Files: shapes in native and exchange form, what is named and not there, pages to begin with.

use std::collections::BTreeSet;

use super::cad::{self, Form};
use super::{BOM, Checking, DraftItem, FILES, Severity, design, some};
use crate::document::register;
use crate::document::schema::MANIFEST;
use crate::document::value::Value;
use crate::interchange::okh;

impl Checking<'_> {
    pub(super) fn files(&mut self) {
        use Severity::{Blocks, Hampers, Nice};
        let files = self.items(FILES);
        let paths: Vec<&str> = files.iter().filter_map(|file| file.text("path")).collect();
        let shapes: Vec<(&str, Form)> = paths.iter().filter_map(|p| Some((*p, cad::form(p)?))).collect();
        let with = |forms: &[Form]| -> Vec<&str> {
            shapes.iter().filter(|(_, form)| forms.contains(form)).map(|(path, _)| *path).collect()
        };
        if shapes.is_empty() {
            let advice = "add the CAD files and their exchange form (STEP, DXF, STL, PDF drawings)";
            self.add(Blocks, FILES, "there is no file with a shape or a drawing in it", advice);
        }
        let exchanged: BTreeSet<String> = with(&[Form::Exchange, Form::Mesh, Form::Drawing, Form::Board])
            .into_iter()
            .map(cad::stem)
            .collect();
        let named: BTreeSet<&str> = files.iter().filter_map(|file| file.text("source")).collect();
        // Sheets of one schematic are plotted together.
        let plotted = |path: &str| {
            let path = path.to_lowercase();
            cad::form(&path) == Some(Form::Drawing) && path.contains("schem")
        };
        let plotted = paths.iter().any(|path| plotted(path));
        let alone = |forms: &[Form]| -> Vec<&str> {
            let lonely = |path: &&str| {
                let elsewhere = cad::is_board(path) || cad::is_schematic(path) && plotted;
                !elsewhere && !exchanged.contains(&cad::stem(path)) && !named.contains(path)
            };
            with(forms).into_iter().filter(lonely).collect()
        };
        let advice = "export it as STEP or STL (shapes), DXF (sheets) or PDF (drawings), under the same name beside it";
        let closed = alone(&[Form::Closed]);
        if !closed.is_empty() {
            let message = format!("only one program, which has to be bought, reads {}", some(&closed));
            self.add(Blocks, FILES, &message, advice);
        }
        let native = alone(&[Form::Native]);
        if !native.is_empty() {
            let message = format!("there is no exchange form of {}", some(&native));
            self.add(Hampers, FILES, &message, advice);
        }
        let boards: Vec<&str> = paths.iter().copied().filter(|path| cad::is_board(path)).collect();
        if !boards.is_empty() && with(&[Form::Board]).is_empty() {
            let message =
                format!("there are no plots and drill files (Gerber, Excellon) of {}", some(&boards));
            self.add(
                Hampers,
                FILES,
                &message,
                "plot them, so that a board maker needs no CAD program of the right version",
            );
        }
        let sources: BTreeSet<String> =
            with(&[Form::Native, Form::Closed, Form::Exchange]).into_iter().map(cad::stem).collect();
        let meshes: Vec<&str> =
            with(&[Form::Mesh]).into_iter().filter(|path| !sources.contains(&cad::stem(path))).collect();
        if !meshes.is_empty() {
            let message = format!("there is neither source nor exact form of {}", some(&meshes));
            self.add(
                Hampers,
                FILES,
                &message,
                "add the CAD source, or STEP: a mesh can be printed, not changed",
            );
        }
        let absent: Vec<&str> =
            files.iter().filter(|file| self.is_absent(file)).filter_map(|f| f.text("path")).collect();
        if !absent.is_empty() {
            let message = format!("the bytes of {} are not here", some(&absent));
            self.add(
                Hampers,
                FILES,
                &message,
                "fetch them from a workshop that has them: aronde sync --wait",
            );
        }
        self.named_files(&paths);
        if self.with_role(&["licence"]).is_empty() {
            self.add(
                Nice,
                FILES,
                "the licence's text is not among the files",
                "add LICENSE beside the manifest",
            );
        }
        if self.with_role(&["image"]).is_empty() {
            self.add(
                Nice,
                FILES,
                "there is no picture of it",
                "add one and name it under image in the manifest",
            );
        }
    }

    fn is_absent(&self, file: &DraftItem) -> bool {
        matches!(file.fields.get("file"), Some(Value::File(hash)) if !(self.here)(*hash))
    }

    /// Files that the manifest, a part or a step names, and that are not among the design's.
    fn named_files(&mut self, paths: &[&str]) {
        let below = format!("{MANIFEST}/");
        let kept = self.draft.fields.iter().filter_map(|(name, value)| {
            Some((register::split(name.strip_prefix(&below)?).join("/"), value.clone()))
        });
        for reference in okh::named_files(&kept.collect()) {
            let target = reference.target.trim_start_matches("./");
            let inside = |path: &&&str| {
                path.eq_ignore_ascii_case(target)
                    || path
                        .to_lowercase()
                        .starts_with(&format!("{}/", target.trim_end_matches('/').to_lowercase()))
                    || path.to_lowercase().ends_with(&format!("/{}", target.to_lowercase()))
            };
            let elsewhere = target.contains("://") || target.starts_with("www.") || target.starts_with('#');
            if elsewhere || paths.iter().any(|path| inside(&path)) {
                continue;
            }
            let severity = match reference.role {
                "bom" | "source" | "export" | "manufacturing-instructions" => Severity::Blocks,
                _ => Severity::Hampers,
            };
            let message = format!("the manifest names \"{target}\", which is not among the files");
            let advice = "add the file and import again, or correct the manifest";
            self.add(severity, &format!("{MANIFEST}/{}", reference.field), &message, advice);
        }
        for (list, field) in [(BOM, "file"), (design::STEPS, "picture"), (FILES, "source")] {
            let named = self.items(list).iter().filter_map(|item| item.text(field));
            let missing: Vec<&str> = named.filter(|path| !paths.contains(path)).collect();
            if !missing.is_empty() {
                let message = format!("{} is named there and not among the files", some(&missing));
                self.add(
                    Severity::Hampers,
                    &format!("{list}/{field}"),
                    &message,
                    "add the file, or correct the name",
                );
            }
        }
    }
}

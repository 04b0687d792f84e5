//! Making: processes and their parameters, tolerances, materials, norms, quality.

use super::cad::{self, Form};
use super::{Checking, Severity, design, some};
use crate::document::schema::FILES;

impl Checking<'_> {
    pub(super) fn process(&mut self) {
        use Severity::{Hampers, Nice};
        let pages = &["manufacturing-instructions"];
        self.wanted(
            Hampers,
            "processes",
            self.has("processes") || self.has("manufacturing") || self.has("manifest/tsdc"),
            pages,
            "nothing says by which processes it is made, so nobody can tell whether their machines suffice",
            "aronde design edit ID --set processes=\"laser cutting; 3D printing\"",
        );
        self.wanted(
            Hampers,
            design::PARAMETERS,
            !self.items(design::PARAMETERS).is_empty(),
            &["tool-settings"],
            "no parameter of manufacturing is given (infill, layer height, feed, temperature …)",
            "list the ones that decide whether it works, each with its process, value and tolerance",
        );
        let toleranced = self.has("general-tolerance") || !self.items(design::TOLERANCES).is_empty();
        if !toleranced {
            let paths = self.items(FILES).iter().filter_map(|file| file.text("path"));
            let drawings: Vec<&str> = paths
                .filter(|p| cad::form(p) == Some(Form::Drawing) && p.to_lowercase().contains("draw"))
                .collect();
            let advice =
                "aronde design edit ID --set general-tolerance=\"ISO 2768-m\", and list what must be closer";
            if drawings.is_empty() {
                self.add(Hampers, design::TOLERANCES, "no tolerance is given, general or specific", advice);
            } else {
                let message = format!("tolerances are at best in {}", some(&drawings));
                self.add(Nice, design::TOLERANCES, &message, advice);
            }
        }
        if self.items(design::MATERIALS).is_empty() {
            let advice = "list each material with what it must conform to, and what may replace it";
            let (severity, message) = if self.has_materials() {
                (Nice, "materials are named in the BOM, without a specification or norm")
            } else {
                (Hampers, "no material is specified")
            };
            self.add(severity, design::MATERIALS, message, advice);
        }
        if !self.has("norms") {
            let advice = "aronde design edit ID --set norms=\"EN 71-1; ISO 2768\", or none that apply";
            self.add(Nice, "norms", "no norm is named that it keeps to", advice);
        }
        let criteria = self.items(design::QUALITY);
        self.wanted(
            Hampers,
            design::QUALITY,
            !criteria.is_empty(),
            &["quality-instructions", "*quality", "*calibration", "*testing"],
            "no quality criterion is given: nobody can tell whether a piece is good",
            "list what is measured, how, and which result is accepted",
        );
        let open: Vec<&str> = criteria
            .iter()
            .filter(|criterion| criterion.text("acceptance").is_none())
            .map(|criterion| criterion.text("criterion").unwrap_or("(a criterion without a name)"))
            .collect();
        if !open.is_empty() {
            let message = format!("no accepted result is given for {}", some(&open));
            self.add(Hampers, "quality/acceptance", &message, "say which result is accepted, with its unit");
        }
        self.wanted(
            Nice,
            "finishing",
            self.has("finishing"),
            pages,
            "nothing is said about finishing (deburring, coating, sanding)",
            "aronde design edit ID --set finishing=\"…\", or \"none\"",
        );
    }
}

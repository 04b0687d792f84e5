//! Formats of files with a shape in them, by their extension.

/// What a format is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// What its authors work on, in an open program's format.
    Native,
    /// What its authors work on, which only a program that has to be bought reads.
    Closed,
    /// An exact shape that any program reads.
    Exchange,
    /// A shape made of triangles: good to print, not to change.
    Mesh,
    /// A drawing, or a plan to cut by.
    Drawing,
    /// What a board is made by.
    Board,
}

/// Extensions in lower case, each with what it is.
const FORMS: &[(&str, Form)] = &[
    ("3dm", Form::Closed),
    ("blend", Form::Native),
    ("brd", Form::Closed),
    ("catpart", Form::Closed),
    ("catproduct", Form::Closed),
    ("dgn", Form::Closed),
    ("dwg", Form::Closed),
    ("f3d", Form::Closed),
    ("f3z", Form::Closed),
    ("fcstd", Form::Native),
    ("iam", Form::Closed),
    ("ipt", Form::Closed),
    ("kicad_pcb", Form::Native),
    ("kicad_sch", Form::Native),
    ("par", Form::Closed),
    ("pcbdoc", Form::Closed),
    ("prt", Form::Closed),
    ("psm", Form::Closed),
    ("scad", Form::Native),
    ("sch", Form::Native),
    ("schdoc", Form::Closed),
    ("skp", Form::Closed),
    ("slddrw", Form::Closed),
    ("sldasm", Form::Closed),
    ("sldprt", Form::Closed),
    ("brep", Form::Exchange),
    ("iges", Form::Exchange),
    ("igs", Form::Exchange),
    ("step", Form::Exchange),
    ("stp", Form::Exchange),
    ("x_t", Form::Exchange),
    ("3mf", Form::Mesh),
    ("amf", Form::Mesh),
    ("obj", Form::Mesh),
    ("ply", Form::Mesh),
    ("stl", Form::Mesh),
    ("dxf", Form::Drawing),
    ("pdf", Form::Drawing),
    ("svg", Form::Drawing),
    ("drl", Form::Board),
    ("gbl", Form::Board),
    ("gbr", Form::Board),
    ("gm1", Form::Board),
    ("gtl", Form::Board),
    ("xln", Form::Board),
];

/// The form of a file by its path; none for other files.
pub fn form(path: &str) -> Option<Form> {
    let name = path.rsplit('/').next()?;
    let (stem, extension) = name.rsplit_once('.')?;
    // `part.prt.3`, as one program numbers its own.
    let numbered = extension.bytes().all(|b| b.is_ascii_digit());
    let extension = if numbered { stem.rsplit_once('.').map_or(extension, |(_, e)| e) } else { extension };
    let extension = extension.to_lowercase();
    FORMS.iter().find(|(known, _)| *known == extension).map(|(_, form)| *form)
}

/// Whether a board is drawn in a file, which is made by plots and drill files.
pub fn is_board(path: &str) -> bool {
    let path = path.to_lowercase();
    [".kicad_pcb", ".brd", ".pcbdoc"].iter().any(|end| path.ends_with(end))
}

/// Whether a file is of a schematic.
pub fn is_schematic(path: &str) -> bool {
    let path = path.to_lowercase();
    [".kicad_sch", ".sch", ".schdoc"].iter().any(|end| path.ends_with(end))
}

/// A file's name without folder and extension, in lower case.
pub fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_told_by_the_extension_in_any_case() {
        assert_eq!(form("src/mech/Case.FCStd"), Some(Form::Native));
        assert_eq!(form("a/Bracket.STEP"), Some(Form::Exchange));
        assert_eq!(form("bolt.prt.3"), Some(Form::Closed));
        assert_eq!((form("README"), form("a.txt")), (None, None));
        assert_eq!(stem("a/Case.v2.STEP"), "case");
    }
}

//! A document in the editor that its reader prefers.
//!
//! The text lies in the home while it is edited and stays there until what it says is written: a slip, a lost
//! connection or a closed terminal loses nothing.

use std::fs;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use aronde_node::api::{self, DesignEdited, FormSaved, ServiceError};
use aronde_protocol::limits::MANIFEST_MAX;

use crate::context::{Context, ask};
use crate::output::{self, clean, count};

/// Which document, and what its edit goes on from.
#[derive(Debug)]
pub struct Edited {
    /// The document: its id, or the beginning of it.
    pub id: String,
    /// The proposal that the edit goes on from.
    pub on: Option<String>,
    /// Whether it goes on from none.
    pub apart: bool,
    /// How this command is named, for hints: `design edit`.
    pub command: &'static str,
}

/// Opens a document in an editor and saves what was changed.
///
/// # Errors
/// There is no editor, it failed, or what was written can't be saved; the text is kept then.
pub fn edit(context: &Context, edited: Edited) -> Result<(), ServiceError> {
    let Edited { id, on, apart, command } = edited;
    let editor = editor().ok_or_else(|| {
        ServiceError::user("there is no editor to open: neither VISUAL nor EDITOR is set")
            .hint(format!("set fields without one: aronde {command} {id} --set title=\"Press 2\""))
            .hint(format!("or write the text to a file, edit that, and give it back: aronde {command} {id} --print > FILE, then --form FILE"))
    })?;
    let form = ask!(context, FormShow, api::FormShow { id, on, apart });
    let short = form.id.short();
    let path = place(context, &short)?;
    write(&path, &form.text)?;
    let shown = path.display();
    let status = run(&editor, &path).map_err(|error| {
        ServiceError::user(format!("the editor \"{editor}\" cannot be started: {error}"))
            .hint("set VISUAL or EDITOR to an editor that is installed")
    })?;
    if !status.success() {
        return Err(ServiceError::user("the editor ended with a failure, so nothing was changed").hint(
            format!("the text is kept in {shown}; go on with: aronde {command} {short} --form {shown}"),
        ));
    }
    let text = read(&path)?;
    if text == form.text {
        forget(&path);
        return output::print("nothing was changed");
    }
    let kept =
        || format!("the text is kept in {shown}; correct it, then: aronde {command} {short} --form {shown}");
    let saved = save(context, form.id.to_string(), text).map_err(|error| error.hint(kept()))?;
    forget(&path);
    context.show(&saved, || told(&saved))
}

/// Saves a form that lies in a file; `-` reads it from stdin.
///
/// # Errors
/// It can't be read or saved.
pub fn save_file(context: &Context, id: String, file: &Path) -> Result<(), ServiceError> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        let mut stdin = std::io::stdin().lock().take(MANIFEST_MAX as u64 + 1);
        stdin
            .read_to_string(&mut text)
            .map_err(|e| ServiceError::user(format!("stdin cannot be read: {e}")))?;
        text
    } else {
        read(file)?
    };
    let saved = save(context, id, text)?;
    context.show(&saved, || told(&saved))
}

/// Prints the form of a document.
///
/// # Errors
/// There is no such document.
pub fn print(context: &Context, edited: Edited) -> Result<(), ServiceError> {
    let form = ask!(context, FormShow, api::FormShow { id: edited.id, on: edited.on, apart: edited.apart });
    // What may not reach a terminal is escaped in the form itself.
    context.show(&form, || form.text.clone())
}

fn save(context: &Context, id: String, text: String) -> Result<FormSaved, ServiceError> {
    Ok(ask!(context, FormSave, api::FormSave { id, text }))
}

fn told(saved: &FormSaved) -> String {
    let mut text = what_became(&saved.edited);
    if saved.meanwhile > 0 {
        text += &format!(
            "\n{} came while you edited; what you changed was merged with it",
            count(saved.meanwhile, "other change", "other changes")
        );
    }
    let short = saved.edited.id.short();
    for field in &saved.conflicts {
        let field = clean(field);
        text += &format!("\n{field} was set differently meanwhile: aronde conflict show {short} '{field}'");
    }
    text
}

/// What became of an edit: it counts, or it waits.
pub fn what_became(edited: &DesignEdited) -> String {
    let entry = edited.entry.short();
    if edited.accepted {
        let with =
            edited.on.map_or_else(String::new, |on| format!(", which takes in the proposal {}", on.short()));
        return format!("{}\nchanged by the entry {entry}{with}", edited.id);
    }
    let on = edited.on.map_or_else(String::new, |on| {
        format!(
            "it goes on from your proposal {}: {} now\n",
            on.short(),
            count(edited.edits, "edit", "edits")
        )
    });
    let (who, keep, them) = output::workshops(&edited.keepers);
    format!(
        "{}\nproposed as {entry}: {who} {keep} it; your change waits for {them}\n{on}see it with: aronde proposal show {entry}",
        edited.id
    )
}

fn editor() -> Option<String> {
    let said = |name: &str| std::env::var(name).ok().filter(|editor| !editor.trim().is_empty());
    let default = if cfg!(windows) { "notepad" } else { "vi" };
    let terminal = || std::io::stdin().is_terminal().then(|| default.to_owned());
    said("VISUAL").or_else(|| said("EDITOR")).or_else(terminal)
}

/// The editor's words are the shell's, as git and others have it: `code --wait`, `"my editor" -x`.
fn run(editor: &str, path: &Path) -> std::io::Result<std::process::ExitStatus> {
    if cfg!(windows) {
        return Command::new("cmd").arg("/C").arg(editor).arg(path).status();
    }
    Command::new("sh").arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(path).status()
}

fn place(context: &Context, id: &str) -> Result<PathBuf, ServiceError> {
    let folder = context.home()?.path().join("forms");
    fs::create_dir_all(&folder)
        .map_err(|e| ServiceError::config(format!("{} cannot be made: {e}", folder.display())))?;
    // Never over a text that waits to be corrected.
    let free = (1..).map(|n: u32| if n == 1 { format!("{id}.yml") } else { format!("{id}-{n}.yml") });
    Ok(free.map(|name| folder.join(name)).find(|path| !path.exists()).unwrap_or(folder))
}

fn write(path: &Path, text: &str) -> Result<(), ServiceError> {
    fs::write(path, text)
        .map_err(|e| ServiceError::config(format!("{} cannot be written: {e}", path.display())))
}

fn read(path: &Path) -> Result<String, ServiceError> {
    let len = fs::metadata(path).map(|found| found.len());
    if len.is_ok_and(|len| len > MANIFEST_MAX as u64) {
        return Err(ServiceError::user(format!("{} has more than {MANIFEST_MAX} bytes", path.display())));
    }
    fs::read_to_string(path)
        .map_err(|e| ServiceError::user(format!("{} cannot be read: {e}", path.display())))
}

fn forget(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        eprintln!("{} was saved and could not be removed: {error}", path.display());
    }
}

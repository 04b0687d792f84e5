//! A page with commands and their output.
//!
//! What is run stands in fences marked `console`. A line `north$ COMMAND` is run on the machine called
//! north, a line `$ COMMAND` on the only one there is. The lines below it are what it prints, on stdout
//! and stderr; a line `? 2` says that it ends with exit code 2. `COMMAND &` runs on; `kill %1` ends it.

/// One command, and what should come out.
#[derive(Debug, PartialEq, Eq)]
pub struct Step {
    /// Where it stands in the page.
    pub line: usize,
    pub machine: String,
    pub command: String,
    pub code: i32,
    pub expected: Vec<String>,
}

/// The commands of a page, in order.
pub fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (mut inside, mut shown) = (false, false);
    for (number, line) in page.lines().enumerate() {
        if line.starts_with("```") {
            inside = !inside && line.trim_end() == "```console";
            shown = false;
        } else if let (true, Some((machine, command))) = (inside, prompt(line)) {
            shown = true;
            let (machine, command) = (machine.to_owned(), command.to_owned());
            steps.push(Step { line: number + 1, machine, command, code: 0, expected: Vec::new() });
        } else if let (true, true, Some(step)) = (inside, shown, steps.last_mut()) {
            match line.strip_prefix("? ").and_then(|code| code.parse().ok()) {
                Some(code) => step.code = code,
                None => step.expected.push(line.to_owned()),
            }
        }
    }
    for step in &mut steps {
        // A blank line between two commands belongs to the page, not to the output.
        while step.expected.last().is_some_and(|line| line.trim().is_empty()) {
            step.expected.pop();
        }
    }
    steps
}

/// The machine and the command, if this line is one.
fn prompt(line: &str) -> Option<(&str, &str)> {
    let (machine, command) = line.split_once("$ ")?;
    machine.chars().all(|c| c.is_ascii_lowercase()).then_some((machine, command))
}

#[test]
fn a_page_is_read() {
    let page = "Text.\n```sh\n$ not run\n```\n```console\nnorth$ a b &\nout\n\n$ c\n? 2\nfails\n```\n$ no\n";
    let step = |line, machine: &str, command: &str, code, expected: &str| Step {
        line,
        machine: machine.into(),
        command: command.into(),
        code,
        expected: vec![expected.into()],
    };
    assert_eq!(steps(page), [step(6, "north", "a b &", 0, "out"), step(9, "", "c", 2, "fails")]);
}

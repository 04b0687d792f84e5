//! Columns of text, aligned by how wide a terminal shows them.

use unicode_width::UnicodeWidthStr;

use super::clean;

/// The widest cell, in columns of a terminal; longer ones are cut, but for the last of a row.
const WIDEST: usize = 44;

/// Rows of cells. Every cell is cleaned.
#[derive(Debug, Default)]
pub struct Table {
    indent: &'static str,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table whose rows begin with `indent`.
    pub fn new(indent: &'static str) -> Self {
        Self { indent, rows: vec![] }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [&str; N]) {
        let mut row: Vec<String> = cells.iter().map(|cell| clean(cell)).collect();
        if let Some((_, cut)) = row.split_last_mut() {
            cut.iter_mut().for_each(shorten);
        }
        self.rows.push(row);
    }

    /// The rows as lines.
    pub fn text(&self) -> String {
        let mut widths = vec![];
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        let mut text = String::new();
        for row in &self.rows {
            let mut line = self.indent.to_owned();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat(width - cell.width() + 2));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

fn shorten(cell: &mut String) {
    if cell.width() > WIDEST {
        while cell.width() >= WIDEST {
            cell.pop();
        }
        cell.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_as_a_terminal_shows_them() {
        let mut table = Table::new("  ");
        table.row(["é", "one"]);
        table.row(["机床", "two"]);
        table.row(["abc", ""]);
        assert_eq!(table.text(), "  é     one\n  机床  two\n  abc\n");
    }

    #[test]
    fn a_long_cell_is_cut_and_a_long_last_cell_is_not() {
        let long = "x".repeat(60);
        let mut table = Table::new("");
        table.row([long.as_str(), long.as_str()]);
        assert_eq!(table.text(), format!("{}…  {long}\n", "x".repeat(43)));
    }
}

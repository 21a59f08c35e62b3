//! The matrix as a table for spreadsheets.

use std::collections::BTreeMap;

use crate::matrix::{Matrix, Place};
use crate::view::View;

/// The rows and workspaces that are shown, those of collapsed groups too, as CSV (RFC 4180) in UTF-8: for
/// each key its name, its id, whether it reaches all workspaces, and of each workspace whether it is
/// granted explicitly. What is staged is not in it. Workspaces of the same name are told apart by their ids.
///
/// A spreadsheet takes what begins with certain characters for a formula, and would carry it out; a `'`
/// before them makes it a text (OWASP, "CSV Injection").
pub fn csv(matrix: &Matrix, view: &View) -> String {
    let workspaces: Vec<usize> = view.workspaces_in_order().collect();
    let mut text = String::new();
    let titles = ["Key", "Key id", "All workspaces"].map(str::to_owned);
    line(
        &mut text,
        titles.into_iter().chain(names(matrix, &workspaces)),
    );
    let yes = |is: bool| if is { "yes".to_owned() } else { String::new() };
    for key in view.rows().iter().copied() {
        let row = &matrix.keys()[key].row;
        let cells = workspaces.iter().map(|workspace| {
            let workspace = *workspace;
            yes(matrix.granted(Place { key, workspace }))
        });
        let first = [
            row.name.clone(),
            row.id.to_string(),
            yes(row.all_workspaces),
        ];
        line(&mut text, first.into_iter().chain(cells));
    }
    text
}

fn names(matrix: &Matrix, workspaces: &[usize]) -> Vec<String> {
    let column = |at: &usize| &matrix.workspaces()[*at].column;
    let mut times = BTreeMap::<&str, usize>::new();
    for at in workspaces {
        *times.entry(&column(at).name).or_default() += 1;
    }
    let name = |at: &usize| {
        let column = column(at);
        if times[column.name.as_str()] > 1 {
            format!("{} ({})", column.name, column.id)
        } else {
            column.name.clone()
        }
    };
    workspaces.iter().map(name).collect()
}

fn line(text: &mut String, fields: impl Iterator<Item = String>) {
    let fields: Vec<_> = fields.map(field).collect();
    text.push_str(&fields.join(","));
    text.push_str("\r\n");
}

fn field(value: String) -> String {
    let is_formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let safe = if is_formula {
        format!("'{value}")
    } else {
        value
    };
    if safe.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_is_a_text_in_one_field() {
        for (value, written) in [
            ("prod-eu", "prod-eu"),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM", "'@SUM"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("a,b", "\"a,b\""),
            ("a\nb", "\"a\nb\""),
            ("", ""),
        ] {
            assert_eq!(field(value.to_owned()), written);
        }
    }
}

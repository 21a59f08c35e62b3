//! The matrix as a table for spreadsheets.

use std::collections::BTreeMap;

use crate::matrix::{Matrix, Place};
use crate::view::View;

/// The keys and workspaces that are shown and are there, those of collapsed groups too, as CSV (RFC 4180) in UTF-8: for
/// each key its name, its id, whether it reaches all workspaces, and of each workspace whether it is
/// granted explicitly. What is staged is not in it. Workspaces of the same name are told apart by their ids.
///
/// A spreadsheet takes what begins with certain characters for a formula, and would carry it out; a `'`
/// before them makes it a text (OWASP, "CSV Injection").
pub fn csv(matrix: &Matrix, view: &View) -> String {
    let workspaces = view.workspaces_in_order();
    let there = workspaces.filter(|at| view.workspaces().get(*at));
    let workspaces: Vec<usize> = there.collect();
    let names = names(matrix, &workspaces);
    let mut text = String::new();
    let titles = ["Key", "Key id", "All workspaces"].into_iter();
    line(&mut text, titles.chain(names.iter().map(String::as_str)));
    let yes = |is: bool| if is { "yes" } else { "" };
    let keys = view.rows().iter().copied();
    for key in keys.filter(|at| view.keys().get(*at)) {
        let row = &matrix.keys()[key].row;
        let id = row.id.to_string();
        let first = [&row.name, id.as_str(), yes(row.all_workspaces)].into_iter();
        let cells = workspaces.iter().map(|at| {
            let workspace = *at;
            yes(matrix.granted(Place { key, workspace }))
        });
        line(&mut text, first.chain(cells));
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

fn line<'a>(text: &mut String, fields: impl Iterator<Item = &'a str>) {
    for (at, value) in fields.enumerate() {
        if at > 0 {
            text.push(',');
        }
        field(text, value);
    }
    text.push_str("\r\n");
}

fn field(text: &mut String, value: &str) {
    let is_formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let before = if is_formula { "'" } else { "" };
    if value.contains([',', '"', '\r', '\n']) {
        let value = value.replace('"', "\"\"");
        text.extend(["\"", before, &value, "\""]);
    } else {
        text.extend([before, value]);
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
            let mut text = String::new();
            field(&mut text, value);
            assert_eq!(text, written);
        }
    }
}

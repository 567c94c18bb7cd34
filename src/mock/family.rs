//! Families of faults: the same mistake made at many places, written once with a row per place.

use super::Error;
use toml::{Table, Value};

/// Writes out the faults of a file: one for each row of its `each`, named by it; without `each`, the
/// file is one fault.
///
/// In every text of the file, `<column>` stands for the row's value of that column. A row's own `breaks`
/// is what its fault breaks, and its `spares` what it does not in some versions; its other columns, joined by dashes in the order of `columns`, are its name, or
/// those of them that `named-by` lists.
///
/// # Errors
/// When a row lacks a column or `breaks`, or has one that nothing names.
pub(super) fn expand(
    path: &str,
    stem: &str,
    mut file: Table,
) -> Result<Vec<(String, Table)>, Error> {
    let wrong = |text: String| Error::file(path, text);
    let named_by = file.remove("named-by");
    let named_by: Option<Vec<&str>> = named_by
        .as_ref()
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect());
    let (columns, each) = match (file.remove("columns"), file.remove("each")) {
        (None, None) => return Ok(vec![(stem.to_owned(), file)]),
        (Some(Value::Array(columns)), Some(Value::Array(each))) => (columns, each),
        _ => {
            return Err(wrong(
                "a family has columns, a list of names, and each, a list of rows".to_owned(),
            ));
        }
    };
    let columns: Vec<&str> = columns.iter().filter_map(Value::as_str).collect();
    each.into_iter()
        .map(|row| {
            let Value::Table(mut row) = row else {
                return Err(wrong("each row of each is a table".to_owned()));
            };
            let mut fault = file.clone();
            for own in ["breaks", "spares", "versions"] {
                let Some(value) = row.remove(own) else {
                    continue;
                };
                let place = match own {
                    "breaks" | "spares" => &mut fault,
                    _ => {
                        applies(&mut fault).ok_or_else(|| wrong("applies is a table".to_owned()))?
                    }
                };
                place.insert(own.to_owned(), value);
            }
            if let Some(unknown) = row.keys().find(|key| !columns.contains(&key.as_str())) {
                return Err(wrong(format!("{unknown:?} is none of the columns")));
            }
            let values: Vec<(&str, &str)> = columns
                .iter()
                .map(|column| {
                    let value = row.get(*column).and_then(Value::as_str);
                    value
                        .map(|value| (*column, value))
                        .ok_or_else(|| wrong(format!("a row has no text for {column:?}")))
                })
                .collect::<Result<_, _>>()?;
            let mut whole = Value::Table(fault);
            fill(&mut whole, &values);
            let Value::Table(fault) = whole else {
                return Err(wrong("a fault is a table".to_owned()));
            };
            let is_named = |(column, _): &(&str, &str)| {
                named_by.as_ref().is_none_or(|names| names.contains(column))
            };
            let naming: Vec<(&str, &str)> = values.iter().copied().filter(is_named).collect();
            Ok((format!("{stem}/{}", name(&naming)), fault))
        })
        .collect()
}

fn applies(fault: &mut Table) -> Option<&mut Table> {
    let applies = fault
        .entry("applies")
        .or_insert_with(|| Value::Table(Table::new()));
    applies.as_table_mut()
}

/// The values as one word of a fault's name.
fn name(values: &[(&str, &str)]) -> String {
    let mut name = String::new();
    for (_, value) in values {
        if !name.is_empty() {
            name.push('-');
        }
        let letters = value
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
        name.extend(letters);
    }
    name.to_ascii_lowercase()
}

/// Replaces `<column>` in every text.
fn fill(value: &mut Value, values: &[(&str, &str)]) {
    match value {
        Value::String(text) => {
            for (column, replacement) in values {
                *text = text.replace(&format!("<{column}>"), replacement);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, values)),
        Value::Table(table) => table.iter_mut().for_each(|(_, item)| fill(item, values)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::expand;
    use toml::Table;

    fn expanded(text: &str) -> Result<Vec<(String, Table)>, String> {
        expand("f.toml", "f", text.parse().unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_row_is_a_fault() {
        let faults = expanded(
            "about = 'ignores <parameter> of <type>'\ncolumns = ['type', 'parameter']\n\
             applies = { path = ['/<type>'] }\nchange = [{ ignore-parameter = '<parameter>' }]\n\
             each = [{ type = 'Goal', parameter = 'target-date', breaks = ['R-1'], versions = ['2.1.0'] }]",
        )
        .unwrap();
        let (name, fault) = &faults[0];
        assert_eq!(name, "f/goal-target-date");
        assert_eq!(fault["about"].as_str(), Some("ignores target-date of Goal"));
        assert_eq!(fault["applies"]["path"][0].as_str(), Some("/Goal"));
        assert_eq!(fault["applies"]["versions"][0].as_str(), Some("2.1.0"));
        assert_eq!(
            fault["change"][0]["ignore-parameter"].as_str(),
            Some("target-date")
        );
        assert_eq!(fault["breaks"][0].as_str(), Some("R-1"));
    }

    #[test]
    fn a_family_may_say_what_names_its_faults() {
        let text = "columns = ['a', 'b']\nnamed-by = ['a']\neach = [{ a = 'x', b = 'y' }]";
        assert_eq!(expanded(text).unwrap()[0].0, "f/x");
    }

    #[test]
    fn a_file_without_rows_is_one_fault() {
        assert_eq!(expanded("about = '<x>'").unwrap()[0].0, "f");
    }

    #[test]
    fn what_cannot_be_written_out_is_refused() {
        for (text, said) in [
            (
                "columns = ['a']\neach = [{ b = 'x' }]",
                "none of the columns",
            ),
            ("columns = ['a']\neach = [{}]", "no text"),
            ("each = [{}]", "has columns"),
        ] {
            let problem = expanded(text).unwrap_err();
            assert!(problem.contains(said), "{problem}");
        }
    }
}

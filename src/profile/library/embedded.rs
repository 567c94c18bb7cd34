//! The profile tables in the binary.

use crate::data::Data;
use crate::profile::{Origin, Table, TableError};
use std::path::PathBuf;

/// Folder of the tables among the data.
pub(super) const FOLDER: &str = "scenarios/profiles/";
const ENDING: &str = ".table.gz";

/// Every embedded table, sorted by name. Only their indexes are read.
///
/// # Errors
/// When a table cannot be read.
pub fn embedded_tables(data: &Data) -> Result<Vec<Table>, TableError> {
    let failed = |name: &str, error: crate::data::Error| TableError {
        name: name.to_owned(),
        why: error.to_string(),
    };
    let names = data.list(FOLDER).map_err(|error| failed(FOLDER, error))?;
    let tables = names.iter().filter(|name| name.ends_with(ENDING));
    tables
        .map(|name| {
            let bytes = data.bytes(name).map_err(|error| failed(name, error))?;
            let origin = match data {
                Data::Embedded => Origin::Embedded,
                Data::Folder(root) => Origin::Path(root.join(PathBuf::from(name))),
            };
            Table::open(name, bytes, origin)
        })
        .collect()
}

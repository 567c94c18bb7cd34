//! The profile tables in the binary.

use crate::data::Data;
use crate::profile::{Origin, Source, Table, TableError};
use std::path::PathBuf;
use std::sync::Arc;

/// Folder of the tables among the data.
pub(super) const FOLDER: &str = "scenarios/profiles/";
const ENDING: &str = ".table.gz";

/// Every embedded table, sorted by name. Only their indexes are read.
///
/// # Errors
/// When a table cannot be read.
pub fn embedded(data: &Data) -> Result<Vec<Arc<dyn Source>>, TableError> {
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
            let table = Table::open(name, bytes, origin)?;
            Ok(Arc::new(table) as Arc<dyn Source>)
        })
        .collect()
}

//! Embeds the data folders: writes a table of `(path, bytes)` that `data` includes, so that one
//! file is enough to run. Cargo reruns this whenever anything below the folders changes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const FOLDERS: [&str; 4] = ["features", "mocks", "reports", "scenarios"];

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut table = String::from("static EMBEDDED: &[(&str, &[u8])] = &[\n");
    for folder in FOLDERS {
        let folder = root.join(folder);
        println!("cargo:rerun-if-changed={}", folder.display());
        let mut files = Vec::new();
        walk(&folder, &mut files)?;
        files.sort();
        for file in files {
            let name = file
                .strip_prefix(&root)?
                .to_string_lossy()
                .replace('\\', "/");
            writeln!(table, "    ({name:?}, include_bytes!({file:?})),")?;
        }
    }
    table.push_str("];\n");
    fs::write(
        PathBuf::from(env::var("OUT_DIR")?).join("embedded.rs"),
        table,
    )?;
    Ok(())
}

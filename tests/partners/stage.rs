//! Payers on this machine, and files of partners that name them.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use tokio::runtime::Runtime;
use vitruvian::data::Data;
use vitruvian::mock::{Fault, Payer, Server};

/// Payers that run until this is dropped.
pub(super) struct Stage {
    runtime: Runtime,
    folder: tempfile::TempDir,
}

impl Stage {
    pub(super) fn new() -> Self {
        Self {
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()
                .unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A payer, with a fault if one is named.
    pub(super) fn payer(&self, fault: Option<&str>) -> Server {
        self.runtime.block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let today = time::OffsetDateTime::now_utc().date();
            let mut payer = Payer::load(&Data::Embedded, "2.1.0", today).unwrap();
            if let Some(name) = fault {
                let faults = Fault::load_all(&Data::Embedded).unwrap();
                let fault = faults.into_iter().find(|fault| fault.name == name).unwrap();
                payer = payer.with_fault(fault);
            }
            Server::start(listener, Box::new(payer), 10, None)
                .await
                .unwrap()
        })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn out(&self) -> PathBuf {
        self.path("out")
    }

    /// Writes a file of partners: what they share, then each of them.
    pub(super) fn partners(&self, shared: &str, partners: &[(&str, &str)]) -> PathBuf {
        let mut text = format!("{shared}\n{ANN}");
        for (name, tables) in partners {
            text += "[[partner]]\n";
            text += &["name = \"", name, "\"\n", tables, "\n"].concat();
        }
        let path = self.path("partners.toml");
        std::fs::write(&path, text).unwrap();
        path
    }

    /// All files below the folder for evidence, with their contents.
    pub(super) fn files(&self) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        collect(&self.out(), &mut found);
        found
    }
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            found.push((path, text));
        }
    }
}

/// The target of a partner.
pub(super) fn at(url: &str) -> String {
    format!("[partner.target]\nurl = \"{url}\"\nnpi = \"5555555551\"")
}

/// A member whom the payers know.
const ANN: &str = r#"
[requester]
npi = "7777777773"
[[member]]
name = "Ann"
expect = "match"
family = "Oakhurst"
given = ["Marian"]
birth_date = "1974-12-25"
gender = "female"
[member.coverage]
subscriber_id = "VS-500053"
member_id = { system = "https://payer.example/ids/member", value = "VM-100037" }
"#;

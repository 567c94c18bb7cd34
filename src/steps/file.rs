//! One file of a job, read line by line while it comes.

use super::{Download, Export};
use crate::http::{LineEnd, LineTotals, Lines};
use crate::profile::Validator;
use serde_json::Value;

/// Lines of a file whose trouble is told of one by one.
const TROUBLES: usize = 20;

/// One file as it was seen.
#[derive(Clone, Debug, Default)]
pub struct FileSeen {
    /// Type of resource it is said to hold.
    pub kind: String,
    /// Its address.
    pub url: String,
    /// How many resources it is said to hold.
    pub declared: Option<u64>,
    /// HTTP status.
    pub status: u16,
    /// Content type as sent.
    pub content_type: String,
    /// What was read.
    pub totals: Option<LineTotals>,
    /// Resources in it.
    pub resources: u64,
    /// What is wrong with it, each with the line it is about.
    pub troubles: Vec<Trouble>,
}

/// Something wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Number of the line, from 1; 0 for the file as a whole.
    pub line: u64,
    /// What it is.
    pub kind: TroubleKind,
}

/// What can be wrong with a file of lines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum TroubleKind {
    /// It could not be read to its end.
    #[error("it cannot be read to its end: {0}")]
    Unreadable(String),
    /// A line holds nothing.
    #[error("a blank line")]
    Blank,
    /// A line ends with a carriage return.
    #[error("a line that ends with a carriage return")]
    CarriageReturn,
    /// A line is no JSON object.
    #[error("a line that is no JSON object")]
    NotJson,
    /// A line holds a resource of another type than the file.
    #[error("a resource of the type {0}")]
    OtherType(String),
    /// A resource comes a second time.
    #[error("{0} for the second time")]
    Repeated(String),
}

impl FileSeen {
    /// Notes what is wrong; the first few are told of one by one.
    pub(super) fn trouble(&mut self, line: u64, kind: TroubleKind) {
        if self.troubles.len() < TROUBLES {
            self.troubles.push(Trouble { line, kind });
        }
    }
}

impl Export {
    /// Reads a file to its end, or as far as it can be read. Each resource is taken in, and held against its
    /// profiles when there is a validator.
    pub async fn read(
        &mut self,
        lines: &mut Lines,
        file: &mut FileSeen,
        validator: Option<&Validator>,
    ) {
        let mut bytes = 0;
        loop {
            let line = match lines.next().await {
                Ok(Some(line)) => line,
                Ok(None) => return,
                Err(failure) => {
                    return file.trouble(0, TroubleKind::Unreadable(failure.to_string()));
                }
            };
            bytes += line.text.len() as u64 + 1;
            self.watch.tell(&Download {
                kind: &file.kind,
                lines: line.number,
                bytes,
                declared: file.declared,
            });
            if line.end == LineEnd::CarriageReturn {
                file.trouble(line.number, TroubleKind::CarriageReturn);
            }
            if line.text.iter().all(u8::is_ascii_whitespace) {
                file.trouble(line.number, TroubleKind::Blank);
                continue;
            }
            let resource = serde_json::from_slice::<Value>(&line.text).ok();
            let Some(resource) = resource.filter(Value::is_object) else {
                file.trouble(line.number, TroubleKind::NotJson);
                continue;
            };
            file.resources += 1;
            let kind = resource["resourceType"].as_str().unwrap_or("no type");
            if kind != file.kind {
                file.trouble(line.number, TroubleKind::OtherType(kind.to_owned()));
            }
            if let Some(trouble) = self.take(resource, line.text.len(), validator) {
                file.trouble(line.number, trouble);
            }
            // Validation does not wait for anything; other scenarios want to go on too.
            tokio::task::yield_now().await;
        }
    }
}

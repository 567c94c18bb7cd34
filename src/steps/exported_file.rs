//! The files of an export: their form, their counts, their time, and what they point to.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::describe;
use super::file::{FileSeen, TroubleKind};
use super::{Mismatch, World};
use crate::fhir::{Span, path};
use crate::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

super::book::steps! {
    /// Every listed file can be read and is newline-delimited JSON of one type of resource.
    r"^each file holds records of the kind it is said to hold, one to a line$" => well_formed;
    /// `count`, where it is given, is the number of resources.
    r"^each file holds as many records as it is said to hold$" => counted;
    /// No `meta.lastUpdated` after `transactionTime`.
    r"^no record in it is newer than the export$" => not_newer;
    /// Every attachment holds its content, or an absolute address of this server that answers.
    r"^the documents in it can be opened$" => opened;
    /// Nothing is listed as a file but what can be read, and there is something.
    r"^the files can be read$" => readable;
}

/// Documents that are opened.
const DOCUMENTS: usize = 20;

async fn well_formed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let export = world.export()?;
    if export.files.is_empty() {
        return Err(Halt::Skip("no file was exported".into()));
    }
    for file in &export.files {
        let result = expect_lines(file);
        world.judge(result)?;
    }
    Ok(())
}

fn expect_lines(file: &FileSeen) -> Result<(), Mismatch> {
    let wrong = |expected: &str, actual: String| {
        Err(Mismatch::new(expected, actual).at(format!("{} file {}", file.kind, file.url)))
    };
    expect_readable(file)?;
    let media = file.content_type.split(';').next().unwrap_or_default();
    if !media.trim().eq_ignore_ascii_case("application/fhir+ndjson") {
        let actual = if media.is_empty() { "none" } else { media };
        return wrong("content type application/fhir+ndjson", actual.to_owned());
    }
    let is_form = |kind: &TroubleKind| !matches!(kind, TroubleKind::Repeated(_));
    match file.troubles.iter().find(|trouble| is_form(&trouble.kind)) {
        Some(trouble) => wrong(
            &format!("one {} in each line, as JSON, and nothing else", file.kind),
            format!("line {}: {}", trouble.line, trouble.kind),
        ),
        None => Ok(()),
    }
}

fn expect_readable(file: &FileSeen) -> Result<(), Mismatch> {
    let place = format!("{} file {}", file.kind, file.url);
    let unreadable = file
        .troubles
        .iter()
        .find_map(|trouble| match &trouble.kind {
            TroubleKind::Unreadable(why) => Some(why.clone()),
            _ => None,
        });
    match unreadable {
        Some(why) => Err(Mismatch::new("a file that can be read to its end", why).at(place)),
        None if file.status != 200 => {
            let actual = format!("status {}", file.status);
            Err(Mismatch::new("a file that can be fetched (status 200)", actual).at(place))
        }
        None => Ok(()),
    }
}

async fn readable(world: &mut World, _: Arguments<'_>) -> Outcome {
    let export = world.export()?;
    for file in &export.files {
        let result = expect_readable(file);
        world.judge(result)?;
    }
    let result = if export.total() == 0 {
        Err(Mismatch::new(
            "data of the members",
            "no record in any file",
        ))
    } else {
        Ok(())
    };
    world.judge(result)
}

async fn counted(world: &mut World, _: Arguments<'_>) -> Outcome {
    let export = world.export()?;
    let mut is_given = false;
    for file in &export.files {
        let Some(declared) = file.declared else {
            continue;
        };
        is_given = true;
        let result = if declared == file.resources {
            Ok(())
        } else {
            let expected = format!("{declared} resources, as the list says");
            Err(
                Mismatch::new(expected, format!("{} of them", file.resources))
                    .at(format!("{} file {}", file.kind, file.url)),
            )
        };
        world.judge(result)?;
    }
    if is_given {
        Ok(())
    } else {
        Err(Halt::Inapplicable(
            "the payer does not say how many resources a file holds, and need not".into(),
        ))
    }
}

impl World {
    /// As of when the data of the job is.
    pub(super) fn transaction_time(&self) -> Result<Span, Halt> {
        let manifest = self.job()?.manifest.clone().unwrap_or_default();
        let time = manifest["transactionTime"].as_str();
        time.and_then(|time| Span::parse(time).ok())
            .ok_or_else(|| Halt::Skip("the list of files does not say as of when they are".into()))
    }
}

async fn not_newer(world: &mut World, _: Arguments<'_>) -> Outcome {
    let time = world.transaction_time()?;
    let export = world.export()?;
    let result = match &export.newest {
        None => return Err(Halt::Skip("no record says when it was last updated".into())),
        Some((newest, address)) if *newest > time.end => Err(Mismatch::new(
            "records as they were at transactionTime, or before",
            "one that was updated later",
        )
        .at(format!("{address}: meta.lastUpdated"))),
        Some(_) => Ok(()),
    };
    world.judge(result)
}

async fn opened(world: &mut World, _: Arguments<'_>) -> Outcome {
    let export = world.export()?;
    let documents: Vec<&Value> = export
        .of_type("DocumentReference")
        .take(DOCUMENTS)
        .collect();
    if documents.is_empty() {
        return Err(Halt::Skip(
            "the members have no documents; give a test member who has some".into(),
        ));
    }
    let mut opened = false;
    for document in documents {
        let place = format!("{}: content.attachment", super::export::address(document));
        for attachment in path::elements(document, "content.attachment") {
            if attachment["url"].as_str().is_some_and(|url| {
                attachment["data"].is_null() && url::Url::parse(url).is_ok() && !world.is_own(url)
            }) {
                world.note("a document is on another server, which is not followed");
                continue;
            }
            opened = true;
            let result = world.open_attachment(attachment).await?;
            world.judge(result.map_err(|mismatch| mismatch.at(place.clone())))?;
        }
    }
    if opened {
        Ok(())
    } else {
        Err(Halt::Skip(
            "the documents have no attachment that is here or on this server".into(),
        ))
    }
}

impl World {
    async fn open_attachment(&mut self, attachment: &Value) -> Result<Result<(), Mismatch>, Halt> {
        if let Some(data) = attachment["data"].as_str() {
            let is_base64 = STANDARD.decode(data).is_ok_and(|bytes| !bytes.is_empty());
            return Ok(if is_base64 {
                Ok(())
            } else {
                Err(Mismatch::new("the content in base64", "it is not"))
            });
        }
        let Some(url) = attachment["url"].as_str() else {
            return Ok(Err(Mismatch::new("the content, or its address", "neither")));
        };
        if url::Url::parse(url).is_err() {
            let expected = "an absolute address, which whoever reads the file can follow";
            return Ok(Err(Mismatch::new(expected, url)));
        }
        self.prepare(Request::get(url)).await?;
        let reply = self.reply()?;
        Ok(if reply.status == 200 {
            Ok(())
        } else {
            let expected = "the document under its address (status 200)";
            Err(Mismatch::new(expected, describe(reply)))
        })
    }
}

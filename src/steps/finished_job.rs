//! What is said of a job that is done, when it is asked about once more (Bulk Data Access 2.0.0, section "Status").

use super::drive::{Arguments, Halt, Outcome};
use super::expect::describe;
use super::{Mismatch, World};
use serde_json::Value;
use std::collections::BTreeSet;

super::book::steps! {
    /// The job that was done is asked about again: it lists the same files, and runs no more.
    r"^the job is still done when the (?:new payer|provider) asks once more$" => still_done;
}

async fn still_done(world: &mut World, _: Arguments<'_>) -> Outcome {
    let Some(before) = world.job()?.manifest.clone() else {
        return Err(Halt::Skip("the job did not produce anything".into()));
    };
    world.poll().await?;
    let reply = world.reply()?;
    let result = match reply.status {
        200 => expect_same(&before, &reply.json().unwrap_or_default()),
        202 => Err(Mismatch::new(
            "the job is done, as was said before (status 200)",
            "status 202: now it is said to run again",
        )
        .at("HTTP status")
        .hint("a client that asks twice would wait for a job that is over")),
        404 | 410 | 429 | 503 => {
            let answer = describe(reply);
            return Err(Halt::Skip(format!(
                "the payer does not say a second time how the job stands: {answer}"
            )));
        }
        _ => Err(Mismatch::new(
            "the job is done, as was said before (status 200)",
            describe(reply),
        )
        .at("HTTP status")),
    };
    world.judge(result)
}

/// The same files are listed, whatever signature their addresses carry this time.
fn expect_same(before: &Value, after: &Value) -> Result<(), Mismatch> {
    let (before, after) = (files(before), files(after));
    match before.symmetric_difference(&after).next() {
        None => Ok(()),
        Some(file) => {
            let actual = if before.contains(file) {
                format!("{file} is not listed any more")
            } else {
                format!("{file} is listed now, and was not before")
            };
            Err(Mismatch::new("the same files as before", actual).at("$.output"))
        }
    }
}

/// The files of a manifest, by type and address without its query.
fn files(manifest: &Value) -> BTreeSet<String> {
    let output = manifest["output"].as_array();
    let output = output.map(Vec::as_slice).unwrap_or_default();
    let named = output.iter().map(|file| {
        let text = |name: &str| file[name].as_str().unwrap_or_default();
        let address = text("url").split('?').next().unwrap_or_default();
        format!("the {} file {address}", text("type"))
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::expect_same;
    use serde_json::json;

    #[test]
    fn the_same_files_may_have_other_signatures_and_no_other_place() {
        let list = |url: &str| json!({"output": [{"type": "Patient", "url": url}]});
        let before = list("https://h/1.ndjson?sig=a");
        assert_eq!(
            expect_same(&before, &list("https://h/1.ndjson?sig=b")),
            Ok(())
        );
        for other in [list("https://h/2.ndjson"), json!({"output": []})] {
            assert!(expect_same(&before, &other).is_err());
        }
    }
}

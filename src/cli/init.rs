//! `vitruvian init`: looks at a server, and drafts a configuration for it.

mod draft;
mod sight;

use super::arguments::InitOptions;
use super::job::client;
use super::report::write_bytes;
use super::selection::load;
use super::{Exit, Failure, Terminal, console};
use crate::config::Config;
use crate::data::Data;
use draft::{Draft, text};
use sight::Sight;
use std::path::Path;

pub(super) fn init(
    data: &Data,
    options: &InitOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let to_screen = options.output == Path::new("-");
    if !to_screen && !options.force && options.output.exists() {
        return Err(Failure::new(
            format!("there is a {} already", options.output.display()),
            "name another file with --output, or let this one be replaced with --force",
        ));
    }
    let target = draft::target(&options.target, options.ca_file.as_deref());
    // What is written later is read now: a URL that no configuration may have is refused here.
    let config = Config::parse(&target, Path::new("--target"))?;
    let Some(known) = config.target.clone() else {
        return Err(Failure::new("there is no target", "name one with --target"));
    };
    let (client, _) = client(&config, &known, None)?;
    let sight = console::block_on(Sight::of(&client))?;
    if let Some(reason) = sight.unreachable() {
        return Err(Failure::new(
            format!("{} gives no answer: {reason}", known.url),
            "check the URL and that this machine can reach it",
        ));
    }
    let (catalog, _) = load(data)?;
    let drafted = text(&Draft {
        target: &target,
        sight: &sight,
        igs: catalog.igs(),
    });
    Config::parse(&drafted, &options.output)?;
    write_bytes(drafted.as_bytes(), &options.output, terminal)?;
    if !to_screen {
        terminal.tell(&format!(
            "{0}: drafted from what {1} shows to anybody; name test members and credentials in it, then\n\
             vitruvian run --config {0}",
            options.output.display(),
            known.url
        ));
    }
    Ok(Exit::Conformant)
}

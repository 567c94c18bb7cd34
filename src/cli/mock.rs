//! `vitruvian mock`: a payer on this machine.

use super::arguments::{MockOptions, Server as Which};
use super::selection::find_fault;
use super::{Exit, Failure, Terminal, console};
use crate::catalog::IgVersion;
use crate::data::Data;
use crate::mock::{Fault, Payer, Server};
use std::net::TcpListener;

/// Exchanges the mock remembers.
const JOURNAL_LIMIT: usize = 1000;

pub(super) fn mock(
    data: &Data,
    options: &MockOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let Which::Payer = options.server;
    let ig: IgVersion = options.ig.parse().map_err(|error| {
        Failure::new(
            format!("--ig {:?}: {error}", options.ig),
            "write for example --ig pdex@2.1.0",
        )
    })?;
    if ig.ig != "pdex" {
        return Err(Failure::new(
            format!("the payer does not follow {ig}"),
            "use a version of pdex",
        ));
    }
    let today = time::OffsetDateTime::now_utc().date();
    let mut payer = Payer::load(data, &ig.version.to_string(), today)?;
    if let Some(name) = &options.fault {
        let faults = Fault::load_all(data)?;
        let fault = find_fault(&faults, name)?;
        terminal.tell(&format!("misbehaving on purpose: {}", fault.about));
        payer = payer.with_fault(fault.clone());
    }
    let listener = TcpListener::bind((options.host, options.port)).map_err(|error| {
        Failure::new(
            format!(
                "cannot listen on {}:{}: {error}",
                options.host, options.port
            ),
            "choose another port with --port, or --port 0 for a free one",
        )
    })?;
    console::block_on(async {
        let server = Server::start(listener, Box::new(payer), JOURNAL_LIMIT).await?;
        terminal.say(&format!("payer for {ig} at {}", server.base_url()));
        terminal.tell("ctrl-C ends it");
        tokio::signal::ctrl_c().await?;
        server.stop().await;
        Ok(Exit::Conformant)
    })?
}

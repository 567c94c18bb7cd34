//! A writer that says nothing.

use crate::steps::World;
use cucumber::{Event, Writer, cli, event, parser};

/// Swallows the engine's events: the world has recorded what they tell, and more.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Silent;

impl cucumber::writer::Normalized for Silent {}

impl Writer<World> for Silent {
    type Cli = cli::Empty;

    async fn handle_event(
        &mut self,
        _: parser::Result<Event<event::Cucumber<World>>>,
        _: &Self::Cli,
    ) {
    }
}

//! The runtime everything runs on.

use super::Failure;

/// Runs a future on a runtime of its own: the engine on this thread, servers beside it.
pub(super) fn block_on<F: Future>(future: F) -> Result<F::Output, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    Ok(runtime.block_on(future))
}

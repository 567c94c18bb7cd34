//! The `vitruvian` binary.

use std::process::ExitCode;

/// Resources are trees of many small values; the allocators of some systems make that half the work.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    vitruvian::cli::main()
}

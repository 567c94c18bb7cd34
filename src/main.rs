//! The `vitruvian` binary.

fn main() {}

//! Serves every variant of the app side by side and compares them.

use std::process::ExitCode;

use benches::{Variant, side_by_side};

fn main() -> ExitCode {
    side_by_side::run::<Variant>()
}

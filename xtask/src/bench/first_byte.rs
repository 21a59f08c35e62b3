//! Time to the first byte of the sign-in page, beside that of an answer that does nothing.

use std::path::Path;

use anyhow::Result;

use super::times::Times;
use crate::project::Project;
use crate::trial::Trial;

pub(crate) fn first_byte(_: &Project, binary: &Path) -> Result<()> {
    const ROUNDS: usize = 300;
    let mut server = Trial::new(binary, None)?;
    server.demo(1, 1, 100)?;
    server.serve()?;
    let (mut page, mut idle) = (Times::default(), Times::default());
    // By turns, so that whatever else the machine does meets both alike.
    for _ in 0..ROUNDS {
        page.add(server.get("/sign-in", None)?.first_byte);
        idle.add(server.get("/healthz", None)?.first_byte);
    }
    let (page, idle) = (page.p50(), idle.p50());
    println!(
        "first byte, median of {ROUNDS}: /sign-in {page:.2?}, /healthz {idle:.2?}, ratio {:.2}",
        page.as_secs_f64() / idle.as_secs_f64()
    );
    Ok(())
}

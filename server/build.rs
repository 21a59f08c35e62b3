//! A release carries the console's site inside the binary. Cargo sees changes of the embedded files, but
//! not that there are files where there were none, and then a binary without its console would pass for
//! finished. The site's list of files changes with every file.
//!
//! A debug build reads the site from disk. Where it lies is written into the binary when it is compiled,
//! which finds only a folder that is there; on the first build the site is being made meanwhile.

const SITE: &str = "../target/site";

fn main() {
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if release {
        println!("cargo::rerun-if-changed={SITE}/assets.json");
    } else {
        println!("cargo::rerun-if-changed=build.rs");
        if let Err(error) = std::fs::create_dir_all(SITE) {
            println!("cargo::warning=no folder for the console's files, {SITE}: {error}");
        }
    }
}

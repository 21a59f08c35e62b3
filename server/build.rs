//! A release carries the console's site inside the binary. Cargo sees changes of the embedded files, but
//! not that there are files where there were none, and then a binary without its console would pass for
//! finished. The site's list of files changes with every file. A debug build reads the site from disk.

fn main() {
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let watched = if release {
        "../target/site/assets.json"
    } else {
        "build.rs"
    };
    println!("cargo::rerun-if-changed={watched}");
}

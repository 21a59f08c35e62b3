//! REST against its own description: Schemathesis, a Python package, makes requests of what the
//! document at `/v1/openapi.json` allows, and of what it does not, and looks at the answers: no failure of ours, no status,
//! header or body that the document does not tell of. A bounded number of requests, always the same.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::count::Count;
use crate::project::Project;
use crate::runner::Outcome;
use crate::shell::{answer, check, on_path, overheard, say};
use crate::trial::Trial;
use crate::{apt, files};

const SCHEMATHESIS: &str = "schemathesis==4.32.5";
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance";
/// For each operation.
const EXAMPLES: &str = "25";

pub(crate) fn fuzz(project: &Project, binary: &Path) -> Result<Outcome> {
    let Some(python) = python() else {
        say(
            "fuzz",
            "skipped: no Python 3.10 or later with venv (Debian: python3-venv)",
        );
        let count = Count {
            skipped: 1,
            ..Count::default()
        };
        return Ok(Outcome {
            count,
            content: true,
        });
    };
    let schemathesis = install(project, &python)?;
    let mut server = Trial::new(binary, None)?;
    server.demo(20, 6, 30)?;
    let caller = server.issue("fuzz", &["*"])?;
    let target = server.issue("target", &["tools:read"])?;
    server.serve()?;
    let folder = project.target.join("fuzz");
    files::empty(&folder)?;
    // Things that are there, so that requests get beyond "no such thing".
    let text = |place: &str| -> Result<&str> {
        let value = target
            .issued
            .pointer(place)
            .and_then(serde_json::Value::as_str);
        value.with_context(|| format!("the issued key has no {place}"))
    };
    let settings = format!(
        "[parameters]\nid = {:?}\nworkspaceId = {:?}\nprofileId = {:?}\n",
        text("/metadata/id")?,
        text("/info/workspacesPreview/0/id")?,
        text("/info/owner/metadata/id")?,
    );
    files::write(&folder.join("schemathesis.toml"), settings.as_bytes())?;
    let address = server.address;
    let (exit, heard) = overheard(
        Command::new(schemathesis)
            .arg("run")
            .arg(format!("http://{address}/v1/openapi.json"))
            .args(["--url", &format!("http://{address}")])
            .args([
                "--header",
                &format!("Authorization: Bearer {}", caller.token),
            ])
            .args([
                "--checks",
                CHECKS,
                "--max-examples",
                EXAMPLES,
                "--seed",
                "1",
            ])
            .args(["--phases", "examples,coverage,fuzzing", "--warnings", "off"])
            .args(["--continue-on-failure", "--no-color"])
            .current_dir(&folder),
    )?;
    let count = count(&heard).with_context(|| format!("Schemathesis tested nothing ({exit})"))?;
    Ok(Outcome {
        count,
        content: exit.success(),
    })
}

/// Operations, from lines like `Tested: 32` and `Server error: 1`: one test for each, and one failed for
/// each kind of failure.
fn count(heard: &str) -> Option<Count> {
    let number = |line: &str| line.split_whitespace().last()?.parse::<u64>().ok();
    let tested = heard
        .lines()
        .find(|line| line.trim_start().starts_with("Tested:"))?;
    let failed = heard
        .lines()
        .skip_while(|line| !matches!(line.trim(), "Failures:" | "Errors:"))
        .map_while(|line| {
            if line.trim().is_empty() {
                None
            } else {
                Some(line)
            }
        })
        .filter_map(number);
    let failed: u64 = failed.sum();
    Some(Count {
        passed: number(tested)?.saturating_sub(failed),
        failed,
        skipped: 0,
    })
}

/// Python with what makes an environment, or `None` where there is none and none may be installed.
fn python() -> Option<PathBuf> {
    let usable = || {
        let python = on_path(&["python3"])?;
        let try_it = "import sys, venv, ensurepip; assert sys.version_info >= (3, 10)";
        answer(Command::new(&python).args(["-c", try_it])).map(|_| python)
    };
    usable().or_else(|| {
        apt::install(&["python3-venv"], "no Python for trying REST").ok()?;
        usable()
    })
}

/// An environment below `target`, made anew for another version.
fn install(project: &Project, python: &Path) -> Result<PathBuf> {
    let folder = project.target.join("schemathesis");
    let program = folder.join("bin/schemathesis");
    let input = format!("{SCHEMATHESIS} {}", python.display());
    files::once(&folder.join("stamp"), &input, || {
        say("fuzz", &format!("installing {SCHEMATHESIS}"));
        files::empty(&folder)?;
        check(Command::new(python).args(["-m", "venv"]).arg(&folder))?;
        let pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            SCHEMATHESIS,
        ];
        check(Command::new(folder.join("bin/python")).args(pip))
    })?;
    if !program.is_file() {
        bail!("{} is not there after installing it", program.display());
    }
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_counted() {
        let good =
            "API Operations:\n  Selected: 32/32\n  Tested: 32\n\nTest cases:\n  9 generated\n";
        let all = Count {
            passed: 32,
            ..Count::default()
        };
        assert_eq!(count(good), Some(all));
        let bad = format!("{good}\nFailures:\n  Server error: 2\n  Undocumented: 1\n\nSeed: 1\n");
        let some = Count {
            passed: 29,
            failed: 3,
            skipped: 0,
        };
        assert_eq!(count(&bad), Some(some));
        assert_eq!(count("error"), None);
    }
}

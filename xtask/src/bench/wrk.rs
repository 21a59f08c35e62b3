//! Load by wrk: verifications, one after the other from a file, over 32 connections.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::shell::answer;

const CONNECTIONS: &str = "32";

/// Each request is made before the run, and taken in its turn: the load generator is to have little to do.
const SCRIPT: &str = r#"
local requests, at = {}, 0
function init(args)
  local head = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. args[2] }
  for line in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("POST", "/v1/tokens:verify", head, line)
  end
  at = tonumber(args[3]) % #requests
  local pause = tonumber(args[4])
  if pause > 0 then
    delay = function() return math.random(0, pause) end
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.status + summary.errors.timeout
  print(string.format("MEASURED %d %d %d %d", summary.requests, summary.duration, latency:percentile(99), failed))
end
"#;

pub(crate) struct Load<'a> {
    /// A body on each line.
    pub(crate) requests: &'a Path,
    pub(crate) token: &'a str,
    pub(crate) seconds: u32,
    /// With which line it begins; with another each time, where that does not matter.
    pub(crate) first: Option<u64>,
    /// How long each connection rests before a request at most, in milliseconds; half of it on average.
    pub(crate) pause: u32,
}

/// What one run came to, or the sum of several.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    pub(crate) requests: u32,
    time: Duration,
    p99: Vec<Duration>,
    /// The server's, by user and by system.
    cpu: Duration,
}

impl Measured {
    pub(crate) fn add(&mut self, mut run: Self) {
        self.requests += run.requests;
        self.time += run.time;
        self.cpu += run.cpu;
        self.p99.append(&mut run.p99);
    }

    pub(crate) fn rate(&self) -> f64 {
        f64::from(self.requests) / self.time.as_secs_f64()
    }

    /// The median of the runs'.
    pub(crate) fn p99(&self) -> Duration {
        let mut sorted = self.p99.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }

    /// Of one request.
    pub(crate) fn cpu(&self) -> Duration {
        self.cpu.div_f64(f64::from(self.requests).max(1.0))
    }
}

impl Load<'_> {
    /// Asks the server at `address` as fast as it answers; `pid` is its process.
    pub(crate) fn on(&self, address: SocketAddr, pid: u32) -> Result<Measured> {
        let script = env::temp_dir().join(format!("keyrack-wrk-{}.lua", std::process::id()));
        fs::write(&script, SCRIPT)?;
        let before = cpu_ticks(pid)?;
        // As far as the clock is somewhere else.
        let offset = self.first.unwrap_or(before * 997);
        let output = answer(
            Command::new("wrk")
                .args([
                    "-t1",
                    "-c",
                    CONNECTIONS,
                    "--latency",
                    "-d",
                    &format!("{}s", self.seconds),
                ])
                .arg("-s")
                .arg(&script)
                .arg(format!("http://{address}/"))
                .arg("--")
                .arg(self.requests)
                .args([self.token, &offset.to_string(), &self.pause.to_string()]),
        )
        .context("wrk failed")?;
        let cpu = cpu_ticks(pid)? - before;
        let line = output
            .lines()
            .find_map(|line| line.strip_prefix("MEASURED "));
        let numbers: Vec<u64> = line
            .context("wrk told nothing")?
            .split(' ')
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        let &[requests, micros, p99, failed] = numbers.as_slice() else {
            bail!("wrk told something else: {line:?}");
        };
        if failed > 0 {
            bail!("{failed} of {requests} requests failed");
        }
        Ok(Measured {
            requests: u32::try_from(requests)?,
            time: Duration::from_micros(micros),
            p99: vec![Duration::from_micros(p99)],
            cpu: Duration::from_millis(cpu * 10),
        })
    }
}

/// Hundredths of a second that a process has worked (proc(5), `/proc/PID/stat`, fields 14 and 15).
fn cpu_ticks(pid: u32) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))
        .context("processor times are read from /proc, which only Linux has")?;
    let (_, fields) = stat
        .rsplit_once(')')
        .context("a command's name ends in )")?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut next = || -> Result<u64> { Ok(fields.next().context("a time")?.parse()?) };
    Ok(next()? + next()?)
}

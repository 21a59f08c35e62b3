// The real server, alone: a free port, a fresh data directory, and everything it logged.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const binary = process.env.KEYRACK_BIN || resolve(import.meta.dirname, "../../target/debug/keyrack");

/** The line that the log greets a new owner with. */
const INVITATION = /setup code (\S+)/;

export class Keyrack {
  private constructor(
    /** Where it serves, without a slash at the end. */
    readonly url: string,
    /** Its data directory: database, pepper. */
    readonly data: string,
    private readonly environment: Record<string, string>,
  ) {}

  private process: ChildProcess | undefined;

  /** All that the server has logged since the first start. */
  log = "";

  /**
   * Starts a server with nothing in it. `settings` are environment variables on top of the usual
   * ones, `KEYRACK_LOG` for instance.
   */
  static async start(settings: Record<string, string> = {}): Promise<Keyrack> {
    const data = await mkdtemp(join(tmpdir(), "keyrack-journey-"));
    const listen = `127.0.0.1:${await freePort()}`;
    const keyrack = new Keyrack(`http://${listen}`, data, {
      KEYRACK_DATA_DIR: data,
      KEYRACK_LISTEN: listen,
      ...settings,
    });
    try {
      await keyrack.serve();
    } catch (error) {
      await keyrack.close();
      throw error;
    }
    return keyrack;
  }

  /** Starts the process on the data that is there, and waits until it is ready. */
  async serve(): Promise<void> {
    const child = spawn(binary, ["serve"], {
      cwd: this.data,
      env: { ...cleanEnvironment(), ...this.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = child;
    let failure: Error | undefined;
    child.on("error", (error) => (failure = error));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => (this.log += text));
    }
    const deadline = Date.now() + 20_000;
    while (!(await answers(`${this.url}/readyz`))) {
      if (failure) {
        throw new Error(`${binary} (KEYRACK_BIN) cannot be started: ${failure.message}`);
      }
      if (hasEnded(child) || Date.now() > deadline) {
        throw new Error(`the server did not start; it logged:\n${this.log}`);
      }
      await pause(25);
    }
  }

  /** Runs another command of the binary on the same data, `account create` for instance. */
  async command(words: string[], input = ""): Promise<string> {
    const child = spawn(binary, words, {
      cwd: this.data,
      env: { ...cleanEnvironment(), ...this.environment },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let out = "";
    let problems = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (problems += text));
    child.stdin.end(input);
    const code = await new Promise<number | null>((done, fail) => {
      child.on("error", fail);
      child.on("close", done);
    });
    this.log += problems;
    if (code !== 0) {
      throw new Error(`keyrack ${words.join(" ")} ended with ${code}:\n${problems}`);
    }
    return out;
  }

  /** The one-time code that creates the owner, from the log. */
  async setupCode(): Promise<string> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const code = INVITATION.exec(this.log)?.[1];
      if (code) return code;
      if (Date.now() > deadline) {
        throw new Error(`no setup code in the log:\n${this.log}`);
      }
      await pause(25);
    }
  }

  /**
   * Asks it to stop and gives its exit code: -1 when a signal ended it, as `SIGKILL` does for a
   * crash, null when it was stopped before.
   */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.pid === undefined) return null;
    if (hasEnded(child)) return child.exitCode ?? -1;
    const ended = new Promise<number>((done) => child.once("close", (code) => done(code ?? -1)));
    child.kill(signal);
    const impatience = setTimeout(() => child.kill("SIGKILL"), 15_000);
    const code = await ended;
    clearTimeout(impatience);
    return code;
  }

  /** Stops it and removes its data. */
  async close(): Promise<number | null> {
    const code = await this.stop();
    await rm(this.data, { recursive: true, force: true });
    return code;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Ours without the settings of somebody's own Keyrack. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const settings = Object.entries(process.env).filter(([name]) => !name.startsWith("KEYRACK_"));
  return Object.fromEntries(settings);
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.on("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === "object" ? done(address.port) : fail()));
    });
  });
}

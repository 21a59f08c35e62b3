// An authenticator (RFC 6238), as an app would be told by the console.

import { createHmac } from "node:crypto";

const STEP_MS = 30_000;

export class Authenticator {
  private last = -1;

  constructor(
    /** In base32, spaces allowed. */
    private readonly secret: string,
  ) {}

  /** A code that was not given before: waits for the next one if it must. */
  async code(): Promise<string> {
    // The server takes the code of the next step as well, so that there is hardly ever one to wait for.
    let step = Math.max(Math.floor(Date.now() / STEP_MS), this.last + 1);
    const early = (step - 1) * STEP_MS - Date.now();
    if (early > 0) await new Promise((done) => setTimeout(done, early + 50));
    this.last = step;
    return this.at(step);
  }

  private at(step: number): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const mac = createHmac("sha1", decoded(this.secret)).update(counter).digest();
    const offset = (mac.at(-1) ?? 0) & 15;
    const number = (mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000;
    return String(number).padStart(6, "0");
  }
}

function decoded(base32: string): Buffer {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const letters = [...base32.replace(/\s/g, "")];
  const bits = letters.map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => parseInt(byte, 2)));
}

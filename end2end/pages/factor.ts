// The second factor: the section on the page of one's account, and the fields that ask for a code.

import type { Locator, Page } from "@playwright/test";
import { Authenticator } from "../harness/codes.ts";
import { expect } from "../harness/test.ts";

export class FactorSection {
  readonly section: Locator;
  readonly passphrase: Locator;
  readonly setUp: Locator;
  readonly picture: Locator;
  readonly secret: Locator;
  readonly code: Locator;
  readonly turnOn: Locator;
  readonly codes: Locator;
  readonly kept: Locator;
  readonly status: Locator;

  constructor(readonly page: Page) {
    this.section = page.getByRole("region", { name: "Second factor" });
    this.passphrase = this.section.getByLabel("Your passphrase");
    this.setUp = this.section.getByRole("button", { name: "Set up a second factor" });
    this.picture = this.section.getByRole("img", { name: "QR code of the secret" });
    this.secret = this.section.locator("code.secret");
    this.code = this.section.getByRole("textbox", { name: /^Code/ });
    this.turnOn = this.section.getByRole("button", { name: "Turn on" });
    const shown = page.getByRole("dialog", { name: "Your recovery codes" });
    this.codes = shown.locator("pre");
    this.kept = shown.getByRole("link", { name: "I have kept them" });
    this.status = this.section.locator(".status");
  }

  /** What makes the codes, once the secret is on the screen. */
  async authenticator(): Promise<Authenticator> {
    const secret = (await this.secret.textContent()) ?? "";
    expect(secret.replace(/ /g, "")).toMatch(/^[A-Z2-7]{32}$/);
    return new Authenticator(secret);
  }

  /** The recovery codes on the screen. */
  async recoveryCodes(): Promise<string[]> {
    const codes = ((await this.codes.textContent()) ?? "").trim().split("\n");
    expect(codes).toHaveLength(10);
    return codes;
  }
}

/** The field that a form has while a code is wanted. */
export function codeIn(where: Page | Locator): Locator {
  return where.getByRole("textbox", { name: /^Code/ });
}

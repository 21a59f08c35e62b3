// The one showing of a token.

import type { Locator, Page } from "@playwright/test";

export class Reveal {
  readonly dialog: Locator;
  readonly copy: Locator;
  readonly download: Locator;
  readonly hide: Locator;
  readonly show: Locator;
  readonly stored: Locator;
  readonly done: Locator;
  /** The line that waits for the first call. */
  readonly firstCall: Locator;

  constructor(readonly page: Page) {
    this.dialog = page.getByRole("dialog", { name: / is ready$/ });
    const button = (name: string | RegExp) => this.dialog.getByRole("button", { name });
    this.copy = button(/^(Copy|Copied)/);
    this.download = button("Download .env");
    this.hide = button("Hide");
    this.show = button("Show");
    this.stored = this.dialog.getByRole("checkbox", { name: "I have stored it somewhere safe" });
    this.done = button("Done");
    this.firstCall = this.dialog.locator(".waiting");
  }

  tab(name: string): Locator {
    return this.dialog.getByRole("tab", { name, exact: true });
  }

  /** What the tab in front shows. */
  get shown(): Locator {
    return this.dialog.getByRole("tabpanel").locator("pre");
  }

  /** The token as it is on the screen. */
  async token(): Promise<string> {
    const token = await this.dialog.locator("#reveal-token pre").textContent();
    if (!token || !TOKEN.test(token)) throw new Error("no token is shown");
    return token;
  }

  /** Ticks that it is stored, and leaves. */
  async finish(): Promise<void> {
    await this.stored.check();
    await this.done.click();
    await this.dialog.waitFor({ state: "detached" });
  }
}

/** The shape of every token: prefix, 256 bits and a checksum in base62. */
export const TOKEN = /^kr_[0-9A-Za-z]{49}$/;

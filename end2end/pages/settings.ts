// What the account decides for itself.

import type { Locator, Page } from "@playwright/test";

export class SettingsPage {
  readonly keys: Locator;
  readonly usual: Locator;
  readonly longest: Locator;
  readonly grace: Locator;
  readonly save: Locator;

  constructor(readonly page: Page) {
    this.keys = page.getByRole("region", { name: "How long keys last" });
    this.usual = this.keys.getByRole("textbox", { name: /^Usual lifetime/ });
    this.longest = this.keys.getByRole("textbox", { name: /^Longest lifetime/ });
    this.grace = this.keys.getByRole("textbox", { name: /^Longest grace/ });
    this.save = this.keys.getByRole("button", { name: "Save" });
  }
}

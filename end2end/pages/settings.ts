// What the account decides for itself.

import type { Locator, Page } from "@playwright/test";

export class SettingsPage {
  readonly keys: Locator;
  readonly usual: Locator;
  readonly longest: Locator;
  readonly grace: Locator;
  readonly save: Locator;
  readonly people: Locator;
  readonly required: Locator;
  readonly savePeople: Locator;

  constructor(readonly page: Page) {
    this.keys = page.getByRole("region", { name: "How long keys last" });
    this.usual = this.keys.getByRole("textbox", { name: /^Usual lifetime/ });
    this.longest = this.keys.getByRole("textbox", { name: /^Longest lifetime/ });
    this.grace = this.keys.getByRole("textbox", { name: /^Longest grace/ });
    this.save = this.keys.getByRole("button", { name: "Save" });
    this.people = page.getByRole("region", { name: "People" });
    this.required = this.people.getByRole("checkbox", { name: /second factor/ });
    this.savePeople = this.people.getByRole("button", { name: "Save" });
  }

  /** One choice of what members hold of a resource. */
  level(resource: string, level: "none" | "read" | "manage"): Locator {
    const row = this.people.getByRole("group", { name: resource, exact: true });
    return row.getByRole("radio", { name: level });
  }
}

// What would happen to many keys, and the button that does it.

import type { Locator, Page } from "@playwright/test";

export class ChangePage {
  readonly dialog: Locator;
  readonly reason: Locator;

  constructor(readonly page: Page) {
    this.dialog = page.locator("#change");
    this.reason = this.dialog.getByLabel("Reason");
  }
}

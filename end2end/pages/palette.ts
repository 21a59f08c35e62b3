// The command palette.

import type { Locator, Page } from "@playwright/test";

export class Palette {
  readonly dialog: Locator;
  readonly field: Locator;
  /** What Enter would choose. */
  readonly active: Locator;

  constructor(readonly page: Page) {
    this.dialog = page.locator("#palette");
    this.field = this.dialog.getByRole("combobox");
    this.active = this.dialog.locator('[role="option"][aria-selected="true"]');
  }

  option(name: string): Locator {
    return this.dialog.getByRole("option").filter({ hasText: name });
  }
}

// What is around every page of somebody who is signed in.

import { expect, type Locator, type Page } from "@playwright/test";

export class Shell {
  readonly account: Locator;
  readonly signOut: Locator;
  readonly help: Locator;

  constructor(readonly page: Page) {
    this.account = page.locator("details.account > summary");
    this.signOut = page.getByRole("button", { name: "Sign out" });
    this.help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  }

  title(name: string): Locator {
    return this.page.getByRole("heading", { level: 1, name, exact: true });
  }

  place(name: string): Locator {
    return this.page.getByRole("navigation", { name: "Places" }).getByRole("link", { name });
  }

  /** Goes to a place by its letter: again, where too long a time lay between the two keys for one sequence. */
  async go(letter: string, path: string): Promise<void> {
    await expect(async () => {
      await this.page.keyboard.press("g");
      await this.page.keyboard.press(letter);
      await expect(this.page).toHaveURL(path, { timeout: 3_000 });
    }).toPass({ timeout: 30_000 });
  }

  toast(text: string | RegExp): Locator {
    return this.page.getByRole("status").locator(".toast").filter({ hasText: text });
  }

  undo(text: string | RegExp): Locator {
    return this.toast(text).getByRole("button", { name: "Undo" });
  }
}

// Workspaces: the list, the dialog that makes one, and each on its page.

import type { Locator, Page } from "@playwright/test";

export class WorkspacesPage {
  readonly create: Locator;
  readonly dialog: Locator;
  readonly name: Locator;
  readonly labels: Locator;
  readonly submit: Locator;

  constructor(readonly page: Page) {
    this.create = page.locator(".page-header").getByRole("link", { name: "New workspace" });
    this.dialog = page.getByRole("dialog", { name: "New workspace" });
    this.name = this.dialog.getByRole("textbox", { name: /^Name/ });
    this.labels = this.dialog.getByRole("textbox", { name: /^Labels/ });
    this.submit = this.dialog.getByRole("button", { name: "Create workspace" });
  }

  link(name: string): Locator {
    return this.page.getByRole("link", { name, exact: true });
  }
}

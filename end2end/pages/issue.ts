// The drawer that issues a key.

import type { Locator, Page } from "@playwright/test";

export class IssueDrawer {
  readonly drawer: Locator;
  readonly name: Locator;
  readonly description: Locator;
  readonly labels: Locator;
  readonly externalId: Locator;
  readonly issue: Locator;
  readonly cancel: Locator;
  readonly sentence: Locator;
  readonly allWorkspaces: Locator;

  constructor(readonly page: Page) {
    this.drawer = page.getByRole("dialog", { name: "Issue a key" });
    const field = (name: RegExp) => this.drawer.getByRole("textbox", { name });
    this.name = field(/^Name/);
    this.description = field(/^What it is for/);
    this.labels = field(/^Labels/);
    this.externalId = field(/^External id/);
    this.issue = this.drawer.getByRole("button", { name: "Issue key" });
    this.cancel = this.drawer.getByRole("link", { name: "Cancel" });
    this.sentence = this.drawer.locator(".drawer-foot > p");
    this.allWorkspaces = this.drawer.getByRole("checkbox", { name: "All, present and future" });
  }

  /** One choice of one resource: `level("Tools", "manage")`. */
  level(resource: string, level: "none" | "read" | "manage"): Locator {
    const row = this.drawer.getByRole("group", { name: resource, exact: true });
    return row.getByRole("radio", { name: level });
  }

  expires(choice: string): Locator {
    return this.drawer.getByRole("group", { name: "Expires" }).getByRole("radio", { name: choice });
  }

  workspace(name: string): Locator {
    return this.drawer.getByRole("checkbox", { name, exact: true });
  }

  /** Ticks the chip of a workspace where a person would: on its name. */
  async choose(workspace: string): Promise<void> {
    await this.drawer.locator("label.chip").filter({ hasText: workspace }).click();
  }
}

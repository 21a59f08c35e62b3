// Why a key may or may not do something.

import type { Locator, Page } from "@playwright/test";

export class ExplainPage {
  readonly key: Locator;
  readonly workspace: Locator;
  readonly permission: Locator;
  readonly explain: Locator;
  readonly allowed: Locator;
  readonly denied: Locator;
  readonly openKey: Locator;

  constructor(readonly page: Page) {
    this.key = page.getByRole("combobox", { name: "Key" });
    this.workspace = page.getByRole("combobox", { name: /^Workspace/ });
    this.permission = page.getByRole("combobox", { name: /^Permission/ });
    this.explain = page.getByRole("main").getByRole("button", { name: "Explain" });
    this.allowed = page.getByRole("region", { name: "Allowed", exact: true });
    this.denied = page.getByRole("region", { name: "Not allowed", exact: true });
    this.openKey = page.getByRole("link", { name: "Open the key" });
  }

  async ask(key: string, workspace: string, permission = ""): Promise<void> {
    await this.key.fill(key);
    await this.workspace.fill(workspace);
    await this.permission.fill(permission);
    await this.explain.click();
  }
}

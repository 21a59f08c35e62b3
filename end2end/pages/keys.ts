// The list of keys.

import type { Locator, Page } from "@playwright/test";

export class KeysPage {
  readonly search: Locator;
  readonly searchRevoked: Locator;
  readonly issue: Locator;
  readonly views: Locator;
  readonly rows: Locator;
  readonly saveView: Locator;
  /** Says how many keys are new; loads them. */
  readonly news: Locator;
  /** What can be done to the chosen keys. */
  readonly together: Locator;

  constructor(readonly page: Page) {
    this.search = page.getByRole("searchbox", { name: /^Search keys/ });
    this.searchRevoked = page.getByRole("searchbox", { name: /^Search revoked keys/ });
    this.views = page.getByRole("navigation", { name: "Views" });
    this.together = page.getByRole("form", { name: "Selected keys" });
    this.saveView = page.getByText("Save as a view");
    this.news = page.locator(".live-tail").getByRole("button", { name: /new$/, includeHidden: true });
    this.rows = page.locator("table.list tbody tr");
    this.issue = page.locator(".page-header").getByRole("link", { name: "Issue key" });
  }

  /** A view of the list, by its name without the count. */
  view(name: string): Locator {
    const text = new RegExp(`^${name.replace(/[*]/g, "\\$&")}\\s*\\d+$`);
    return this.views.getByRole("link").filter({ hasText: text });
  }

  pick(name: string): Locator {
    return this.page.getByRole("checkbox", { name: `Select ${name}` });
  }

  deed(name: string): Locator {
    return this.together.getByRole("button", { name, exact: true });
  }

  row(name: string): Locator {
    return this.page.getByRole("row").filter({ has: this.link(name) });
  }

  /** The bars of the last 30 days. */
  calls(name: string): Locator {
    return this.row(name).getByRole("img");
  }

  lastUsed(name: string): Locator {
    return this.row(name).locator("td.c-used");
  }

  link(name: string): Locator {
    return this.page.getByRole("link", { name, exact: true });
  }
}

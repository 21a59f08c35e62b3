// The audit log.

import type { Locator, Page } from "@playwright/test";

export class AuditPage {
  readonly search: Locator;
  readonly export: Locator;
  readonly live: Locator;
  readonly refused: Locator;
  /** "3 new" */
  readonly news: Locator;
  /** What is told of the entry that is open. */
  readonly opened: Locator;

  constructor(readonly page: Page) {
    this.search = page.getByRole("searchbox", { name: /^Search the audit log/ });
    this.export = page.getByRole("button", { name: "Export JSONL" });
    this.live = page.getByRole("button", { name: "Live" });
    this.refused = page.getByRole("link", { name: /^Refused/ });
    this.news = page.getByRole("button", { name: / new$/ });
    this.opened = page.locator("tr.opened");
  }

  row(told: string | RegExp): Locator {
    return this.page.locator("table.audit tbody tr:not(.opened)").filter({ hasText: told });
  }

  /** The link that opens an entry, and closes it again. */
  toggle(told: string | RegExp): Locator {
    return this.row(told).getByRole("link", { name: /^Details of/ });
  }

  choose(filter: "Who" | "Action" | "Target" | "Time"): Locator {
    return this.page.getByRole("combobox", { name: filter, exact: true });
  }
}

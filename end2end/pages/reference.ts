// The API reference.

import type { Locator, Page } from "@playwright/test";

export class ReferencePage {
  readonly search: Locator;
  readonly found: Locator;
  readonly groups: Locator;
  readonly document: Locator;
  /** Those that the search leaves. */
  readonly shown: Locator;

  constructor(readonly page: Page) {
    this.search = page.getByRole("searchbox", { name: /^Search operations/ });
    this.found = page.locator(".found");
    this.groups = page.getByRole("navigation", { name: "Groups" });
    this.document = page.getByRole("link", { name: "OpenAPI document" });
    this.shown = page.locator("details.operation:visible");
  }

  /** An operation by its id. */
  operation(id: string): Operation {
    return new Operation(this.page, id);
  }
}

class Operation {
  readonly line: Locator;
  readonly inside: Locator;
  readonly curl: Locator;
  readonly copy: Locator;
  readonly link: Locator;

  constructor(page: Page, id: string) {
    const inside = page.locator(`#${id}`);
    this.line = page.locator("details.operation").filter({ has: inside }).locator("summary");
    this.inside = inside;
    this.curl = inside.locator("pre");
    // Its name changes with what came of it.
    this.copy = inside.locator(".code").getByRole("button");
    this.link = inside.getByRole("link", { name: `Link to ${id}` });
  }

  /** The row of a field. */
  field(name: string): Locator {
    const code = this.inside.page().locator(".what > code").getByText(name, { exact: true });
    return this.inside.locator(".field-row").filter({ has: code });
  }
}

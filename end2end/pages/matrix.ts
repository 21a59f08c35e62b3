// Which key reaches which workspace: the grid, and the checklist of narrow screens.

import { expect, type Locator, type Page } from "@playwright/test";

export class Matrix {
  readonly grid: Locator;
  readonly checklistKey: Locator;

  constructor(readonly page: Page) {
    this.grid = page.getByRole("grid", { name: "Which key reaches which workspace" });
    this.checklistKey = page.getByRole("combobox", { name: "Key" });
  }

  cell(key: string, workspace: string): Locator {
    return this.grid.getByRole("checkbox", { name: `${key} ${workspace}`, exact: true });
  }

  row(key: string): Locator {
    return this.grid.getByRole("row").filter({ has: this.page.getByRole("link", { name: key, exact: true }) });
  }

  /** A line of the checklist. */
  line(workspace: string): Locator {
    return this.page.locator(".checklist").getByRole("checkbox", { name: workspace, exact: true });
  }

  /** Waits until the cell is answered for: its mark stands, and nothing is on its way. */
  async expectGranted(cell: Locator, granted: boolean): Promise<void> {
    await expect(cell).toHaveAttribute("aria-checked", String(granted));
    await expect(cell).not.toHaveAttribute("aria-busy", "true");
  }
}

// Which key reaches which workspace: the grid, its bar and review, and the list of narrow screens.

import { expect, type Locator, type Page } from "@playwright/test";
import { reload, visit } from "../harness/screens.ts";

export class Matrix {
  readonly grid: Locator;
  readonly frame: Locator;
  readonly bar: Locator;
  readonly review: Locator;
  readonly filter: Locator;
  readonly card: Locator;
  readonly list: Locator;
  readonly listChosen: Locator;
  readonly said: Locator;
  readonly refused: Locator;

  constructor(readonly page: Page) {
    this.grid = page.getByRole("grid", { name: "Which key reaches which workspace" });
    this.frame = page.locator(".frame");
    this.bar = page.getByRole("region", { name: "Staged changes" });
    this.review = page.getByRole("dialog", { name: /^Review / });
    this.filter = page.getByRole("searchbox", { name: "Filter keys and workspaces" });
    this.card = page.locator(".cell-card");
    this.list = page.locator(".matrix-list");
    this.listChosen = page.locator("#list-chosen");
    this.said = page.locator("p.vh[role=status]");
    this.refused = page.locator("[aria-live=assertive] .notice");
  }

  /** Opens the page and waits until it can be worked on. */
  async visit(query = ""): Promise<void> {
    await visit(this.page, `/access${query}`);
    await this.ready();
  }

  async reload(): Promise<void> {
    await reload(this.page);
    await this.ready();
  }

  async ready(): Promise<void> {
    await this.page.locator(".sheet.live").waitFor({ state: "attached" });
  }

  cell(key: string, workspace: string): Locator {
    return this.grid.getByRole("checkbox", { name: `${key}, ${workspace}`, exact: true });
  }

  /** The cell of "all workspaces". */
  all(key: string): Locator {
    return this.cell(key, "all workspaces, present and future");
  }

  row(key: string): Locator {
    return this.grid.getByRole("row").filter({ has: this.page.getByRole("link", { name: key, exact: true }) });
  }

  column(workspace: string): Locator {
    return this.grid
      .getByRole("columnheader")
      .filter({ has: this.page.getByRole("link", { name: workspace, exact: true }) });
  }

  /** The names of the keys that are in sight, from top to bottom. */
  async keys(): Promise<string[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll(".sheet .r:not(.parked)")]
        .filter((row) => row.querySelector(".key a")?.textContent)
        .map((row) => ({ y: row.getBoundingClientRect().y, name: row.querySelector(".key a")?.textContent ?? "" }))
        .sort((a, b) => a.y - b.y)
        .map((row) => row.name),
    );
  }

  /** A line of the list. */
  line(name: string): Locator {
    return this.list.getByRole("checkbox", { name, exact: true });
  }

  async expectStaged(cell: Locator, want: "will be granted" | "will be revoked" | null): Promise<void> {
    if (want === null) await expect(cell).not.toHaveAttribute("aria-description", /will be/);
    else await expect(cell).toHaveAttribute("aria-description", want);
  }

  async expectGranted(cell: Locator, granted: boolean): Promise<void> {
    await expect(cell).toHaveAttribute("aria-checked", String(granted));
    await this.expectStaged(cell, null);
  }

  async expectSum(text: RegExp): Promise<void> {
    await expect(this.bar.locator(".sum")).toHaveText(text);
  }

  /** Reviews and applies everything staged. */
  async apply(reason = ""): Promise<void> {
    await this.bar.getByRole("button", { name: "Review and apply" }).click();
    if (reason) await this.review.getByRole("textbox").fill(reason);
    await this.review.getByRole("button", { name: /^Apply / }).click();
    await expect(this.review).toBeHidden();
  }

  /** Drags from the middle of one cell to that of another. */
  async drag(from: Locator, to: Locator): Promise<void> {
    const middle = async (cell: Locator) => {
      const box = await cell.boundingBox();
      if (!box) throw new Error("a cell that is not there");
      return [box.x + box.width / 2, box.y + box.height / 2] as const;
    };
    const [start, end] = [await middle(from), await middle(to)];
    await this.page.mouse.move(...start);
    await this.page.mouse.down();
    await this.page.mouse.move(...end, { steps: 6 });
    await this.page.mouse.up();
  }
}

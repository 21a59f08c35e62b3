// Granting and taking back in the matrix: by mouse, by keyboard alone, on a narrow screen.

import type { Page } from "@playwright/test";
import { claim, issueKey, issueOverseer, type Key, makeWorkspace } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import { examine, expect, expectReachable, type Keyrack, test, visit } from "../harness/test.ts";
import { KeyPage } from "../pages/key.ts";
import { Matrix } from "../pages/matrix.ts";
import { Shell } from "../pages/shell.ts";

const WORKSPACES = ["alpha", "beta", "gamma", "delta"];

/** Three keys over four workspaces, and a program that may see it all. */
async function furnish(page: Page, keyrack: Keyrack) {
  await claim(page, keyrack);
  for (const name of WORKSPACES) await makeWorkspace(page, keyrack, name);
  const overseer = await issueOverseer(page, keyrack);
  const keys: Key[] = [];
  for (const name of ["one", "two", "three"]) keys.push(await issueKey(page, keyrack, name));
  const [one, two, three] = keys as [Key, Key, Key];
  return { one, two, three, rest: new Rest(keyrack, overseer.token) };
}

test("by mouse, with Undo", async ({ keyrack, page }) => {
  const { one, rest } = await furnish(page, keyrack);
  const matrix = new Matrix(page);
  const shell = new Shell(page);
  await visit(page, "/access");
  const cell = matrix.cell("one", "beta");

  await test.step("a press grants at once", async () => {
    await cell.click();
    await matrix.expectGranted(cell, true);
    await expect(shell.toast("one reaches beta.")).toBeVisible();
    await expect(matrix.row("one")).toContainText("1 / 4");
    expect(await rest.workspacesOf(one.id)).toEqual(["beta"]);
    await examine(page);
  });

  await test.step("Undo takes it back", async () => {
    await shell.undo("one reaches beta.").click();
    await matrix.expectGranted(cell, false);
    await expect(shell.toast("one no longer reaches beta.")).toBeVisible();
    expect(await rest.workspacesOf(one.id)).toEqual([]);
  });

  await test.step("granted, and taken back by a second press", async () => {
    const other = matrix.cell("one", "delta");
    await cell.click();
    await matrix.expectGranted(cell, true);
    await other.click();
    await matrix.expectGranted(other, true);
    await cell.click();
    await matrix.expectGranted(cell, false);
    expect(await rest.workspacesOf(one.id)).toEqual(["delta"]);
  });

  await test.step("the page of the key says the same", async () => {
    await matrix.row("one").getByRole("link", { name: "one" }).click();
    const key = new KeyPage(page);
    await expect(key.workspace("delta")).toHaveAttribute("aria-pressed", "true");
    await expect(key.workspace("beta")).toHaveAttribute("aria-pressed", "false");
    await expect(key.history.first()).toContainText("Took back beta");
    await key.workspace("beta").click();
    await expect(key.history.first()).toContainText("Granted beta");
    await expect(key.workspace("beta")).toHaveAttribute("aria-pressed", "true");
    expect(await rest.workspacesOf(one.id)).toEqual(["beta", "delta"]);
    await examine(page);
  });
});

test("by keyboard alone", async ({ keyrack, page }) => {
  const { one, three, rest } = await furnish(page, keyrack);
  const matrix = new Matrix(page);
  await visit(page, "/access");

  await test.step("the grid is one stop of the Tab key", async () => {
    const inGrid = () =>
      page.evaluate(() => document.activeElement?.matches("[role=grid] [data-r]") ?? false);
    for (let presses = 0; presses < 60 && !(await inGrid()); presses += 1) {
      await page.keyboard.press("Tab");
    }
    expect(await inGrid(), "Tab reaches a cell").toBe(true);
    await page.keyboard.press("Tab");
    expect(await inGrid(), "one more Tab leaves").toBe(false);
    await page.keyboard.press("Shift+Tab");
    expect(await inGrid(), "and comes back").toBe(true);
  });

  // By name, so that the journey does not know the order of rows and columns.
  const focused = () =>
    page.evaluate(() => {
      const cell = document.activeElement;
      const at = (name: string) => Number(cell?.getAttribute(name) ?? -1);
      return { row: at("data-r"), column: at("data-c") };
    });
  const place = (key: string, workspace: string) =>
    matrix.cell(key, workspace).evaluate((cell) => ({
      row: Number(cell.getAttribute("data-r")),
      column: Number(cell.getAttribute("data-c")),
    }));
  const walk = async (key: string, workspace: string) => {
    const to = await place(key, workspace);
    await page.keyboard.press("Control+Home");
    for (let row = 0; row < to.row; row += 1) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Home");
    for (let column = 0; column < to.column; column += 1) await page.keyboard.press("ArrowRight");
    await expect(matrix.cell(key, workspace)).toBeFocused();
  };

  await test.step("arrows walk, Space turns", async () => {
    await walk("one", "gamma");
    const cell = matrix.cell("one", "gamma");
    await page.keyboard.press("Space");
    await matrix.expectGranted(cell, true);
    await expect(cell, "the focus stays").toBeFocused();
    expect(await rest.workspacesOf(one.id)).toEqual(["gamma"]);
    await examine(page);
    await page.keyboard.press("Space");
    await matrix.expectGranted(cell, false);
    await expect(cell).toBeFocused();
    expect(await rest.workspacesOf(one.id)).toEqual([]);
  });

  await test.step("Home and End lead along the row, with Ctrl to the corners", async () => {
    await walk("three", "alpha");
    const { row } = await focused();
    await page.keyboard.press("Home");
    expect(await focused()).toEqual({ row, column: 0 });
    await page.keyboard.press("End");
    expect(await focused()).toEqual({ row, column: WORKSPACES.length - 1 });
    await page.keyboard.press("Enter");
    const cell = matrix.grid.locator(`[data-r="${row}"][data-c="${WORKSPACES.length - 1}"]`);
    await matrix.expectGranted(cell, true);
    expect(await rest.workspacesOf(three.id)).toHaveLength(1);
    await page.keyboard.press("ArrowRight");
    expect(await focused(), "no way out at the edge").toEqual({ row, column: WORKSPACES.length - 1 });
    await page.keyboard.press("Control+End");
    expect((await focused()).row).toBe((await matrix.grid.locator("tbody tr").count()) - 1);
  });
});

test("a disabled key, a key that reaches all, a workspace that is gone", async ({
  keyrack,
  page,
  open,
  troubles,
}) => {
  troubles.allow(/status of 4\d\d .*grants\.grant/);
  const { one, two, rest } = await furnish(page, keyrack);
  const matrix = new Matrix(page);
  await visit(page, `/keys/${two.id}`);
  await new KeyPage(page).disable.click();
  await expect(new KeyPage(page).status).toHaveText("Disabled");
  await visit(page, "/access");
  await examine(page);

  await test.step("a disabled key is still granted: it is what holds when it is enabled", async () => {
    const cell = matrix.cell("two", "alpha");
    await cell.click();
    await matrix.expectGranted(cell, true);
    expect(await rest.workspacesOf(two.id)).toEqual(["alpha"]);
  });

  await test.step("a key that reaches all has one locked cell that says so", async () => {
    const rail = matrix.row("overseer").locator("td");
    await expect(rail).toHaveCount(1);
    await expect(rail).toHaveText("All workspaces, present and future");
    await rail.click();
    await expect(page.getByText("overseer reaches all workspaces, present and future.")).toBeVisible();
    await examine(page);
  });

  await test.step("what was revoked elsewhere is turned back, with the reason", async () => {
    const elsewhere = await open({ storageState: await page.context().storageState() });
    const other = await elsewhere.newPage();
    await visit(other, `/keys/${one.id}/revoke`);
    await new KeyPage(other).revokeForGood.click();
    await expect(other).toHaveURL("/keys");
    const cell = matrix.cell("one", "alpha");
    await cell.click();
    await expect(page.locator("[aria-live=assertive]")).not.toBeEmpty();
    await matrix.expectGranted(cell, false);
    await examine(page);
  });
});

test.describe("on a narrow screen", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("choose a key, then check its workspaces", async ({ keyrack, page }) => {
    const { two, rest } = await furnish(page, keyrack);
    const matrix = new Matrix(page);
    const shell = new Shell(page);
    await visit(page, "/access");
    await expect(matrix.grid).toBeHidden();
    await matrix.checklistKey.selectOption("two");
    await expectReachable(matrix.line("beta"), matrix.line("delta"));
    await matrix.line("beta").click();
    await matrix.expectGranted(matrix.line("beta"), true);
    expect(await rest.workspacesOf(two.id)).toEqual(["beta"]);
    await examine(page);
    await shell.undo("two reaches beta.").click();
    await matrix.expectGranted(matrix.line("beta"), false);
    expect(await rest.workspacesOf(two.id)).toEqual([]);
  });
});

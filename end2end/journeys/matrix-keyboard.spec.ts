// The matrix by keyboard alone, after the grid pattern of the ARIA Authoring Practices.

import type { Page } from "@playwright/test";
import { furnish } from "../harness/rack.ts";
import { examine, expect, test } from "../harness/test.ts";
import { Matrix } from "../pages/matrix.ts";

/** Walks to a cell without knowing the order of rows and columns. */
async function walk(page: Page, matrix: Matrix, key: string, workspace: string): Promise<void> {
  await page.keyboard.press("Control+Home");
  const named = (part: RegExp) => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "").then((name) => part.test(name));
  for (let steps = 0; steps < 40 && !(await named(new RegExp(`^${key},`))); steps += 1) {
    await page.keyboard.press("ArrowDown");
  }
  for (let steps = 0; steps < 40 && !(await named(new RegExp(`, ${workspace}$`))); steps += 1) {
    await page.keyboard.press("ArrowRight");
  }
  await expect(matrix.cell(key, workspace)).toBeFocused();
}

/** Tabs into the grid. */
async function enter(page: Page): Promise<void> {
  const inGrid = () => page.evaluate(() => document.activeElement?.matches("[role=gridcell] .slot") ?? false);
  for (let presses = 0; presses < 60 && !(await inGrid()); presses += 1) {
    await page.keyboard.press("Tab");
  }
  expect(await inGrid(), "Tab reaches a cell").toBe(true);
}

test("one stop of the Tab key, arrows, and the corners", async ({ keyrack, page }) => {
  await furnish(page, keyrack);
  const matrix = new Matrix(page);
  await matrix.visit("?sort=name");
  await enter(page);
  const inGrid = () => page.evaluate(() => document.activeElement?.matches("[role=gridcell] .slot") ?? false);
  await page.keyboard.press("Tab");
  expect(await inGrid(), "one more Tab leaves").toBe(false);
  await page.keyboard.press("Shift+Tab");
  expect(await inGrid(), "and comes back").toBe(true);

  await walk(page, matrix, "four", "stage-eu");
  await page.keyboard.press("End");
  await expect(matrix.cell("four", "lab")).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(matrix.cell("four", "lab"), "no way out at the edge").toBeFocused();
  await page.keyboard.press("Home");
  await expect(matrix.all("four")).toBeFocused();
  await page.keyboard.press("Control+End");
  await expect(matrix.cell("two", "lab")).toBeFocused();
  await page.keyboard.press("PageUp");
  await expect(matrix.cell("five", "lab")).toBeFocused();
  await page.keyboard.press("PageDown");
  await page.keyboard.press("Control+Home");
  await expect(matrix.all("five")).toBeFocused();
});

test("Space, g and r stage; undo, redo, review and apply", async ({ keyrack, page }) => {
  const { reach } = await furnish(page, keyrack);
  const matrix = new Matrix(page);
  await matrix.visit();
  await enter(page);

  await test.step("Space toggles the cell, and the focus stays", async () => {
    await walk(page, matrix, "one", "stage-eu");
    await page.keyboard.press("Space");
    await matrix.expectStaged(matrix.cell("one", "stage-eu"), "will be granted");
    await expect(matrix.cell("one", "stage-eu")).toBeFocused();
    await examine(page);
  });

  await test.step("Shift and arrows select; g grants what is selected, r revokes it", async () => {
    await walk(page, matrix, "two", "prod-eu");
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Shift+ArrowDown");
    await expect(matrix.said).toHaveText("4 cells selected.");
    await page.keyboard.press("g");
    await expect(matrix.said).toHaveText("4 grants staged.");
    await page.keyboard.press("r");
    await expect(matrix.said).toHaveText("4 revocations staged.");
    await matrix.expectSum(/\+1\s*−0/);
    await page.keyboard.press("Control+z");
    await matrix.expectSum(/\+5\s*−0/);
    await page.keyboard.press("Control+z");
    await matrix.expectSum(/\+1\s*−0/);
    await page.keyboard.press("Control+Shift+z");
    await matrix.expectSum(/\+5\s*−0/);
    await page.keyboard.press("Escape");
    await expect(page.locator(".picked")).toBeHidden();
  });

  await test.step("Ctrl+Space selects the column, Shift+Space the row", async () => {
    await walk(page, matrix, "three", "lab");
    await page.keyboard.press("Control+Space");
    await page.keyboard.press("g");
    await expect(matrix.column("lab").getByRole("checkbox")).toHaveAttribute("aria-checked", "true");
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Shift+Space");
    await page.keyboard.press("Space");
    await expect(matrix.row("three").locator(".reach")).toHaveText("5 / 5");
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Escape");
  });

  await test.step("Ctrl+Enter reviews; Enter applies", async () => {
    await page.keyboard.press("Control+Enter");
    await expect(matrix.review).toBeVisible();
    await matrix.review.getByRole("textbox").press("Enter");
    await expect(matrix.review).toBeHidden();
    expect(await reach("one")).toEqual(["stage-eu"]);
    expect(await reach("two")).toEqual(["prod-eu", "prod-us"]);
    await expect(matrix.cell("three", "lab"), "the focus comes back").toBeFocused();
  });
});

test("copy one key's grants onto another, all workspaces, the card, a pin", async ({ keyrack, page }) => {
  const { grant } = await furnish(page, keyrack);
  await grant("one", "prod-eu");
  await grant("one", "lab");
  await grant("two", "stage-eu");
  const matrix = new Matrix(page);
  await matrix.visit("?sort=name");
  await enter(page);

  await test.step("Ctrl+C and Ctrl+V", async () => {
    await walk(page, matrix, "one", "prod-eu");
    await page.keyboard.press("Control+c");
    await expect(matrix.said).toHaveText("Copied what one reaches.");
    await walk(page, matrix, "two", "prod-eu");
    await page.keyboard.press("Control+v");
    await matrix.expectSum(/\+2\s*−1\s*1 key, 3 workspaces/);
    await page.keyboard.press("Control+z");
    await expect(matrix.bar).toBeHidden();
  });

  await test.step("a for all workspaces", async () => {
    await page.keyboard.press("a");
    await matrix.expectStaged(matrix.all("two"), "will be granted");
    await page.keyboard.press("a");
    await expect(matrix.bar).toBeHidden();
  });

  await test.step("i for the card, Escape away", async () => {
    await walk(page, matrix, "one", "lab");
    await page.keyboard.press("i");
    await expect(matrix.card).toContainText("Granted by overseer");
    await page.keyboard.press("Escape");
    await expect(matrix.card).toBeHidden();
  });

  await test.step("p pins the row, P the column; both live in the address", async () => {
    await page.keyboard.press("p");
    await expect.poll(async () => (await matrix.keys())[0]).toBe("one");
    await expect(page).toHaveURL(/key=apikey_/);
    await expect(matrix.cell("one", "lab")).toBeFocused();
    await page.keyboard.press("Shift+P");
    await expect(page).toHaveURL(/workspace=workspace_/);
    await expect(matrix.cell("one", "lab")).toBeFocused();
    await expect(matrix.cell("one", "lab").locator("..")).toHaveAttribute("aria-colindex", "3");
  });
});

test("the focused cell stays, wherever the frame is scrolled to", async ({ keyrack, page }) => {
  const names = Array.from({ length: 60 }, (_, at) => `key-${String(at).padStart(2, "0")}`);
  await furnish(page, keyrack, names);
  const matrix = new Matrix(page);
  await matrix.visit("?sort=name");
  await enter(page);
  await walk(page, matrix, "key-01", "lab");
  await matrix.frame.evaluate((frame) => frame.scrollTo(0, 1_200));
  await expect(matrix.row("key-40")).toBeVisible();
  await expect(matrix.cell("key-01", "lab")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(matrix.cell("key-02", "lab")).toBeFocused();
  await expect(matrix.cell("key-02", "lab")).toBeInViewport();

  await test.step("never under what sticks to the edges", async () => {
    for (let steps = 0; steps < 25; steps += 1) await page.keyboard.press("ArrowDown");
    for (let steps = 0; steps < 14; steps += 1) await page.keyboard.press("ArrowUp");
    const cell = await page.evaluate(() => document.activeElement?.getBoundingClientRect().y ?? 0);
    const head = await page.evaluate(() => document.querySelector(".top")?.getBoundingClientRect().bottom ?? 0);
    expect(cell).toBeGreaterThanOrEqual(head - 1);
  });
});

test("what is pinned stays in sight, and can be worked on there", async ({ keyrack, page }) => {
  const names = Array.from({ length: 60 }, (_, at) => `key-${String(at).padStart(2, "0")}`);
  const { keys, workspaces } = await furnish(page, keyrack, names);
  await page.setViewportSize({ width: 800, height: 700 });
  const matrix = new Matrix(page);
  const pins = `key=${keys.get("key-30")?.id}&workspace=${workspaces.get("lab")?.id}`;
  await matrix.visit(`?sort=name&${pins}`);
  await matrix.frame.evaluate((frame) => frame.scrollTo(64, 1_200));
  await expect(matrix.row("key-40")).toBeVisible();
  const cell = matrix.cell("key-30", "lab");
  await expect(cell).toBeInViewport({ ratio: 1 });
  await expect(matrix.column("lab")).toBeInViewport({ ratio: 1 });

  await test.step("what is pressed there is what is staged", async () => {
    await cell.click();
    await matrix.expectStaged(cell, "will be granted");
    await matrix.cell("key-40", "lab").click();
    await matrix.expectStaged(matrix.cell("key-40", "lab"), "will be granted");
    await matrix.expectSum(/\+2\s*−0\s*2 keys, 1 workspace/);
  });

  await test.step("the arrows lead out of it and back", async () => {
    await matrix.cell("key-40", "lab").press("Control+Home");
    await matrix.all("key-30").press("ArrowRight");
    await expect(cell).toBeFocused();
    await cell.press("ArrowDown");
    await expect(matrix.cell("global account key", "lab")).toBeFocused();
    await expect(matrix.cell("global account key", "lab")).toBeInViewport({ ratio: 1 });
  });
});

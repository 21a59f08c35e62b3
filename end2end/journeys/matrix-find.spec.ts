// Finding in the matrix: filter, order, groups, unused grants, a file, a moment of the past.

import { readFile } from "node:fs/promises";
import { furnish } from "../harness/rack.ts";
import { examine, expect, hold, reload, test, visit } from "../harness/test.ts";
import { Matrix } from "../pages/matrix.ts";

test("the filter, the order and the groups live in the address", async ({ keyrack, page }) => {
  const { grant } = await furnish(page, keyrack);
  for (const workspace of ["prod-eu", "lab"]) await grant("four", workspace);
  const matrix = new Matrix(page);
  await matrix.visit();
  const chip = (name: string) => page.locator(".tally").filter({ hasText: name });

  await test.step("names on either side of the @", async () => {
    await matrix.filter.fill("f@prod");
    await expect.poll(() => matrix.keys()).toEqual(["four", "five"]);
    await expect(chip("Keys")).toContainText("2 of 8");
    await expect(chip("Workspaces")).toContainText("2 of 5");
    await expect(page).toHaveURL(/q=f%40prod|q=f@prod/);
    await examine(page);
    await matrix.reload();
    expect(await matrix.keys()).toEqual(["four", "five"]);
  });

  await test.step("is:all, is:staged", async () => {
    await matrix.filter.fill("is:all");
    await expect.poll(() => matrix.keys()).toContain("overseer");
    expect(await matrix.keys()).not.toContain("one");
    await matrix.filter.fill("");
    await matrix.cell("two", "lab").click();
    await matrix.filter.fill("is:staged");
    await expect.poll(() => matrix.keys()).toEqual(["two"]);
    await matrix.bar.getByRole("button", { name: "Discard" }).click();
  });

  await test.step("what is not understood is said, and what was shown stays", async () => {
    await matrix.filter.fill("is:nonsense");
    await expect(page.locator(".filter-error")).toBeVisible();
    await examine(page);
    // From an address, where nothing was shown before, everything is.
    await visit(page, "/access?q=is:nonsense");
    await matrix.ready();
    await expect(page.locator(".filter-error")).toBeVisible();
    expect(await matrix.keys()).toEqual(expect.arrayContaining(["one", "five", "overseer"]));
    await matrix.filter.fill("");
    await expect(page.locator(".filter-error")).toBeHidden();
  });

  await test.step("by name, by reach", async () => {
    await page.getByRole("combobox", { name: "Order of the keys" }).selectOption("reach");
    await expect.poll(async () => (await matrix.keys()).indexOf("four")).toBeLessThan(3);
    await expect(page).toHaveURL(/sort=reach/);
  });

  await test.step("a group folds into one column, and says how many there are", async () => {
    const group = matrix.grid.getByRole("button", { name: /production/ });
    await group.click();
    await expect(group).toHaveAttribute("aria-expanded", "false");
    await expect(matrix.column("prod-eu")).toBeHidden();
    await expect(page).toHaveURL(/fold=production/);
    await group.click();
    await expect(matrix.column("prod-eu")).toBeVisible();
    await page.getByRole("combobox", { name: "Groups of workspaces" }).selectOption("-");
    await expect(group).toBeHidden();
  });
});

test("unused grants are staged for revocation, used ones are left alone", async ({ keyrack, page }) => {
  const { grant, keys, workspaces, rest } = await furnish(page, keyrack);
  await grant("one", "prod-eu");
  await grant("one", "lab");
  await grant("two", "lab");
  const verdict = await rest.verify(keys.get("one")?.token ?? "", { workspaceId: workspaces.get("lab")?.id });
  expect(JSON.stringify(verdict)).toContain("true");
  const matrix = new Matrix(page);
  // Uses are written down every few seconds.
  await expect(async () => {
    await matrix.visit();
    await expect(page.getByRole("button", { name: /^Unused grants/ })).toContainText("2", { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  const days = page.getByRole("combobox", { name: "When a grant counts as unused" });
  await days.selectOption("7");
  await expect(page).toHaveURL(/used=7/);
  // Nothing can be pressed that would do nothing yet.
  const snapshot = await hold(page, "**/access/snapshot*");
  await reload(page);
  const unused = page.getByRole("button", { name: /^Unused grants/ });
  await expect(unused).toContainText("2");
  await expect(unused).toBeDisabled();
  await expect(page.getByRole("button", { name: "CSV" })).toBeDisabled();
  snapshot.letGo();
  await expect(days).toHaveValue("7");
  await unused.click();
  await matrix.expectSum(/\+0\s*−2/);
  await matrix.expectGranted(matrix.cell("one", "lab"), true);
  await matrix.expectStaged(matrix.cell("one", "prod-eu"), "will be revoked");
  await matrix.expectStaged(matrix.cell("two", "lab"), "will be revoked");
});

test("what is shown comes out as a file that no spreadsheet runs", async ({ keyrack, page }) => {
  const { grant } = await furnish(page, keyrack, ["=one", "two"]);
  await grant("=one", "lab");
  const matrix = new Matrix(page);
  await matrix.visit();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  const text = await readFile(await (await download).path(), "utf8");
  expect(text).toContain("'=one");
  expect(text.split("\r\n")[0]).toContain("prod-eu");
});

test("as of a moment: read-only, and what has changed since", async ({ keyrack, page }) => {
  const { grant, ungrant } = await furnish(page, keyrack);
  await grant("one", "prod-eu");
  await new Promise((done) => setTimeout(done, 1_100));
  const moment = new Date().toISOString().slice(0, 19);
  await new Promise((done) => setTimeout(done, 1_100));
  await ungrant("one", "prod-eu");
  await new Promise((done) => setTimeout(done, 1_100));
  const between = new Date().toISOString().slice(0, 19);
  await new Promise((done) => setTimeout(done, 1_100));
  await grant("two", "lab");
  const matrix = new Matrix(page);
  await matrix.visit();
  await matrix.expectGranted(matrix.cell("two", "lab"), true);

  await page.getByRole("button", { name: "As of now" }).click();
  const dialog = page.getByRole("dialog", { name: "As of a moment" });
  await examine(page);
  await dialog.getByLabel("Day and time, in UTC").fill(moment);
  await dialog.getByRole("button", { name: "Show it" }).click();
  await matrix.expectGranted(matrix.cell("one", "prod-eu"), true);
  await matrix.expectGranted(matrix.cell("two", "lab"), false);
  await expect(page.locator(".changed-since")).toContainText("two reaches lab.");
  await expect(page.locator(".changed-since")).toContainText("one no longer reaches prod-eu.");
  // It says that it is disabled, so a press has to be forced.
  await matrix.cell("one", "prod-eu").click({ force: true });
  await expect(matrix.refused).toContainText("This is the past");
  await expect(matrix.bar).toBeHidden();
  await examine(page);
  // The same, compared with another moment.
  await page.getByRole("button", { name: "As of then" }).click();
  await dialog.getByLabel("Day and time, in UTC").fill(moment);
  await dialog.getByLabel(/^Tell what changed until/).fill(moment);
  await dialog.getByRole("button", { name: "Show it" }).click();
  await expect(dialog).toContainText("Compare with a later day and time");
  await dialog.getByLabel(/^Tell what changed until/).fill(between);
  await dialog.getByRole("button", { name: "Show it" }).click();
  await expect(page.locator(".changed-since")).toContainText("1 change until");
  await expect(page.locator(".changed-since")).toContainText("one no longer reaches prod-eu.");
  await page.getByRole("button", { name: "Back to now" }).click();
  await matrix.expectGranted(matrix.cell("two", "lab"), true);
});

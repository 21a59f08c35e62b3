// The matrix by mouse and by finger: painting, heads, review, applying, reverting.

import { furnish } from "../harness/rack.ts";
import { examine, expect, test } from "../harness/test.ts";
import { Matrix } from "../pages/matrix.ts";
import { Shell } from "../pages/shell.ts";

test("a press stages, and nothing is live until it is applied", async ({ keyrack, page }) => {
  const { reach } = await furnish(page, keyrack);
  const matrix = new Matrix(page);
  await matrix.visit();
  const cell = matrix.cell("one", "prod-eu");

  await test.step("staged, counted and said", async () => {
    await cell.click();
    await matrix.expectStaged(cell, "will be granted");
    await matrix.expectSum(/\+1\s*−0\s*1 key, 1 workspace/);
    await expect(matrix.said).toHaveText("1 grant staged.");
    await expect(matrix.row("one")).toContainText("1 / 5");
    expect(await reach("one")).toEqual([]);
    await examine(page);
  });

  await test.step("reviewed in words, with what is risky", async () => {
    await matrix.bar.getByRole("button", { name: "Review and apply" }).click();
    await expect(matrix.review.getByRole("heading", { level: 1 })).toHaveText("Review 1 change");
    await expect(matrix.review.locator(".entry")).toContainText("one");
    await expect(matrix.review.locator(".entry li")).toContainText("prod-eu");
    await expect(matrix.review.locator(".entry .warn")).toHaveText("production");
    await examine(page);
    await matrix.review.getByRole("button", { name: "Keep editing" }).click();
    await expect(matrix.review).toBeHidden();
    await matrix.expectStaged(cell, "will be granted");
  });

  await test.step("applied as one batch, which can be reverted", async () => {
    await matrix.apply("for the release");
    await matrix.expectGranted(cell, true);
    await expect(matrix.bar).toBeHidden();
    expect(await reach("one")).toEqual(["prod-eu"]);
    const toast = new Shell(page).toast("1 grant applied.");
    await toast.getByRole("button", { name: "Revert" }).click();
    await matrix.expectGranted(cell, false);
    await expect(new Shell(page).toast("Reverted: 1 revocation applied.")).toBeVisible();
    expect(await reach("one")).toEqual([]);
  });

  await test.step("a second press takes it off the stage", async () => {
    await cell.click();
    await matrix.expectStaged(cell, "will be granted");
    await cell.click();
    await matrix.expectGranted(cell, false);
    await expect(matrix.bar).toBeHidden();
  });
});

test("a drag paints a rectangle with the brush that its first cell sets", async ({ keyrack, page }) => {
  const { grant } = await furnish(page, keyrack);
  await grant("two", "prod-us");
  await grant("four", "lab");
  const matrix = new Matrix(page);
  await matrix.visit();

  await test.step("granting: what is granted already stays as it is", async () => {
    await matrix.drag(matrix.cell("one", "prod-eu"), matrix.cell("three", "prod-us"));
    await matrix.expectSum(/\+5\s*−0\s*3 keys, 2 workspaces/);
    await matrix.expectGranted(matrix.cell("two", "prod-us"), true);
    await expect(matrix.said).toHaveText("5 grants staged.");
  });

  await test.step("shift and a press goes on from there without dragging", async () => {
    await matrix.cell("four", "stage-eu").click({ modifiers: ["Shift"] });
    await matrix.expectSum(/\+11\s*−0/);
    await matrix.expectStaged(matrix.cell("four", "stage-eu"), "will be granted");
  });

  await test.step("revoking, by a first cell that is granted", async () => {
    await matrix.bar.getByRole("button", { name: "Discard" }).click();
    await expect(matrix.bar).toBeHidden();
    await matrix.drag(matrix.cell("two", "prod-us"), matrix.cell("one", "prod-us"));
    await matrix.expectSum(/\+0\s*−1\s*1 key, 1 workspace/);
    await matrix.expectStaged(matrix.cell("two", "prod-us"), "will be revoked");
  });

  await test.step("Escape drops a stroke that is under way", async () => {
    const from = await matrix.cell("five", "prod-eu").boundingBox();
    const to = await matrix.cell("six", "stage-us").boundingBox();
    if (!from || !to) throw new Error("no cells");
    await page.mouse.move(from.x + 16, from.y + 16);
    await page.mouse.down();
    await page.mouse.move(to.x + 16, to.y + 16, { steps: 4 });
    await matrix.expectStaged(matrix.cell("six", "prod-us"), "will be granted");
    await page.keyboard.press("Escape");
    await page.mouse.up();
    await matrix.expectGranted(matrix.cell("six", "prod-us"), false);
    await matrix.expectSum(/\+0\s*−1/);
  });
});

test("heads turn over what is shown, and no more", async ({ keyrack, page }) => {
  await furnish(page, keyrack, ["axle-two", "axle-three", "bolt"]);
  const matrix = new Matrix(page);
  await matrix.visit("?q=axle@production");
  expect(await matrix.keys()).toEqual(["axle-two", "axle-three"]);

  await test.step("a column", async () => {
    const head = matrix.column("prod-eu").getByRole("checkbox");
    await expect(head).toHaveAttribute("aria-checked", "false");
    await matrix.cell("axle-two", "prod-eu").click();
    await expect(head).toHaveAttribute("aria-checked", "mixed");
    await head.click();
    await expect(head).toHaveAttribute("aria-checked", "true");
    await expect(matrix.said).toHaveText("1 grant staged.");
    await head.click();
    await expect(head).toHaveAttribute("aria-checked", "false");
  });

  await test.step("a row", async () => {
    const head = matrix.row("axle-three").locator(".reach");
    await head.click();
    await expect(head).toHaveText("2 / 2");
    await expect(matrix.said).toHaveText("2 grants staged.");
    await matrix.filter.fill("");
    await expect(matrix.row("axle-three").locator(".reach")).toHaveText("2 / 5");
  });
});

test("a drag past the edge scrolls", async ({ keyrack, page }) => {
  const names = Array.from({ length: 24 }, (_, at) => `key-${String(at).padStart(2, "0")}`);
  await furnish(page, keyrack, names);
  const matrix = new Matrix(page);
  await page.setViewportSize({ width: 1280, height: 620 });
  await matrix.visit("?sort=name");
  const from = await matrix.cell("key-02", "prod-eu").boundingBox();
  const frame = await matrix.frame.boundingBox();
  if (!from || !frame) throw new Error("no grid");
  await page.mouse.move(from.x + 16, from.y + 16);
  await page.mouse.down();
  await page.mouse.move(from.x + 16, frame.y + frame.height - 4, { steps: 4 });
  // The last row is there before the stroke has come to it.
  await matrix.expectStaged(matrix.cell("key-23", "prod-eu"), "will be granted");
  await page.mouse.up();
  await matrix.expectStaged(matrix.cell("key-23", "prod-eu"), "will be granted");
  await expect(matrix.bar.locator(".sum")).toContainText("22 keys, 1 workspace");
});

test("all workspaces, on and off again", async ({ keyrack, page }) => {
  const { reach, grant, rest, keys } = await furnish(page, keyrack);
  await grant("one", "lab");
  const matrix = new Matrix(page);
  await matrix.visit();
  const allOf = async (name: string) => {
    const { body } = await rest.get(`/v1/account/api_keys/${keys.get(name)?.id}`);
    return (body.spec as { allWorkspaces?: boolean }).allWorkspaces ?? false;
  };

  await test.step("on", async () => {
    await matrix.all("one").click();
    await matrix.expectStaged(matrix.all("one"), "will be granted");
    await expect(matrix.row("one").locator(".reach")).toHaveText("all");
    await matrix.apply();
    expect(await allOf("one")).toBe(true);
    await matrix.expectGranted(matrix.all("one"), true);
    // It says that it is disabled, so a press has to be forced.
    await matrix.cell("one", "prod-eu").click({ force: true });
    await expect(matrix.refused).toContainText("one reaches all workspaces, present and future.");
  });

  await test.step("off asks what is to lie beneath", async () => {
    await matrix.all("one").click();
    const dialog = page.getByRole("dialog", { name: "one reaches all workspaces" });
    await expect(dialog).toBeVisible();
    await examine(page);
    await dialog.getByRole("radio", { name: /Grant today/ }).check();
    await dialog.getByRole("button", { name: "Stage it" }).click();
    await matrix.expectStaged(matrix.all("one"), "will be revoked");
    await matrix.apply();
    expect(await allOf("one")).toBe(false);
    expect(await reach("one")).toEqual(["lab", "prod-eu", "prod-us", "stage-eu", "stage-us"]);
  });
});

test.describe("with a finger", () => {
  test.use({ hasTouch: true });

  test("a tap stages; scrolling does not", async ({ keyrack, page }) => {
    await furnish(page, keyrack);
    const matrix = new Matrix(page);
    await matrix.visit();
    await matrix.cell("two", "lab").tap();
    await matrix.expectStaged(matrix.cell("two", "lab"), "will be granted");
    await matrix.cell("two", "lab").tap();
    await matrix.expectGranted(matrix.cell("two", "lab"), false);
    await expect(matrix.bar).toBeHidden();
  });
});

test("a disabled key and the account's own say why they stay as they are", async ({ keyrack, page }) => {
  const { rest, keys } = await furnish(page, keyrack);
  await rest.post(`/v1/account/api_keys/${keys.get("two")?.id}:disable`, {});
  const matrix = new Matrix(page);
  await matrix.visit();
  const cell = matrix.cell("two", "prod-eu");
  await expect(cell).toHaveAttribute("aria-disabled", "true");
  await cell.click({ force: true });
  await expect(matrix.refused).toContainText("two is disabled.");
  await expect(matrix.bar).toBeHidden();
  await examine(page);
});

test("the card tells why, by whom, and what the next press does", async ({ keyrack, page }) => {
  const { grant } = await furnish(page, keyrack);
  await grant("one", "prod-eu");
  const matrix = new Matrix(page);
  await matrix.visit();
  await matrix.cell("one", "prod-eu").hover();
  await expect(matrix.card).toContainText("one → prod-eu");
  await expect(matrix.card).toContainText("Granted by overseer");
  await expect(matrix.card).toContainText("Never used here.");
  await expect(matrix.card).toContainText("Space to revoke");
  await examine(page);
  await page.mouse.move(2, 2);
  await expect(matrix.card).toBeHidden();
});

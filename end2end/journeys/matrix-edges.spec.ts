// The matrix at its edges: nothing, one cell, very much, narrow, small, without scripting.

import { claim, issueKey, makeWorkspace } from "../harness/people.ts";
import { furnish } from "../harness/rack.ts";
import { examine, expect, expectReachable, test, visit } from "../harness/test.ts";
import { Matrix } from "../pages/matrix.ts";

test("no workspace, no key, one cell", async ({ keyrack, page }) => {
  await claim(page, keyrack);
  const matrix = new Matrix(page);
  await visit(page, "/access");
  await expect(page.getByRole("heading", { name: "Nothing to grant yet" })).toBeVisible();
  await expect(page.getByRole("link", { name: "New workspace" })).toBeVisible();
  await examine(page);
  await makeWorkspace(page, keyrack, "only");
  await matrix.visit();
  await expect(matrix.grid.getByRole("row")).not.toHaveCount(0);
  await issueKey(page, keyrack, "lonely");
  await matrix.visit("?q=lonely");
  await matrix.cell("lonely", "only").click();
  await matrix.apply();
  await matrix.expectGranted(matrix.cell("lonely", "only"), true);
  await examine(page);
});

test("a filter that lets nothing through, and back", async ({ keyrack, page }) => {
  await furnish(page, keyrack);
  const matrix = new Matrix(page);
  await matrix.visit("?q=nobody@nowhere");
  await expect(page.locator(".tally").first()).toContainText("0 of");
  await examine(page);
  await matrix.filter.fill("");
  await expect(matrix.cell("one", "lab")).toBeVisible();
});

test("500 workspaces of one name, and a key that is granted all of them", async ({ keyrack, page }) => {
  test.setTimeout(300_000);
  const { rest, keys } = await furnish(page, keyrack, ["one"]);
  const ids: string[] = [];
  for (let at = 0; at < 500; at += 1) {
    const made = await rest.post("/v1/account/workspaces", { metadata: { name: "the same <b>name</b>" } });
    ids.push(made.metadata.id);
  }
  const cells = ids.map((workspaceId) => ({ apiKeyId: keys.get("one")?.id, workspaceId, want: true }));
  await rest.post("/v1/account/access:apply", { cells });
  const matrix = new Matrix(page);
  await matrix.visit("?q=one");
  await expect(matrix.row("one").locator(".reach")).toHaveText("500 / 505");
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(1_500);
  await matrix.cell("one", "lab").click();
  await page.keyboard.press("Control+End");
  await expect(page.locator(".slot:focus")).toBeInViewport();
  await examine(page);
});

test.describe("on a narrow screen", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("choose a key, then check its workspaces, or the reverse", async ({ keyrack, page }) => {
    const { reach } = await furnish(page, keyrack);
    const matrix = new Matrix(page);
    await matrix.visit();
    await expect(matrix.grid).toBeHidden();
    await matrix.listChosen.selectOption("two");
    await expectReachable(matrix.line("prod-eu"), matrix.line("lab"));
    await matrix.line("lab").tap();
    await expect(matrix.line("lab")).toHaveAttribute("aria-checked", "true");
    await matrix.expectSum(/\+1\s*−0\s*1 key, 1 workspace/);
    await examine(page);
    await matrix.list.getByText("By workspace").tap();
    await matrix.listChosen.selectOption("lab");
    await expect(matrix.line("two")).toHaveAttribute("aria-checked", "true");
    await matrix.line("three").tap();
    await matrix.apply();
    expect(await reach("two")).toEqual(["lab"]);
    expect(await reach("three")).toEqual(["lab"]);
  });
});

test.describe("without scripting", () => {
  test("the first window is there, with a link to each key's own page", async ({ keyrack, page, open }) => {
    const { grant } = await furnish(page, keyrack);
    await grant("one", "lab");
    const context = await open({
      javaScriptEnabled: false,
      storageState: await page.context().storageState(),
    });
    const plain = await context.newPage();
    const matrix = new Matrix(plain);
    await plain.goto("/access");
    await expect(matrix.cell("one", "lab")).toHaveAttribute("aria-checked", "true");
    await expect(matrix.cell("one", "prod-eu")).toHaveAttribute("aria-checked", "false");
    await matrix.filter.fill("t@prod");
    await matrix.filter.press("Enter");
    await expect(plain).toHaveURL(/q=t/);
    await expect(matrix.row("two")).toBeVisible();
    await expect(matrix.row("one")).toHaveCount(0);
    await examine(plain);
    await matrix.row("two").getByRole("link").click();
    await expect(plain.getByRole("heading", { level: 1, name: "two" })).toBeVisible();
  });
});

test("forced colours and 400 % zoom", async ({ keyrack, page }) => {
  await furnish(page, keyrack);
  const matrix = new Matrix(page);
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  await matrix.visit();
  await matrix.cell("one", "lab").click();
  const looks = async (cell: ReturnType<Matrix["cell"]>) => cell.screenshot();
  await page.mouse.move(2, 2);
  expect((await looks(matrix.cell("one", "lab"))).equals(await looks(matrix.cell("two", "lab")))).toBe(false);
  await page.setViewportSize({ width: 320, height: 256 });
  await expectReachable(matrix.listChosen);
  await expectReachable(matrix.bar.getByRole("button", { name: "Review and apply" }));
});


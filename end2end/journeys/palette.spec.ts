// The command palette: anything by a part of its name, with the keyboard alone.

import type { Page } from "@playwright/test";
import { claim, issueKey, makeWorkspace } from "../harness/people.ts";
import { examine, expect, type Keyrack, test, visit } from "../harness/test.ts";
import { ChangePage } from "../pages/change.ts";
import { KeysPage } from "../pages/keys.ts";
import { Palette } from "../pages/palette.ts";
import { Shell } from "../pages/shell.ts";

async function scene(page: Page, keyrack: Keyrack): Promise<Palette> {
  await claim(page, keyrack);
  await issueKey(page, keyrack, "ci-deploy");
  await issueKey(page, keyrack, "etl-nightly");
  await makeWorkspace(page, keyrack, "ci-lab");
  await visit(page, "/keys");
  return new Palette(page);
}

test("keys, workspaces, people, pages and actions are found", async ({ keyrack, page }) => {
  const palette = await scene(page, keyrack);
  await new KeysPage(page).search.focus();
  await page.keyboard.press("Control+k");
  await expect(palette.field).toBeFocused();
  await expect(palette.option("Workspaces")).toBeVisible();
  await examine(page);

  await page.keyboard.type("ci");
  await expect(palette.option("ci-deploy").first()).toBeVisible();
  await expect(palette.option("ci-lab")).toBeVisible();
  await expect(palette.active).toContainText("ci-deploy");
  await examine(page);
  await page.keyboard.press("ArrowDown");
  await expect(palette.active).toContainText("ci-lab");
  await page.keyboard.press("Enter");
  await expect(new Shell(page).title("ci-lab")).toBeVisible();
  await expect(palette.dialog).toHaveCount(0);

  await page.keyboard.press("Meta+k");
  await palette.field.fill("lovelace");
  await expect(palette.option("Ada Lovelace")).toBeVisible();
  await palette.field.fill("api ref");
  await page.keyboard.press("Enter");
  await expect(new Shell(page).title("API reference")).toBeVisible();

  await page.keyboard.press("Control+k");
  await palette.field.fill("nothing of that name");
  await expect(palette.dialog.getByRole("status")).toHaveText("Nothing matches.");
  await page.keyboard.press("Escape");
  await expect(palette.dialog).toHaveCount(0);
});

test("an action is done, or says why it is not possible", async ({ keyrack, page }) => {
  const palette = await scene(page, keyrack);
  await page.keyboard.press("Control+k");
  await palette.field.fill("global");
  const revoke = palette.option("Revoke global account key");
  await expect(revoke).toHaveAttribute("aria-disabled", "true");
  await expect(revoke).toContainText("The global account key cannot be revoked.");
  await examine(page);
  await revoke.click({ force: true });
  await expect(palette.dialog).toBeVisible();

  await palette.field.fill("disable etl");
  await expect(palette.active).toContainText("Disable etl-nightly");
  await page.keyboard.press("Enter");
  const change = new ChangePage(page);
  await expect(change.dialog).toContainText("Will be changed: 1 key");
  await change.dialog.getByRole("button", { name: "Disable 1 key" }).click();
  await expect(new KeysPage(page).row("etl-nightly")).toContainText("Disabled");
});

test("it is in the account menu and in the help, and fits a narrow screen", async ({ keyrack, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const palette = await scene(page, keyrack);
  const shell = new Shell(page);
  await shell.account.click();
  await page.getByRole("button", { name: "Find or do" }).click();
  await palette.field.fill("e");
  await expect(palette.option("etl-nightly").first()).toBeVisible();
  await examine(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(shell.help).toContainText("Find or do anything");
});

test("its code is loaded when it is first wanted", async ({ keyrack, page }) => {
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(request.url()));
  const palette = await scene(page, keyrack);
  await page.waitForLoadState("networkidle");
  const before = loaded.length;
  await page.keyboard.press("Control+k");
  await expect(palette.field).toBeFocused();
  expect(loaded.slice(before).filter((url) => url.endsWith(".wasm"))).not.toEqual([]);
});

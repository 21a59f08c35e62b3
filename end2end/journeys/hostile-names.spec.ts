// What people call things is shown as it was written, everywhere, and never read as anything else.

import type { Page } from "@playwright/test";
import { ADA, claim, issueKey, makeWorkspace } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import { examine, expect, expectNoSidewaysScroll, test, visit } from "../harness/test.ts";
import { IssueDrawer } from "../pages/issue.ts";
import { KeyPage } from "../pages/key.ts";
import { KeysPage } from "../pages/keys.ts";
import { Matrix } from "../pages/matrix.ts";
import { Shell } from "../pages/shell.ts";
import { WorkspacesPage } from "../pages/workspaces.ts";

const NAMES = {
  markup: `<script>document.title="owned"</script><img src=x onerror=alert(1)>&amp;"'`,
  "200 characters": `${"unbreakable".repeat(18)}!!`,
  "right to left": "\u202Eyek ypoc\u202C مفتاح الإنتاج",
  emoji: "👩‍💻🔑 ключ 🇪🇺 e\u0301",
};

test.use({ viewport: { width: 390, height: 844 } });

test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => {
    window.alert = () => console.error("a name was run as a script");
  });
});

/** The page is no wider for its names, at 320 and 390 px, and nothing in them came alive. */
async function check(page: Page): Promise<void> {
  for (const width of [320, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await expectNoSidewaysScroll(page);
  }
  await examine(page);
  expect(await page.title()).not.toBe("owned");
  expect(await page.locator("main script, main img, dialog script, dialog img").count()).toBe(0);
}

test("all of them in every list", async ({ keyrack, page }) => {
  const names = Object.values(NAMES);
  await claim(page, keyrack, { ...ADA, account: NAMES.markup, name: NAMES["right to left"] });
  for (const name of names) {
    await makeWorkspace(page, keyrack, name, "env=prod");
    await issueKey(page, keyrack, name, [["spec.description", name]]);
  }

  await test.step("keys", async () => {
    await visit(page, "/keys");
    for (const name of names) await expect(new KeysPage(page).link(name)).toHaveText(name);
    await check(page);
  });

  await test.step("workspaces", async () => {
    await visit(page, "/workspaces");
    for (const name of names) await expect(new WorkspacesPage(page).link(name)).toHaveText(name);
    await check(page);
  });

  await test.step("the drawer, proposed and to be chosen", async () => {
    const drawer = new IssueDrawer(page);
    for (const name of names) {
      await visit(page, `/keys/new?metadata.name=${encodeURIComponent(name)}`);
      await expect(drawer.name).toHaveValue(name);
      await expect(drawer.sentence.locator("b").first()).toHaveText(name);
    }
    for (const name of names) await expect(drawer.workspace(name)).toBeAttached();
    await check(page);
  });

  await test.step("the matrix, narrow and wide", async () => {
    const matrix = new Matrix(page);
    await matrix.visit();
    for (const name of names) {
      await matrix.listChosen.selectOption({ label: name });
      await expect(matrix.line(name)).toBeVisible();
    }
    await check(page);
    await page.setViewportSize({ width: 1280, height: 800 });
    for (const name of names) await expect(matrix.cell(name, name)).toBeVisible();
    await examine(page);
  });
});

for (const [kind, name] of Object.entries(NAMES)) {
  test(`a name that is ${kind}, on its own pages`, async ({ keyrack, page, troubles }) => {
    // Seven pages, each examined.
    test.slow();
    troubles.allow(/status of 400 .*keys\.revoke/);
    await claim(page, keyrack);
    const place = await makeWorkspace(page, keyrack, name);
    const { id, token } = await issueKey(page, keyrack, name, [["spec.description", name]]);
    const key = new KeyPage(page);
    const shell = new Shell(page);

    await test.step("the key, its history and what is said about it", async () => {
      await visit(page, `/keys/${id}`);
      await expect(shell.title(name)).toHaveText(name);
      await expect(page, "as the server writes it").toHaveTitle(`${name} · Keyrack`);
      await key.workspace(name).click();
      await expect(shell.toast(`${name} reaches ${name}.`)).toBeVisible();
      await expect(key.history.filter({ hasText: `Granted ${name}` })).toBeVisible();
      await check(page);
    });

    await test.step("the questions over it", async () => {
      await key.rotate.click();
      await expect(key.rotateDialog.getByRole("heading")).toHaveText(`Rotate ${name}?`);
      await check(page);
      await visit(page, `/keys/${id}/revoke`);
      await expect(key.revokeDialog.getByRole("heading")).toHaveText(`Revoke ${name}?`);
      await expect(key.revokeDialog).toContainText(`It reaches 1 workspace: ${name}.`);
      await check(page);
    });

    await test.step("why it may or may not", async () => {
      await visit(page, `/access/explain?key=${id}&workspace=${place.id}`);
      const told = page.getByRole("region", { name: "Allowed", exact: true });
      await expect(told).toContainText(`${name} in ${name}`);
      await check(page);
    });

    await test.step("the workspace", async () => {
      await visit(page, `/workspaces/${place.id}`);
      await expect(shell.title(name)).toHaveText(name);
      await expect(page.getByRole("region", { name: "Keys that reach it" })).toContainText(name);
      await check(page);
    });

    await test.step("typed, because the key is in use; and what is left of it", async () => {
      expect(await new Rest(keyrack, token).whoami()).toBe(200);
      await visit(page, `/keys/${id}/revoke`);
      await key.revokeForGood.click();
      await expect(key.revokeDialog.locator(".to-type")).toHaveText(name);
      await check(page);
      await key.typedName.fill(name);
      await key.revokeForGood.click();
      await expect(page).toHaveURL("/keys");
      await visit(page, `/keys/${id}`);
      await expect(page.getByRole("region", { name: "Workspaces it reached" })).toContainText(name);
      await check(page);
    });
  });
}

// What people call things is shown as it was written, everywhere, and never read as anything else.

import { claim, issueKey, makeWorkspace } from "../harness/people.ts";
import { examine, expect, expectNoSidewaysScroll, test, visit } from "../harness/test.ts";
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

for (const [kind, name] of Object.entries(NAMES)) {
  test(`a name that is ${kind}`, async ({ keyrack, page }) => {
    await page.addInitScript(() => {
      window.alert = () => console.error("a name was run as a script");
    });
    await claim(page, keyrack, {
      account: name.slice(0, 60),
      name: name.slice(0, 60),
      email: "ada@engines.example",
      passphrase: "bernoulli numbers by loom",
    });
    const place = await makeWorkspace(page, keyrack, name, "env=prod");
    await makeWorkspace(page, keyrack, "plain", "env=prod");
    const issued = await issueKey(page, keyrack, name, [["initialWorkspaceIds", place.id], ["spec.description", name]]);
    expect(issued.name).toBe(name);

    /** The name stands there letter by letter, and the page is no wider for it, at 390 and 320 px. */
    const check = async () => {
      await expect(page.locator("html[data-awake]")).toBeAttached();
      for (const width of [320, 390]) {
        await page.setViewportSize({ width, height: 844 });
        await expectNoSidewaysScroll(page);
      }
      await examine(page);
      expect(await page.title()).not.toBe("owned");
      expect(await page.locator("main script, main img").count()).toBe(0);
    };

    await test.step("the list of keys", async () => {
      await visit(page, "/keys");
      await expect(new KeysPage(page).link(name)).toHaveText(name);
      await check();
    });

    await test.step("its page and its history", async () => {
      const key = new KeyPage(page);
      await new KeysPage(page).link(name).click();
      await expect(new Shell(page).title(name)).toHaveText(name);
      await expect(page).toHaveTitle(`${name.trim()} · Keyrack`);
      await expect(key.history.filter({ hasText: `Granted ${name}` })).toBeVisible();
      await expect(key.workspace(name)).toHaveAttribute("aria-pressed", "true");
      await check();
      await page.reload();
      await expect(new Shell(page).title(name)).toHaveText(name);
      expect(await page.title(), "as the server writes it").toBe(`${name} · Keyrack`);
      await key.workspace(name).click();
      await expect(new Shell(page).toast("no longer reaches")).toContainText(name);
      await check();
    });

    await test.step("the questions over it", async () => {
      for (const [action, verb] of [["rotate", "Rotate"], ["revoke", "Revoke"]] as const) {
        await visit(page, `/keys/${issued.id}/${action}`);
        const dialog = page.getByRole("dialog");
        await expect(dialog.getByRole("heading", { level: 1 })).toHaveText(`${verb} ${name}?`);
        await check();
      }
    });

    await test.step("the drawer", async () => {
      await visit(page, `/keys/new?metadata.name=${encodeURIComponent(name)}`);
      await expect(page.getByRole("textbox", { name: /^Name/ })).toHaveValue(name);
      await expect(page.locator("label.chip").filter({ hasText: name })).toBeVisible();
      await check();
    });

    await test.step("the matrix, narrow and wide", async () => {
      const matrix = new Matrix(page);
      await visit(page, "/access");
      await matrix.checklistKey.selectOption({ label: name });
      await expect(matrix.line(name)).toBeVisible();
      await check();
      await page.setViewportSize({ width: 1280, height: 800 });
      await expect(matrix.cell(name, name)).toBeVisible();
      await expectNoSidewaysScroll(page);
      await examine(page);
      await page.setViewportSize({ width: 390, height: 844 });
    });

    await test.step("workspaces", async () => {
      await visit(page, "/workspaces");
      await expect(new WorkspacesPage(page).link(name)).toHaveText(name);
      await check();
      await new WorkspacesPage(page).link(name).click();
      await expect(new Shell(page).title(name)).toHaveText(name);
      await check();
    });
  });
}

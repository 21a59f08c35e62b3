// Without a mouse.

import type { Locator, Page } from "@playwright/test";
import { claim, makeWorkspace } from "../harness/people.ts";
import { examine, expect, pasted, reload, test, visit } from "../harness/test.ts";
import { IssueDrawer } from "../pages/issue.ts";
import { KeysPage } from "../pages/keys.ts";
import { Reveal } from "../pages/reveal.ts";
import { Shell } from "../pages/shell.ts";

test.beforeEach(async ({ keyrack, page }) => {
  await claim(page, keyrack);
  await makeWorkspace(page, keyrack, "production");
  await makeWorkspace(page, keyrack, "staging");
});

/** Presses Tab until `target` has the focus, and sees that the focus is visible on the way. */
async function tabTo(page: Page, target: Locator, key = "Tab"): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not reach ${target}`);
}

test("issue and reveal", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-write"]);
  const drawer = new IssueDrawer(page);
  const reveal = new Reveal(page);
  await visit(page, "/keys");

  await test.step("c opens the drawer with the focus on the name", async () => {
    await page.keyboard.press("c");
    await expect(drawer.name).toBeFocused();
    await page.keyboard.type("by-keyboard");
  });

  await test.step("radios by arrows, workspaces by Space", async () => {
    await tabTo(page, drawer.expires("90 days"));
    await page.keyboard.press("ArrowRight");
    await expect(drawer.expires("1 year")).toBeChecked();
    await tabTo(page, drawer.level("Memory", "none"));
    await page.keyboard.press("ArrowRight");
    await expect(drawer.level("Memory", "read")).toBeChecked();
    await tabTo(page, drawer.workspace("staging"));
    await page.keyboard.press("Space");
    await expect(drawer.workspace("staging")).toBeChecked();
    await expect(drawer.sentence).toContainText("by-keyboard will reach 1 of 2 workspaces, read memory");
  });

  await test.step("the focus stays in the drawer", async () => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press("Tab");
      const outside = await page.evaluate(() => {
        const at = document.activeElement;
        return at !== null && at !== document.body && !at.closest("dialog");
      });
      expect(outside, `after ${presses + 1} Tabs`).toBe(false);
    }
  });

  await test.step("Ctrl with Enter issues it", async () => {
    await tabTo(page, drawer.name);
    await page.keyboard.press("Control+Enter");
    await expect(reveal.dialog).toBeVisible();
  });

  await test.step("the token is copied, the tick set, and Done gives the page back", async () => {
    const token = await reveal.token();
    await tabTo(page, reveal.copy);
    await page.keyboard.press("Enter");
    await expect(reveal.copy).toHaveText("Copied");
    expect(await pasted(context)).toBe(token);
    await tabTo(page, reveal.stored);
    await page.keyboard.press("Space");
    await expect(reveal.stored).toBeChecked();
    await tabTo(page, reveal.done);
    await page.keyboard.press("Enter");
    await expect(reveal.dialog).toBeHidden();
    await expect(new KeysPage(page).row("by-keyboard")).toBeVisible();
    const lost = () => page.evaluate(() => document.activeElement === document.body);
    await expect.poll(lost, "the focus is not lost").toBe(false);
  });

  await test.step("Escape leaves the drawer without issuing", async () => {
    await page.keyboard.press("c");
    await expect(drawer.name).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(drawer.drawer).toBeHidden();
    await expect(page).toHaveURL("/keys");
  });
});

test("shortcuts", async ({ page }) => {
  const shell = new Shell(page);
  await visit(page, "/keys");

  await test.step("g and a letter lead to the places", async () => {
    for (const [letter, path, title] of [
      ["a", "/access", "Access"],
      ["w", "/workspaces", "Workspaces"],
      ["k", "/keys", "Keys"],
    ] as const) {
      // Both at once: a busy machine would leave too long a time between them.
      await Promise.all([page.keyboard.press("g"), page.keyboard.press(letter)]);
      await expect(page).toHaveURL(path);
      await expect(shell.title(title)).toBeVisible();
      await expect(shell.place(title)).toHaveAttribute("aria-current", "page");
    }
  });

  await test.step("/ searches, and letters are typed there", async () => {
    const { search } = new KeysPage(page);
    await page.keyboard.press("/");
    await expect(search).toBeFocused();
    await page.keyboard.type("gkc?");
    await expect(search).toHaveValue("gkc?");
    await expect(page).toHaveURL("/keys?q=gkc%3F");
    await expect(page.getByRole("heading", { name: "No key matches" })).toBeVisible();
    await examine(page);
    await search.fill("");
    await expect(page).toHaveURL("/keys");
    await search.blur();
  });

  await test.step("? explains them, and they can be switched off", async () => {
    await page.keyboard.press("?");
    await expect(shell.help).toBeVisible();
    await examine(page);
    await page.keyboard.press("c");
    await expect(page, "a dialog takes the keys").toHaveURL("/keys");
    await shell.help.getByRole("checkbox", { name: "Single-key shortcuts" }).uncheck();
    await page.keyboard.press("Escape");
    await expect(shell.help).toBeHidden();
    await page.keyboard.press("c");
    await page.keyboard.press("g");
    await page.keyboard.press("a");
    await expect(page).toHaveURL("/keys");
    await reload(page);
    await page.keyboard.press("c");
    await expect(page, "remembered").toHaveURL("/keys");
    await page.keyboard.press("?");
    await shell.help.getByRole("checkbox", { name: "Single-key shortcuts" }).check();
    await shell.help.getByRole("button", { name: "Close" }).click();
    await page.keyboard.press("c");
    await expect(page).toHaveURL("/keys/new");
  });
});

test("the first Tab skips to the content", async ({ page }) => {
  await visit(page, "/keys");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

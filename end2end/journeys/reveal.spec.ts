// The one dialog that shows a token: hard to leave by accident, and nothing is left when it is left.

import type { Page } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { claim, makeWorkspace } from "../harness/people.ts";
import { placesHolding } from "../harness/secrets.ts";
import { examine, expect, pasted, reload, test, visit } from "../harness/test.ts";
import { IssueDrawer } from "../pages/issue.ts";
import { KeysPage } from "../pages/keys.ts";
import { Reveal } from "../pages/reveal.ts";

test.beforeEach(async ({ keyrack, page }) => {
  await claim(page, keyrack);
  await makeWorkspace(page, keyrack, "production");
});

/** Issues a key from the list and stops in front of its token. */
async function issue(page: Page, name: string): Promise<Reveal> {
  const drawer = new IssueDrawer(page);
  await visit(page, "/keys");
  await new KeysPage(page).issue.click();
  await drawer.name.fill(name);
  await drawer.issue.click();
  const reveal = new Reveal(page);
  await expect(reveal.dialog).toBeVisible();
  return reveal;
}

test("it holds on until the token is taken", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-write"]);
  const reveal = await issue(page, "holding-on");
  const token = await reveal.token();

  await test.step("neither Escape nor a press outside closes it", async () => {
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.mouse.click(5, 5);
    await expect(reveal.dialog).toBeVisible();
    expect(await reveal.token()).toBe(token);
  });

  await test.step("Done is locked, and the tick unlocks it", async () => {
    await expect(reveal.done).toBeDisabled();
    await reveal.stored.check();
    await expect(reveal.done).toBeEnabled();
    await reveal.stored.uncheck();
    await expect(reveal.done).toBeDisabled();
  });

  await test.step("each tab shows its form of the token", async () => {
    await expect(reveal.tab("Token")).toHaveAttribute("aria-selected", "true");
    await reveal.tab(".env").click();
    await expect(reveal.shown).toHaveText(`KEYRACK_TOKEN=${token}`);
    await reveal.tab("curl").click();
    await expect(reveal.shown).toContainText(`Authorization: Bearer ${token}`);
    await examine(page);
    await reveal.tab("Docker / Kubernetes").click();
    await expect(reveal.shown).toContainText(`--from-literal=KEYRACK_TOKEN=${token}`);
    await reveal.tab("Docker / Kubernetes").press("ArrowRight");
    await expect(reveal.tab("Token")).toBeFocused();
    await expect(reveal.shown).toHaveText(token);
  });

  await test.step("hidden, it is neither on the screen nor in the document", async () => {
    await reveal.hide.click();
    await expect(reveal.shown).toHaveText(/^•+$/);
    expect(await page.content()).not.toContain(token);
    await examine(page);
    await reveal.show.click();
    await expect(reveal.shown).toHaveText(token);
    await reveal.hide.click();
  });

  await test.step("the file holds the line, and unlocks Done", async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), reveal.download.click()]);
    expect(download.suggestedFilename()).toBe("holding-on.env");
    expect(await readFile(await download.path(), "utf8")).toBe(`KEYRACK_TOKEN=${token}\n`);
    await expect(reveal.done).toBeEnabled();
  });

  await test.step("copying takes what the tab shows, hidden or not", async () => {
    await reveal.tab(".env").click();
    await reveal.copy.click();
    await expect(reveal.copy).toHaveText("Copied");
    expect(await pasted(context)).toBe(`KEYRACK_TOKEN=${token}\n`);
  });

  await reveal.done.click();
  await expect(reveal.dialog).toBeHidden();
  await expect(new KeysPage(page).row("holding-on")).toBeVisible();
});

test("leaving asks first, by reload and by the way back", async ({ page }) => {
  const reveal = await issue(page, "leave-guard");
  const token = await reveal.token();

  await test.step("a reload asks; staying keeps the token", async () => {
    const [question] = await Promise.all([
      page.waitForEvent("dialog"),
      page.evaluate(() => void setTimeout(() => location.reload())),
    ]);
    expect(question.type()).toBe("beforeunload");
    await question.dismiss();
    expect(await reveal.token()).toBe(token);
  });

  await test.step("the way back leaves the token where it is, and says so", async () => {
    await page.evaluate(() => history.back());
    await expect(reveal.dialog).toContainText("the token is still here");
    expect(await reveal.token()).toBe(token);
    await examine(page);
  });

  await test.step("taken, it asks no more", async () => {
    await reveal.stored.check();
    await reload(page);
    await expect(reveal.dialog).toBeHidden();
    expect(await placesHolding(page, token)).toEqual([]);
  });
});

test("after Done the token is nowhere in the browser", async ({ page }) => {
  const reveal = await issue(page, "gone");
  const token = await reveal.token();
  await reveal.finish();
  const keys = new KeysPage(page);
  await expect(keys.row("gone")).toBeVisible();
  expect(await placesHolding(page, token), "after Done").toEqual([]);

  await reload(page);
  await expect(keys.row("gone")).toBeVisible();
  expect(await placesHolding(page, token), "after a reload").toEqual([]);

  await page.goBack();
  await page.waitForLoadState();
  expect(await placesHolding(page, token), "on the way back").toEqual([]);
  await page.goForward();
  await page.waitForLoadState();
  await expect(keys.row("gone")).toBeVisible();
  expect(await placesHolding(page, token), "on the way forward").toEqual([]);
  await expect(reveal.dialog).toBeHidden();
});

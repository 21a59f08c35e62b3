// Keys that deserve a look: a line for what cannot wait, and quiet views that hold what they count.

import type { Page } from "@playwright/test";
import { claim, issueKey, issueOverseer } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import { examine, expect, type Keyrack, test, visit } from "../harness/test.ts";
import { KeysPage } from "../pages/keys.ts";

/** A key whose old token is still called, one that is disabled, and one that may do everything. */
async function scene(page: Page, keyrack: Keyrack): Promise<void> {
  await claim(page, keyrack);
  const billing = await issueKey(page, keyrack, "billing-export");
  // Made later, so that it outlasts the token that it makes.
  const rest = new Rest(keyrack, (await issueOverseer(page, keyrack)).token);
  await rest.post(`/v1/account/api_keys/${billing.id}:rotate`, { gracePeriod: "18000s" });
  expect(await new Rest(keyrack, billing.token).whoami()).toBe(200);
  const partner = await issueKey(page, keyrack, "partner-acme");
  await rest.post(`/v1/account/api_keys/${partner.id}:disable`, {});
}

/** Opens the list when what was counted is written down. */
async function counted(page: Page): Promise<KeysPage> {
  const keys = new KeysPage(page);
  await expect(async () => {
    await page.goto("/keys");
    await expect(keys.view("In grace, still called")).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
  return keys;
}

test("views hold what they count", async ({ keyrack, page }) => {
  await scene(page, keyrack);
  const keys = await counted(page);
  await visit(page, "/keys");
  await expect(page.getByText(/billing-export is still called with its old token/)).toBeVisible();
  await expect(page.locator(".page-header p")).toContainText(/\. 1 needs attention\.$/);
  await expect(keys.row("billing-export").locator(".status")).toHaveText(/^In grace, [45] h left$/);
  await expect(keys.view("Expiring in 7 d")).toHaveCount(0);
  await examine(page);

  const views = await keys.views.getByRole("link").allInnerTexts();
  for (const text of views) {
    const [, name, count] = /^(.*?)\s*(\d+)$/s.exec(text) ?? [];
    await keys.view(name!).click();
    await expect(keys.view(name!)).toHaveAttribute("aria-current", "true");
    await expect(keys.rows).toHaveCount(Number(count));
  }
  await keys.view("Disabled").click();
  await expect(keys.link("partner-acme")).toBeVisible();
  await keys.search.fill("nothing such");
  await expect(page.getByRole("heading", { name: "No key matches" })).toBeVisible();
  await expect(page).toHaveURL(/show=disabled&q=nothing/);
  await page.getByRole("link", { name: "Show all keys" }).click();

  await page.getByRole("link", { name: "Review" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "billing-export" })).toBeVisible();
});

test.describe("without scripting", () => {
  test.use({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });

  test("a view is searched", async ({ keyrack, page }) => {
    await scene(page, keyrack);
    const keys = await counted(page);
    await expect(keys.row("billing-export").locator(".status")).toHaveText(/^In grace, until \d+ \w+ \d{4}, \d\d:\d\d UTC$/);
    await examine(page);
    await keys.view("Never used").click();
    await expect(keys.link("partner-acme")).toHaveCount(0);
    await keys.search.fill("global");
    await keys.search.press("Enter");
    await expect(page).toHaveURL(/show=never_used&q=global/);
    await expect(keys.rows).toHaveCount(1);
  });
});

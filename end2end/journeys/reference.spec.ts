// The API reference: what is served is what is told, and it can be found, linked to and tried.

import type { Page } from "@playwright/test";
import { claim, issueOverseer } from "../harness/people.ts";
import {
  examine,
  expect,
  expectNoSidewaysScroll,
  expectReachable,
  type Keyrack,
  pasted,
  test,
  visit,
} from "../harness/test.ts";
import { ReferencePage } from "../pages/reference.ts";
import { Shell } from "../pages/shell.ts";

// More than a thousand rows are judged, most of them twice.
test.slow();

test.beforeEach(async ({ keyrack, page }) => claim(page, keyrack));

/** The ids of the operations that are served. */
async function served(keyrack: Keyrack): Promise<string[]> {
  const answer = await fetch(`${keyrack.url}/v1/openapi.json`);
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, { operationId: string }>> };
  return Object.values(paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId));
}

/** Unfolds all operations at once. */
async function unfoldAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const one of document.querySelectorAll("details.operation")) one.setAttribute("open", "");
  });
}

test("by keyboard: there, through it, and everything that is served is in it", async ({ keyrack, page }) => {
  const reference = new ReferencePage(page);
  const shell = new Shell(page);
  await visit(page, "/keys");
  await shell.go("r", "/reference");
  await expect(shell.title("API reference")).toBeVisible();
  await expect(shell.place("API reference")).toHaveAttribute("aria-current", "page");

  const ids = await served(keyrack);
  await expect(reference.shown).toHaveCount(ids.length);
  await expect(reference.found).toHaveText(`${ids.length} operations`);
  for (const id of ids) await expect(reference.operation(id).line).toBeVisible();
  await examine(page);

  const issue = reference.operation("create_api_key");
  const { line, inside } = issue;
  await line.focus();
  await page.keyboard.press("Enter");
  await expect(inside).toBeVisible();
  await expect(inside).toContainText("Needs api_keys:manage.");
  await expect(inside).toContainText("Nobody hands out more than they hold");
  await expect(inside).toContainText("Answer 200");
  await expect(issue.field("externalId").first()).toContainText("at most 200 characters");
  await page.keyboard.press("Enter");
  await expect(inside).toBeHidden();

  await page.keyboard.press("?");
  await expect(shell.help).toContainText("API reference");
});

test("the search filters while one types, and is in the address", async ({ page }) => {
  const reference = new ReferencePage(page);
  await visit(page, "/reference");
  await page.keyboard.press("/");
  await expect(reference.search).toBeFocused();
  await page.keyboard.type("POST rotate");
  await expect(reference.operation("rotate_api_key").line).toBeVisible();
  await expect(reference.operation("list_api_keys").line).toBeHidden();
  await expect(reference.groups.getByRole("link")).toHaveText([/^Keys/]);
  await expect(page).toHaveURL("/reference?q=POST%20rotate");

  await reference.search.fill("nothing like this");
  await expect(page.getByRole("heading", { name: "No operation matches" })).toBeVisible();
  await expect(reference.shown).toHaveCount(0);
  await examine(page);
  await page.getByRole("link", { name: "Show all operations" }).click();
  await expect(page).toHaveURL("/reference");
  await expect(reference.search).toHaveValue("");
  await expect(reference.operation("list_api_keys").line).toBeVisible();
});

test("a call that is copied works", async ({ context, keyrack, page }) => {
  await context.grantPermissions(["clipboard-write"]);
  const { token } = await issueOverseer(page, keyrack);
  const reference = new ReferencePage(page);
  await visit(page, "/reference#create_account_workspace");
  const create = reference.operation("create_account_workspace");
  await create.copy.click();
  await expect(create.copy).toHaveText("Copied");
  const curl = await pasted(context);
  expect(curl).toBe(await create.curl.textContent());
  const [, method, url, body] =
    /^curl -X (\w+) '([^']+)' \\\n  -H "Authorization: Bearer \$KEYRACK_TOKEN" \\\n  -H 'Content-Type: application\/json' \\\n  -d '([^']+)'$/.exec(
      curl,
    ) ?? [];
  expect(url).toBe(`${keyrack.url}/v1/account/workspaces`);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(url ?? "", { method, headers, body });
  expect(answer.status, await answer.text()).toBe(200);
});

test("links lead to an operation, a group, and the document", async ({ page, troubles }) => {
  // The document is no page and names no icon, so Chromium looks for one.
  troubles.allow(/favicon\.ico/);
  const reference = new ReferencePage(page);
  const rotate = reference.operation("rotate_api_key");
  await visit(page, "/reference#rotate_api_key");
  await expect(rotate.inside).toBeVisible();
  await expectReachable(rotate.line, rotate.link);
  await examine(page);

  await page.evaluate(() => Object.assign(window, { stayed: true }));
  await reference.groups.getByRole("link", { name: /^Account/ }).click();
  await expect(page).toHaveURL("/reference#group-account");
  await expect(page.getByRole("heading", { name: "Account", exact: true })).toBeInViewport();
  const events = reference.operation("list_audit_events");
  await events.line.click();
  await events.link.click();
  await expect(page).toHaveURL("/reference#list_audit_events");
  await expect(events.inside).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL("/reference#group-account");
  expect(await page.evaluate(() => "stayed" in window), "no whole new page").toBe(true);

  await reference.document.click();
  await expect(page).toHaveURL("/v1/openapi.json");
  await expect(page.locator("body")).toContainText('"openapi":"3.1');
});

test("without scripting", async ({ keyrack, context, open }) => {
  const storageState = await context.storageState();
  const page = await (await open({ javaScriptEnabled: false, storageState })).newPage();
  const reference = new ReferencePage(page);
  const rotate = reference.operation("rotate_api_key");
  await page.goto("/reference");
  await expect(reference.shown).toHaveCount((await served(keyrack)).length);
  await rotate.line.click();
  await expect(rotate.curl).toContainText(":rotate'");
  await examine(page);

  await reference.search.fill("rotate");
  await reference.search.press("Enter");
  await expect(page).toHaveURL("/reference?q=rotate");
  await expect(reference.search).toHaveValue("rotate");
  await expect(rotate.line).toBeVisible();
  await expect(reference.operation("list_api_keys").line).toBeHidden();
  await expect(reference.found).toContainText(/^\d of \d+ operations$/);
  await examine(page);

  await page.goto("/reference?q=nothing+like+this");
  await expect(page.getByRole("heading", { name: "No operation matches" })).toBeVisible();

  await page.goto("/reference#rotate_api_key");
  await expect(rotate.inside, "a browser unfolds what a link leads to").toBeVisible();
});

test("everything unfolded, wide and narrow", async ({ page }) => {
  // All of it is looked at three times, and it grows with the API.
  test.setTimeout(900_000);
  const reference = new ReferencePage(page);
  await page.setViewportSize({ width: 1360, height: 860 });
  await visit(page, "/reference");
  await unfoldAll(page);
  await examine(page);
  for (const [width, height] of [
    [390, 844],
    [320, 256],
  ] as const) {
    await page.setViewportSize({ width, height });
    await visit(page, "/reference");
    const { line, inside, copy } = reference.operation("create_api_key");
    await line.click();
    await expect(inside).toBeVisible();
    await expectReachable(reference.search, line, copy);
    await examine(page);
    await unfoldAll(page);
    await expectNoSidewaysScroll(page);
  }
});

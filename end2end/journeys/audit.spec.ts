// The audit log: what happened, by whom, and whether the trail is what was written.

import type { Page } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { type Key, claim, issueKey, issueOverseer, makeWorkspace } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import { examine, expect, expectReachable, hold, type Keyrack, test, visit } from "../harness/test.ts";
import { AuditPage } from "../pages/audit.ts";
import { Shell } from "../pages/shell.ts";

interface Scene {
  key: Key;
  rest: Rest;
}

/** Two workspaces, a key, and a changeset that grants both. */
async function scene(page: Page, keyrack: Keyrack): Promise<Scene> {
  await claim(page, keyrack);
  const eu = await makeWorkspace(page, keyrack, "prod-eu");
  const us = await makeWorkspace(page, keyrack, "prod-us");
  const key = await issueKey(page, keyrack, "ci-deploy");
  const rest = new Rest(keyrack, (await issueOverseer(page, keyrack)).token);
  const cell = (workspace: { id: string }) => ({ apiKeyId: key.id, workspaceId: workspace.id, want: true });
  await rest.post("/v1/account/access:apply", { cells: [cell(eu), cell(us)] });
  return { key, rest };
}

test("what happened is found, opened and taken back", async ({ keyrack, page }) => {
  await page.setViewportSize({ width: 1360, height: 800 });
  const { key } = await scene(page, keyrack);
  await visit(page, "/keys");
  await new Shell(page).go("l", "/audit");
  const audit = new AuditPage(page);
  await expect(new Shell(page).title("Audit log")).toBeVisible();
  await expect(async () => {
    await visit(page, "/audit");
    await expect(page.getByText(/^(All|The first [\d,]+) verified$/)).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  const batch = "Applied 2 changes to the access matrix";
  await expect(audit.row(batch)).toContainText("1 key, 2 workspaces");
  await expect(audit.row("Issued ci-deploy")).toContainText("Ada Lovelace");

  await audit.toggle(batch).click();
  await expect(audit.opened).toContainText("+ ci-deploy → prod-eu, prod-us");
  await expect(audit.opened).toContainText(/hash [0-9a-f]{4}….{4} follows/);
  await expect(page).toHaveURL(/open=event_/);
  await examine(page);
  await audit.toggle(batch).click();
  await expect(audit.opened).toHaveCount(0);

  await audit.row(batch).getByRole("button", { name: "Revert" }).click();
  await expect(new Shell(page).toast("Took back 2 changes")).toBeVisible();
  await expect(audit.row(batch)).toHaveCount(2);

  // Of one key, the events that are about it.
  await audit.choose("Action").selectOption("Workspace taken back");
  await expect(audit.row("Took prod-eu back from ci-deploy")).toBeVisible();
  await expect(page).toHaveURL(/action=grant.removed/);
  // What is typed is not lost to the answer before it.
  const answers = await hold(page, "**/_fn/audit.view*");
  await audit.choose("Action").selectOption("Any action");
  await expect.poll(answers.asked).toBe(1);
  await audit.search.fill(key.id.toLowerCase());
  answers.letGo();
  await expect(page).toHaveURL(/q=apikey_/);
  await expect(audit.search).toHaveValue(key.id.toLowerCase());
  await expect(audit.row("Issued ci-deploy")).toBeVisible();
  await expect(audit.row("Created prod-eu")).toHaveCount(0);
});

test("who was refused is seen, and what it lacked", async ({ keyrack, page }) => {
  await scene(page, keyrack);
  const reader = await issueKey(page, keyrack, "reader", [["permission.api_keys", "read"]]);
  await new Rest(keyrack, reader.token).get("/v1/account/audit_events");
  const audit = new AuditPage(page);
  await expect(async () => {
    await visit(page, "/audit");
    await expect(audit.refused).toHaveText(/1/, { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await audit.refused.click();
  const row = audit.row("Refused: lacks account:manage");
  await expect(row).toContainText("GET /v1/account/audit_events");
  await expect(page.locator("table.audit tbody tr")).toHaveCount(1);
  await examine(page);
  await audit.refused.click();
  await expect(audit.row("Issued ci-deploy")).toBeVisible();
});

test("what is new is told and moves nothing until it is asked for", async ({ keyrack, page }) => {
  const { rest } = await scene(page, keyrack);
  await visit(page, "/audit");
  const audit = new AuditPage(page);
  await expect(audit.live).toHaveAttribute("aria-pressed", "true");
  await expect(audit.news).toBeHidden();
  const row = audit.row("Issued ci-deploy");
  await expect(row).toBeVisible();
  const before = await row.boundingBox();
  await rest.post("/v1/account/workspaces", { metadata: { name: "stage-eu" } });
  await expect(audit.news).toHaveText("1 new");
  await rest.post("/v1/account/workspaces", { metadata: { name: "stage-us" } });
  await expect(audit.news).toHaveText("2 new");
  expect(await row.boundingBox()).toEqual(before);
  await expect(audit.row("Created stage-eu")).toHaveCount(0);
  await audit.news.click();
  await expect(audit.row("Created stage-us")).toBeVisible();
  await expect(audit.news).toBeHidden();
});

test("an export has every event, each with its hash", async ({ keyrack, page }) => {
  await scene(page, keyrack);
  await visit(page, "/audit");
  const audit = new AuditPage(page);
  const coming = page.waitForEvent("download");
  await audit.export.click();
  const file = await (await coming).path();
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n").map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ sequence: 1, action: "account.created" });
  expect(lines.at(-1)).toMatchObject({ sequence: lines.length, action: "audit.exported" });
  expect(lines[1].previousHash).toBe(lines[0].hash);
});

test("on a narrow screen", async ({ keyrack, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await scene(page, keyrack);
  await visit(page, "/audit");
  const audit = new AuditPage(page);
  await audit.toggle("Applied 2 changes").click();
  await expect(audit.opened).toContainText("prod-us");
  await examine(page);
  await expectReachable(audit.export, audit.search, audit.toggle("Issued ci-deploy"));
});

test.describe("without scripting", () => {
  test.use({ javaScriptEnabled: false });

  test("it is searched, opened and taken back", async ({ keyrack, page }) => {
    await scene(page, keyrack);
    await page.goto("/audit");
    const audit = new AuditPage(page);
    const batch = "Applied 2 changes to the access matrix";
    await audit.choose("Action").selectOption("Key issued");
    await page.getByRole("button", { name: "Show" }).click();
    await expect(audit.row("Issued ci-deploy")).toBeVisible();
    await expect(audit.row(batch)).toHaveCount(0);
    await page.goto("/audit");
    await audit.toggle(batch).click();
    await expect(audit.opened).toContainText("+ ci-deploy → prod-eu, prod-us");
    await examine(page);
    await audit.row(batch).getByRole("button", { name: "Revert" }).click();
    await expect(audit.row(batch)).toHaveCount(2);
  });
});

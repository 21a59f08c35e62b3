// Many keys changed together: chosen in the list, told before, done in one step, undone where it can be.

import type { Page } from "@playwright/test";
import { claim, issueKey, issueOverseer, makeWorkspace } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import { awake, examine, expect, expectReachable, hold, type Keyrack, test, visit } from "../harness/test.ts";
import { ChangePage } from "../pages/change.ts";
import { KeysPage } from "../pages/keys.ts";
import { Shell } from "../pages/shell.ts";

/** Four keys, the oldest first, and the sight of REST. */
async function scene(page: Page, keyrack: Keyrack) {
  await claim(page, keyrack);
  const tokens: Record<string, string> = {};
  for (const name of ["ci-deploy", "etl-nightly", "partner-acme", "webhooks"]) {
    tokens[name] = (await issueKey(page, keyrack, name)).token;
  }
  const whoami = (name: string) => new Rest(keyrack, tokens[name]!).whoami();
  return { whoami };
}

test("keys are chosen, disabled together and enabled again", async ({ keyrack, page }) => {
  const { whoami } = await scene(page, keyrack);
  await visit(page, "/keys");
  const keys = new KeysPage(page);
  const change = new ChangePage(page);
  await expect(keys.together).toBeHidden();
  await keys.pick("webhooks").click();
  await keys.pick("etl-nightly").click({ modifiers: ["Shift"] });
  await expect(keys.together).toContainText("3 keys selected");
  await examine(page);
  await keys.pick("partner-acme").click();
  await expect(keys.together).toContainText("2 keys selected");

  await keys.deed("Disable").click();
  await expect(change.dialog).toContainText("Will be changed: 2 keys");
  await expect(change.dialog).toContainText("etl-nightly");
  expect(await whoami("webhooks")).toBe(200);
  await examine(page);
  await change.reason.fill("the laptop was stolen");
  await change.dialog.getByRole("button", { name: "Disable 2 keys" }).click();
  await expect(new Shell(page).toast("2 keys are disabled.")).toBeVisible();
  await expect(page).toHaveURL(/\/keys$/);
  await expect(keys.together).toBeHidden();
  await expect(keys.row("webhooks")).toContainText("Disabled");
  expect(await whoami("webhooks")).toBe(401);
  expect(await whoami("partner-acme")).toBe(200);

  await new Shell(page).undo("2 keys are disabled.").click();
  await expect(keys.row("webhooks")).toContainText("Active");
  expect(await whoami("etl-nightly")).toBe(200);

  await page.goto("/audit");
  const row = page.getByRole("row").filter({ hasText: "Disabled 2 keys" });
  await expect(row).toContainText("reason: the laptop was stolen");
  await expect(row.getByRole("button", { name: "Revert" })).toHaveCount(0);
});

test("what cannot be is told and left out", async ({ keyrack, page }) => {
  const { whoami } = await scene(page, keyrack);
  await visit(page, "/keys");
  const keys = new KeysPage(page);
  const change = new ChangePage(page);
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  await expect(keys.together).toContainText("5 keys selected");
  await keys.deed("Revoke").click();
  await expect(change.dialog).toContainText("Cannot be, and is left out: 1 key");
  await expect(change.dialog).toContainText("The global account key cannot be deleted.");
  await change.dialog.getByRole("button", { name: "Revoke 4 keys for good" }).click();
  await expect(new Shell(page).toast("4 keys are revoked.")).toBeVisible();
  await expect(keys.rows).toHaveCount(1);
  expect(await whoami("ci-deploy")).toBe(401);
});

test("all that match are labelled, and a workspace is granted and taken back", async ({ keyrack, page }) => {
  await scene(page, keyrack);
  const eu = await makeWorkspace(page, keyrack, "prod-eu");
  const rest = new Rest(keyrack, (await issueOverseer(page, keyrack)).token);
  await visit(page, "/keys?q=e");
  const keys = new KeysPage(page);
  const change = new ChangePage(page);
  await keys.pick("ci-deploy").check();
  await keys.together.getByRole("button", { name: /^Select all 6 matching/ }).click();
  await expect(keys.together).toContainText("All 6 keys selected");
  await keys.deed("Label").click();
  await change.dialog.getByLabel("Add or change").fill("env=prod");
  await change.dialog.getByRole("button", { name: "Show what would happen" }).click();
  await expect(change.dialog).toContainText("Will be changed: 6 keys");
  await change.dialog.getByRole("button", { name: "Label 6 keys" }).click();
  await expect(new Shell(page).toast("6 keys are labelled.")).toBeVisible();
  await expect(page).toHaveURL(/\/keys\?q=e$/);
  const labelled = await rest.get("/v1/account/api_keys?labels=env%3Dprod");
  expect(labelled.body.items).toHaveLength(6);

  await keys.pick("webhooks").check();
  await keys.deed("Grant").click();
  await change.dialog.getByLabel("Workspace").selectOption("prod-eu");
  await change.dialog.getByRole("button", { name: "Show what would happen" }).click();
  await change.dialog.getByRole("button", { name: "Grant to 1 key" }).click();
  const reached = () => rest.get(`/v1/account/api_keys?query=webhooks&workspaceId=${eu.id}`);
  await expect(new Shell(page).toast("1 key reaches one more workspace.")).toBeVisible();
  expect((await reached()).body.items).toHaveLength(1);
  await new Shell(page).undo("1 key reaches one more workspace.").click();
  await expect(new Shell(page).toast("Undone.")).toBeVisible();
  expect((await reached()).body.items).toHaveLength(0);
});

test("with the keyboard alone, on a narrow screen", async ({ keyrack, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await scene(page, keyrack);
  await visit(page, "/keys");
  const keys = new KeysPage(page);
  await keys.pick("webhooks").focus();
  await page.keyboard.press("Space");
  await examine(page);
  await expectReachable(keys.deed("Revoke"), keys.deed("Disable"));
  await keys.deed("Disable").focus();
  await page.keyboard.press("Enter");
  const change = new ChangePage(page);
  await expect(change.dialog).toContainText("Will be changed: 1 key");
  await examine(page);
  await page.keyboard.press("Escape");
  await expect(change.dialog).toBeHidden();
  await expect(keys.together).toContainText("1 key selected");
});

test.describe("without scripting", () => {
  test.use({ javaScriptEnabled: false });

  test("boxes and buttons do the same", async ({ keyrack, page, troubles }) => {
    troubles.allow(/status of 400/);
    const { whoami } = await scene(page, keyrack);
    await page.goto("/keys?q=e");
    const keys = new KeysPage(page);
    const change = new ChangePage(page);
    await keys.pick("webhooks").check();
    await keys.pick("etl-nightly").check();
    await examine(page);
    await keys.deed("Disable").click();
    await expect(change.dialog).toContainText("Will be changed: 2 keys");
    await examine(page);
    await change.reason.fill("x".repeat(501));
    await change.dialog.getByRole("button", { name: "Disable 2 keys" }).click();
    await expect(change.dialog).toContainText("500");
    await change.reason.fill("a drill");
    await change.dialog.getByRole("button", { name: "Disable 2 keys" }).click();
    await expect(page).toHaveURL(/\/keys\?q=e$/);
    await expect(keys.row("webhooks")).toContainText("Disabled");
    expect(await whoami("etl-nightly")).toBe(401);
    expect(await whoami("ci-deploy")).toBe(200);

    await keys.together.getByRole("checkbox", { name: "All 5 matching" }).check();
    await keys.deed("Enable").click();
    await expect(change.dialog).toContainText("Is so already: 3 keys");
    await change.dialog.getByRole("button", { name: "Enable 2 keys" }).click();
    expect(await whoami("etl-nightly")).toBe(200);
  });
});

test("what was ticked before the page woke up is chosen", async ({ keyrack, page }) => {
  await scene(page, keyrack);
  const code = await hold(page, "**/*.wasm");
  await page.goto("/keys", { waitUntil: "commit" });
  const keys = new KeysPage(page);
  await keys.pick("webhooks").check();
  code.letGo();
  await awake(page);
  await expect(keys.together).toContainText("1 key selected");
});

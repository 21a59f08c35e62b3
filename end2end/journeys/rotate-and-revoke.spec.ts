// The end of a token, and the end of a key.

import { claim, issueKey, issueOverseer, makeWorkspace } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import { examine, expect, reload, test, visit } from "../harness/test.ts";
import { KeyPage } from "../pages/key.ts";
import { KeysPage } from "../pages/keys.ts";
import { Reveal } from "../pages/reveal.ts";
import { Shell } from "../pages/shell.ts";

test("rotated, the old token is refused and the new one works", async ({ keyrack, page }) => {
  await claim(page, keyrack);
  const { id, token: old } = await issueKey(page, keyrack, "billing-export");
  const key = new KeyPage(page);
  const reveal = new Reveal(page);
  await visit(page, `/keys/${id}`);
  await examine(page);

  await key.rotate.click();
  await expect(page).toHaveURL(`/keys/${id}/rotate`);
  await expect(key.rotateDialog).toContainText("stops working at once");
  await examine(page);
  await key.rotateDialog.getByRole("link", { name: "Cancel" }).click();
  await expect(key.rotateDialog).toBeHidden();
  expect(await new Rest(keyrack, old).whoami(), "nothing happened yet").toBe(200);

  await key.rotate.click();
  await key.grace("None");
  await key.rotateNow.click();
  const token = await reveal.token();
  expect(await new Rest(keyrack, old).whoami(), "the old token").toBe(401);
  expect(await new Rest(keyrack, token).whoami(), "the new token").toBe(200);
  await reveal.finish();
  await expect(page).toHaveURL(`/keys/${id}`);
  await expect(key.history.first()).toContainText("Rotated");
  await expect(key.details).toContainText(token.slice(-4));
});

test("disabled, enabled, revoked", async ({ keyrack, page, troubles }) => {
  test.slow();
  troubles.allow(/status of 400 .*keys\.revoke/);
  await claim(page, keyrack);
  const production = await makeWorkspace(page, keyrack, "production");
  const { id, token } = await issueKey(page, keyrack, "partner-acme", [
    ["initialWorkspaceIds", production.id],
  ]);
  const program = new Rest(keyrack, token);
  const key = new KeyPage(page);
  const shell = new Shell(page);
  await visit(page, `/keys/${id}`);

  await test.step("the question shows what stops working, and offers less first", async () => {
    await key.revoke.click();
    await expect(key.revokeDialog).toContainText("It reaches 1 workspace: production.");
    const buttons = key.revokeDialog.locator(".dialog-foot .btn");
    await expect(buttons).toHaveText(["Disable instead", "Revoke for good", "Cancel"]);
    await examine(page);
  });

  await test.step("disabled instead, its token is refused", async () => {
    await key.disableInstead.click();
    await key.disableDialog.getByRole("textbox", { name: "Reason" }).fill("Seen in a log");
    await examine(page);
    await key.disableNow.click();
    await expect(shell.toast("partner-acme is disabled.")).toBeVisible();
    await expect(page).toHaveURL(`/keys/${id}`);
    await expect(key.status).toHaveText("Disabled");
    await expect(page.locator(".page-header + .notice")).toHaveText(/^Disabled by .+, just now: Seen in a log$/);
    await expect(key.history.first()).toContainText("Disabled: Seen in a log");
    expect(await program.whoami()).toBe(401);
    await examine(page);
  });

  await test.step("enabled, it works again", async () => {
    await key.enable.click();
    await expect(key.status).toHaveText("Active");
    expect(await program.whoami()).toBe(200);
    await expect(key.history.first()).toContainText("Enabled");
    await shell.undo("partner-acme is enabled.").click();
    await expect(key.status).toHaveText("Disabled");
    expect(await program.whoami()).toBe(401);
    await key.enable.click();
    await expect(key.status).toHaveText("Active");
  });

  await test.step("revoked, it is refused and gone from the list", async () => {
    await key.revoke.click();
    await key.revokeDialog.getByRole("textbox", { name: "Reason" }).fill("The partner left");
    // It was used a moment ago, which the page may not know yet; the server does.
    await key.revokeForGood.click();
    await key.typedName.fill("partner-acm");
    await key.revokeForGood.click();
    await expect(key.typedName).toHaveAccessibleDescription(/as it is written above/);
    await expect(key.typedName).toBeFocused();
    await examine(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await examine(page);
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(await program.whoami(), "nothing happened yet").toBe(200);
    await key.typedName.fill("partner-acme");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL("/keys");
    await expect(shell.toast("partner-acme is revoked.")).toBeVisible();
    await expect(new KeysPage(page).row("partner-acme")).toBeHidden();
    expect(await program.whoami()).toBe(401);
    await examine(page);
  });

  await test.step("what is left of it tells who, when and why, and can be changed no more", async () => {
    await page.getByRole("link", { name: "Revoked keys" }).click();
    await expect(page).toHaveURL("/keys?show=revoked");
    await expect(shell.title("Revoked keys")).toBeVisible();
    const keys = new KeysPage(page);
    await expect(keys.row("partner-acme")).toContainText("Revoked");
    await keys.searchRevoked.fill("nothing such");
    await expect(page.getByRole("heading", { name: "No key matches" })).toBeVisible();
    await expect(page).toHaveURL("/keys?show=revoked&q=nothing%20such");
    await page.getByRole("link", { name: "Show all revoked keys" }).click();
    await expect(keys.row("partner-acme")).toBeVisible();
    await keys.searchRevoked.fill("ACME");
    await expect(page).toHaveURL("/keys?show=revoked&q=ACME");
    await expect(keys.rows).toHaveCount(1);
    await examine(page);
    await keys.link("partner-acme").click();
    await expect(page.locator(".page-header + .notice")).toContainText(/just now: The partner left/);
    await expect(key.history).toHaveText([
      /Revoked: The partner left/,
      /Enabled/,
      /Disabled/,
      /Enabled/,
      /Disabled: Seen in a log/,
      /Issued/,
    ]);
    await expect(page.locator(".page-header .actions").getByRole("link")).toHaveCount(0);
    await expect(page.getByRole("region", { name: "Workspaces it reached" })).toContainText(/production\s*not used/);
    await expect(async () => {
      await reload(page);
      await expect(key.usage).toContainText("last used", { timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await expect(key.usage).toContainText(/\d+ calls in the 30 days before it ended\./);
    await expect(key.usage.locator(".sources")).toContainText(token.slice(-4));
    await expect(page.locator("main").getByRole("button")).toHaveCount(0);
    await examine(page);
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      await examine(page);
    }
  });
});

test("an undo that fails is told as a failure", async ({ keyrack, page, troubles }) => {
  troubles.allow(/status of 404/);
  await claim(page, keyrack);
  const { id } = await issueKey(page, keyrack, "partner-acme");
  const rest = new Rest(keyrack, (await issueOverseer(page, keyrack)).token);
  const key = new KeyPage(page);
  const shell = new Shell(page);
  await visit(page, `/keys/${id}`);
  await key.disable.click();
  await key.disableNow.click();
  await expect(shell.toast("partner-acme is disabled.")).not.toHaveClass(/bad/);
  await rest.remove(`/v1/account/api_keys/${id}`);
  await shell.undo("partner-acme is disabled.").click();
  const failed = shell.toast(/^Not undone: /);
  await expect(failed).toHaveClass(/bad/);
  await expect(failed.locator("use").first()).toHaveAttribute("href", "#i-circle-alert");
  await examine(page);
  await expect(key.status).toHaveText("Revoked");
});

// The end of a token, and the end of a key.

import { claim, issueKey, makeWorkspace } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import { examine, expect, test, visit } from "../harness/test.ts";
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

test("disabled, enabled, revoked", async ({ keyrack, page }) => {
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
    await key.revokeForGood.click();
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
    await expect(new KeysPage(page).row("partner-acme")).toContainText("Revoked");
    await examine(page);
    await new KeysPage(page).link("partner-acme").click();
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
    await examine(page);
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      await examine(page);
    }
  });
});

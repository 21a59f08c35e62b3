// The whole job in a browser that runs no scripts.

import { ADA } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import { examine, expect, test } from "../harness/test.ts";
import { IssueDrawer } from "../pages/issue.ts";
import { KeyPage } from "../pages/key.ts";
import { KeysPage } from "../pages/keys.ts";
import { TOKEN } from "../pages/reveal.ts";
import { SetupPage } from "../pages/setup.ts";
import { Shell } from "../pages/shell.ts";
import { SignInPage } from "../pages/sign-in.ts";
import { WorkspacesPage } from "../pages/workspaces.ts";

test.use({ javaScriptEnabled: false });

test("setup, sign-in, workspace, issue, rotate, grant, revoke, sign-out", async ({
  keyrack,
  page,
  troubles,
}) => {
  test.slow();
  // Refused forms are answered with their status, and Chromium writes it down.
  troubles.allow(/status of 4\d\d/);
  const setup = new SetupPage(page);
  const signIn = new SignInPage(page);
  const shell = new Shell(page);
  const workspaces = new WorkspacesPage(page);
  const drawer = new IssueDrawer(page);
  const keys = new KeysPage(page);
  const key = new KeyPage(page);
  const reveal = page.getByRole("dialog", { name: / is ready$/ });
  const shown = reveal.locator("pre").first();

  await test.step("setup: a refusal loses nothing but the secrets", async () => {
    await page.goto("/");
    await setup.fill("AAAA-BBBB-CCCC", ADA);
    await setup.create.click();
    await expect(setup.problem).toBeVisible();
    await expect(setup.account).toHaveValue(ADA.account);
    await expect(setup.email).toHaveValue(ADA.email);
    await expect(setup.passphrase).toHaveValue("");
    expect(await page.content()).not.toContain(ADA.passphrase);
    await examine(page);
    await setup.fill(await keyrack.setupCode(), { ...ADA, passphrase: "too short" });
    await setup.create.click();
    await expect(setup.passphrase).toHaveAccessibleDescription(/15/);
    await setup.fill(await keyrack.setupCode(), ADA);
    await setup.create.click();
    await expect(page).toHaveURL("/welcome");
    await examine(page);
  });

  await test.step("sign-out and sign-in", async () => {
    await shell.account.click();
    await shell.signOut.click();
    await expect(page).toHaveURL("/sign-in");
    await page.goto("/workspaces/new");
    await signIn.signIn({ ...ADA, passphrase: "not the right passphrase" });
    await expect(signIn.problem).toBeVisible();
    await expect(signIn.email).toHaveValue(ADA.email);
    await examine(page);
    await signIn.signIn(ADA);
    await expect(page).toHaveURL("/workspaces/new");
  });

  await test.step("a workspace: a refused name, then a good one", async () => {
    await workspaces.labels.fill("env=prod");
    await workspaces.name.fill("   ");
    await workspaces.submit.click();
    await expect(workspaces.name).toHaveAttribute("aria-invalid", "true");
    await expect(workspaces.labels).toHaveValue("env=prod");
    await examine(page);
    await workspaces.name.fill("production");
    await workspaces.submit.click();
    await expect(page).toHaveURL("/workspaces");
    await expect(workspaces.link("production")).toBeVisible();
    await examine(page);
  });

  let first = "";
  await test.step("issue: the token is in the answer to the post, once", async () => {
    await keys.page.goto("/keys");
    await keys.issue.click();
    await drawer.name.fill("ci-deploy");
    await drawer.level("Tools", "manage").check({ force: true });
    await examine(page);
    await drawer.issue.click();
    await expect(shown).toHaveText(TOKEN);
    first = (await shown.textContent()) ?? "";
    await expect(reveal).toContainText(`KEYRACK_TOKEN=${first}`);
    await examine(page);
    expect(await new Rest(keyrack, first).whoami()).toBe(200);
    await page.goto(page.url());
    await expect(drawer.name, "the same address asked for anew is the empty form").toHaveValue("");
    expect(await page.content()).not.toContain(first);
  });

  await test.step("posted again by the way back and a reload, the old answer is not shown", async () => {
    await page.goBack();
    expect(await page.content()).not.toContain(first);
    await page.goto("/keys");
    await expect(keys.row("ci-deploy")).toHaveCount(1);
    expect(await page.content()).not.toContain(first);
    await examine(page);
  });

  let second = "";
  await test.step("rotate", async () => {
    await keys.link("ci-deploy").click();
    await key.rotate.click();
    await expect(key.rotateDialog).toBeVisible();
    await examine(page);
    await key.grace("None");
    await key.rotateNow.click();
    await expect(shown).toHaveText(TOKEN);
    second = (await shown.textContent()) ?? "";
    expect(second).not.toBe(first);
    expect(await new Rest(keyrack, first).whoami()).toBe(401);
    expect(await new Rest(keyrack, second).whoami()).toBe(200);
    await reveal.getByRole("link", { name: "Done" }).click();
    await expect(page).toHaveURL(/\/keys\/apikey_\w+$/);
    expect(await page.content()).not.toContain(second);
  });

  await test.step("grant and take back", async () => {
    const toggle = key.workspace("production");
    await expect(toggle).toHaveAttribute("aria-pressed", "false");
    await toggle.click();
    await expect(toggle).toHaveAttribute("aria-pressed", "true");
    await expect(key.history.first()).toContainText("Granted production");
    await toggle.click();
    await expect(toggle).toHaveAttribute("aria-pressed", "false");
    await examine(page);
  });

  await test.step("change its details, refused and not", async () => {
    await key.edit.click();
    const name = key.details.getByRole("textbox", { name: "Name" });
    const about = key.details.getByRole("textbox", { name: /^What it is for/ });
    await name.fill("   ");
    await about.fill("deploys </textarea><b>things");
    await key.details.getByRole("button", { name: "Save" }).click();
    await expect(name).toHaveAttribute("aria-invalid", "true");
    await expect(about).toHaveValue("deploys </textarea><b>things");
    await examine(page);
    await name.fill("ci-release");
    await key.details.getByRole("button", { name: "Save" }).click();
    await expect(shell.title("ci-release")).toBeVisible();
    await expect(page.locator(".page-header")).toContainText("deploys </textarea><b>things");
  });

  await test.step("rotate with grace, extend it and end it", async () => {
    await key.rotate.click();
    await key.grace("Other");
    await key.rotateDialog.getByRole("spinbutton", { name: "Hours", exact: true }).fill("0");
    await key.rotateNow.click();
    await expect(key.rotateDialog.locator(".grace")).toContainText("Give a whole number of hours");
    await examine(page);
    await key.grace("1 hour");
    await key.rotateNow.click();
    await expect(shown).toHaveText(TOKEN);
    const before = second;
    second = (await shown.textContent()) ?? "";
    await reveal.getByRole("link", { name: "Done" }).click();
    await expect(key.rotation).toContainText("Nobody has used the old token since the rotation.");
    await examine(page);
    await key.rotation.getByRole("link", { name: "Extend" }).click();
    await key.grace("7 days");
    await key.graceDialog.getByRole("button", { name: "Save" }).click();
    await expect(key.history.first()).toContainText("Changed the rotation: grace until");
    expect(await new Rest(keyrack, before).whoami()).toBe(200);
    await key.rotation.getByRole("button", { name: "End grace now" }).click();
    await expect(key.rotation).toHaveCount(0);
    expect(await new Rest(keyrack, before).whoami()).toBe(401);
    expect(await new Rest(keyrack, second).whoami()).toBe(200);
  });

  await test.step("disable, enable, revoke", async () => {
    await key.disable.click();
    await key.disableDialog.getByRole("textbox", { name: "Reason" }).fill("Seen in a log");
    await examine(page);
    await key.disableNow.click();
    await expect(page.locator(".page-header + .notice")).toContainText("Seen in a log");
    await expect(key.status).toHaveText("Disabled");
    expect(await new Rest(keyrack, second).whoami()).toBe(401);
    await key.enable.click();
    await expect(key.status).toHaveText("Active");
    await key.revoke.click();
    await expect(key.revokeDialog).toContainText("It reaches no workspace.");
    await examine(page);
    await key.revokeDialog.getByRole("textbox", { name: "Reason" }).fill("Not needed any more");
    await key.revokeForGood.click();
    await key.typedName.fill("ci-deploy");
    await key.revokeForGood.click();
    await expect(key.typedName).toHaveAttribute("aria-invalid", "true");
    await expect(key.typedName).toHaveValue("ci-deploy");
    await expect(key.revokeDialog.getByRole("textbox", { name: "Reason" })).toHaveValue("Not needed any more");
    await examine(page);
    await key.typedName.fill("ci-release");
    await key.revokeForGood.click();
    await expect(page).toHaveURL("/keys");
    await expect(keys.row("ci-release")).toBeHidden();
    expect(await new Rest(keyrack, second).whoami()).toBe(401);
    await page.getByRole("link", { name: "Revoked keys" }).click();
    await keys.searchRevoked.fill("release");
    await keys.searchRevoked.press("Enter");
    await expect(page).toHaveURL("/keys?show=revoked&q=release");
    await keys.link("ci-release").click();
    await expect(page.locator(".page-header + .notice")).toContainText("Not needed any more");
    await examine(page);
  });

  await test.step("sign-out", async () => {
    await shell.account.click();
    await shell.signOut.click();
    await expect(page).toHaveURL("/sign-in");
    await page.goto("/keys");
    await expect(page).toHaveURL(/\/sign-in/);
  });
});

test("a session that ends in the middle of a form brings it back after the sign-in", async ({
  keyrack,
  page,
}) => {
  const setup = new SetupPage(page);
  const drawer = new IssueDrawer(page);
  await page.goto("/setup");
  await setup.fill(await keyrack.setupCode(), ADA);
  await setup.create.click();
  await page.goto("/keys/new");
  await drawer.name.fill("half-written");
  await drawer.description.fill("for the night shift");
  await drawer.level("Tools", "manage").check({ force: true });
  await page.context().clearCookies();
  await drawer.issue.click();
  await new SignInPage(page).signIn(ADA);
  await expect(page).toHaveURL(/\/keys\/new\?/);
  await expect(drawer.name).toHaveValue("half-written");
  await expect(drawer.description).toHaveValue("for the night shift");
  await expect(drawer.level("Tools", "manage")).toBeChecked();
});

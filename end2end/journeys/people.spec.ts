// People come by invitation, are given roles, kept out, and go.

import type { Page } from "@playwright/test";
import { ADA, claim, issueKey, makeWorkspace } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import { awake, examine, expect, test, visit } from "../harness/test.ts";
import { KeyPage } from "../pages/key.ts";
import { JoinPage, PeoplePage } from "../pages/people.ts";
import { Shell } from "../pages/shell.ts";
import { SignInPage } from "../pages/sign-in.ts";

const BEN = { account: ADA.account, name: "Ben Okri", email: "ben@engines.example", passphrase: "seven owls over the mill" };

/** The link that is on the screen, as a path of this site. */
async function linkOf(page: Page): Promise<string> {
  const text = (await new PeoplePage(page).link.textContent()) ?? "";
  expect(text).toMatch(/\/join\/[0-9a-f]{32}$/);
  return new URL(text).pathname;
}

test("an invitation is handed over, and lets one person in, once", async ({ keyrack, page, open, troubles }) => {
  test.slow();
  troubles.allow(/status of 40[04]/);
  await claim(page, keyrack);
  await makeWorkspace(page, keyrack, "production");
  const people = new PeoplePage(page);
  const shell = new Shell(page);
  await visit(page, "/keys");
  await shell.place("People").click();
  await expect(people.row(ADA.name)).toContainText("Owner");
  await examine(page);

  await people.invite.click();
  await expect(people.dialog).toBeVisible();
  await examine(page);
  await people.email.fill("not an address");
  await people.dialog.evaluate((dialog) => dialog.querySelector("form")?.setAttribute("novalidate", ""));
  await people.makeLink.click();
  await expect(people.email).toHaveAttribute("aria-invalid", "true");
  await people.email.fill(BEN.email);
  await people.dialog.getByText("production").click();
  await people.makeLink.click();
  await expect(people.link).toBeVisible();
  await examine(page);
  const link = await linkOf(page);
  await people.done.click();
  await awake(page);
  await expect(people.status).toHaveText("Invited");
  await examine(page);
  expect(await page.content(), "it is shown once").not.toContain(link);
  await visit(page, "/people");
  expect(await page.content()).not.toContain(link);
  await expect(people.row("ben")).toContainText("Invited");

  const other = await (await open()).newPage();
  const join = new JoinPage(other);
  await test.step("the link opens for somebody who is not signed in", async () => {
    await visit(other, link);
    await expect(join.heading).toHaveText(`Join ${ADA.account}`);
    await examine(other);
    await join.name.fill(BEN.name);
    await join.passphrase.fill("too short");
    await join.join.click();
    await expect(join.passphrase).toHaveAccessibleDescription(/15/);
    await join.passphrase.fill(BEN.passphrase);
    await join.join.click();
    await expect(other).toHaveURL("/keys");
    // A member sees no people and no log.
    await expect(new Shell(other).place("People")).toBeHidden();
  });

  await test.step("and nobody comes by it again", async () => {
    const late = await (await open()).newPage();
    expect((await late.goto(link))?.status()).toBe(404);
    await expect(late.getByRole("heading")).toHaveText("This link leads nowhere");
    await awake(late);
    await examine(late);
  });

  await test.step("who came is told by name", async () => {
    await visit(page, "/people");
    await expect(people.row(BEN.name)).toContainText("Active");
    await people.row(BEN.name).getByRole("link").click();
    await expect(shell.title(BEN.name)).toBeVisible();
    await expect(page.getByRole("link", { name: "production" })).toBeVisible();
    await examine(page);
  });

  await test.step("a member who becomes an admin sees the people", async () => {
    await people.choice("Admin").check({ force: true });
    await page.getByRole("button", { name: "Change role" }).click();
    await expect(shell.toast(/role of Ben Okri/)).toBeVisible();
    await visit(other, "/people");
    await expect(new PeoplePage(other).row(ADA.name)).toBeVisible();
    await new PeoplePage(other).row(ADA.name).getByRole("link").click();
    await expect(other.getByText("Only an owner")).toBeVisible();
    await examine(other);
  });
});

/** Lets Ben in, signed in on a page of his own. */
async function withBen(page: Page, other: Page, role: string): Promise<string> {
  const people = new PeoplePage(page);
  await visit(page, "/people/new");
  await people.email.fill(BEN.email);
  await people.choice(role).check({ force: true });
  await people.makeLink.click();
  const link = await linkOf(page);
  await people.done.click();
  const join = new JoinPage(other);
  await visit(other, link);
  await join.name.fill(BEN.name);
  await join.passphrase.fill(BEN.passphrase);
  await join.join.click();
  await expect(other).toHaveURL("/keys");
  await awake(page);
  return new URL(page.url()).pathname;
}

test("who is disabled is out at once, their keys go on, and go to an heir", async ({ keyrack, page, open, troubles }) => {
  test.slow();
  troubles.allow(/status of 40\d/);
  await claim(page, keyrack);
  const other = await (await open()).newPage();
  const bens = await withBen(page, other, "Admin");
  const people = new PeoplePage(page);
  const shell = new Shell(page);
  const key = await issueKey(other, keyrack, "bens-night-job");
  const works = () => new Rest(keyrack, key.token).whoami();

  await test.step("disabled", async () => {
    await visit(page, bens);
    await expect(page.getByRole("link", { name: key.name })).toBeVisible();
    await people.disable.click();
    await expect(people.status).toHaveText("Disabled");
    await expect(page.getByText("They go on working while their owner is disabled.")).toBeVisible();
    await examine(page);
    await other.goto("/keys");
    await expect(other).toHaveURL(/\/sign-in/);
    expect(await works()).toBe(200);
    await visit(page, `/keys/${key.id}`);
    await expect(new KeyPage(page).details).toContainText("disabled");
  });

  await test.step("enabled, they sign in again", async () => {
    await visit(page, bens);
    await people.enable.click();
    await expect(people.status).toHaveText("Active");
    await new SignInPage(other).signIn(BEN);
    await expect(other).toHaveURL("/keys");
  });

  await test.step("removed, with their key handed over", async () => {
    await visit(page, bens);
    await people.remove.click();
    await expect(people.removeDialog).toBeVisible();
    await examine(page);
    const remove = people.removeDialog.getByRole("button", { name: "Remove" });
    await remove.click();
    await expect(people.removeDialog.getByRole("alert")).toBeVisible();
    await people.removeDialog.getByLabel("Who takes them over").selectOption({ label: ADA.name });
    await remove.click();
    await expect(page).toHaveURL("/people");
    await expect(people.row(BEN.name)).toBeHidden();
    expect(await works()).toBe(200);
    await visit(page, `/keys/${key.id}`);
    await expect(new KeyPage(page).details).toContainText(ADA.name);
    await expect(new KeyPage(page).history.first()).toContainText("Transferred from Ben Okri to Ada Lovelace");
    await other.goto("/keys");
    await new SignInPage(other).signIn(BEN);
    await expect(new SignInPage(other).problem).toBeVisible();
  });

  await test.step("the log tells all of it", async () => {
    await visit(page, "/audit");
    for (const told of ["Removed Ben Okri", "Transferred bens-night-job", "Enabled Ben Okri", "Came by invitation"]) {
      await expect(page.getByRole("row").filter({ hasText: told }).first()).toBeVisible();
    }
    await expect(shell.title("Audit log")).toBeVisible();
  });
});

test("sessions are seen and ended, and a passphrase changed", async ({ keyrack, page, open, troubles }) => {
  test.slow();
  troubles.allow(/status of 40\d/);
  await claim(page, keyrack);
  const other = await (await open()).newPage();
  await other.goto("/sign-in");
  await new SignInPage(other).signIn(ADA);
  await expect(other).toHaveURL("/keys");
  const sessions = page.locator(".sessions li");
  const current = page.getByLabel("Present passphrase");
  const next = page.getByLabel(/^New passphrase/);
  const change = page.getByRole("button", { name: "Change passphrase" });
  const shell = new Shell(page);

  await visit(page, "/keys");
  await shell.account.click();
  await page.getByRole("link", { name: "Your account" }).click();
  await expect(sessions).toHaveCount(2);
  await expect(sessions.filter({ hasText: "this one" })).toHaveCount(1);
  await examine(page);
  await sessions.getByRole("button", { name: /^End the session/ }).click();
  await expect(sessions).toHaveCount(1);
  await other.goto("/keys");
  await expect(other).toHaveURL(/\/sign-in/);

  await test.step("a new passphrase needs the present one, and signs out everywhere else", async () => {
    await new SignInPage(other).signIn(ADA);
    await expect(other).toHaveURL("/keys");
    await current.fill("not the present passphrase");
    await next.fill("clockwork and punched cards");
    await change.click();
    await expect(current).toHaveAttribute("aria-invalid", "true");
    await examine(page);
    await current.fill(ADA.passphrase);
    await change.click();
    await expect(shell.toast(/passphrase is changed/)).toBeVisible();
    await expect(current).toHaveValue("");
    await expect(sessions).toHaveCount(1);
    await other.goto("/keys");
    await new SignInPage(other).signIn(ADA);
    await expect(new SignInPage(other).problem).toBeVisible();
    await new SignInPage(other).signIn({ ...ADA, passphrase: "clockwork and punched cards" });
    await expect(other).toHaveURL("/keys");
  });
});

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";
  test(`who is in two accounts says which at the sign-in, ${how} scripting`, async ({ keyrack, page, open }) => {
    await claim(page, keyrack);
    await keyrack.stop();
    const words = ["account", "create", "--account", "Compilers United", "--email", ADA.email];
    await keyrack.command([...words, "--name", ADA.name, "--password-stdin"], ADA.passphrase);
    await keyrack.serve();
    const other = await (await open({ javaScriptEnabled })).newPage();
    const signIn = new SignInPage(other);
    const which = other.getByLabel("Account");
    await other.goto("/sign-in");
    if (javaScriptEnabled) await awake(other);
    await signIn.signIn(ADA);
    await expect(which).toBeVisible();
    await examine(other);
    await which.selectOption({ label: "Compilers United" });
    await signIn.signIn(ADA);
    await expect(other).toHaveURL("/keys");
    await expect(other.locator("details.account")).toContainText("Compilers United");
  });
}

test("a workspace tells who and what reaches it, and how", async ({ keyrack, page }) => {
  test.slow();
  await claim(page, keyrack);
  const place = await makeWorkspace(page, keyrack, "production");
  await makeWorkspace(page, keyrack, "staging");
  await issueKey(page, keyrack, "ci-deploy", [["initialWorkspaceIds", place.id]]);
  const shell = new Shell(page);
  const people = page.getByRole("region", { name: "People who reach it" });
  const keys = page.getByRole("region", { name: "Keys that reach it" });
  await visit(page, `/workspaces/${place.id}`);
  await expect(people.getByRole("listitem")).toHaveText([/Ada Lovelace.*by role: Owner/]);
  await expect(keys.getByRole("listitem")).toHaveText([/ci-deploy.*granted/, /global.*reaches all/]);
  await people.getByLabel("Add somebody by their address").fill(BEN.email);
  await people.getByRole("button", { name: "Add", exact: true }).click();
  await expect(people.getByRole("listitem").filter({ hasText: "ben" })).toContainText("belongs to it");
  await examine(page);
  await page.getByText("Which keys lose it").click();
  await expect(page.getByRole("region", { name: "Archive" }).getByRole("link", { name: "ci-deploy" })).toBeVisible();
  await people.getByRole("button", { name: "Remove ben" }).click();
  await expect(shell.toast(/belongs to it no more/)).toBeVisible();
  await expect(people.getByRole("listitem")).toHaveCount(1);
});

test.describe("without scripting", () => {
  test.use({ javaScriptEnabled: false });

  test("invite, join, change, end sessions, remove", async ({ keyrack, page, open, troubles }) => {
    test.slow();
    troubles.allow(/status of 40\d/);
    await claim(page, keyrack);
    const people = new PeoplePage(page);
    const other = await (await open({ javaScriptEnabled: false })).newPage();
    const join = new JoinPage(other);
    await page.goto("/people/new");
    await people.email.fill(BEN.email);
    await people.makeLink.click();
    const first = await linkOf(page);
    await examine(page);
    await people.done.click();
    await people.newLink.click();
    const link = await linkOf(page);
    await people.done.click();
    expect((await other.goto(first))?.status(), "a newer link ends it").toBe(404);
    await other.goto(link);
    await join.name.fill(BEN.name);
    await join.passphrase.fill("too short");
    await join.join.click();
    await expect(join.name).toHaveValue(BEN.name);
    await expect(join.passphrase).toHaveAccessibleDescription(/15/);
    await examine(other);
    await join.passphrase.fill(BEN.passphrase);
    await join.join.click();
    await expect(other).toHaveURL("/keys");

    await page.reload();
    await expect(people.status).toHaveText("Active");
    await people.choice("Admin").check({ force: true });
    await page.getByRole("button", { name: "Change role" }).click();
    await expect(page.locator(".page-header")).toContainText("Admin");
    await page.locator(".sessions").getByRole("button", { name: /^End the session/ }).click();
    await expect(page.getByText("Not signed in anywhere.")).toBeVisible();
    await people.disable.click();
    await expect(people.status).toHaveText("Disabled");
    await people.remove.click();
    await examine(page);
    await people.removeDialog.getByRole("button", { name: "Remove" }).click();
    await expect(page).toHaveURL("/people");
    await expect(people.row(BEN.name)).toBeHidden();

    await page.goto("/account");
    await page.getByLabel("Present passphrase").fill("not the present passphrase");
    await page.getByLabel(/^New passphrase/).fill("clockwork and punched cards");
    await page.getByRole("button", { name: "Change passphrase" }).click();
    await expect(page.getByLabel("Present passphrase")).toHaveAttribute("aria-invalid", "true");
    expect(await page.content()).not.toContain("clockwork");
    await examine(page);
    await page.getByLabel("Present passphrase").fill(ADA.passphrase);
    await page.getByLabel(/^New passphrase/).fill("clockwork and punched cards");
    await page.getByRole("button", { name: "Change passphrase" }).click();
    await expect(page).toHaveURL("/account");
  });
});

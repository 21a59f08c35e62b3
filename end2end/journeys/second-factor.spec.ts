// A second factor: turned on, asked for at the sign-in and before what a stolen session must not do, lost,
// and asked of others. That a session's code is over after ten minutes is a matter of the clock, which the
// tests of the server hold.

import type { Page } from "@playwright/test";
import type { Authenticator } from "../harness/codes.ts";
import { ADA, claim, issueKey, makeWorkspace, signIn } from "../harness/people.ts";
import { Answers, kept, writtenIn } from "../harness/secrets.ts";
import { awake, examine, expect, reload, test, visit } from "../harness/test.ts";
import { AuditPage } from "../pages/audit.ts";
import { codeIn, FactorSection } from "../pages/factor.ts";
import { IssueDrawer } from "../pages/issue.ts";
import { JoinPage, PeoplePage } from "../pages/people.ts";
import { Reveal } from "../pages/reveal.ts";
import { SettingsPage } from "../pages/settings.ts";
import { Shell } from "../pages/shell.ts";
import { SignInPage } from "../pages/sign-in.ts";

const BEN = { account: ADA.account, name: "Ben Okri", email: "ben@engines.example", passphrase: "seven owls over the mill" };

/** Turns it on, on the page of one's account; `look` is called at each state on the way. */
async function turnOn(page: Page, passphrase: string, look = async () => {}): Promise<[Authenticator, string[]]> {
  const factor = new FactorSection(page);
  await factor.passphrase.fill(passphrase);
  await factor.setUp.click();
  await expect(factor.picture).toBeVisible();
  await look();
  const authenticator = await factor.authenticator();
  await factor.code.fill(await authenticator.code());
  await factor.turnOn.click();
  await expect(factor.codes).toBeVisible();
  await look();
  const codes = await factor.recoveryCodes();
  await factor.kept.click();
  return [authenticator, codes];
}

test("it is set up once, asked for at the sign-in, and each code is good once", async ({ keyrack, page, open, troubles }) => {
  test.slow();
  troubles.allow(/status of 40[01]/);
  await claim(page, keyrack);
  await visit(page, "/account");
  const factor = new FactorSection(page);
  await expect(factor.status).toHaveText("Off");
  await examine(page);
  await factor.passphrase.fill("not the passphrase");
  await factor.setUp.click();
  await expect(factor.passphrase).toHaveAttribute("aria-invalid", "true");
  const answers = new Answers(page.context());
  await factor.passphrase.fill(ADA.passphrase);
  await factor.setUp.click();
  await expect(factor.picture).toBeVisible();
  await examine(page);
  const secret = ((await factor.secret.textContent()) ?? "").replace(/ /g, "");
  const authenticator = await factor.authenticator();
  await factor.code.fill("000000");
  await factor.turnOn.click();
  await expect(factor.code).toHaveAttribute("aria-invalid", "true");
  await expect(factor.picture, "what was typed wrong takes nothing away").toBeVisible();
  await examine(page);
  await factor.code.fill(await authenticator.code());
  await factor.turnOn.click();
  await expect(factor.codes).toBeVisible();
  await examine(page);
  const codes = await factor.recoveryCodes();
  await factor.kept.click();
  await awake(page);
  await expect(factor.status).toHaveText("On");
  await expect(factor.section).toContainText("10 not used");
  await examine(page);

  const other = await (await open()).newPage();
  const signIn = new SignInPage(other);
  const code = codeIn(other);
  await test.step("the sign-in asks for a code as well", async () => {
    await visit(other, "/sign-in");
    await signIn.signIn(ADA);
    await expect(code).toBeFocused();
    await expect(signIn.passphrase).toHaveValue(ADA.passphrase);
    await examine(other);
    await code.fill("000000");
    await signIn.button.click();
    await expect(code).toHaveAttribute("aria-invalid", "true");
    await examine(other);
    await code.fill(await authenticator.code());
    await signIn.button.click();
    await expect(other).toHaveURL("/keys");
  });

  await test.step("a recovery code stands in, once", async () => {
    const late = await (await open()).newPage();
    await visit(late, "/sign-in");
    const lateSignIn = new SignInPage(late);
    const first = codes[0] ?? "";
    await lateSignIn.signIn(ADA);
    await codeIn(late).fill(first.toLowerCase());
    await lateSignIn.button.click();
    await expect(late).toHaveURL("/keys");
    await visit(late, "/account");
    await expect(new FactorSection(late).section).toContainText("9 not used");
    const again = await (await open()).newPage();
    await visit(again, "/sign-in");
    await new SignInPage(again).signIn(ADA);
    await codeIn(again).fill(first);
    await new SignInPage(again).button.click();
    await expect(codeIn(again)).toHaveAttribute("aria-invalid", "true");
  });

  await test.step("the secret and the codes are in the answers that showed them, and nowhere else", async () => {
    // Last one that listens to nothing: an answer that goes on is never whole.
    for (const path of ["/people", "/audit", "/keys", "/account"]) {
      await visit(page, path);
      const places = Object.entries(await kept(page));
      const holding = (hidden: string) => places.filter(([, content]) => content.includes(hidden));
      for (const hidden of [secret, ...codes]) expect(holding(hidden).map(([place]) => place), path).toEqual([]);
    }
    expect(await answers.holding(secret)).toEqual(["/_fn/factor.begin"]);
    for (const one of codes) expect(await answers.holding(one)).toEqual(["/_fn/factor.on"]);
    for (const hidden of [secret, ...codes.slice(0, 2)]) expect(await writtenIn(keyrack, hidden)).toEqual([]);
    await visit(page, "/audit");
    for (const told of ["Turned their second factor on", "Used a recovery code", "Refused to sign in: wrong code"]) {
      await expect(page.getByRole("row").filter({ hasText: told }).first()).toBeVisible();
      await reload(page);
    }
  });

  await test.step("new codes, and off again", async () => {
    await visit(page, "/account");
    await factor.section.getByText("Make new recovery codes").click();
    await examine(page);
    await factor.section.locator("#factor-codes-code").fill(codes[2] ?? "");
    await factor.section.getByRole("button", { name: "Make new codes" }).click();
    await expect(factor.codes).toBeVisible();
    const next = await factor.recoveryCodes();
    expect(next).not.toContain(codes[1]);
    await factor.kept.click();
    await awake(page);
    await expect(factor.section).toContainText("10 not used");
    await factor.section.getByText("Turn it off").click();
    await factor.section.locator("#factor-off-code").fill(next[0] ?? "");
    await factor.section.getByRole("button", { name: "Turn off" }).click();
    await expect(factor.status).toHaveText("Off");
  });
});

test("a session that gave no code lately is asked for one where it matters, and loses nothing", async ({
  keyrack,
  page,
  open,
  troubles,
}) => {
  test.slow();
  troubles.allow(/status of 40[013]/);
  await claim(page, keyrack);
  // Signed in before there was a second factor, so this session never gave a code.
  const other = await (await open()).newPage();
  await signIn(other, keyrack, ADA);
  const drawer = new IssueDrawer(other);
  const reveal = new Reveal(other);
  const code = codeIn(drawer.drawer);
  await visit(other, "/keys/new");
  await drawer.name.fill("night-job");
  await drawer.level("Tools", "read").check({ force: true });
  await expect(code).toBeHidden();
  const before = await open();
  await signIn(await before.newPage(), keyrack, ADA);
  await visit(page, "/account");
  const [authenticator, codes] = await turnOn(page, ADA.passphrase);

  await test.step("a form that was open asks when it is sent", async () => {
    await drawer.issue.click();
    await expect(code).toBeVisible();
    await expect(code).toBeFocused();
    await expect(drawer.name).toHaveValue("night-job");
    await expect(drawer.level("Tools", "read")).toBeChecked();
    await examine(other);
    await code.fill("000000");
    await other.keyboard.press("Enter");
    await expect(code).toHaveAttribute("aria-invalid", "true");
    await expect(drawer.name).toHaveValue("night-job");
    await examine(other);
    await code.fill(await authenticator.code());
    await other.keyboard.press("Enter");
    await expect(reveal.dialog).toBeVisible();
    await reveal.stored.check();
    await reveal.done.click();
    await expect(reveal.dialog).toBeHidden();
  });

  await test.step("what was given is good for a while", async () => {
    await visit(other, "/keys/new");
    await expect(drawer.name).toBeVisible();
    await expect(code).toBeHidden();
    await drawer.name.fill("day-job");
    await drawer.issue.click();
    await expect(reveal.dialog).toBeVisible();
  });

  await test.step("a page that comes later asks from the start, and a file is behind a page of its own", async () => {
    const late = await before.newPage();
    await visit(late, "/audit?q=night-job&period=all");
    await late.getByRole("link", { name: "Export JSONL" }).click();
    await expect(late).toHaveURL(/^[^?]*\/confirm\?next=/);
    await expect(codeIn(late)).toBeFocused();
    await examine(late);
    await codeIn(late).fill(codes[0] ?? "");
    await late.keyboard.press("Enter");
    await expect(late).toHaveURL(/\/audit\?(?=.*q=night-job)(?=.*period=all)/);
    const download = late.waitForEvent("download");
    await new AuditPage(late).export.click();
    expect((await download).suggestedFilename()).toMatch(/\.jsonl$/);
  });
});

test("somebody else's is marked, and removed when it is lost", async ({ keyrack, page, open, troubles }) => {
  test.slow();
  troubles.allow(/status of 40\d/);
  await claim(page, keyrack);
  const people = new PeoplePage(page);
  await visit(page, "/people/new");
  await people.email.fill(BEN.email);
  await people.choice("Admin").check({ force: true });
  await people.makeLink.click();
  const link = new URL((await people.link.textContent()) ?? "").pathname;
  await people.done.click();
  await awake(page);
  const bens = new URL(page.url()).pathname;
  const other = await (await open()).newPage();
  const join = new JoinPage(other);
  await visit(other, link);
  await join.name.fill(BEN.name);
  await join.passphrase.fill(BEN.passphrase);
  await join.join.click();
  await expect(other).toHaveURL("/keys");
  await visit(other, "/account");
  await turnOn(other, BEN.passphrase);
  await awake(other);

  await visit(page, "/people");
  await expect(people.row(BEN.name)).toContainText("has a second factor");
  await expect(people.row(ADA.name)).not.toContainText("has a second factor");
  await examine(page);
  await visit(page, bens);
  await examine(page);
  await page.getByRole("button", { name: "Remove second factor" }).click();
  await expect(new Shell(page).toast(/passphrase alone/)).toBeVisible();
  const again = await (await open()).newPage();
  await visit(again, "/sign-in");
  await new SignInPage(again).signIn(BEN);
  await expect(again).toHaveURL("/keys");

  await test.step("or by the operator", async () => {
    await visit(again, "/account");
    await turnOn(again, BEN.passphrase);
    for (const one of [page, other, again]) await one.goto("about:blank");
    await keyrack.stop();
    await keyrack.command(["person", "remove-factor", "--email", BEN.email]);
    await keyrack.serve();
    await visit(again, "/sign-in");
    await new SignInPage(again).signIn(BEN);
    await expect(again).toHaveURL("/keys");
  });
});

test("asked of all, who has none is led to turn it on, and then goes on", async ({ keyrack, page, open, troubles }) => {
  test.slow();
  troubles.allow(/status of 40\d/);
  await claim(page, keyrack);
  await makeWorkspace(page, keyrack, "production");
  const settings = new SettingsPage(page);
  await visit(page, "/settings");
  await settings.required.check();
  await settings.savePeople.click();
  await expect(settings.people).toContainText("Turn your own second factor on first");
  await examine(page);

  await visit(page, "/people/new");
  const people = new PeoplePage(page);
  await people.email.fill(BEN.email);
  await people.choice("Admin").check({ force: true });
  await people.makeLink.click();
  const link = new URL((await people.link.textContent()) ?? "").pathname;
  await visit(page, "/account");
  await turnOn(page, ADA.passphrase);
  await awake(page);
  await visit(page, "/settings");
  await settings.required.check();
  await settings.savePeople.click();
  await expect(new Shell(page).toast(/settings are saved/)).toBeVisible();
  await examine(page);

  const other = await (await open({ viewport: { width: 390, height: 844 } })).newPage();
  const join = new JoinPage(other);
  await visit(other, link);
  await join.name.fill(BEN.name);
  await join.passphrase.fill(BEN.passphrase);
  await join.join.click();
  await expect(other).toHaveURL("/account");
  await expect(other.locator("main")).toContainText("asks owners and admins for a second factor");
  await awake(other);
  await examine(other);
  await other.goto("/keys");
  await expect(other).toHaveURL("/account");
  await awake(other);
  await turnOn(other, BEN.passphrase, () => examine(other));
  await expect(other).toHaveURL("/keys");
  await awake(other);
  const key = await issueKey(other, keyrack, "night-job");
  expect(key.token).toMatch(/^kr_/);
  await visit(other, "/people");
  await expect(new PeoplePage(other).row(ADA.name)).toBeVisible();
});

test("what members hold is chosen like the permissions of a key", async ({ keyrack, page }) => {
  await claim(page, keyrack);
  const settings = new SettingsPage(page);
  await visit(page, "/settings");
  await expect(settings.level("Tools", "manage")).toBeChecked();
  await settings.level("Tools", "read").check({ force: true });
  await settings.savePeople.click();
  await expect(new Shell(page).toast(/settings are saved/)).toBeVisible();
  await reload(page);
  await expect(settings.level("Tools", "read")).toBeChecked();
  await expect(settings.level("Workspaces", "manage")).toBeDisabled();
});

test.describe("without scripting", () => {
  test.use({ javaScriptEnabled: false });

  test("set up, turned on, asked for, new codes, off", async ({ keyrack, page, open, troubles }) => {
    test.slow();
    troubles.allow(/status of 400/);
    await claim(page, keyrack);
    const factor = new FactorSection(page);
    await page.goto("/account");
    await factor.passphrase.fill("not the passphrase");
    await factor.setUp.click();
    await expect(factor.passphrase).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("Present passphrase")).not.toHaveAttribute("aria-invalid", "true");
    await factor.passphrase.fill(ADA.passphrase);
    await factor.setUp.click();
    await expect(factor.picture).toBeVisible();
    await examine(page);
    const authenticator = await factor.authenticator();
    await factor.code.fill("000000");
    await factor.turnOn.click();
    await expect(factor.code).toHaveAttribute("aria-invalid", "true");
    await expect(factor.secret, "it was shown once").toBeHidden();
    await examine(page);
    await factor.code.fill(await authenticator.code());
    await factor.turnOn.click();
    const codes = await factor.recoveryCodes();
    await examine(page);
    await factor.kept.click();
    await expect(factor.status).toHaveText("On");
    await examine(page);

    const other = await (await open({ javaScriptEnabled: false })).newPage();
    const signIn = new SignInPage(other);
    await other.goto("/sign-in?next=/workspaces");
    await signIn.signIn(ADA);
    await expect(codeIn(other)).toBeVisible();
    await expect(signIn.email).toHaveValue(ADA.email);
    expect(await other.content()).not.toContain(ADA.passphrase);
    await examine(other);
    await signIn.passphrase.fill(ADA.passphrase);
    await codeIn(other).fill("000000");
    await signIn.button.click();
    await expect(codeIn(other)).toHaveAttribute("aria-invalid", "true");
    await signIn.passphrase.fill(ADA.passphrase);
    await codeIn(other).fill(codes[0] ?? "");
    await signIn.button.click();
    await expect(other).toHaveURL("/workspaces");

    await page.goto("/account");
    await expect(factor.section).toContainText("9 not used");
    await factor.section.getByText("Turn it off").click();
    await factor.section.locator("#factor-off-code").fill("000000");
    await factor.section.getByRole("button", { name: "Turn off" }).click();
    await expect(factor.section.locator("#factor-off-code")).toHaveAttribute("aria-invalid", "true");
    await factor.section.locator("#factor-off-code").fill(await authenticator.code());
    await factor.section.getByRole("button", { name: "Turn off" }).click();
    await expect(factor.status).toHaveText("Off");
  });
});

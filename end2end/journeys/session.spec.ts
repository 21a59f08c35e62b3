// The end of a session, wanted and unwanted.

import { ADA, claim, makeWorkspace } from "../harness/people.ts";
import { awake, examine, expect, test, visit } from "../harness/test.ts";
import { IssueDrawer } from "../pages/issue.ts";
import { KeysPage } from "../pages/keys.ts";
import { Reveal } from "../pages/reveal.ts";
import { Shell } from "../pages/shell.ts";
import { SignInPage } from "../pages/sign-in.ts";

test("sign-out ends the session here and on the server", async ({ keyrack, page, troubles }) => {
  troubles.allow(/status of 4\d\d .*session\.sign_in/);
  await claim(page, keyrack);
  const shell = new Shell(page);
  const signIn = new SignInPage(page);
  await visit(page, "/keys");
  const old = await page.context().cookies();

  await shell.account.click();
  await examine(page);
  await shell.signOut.click();
  await awake(page);
  await expect(page).toHaveURL("/sign-in");
  await examine(page);

  await test.step("the way back shows nothing of it", async () => {
    await page.goBack();
    await expect(page).toHaveURL(/\/sign-in/);
    await expect(signIn.heading).toBeVisible();
  });

  await test.step("the old cookie is worth nothing", async () => {
    await page.context().addCookies(old.filter((cookie) => cookie.name === "keyrack"));
    await visit(page, "/keys");
    await expect(page).toHaveURL(/\/sign-in\?next=/);
  });

  await test.step("a wrong passphrase and an unknown person get the same answer", async () => {
    await signIn.signIn({ ...ADA, passphrase: "not the right passphrase" });
    const refusal = await signIn.problem.textContent();
    await expect(signIn.email).toHaveValue(ADA.email);
    await examine(page);
    await visit(page, "/sign-in?next=%2Faccess");
    await signIn.signIn({ ...ADA, email: "nobody@engines.example" });
    await expect(signIn.problem).toHaveText(refusal ?? "");
  });

  await test.step("signed in again, one is where one wanted to be", async () => {
    await signIn.signIn(ADA);
    await expect(page).toHaveURL("/access");
    await expect(shell.title("Access")).toBeVisible();
    await examine(page);
  });
});

test("a session that ends in the middle of a form loses nothing that was typed", async ({
  keyrack,
  page,
  troubles,
}) => {
  troubles.allow(/status of 401 .*(keys\.issue|session\.sign_in)/);
  await claim(page, keyrack);
  await makeWorkspace(page, keyrack, "production");
  const drawer = new IssueDrawer(page);
  const reveal = new Reveal(page);
  const again = page.getByRole("dialog", { name: "Your session has ended" });
  await visit(page, "/keys/new");
  await drawer.name.fill("half-written");
  await drawer.description.fill("for the night shift");
  await drawer.level("Tools", "manage").check();
  await drawer.choose("production");
  await drawer.labels.fill("team=night");
  await page.context().clearCookies();

  const expectKept = async () => {
    await expect(drawer.name).toHaveValue("half-written");
    await expect(drawer.description).toHaveValue("for the night shift");
    await expect(drawer.level("Tools", "manage")).toBeChecked();
    await expect(drawer.workspace("production")).toBeChecked();
    await expect(drawer.labels).toHaveValue("team=night");
  };

  await test.step("the refusal asks to sign in, over the form", async () => {
    await drawer.issue.click();
    await expect(again).toBeVisible();
    await examine(page);
    await expectKept();
  });

  await test.step("a wrong passphrase is refused there", async () => {
    await again.getByLabel(/^Passphrase/).fill("not the right passphrase");
    await again.getByRole("button", { name: "Sign in" }).click();
    await expect(again.getByRole("alert")).toBeVisible();
    await examine(page);
  });

  await test.step("signed in again, the form is as it was, and goes through", async () => {
    await again.getByLabel(/^Passphrase/).fill(ADA.passphrase);
    await again.getByRole("button", { name: "Sign in" }).click();
    await expect(again).toBeHidden();
    await expect(page).toHaveURL("/keys/new");
    await expectKept();
    await drawer.issue.click();
    await reveal.finish();
    await expect(new KeysPage(page).row("half-written")).toBeVisible();
  });
});

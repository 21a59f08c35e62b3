// From a server with nothing in it to a program's first call.

import { ADA } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import { awake, examine, expect, hold, pasted, test, visit } from "../harness/test.ts";
import { IssueDrawer } from "../pages/issue.ts";
import { Reveal } from "../pages/reveal.ts";
import { SetupPage } from "../pages/setup.ts";
import { Shell } from "../pages/shell.ts";

test("first start to first call", async ({ keyrack, page, context, request, troubles }) => {
  test.slow();
  await context.grantPermissions(["clipboard-write"]);
  // Chromium's line about each of the two refusals provoked below.
  troubles.allow(/status of 4\d\d .*setup\.claim/);
  const setup = new SetupPage(page);
  const shell = new Shell(page);

  await test.step("a server that is alive and not owned leads everybody to the setup", async () => {
    expect((await request.get("/healthz")).status()).toBe(200);
    await visit(page, "/keys");
    await expect(page).toHaveURL("/setup");
    await expect(setup.heading).toBeVisible();
    await expect(setup.code).toBeFocused();
    await examine(page);
  });

  const code = await keyrack.setupCode();
  await test.step("a wrong code is refused, and nothing typed is lost", async () => {
    await setup.fill("AAAA-BBBB-CCCC", ADA);
    await setup.create.click();
    await expect(setup.problem).toBeVisible();
    await expect(setup.account).toHaveValue(ADA.account);
    await expect(setup.name).toHaveValue(ADA.name);
    await expect(setup.email).toHaveValue(ADA.email);
    await examine(page);
  });

  await test.step("a short passphrase is refused beside its field", async () => {
    await setup.fill(code, ADA);
    await setup.passphrase.fill("too short");
    await setup.create.click();
    await expect(setup.passphrase).toHaveAttribute("aria-invalid", "true");
    await expect(setup.passphrase).toHaveAccessibleDescription(/15/);
    await expect(setup.passphrase).toBeFocused();
    await expect(setup.account).toHaveValue(ADA.account);
    await examine(page);
  });

  await test.step("the code makes the owner", async () => {
    await setup.fill(code, ADA);
    await setup.create.click();
    await expect(page).toHaveURL("/welcome");
    await expect(shell.title("Three steps to the first call")).toBeVisible();
    await examine(page);
  });

  await test.step("first step: a workspace", async () => {
    const step = page.getByRole("listitem").filter({ hasText: "Make a workspace" });
    await step.getByRole("textbox", { name: "Name" }).fill("production");
    await step.getByRole("button", { name: "Create workspace" }).click();
    await expect(page.getByText("production is there.")).toBeVisible();
    await examine(page);
  });

  const drawer = new IssueDrawer(page);
  const reveal = new Reveal(page);
  let token = "";
  await test.step("second step: a key, with the workspace proposed", async () => {
    await page.getByRole("link", { name: "Issue key" }).click();
    await expect(drawer.name).toBeFocused();
    await expect(drawer.workspace("production")).toBeChecked();
    await expect(drawer.level("Workspaces", "read")).toBeChecked();
    await drawer.name.fill("ci-deploy");
    await expect(drawer.sentence).toContainText(
      "ci-deploy will reach 1 of 1 workspace, read workspaces, until",
    );
    await examine(page);
    await drawer.issue.click();
    token = await reveal.token();
    await examine(page);
    await reveal.copy.click();
    await expect(reveal.done).toBeEnabled();
    expect(await pasted(context)).toBe(token);
    await reveal.done.click();
    await expect(reveal.dialog).toBeHidden();
  });

  await test.step("third step: the call", async () => {
    await expect(page).toHaveURL("/welcome");
    await expect(page.getByText("It is issued, and you have its token.")).toBeVisible();
    await expect(page.locator("pre")).toContainText(`curl '${keyrack.url}/v1/whoami'`);
    await examine(page);
    expect(await new Rest(keyrack, token).whoami()).toBe(200);
  });

  await test.step("afterwards nobody can set it up again", async () => {
    await visit(page, "/setup");
    await expect(page).toHaveURL("/keys");
    await examine(page);
  });
});

test("what is typed before the page wakes up stands", async ({ keyrack, page }) => {
  const code = await hold(page, "**/*.wasm");
  const setup = new SetupPage(page);
  await page.goto("/setup", { waitUntil: "commit" });
  await setup.fill(await keyrack.setupCode(), ADA);
  code.letGo();
  await awake(page);
  await expect(setup.account).toHaveValue(ADA.account);
  await expect(setup.passphrase).toHaveValue(ADA.passphrase);
  await setup.create.click();
  await expect(page).toHaveURL("/welcome");
});

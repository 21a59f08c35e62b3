// Why a key may or may not do something: the question in the address, the answer in words.

import { claim, issueKey, issueOverseer, makeWorkspace } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import { examine, expect, expectNoSidewaysScroll, reload, test, visit } from "../harness/test.ts";
import { ExplainPage } from "../pages/explain.ts";
import { KeyPage } from "../pages/key.ts";
import { Shell } from "../pages/shell.ts";

test("asked from the matrix and from a key, answered in words", async ({ keyrack, page }) => {
  await claim(page, keyrack);
  const production = await makeWorkspace(page, keyrack, "production");
  await makeWorkspace(page, keyrack, "staging");
  const key = await issueKey(page, keyrack, "ci-deploy", [
    ["permission.tools", "manage"],
    ["initialWorkspaceIds", production.id],
  ]);
  const overseer = await issueOverseer(page, keyrack);
  await new Rest(keyrack, overseer.token).verify(key.token, { workspaceId: production.id });
  const explain = new ExplainPage(page);
  const shell = new Shell(page);

  await test.step("from the matrix, with nothing asked yet", async () => {
    await visit(page, "/access");
    await page.locator(".page-header").getByRole("link", { name: "Explain" }).click();
    await expect(page).toHaveURL("/access/explain");
    await expect(shell.title("Explain access")).toBeVisible();
    await expect(shell.place("Access")).toHaveAttribute("aria-current", "page");
    await expect(page.getByRole("heading", { name: "Ask about a key" })).toBeVisible();
    await examine(page);
  });

  await test.step("allowed: the grant that decides, by whom, and the last use", async () => {
    await explain.ask("ci-deploy", "production", "tools:read");
    await expect(page).toHaveURL(
      "/access/explain?key=ci-deploy&workspace=production&permission=tools%3Aread",
    );
    await expect(explain.allowed).toContainText("ci-deploy in production, tools:read");
    await expect(explain.allowed).toContainText(
      "The key is good, it was granted this workspace, it holds tools:manage, which implies tools:read.",
    );
    await expect(explain.allowed).toContainText(/by Ada Lovelace, (just now|.* UTC)/);
    await expect(explain.key).toHaveValue("ci-deploy");
    await expect(explain.workspace).toHaveValue("production");
    await expect(explain.permission).toHaveValue("tools:read");
    await examine(page);
    await expect(async () => {
      await reload(page);
      await expect(explain.allowed).not.toContainText("no call on record", { timeout: 500 });
    }).toPass({ timeout: 20_000 });
  });

  await test.step("not allowed: the first check that fails", async () => {
    await explain.ask("ci-deploy", "staging", "secrets:manage");
    await expect(explain.denied).toContainText("The key was not granted this workspace.");
    await expect(explain.denied).toContainText("WORKSPACE_NOT_GRANTED");
    await expect(explain.denied).toContainText("no call on record");
    await examine(page);
    await explain.ask("ci-deploy", "", "secrets:manage");
    await expect(explain.denied).toContainText("The key does not hold secrets:manage.");
  });

  await test.step("a question that cannot be read is refused where it stands", async () => {
    await explain.ask("ci-deploy", "", "everything please");
    await expect(page.getByRole("alert")).toContainText("Write a permission as resource:read");
    await expect(explain.permission).toHaveValue("everything please");
    await examine(page);
  });

  await test.step("the same as an API call", async () => {
    await visit(page, `/access/explain?key=${key.id}&permission=tools:read`);
    await page.getByText("Show as API call").click();
    const curl = await page.locator(".api-call pre").textContent();
    const path = new URL(/'(http[^']+)'/.exec(curl ?? "")?.[1] ?? "").toString();
    const answer = await new Rest(keyrack, overseer.token).get(path.slice(keyrack.url.length));
    expect(answer.body.allowed).toBe(true);
  });

  await test.step("to the key and back", async () => {
    await explain.openKey.click();
    await expect(page).toHaveURL(`/keys/${key.id}`);
    await new KeyPage(page).explain.click();
    await expect(page).toHaveURL(`/access/explain?key=${key.id}`);
    await expect(page.getByRole("region", { name: "The key is good" })).toContainText("ci-deploy");
    // Whoever comes by an id reads a name.
    await expect(explain.key).toHaveValue("ci-deploy");
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 640 });
      await expectNoSidewaysScroll(page);
      await examine(page);
    }
  });
});

test("by keyboard alone", async ({ keyrack, page }) => {
  await claim(page, keyrack);
  await makeWorkspace(page, keyrack, "production");
  await issueKey(page, keyrack, "ci-deploy");
  const explain = new ExplainPage(page);
  await visit(page, "/access/explain");
  await explain.key.focus();
  await page.keyboard.type("ci-deploy");
  await page.keyboard.press("Tab");
  await expect(explain.workspace).toBeFocused();
  await page.keyboard.type("production");
  await page.keyboard.press("Tab");
  await expect(explain.permission).toBeFocused();
  await page.keyboard.type("tools:read");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/key=ci-deploy&workspace=production/);
  await expect(explain.denied).toContainText("The key was not granted this workspace.");
});

test("a name that several have is asked back", async ({ keyrack, page }) => {
  await claim(page, keyrack);
  const first = await issueKey(page, keyrack, "ci-deploy");
  const second = await issueKey(page, keyrack, "ci-deploy");
  await issueKey(page, keyrack, "<b>etl</b>");
  const place = await makeWorkspace(page, keyrack, "production");
  await makeWorkspace(page, keyrack, "production");
  const explain = new ExplainPage(page);
  await visit(page, "/access/explain");
  await explain.ask("CI", "prod", "tools:read");

  const whichKey = page.getByRole("region", { name: "Which key?" });
  await expect(whichKey).toContainText("Several match “CI”.");
  await expect(whichKey.getByRole("link")).toHaveCount(2);
  await expect(explain.key).toHaveValue("CI");
  await examine(page);
  for (const key of [second, first]) {
    await expect(whichKey).toContainText(key.token.slice(-4));
  }
  await whichKey.getByRole("link").last().click();

  const whichPlace = page.getByRole("region", { name: "Which workspace?" });
  await expect(whichPlace.getByRole("link")).toHaveCount(2);
  await examine(page);
  await whichPlace.getByRole("link").first().click();
  await expect(page).toHaveURL(
    `/access/explain?key=${first.id}&workspace=${place.id}&permission=tools%3Aread`,
  );
  await expect(explain.denied).toContainText("The key was not granted this workspace.");
  // The names would not do for asking again.
  await expect(explain.key).toHaveValue(first.id);
  await expect(explain.workspace).toHaveValue(place.id);

  await explain.ask("etl", "", "");
  await expect(page.getByRole("region", { name: "The key is good" })).toContainText("<b>etl</b>");
  await explain.ask("nobody", "", "");
  await expect(page.getByRole("alert")).toContainText("No key that you see is called “nobody”.");
  await expect(explain.key).toHaveValue("nobody");
  await examine(page);
});

test("addresses that name nothing", async ({ keyrack, page, troubles }) => {
  troubles.allow(/status of 4\d\d/);
  await claim(page, keyrack);
  const { id } = await issueKey(page, keyrack, "ci-deploy");
  const explain = new ExplainPage(page);
  await visit(page, `/access/explain?key=apikey_01JD8W3X7R5M2T9V6QZ0YHKC4E`);
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(explain.explain).toBeVisible();
  await visit(page, `/access/explain?key=${id}&workspace=%3Cimg src=x%3E`);
  await expect(explain.denied).toContainText("There is no such workspace here.");
  await expect(explain.denied).toContainText("<img src=x>");
  await examine(page);
});

test.describe("without scripting", () => {
  test.use({ javaScriptEnabled: false });

  test("the form and its answer", async ({ keyrack, page }) => {
    await claim(page, keyrack);
    await makeWorkspace(page, keyrack, "production");
    const { id } = await issueKey(page, keyrack, "ci-deploy");
    const explain = new ExplainPage(page);
    await page.goto(`/keys/${id}`);
    await new KeyPage(page).explain.click();
    await explain.ask("ci-deploy", "production", "tools:read");
    await expect(explain.denied).toContainText("WORKSPACE_NOT_GRANTED");
    await examine(page);
  });
});

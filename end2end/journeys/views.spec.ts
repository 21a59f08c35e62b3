// The list of keys as one person wants it: views under names of theirs, and what is new without anything
// moving.

import { claim, issueKey, issueOverseer, makeWorkspace, signIn, ADA } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import { hide, Streams } from "../harness/streams.ts";
import { examine, expect, expectReachable, test, visit } from "../harness/test.ts";
import { KeysPage } from "../pages/keys.ts";
import { PeoplePage } from "../pages/people.ts";
import { Shell } from "../pages/shell.ts";

test("a view is saved, counted, used and removed", async ({ keyrack, page, open }) => {
  await claim(page, keyrack);
  for (const name of ["prod-eu", "prod-us", "stage-eu"]) await issueKey(page, keyrack, name);
  await visit(page, "/keys");
  const keys = new KeysPage(page);
  await expect(keys.saveView).toHaveCount(0);
  await keys.search.fill("prod");
  await expect(keys.rows).toHaveCount(2);
  await keys.saveView.click();
  await page.getByLabel("Name of the view").fill("Production");
  await examine(page);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(new Shell(page).toast("The view Production is saved.")).toBeVisible();
  await expect(keys.view("Production")).toHaveAttribute("aria-current", "true");
  await expect(keys.view("Production")).toContainText("2");

  await keys.view("All").click();
  await expect(keys.rows).toHaveCount(4);
  await issueKey(page, keyrack, "prod-ap");
  await visit(page, "/keys");
  await keys.view("Production").click();
  await expect(keys.rows).toHaveCount(3);
  await expect(keys.search).toHaveValue("prod");
  await expect(keys.view("Production")).toContainText("3");

  // Each person has their own, and this one everywhere.
  const other = await (await open()).newPage();
  await signIn(other, keyrack, ADA);
  await other.goto("/keys");
  await expect(new KeysPage(other).view("Production")).toBeVisible();

  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(new Shell(page).toast("The view Production is removed.")).toBeVisible();
  await expect(keys.view("Production")).toHaveCount(0);
});

test("what is new is told and moves nothing until it is asked for", async ({ keyrack, page }) => {
  await claim(page, keyrack);
  await issueKey(page, keyrack, "ci-deploy");
  await makeWorkspace(page, keyrack, "prod-eu");
  const rest = new Rest(keyrack, (await issueOverseer(page, keyrack)).token);
  const streams: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/live") streams.push(request.url());
  });
  await visit(page, "/keys");
  const keys = new KeysPage(page);
  await expect(keys.news).toBeHidden();
  await expect.poll(() => streams.length).toBe(1);
  const before = await keys.row("ci-deploy").boundingBox();
  const issue = (name: string) => issueKey(page, keyrack, name);
  await issue("one");
  await expect(keys.news).toHaveText("1 new");
  await issue("two");
  const { body } = await rest.get("/v1/account/api_keys?query=ci-deploy");
  const [deploy] = body.items as { metadata: { id: string } }[];
  await rest.post(`/v1/account/api_keys/${deploy!.metadata.id}:disable`, {});
  await expect(keys.news).toHaveText("3 new");
  expect(await keys.row("ci-deploy").boundingBox()).toEqual(before);
  await expect(keys.link("two")).toHaveCount(0);
  await examine(page);
  await keys.news.click();
  await expect(keys.link("two")).toBeVisible();
  await expect(keys.row("ci-deploy")).toContainText("Disabled");
  await expect(keys.news).toBeHidden();

  // The same stream tells of the other list.
  await new Shell(page).place("Workspaces").click();
  // Only what comes after the list was made is new to it.
  await expect(page.getByRole("link", { name: "prod-eu" })).toBeVisible();
  await expect(keys.news).toBeHidden();
  await rest.post("/v1/account/workspaces", { metadata: { name: "stage-eu" } });
  await expect(keys.news).toHaveText("1 new");
  await keys.news.click();
  await expect(page.getByRole("link", { name: "stage-eu" })).toBeVisible();
  expect(streams).toHaveLength(1);
});

test("a tab listens once, whatever page it shows", async ({ keyrack, page, open }) => {
  await claim(page, keyrack);
  const { id } = await issueKey(page, keyrack, "ci-deploy");
  await makeWorkspace(page, keyrack, "prod-eu");
  const streams = new Streams(page);
  const shell = new Shell(page);
  const listens = (path: RegExp) => expect.poll(() => streams.open()).toEqual([expect.stringMatching(path)]);
  await visit(page, `/keys/${id}`);
  await listens(/^\/live\?calls=/);
  for (const [place, path] of [
    ["Workspaces", /^\/live\?after=\d+$/],
    ["Audit log", /^\/live\?after=\d+$/],
    ["Access", /^\/access\/live\?/],
    ["People", /^\/live\?after=\d+$/],
    ["Settings", /^\/live\?after=\d+$/],
  ] as const) {
    await shell.place(place).click();
    await expect(shell.title(place)).toBeVisible();
    await listens(path);
  }

  await test.step("a tab that nobody looks at leaves its connection to others", async () => {
    await shell.place("Keys").click();
    // Only what comes after the list is new to it.
    await expect(new KeysPage(page).link("ci-deploy")).toBeVisible();
    await listens(/^\/live\?after=\d+$/);
    await hide(page, true);
    await expect.poll(() => streams.open()).toEqual([]);
    const other = await (await open()).newPage();
    await signIn(other, keyrack, ADA);
    await issueKey(other, keyrack, "meanwhile");
    await hide(page, false);
    await listens(/^\/live\?after=\d+$/);
    await expect(new KeysPage(page).news).toHaveText("1 new");
  });

  await test.step("people who are new are told of, and nothing moves", async () => {
    await shell.place("People").click();
    const people = new PeoplePage(page);
    await expect(people.row(ADA.name)).toBeVisible();
    const keys = new KeysPage(page);
    await expect(keys.news).toBeHidden();
    const before = await people.row(ADA.name).boundingBox();
    const other = await (await open()).newPage();
    await signIn(other, keyrack, ADA);
    await visit(other, "/people/new");
    const there = new PeoplePage(other);
    await there.email.fill("ben@engines.example");
    await there.makeLink.click();
    await expect(there.link).toBeVisible();
    await expect(keys.news).toHaveText("1 new");
    expect(await people.row(ADA.name).boundingBox()).toEqual(before);
    await expect(people.row("ben@engines.example")).toHaveCount(0);
    await examine(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await examine(page);
    await expectReachable(keys.news);
    await keys.news.click();
    await expect(people.row("ben@engines.example")).toBeVisible();
    await expect(keys.news).toBeHidden();
  });
});

test.describe("without scripting", () => {
  test.use({ javaScriptEnabled: false });

  test("a view is saved and removed", async ({ keyrack, page, troubles }) => {
    troubles.allow(/status of 400/);
    await claim(page, keyrack);
    await issueKey(page, keyrack, "prod-eu");
    await page.goto("/keys?show=never_used&q=prod");
    const keys = new KeysPage(page);
    await keys.saveView.click();
    await page.getByLabel("Name of the view").fill("x".repeat(41));
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByText(/40 characters/)).toBeVisible();
    await page.goto("/keys?show=never_used&q=prod");
    await keys.saveView.click();
    await page.getByLabel("Name of the view").fill("Prod");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page).toHaveURL(/\/keys\?show=never_used&q=prod$/);
    await expect(keys.view("Prod")).toHaveAttribute("aria-current", "true");
    await examine(page);
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await expect(keys.view("Prod")).toHaveCount(0);
  });
});

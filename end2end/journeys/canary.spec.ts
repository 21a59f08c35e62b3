// Promise 1: a token is shown once, and is found nowhere else.

import { claim, makeWorkspace } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import { Answers, placesHolding, writtenIn } from "../harness/secrets.ts";
import { expect, test, visit } from "../harness/test.ts";
import { IssueDrawer } from "../pages/issue.ts";
import { KeyPage } from "../pages/key.ts";
import { KeysPage } from "../pages/keys.ts";
import { Reveal } from "../pages/reveal.ts";

// Everything the server can say about itself.
test.use({ settings: { KEYRACK_LOG: "trace" } });

test("a token is in the one answer that shows it, and nowhere else", async ({
  keyrack,
  page,
  context,
}) => {
  await claim(page, keyrack);
  await makeWorkspace(page, keyrack, "production");
  const answers = new Answers(context);
  const reveal = new Reveal(page);
  const key = new KeyPage(page);
  const drawer = new IssueDrawer(page);

  await visit(page, "/keys/new");
  await drawer.name.fill("canary");
  await drawer.choose("production");
  await drawer.issue.click();
  const first = await reveal.token();
  expect(await placesHolding(page, first), "what is there is found").toContain("document");
  await reveal.finish();

  await new KeysPage(page).link("canary").click();
  await expect(key.history.first()).toBeVisible();
  const address = page.url();
  await key.rotate.click();
  await key.rotateNow.click();
  const second = await reveal.token();
  expect(second).not.toBe(first);
  await reveal.finish();
  expect(await new Rest(keyrack, second).whoami()).toBe(200);

  // Through every page that says something about the key.
  // The last one listens to nothing: an answer that goes on is never whole.
  for (const path of ["/keys", "/access", "/workspaces", address, `${address}/revoke`, "/welcome"]) {
    await visit(page, path);
    expect(await placesHolding(page, first), path).toEqual([]);
    expect(await placesHolding(page, second), path).toEqual([]);
  }

  expect(answers.count).toBeGreaterThan(20);
  expect(await answers.holding(first), "the first token").toEqual(["/_fn/keys.issue"]);
  expect(await answers.holding(second), "the second token").toEqual(["/_fn/keys.rotate"]);

  const expectNotWritten = async (when: string) => {
    expect(await writtenIn(keyrack, "canary"), `the name is found, ${when}`).not.toEqual([]);
    for (const token of [first, second]) {
      // The 256 bits alone, too, without what is the same or can be computed.
      for (const secret of [token, token.slice(3, -6)]) {
        expect(await writtenIn(keyrack, secret), `${secret} ${when}`).toEqual([]);
      }
    }
  };
  expect(await writtenIn(keyrack, "canary"), "the write-ahead log is read").toContain("keyrack.db-wal");
  await expectNotWritten("while it serves");
  await keyrack.stop();
  await expectNotWritten("after it stopped");
});

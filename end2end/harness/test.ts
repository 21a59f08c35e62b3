// What a journey starts from: `import { test, expect, expectAccessible } from "../harness/test.ts"`.
//
// - `keyrack`: a server of its own, empty; `page` opens paths on it (`page.goto("/keys")`).
// - `open`: a further browser context, another person's or one without scripting, watched like the first.
// - `troubles`: fails the journey on anything that a browser complained about.

import { test as base, type BrowserContext, type BrowserContextOptions } from "@playwright/test";
import { Keyrack } from "./server.ts";
import { Troubles } from "./troubles.ts";

interface Fixtures {
  /** Settings of the server, as environment variables: `test.use({ settings: { … } })`. */
  settings: Record<string, string>;
  keyrack: Keyrack;
  troubles: Troubles;
  open: (options?: BrowserContextOptions) => Promise<BrowserContext>;
}

export const test = base.extend<Fixtures>({
  settings: [{}, { option: true }],

  keyrack: async ({ settings }, use, info) => {
    const keyrack = await Keyrack.start(settings);
    await use(keyrack);
    const code = await keyrack.close();
    if (info.status !== info.expectedStatus) {
      await info.attach("server log", { body: keyrack.log, contentType: "text/plain" });
    }
    // Null when the journey stopped it itself.
    base.expect(code ?? 0, "the server's exit code after SIGTERM").toBe(0);
  },

  baseURL: async ({ keyrack }, use) => use(keyrack.url),

  troubles: async ({ keyrack }, use) => {
    const troubles = new Troubles(keyrack.url);
    await use(troubles);
    base.expect(troubles.list(), "what the browser complained about").toEqual([]);
  },

  context: async ({ context, troubles }, use) => {
    await troubles.watch(context);
    await use(context);
  },

  open: async ({ browser, baseURL, troubles }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ baseURL, ...options });
      contexts.push(context);
      await troubles.watch(context);
      return context;
    });
    for (const context of contexts) await context.close();
  },
});

export { expect } from "@playwright/test";
export { expectAccessible } from "./accessible.ts";
export {
  awake,
  examine,
  expectNoSidewaysScroll,
  expectReachable,
  hold,
  pasted,
  reload,
  visit,
} from "./screens.ts";
export { Keyrack } from "./server.ts";

// Where a token could have been left behind.

import type { BrowserContext, Page, Response } from "@playwright/test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Keyrack } from "./server.ts";

/** Everything that a browser was answered, from now on. */
export class Answers {
  private readonly bodies: Promise<{ url: string; text: string }>[] = [];

  constructor(context: BrowserContext) {
    context.on("response", (response) => this.bodies.push(body(response)));
  }

  /** The addresses of the answers that hold `text`, in their order. */
  async holding(text: string): Promise<string[]> {
    const bodies = await Promise.all(this.bodies);
    return bodies.filter((body) => body.text.includes(text)).map((body) => body.url);
  }

  /** How many there were: none would prove nothing. */
  get count(): number {
    return this.bodies.length;
  }
}

async function body(response: Response): Promise<{ url: string; text: string }> {
  const url = new URL(response.url()).pathname;
  const headers = JSON.stringify(await response.allHeaders());
  // A redirect has no body, and a page that was left takes the rest of its answers with it.
  const text = await response.body().then((bytes) => bytes.toString("latin1"), () => "");
  return { url, text: headers + text };
}

/** All that a page keeps where a script, or the next person at this screen, could read it. */
export async function kept(page: Page): Promise<Record<string, string>> {
  const inPage = await page.evaluate(async () => {
    const values = [...document.querySelectorAll("input, textarea, select")].map(
      (field) => (field as HTMLInputElement).value,
    );
    const links = [...document.querySelectorAll("a")].map((link) => link.href);
    return {
      document: document.documentElement.outerHTML,
      fields: values.join("\n"),
      links: links.join("\n"),
      title: document.title,
      address: location.href,
      historyState: JSON.stringify(history.state) ?? "",
      localStorage: JSON.stringify(localStorage),
      sessionStorage: JSON.stringify(sessionStorage),
      windowName: window.name,
      databases: JSON.stringify(await indexedDB.databases()),
      caches: JSON.stringify(await caches.keys()),
      cookies: document.cookie,
    };
  });
  const entries = await visited(page);
  const cookies = JSON.stringify(await page.context().cookies());
  return { ...inPage, history: entries, httpCookies: cookies };
}

/** The places among `kept` that hold `text`. */
export async function placesHolding(page: Page, text: string): Promise<string[]> {
  const places = Object.entries(await kept(page));
  return places.filter(([, content]) => content.includes(text)).map(([place]) => place);
}

/** The addresses and titles of the tab's history. */
async function visited(page: Page): Promise<string> {
  const tools = await page.context().newCDPSession(page);
  const { entries } = await tools.send("Page.getNavigationHistory");
  await tools.detach();
  return entries.map((entry) => `${entry.url} ${entry.title}`).join("\n");
}

/** The files of the server's data directory that hold `text`; "log" among them for its log. */
export async function writtenIn(keyrack: Keyrack, text: string): Promise<string[]> {
  const found = keyrack.log.includes(text) ? ["log"] : [];
  const entries = await readdir(keyrack.data, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const bytes = await readFile(join(entry.parentPath, entry.name));
    if (bytes.includes(text)) found.push(entry.name);
  }
  return found;
}

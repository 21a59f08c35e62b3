// The streams of events that a page has open (HTML, section 9.2).

import type { Page, Request } from "@playwright/test";

export class Streams {
  private readonly requests = new Set<Request>();

  constructor(page: Page) {
    page.on("request", (request) => {
      if (request.resourceType() === "eventsource") this.requests.add(request);
    });
    for (const over of ["requestfinished", "requestfailed"] as const) {
      page.on(over as "requestfinished", (request) => this.requests.delete(request));
    }
  }

  /** What is listened to now. */
  open(): string[] {
    return [...this.requests].map((request) => {
      const { pathname, search } = new URL(request.url());
      return pathname + search;
    });
  }
}

/** The page goes out of sight, or comes into sight again, as far as scripts are told. */
export async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

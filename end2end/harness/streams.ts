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

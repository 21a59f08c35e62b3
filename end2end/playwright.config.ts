// Journeys in a real browser against the real binary. `cargo xtask test browser` sets the paths;
// CHROMIUM_PATH and KEYRACK_BIN do the same by hand.

import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "journeys",
  outputDir: "test-results",
  reporter: "list",
  // Every test has a server and a data directory of its own, so nothing stands between two at once.
  fullyParallel: true,
  workers: 2,
  // A flaky journey is a failing one.
  retries: 0,
  forbidOnly: true,
  // Several times what they take, for machines that are slow or busy: it costs time only where one fails.
  timeout: 150_000,
  expect: { timeout: 30_000 },
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    colorScheme: "light",
    screenshot: "only-on-failure",
    // Recording all that happens takes as long as much of it: `TRACE=1` for a journey that fails.
    trace: process.env.TRACE ? "retain-on-failure" : "off",
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH || "/usr/bin/chromium",
      args: [
        // Chromium's sandbox does not work as root, nor in most containers; only our own pages are opened.
        "--no-sandbox",
        // Nothing but the pages may speak to the network.
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});

// Measurements in a real browser: one at a time, with nothing recorded beside them.

import { defineConfig } from "@playwright/test";
import journeys from "../playwright.config.ts";

export default defineConfig({
  ...journeys,
  testDir: ".",
  outputDir: "../test-results/bench",
  fullyParallel: false,
  workers: 1,
  timeout: 300_000,
  use: { ...journeys.use, screenshot: "off", trace: "off" },
});

import { defineConfig } from "vitest/config";
import { bundledThreads } from "./test/bundled-threads.ts";

export default defineConfig({
  plugins: [bundledThreads()],
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/heavy/**"],
    testTimeout: 30_000,
    pool: "forks",
    // journeys wait for processes more than they compute
    maxWorkers: 4,
    coverage: { provider: "v8", include: ["src/**"], reporter: ["text-summary", "json-summary"] },
  },
});

import { availableParallelism } from "node:os";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { closingLine } from "./closing-line.ts";

export default defineConfig({
  test: {
    reporters: ["default", closingLine],
    // Most of what the gate's tests take is waiting: a small machine can do it twice at once.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      // Machines that do much else besides are slow, and nothing here is late by itself.
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000 } },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                ALLOW_LOOPBACK_UPSTREAMS: "true",
                // A year: tests say themselves when it is time to gather.
                AUDIT_DELAY_SECONDS: "31536000",
                ADMIN_TOKEN: "an admin token for tests",
                ROOT_KEY: "00112233445566778899aabbccddeeff".repeat(2),
                TEST_MIGRATIONS: await readD1Migrations("src/admin/migrations"),
              },
              r2Buckets: ["AUDIT_BUCKET"],
            },
          })),
        ],
        test: { name: "worker", include: ["test/worker/**/*.test.ts"], testTimeout: 30_000, hookTimeout: 30_000 },
      },
      {
        test: {
          name: "gate",
          include: ["test/{gate,hostile,faults}/**/*.test.ts"],
          globalSetup: ["test/gate/build.ts"],
          env: { CLOUDFLARE_CF_FETCH_ENABLED: "false" },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});

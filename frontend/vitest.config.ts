import { buildPagesASSETSBinding, cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

// The tests run in workerd, beside the Worker that Pages makes of functions/ and with the static files behind it.
export default defineConfig({
  plugins: [
    cloudflareTest(async () => ({
      main: ".wrangler/functions/index.js",
      miniflare: {
        compatibilityDate: "2026-10-20",
        // The second stands for another location of the same namespace.
        kvNamespaces: ["DOCUMENTS", "DOCUMENTS_ELSEWHERE"],
        serviceBindings: { ASSETS: await buildPagesASSETSBinding("public") },
      },
    })),
  ],
  test: {
    include: ["test/*.test.ts"],
    // A loaded machine is slow, not wrong.
    testTimeout: 60_000,
    globalSetup: ["test/build-functions.mjs"],
  },
});

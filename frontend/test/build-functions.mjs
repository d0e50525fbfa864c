import { execFileSync } from "node:child_process";

/** Builds the Worker under test from functions/, the way Pages does. */
export default function setup() {
  execFileSync("npx", ["wrangler", "pages", "functions", "build", "--outdir", ".wrangler/functions"], {
    env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

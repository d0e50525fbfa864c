// Reads the OpenAPI document of a running API, lints it, generates a client from it, checks the types of what uses that
// client, and runs it. API_URL and API_KEY say where. Exits 1 and says why if anything is wrong.

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import openapiTypes, { astToString } from "openapi-typescript";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const response = await fetch(`${process.env.API_URL}/openapi.json`, {
  headers: { Authorization: `Bearer ${process.env.API_KEY}` },
});
const source = await response.text();
mkdirSync(here("target"), { recursive: true });
writeFileSync(here("target/openapi.json"), source);

const config = await createConfig({
  extends: ["recommended-strict"],
  rules: {
    // The paths of a key may look like those of other routes; the server and OpenAPI prefer the literal one.
    "no-ambiguous-paths": "off",
    "operation-4xx-response": "error",
    "operation-operationId-unique": "error",
    "operation-operationId-url-safe": "error",
    "operation-parameters-unique": "error",
    "operation-tag-defined": "error",
    "path-parameters-defined": "error",
    "no-unused-components": "error",
    "no-invalid-parameter-examples": "error",
    "no-invalid-schema-examples": "error",
    "tag-description": "error",
  },
});
// What answers methods that are no operations can be part of none.
const EXCUSED = "#/components/responses/problem-405";
const found = await lintFromString({ source, absoluteRef: here("target/openapi.json"), config });
const faults = found.filter((fault) => fault.location[0]?.pointer !== EXCUSED);
for (const fault of faults) {
  console.error(`lint: ${fault.severity} ${fault.ruleId}: ${fault.message} at ${fault.location[0]?.pointer}`);
}
if (faults.length > 0) {
  process.exit(1);
}
console.log("lint: clean");

const types = astToString(await openapiTypes(source));
writeFileSync(here("target/schema.d.ts"), types);
run("types", here("node_modules/typescript/bin/tsc"), "-p", here("tsconfig.json"));
run("client", here("client.ts"));

function run(what, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: here(".") });
  if (status !== 0) {
    console.error(`${what}: failed\n${stdout}${stderr}`);
    process.exit(1);
  }
  console.log(`${what}: passed`);
}

#!/usr/bin/env node
// Makes the reader library as it is published, in dist/reader: modules, types, package.json, README and licence.
import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const frontend = fileURLToPath(new URL("..", import.meta.url));
const target = `${frontend}/dist/reader`;

rmSync(target, { recursive: true, force: true });
execFileSync("npx", ["tsc", "-p", "tsconfig.reader.json"], { cwd: frontend, stdio: "inherit" });
for (const file of ["src/reader/package.json", "src/reader/README.md", "../LICENSE"]) {
  copyFileSync(`${frontend}/${file}`, `${target}/${file.split("/").at(-1)}`);
}

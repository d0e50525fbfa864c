#!/usr/bin/env node
// Prints the path of a Chromium on standard output, or says what is missing and exits 1. It looks, in this order, at:
// the environment variable CHROMIUM; the host's browsers; the one that a registry package carries (Linux on x64,
// needs nothing but glibc); Debian's package, where this may install it. What it does goes to standard error.

import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";

const PACKAGE = fileURLToPath(new URL("../test/browser/chromium", import.meta.url));
const INFLATED = fileURLToPath(new URL("../../.forebay/chromium", import.meta.url));
const HOST_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const HOST_PATHS = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

// The libraries and fonts that the package brings are used, whatever the host has.
const LAUNCHER = `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
export LD_LIBRARY_PATH="$here/lib" FONTCONFIG_PATH="$here"
exec "$here/headless-shell" "$@"
`;
const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

const problems = [];

const found = fromEnvironment() ?? fromHost() ?? fromPackage() ?? fromDebian();
if (found === undefined) {
  console.error(`No Chromium was found.\n- ${problems.join("\n- ")}`);
  console.error("Install Chromium or Chrome, or name one: CHROMIUM=/path/to/chromium");
  process.exit(1);
}
console.log(found);

function fromEnvironment() {
  const path = process.env.CHROMIUM;
  if (!path) {
    problems.push("CHROMIUM is not set.");
    return undefined;
  }
  if (!starts(path)) {
    // A wrong wish is an error; another browser than the one asked for would be a surprise.
    console.error(`CHROMIUM is ${path}, which does not start: ${path} --version failed.`);
    process.exit(1);
  }
  return path;
}

function fromHost() {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const candidates = [...HOST_NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...HOST_PATHS];
  const path = candidates.find((candidate) => isExecutable(candidate) && starts(candidate));
  if (path === undefined) {
    problems.push(`None of ${HOST_NAMES.join(", ")} on the PATH starts.`);
  }
  return path;
}

function fromPackage() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    problems.push(`The registry package is for linux x64, this is ${process.platform} ${process.arch}.`);
    return undefined;
  }
  try {
    const path = join(INFLATED, "chromium");
    if (!existsSync(path)) {
      console.error("chromium: installing the one that a registry package carries (75 MB)");
      execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
        cwd: PACKAGE,
        stdio: ["ignore", 2, 2],
      });
      inflate();
    }
    if (starts(path)) {
      return path;
    }
    problems.push(`The registry package's Chromium does not start: ${path} --version failed.`);
  } catch (error) {
    problems.push(`The registry package could not be installed: ${error.message}`);
  }
  return undefined;
}

/** Unpacks the package's files into a folder of their own; the folder appears whole or not at all. */
function inflate() {
  const source = join(PACKAGE, "node_modules/@sparticuz/chromium/bin");
  const unfinished = `${INFLATED}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const read = (name) => brotliDecompressSync(readFileSync(join(source, name)));
  writeFileSync(join(unfinished, "headless-shell"), read("chromium.br"), { mode: 0o755 });
  for (const archive of ["al2023.tar.br", "fonts.tar.br"]) {
    execFileSync("tar", ["-x", "-C", unfinished], { input: read(archive) });
  }
  writeFileSync(join(unfinished, "fonts.conf"), FONTS_CONF);
  writeFileSync(join(unfinished, "chromium"), LAUNCHER, { mode: 0o755 });
  rmSync(INFLATED, { recursive: true, force: true });
  renameSync(unfinished, INFLATED);
}

function fromDebian() {
  if (process.getuid?.() !== 0 || !isExecutable("/usr/bin/apt-get")) {
    problems.push("Debian's package can be installed only by root and with apt-get.");
    return undefined;
  }
  console.error("chromium: installing Debian's package");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args) => spawnSync("apt-get", args, { env, stdio: ["ignore", 2, 2] }).status === 0;
  apt("update");
  if (apt("install", "-y", "--no-install-recommends", "chromium") && starts("/usr/bin/chromium")) {
    return "/usr/bin/chromium";
  }
  problems.push("apt-get install chromium failed; its output is above.");
  return undefined;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function starts(path) {
  return spawnSync(path, ["--version"], { timeout: 30_000 }).status === 0;
}

#!/usr/bin/env node
// What the command starts. An old Node.js has to be able to read this file: it stays CommonJS in plain, old syntax, and
// loads the program only once the version is known to do.
// oxlint-disable no-var
var version = process.versions.node;
var parts = version.split(".").map(Number);
var major = parts[0] || 0;
if (major > 20 || (major === 20 && (parts[1] || 0) >= 19)) {
  // what was compiled is kept for the next start, in the folder for temporary files: from Node.js 22.1 on
  var modules = process.getBuiltinModule && process.getBuiltinModule("node:module");
  // @ts-expect-error -- the types are those of Node.js 20
  if (modules && modules.enableCompileCache) modules.enableCompileCache();
  void import("./main.ts");
} else {
  process.stderr.write(
    "agentic-rag needs Node.js 20.19 or later, and this is " +
      version +
      ". Install a newer one from https://nodejs.org, or with your version manager.\n",
  );
  process.exitCode = 2;
}

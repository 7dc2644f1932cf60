// Runs what walks over every door of the server and of the answers, and the tables that the suite plays in part, and prints one table of what the walks print.
import { spawn } from "node:child_process";

const WALKS = [
  "test/durability/killed",
  "test/safety/approvals",
  "test/server/attacks",
  "test/server/production.test.ts",
  "test/safety/doors.test.ts",
  "test/safety/answer-markdown.test.ts",
];

const tests = spawn("npx", ["vitest", "run", ...WALKS], {
  stdio: ["ignore", "pipe", "inherit"],
  env: { ...process.env, AGENTIC_RAG_TABLES: "whole" },
  shell: process.platform === "win32",
});
let printed = "";
tests.stdout.setEncoding("utf8").on("data", (text) => {
  process.stdout.write(text);
  printed += text;
});
tests.on("close", (code) => {
  const rows = [];
  let file = "";
  for (const line of printed.split("\n")) {
    file = /std(?:out|err) \| (\S+)/.exec(line)?.[1] ?? file;
    const whole = /^(\d+) rows, (\d+) violations/.exec(line);
    const part = /^ *(\d+) of +(\d+) {2}(.+)/.exec(line);
    if (whole !== null) rows.push({ walk: file, rows: Number(whole[1]), violations: Number(whole[2]) });
    if (part !== null) rows.push({ walk: part[3], rows: Number(part[2]), violations: Number(part[1]) });
  }
  console.table(rows);
  const sum = (field) => rows.reduce((all, row) => all + row[field], 0);
  console.log(`${sum("rows")} rows, ${sum("violations")} violations`);
  process.exitCode = code ?? 1;
});

import { drive, type KilledRun } from "./run.ts";

await drive(JSON.parse(process.argv[2] ?? "") as KilledRun);

import { drive, type KilledRun } from "./killed-run.ts";

await drive(JSON.parse(process.argv[2] ?? "") as KilledRun);

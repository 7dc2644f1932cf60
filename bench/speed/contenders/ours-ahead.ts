import { serveRuns } from "../client.ts";
import { askAgent } from "./agent.ts";

serveRuns((url) => askAgent(url, { searchAhead: true }));

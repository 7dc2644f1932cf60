import type { Dialect } from "../completions/dialect.ts";
import { dialects } from "../completions/dialects.ts";
import { bodyText } from "../exchange/request.ts";
import type { ModelUsage } from "../model.ts";
import { completionsDialectOf } from "../server/dialects.ts";
import type { ServerDialect } from "../server/dialects.ts";
import { NO_COMPLETIONS, type CompletionsReport } from "./report.ts";
import { evidence, GREEDY, readValues, sendProbe, type ProbeTarget, type Unanswered } from "./request.ts";
import { judge, judgeStop, NUMBERS, together, WEEKDAYS, type Sequence, type Verdict } from "./sequence.ts";

/** A beginning-of-text token, and one to be on the safe side. */
const SPARE_TOKENS = 2;

interface Completion {
  readonly kind: "read";
  readonly streamed: boolean;
  readonly text: string;
  readonly stopped: boolean;
  readonly usage: ModelUsage;
  readonly tokenIds: boolean;
  readonly logprobs: boolean;
}

interface Wanted {
  readonly stop?: readonly string[];
  readonly withIds?: boolean;
  readonly logprobs?: boolean;
}

/** What raw completions do with two texts that end in the middle. */
export async function probeCompletions(
  target: ProbeTarget,
  server: ServerDialect,
): Promise<CompletionsReport> {
  const name = completionsDialectOf(server);
  if (name === undefined) {
    return { ...NO_COMPLETIONS, exists: "no", why: `${server} has none that continue a text` };
  }
  const dialect = dialects[name];
  const first = await ask(target, dialect, WEEKDAYS, { stop: [WEEKDAYS.stop] });
  if (first.kind !== "read") {
    return { ...NO_COMPLETIONS, exists: first.kind === "failed" ? "failed" : "no", why: first.words };
  }
  const withIds = dialect.tokens !== undefined;
  const asked = await ask(target, dialect, NUMBERS, { withIds, logprobs: true });
  const second = asked.kind === "refused" ? await ask(target, dialect, NUMBERS, { withIds }) : asked;
  const both = [first, ...(second.kind === "read" ? [second] : [])];
  const sequences = [WEEKDAYS, NUMBERS];
  return {
    exists: "yes",
    why: second.kind === "read" ? "" : second.words,
    continues: together(both.map(({ text }, at) => judge(sequences[at] ?? WEEKDAYS, text))),
    evidence: both.map(({ text }) => evidence(target, text)),
    streams: first.streamed,
    stop: judgeStop(WEEKDAYS, first.text, first.stopped),
    usage: both.every(
      ({ usage }) => usage.promptTokens !== undefined && usage.completionTokens !== undefined,
    ),
    cachedTokens: both.some(({ usage }) => usage.cachedTokens !== undefined),
    template: second.kind === "read" ? templateAround(NUMBERS.before, second.usage) : "unclear",
    tokenIds: second.kind === "read" && second.tokenIds,
    logprobs: second.kind === "read" && second.logprobs,
  };
}

/** No text has more tokens than characters; a template around it has at least eight. */
function templateAround(prompt: string, { promptTokens }: ModelUsage): Verdict {
  if (promptTokens === undefined || promptTokens === 0) return "unclear";
  return promptTokens > prompt.length + SPARE_TOKENS ? "yes" : "no";
}

async function ask(
  target: ProbeTarget,
  dialect: Dialect,
  { before }: Sequence,
  { stop = [], withIds = false, logprobs = false }: Wanted,
): Promise<Completion | Unanswered> {
  const body = dialect.body({
    prompt: before,
    modelName: target.modelName,
    maxTokens: 20,
    sampling: { ...GREEDY, logprobs },
    stop,
    stopTokenIds: [],
    withIds,
  });
  const reply = await sendProbe(target, dialect.url(target.baseUrl), bodyText(body, {}));
  if (reply.kind !== "answered") return reply;
  return readValues(reply, (values) => {
    const readings = values.map((value) => dialect.read(value, target));
    return {
      kind: "read",
      streamed: reply.streamed,
      text: readings.map(({ text }) => text).join(""),
      stopped: readings.some(({ finish }) => finish?.finishReason === "stop"),
      usage: readings.reduce<ModelUsage>((all, { usage }) => ({ ...all, ...usage }), {}),
      tokenIds: readings.some(({ tokenIds = [] }) => tokenIds.length > 0),
      logprobs: readings.some(({ logprobs: told = [] }) => told.length > 0),
    };
  });
}

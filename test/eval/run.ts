import { trajectorySchema, type Trajectory } from "../../src/trajectory/trajectory.ts";

/** A run with an answer, as a file of runs has it. */
export function runOf(about: Partial<Trajectory> = {}): Trajectory {
  const question = about.question ?? "Capital of Italy?";
  return trajectorySchema.parse({
    format: "agentic-rag-trajectory",
    version: 1,
    id: "one/0",
    group: "one",
    sample: 0,
    question,
    data: { goldenAnswers: ["Rome"] },
    opening: {
      question,
      date: "2026-01-01",
      messages: [],
      protocol: "qwq",
      engine: "tavily",
      model: { family: "completions", name: "m" },
    },
    segments: [],
    generations: [],
    answer: "Rome [[1]](https://example.org/italy).",
    rawAnswer: "Rome [1].",
    answered: true,
    stopReason: "answered",
    failure: null,
    sources: [{ number: 1, title: "Italy", url: "https://example.org/italy", text: "Rome is the capital." }],
    citations: [citation("supported")],
    uncited: [],
    queries: [{ query: "capital of Italy" }],
    searches: 1,
    usage: { completionTokens: 10, promptTokens: 100, milliseconds: 1000, estimated: false },
    sampling: {},
    versions: {},
    finishedAt: "2026-01-01T00:00:00.000Z",
    ...about,
  });
}

export function citation(verdict: string, sentence = "Rome.", known = true) {
  return { number: 1, sentence, verdict, known };
}

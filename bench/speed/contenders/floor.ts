import { serveRuns } from "../client.ts";
import { answerIn, answerWatcher, complete, openPrompt, queriesIn, responseOf, search } from "./requests.ts";

// The least that the same requests take: a loop of bare `fetch`.
serveRuns((url) => async (question, onAnswer) => {
  let prompt = openPrompt(question);
  const onText = answerWatcher(onAnswer);
  for (;;) {
    const said = await complete(url, prompt, onText);
    const queries = queriesIn(said);
    if (queries === undefined) return answerIn(said);
    const found = await Promise.all(queries.map((query) => search(url, query)));
    prompt += said + responseOf(queries, found);
  }
});

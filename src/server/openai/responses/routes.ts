import { Hono } from "hono";
import { toResponse, type ErrorReply } from "../../error-reply.ts";
import { readJson } from "../../json-body.ts";
import { answering, type Door } from "../door.ts";
import { toRunSettings } from "../run-settings.ts";
import { toConversation, type Conversation } from "./conversation.ts";
import { failing, type ResponseEnd, type ResponseEvent } from "./events.ts";
import type { Kept, OpenKept } from "./kept.ts";
import { readResponsesRequest } from "./request.ts";
import type { ResponseHead, ResponseObject } from "./reply.ts";

/** The agents behind OpenAI's `/responses`. */
export function responsesRoutes(door: Door, openKept: OpenKept): Hono {
  const app = new Hono();

  app.post("/", async (c) => {
    const id = newId();
    return answering(c, door, id, async (enter) => {
      const request = readResponsesRequest(await readJson(c.req.raw));
      const { asked, wishes, form } = request;
      const kept = openKept(c);
      const conversation = await toConversation(request, kept);
      const { context, ignored } = toRunSettings(wishes, door.ceilings);
      const { model, signal, release, told, stream } = enter(asked.model, form && "text.format");
      const store = asked.store !== false && kept !== null;
      const head: ResponseHead = { id, created: door.seconds(), asked, store };
      const { messages } = conversation;
      const run = { messages, context, signal, release, ...(form !== undefined && { form }) };
      const events = model.respond(run, {
        head,
        ignored: [...ignored, ...request.ignored],
        keep: (end) => keep(end, store ? kept : null, conversation, told),
      });
      if (asked.stream !== true) return Response.json(await last(events));
      return stream<ResponseEvent>(failing(events, head, told), {
        write: (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}`,
        onError: (error) => {
          const { code, message, param = null } = told(error);
          return { type: "error", code, message, param, sequence_number: 0 };
        },
      });
    });
  });

  app.get("/:id", async (c) =>
    answering(c, door, newId(), async () => {
      const found = await openKept(c)?.get(c.req.param("id"));
      return found == null ? toResponse(unknownResponse(c.req.param("id"))) : Response.json(found.response);
    }),
  );
  app.delete("/:id", async (c) =>
    answering(c, door, newId(), async () => {
      const id = c.req.param("id");
      const kept = openKept(c);
      if (((await kept?.get(id)) ?? null) === null) return toResponse(unknownResponse(id));
      await kept?.delete(id);
      return Response.json({ id, object: "response", deleted: true });
    }),
  );
  return app;
}

function newId(): string {
  return `resp_${crypto.randomUUID().replaceAll("-", "")}`;
}

/** Where it cannot be kept, it says so, and is given all the same. */
async function keep(
  { response, answer }: ResponseEnd,
  kept: Kept | null,
  { turns }: Conversation,
  told: (error: unknown) => unknown,
): Promise<ResponseObject> {
  if (kept === null) return response;
  try {
    await kept.put({ response, turns: [...turns, { role: "assistant", text: answer }] });
    return response;
  } catch (error) {
    told(error);
    return { ...response, store: false };
  }
}

async function last(events: AsyncGenerator<ResponseEvent, void>): Promise<unknown> {
  let response: unknown;
  for await (const event of events) response = event["response"] ?? response;
  return response;
}

function unknownResponse(id: string): ErrorReply {
  const message = `Response with id '${id.slice(0, 80)}' not found.`;
  return { status: 404, code: "response_not_found", message, param: "response_id" };
}

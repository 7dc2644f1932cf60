import { expect, test } from "vitest";
import {
  reportedFailure,
  statusFailure,
  type RequestTarget,
} from "../../../src/model/exchange/http-failure.ts";

const target: RequestTarget = {
  baseUrl: "http://host/v1",
  modelName: "qwq",
  route: "/completions",
  redact: (text) => text,
};

test.each([
  [
    "vLLM",
    400,
    {
      object: "error",
      message:
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4000 in the messages, 1000 in the completion). Please reduce the length of the messages or completion.",
      type: "BadRequestError",
      param: null,
      code: 400,
    },
  ],
  ["no figures", 400, { error: { message: "Too many tokens. Please reduce the length of the prompt." } }],
  [
    "vLLM, newer",
    400,
    {
      error: {
        message:
          "The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens.",
        type: "BadRequestError",
        code: 400,
      },
    },
  ],
  [
    "vLLM, max_tokens",
    400,
    {
      error: {
        message:
          "'max_tokens' or 'max_completion_tokens' is too large: 8192. This model's maximum context length is 4096 tokens and your request has 10 input tokens",
        type: "BadRequestError",
        code: 400,
      },
    },
  ],
  [
    "llama.cpp",
    400,
    {
      error: {
        code: 400,
        message: "request (9000 tokens) exceeds the available context size (4096 tokens), try increasing it",
        type: "exceed_context_size_error",
        n_prompt_tokens: 9000,
        n_ctx: 4096,
      },
    },
  ],
  [
    "OpenAI",
    400,
    {
      error: {
        message: "This model's maximum context length is 4097 tokens, however you requested 5000 tokens.",
        type: "invalid_request_error",
        param: null,
        code: "context_length_exceeded",
      },
    },
  ],
  [
    "SGLang",
    400,
    {
      object: "error",
      message: "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
      type: "BadRequestError",
      code: 400,
    },
  ],
  [
    "TGI",
    422,
    {
      error:
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000 `inputs` tokens and 1000 `max_new_tokens`",
      error_type: "validation",
    },
  ],
  [
    "DashScope",
    400,
    {
      error: {
        code: "invalid_parameter_error",
        message: "Range of input length should be [1, 30720]",
        type: "invalid_request_error",
      },
    },
  ],
])("a prompt too long in the words of %s", (_, status, body) => {
  const error = statusFailure(target, status, JSON.stringify(body));
  expect(error).toMatchObject({ code: "model-context-overflow", facts: { status } });
  expect(error.message).toMatch(
    /^The prompt is too long for the model "qwq" \(4\d\d: .+\)\. Splice shorter search results/,
  );
});

test.each([
  [
    401,
    {},
    "model-unauthorized",
    "The model server at http://host/v1 refused the key (401). Set AGENTIC_RAG_MODEL_API_KEY to a valid one.",
  ],
  [
    403,
    { detail: "no access" },
    "model-unauthorized",
    "The model server at http://host/v1 does not allow this (403: no access). Check AGENTIC_RAG_MODEL_API_KEY and what it may use.",
  ],
  [
    404,
    { error: { message: "The model `qwq` does not exist.", type: "NotFoundError", code: 404 } },
    "model-rejected",
    'The model server at http://host/v1 has no /completions, or no model "qwq" (404: The model `qwq` does not exist.). Check AGENTIC_RAG_MODEL_URL (it mostly ends in /v1) and AGENTIC_RAG_MODEL.',
  ],
  [
    422,
    { detail: [{ type: "missing", loc: ["body", "prompt"], msg: "Field required", input: "SECRET PROMPT" }] },
    "model-rejected",
    "The model server at http://host/v1 rejected the request (422: body.prompt: Field required). Check the model settings.",
  ],
  [
    400,
    { error: "model is loading" },
    "model-rejected",
    "The model server at http://host/v1 rejected the request (400: model is loading). Check the model settings.",
  ],
  [
    413,
    {},
    "model-rejected",
    "The model server at http://host/v1 rejected the request (413). Check the model settings.",
  ],
  [
    500,
    { error: { message: 5 } },
    "model-server-error",
    "The model server at http://host/v1 failed (500). Its log says why.",
  ],
])("status %i with %j", (status, body, code, message) => {
  const error = statusFailure(target, status, JSON.stringify(body));
  expect({ code: error.code, message: error.message }).toEqual({ code, message });
});

test("an HTML page is told by its title", () => {
  const page = "<!doctype html><html><head><title>502 Bad\n Gateway</title></head><body>nginx</body></html>";
  expect(statusFailure(target, 502, page).message).toBe(
    "The model server at http://host/v1 failed (502: 502 Bad Gateway). Its log says why.",
  );
});

test("a long message is shortened and loses its control characters", () => {
  const { message } = statusFailure(
    target,
    400,
    JSON.stringify({ error: { message: `\u001B[31m${"ab\u0000\n".repeat(500)}` } }),
  );
  expect(message).toMatch(
    /^The model server at http:\/\/host\/v1 rejected the request \(400: \[31mab ab .*…\)\. Check/,
  );
  expect(message).not.toMatch(/\p{Cc}/u);
  expect(message.length).toBeLessThan(420);
});

test("an error in a stream that says nothing is the server's", () => {
  expect(reportedFailure(target, null)).toMatchObject({ code: "model-server-error", facts: { status: 500 } });
});

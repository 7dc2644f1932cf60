import { expect, test } from "vitest";
import { withoutWrittenKeys } from "../../src/net/written-keys.ts";

test.each([
  ["Incorrect API key provided: sk-canaryA1b2.", "Incorrect API key provided: [hidden]."],
  ["401 for sk-proj-canary_A1-b2", "401 for [hidden]"],
  ["The key 'tvly-canary123456' is invalid", "The key '[hidden]' is invalid"],
  ["tvly-dev-CANARY", "[hidden]"],
  ["Authorization: Bearer canary.A1b2c3~/=", "Authorization: Bearer [hidden]"],
  ["bearer canarycanarycanary", "bearer [hidden]"],
  ["sent Bearer%20canary123", "sent Bearer%20[hidden]"],
  ["Basic Y2FuYXJ5OmNhbmFyeQ==", "Basic [hidden]"],
  ["GET https://name:canary@api.example/x failed", "GET https://[hidden]@api.example/x failed"],
  ["https://api.example/?api_key=canary123&q=x", "https://api.example/?api_key=[hidden]&q=x"],
  ["https://api.example/?q=x&key=canary123", "https://api.example/?q=x&key=[hidden]"],
  ['{"x-api-key":"canary-canary-1","q":"x"}', '{"x-api-key":"[hidden]","q":"x"}'],
  ['{\\"apiKey\\": \\"canary1\\"}', '{\\"apiKey\\": \\"[hidden]\\"}'],
  ["X-Subscription-Token: BSAcanarycanarycanary123", "X-Subscription-Token: [hidden]"],
  ["token eyJcanarycanary.eyJcanary.c_a-n", "token [hidden]"],
  ["ghp_canary123456 and jina_canary1234 and hf_canarycanary", "[hidden] and [hidden] and [hidden]"],
  ["AIzaCanaryCanaryCanaryCanary1", "[hidden]"],
  ["gsk_canary123456 xai-canary123456 glpat-canary123456", "[hidden] [hidden] [hidden]"],
  ["AKIACANARYCANARY12 and ASIACANARYCANARY12", "[hidden] and [hidden]"],
  ["SG.canarycanary.canary-canary ya29.canary_canary1", "[hidden] [hidden]"],
  ["npm_canary123456 pypi-canary123456 fw_canary123456", "[hidden] [hidden] [hidden]"],
  ["Ocp-Apim-Subscription-Key: 0123456789abcdef", "Ocp-Apim-Subscription-Key: [hidden]"],
  ["aws_secret_access_key=canary/CANARY+1234", "aws_secret_access_key=[hidden]"],
  ["?X-Amz-Signature=0123456789abcdef&x=1", "?X-Amz-Signature=[hidden]&x=1"],
  ["Authorization: Token canary123456", "Authorization: Token [hidden]"],
  ["The api key 3f2504e0-4f89-11d3-9a0c-0305e82c3301 is invalid", "The api key [hidden] is invalid"],
  [
    "password is canary12345, sent x-api-key 0123456789abcdef",
    "password is [hidden], sent x-api-key [hidden]",
  ],
  ["Set-Cookie: session=canary; Path=/", "Set-Cookie: [hidden]"],
  ["a\n-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----\nb", "a\n[hidden]\nb"],
])("a key in %j is not shown", (text, shown) => {
  expect(withoutWrittenKeys(text)).toBe(shown);
});

test.each([
  "The search engine tavily refused the key (HTTP 401). Check TAVILY_API_KEY.",
  "Set AGENTIC_RAG_MODEL_API_KEY, or use basic authentication with a bearer token.",
  "There is no key: set one. Too many tokens: 4096.",
  "The context ends at token 128000; the key is missing, a password is needed, token type JWT.",
  "Request 3f2504e0-4f89-11d3-9a0c-0305e82c3301 failed at https://api.example/a@b for key words.",
])("%j stays as it is", (text) => {
  expect(withoutWrittenKeys(text)).toBe(text);
});

import type { CallReading } from "../../../src/protocol/protocol.ts";

export const found = (...queries: string[]): CallReading => ({ kind: "search", queries });
const opened = (...urls: string[]): CallReading => ({ kind: "open", urls });

export interface DialectCall {
  readonly name: string;
  /** A call as the model writes it, to its end. */
  readonly text: string;
  readonly call: CallReading;
  /** The tag that the reader adds, where the form has none of its own. */
  readonly added?: string;
}

const QUERY = 'Łódź 人口 "2024" 🏔️ <b> it\'s & so on';
const JSON_QUERY = JSON.stringify(QUERY);

export const DIALECT_CALLS: readonly DialectCall[] = [
  {
    name: "QwQ",
    text: `<tool_call>\n{"action": "web_search", "action_input": {"query": ${JSON_QUERY}}}\n</tool_call>`,
    call: found(QUERY),
  },
  {
    name: "Hermes",
    text: `<tool_call>\n{"name": "web_search", "arguments": {"query": ${JSON_QUERY}}}\n</tool_call>`,
    call: found(QUERY),
  },
  {
    name: "Hermes, several queries, as Tongyi",
    text: '<tool_call>\n{"name": "search", "arguments": {"query": ["a", "b"]}}\n</tool_call>',
    call: found("a", "b"),
  },
  {
    name: "Hermes, a page with a goal, as Tongyi",
    text: '<tool_call>\n{"name": "visit", "arguments": {"url": ["https://a.example/", "https://b.example/"], "goal": "to know"}}\n</tool_call>',
    call: opened("https://a.example/", "https://b.example/"),
  },
  {
    name: "Hermes without its last brace",
    text: '<tool_call>\n{"name": "web_search", "arguments": {"query": "Mount Kenya"}\n</tool_call>',
    call: found("Mount Kenya"),
  },
  {
    name: "Hermes with a brace too many",
    text: '<tool_call>\n{"name": "web_search", "arguments": {"query": "Mount Kenya"}}}\n</tool_call>',
    call: found("Mount Kenya"),
  },
  {
    name: "Hermes, a query on two lines",
    text: '<tool_call>\n{"name": "web_search", "arguments": {"query": "Mount\nKenya"}}\n</tool_call>',
    call: found("Mount Kenya"),
  },
  {
    name: "Hermes, a query about its own tags",
    text: '<tool_call>\n{"name": "web_search", "arguments": {"query": "what is <tool_call>{\\"name\\": 1}</tool_call> and <tool_response> in <think>?"}}\n</tool_call>',
    call: found('what is <tool_call>{"name": 1}</tool_call> and <tool_response> in <think>?'),
  },
  {
    name: "Hermes without its opening tag",
    text: `{"name": "web_search", "arguments": {"query": ${JSON_QUERY}}}\n</tool_call>`,
    call: found(QUERY),
  },
  {
    name: "Qwen XML",
    text: `<tool_call>\n<function=web_search>\n<parameter=query>\n${QUERY}\n</parameter>\n</function>\n</tool_call>`,
    call: found(QUERY),
  },
  {
    name: "Qwen XML, a list",
    text: '<tool_call>\n<function=web_search>\n<parameter=query>\n["a \\"b\\"", "c"]\n</parameter>\n</function>\n</tool_call>',
    call: found('a "b"', "c"),
  },
  {
    name: "Qwen XML, two functions",
    text: "<tool_call>\n<function=web_search>\n<parameter=query>\na\n</parameter>\n</function>\n<function=web_search>\n<parameter=query>\nb\n</parameter>\n</function>\n</tool_call>",
    call: found("a", "b"),
  },
  {
    name: "Qwen XML, several lines, CDATA",
    text: "<tool_call>\n<function=web_search>\n<parameter=query>\n<![CDATA[one\ntwo <x>]]>\n</parameter>\n</function>\n</tool_call>",
    call: found("one two <x>"),
  },
  {
    name: "Qwen XML, a query about its own tags",
    text: "<tool_call>\n<function=web_search>\n<parameter=query>\nwhat is </tool_call> in <tool_response> text\n</parameter>\n</function>\n</tool_call>",
    call: found("what is </tool_call> in <tool_response> text"),
  },
  {
    name: "Qwen XML, its parameter not closed",
    text: "<tool_call>\n<function=web_search>\n<parameter=query>\nMount Kenya\n</function>\n</tool_call>",
    call: found("Mount Kenya"),
  },
  {
    name: "Qwen XML without its opening tag",
    text: "<function=web_search>\n<parameter=query>\nMount Kenya\n</parameter>\n</function>\n</tool_call>",
    call: found("Mount Kenya"),
  },
  {
    name: "Qwen XML without its tags",
    text: "<function=web_search>\n<parameter=query>\nMount Kenya\n</parameter>\n</function>",
    call: found("Mount Kenya"),
    added: "</tool_call>",
  },
  {
    name: "GLM",
    text: `<tool_call>web_search\n<arg_key>query</arg_key>\n<arg_value>${QUERY}</arg_value>\n</tool_call>`,
    call: found(QUERY),
  },
  {
    name: "GLM on one line, a list",
    text: '<tool_call>web_search<arg_key>queries</arg_key><arg_value>["a", "b"]</arg_value></tool_call>',
    call: found("a", "b"),
  },
  {
    name: "GLM, a page",
    text: "<tool_call>open_url\n<arg_key>url</arg_key>\n<arg_value>https://a.example/?b=1&c</arg_value>\n</tool_call>",
    call: opened("https://a.example/?b=1&c"),
  },
  {
    name: "DeepSeek V3.2",
    text: `<｜DSML｜function_calls>\n<｜DSML｜invoke name="web_search">\n<｜DSML｜parameter name="query" string="true">${QUERY}</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>`,
    call: found(QUERY),
  },
  {
    name: "DeepSeek V4, two calls, one a list",
    text: '<｜DSML｜tool_calls>\n<｜DSML｜invoke name="web_search">\n<｜DSML｜parameter name="query" string="true">["a"]</｜DSML｜parameter>\n</｜DSML｜invoke>\n<｜DSML｜invoke name="web_search">\n<｜DSML｜parameter name="query" string="false">["b", "c"]</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>',
    call: found('["a"]', "b", "c"),
  },
  {
    name: "DeepSeek, older",
    text: '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>web_search\n```json\n{"query": "a"}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>web_search\n```json\n{"query": "b"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    call: found("a", "b"),
  },
  {
    name: "DeepSeek V3.1",
    text: `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>web_search<｜tool▁sep｜>{"query": ${JSON_QUERY}}<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
    call: found(QUERY),
  },
  {
    name: "Kimi K2",
    text: `<|tool_calls_section_begin|><|tool_call_begin|>functions.web_search:0<|tool_call_argument_begin|>{"query": ${JSON_QUERY}}<|tool_call_end|><|tool_calls_section_end|>`,
    call: found(QUERY),
  },
  {
    name: "Kimi K2, two calls",
    text: '<|tool_calls_section_begin|><|tool_call_begin|>functions.web_search:3<|tool_call_argument_begin|>{"query": "what is <|tool_call_end|>?"}<|tool_call_end|><|tool_call_begin|>functions.web_search:4<|tool_call_argument_begin|>{"query": "b"}<|tool_call_end|><|tool_calls_section_end|>',
    call: found("what is <|tool_call_end|>?", "b"),
  },
  {
    name: "Kimi K2 without its section",
    text: '<|tool_call_begin|>functions.web_search:0<|tool_call_argument_begin|>{"query": "a"}<|tool_call_end|>',
    call: found("a"),
  },
  {
    name: "Kimi K3",
    text: '<|open|>tools<|sep|><|open|>call tool="web_search" index="1"<|sep|><|open|>argument key="query" type="string"<|sep|>Mount "Kenya"<|close|>argument<|sep|><|close|>call<|sep|><|close|>tools<|sep|>',
    call: found('Mount "Kenya"'),
  },
  {
    name: "MiniMax",
    text: `<minimax:tool_call>\n<invoke name="web_search">\n<parameter name="query">${QUERY}</parameter>\n</invoke>\n</minimax:tool_call>`,
    call: found(QUERY),
  },
  {
    name: "MiniMax, two calls",
    text: '<minimax:tool_call>\n<invoke name="web_search">\n<parameter name="query">a</parameter>\n</invoke>\n<invoke name="web_search">\n<parameter name="query">["b", "c"]</parameter>\n</invoke>\n</minimax:tool_call>',
    call: found("a", "b", "c"),
  },
  {
    name: "harmony",
    text: `<|channel|>commentary to=functions.web_search <|constrain|>json<|message|>{"query": ${JSON_QUERY}}<|call|>`,
    call: found(QUERY),
  },
  {
    name: "harmony, its recipient in the role",
    text: '<|start|>assistant to=functions.web_search<|channel|>commentary <|constrain|>json<|message|>{"query": "a"}<|call|>',
    call: found("a"),
  },
  {
    name: "harmony, a tool of its own",
    text: '<|channel|>analysis to=browser.search code<|message|>{"query": "a", "topn": 5}<|call|>',
    call: found("a"),
  },
  {
    name: "Gemma 4",
    text: '<|tool_call>call:web_search{query:<|"|>Mount "Kenya", {so} it\'s<|"|>}<tool_call|>',
    call: found('Mount "Kenya", {so} it\'s'),
  },
  {
    name: "Gemma 4, a list",
    text: '<|tool_call>call:web_search{queries:[<|"|>a<|"|>,<|"|>b<|"|>]}<tool_call|>',
    call: found("a", "b"),
  },
  {
    name: "MiroThinker",
    text: '<use_mcp_tool>\n<server_name>search_and_scrape_webpage</server_name>\n<tool_name>web_search</tool_name>\n<arguments>\n{"query": "a"}\n</arguments>\n</use_mcp_tool>',
    call: found("a"),
  },
  {
    name: "Llama",
    text: '<|python_tag|>{"name": "web_search", "parameters": {"query": "a"}}',
    call: found("a"),
    added: "</tool_call>",
  },
  {
    name: "Mistral",
    text: `[TOOL_CALLS]web_search[ARGS]{"query": ${JSON_QUERY}}`,
    call: found(QUERY),
    added: "</tool_call>",
  },
  {
    name: "Mistral, older",
    text: '[TOOL_CALLS][{"name": "web_search", "arguments": {"query": "a"}}, {"name": "web_search", "arguments": {"query": "b"}}]',
    call: found("a", "b"),
    added: "</tool_call>",
  },
  {
    name: "Llama, in Python",
    text: `<|python_tag|>web_search.call(query=${JSON_QUERY})`,
    call: found(QUERY),
    added: "</tool_call>",
  },
  {
    name: "LFM2",
    text: '<|tool_call_start|>[web_search(queries=["a", "b"], count=5)]<|tool_call_end|>',
    call: found("a", "b"),
    added: "</tool_call>",
  },
  {
    name: "Seed",
    text: `<seed:tool_call>\n<function=web_search>\n<parameter=query>${QUERY}</parameter>\n</function>\n</seed:tool_call>`,
    call: found(QUERY),
    added: "</tool_call>",
  },
  {
    name: "Granite",
    text: '<|tool_call|>[{"name": "web_search", "arguments": {"query": "a"}}, {"name": "web_search", "arguments": {"query": "b"}}]',
    call: found("a", "b"),
    added: "</tool_call>",
  },
  {
    name: "Command",
    text: '<|START_ACTION|>[\n    {"tool_call_id": "0", "tool_name": "web_search", "parameters": {"query": "a"}}\n]<|END_ACTION|>',
    call: found("a"),
    added: "</tool_call>",
  },
  {
    name: "a list between tags of its own",
    text: '<tool_calls>\n[{"name": "web_search", "arguments": {"query": "what is </tool_calls>?"}}]\n</tool_calls>',
    call: found("what is </tool_calls>?"),
    added: "</tool_call>",
  },
  {
    name: "elements between tags of their own",
    text: '<function_calls>\n<invoke name="web_search">\n<parameter name="query">a</parameter>\n</invoke>\n</function_calls>',
    call: found("a"),
    added: "</tool_call>",
  },
  {
    name: "Hermes in capitals",
    text: '<TOOL_CALL>\n{"name": "web_search", "arguments": {"query": "a"}}\n</TOOL_CALL>',
    call: found("a"),
    added: "</tool_call>",
  },
];

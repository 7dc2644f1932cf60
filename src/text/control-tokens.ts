/**
 * The tokens with a meaning of their own, by line of models: what its chat template writes, and what else its tokenizer
 * reads as one token wherever it stands. Sources: the added tokens and chat templates of the lines' tokenizers.
 */
export const CONTROL_TOKENS: Readonly<Record<string, readonly string[]>> = {
  chatml: [
    ...bars("endoftext im_start im_end im_sep object_ref_start object_ref_end box_start box_end quad_start"),
    ...bars(
      "quad_end vision_start vision_end vision_pad image_pad video_pad fim_prefix fim_middle fim_suffix",
    ),
    ...bars("fim_pad repo_name file_sep"),
    ...tags("tool_call tool_response think"),
  ],
  gemma: words(
    "<bos> <eos> <pad> <unk> <mask> <start_of_turn> <end_of_turn> <start_of_image> <end_of_image> <image_soft_token> <2mass> [@BOS@]",
  ),
  "gemma 4": [
    ..."turn channel tool tool_call tool_response image audio"
      .split(" ")
      .flatMap((name) => [`<|${name}>`, `<${name}|>`]),
    ...words('<|"|> <|think|> <|image|> <|audio|> <|video|> <bos> <eos> <pad> <unk> <mask>'),
  ],
  mistral: words(
    "<s> </s> <unk> <pad> [INST] [/INST] [AVAILABLE_TOOLS] [/AVAILABLE_TOOLS] [TOOL_CALLS] [TOOL_RESULTS] [/TOOL_RESULTS] [TOOL_CONTENT] [CALL_ID] [ARGS] [SYSTEM_PROMPT] [/SYSTEM_PROMPT] [MODEL_SETTINGS] [/MODEL_SETTINGS] [THINK] [/THINK] [IMG] [IMG_BREAK] [IMG_END] [AUDIO] [BEGIN_AUDIO] [TRANSCRIBE] [PREFIX] [MIDDLE] [SUFFIX]",
  ),
  "llama 2": words("<s> </s> <unk> [INST] [/INST] <<SYS>> <</SYS>> <PRE> <SUF> <MID> <EOT>"),
  "llama 3": [
    ...bars(
      "begin_of_text end_of_text start_header_id end_header_id eot_id eom_id python_tag finetune_right_pad_id",
    ),
    ...bars(
      "step_id image header_start header_end eot eom python_start python_end image_start image_end patch",
    ),
  ],
  deepseek: [
    ..."begin▁of▁sentence end▁of▁sentence ▁pad▁ User Assistant fim▁begin fim▁hole fim▁end tool▁calls▁begin tool▁calls▁end tool▁call▁begin tool▁call▁end tool▁outputs▁begin tool▁outputs▁end tool▁output▁begin tool▁output▁end tool▁sep search▁begin search▁end"
      .split(" ")
      .map((name) => `<｜${name}｜>`),
    ...words("｜DSML｜ <|EOT|>"),
    ...tags("think function_results tool_result"),
  ],
  glm: [
    ...words("[MASK] [gMASK] [sMASK] <sop> <eop> /nothink"),
    ...bars(
      "endoftext system user assistant observation begin_of_image end_of_image begin_of_video end_of_video",
    ),
    ...bars("begin_of_audio end_of_audio code_prefix code_middle code_suffix"),
    ...tags("think tool_call tool_response arg_key arg_value"),
  ],
  kimi: [
    ...words("[BOS] [EOS] [EOT] [UNK] [PAD] [start_header_id] [end_header_id]"),
    ...bars(
      "im_user im_assistant im_system im_middle im_end tool_calls_section_begin tool_calls_section_end",
    ),
    ...bars(
      "tool_call_begin tool_call_argument_begin tool_call_end media_start media_content media_pad media_end",
    ),
    ...bars("open close sep"),
    ...tags("think"),
  ],
  minimax: [
    ...words("]~!b[ ]~b] [e~[ ]!p~[ ]!d~[ ]<]image[>[ ]<]video[>[ ]<]speech[>["),
    "]<]start of image[>[",
    "]<]end of image[>[",
    "]<]vision pad[>[",
    ...words(
      "<fim_prefix> <fim_middle> <fim_suffix> <fim_pad> <reponame> <filename> <gh_stars> <empty_output>",
    ),
    ...words("<issue_start> <issue_comment> <issue_closed> <jupyter_start> <jupyter_text> <jupyter_code>"),
    ...words(
      "<jupyter_output> <jupyter_error> <commit_before> <commit_msg> <commit_after> <code_interpreter>",
    ),
    ...words("<function_call> <add_file> <delete_file> <rename_file> <edit_file>"),
    ...tags("minimax:tool_call think"),
  ],
  harmony: bars("start end message channel constrain return call refusal startoftext endoftext endofprompt"),
  cohere: [
    ...words("<BOS_TOKEN> <EOS_TOKEN> <MASK_TOKEN> <PAD> <UNK> <CLS> <SEP>"),
    ...bars(
      "START_OF_TURN_TOKEN END_OF_TURN_TOKEN SYSTEM_TOKEN USER_TOKEN CHATBOT_TOKEN START_THINKING END_THINKING",
    ),
    ...bars("START_RESPONSE END_RESPONSE START_ACTION END_ACTION START_TOOL_RESULT END_TOOL_RESULT"),
  ],
  seed: [
    ...words("<seed:bos> <seed:eos> <seed:pad>"),
    ...tags("seed:think seed:tool_call seed:cot_budget_reflect"),
  ],
  exaone: words("[|system|] [|user|] [|assistant|] [|tool|] [|endofturn|] [BOS] [PAD] [UNK]"),
  ernie: words("<s> </s> <unk> <pad> <cls> <sep> <|begin_of_sentence|> <|end_of_sentence|>"),
  mcp: tags("use_mcp_tool server_name tool_name arguments"),
};

/** Every token of every line, for a model whose template is not known. */
export const ALL_CONTROL_TOKENS: readonly string[] = [...new Set(Object.values(CONTROL_TOKENS).flat())];

/** What looks like a control token wherever it stands: no word of HTML, and no index. */
const SHAPE =
  /<\/?[a-z][\w-]*[_:][\w:-]*>|<[|｜][^<>|｜\s]{1,64}>|<[^<>|｜\s]{1,64}[|｜]>|<[|｜][^<>|｜\s]{1,64}[|｜]>|\[\/?[A-Za-z_]*[A-Z]{2}[A-Z_]*\]|\[[|｜][^[\]|｜\s]{1,64}[|｜]\]/gi;

/** In a template, `[A-Z]` are kept apart from indexes such as `messages[role]`. */
const CAPITALS = /[A-Z]{2}/;

/**
 * The control tokens of a chat template: those that its text holds, of all lines that it shares one with, and those of
 * `named`, which its text may only name (`bos_token`).
 */
export function controlTokensOf(template: string, named: readonly string[] = []): readonly string[] {
  const holds = (token: string): boolean => template.includes(token) || named.includes(token);
  const lines = Object.values(CONTROL_TOKENS).filter((tokens) => tokens.some(holds));
  const shaped = (template.match(SHAPE) ?? []).filter(
    (token) => !token.startsWith("[") || CAPITALS.test(token),
  );
  return [...new Set([...lines.flat(), ...shaped, ...named.filter((token) => token.trim().length > 2)])];
}

function words(text: string): readonly string[] {
  return text.split(" ");
}

function bars(names: string): readonly string[] {
  return names.split(" ").map((name) => `<|${name}|>`);
}

function tags(names: string): readonly string[] {
  return names.split(" ").flatMap((name) => [`<${name}>`, `</${name}>`]);
}

/** A line of models: what its own tokenizer adds, and how its chat template frames a conversation. */
export interface ModelLine {
  readonly name: string;
  /** The name of a model of this line. */
  readonly model: string;
  /** Its chat template as llama.cpp tells it, cut down to what plain messages need. */
  readonly template: string;
  readonly bos?: string;
  readonly eos?: string;
  /** What the tokenizer reads as one token wherever it stands, template or not. */
  readonly tokens: readonly string[];
}

/** A template that frames each turn alike. */
function framed(open: string, close: string, generate: string): string {
  return `{% for m in messages %}${open}${close}{% endfor %}{% if add_generation_prompt %}${generate}{% endif %}`;
}

function words(text: string): readonly string[] {
  return text.split(" ");
}

/** Sources: chat templates and added tokens of the lines' tokenizers. */
export const MODEL_LINES: readonly ModelLine[] = [
  {
    name: "Gemma 3",
    model: "gemma-3-27b-it",
    bos: "<bos>",
    eos: "<eos>",
    template: `{{ bos_token }}${framed(
      "<start_of_turn>{{ 'model' if m.role == 'assistant' else 'user' }}\n",
      "{{ m.content }}<end_of_turn>\n",
      "<start_of_turn>model\n",
    )}`,
    tokens: words(
      "<bos> <eos> <pad> <unk> <mask> <start_of_turn> <end_of_turn> <start_of_image> <end_of_image> <image_soft_token> <unused0> <unused6241>",
    ),
  },
  {
    name: "Gemma 4",
    model: "gemma-4-26B-A4B-it",
    bos: "<bos>",
    eos: "<turn|>",
    template: `{{ bos_token }}${framed(
      "<|turn>{{ 'model' if m.role == 'assistant' else m.role }}\n",
      "{{ m.content }}<turn|>\n",
      "<|turn>model\n<|channel>thought\n",
    )}{# <|tool_call>call:{{ name }} #}`,
    tokens: words(
      '<bos> <eos> <|turn> <turn|> <|channel> <channel|> <|tool> <tool|> <|tool_call> <tool_call|> <|tool_response> <tool_response|> <|"|> <|think|> <|image> <image|> <|image|>',
    ),
  },
  {
    name: "Mistral",
    model: "Mistral-Small-3.2-24B",
    bos: "<s>",
    eos: "</s>",
    template:
      "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}[SYSTEM_PROMPT]{{ m.content }}[/SYSTEM_PROMPT]" +
      "{% elif m.role == 'user' %}[INST]{{ m.content }}[/INST]{% else %}{{ m.content }}{{ eos_token }}{% endif %}{% endfor %}",
    tokens: words(
      "<s> </s> <unk> [INST] [/INST] [AVAILABLE_TOOLS] [/AVAILABLE_TOOLS] [TOOL_CALLS] [TOOL_RESULTS] [/TOOL_RESULTS] [TOOL_CONTENT] [CALL_ID] [ARGS] [SYSTEM_PROMPT] [/SYSTEM_PROMPT] [IMG] [IMG_BREAK] [IMG_END] [PREFIX] [MIDDLE] [SUFFIX] <SPECIAL_20> [control_12]",
    ),
  },
  {
    name: "Llama 2",
    model: "Llama-2-13b-chat",
    bos: "<s>",
    eos: "</s>",
    template:
      "{% for m in messages %}{% if m.role == 'system' %}{{ bos_token }}[INST] <<SYS>>\n{{ m.content }}\n<</SYS>>\n\n[/INST]" +
      "{% elif m.role == 'user' %}{{ bos_token }}[INST] {{ m.content }} [/INST]{% else %} {{ m.content }} {{ eos_token }}{% endif %}{% endfor %}",
    tokens: words("<s> </s> <unk> [INST] [/INST] <<SYS>> <</SYS>>"),
  },
  {
    name: "Llama 3",
    model: "Llama-3.3-70B-Instruct",
    bos: "<|begin_of_text|>",
    eos: "<|eot_id|>",
    template: `{{ bos_token }}${framed(
      "<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n",
      "{{ m.content }}<|eot_id|>",
      "<|start_header_id|>assistant<|end_header_id|>\n\n",
    )}`,
    tokens: words(
      "<|begin_of_text|> <|end_of_text|> <|start_header_id|> <|end_header_id|> <|eot_id|> <|eom_id|> <|python_tag|> <|finetune_right_pad_id|> <|reserved_special_token_0|>",
    ),
  },
  {
    name: "DeepSeek",
    model: "DeepSeek-V3.2",
    bos: "<｜begin▁of▁sentence｜>",
    eos: "<｜end▁of▁sentence｜>",
    template:
      "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ m.content }}{% elif m.role == 'user' %}<｜User｜>{{ m.content }}" +
      "{% else %}<｜Assistant｜></think>{{ m.content }}{{ eos_token }}{% endif %}{% endfor %}{% if add_generation_prompt %}<｜Assistant｜><think>{% endif %}" +
      "{# <｜DSML｜function_calls> #}",
    tokens: words(
      "<｜begin▁of▁sentence｜> <｜end▁of▁sentence｜> <｜▁pad▁｜> <｜User｜> <｜Assistant｜> <｜fim▁begin｜> <｜fim▁hole｜> <｜fim▁end｜> <｜tool▁calls▁begin｜> <｜tool▁calls▁end｜> <｜tool▁call▁begin｜> <｜tool▁call▁end｜> <｜tool▁outputs▁begin｜> <｜tool▁output▁end｜> <｜tool▁sep｜> <｜place▁holder▁no▁7｜> ｜DSML｜ <|EOT|>",
    ),
  },
  {
    name: "GLM",
    model: "GLM-4.7",
    template: `[gMASK]<sop>${framed("<|{{ m.role }}|>\n", "{{ m.content }}", "<|assistant|>\n")}{# <arg_key> #}`,
    tokens: words(
      "[MASK] [gMASK] [sMASK] <sop> <eop> <|endoftext|> <|system|> <|user|> <|assistant|> <|observation|> <arg_key> </arg_key> <arg_value> </arg_value> /nothink <|begin_of_image|> <|code_prefix|>",
    ),
  },
  {
    name: "Kimi",
    model: "Kimi-K2-Thinking",
    bos: "[BOS]",
    eos: "[EOS]",
    template: `${framed(
      "<|im_{{ m.role }}|>{{ m.role }}<|im_middle|>",
      "{{ m.content }}<|im_end|>",
      "<|im_assistant|>assistant<|im_middle|>",
    )}{# <|tool_calls_section_begin|> #}`,
    tokens: words(
      "[BOS] [EOS] [EOT] [UNK] [PAD] [start_header_id] [end_header_id] <|im_user|> <|im_assistant|> <|im_system|> <|im_middle|> <|im_end|> <|tool_calls_section_begin|> <|tool_calls_section_end|> <|tool_call_begin|> <|tool_call_argument_begin|> <|tool_call_end|> <|media_pad|> <|reserved_token_163600|>",
    ),
  },
  {
    name: "MiniMax",
    model: "MiniMax-M2",
    bos: "]~!b[",
    eos: "[e~[",
    template: `]~!b[${framed(
      "]~b]{{ 'ai' if m.role == 'assistant' else m.role }}\n",
      "{{ m.content }}[e~[\n",
      "]~b]ai\n<think>\n",
    )}{# <minimax:tool_call> #}`,
    tokens: words(
      "]~!b[ ]~b] [e~[ ]!p~[ ]!d~[ ]<]image[>[ ]<]video[>[ ]<]speech[>[ <minimax:tool_call> </minimax:tool_call> <fim_prefix> <fim_suffix> <filename> <code_interpreter>",
    ),
  },
  {
    name: "harmony",
    model: "gpt-oss-20b",
    bos: "<|startoftext|>",
    eos: "<|return|>",
    template: `${framed(
      "<|start|>{{ m.role }}{% if m.role == 'assistant' %}<|channel|>final{% endif %}<|message|>",
      "{{ m.content }}<|end|>",
      "<|start|>assistant",
    )}{# <|constrain|> #}`,
    tokens: words(
      "<|start|> <|end|> <|message|> <|channel|> <|constrain|> <|return|> <|call|> <|startoftext|> <|endoftext|> <|endofprompt|> <|reserved_200017|>",
    ),
  },
  {
    name: "Command",
    model: "command-a-reasoning",
    bos: "<BOS_TOKEN>",
    eos: "<|END_OF_TURN_TOKEN|>",
    template: `{{ bos_token }}${framed(
      "<|START_OF_TURN_TOKEN|><|{{ m.role | upper }}_TOKEN|>",
      "{{ m.content }}<|END_OF_TURN_TOKEN|>",
      "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|><|START_THINKING|>",
    )}`,
    tokens: words(
      "<BOS_TOKEN> <EOS_TOKEN> <PAD> <UNK> <|START_OF_TURN_TOKEN|> <|END_OF_TURN_TOKEN|> <|USER_TOKEN|> <|CHATBOT_TOKEN|> <|START_ACTION|>",
    ),
  },
];

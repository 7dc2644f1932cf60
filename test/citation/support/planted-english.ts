import type { Planted } from "./planted.ts";

export const ENGLISH: Planted = {
  language: "English",
  sources: [
    {
      number: 1,
      title: "QwQ-32B released",
      text: `Alibaba's Qwen team released QwQ-32B on 6 March 2025 under the Apache 2.0 licence. The model was trained from Qwen2.5-32B and has 32.5 billion parameters. Its context window is 131,072 tokens. The team said the model "scales reinforcement learning on a strong base". QwQ-32B scored 79.5 % on AIME 2024, more than the 79.2 % that o1-mini reached. The model may be slower than its rivals on short prompts. It does not support images.`,
    },
    {
      number: 2,
      title: "Harbour bridge of Lindau",
      text: `The harbour bridge was opened on 14 June 1998 after four years of construction. It is 412 metres long and cost 48 million dollars. The architect Maria Keller designed it; the engineer Paul Ostrow checked the calculations. Before the opening, about 9,000 vehicles used the old ferry every day. Today the bridge carries forty-eight trains and roughly 21,000 vehicles a day. Lorries above 30 tonnes are banned from the bridge at night. The city council rejected a toll in 2003.`,
    },
    {
      number: 3,
      title: "Battery test of small laptops",
      text: `| Laptop | Battery (h) | Weight (kg) | Price ($) |\n| --- | --- | --- | --- |\n| Aero 13 | 14.5 | 1.1 | 1299 |\n| Borea 14 | 9.2 | 1.4 | 899 |\n| Ciro Air | 17.8 | 0.9 | 1549 |\n\nAll laptops were measured at a brightness of 200 nits. The Ciro Air became warm under load.`,
    },
    {
      number: 4,
      title: "Study on sleep and memory",
      text: `The study followed 1,250 adults in Norway for six years. Adults who slept less than six hours a night remembered fewer words than those who slept eight hours. The authors found no effect of coffee on memory. "Sleep is the cheapest medicine we have," said the lead author, Ingrid Solberg. The results could also apply to teenagers, but the authors did not test this.`,
    },
  ],
  sentences: [
    // as it is, or in other words
    ["true", 1, "Alibaba's Qwen team released QwQ-32B on 6 March 2025 under the Apache 2.0 licence."],
    ["true", 1, "QwQ-32B was released by the Qwen team of Alibaba on March 6, 2025."],
    ["true", 1, "QwQ-32B has 32.5 billion parameters and a context window of 131,072 tokens."],
    ["true", 1, "The model does not support images."],
    ["true", 1, "On AIME 2024, QwQ-32B scored 79.5%, more than o1-mini."],
    ["true", 1, "It was trained from Qwen2.5-32B."],
    ["true", 2, "The bridge opened on June 14, 1998."],
    ["true", 2, "The harbour bridge is 412 m long and cost $48 million."],
    ["true", 2, "Maria Keller designed the bridge."],
    ["true", 2, "The bridge was designed by Maria Keller, and Paul Ostrow checked the calculations."],
    ["true", 2, "Today 48 trains and about 21,000 vehicles use the bridge each day."],
    ["true", 2, "At night, lorries above 30 tonnes may not use the bridge."],
    ["true", 3, "The battery of the Ciro Air lasts 17.8 hours."],
    ["true", 3, "The Borea 14 weighs 1.4 kg and has a price of $899."],
    ["true", 4, "The study followed 1250 adults in Norway over six years."],
    ["true", 4, 'Ingrid Solberg said: "Sleep is the cheapest medicine we have."'],
    ["true", 4, "No effect of coffee on memory was found by the authors."],
    // wrong numbers, dates, units
    ["number", 1, "QwQ-32B has 325 billion parameters."],
    ["number", 1, "Its context window is 32,768 tokens."],
    ["number", 1, "QwQ-32B scored 97.5 % on AIME 2024."],
    ["number", 2, "The bridge is 421 metres long."],
    ["number", 2, "Today the bridge carries eighty-four trains a day."],
    ["number", 2, "The bridge cost forty million dollars."],
    ["number", 2, "Today roughly 9,000 vehicles a day use the bridge."],
    ["number", 4, "The study followed 1,520 adults in Norway."],
    ["date", 1, "QwQ-32B was released on 6 March 2024."],
    ["date", 1, "The model was released on 3 June 2025."],
    ["date", 2, "The bridge was opened on 4 June 1998."],
    ["date", 2, "The city council rejected a toll in 2013."],
    ["unit", 2, "The bridge is 412 kilometres long."],
    ["unit", 2, "The bridge cost 48 million euros."],
    ["unit", 4, "Adults who slept less than six minutes a night remembered fewer words."],
    // other names
    ["name", 1, "Tencent's Qwen team released QwQ-32B on 6 March 2025."],
    ["name", 1, "QwQ-72B was released under the Apache 2.0 licence."],
    ["name", 2, "The architect Anna Keller designed the bridge."],
    ["name", 4, "The study followed 1,250 adults in Sweden for six years."],
    // turned round
    ["negated", 1, "QwQ-32B was not released under the Apache 2.0 licence."],
    ["negated", 1, "The model supports images."],
    ["negated", 2, "The city council did not reject a toll in 2003."],
    ["negated", 4, "The authors found an effect of coffee on memory."],
    [
      "negated",
      4,
      "Adults who slept less than six hours never remembered fewer words than those who slept eight hours.",
    ],
    ["negated", 2, "Lorries above 30 tonnes are not banned from the bridge at night."],
    ["comparison", 1, "QwQ-32B scored less than o1-mini on AIME 2024."],
    [
      "comparison",
      4,
      "Adults who slept less than six hours a night remembered more words than those who slept eight hours.",
    ],
    ["comparison", 2, "Lorries below 30 tonnes are banned from the bridge at night."],
    ["comparison", 2, "After the opening, about 9,000 vehicles used the old ferry every day."],
    // more than is said
    ["exaggerated", 1, "The model is always slower than its rivals on short prompts."],
    ["exaggerated", 4, "The results apply to teenagers."],
    ["exaggerated", 3, "All laptops became warm under load."],
    // who does what
    ["swapped", 2, "Paul Ostrow designed the bridge; Maria Keller checked the calculations."],
    ["swapped", 1, "o1-mini scored more than QwQ-32B on AIME 2024."],
    // quotes
    ["quote", 4, '"Sleep is the best medicine we have," said Ingrid Solberg.'],
    ["quote", 1, 'The team said the model "scales supervised learning on a strong base".'],
    // tables
    ["row", 3, "The Aero 13 has a battery life of 9.2 hours."],
    ["row", 3, "The Borea 14 weighs 0.9 kg."],
    ["row", 3, "The Ciro Air costs $899."],
    // of two sources, of none
    ["merged", 1, "QwQ-32B was released on 6 March 2025 and measured at a brightness of 200 nits."],
    ["merged", 2, "The bridge was opened in 1998 and has 32.5 billion parameters."],
    ["absent", 1, "Critics praised the writing style of the model in several newspapers."],
    ["absent", 2, "Tourists like to watch the sunset from there."],
    ["absent", 4, "The participants were paid with shopping vouchers."],
  ],
};

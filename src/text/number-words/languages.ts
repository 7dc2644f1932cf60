export type Entries = readonly (readonly [string, number])[];
/** What a number as words means, in lower case with spaces for hyphens; undefined where it is none. */
export type Reading = (words: string) => number | undefined;

/** A language's numbers: those of its table, and those that are put together. */
export interface Numbers {
  readonly table: Entries;
  readonly joined: readonly Reading[];
  /** What stands only in front of others. */
  readonly begins?: Entries;
}

export function firstOf(readings: readonly Reading[], words: string): number | undefined {
  for (const read of readings) {
    const value = read(words);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Numbers of two parts with one of the signs between them. */
function join(first: Entries, signs: readonly string[], second: Entries | Reading, times = 1): Reading {
  const firsts = new Map(first);
  const read = typeof second === "function" ? second : reading(second);
  return (words) => {
    for (const sign of signs) {
      for (let at = words.indexOf(sign); at >= 0; at = words.indexOf(sign, at + 1)) {
        const value = firsts.get(words.slice(0, at));
        const more = value === undefined ? undefined : read(words.slice(at + sign.length));
        if (value !== undefined && more !== undefined) return value * times + more;
      }
    }
    return undefined;
  };
}

function reading(table: Entries, joined: readonly Reading[] = []): Reading {
  const values = new Map(table);
  return (words) => values.get(words) ?? firstOf(joined, words);
}

function list(words: string, from: number, step = 1): Entries {
  return words.split(" ").map((word, index) => [word.replaceAll("_", " "), from + index * step] as const);
}

/** The numbers with another word behind each. */
function behind(table: Entries, word: string, meaning: (value: number) => number): Entries {
  return table.map(([words, value]) => [words + word, meaning(value)] as const);
}

export function english(): Numbers {
  const units = list("one two three four five six seven eight nine", 1);
  const teens = list("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10);
  const tens = list("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10);
  const small = [...units, ...teens, ...tens];
  return {
    table: [
      ...small,
      ...behind(units, " hundred", (value) => value * 100),
      ["twice", 2],
      ["thrice", 3],
      ["a hundred", 100],
      ["a dozen", 12],
      ["dozen", 12],
      ["half a dozen", 6],
    ],
    joined: [join(tens, [" "], units), join(units, [" hundred and ", " hundred "], small, 100)],
  };
}

export function german(): Numbers {
  const plain = [...list("zwei drei vier fünf sechs sieben acht neun", 2), ["zwo", 2]] as const;
  const units = [...plain, ["ein", 1]] as const;
  const teens = list("zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn", 10);
  const tens = list("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig", 20, 10);
  const small = [...plain, ...teens, ...tens, ["dreissig", 30]] as const;
  const two = join(units, ["und"], tens);
  return {
    table: [...small, ...behind(units, "hundert", (value) => value * 100), ["hundert", 100], ["dutzend", 12]],
    joined: [two, join(units, ["hundertund", "hundert"], reading(small, [two]), 100)],
  };
}

export function french(): Numbers {
  const units = list("deux trois quatre cinq six sept huit neuf", 2);
  const teens = list("dix onze douze treize quatorze quinze seize dix_sept dix_huit dix_neuf", 10);
  const tens = list("vingt trente quarante cinquante soixante", 20, 10);
  const small = [
    ...units,
    ...teens,
    ...tens,
    ...behind(tens, " et un", (value) => value + 1),
    ...list("soixante_et_onze", 71),
    ...list("quatre_vingts quatre_vingt_un", 80),
  ];
  const two = [
    join(tens, [" "], units),
    join(list("soixante", 60), [" "], teens),
    join(list("quatre_vingt", 80), [" "], [...units, ...teens]),
  ];
  const hundreds = [...list("cent", 100), ...behind(units, " cent", (value) => value * 100)];
  return {
    table: [
      ...small,
      ...hundreds,
      ...behind(units, " cents", (value) => value * 100),
      ...list("une_douzaine", 12),
    ],
    joined: [...two, join(hundreds, [" "], reading([...list("un", 1), ...small], two))],
  };
}

export function spanish(): Numbers {
  const units = list("dos tres cuatro cinco seis siete ocho nueve", 2);
  const one = [...list("uno", 1), ...list("una", 1)];
  const tens = list("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30, 10);
  const small = [
    ...units,
    ...list("diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte", 10),
    ...list("veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete", 21),
    ...list("veintiocho veintinueve", 28),
    ...tens,
  ];
  const two = [join(tens, [" y "], [...units, ...one])];
  const hundreds = [
    ...list("ciento", 100),
    ...["os", "as"].flatMap((ending) =>
      list(
        `doscient${ending} trescient${ending} cuatrocient${ending} quinient${ending} seiscient${ending} setecient${ending} ochocient${ending} novecient${ending}`,
        200,
        100,
      ),
    ),
  ];
  return {
    table: [...small, ...list("cien", 100), ...hundreds],
    joined: [...two, join(hundreds, [" "], reading([...one, ...small], two))],
  };
}

export function arabic(): Numbers {
  const units = [
    ...list("ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة", 3),
    ...list("ثلاث أربع خمس ست سبع ثماني تسع", 3),
    ["اثنان", 2],
    ["اثنين", 2],
    ["اثنتان", 2],
    ["اثنتين", 2],
    ["ثمان", 8],
  ] as const;
  const tens = [
    ...list("عشرون ثلاثون أربعون خمسون ستون سبعون ثمانون تسعون", 20, 10),
    ...list("عشرين ثلاثين أربعين خمسين ستين سبعين ثمانين تسعين", 20, 10),
  ];
  const begins = list("واحد", 1).concat(list("واحدة", 1), list("إحدى", 1));
  const ones = [...begins, ...units];
  const two = [join(ones, [" و"], tens)];
  const hundreds = ["مئة", "مائة"].flatMap((hundred) => [
    [hundred, 100] as const,
    ...behind(list("ثلاث أربع خمس ست سبع ثماني تسع", 3), hundred, (value) => value * 100),
  ]);
  hundreds.push(["مئتان", 200], ["مئتين", 200], ["مائتان", 200], ["مائتين", 200]);
  return {
    table: [
      ...units,
      ["عشرة", 10],
      ["عشر", 10],
      ["أحد عشر", 11],
      ["إحدى عشرة", 11],
      ["اثنا عشر", 12],
      ["اثني عشر", 12],
      ...behind(units, " عشر", (value) => value + 10),
      ...behind(units, " عشرة", (value) => value + 10),
      ...tens,
      ...hundreds,
    ],
    joined: [...two, join(hundreds, [" و"], reading([...ones, ...tens], two))],
    begins,
  };
}

export function hebrew(): Numbers {
  const units = [
    ...list("שלוש ארבע חמש שש שבע שמונה תשע", 3),
    ...list("שלושה ארבעה חמישה שישה שבעה שמונה תשעה", 3),
    ["שניים", 2],
    ["שתיים", 2],
  ] as const;
  const tens = list("עשרים שלושים ארבעים חמישים שישים שבעים שמונים תשעים", 20, 10);
  const two = [join(tens, [" ו"], units)];
  const hundreds = [
    ["מאה", 100] as const,
    ["מאתיים", 200] as const,
    ...behind(list("שלוש ארבע חמש שש שבע שמונה תשע", 3), " מאות", (value) => value * 100),
  ];
  return {
    table: [
      ...units,
      ...list("עשר אחד_עשר שנים_עשר", 10),
      ...list("עשרה אחת_עשרה שתים_עשרה", 10),
      ...behind(units, " עשר", (value) => value + 10),
      ...behind(units, " עשרה", (value) => value + 10),
      ...tens,
      ...hundreds,
    ],
    joined: [...two, join(hundreds, [" ו", " "], reading([...units, ...tens], two))],
  };
}

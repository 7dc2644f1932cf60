import { createWordPatterns } from "./word-patterns/word-patterns.ts";

/**
 * How languages say that sources do not tell something, or that whoever writes could not find or answer it. That a thing
 * itself was not found, or is not needed, says something: "The wreck was not found.", "No documents are needed."
 */
const PATTERNS: readonly string[] = [
  // English
  String.raw`(?<!\p{L})(?:sources?|results?|documents?|articles?|passages?|texts?|pages?)\s+(?:\p{L}+\s+){0,4}?(?:do(?:es)?|did)(?:\s+not|n['’]t)\s+(?:\p{L}+ly\s+)?(?:say|state|mention|tell|give|contain|specify|name|list|provide|hold|include|answer|cover|address|indicate|report)`,
  String.raw`(?<!\p{L})(?:none|neither) of (?:the|these|my) (?:sources?|results?|documents?|articles?|passages?)(?!\p{L})`,
  String.raw`(?<!\p{L})(?:no|nothing|nowhere)(?!\p{L})[^.]{0,200}\s(?:in|by|from) (?:the|these|any of the|my) (?:sources?|search results|results|documents?)(?!\p{L})`,
  String.raw`(?<!\p{L})(?:i|we)\s+(?:could|can|did|do)(?:\s+not|n['’]t|not)\s+(?:find|locate|verify|confirm|determine|answer|say|tell|know)`,
  String.raw`(?<!\p{L})(?:i|we)(?: (?:am|are|was|were)|['’](?:m|re)) (?:unable|not able) to`,
  String.raw`^(?:there (?:is|was) )?(?:no|not enough) (?:\p{L}+ )?(?:information|sources?|answer|data|evidence|results?|mention)(?:$|[\s\p{P}]*$| (?:about|on|of|for|to|in|was|were|is|are|could|can)(?!\p{L}))`,
  String.raw`not (?:mentioned|stated|given|specified|found|named|listed|available|known|told)? ?(?:in|from|by) (?:the|any|these|my) (?:sources?|search results|results?|documents?)(?!\p{L})`,
  // German
  String.raw`(?<!\p{L})(?:quellen?|suchergebnisse|texte?|dokumente?)\s+(?:\p{L}+\s+){0,3}?(?:nenn\p{L}+|enth[aä]lt\p{L}*|sag\p{L}+|erwähn\p{L}+|gib\p{L}*|geben|beantwort\p{L}+|liefer\p{L}+|verrat\p{L}*|verrät|mach\p{L}+|äußern)(?!\p{L})[^.]{0,200}(?<!\p{L})(?:nicht|nichts|keine?[nrs]?)(?!\p{L})`,
  String.raw`(?<!\p{L})(?:nicht|nichts|keine?[nrs]?)(?!\p{L})[^.]{0,200}\s(?:in|aus) (?:den|diesen|meinen) (?:quellen|suchergebnissen|texten|dokumenten)(?!\p{L})`,
  String.raw`(?<!\p{L})(?:in|aus) (?:den|diesen|meinen) (?:quellen|suchergebnissen|texten|dokumenten)\s[^.]{0,200}(?<!\p{L})(?:nicht|nichts|keine?[nrs]?)(?!\p{L})`,
  String.raw`(?<!\p{L})(?:ich|wir)(?!\p{L})[^.]{0,200}(?<!\p{L})(?:nicht|nichts|keine?[nrs]?)(?!\p{L})[^.]{0,200}(?:finden|gefunden|beantworten|bestätigen|feststellen|sagen)`,
  String.raw`^(?:leider )?(?:es (?:gibt|liegen) |(?:da)?zu \p{L}+ (?:gibt|liegen) es )?keine (?:angaben?|informationen?|quellen?|antwort|hinweise)(?!\p{L})`,
  // French
  String.raw`(?<!\p{L})(?:sources?|documents?|résultats?|textes?)\s+(?:\p{L}+\s+){0,3}?n(?:e |['’])(?:contien|mentionn|indiqu|dis|donn|précis|fourni|cit|répond|nomm|permett|parl)\p{L}*(?!\p{L})`,
  String.raw`(?<!\p{L})(?:pas|rien|aucune?|introuvable)(?!\p{L})[^.]{0,200}\sdans (?:les|ces|mes) (?:sources|documents|résultats)`,
  String.raw`je n(?:e |['’])(?:ai (?:pas|rien) (?:pu |su )?(?:trouvé?|trouver|répondre|confirmer)|(?:peux|sais|trouve) (?:pas|rien))`,
  String.raw`^(?:il n['’]y a )?aucune? (?:information|source|réponse|donnée)(?!\p{L})`,
  // Spanish
  String.raw`(?<!\p{L})(?:fuentes?|documentos?|resultados?|textos?)\s+(?:\p{L}+\s+){0,3}?no (?:contien|mencion|indic|dic|dan?(?!\p{L})|especific|proporcion|cit|nombr|respond|ofrec|inclu)\p{L}*`,
  String.raw`(?<!\p{L})(?:no|nada|ning[uú]n\p{L}*)(?!\p{L})[^.]{0,200}\sen (?:las|los|estas|estos|mis) (?:fuentes|documentos|resultados)`,
  String.raw`(?<!\p{L})no (?:encontré|he (?:encontrado|podido)|pude (?:encontrar|confirmar|responder)|puedo (?:encontrar|confirmar|responder)|se (?:encontr\p{L}+|ha encontrado) (?:informaci|respuesta|nada|ningun))`,
  String.raw`^(?:no hay |no existe )?ninguna (?:fuente|información|respuesta)|^no hay (?:información|respuesta|fuentes|datos)`,
  // Italian
  String.raw`(?<!\p{L})(?:fonti|fonte|documenti|risultati|testi)\s+(?:\p{L}+\s+){0,3}?non (?:contengono|contiene|menzion|indica|dic|riporta|cita|fornisc|specifica|nomina|rispond)\p{L}*`,
  String.raw`(?<!\p{L})(?:non|nulla|niente|nessun\p{L}*)(?!\p{L})[^.]{0,200}\s(?:nelle|nei|in queste|in questi) (?:fonti|documenti|risultati)`,
  String.raw`(?<!\p{L})non (?:ho trovato|sono riuscit[oa] a (?:trovare|rispondere)|posso (?:rispondere|confermare))|^nessuna (?:informazione|fonte|risposta)`,
  // Portuguese
  String.raw`(?<!\p{L})(?:fontes?|documentos?|resultados?|textos?)\s+(?:\p{L}+\s+){0,3}?não (?:cont|mencion|indica|diz|informa|cita|fornec|especific|respond|traz)\p{L}*`,
  String.raw`(?<!\p{L})(?:não|nada|nenhum\p{L}*)(?!\p{L})[^.]{0,200}\s(?:nas|nos|nestas|nestes) (?:fontes|documentos|resultados)`,
  String.raw`(?<!\p{L})não (?:encontrei|achei|consegui (?:encontrar|responder)|posso (?:responder|confirmar))|^nenhuma (?:informação|fonte|resposta)`,
  // Dutch
  String.raw`(?<!\p{L})(?:bronnen|documenten|resultaten|teksten)\s+(?:\p{L}+\s+){0,3}?(?:bevat|noem|vermeld|zeg|gev|geef|meld)\p{L}*(?!\p{L})[^.]{0,200}(?<!\p{L})(?:niet|niets|geen)(?!\p{L})`,
  String.raw`(?<!\p{L})(?:niet|niets|geen)(?!\p{L})[^.]{0,200}\sin (?:de|deze) (?:bronnen|documenten|resultaten)|(?<!\p{L})in (?:de|deze) (?:bronnen|documenten|resultaten)\s[^.]{0,200}(?<!\p{L})(?:niet|niets|geen)(?!\p{L})`,
  String.raw`(?<!\p{L})(?:ik|we)(?!\p{L})[^.]{0,200}(?<!\p{L})(?:niet|niets|geen)(?!\p{L})[^.]{0,200}(?:vinden|gevonden|beantwoorden|bevestigen)|^(?:er (?:is|zijn) )?geen (?:informatie|antwoord|bronnen)(?!\p{L})`,
  // Russian
  String.raw`(?<!\p{L})(?:источник|документ|результат|текст)\p{L}*\s+(?:\p{L}+\s+){0,3}?не (?:содерж|упомина|указ|сообща|говор|назыв|да[юеё]т|отвеча|привод)\p{L}*`,
  String.raw`(?<!\p{L})(?:не|нет|ничего)(?!\p{L})[^.]{0,200}\sв (?:\p{L}+ )?(?:источниках|документах|результатах)|(?<!\p{L})в (?:\p{L}+ )?(?:источниках|результатах поиска)[^.]{0,200}\s(?:не|нет|ничего)(?!\p{L})`,
  String.raw`(?:мне не удалось|(?<!\p{L})я не (?:нашёл|нашел|нашла|могу|знаю)|^(?:к сожалению, )?не удалось (?:найти|ответить|установить)|^(?:к сожалению, )?нет (?:информации|ответа|данных|сведений))(?!\p{L})`,
  String.raw`(?<!\p{L})(?:информаци|сведени)\p{L}*[^.]{0,200}\s(?:не (?:найден\p{L}*|удалось найти)|нет|отсутству\p{L}+)(?!\p{L})`,
  // Polish
  String.raw`(?<!\p{L})(?:źródł[ao]|dokumenty?|wyniki?)\s+(?:\p{L}+\s+){0,3}?nie (?:zawiera|wspomina|podaj|mówi|wymienia|określa|odpowiada)\p{L}*`,
  String.raw`(?<!\p{L})nie(?!\p{L})[^.]{0,200}\sw (?:\p{L}+ )?(?:źródłach|dokumentach|wynikach)|(?<!\p{L})w (?:\p{L}+ )?(?:źródłach|wynikach)[^.]{0,200}\snie(?!\p{L})`,
  String.raw`(?<!\p{L})nie (?:znalazł[ae]?m|udało mi się|mogę (?:odpowiedzieć|potwierdzić)|znaleziono (?:informacji|odpowiedzi|źródeł|wyników|danych))(?!\p{L})|^brak (?:informacji|odpowiedzi|danych)`,
  // Chinese
  "(?:来源|來源|资料|資料|文献|文獻|搜索结果|搜尋結果|文档|文件)[^。]{0,100}(?:没有|沒有|未|并未|並未|不)(?:能)?(?:提|说|說|给|給|包含|含有|涉及|列出|明确|明確|说明|說明|指出|找到|记载|記載)",
  "(?:来源|來源|资料|資料|文献|文獻|搜索结果|搜尋結果|文档)[^。]{0,100}找不到|(?:找不到|(?:没有|沒有|未能?)找到)[^。]{0,40}(?:信息|資訊|资料|資料|内容|內容|答案|来源|來源|结果|結果|记录|記錄|证据|證據)",
  "(?:我|我们|我們)(?:没有找到|沒有找到|找不到|未能找到|无法|無法|不知道|不清楚)|^[\\p{P}\\s]*(?:没有找到|沒有找到|找不到|未找到|未能找到)[\\p{P}\\s]*$|(?:无法|無法)(?:从|從|根据|根據|在)|(?:根据|根據)[^。]{0,100}(?:无法|無法)|^(?:没有|沒有)(?:相关|相關)?(?:信息|資訊|资料|資料|来源|來源)",
  // Hebrew
  String.raw`(?<!\p{L})(?:המקורות|המקור|התוצאות|המסמכים)\s(?:[^.]{0,200}\s)?(?:לא|אינם|אינו|אינן)\s(?:מזכיר|מכיל|מציי|אומר|נות|כולל|מספק|עונ|מפרט)\p{L}*`,
  String.raw`לא [^.]{0,200}\sב(?:מקורות|מסמכים|תוצאות)|(?<!\p{L})ב(?:מקורות|תוצאות)\s[^.]{0,200}(?<!\p{L})(?:לא|אין)(?!\p{L})|לא (?:מצאתי|הצלחתי|ניתן (?:לקבוע|לדעת|לענות))|^לא נמצא(?:ה|ו)? (?:מידע|תשובה|מקור)|אין (?:מידע|מקור|תשובה)`,
  // Arabic
  String.raw`(?:المصادر|المصدر|النتائج|الوثائق)\s(?:[^.]{0,200}\s)?(?:لا|لم)\s[تي](?:ذكر|حتوي|قدم|تضمن|شير|وفر|رد|جيب)\p{L}*|لا ت(?:ذكر|حتوي|قدم|تضمن)\p{L}* (?:المصادر|النتائج|الوثائق)`,
  String.raw`(?:لم|لا|غير)\s[^.]{0,200}\sفي (?:المصادر|النتائج|الوثائق)|لم (?:أجد|أعثر|أتمكن|نعثر)|لا (?:أستطيع|يمكنني)|لا توجد (?:معلومات|مصادر|إجابة)`,
  // Japanese
  "(?:出典|情報源|資料|検索結果|文書|ソース)[^。]{0,100}(?:見つか|見つけ|記載|書かれ|述べ|言及|含まれ|示され|明記|触れ)[^。]{0,100}(?:ません|ない|なし|なかった)|(?:情報|答え|回答|記述)(?:は|が|も)?[^。]{0,100}見つか(?:りません|らな)|^[\\p{P}\\s]*見つかりません|(?:答えられ|お答えでき|回答でき)ません",
  // Korean
  String.raw`(?:출처|자료|문서|검색 결과)[^.]{0,40}(?:나와|언급|포함|찾|설명|기재|적혀|답)[^.]{0,40}(?:없|않|못)|(?:정보|답|답변|내용)(?:를|을|은|는|이|가)?\s(?:[^.]{0,40}\s)?(?:찾지 못|찾을 수 없)|^(?:죄송\p{L}*\s)?(?:찾지 못했|찾을 수 없)|답(?:변)?할 수 없`,
];

const pattern = createWordPatterns();
const REFUSALS = PATTERNS.map((source) => pattern(source));

/** Whether a sentence says that something was not found, or is not told. */
export function isRefusal(sentence: string): boolean {
  const said = sentence.replaceAll(/[*_`#>]+/g, "").trim();
  return REFUSALS.some((refusal) => refusal.test(said));
}

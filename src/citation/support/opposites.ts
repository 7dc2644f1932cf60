/** Each pair: words of one direction, and of the other one. A `*` stands for any ending. */
export const OPPOSITES: readonly (readonly [string, string])[] = [
  [
    "more greater higher larger bigger mehr größer* höher* plus supérieur* más mayor mayores superior* أكثر أكبر أعلى יותר",
    "less fewer lower smaller weniger kleiner* niedriger* geringer* moins inférieur* menos menor menores inferior* أقل أصغر أدنى פחות",
  ],
  [
    "faster quicker fastest schneller* schnellst* rapide* rápid* أسرع מהיר*",
    "slower slowest langsamer* langsamst* lent lente* lents lento* lenta* أبطأ איטי*",
  ],
  [
    "often frequently häufig* oft öfter souvent frecuente* غالبا كثيرا",
    "rarely seldom hardly scarcely selten* rarement raramente نادرا",
  ],
  [
    "better best besser* beste* bester bestes meilleur* mieux mejor mejores أفضل",
    "worse worst schlechter* schlechtest* pire pires peor peores أسوأ גרוע*",
  ],
  [
    "largest biggest highest most größt* höchst* meist* الأكبر الأعلى",
    "smallest lowest least fewest kleinst* niedrigst* geringst* الأصغر الأدنى",
  ],
  [
    "severe severer severely heavier stronger schwerer* stärker* heftiger* أشد أقوى أثقل חמור* קשה קשים קשות חזק*",
    "mild milder mildly lighter weaker leichter* milder* schwächer* أخف أضعف קל קלה קלים קלות חלש*",
  ],
  ["warmer hotter wärmer* heißer* أدفأ", "colder cooler kälter* kühler* أبرد"],
  ["wider broader breiter* أوسع", "narrower schmaler* أضيق"],
  ["deeper tiefer* أعمق", "shallower flacher*"],
  ["thicker dicker* أسمك", "thinner dünner* أنحف"],
  ["wetter nasser* feuchter*", "drier trockener*"],
  [
    "twice double doubled doppelt* verdoppel* doubl* doble duplic* ضعف ضعفي כפול כפולה",
    "half halved halb* hälfte halbier* moitié mitad نصف חצי מחצית",
  ],
  ["richer reicher* أغنى", "poorer ärmer* أفقر"],
  ["closer nearer näher* أقرب", "farther further أبعد"],
  ["safer sicherer*", "riskier unsicherer*"],
  ["easier einfacher* أسهل", "harder schwieriger* أصعب"],
  ["majority mehrheit* mayoría majorité أغلبية רוב", "minority minderheit* minoría minorité أقلية מיעוט"],
  [
    "profit* gewinn gewinne gewinns bénéfice* beneficio* ربح أرباح רווח",
    "loss losses verlust* perte pertes pérdida* خسارة خسائر הפסד",
  ],
  ["import* einfuhr* واردات", "export* ausfuhr* صادرات"],
  ["older oldest älter* ältest* أقدم", "newer newest younger youngest neuer* neuest* jünger* jüngst* أحدث"],
  ["longer longest länger* längst* أطول", "shorter shortest kürzer* kürzest* أقصر"],
  [
    "dearer teurer* cher chère* chers caro cara caros caras أغلى",
    "cheaper cheapest günstiger* billiger* barat* أرخص",
  ],
  [
    "above over exceed* minimum mindestens über oberhalb dessus encima فوق לפחות מעל",
    "below under maximum höchstens unter unterhalb maximal dessous debajo تحت מתחת",
  ],
  [
    "before earlier prior vor bevor früher avant antes قبل לפני",
    "after later nach nachdem später après después بعد אחרי לאחר",
  ],
  [
    "increas* rose rise rises rising grew grow grows growing gain* raised raises expand* stieg* steig* gestiegen* erhöh* wuchs* wächst gewachsen* zugenommen augment* hausse croît aument* subi* sube suben creci* ارتفع* زاد* ازداد* ازدياد ارتفاع עלה עלתה עלו גדל* צמח*",
    "decreas* fell fall falls falling shrank shrink* drop drops dropped lowered declin* reduc* sank* sink* gesunken* fiel* gefallen* verringer* schrumpf* abgenommen diminu* baiss* disminu* bajó bajaron bajan baja cayó cayeron انخفض* تراجع* هبط* انخفاض ירד* פחת* הצטמצם",
  ],
  [
    "with including include includes contains contain mit einschließlich avec con incluye مع עם כולל",
    "without excluding exclude excludes ohne ausgenommen sans sin excluye بدون ללא בלי",
  ],
  [
    "accept* approv* agreed grant* akzeptier* genehmig* bewillig* zustimm* zugestimmt stimmte stimmten acept* aprob* وافق* يوافق توافق אישר*",
    "reject* refus* deny denies denied veto* ablehn* abgelehnt* lehnt* rejet* rechaz* رفض* يرفض ترفض דחה דחתה דחו סירב*",
  ],
  [
    "supported supports unterstütz* befürwort* soutien* soutenu* apoy* يدعم تدعم תומך תומכת",
    "oppos* bekämpf* opon* يعارض تعارض מתנגד*",
  ],
  [
    "open opened opens öffne* geöffnet eröffne* ouvert* ouvre abiert* abre abrió مفتوح* افتتح* פתוח* נפתח*",
    "close closed closes proprietary schließ* schloss geschlossen* ferm* cerrad* cierra cerró مغلق* أغلق* סגור* נסגר*",
  ],
  [
    "success* erfolgreich* gelang réussi* exitos* نجح* הצליח*",
    "failure scheiter* gescheitert misslang échou* fracas* فشل* נכשל*",
  ],
  [
    "true wahr richtig vrai vraie verdader* صحيح* נכון",
    "false untrue falsch unwahr faux fausse falso falsa خاطئ* שגוי",
  ],
  [
    "first erste erster erstes ersten premier* première* primer primera primero الأول* ראשונ* ראשון",
    "last letzt* dernier* dernière* últim* الأخير* אחרונ* אחרון",
  ],
  [
    "beat beats outperform* surpass* übertr* surpasse* supera* superó يتفوق تتفوق تفوق* win wins won gewann* gewonnen gewinnt gagn* ganó ganaron فاز* ניצח* זכה זכתה",
    "underperform* trail trails trailed lose loses lost verlor* verliert perd* perdi* خسر* הפסיד*",
  ],
  ["north* nörd* nord* norte شمال* צפונ* צפון", "south* süd* sud sur جنوب* דרומ* דרום"],
  ["east eastern östlich* osten est este شرق* מזרח*", "west western westlich* westen ouest oeste غرب* מערב*"],
  ["left links gauche izquierd*", "right rechts droite derech*"],
];

/** The same in Chinese and Japanese, whose words have no spaces around them. */
export const HAN_OPPOSITES: readonly (readonly [RegExp, RegExp])[] = (
  [
    [
      "高于|大于|多于|超过|超過|高於|大於|多於|更高|更大|更多|较高|较大|至少",
      "低于|小于|少于|不足|低於|小於|少於|更低|更小|更少|较低|较小|至多|最多(?=\\d)",
    ],
    [
      String.raw`(?<=[\p{N}度米元岁歲人个個年%％吨噸克斤里])以上`,
      String.raw`(?<=[\p{N}度米元岁歲人个個年%％吨噸克斤里])以下`,
    ],
    ["更快|较快|最快|快于", "更慢|较慢|最慢|慢于"],
    ["经常|常常|時常|频繁", "很少|极少|罕见|偶尔"],
    ["更好|优于|優於|最好|胜过|好于", "更差|劣于|不如|最差"],
    ["最大|最高|最多(?!\\d)|最长", "最小|最低|最少|最短"],
    ["之前|以前|早于|早於", "之后|以后|之後|以後|晚于|晚於"],
    ["增加|增长|增長|上升|提高|提升|上涨|扩大", "减少|減少|下降|降低|下跌|缩小"],
    ["批准|接受|支持|同意|通过了|通過了", "拒绝|拒絕|反对|反對|驳回|駁回|否决|否決"],
    ["开放|开源|開放|打开|开馆|开门|营业", "闭馆|停业|关门|封闭|闭源|关闭|關閉"],
    ["成功", "失败|失敗"],
    ["第一|首个|首次|最早", "最后|最後|最晚"],
    ["赢|获胜|战胜|勝", "输给|落败|败给|敗"],
    ..."大小 高低 多少 快慢 长短 好坏 早晚 新旧 贵贱 强弱 重轻"
      .split(" ")
      .map(
        ([one, other]) =>
          [
            `${one}(?=[。，；！？、]|$|于|一些|得多|了)`,
            `${other}(?=[。，；！？、]|$|于|一些|得多|了)`,
          ] as const,
      ),
    ["东|東", "西"],
    ["南", "北"],
    ["増加|増え|上昇", "減少|減っ|低下"],
  ] as const
).map(([one, other]) => [new RegExp(one, "gu"), new RegExp(other, "gu")] as const);

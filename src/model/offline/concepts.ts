import { simplified } from "./traditional.ts";
import { words } from "../../text/function-words.ts";
import { foldWord, wordForms } from "../../text/word-forms.ts";

/**
 * Words of several languages that say the same for a search, a line for each meaning. What stands behind the bar is
 * looked for inside text that has no spaces between words.
 */
const MEANINGS = `
develop developed developer started create created creator build built design designed construct constructed construida construyó construyeron construir construire entwickelt entwickeln entwickelte entwickler erschaffen gebaut développé développer développeur créé créer construit desarrollado desarrolló desarrollar creado creó crear construido | 开发 研发 创建 建于 建成 建造 開発 作成 建設 개발 만들 만든 건설
make made maker manufacturer manufactured hersteller hergestellt fabricant fabriqué fabricante fabricado | 制造 生产 製造 メーカー 제조
invent invented inventor erfunden erfinder inventé inventeur inventó inventado | 发明 発明 발명
write wrote written author writer geschrieben schrieb autor écrit auteur escrito escribió | 编写 作者 写 書い 著者 작성 저자
fly flew flown flight flug flog geflogen vol avión vuelo voló | 飞 航班 飛行 비행
sign signed signs signature unterschrieben unterzeichnet signé firmó firmado | 签署 署名 서명
borrow borrowed loan lend lent ausleihen ausgeliehen leihen emprunter emprunté prêter prêt prestar préstamo | 借 借阅 貸出 貸し出 빌리 빌릴 대출
buy bought purchase purchased gekauft kauf acheté achat compró comprado | 购买 买 購入 구매
lead leads led leader leitet geleitet dirige dirigé dirigió | 领导 率いる 이끄
sell sold sale sales verkauft verkauf vendu vente vendido venta | 销售 卖 販売 판매
speak spoke spoken talk
teach taught teacher lehrer unterrichtet
meet met
choose chose chosen chooses wählen gewählt choisi choisir eligió elegido | 选择 選択 選ん 선택
lose lost loses verloren verlor perdu perdió
leave left leaves depart departure abreise abfahrt abreisen départ partir parte salida salir | 出发 出発 출발
arrive arrives arrived arrival ankunft anreise ankommen anreisen arrivée arriver llegada llegar | 到达 到着 도착
take took taken takes
give gave given
win won wins winner gewonnen gewann gagné ganó
send sent sends gesendet geschickt envoyé envió enviado | 发送 送信
spend spent
hold held holds
see saw seen
go went gone
know knew known
grow grew grown
run ran
break broke broken
drive drove driven
eat ate eaten
bring brought
think thought
draw drew drawn
fall fell fallen
rise rose risen
become became
show showed shown
stay stayed übernachtet alojó
approve approved approves approval genehmigt genehmigen approuvé aprobado aprobó | 批准 承認 승인
expire expires expired verfällt abläuft läuft expire expira vence | 到期 期限切れ 만료
penalise penalised penalize penalized
keep kept store stored stores aufbewahrt gespeichert conservé guardado | 保存 保管 보관
describe described introduce introduced propose proposed present presented beschrieben beschreiben vorgestellt vorgeschlagen décrit présenté proposé descrito describió presentado presentó propuesto propuso | 描述 提出 介绍 紹介 提案 소개 제안 설명
publish published publication release released launch launched announce announced unveil veröffentlicht veröffentlichen veröffentlichte erschienen erschien herausgebracht publié publier sorti sortie lancé annoncé publicado publicó lanzado lanzó publicar anunció | 发布 推出 发表 公布 公開 発表 リリース 発売 발표 출시 공개
found founded founder establish established gegründet gründen gründete gründer fondé fondateur fonder fundado fundó fundador fundar | 创立 创办 成立 创始 創業 設立 설립 창립
use used using usage employ verwendet verwenden nutzt nutzen benutzt benutzen utilise utilisé utiliser utilizado usa usado utiliza usar | 使用 采用 利用 사용 이용
begin began begun start started starts beginnt begann anfang beginn anfangen startet commence commencé début débuter comienza empieza empezó comenzó inicio | 开始 始まる 始まり 開始 시작
end ends ended finish finished endet ende endete beendet finit fin termine terminé termina terminó | 结束 終わる 終了 끝나 종료
open opens opening opened öffnet geöffnet öffnen öffnungszeiten ouvre ouvert ouverture horaires abre abierto apertura horario | 开门 开放 营业 開く 営業 開館 여는 열리
close closes closed closing schließt geschlossen schließen ferme fermé fermeture cierra cerrado cierre | 关门 关闭 閉まる 閉館 閉店 닫는
cost costs price priced fee kostet kosten preis gebühr coûte coût prix tarif cuesta costo coste precio tarifa | 价格 费用 多少钱 价钱 値段 価格 料金 費用 いくら 가격 비용 요금 얼마
licence license licensed lizenz lizenziert licencia | 许可证 许可 ライセンス 라이선스 라이센스
version release versión | 版本 バージョン 버전
parameter parameters paramètres paramètre parámetros parámetro | 参数 パラメータ 파라미터 매개변수
language languages sprache sprachen langue langues idioma idiomas lenguaje | 语言 言語 언어
password passwort kennwort passwords mot-de-passe passcode passphrase contraseña clave | 密码 パスワード 비밀번호 암호
wifi wlan wi-fi | 无线网 无线网络 无线 無線LAN 와이파이
phone telephone telefon telefonnummer téléphone teléfono rufnummer | 电话 電話 전화
address adresse dirección anschrift | 地址 住所 주소
email e-mail mail courriel correo | 邮箱 邮件 メール 이메일
deadline frist stichtag abgabefrist échéance plazo vencimiento délai | 截止 期限 締め切り 締切 마감
meeting besprechung sitzung meetings réunion reunión treffen | 会议 会議 ミーティング 회의
room raum zimmer salle sala habitación | 房间 部屋 室 회의실 방
budget haushalt presupuesto | 预算 予算 예산
contract vertrag verträge contrat contrato | 合同 契約 계약
invoice rechnung facture factura | 发票 請求書 청구서
employee employees mitarbeiter mitarbeiterin angestellte employé employés empleado empleados staff | 员工 雇员 社員 従業員 직원
vacation holiday holidays leave urlaub urlaubstage ferien congé congés vacances vacaciones | 假期 年假 休假 休暇 有給 휴가 연차
responsible verantwortlich zuständig responsable responsibility | 负责 负责人 責任者 担当 담당 책임
manager leiter leiterin chef gerente director directrice directeur directora head direktor | 经理 主管 部長 マネージャー 관리자 팀장
contain contains consist consists include includes enthält beinhaltet besteht contient comprend contiene incluye | 包含 包括 含む 포함
support supports supported unterstützt unterstützen prend-en-charge supporte soporta admite | 支持 サポート 対応 지원
train trained training trainiert entraîné entrenado | 训练 学習 訓練 훈련 학습
locate located location lies liegt gelegen befindet standort situé trouve ubicado encuentra situada | 位于 所在 場所 位置 위치
weigh weighs weight wiegt gewicht pèse poids pesa peso | 重量 重さ 体重 무게
height high tall höhe hoch haut hauteur alto altura | 高度 高さ 높이
length long länge lang longueur longitud largo | 长度 長さ 길이
duration lasts last dauert dauer dure durée dura duración | 持续 时长 期間 기간
warranty guarantee garantie garantía gewährleistung | 保修 保証 보증
notice kündigungsfrist kündigung préavis preaviso | 通知期 予告 해지
backup sicherung sicherungen datensicherung sauvegarde respaldo copia | 备份 バックアップ 백업
install installation installieren installiert installer instalar instalación | 安装 インストール 설치
restart reboot neustart neustarten redémarrer reiniciar | 重启 再起動 재시작
pay paid payment zahlen bezahlt zahlung payer payé paiement pagar pagado pago | 付款 支付 支払い 支払 지불 결제
allow allowed permit permits permitted may erlaubt darf dürfen permis autorisé permitido autoriza | 允许 可以 許可 허용
return returned returns came zurückgekehrt kehrte revenu revint regresó volvió
return returns zurückgeben rückgabe retour renvoyer devolver devolución | 退货 退回 返品 返却 返 반품 반납
order bestellung bestellen bestellt commande commander pedido pedir | 订单 订购 注文 주문
layer layers schicht schichten couche couches capa capas | 层 層 계층
dataset datensatz datasets jeu-de-données | 数据集 データセット 데이터셋
question questions frage fragen preguntas pregunta | 问题 質問 問題 질문 문제
step steps schritt schritte étape étapes paso pasos | 步骤 手順 단계
birthday born geburtstag geboren né née anniversaire nacido nació cumpleaños | 生日 出生 誕生日 生まれ 생일 태어
capital hauptstadt capitale | 首都 수도
capacity kapazität fassungsvermögen capacité capacidad | 容量 容积 容纳 坐 定員 収容 용량
temperature temperatur température temperatura | 温度 気温 온도 기온
port ports puerto | 端口 ポート 포트
server servers serveur servidor rechner | 服务器 サーバー 서버
`;

const LINES = MEANINGS.trim()
  .split("\n")
  .map((line) => {
    const [spaced = "", unspaced = ""] = line.split(" | ");
    return { spaced: spaced.split(" "), unspaced: unspaced.split(" ").filter((word) => word !== "") };
  });

const BY_FORM = new Map<string, string[]>();
LINES.forEach(({ spaced }, at) => {
  for (const form of new Set(spaced.flatMap(wordForms)))
    BY_FORM.set(form, [...(BY_FORM.get(form) ?? []), `~${at}`]);
});

/** Keys of what a word means, besides its forms; empty for a word that is not known. */
export function meaningsOf(word: string): readonly string[] {
  return [...new Set(wordForms(foldWord(word)).flatMap((form) => BY_FORM.get(form) ?? []))];
}

/**
 * What else answers a question for who did it: who made a thing also released, published or introduced it, and so did its
 * authors. It does not hold the other way round.
 */
export function widerMeanings(keys: readonly string[]): readonly string[] {
  return keys.some((key) => MAKING.has(key)) ? RELEASING : [];
}

const MAKING: ReadonlySet<string> = new Set(["developed", "author"].flatMap((word) => meaningsOf(word)));
const RELEASING = [...new Set(["published", "described", "wrote"].flatMap((word) => meaningsOf(word)))];

/** Whether a word says what is done or happens; such a word is said of the thing in the same sentence only. */
export function isRelation({
  text,
  keys,
}: {
  readonly text: string;
  readonly keys: readonly string[];
}): boolean {
  return /^[a-z]+ed$/u.test(text) || keys.some((key) => RELATIONS.has(key));
}

const RELATIONS: ReadonlySet<string> = new Set(
  [
    ...words(
      `developed made invented wrote described published founded used begin end opens closes signed bought led sold paid
     approved trained contains supports allows returns expires`,
    ),
  ].flatMap((word) => meaningsOf(word)),
);

/**
 * Keys of what a word of a question means in a script without spaces: an ending aside, and what ends a compound without
 * making another thing of it. `会議室` is no `会議`, `保修期` is about `保修`.
 */
export function meaningsOfWhole(word: string): readonly string[] {
  if (!UNSPACED.test(word)) return [];
  const plain = simplified(word);
  return LINES.flatMap(({ unspaced }, at) =>
    unspaced.some((one) => isMeant(one, word) || isMeant(one, plain)) ? [`~${at}`] : [],
  );
}

function isMeant(one: string, word: string): boolean {
  return word.includes(one) && ENDING.test(word.replace(one, ""));
}

const ENDING = /^(?:[\p{sc=Hiragana}\p{sc=Hangul}]*|[期号號码碼者员員日数數额額金料费費])$/u;

/** The same for words that stand inside a text without spaces. */
export function meaningsInside(text: string): readonly string[] {
  if (!UNSPACED.test(text)) return [];
  const plain = simplified(text);
  return LINES.flatMap(({ unspaced }, at) =>
    unspaced.some((word) => text.includes(word) || plain.includes(word)) ? [`~${at}`] : [],
  );
}

const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;

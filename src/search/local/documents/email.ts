import PostalMime, { type Address } from "postal-mime";
import type { Block, ParsedBlocks } from "./document.ts";
import { readHtml } from "./html.ts";

/** A mail with who wrote it to whom; its plain text, or its HTML where it has no other. Attachments are named, not read. */
export async function parseEmail(bytes: Uint8Array): Promise<ParsedBlocks> {
  const mail = await PostalMime.parse(Uint8Array.from(bytes));
  if (mail.headers.length === 0) throw new Error("it is no mail");
  const attached = mail.attachments.filter(({ disposition }) => disposition !== "inline");
  const head = [
    ["From", mail.from === undefined ? "" : toName(mail.from)],
    ["To", (mail.to ?? []).map(toName).join(", ")],
    ["Cc", (mail.cc ?? []).map(toName).join(", ")],
    ["Date", mail.date ?? ""],
    ["Subject", mail.subject ?? ""],
    ["Attachments", attached.map(({ filename }) => filename ?? "without a name").join(", ")],
  ];
  const said = head.flatMap(([name, value]) => (value === "" ? [] : [`${name}: ${value}`])).join("\n");
  const body: readonly Block[] =
    mail.text === undefined || mail.text.trim() === ""
      ? (await readHtml(mail.html ?? "")).blocks
      : [{ text: mail.text }];
  const date = mail.date === undefined ? undefined : /^\d{4}-\d\d-\d\d/u.exec(mail.date)?.[0];
  return { title: mail.subject, date, blocks: [{ text: said }, ...body] };
}

function toName({ name, address, group }: Address): string {
  if (group !== undefined) return `${name}: ${group.map(toName).join(", ")}`;
  return name === "" || name === undefined ? (address ?? "") : `${name} <${address ?? ""}>`;
}

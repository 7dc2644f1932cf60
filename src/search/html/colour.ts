/** Red, green and blue from 0 to 255; opacity from 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

export const WHITE: Colour = [255, 255, 255, 1];

const NAMES = new Map<string, Colour>([
  ["white", WHITE],
  ["snow", [255, 250, 250, 1]],
  ["ivory", [255, 255, 240, 1]],
  ["ghostwhite", [248, 248, 255, 1]],
  ["whitesmoke", [245, 245, 245, 1]],
  ["floralwhite", [255, 250, 240, 1]],
  ["mintcream", [245, 255, 250, 1]],
  ["azure", [240, 255, 255, 1]],
  ["black", [0, 0, 0, 1]],
  ["red", [255, 0, 0, 1]],
  ["green", [0, 128, 0, 1]],
  ["blue", [0, 0, 255, 1]],
  ["yellow", [255, 255, 0, 1]],
  ["gray", [128, 128, 128, 1]],
  ["grey", [128, 128, 128, 1]],
  ["silver", [192, 192, 192, 1]],
  ["navy", [0, 0, 128, 1]],
  ["transparent", [0, 0, 0, 0]],
]);

/** How near two colours may be in each part and still not be told apart. */
const NEAR = 24;

/** A colour as CSS and old HTML write it: name, `#hex`, `rgb()`, grey `hsl()`. `undefined` for any other. */
export function readColour(value: string): Colour | undefined {
  const text = value.trim().toLowerCase();
  return NAMES.get(text) ?? readHex(text) ?? readRgb(text) ?? readHsl(text);
}

/** True where text of the one colour cannot be seen on the other. */
export function isUnseen(colour: Colour, background: Colour): boolean {
  const [, , , alpha] = colour;
  return (
    alpha <= 0.05 ||
    [0, 1, 2].every((part) => Math.abs((colour[part] ?? 0) - (background[part] ?? 0)) <= NEAR)
  );
}

function readHex(text: string): Colour | undefined {
  const digits = /^#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/u.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const long = digits.length < 6 ? digits.replace(/./gu, "$&$&") : digits;
  const part = (at: number): number => Number.parseInt(long.slice(at, at + 2), 16);
  return [part(0), part(2), part(4), long.length === 8 ? part(6) / 255 : 1];
}

function readRgb(text: string): Colour | undefined {
  const parts = readParts(text, "rgb");
  const [red, green, blue, alpha] = parts ?? [];
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  return [scale(red, 255), scale(green, 255), scale(blue, 255), alpha === undefined ? 1 : scale(alpha, 1)];
}

/** Only what has no hue: white, black and the greys between. */
function readHsl(text: string): Colour | undefined {
  const [, saturation, lightness, alpha] = readParts(text, "hsl") ?? [];
  if (saturation === undefined || lightness === undefined) return undefined;
  const grey = Math.round((Number.parseFloat(lightness) / 100) * 255);
  const isGrey = Number.parseFloat(saturation) === 0 || grey === 0 || grey === 255;
  return isGrey ? [grey, grey, grey, alpha === undefined ? 1 : scale(alpha, 1)] : undefined;
}

function readParts(text: string, name: string): string[] | undefined {
  const inside = new RegExp(`^${name}a?\\(([^()]*)\\)$`, "u").exec(text)?.[1];
  return inside?.split(/[\s,/]+/u).filter((part) => part !== "");
}

function scale(part: string, whole: number): number {
  const number = Number.parseFloat(part);
  return part.endsWith("%") ? (number / 100) * whole : number;
}

// Screenshots for the README, made small: at most 256 colours, which flat surfaces hardly need more
// of, and the best compression that zlib has. (PNG, W3C Recommendation, third edition.)

import { crc32, deflateSync, inflateSync } from "node:zlib";

/** How different the colours of a palette are at the least, as the square of a distance between channels. */
const APART = 100;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The same picture with a palette. Takes what Chromium writes: 8 bits, RGB or RGBA, not interlaced. */
export function smaller(png: Buffer): Buffer {
  const { width, height, pixels } = decode(png);
  const { palette, indexOf } = paletteOf(pixels);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      rows[y * (width + 1) + 1 + x] = indexOf(pixels[y * width + x] as number);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.flatMap(channels))),
    chunk("IDAT", deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function channels(colour: number): [number, number, number] {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

/** The most frequent colours; any other is drawn as the nearest of them. */
function paletteOf(pixels: Uint32Array) {
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const distance = (one: number, other: number) => {
    const [a, b] = [channels(one), channels(other)];
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
  };
  // The most frequent ones, but none that is hardly another: a red mark has few pixels, and none stands in for it.
  const palette: number[] = [];
  for (const [colour] of [...counts].sort((a, b) => b[1] - a[1])) {
    if (palette.length < 256 && palette.every((one) => distance(one, colour) >= APART)) palette.push(colour);
  }
  const known = new Map(palette.map((colour, index) => [colour, index]));
  const indexOf = (colour: number) => {
    const found = known.get(colour);
    if (found !== undefined) return found;
    let nearest = 0;
    palette.forEach((candidate, index) => {
      if (distance(colour, candidate) < distance(colour, palette[nearest] as number)) nearest = index;
    });
    known.set(colour, nearest);
    return nearest;
  };
  return { palette, indexOf };
}

function decode(png: Buffer) {
  const data: Buffer[] = [];
  let header: Buffer = Buffer.alloc(0);
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") header = Buffer.from(body);
    if (type === "IDAT") data.push(body);
    at += length + 12;
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const size = { 2: 3, 6: 4 }[header.readUInt8(9)];
  if (header.readUInt8(8) !== 8 || !size || header.readUInt8(12) !== 0) {
    throw new Error("not a picture of the kind that Chromium writes");
  }
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * size;
  const pixels = new Uint32Array(width * height);
  let above: Buffer = Buffer.alloc(stride);
  for (let y = 0; y < height; y += 1) {
    const start = y * (stride + 1);
    const row = unfilter(raw[start] as number, raw.subarray(start + 1, start + 1 + stride), above, size);
    for (let x = 0; x < width; x += 1) pixels[y * width + x] = row.readUIntBE(x * size, 3);
    above = row;
  }
  return { width, height, pixels };
}

/** Undoes the filter of one row (section 9 of the standard). */
function unfilter(filter: number, filtered: Buffer, above: Buffer, size: number): Buffer {
  const row = Buffer.from(filtered);
  for (let at = 0; at < row.length; at += 1) {
    const a = at < size ? 0 : (row[at - size] as number);
    const b = above[at] as number;
    const c = at < size ? 0 : (above[at - size] as number);
    const predicted = [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter] as number;
    row[at] = ((row[at] as number) + predicted) & 255;
  }
  return row;
}

function paeth(a: number, b: number, c: number): number {
  const estimate = a + b - c;
  const [toA, toB, toC] = [a, b, c].map((one) => Math.abs(estimate - one)) as [number, number, number];
  if (toA <= toB && toA <= toC) return a;
  return toB <= toC ? b : c;
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), body]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(body.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

// units.ts -- Numbers in words: 61.2 MiB, +512 B, 1,234, 12 min.
//
// SPDX-License-Identifier: Apache-2.0

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** One decimal; a half (x.25) goes to the even digit, as in the text that the verdict is from. */
function tenths(size: number): string {
  return (size * 4 % 4 === 1 ? size - 0.05 : size).toFixed(1);
}

export function bytes(value: number): string {
  let size = Math.abs(value);
  let unit = 0;
  while (size >= 1024 && unit + 1 < SIZES.length) {
    size /= 1024;
    unit += 1;
  }
  // 1023.96 would be printed as 1024.0
  if (unit > 0 && unit + 1 < SIZES.length && Number(size.toFixed(1)) >= 1024) {
    size /= 1024;
    unit += 1;
  }
  return `${value < 0 ? '−' : ''}${unit ? tenths(size) : Math.round(size)} ${SIZES[unit]}`;
}

export function signedBytes(value: number): string {
  return value > 0 ? `+${bytes(value)}` : bytes(value);
}

export function count(value: number): string {
  return (value < 0 ? '−' : '') + Math.abs(Math.round(value)).toLocaleString('en-US');
}

export function signedCount(value: number): string {
  return value > 0 ? `+${count(value)}` : count(value);
}

export function blocks(value: number): string {
  return `${count(value)} ${Math.abs(value) === 1 ? 'block' : 'blocks'}`;
}

export function signedBlocks(value: number): string {
  return value > 0 ? `+${blocks(value)}` : blocks(value);
}

export function seconds(value: number): string {
  if (value < 1) {
    return `${(value * 1000).toFixed(value < 0.01 ? 1 : 0)} ms`;
  }
  if (value < 120) {
    return `${value.toFixed(value < 10 ? 1 : 0)} s`;
  }
  if (value < 7200) {
    return `${(value / 60).toFixed(value % 60 === 0 || value >= 600 ? 0 : 1)} min`;
  }
  return value < 172800 ? `${(value / 3600).toFixed(1)} h` : `${(value / 86400).toFixed(1)} days`;
}

// "+1.2 MiB/min": in the unit of time that makes it readable.
export function rate(bytesPerSecond: number): string {
  const size = Math.abs(bytesPerSecond);
  if (size >= 1024 || size === 0) {
    return `${signedBytes(bytesPerSecond)}/s`;
  }
  return size * 60 >= 1024 ? `${signedBytes(bytesPerSecond * 60)}/min`
    : `${signedBytes(bytesPerSecond * 3600)}/h`;
}

export function percent(part: number, whole: number): string {
  if (whole === 0) {
    return '0 %';
  }
  const value = (100 * part) / whole;
  const size = Math.abs(value);
  return `${value < 0 ? '−' : ''}${size.toFixed(size >= 10 || size === 0 ? 0 : 1)} %`;
}

export function time(secondsSince1970: number): string {
  const date = new Date(secondsSince1970 * 1000);
  return Number.isFinite(date.getTime())
    ? `${date.toISOString().replace('T', ' ').slice(0, 19)} UTC` : '';
}

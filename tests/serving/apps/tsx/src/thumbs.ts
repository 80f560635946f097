// thumbs.ts -- Thumbnails, each kept by its address.
//
// SPDX-License-Identifier: Apache-2.0
export interface Size {
  width: number;
  height: number;
}

type Pixels = Uint8Array;

export class Thumbnails {
  private readonly kept: Map<string, Pixels> = new Map();
  private serial = 0;

  render(address: string, size: Size): Pixels {
    const bytes: number = size.width * size.height * 4;
    const pixels: Pixels = Buffer.alloc(bytes, address.length); // LEAK
    this.kept.set(`${address}#${this.serial++}`, pixels);
    return pixels;
  }
}

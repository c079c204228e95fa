'use strict';

// Argon2id (RFC 9106) in one lane, version 19. A number of 64 bits is two of 32, the low half first.
const Argon2id = (() => {
  const WORDS = 256; // of 32 bits in a block
  const ADDRESSES = 128; // in a block of them

  // BLAKE2b (RFC 7693) is asked for a few hundred times only, so big integers are quick enough.
  const IV = [
    0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n,
    0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n,
  ];
  const SIGMA = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
  ];
  const long = value => BigInt.asUintN(64, value);
  const turned = (value, bits) => long(value >> bits | value << 64n - bits);

  function compress(state, block, count, last) {
    const view = new DataView(block.buffer, block.byteOffset, 128);
    const m = Array.from({ length: 16 }, (_, i) => view.getBigUint64(8 * i, true));
    const v = [...state, ...IV];
    v[12] ^= BigInt(count);
    v[14] = last ? long(~v[14]) : v[14];
    const mix = (a, b, c, d, x, y) => {
      v[a] = long(v[a] + v[b] + x);
      v[d] = turned(v[d] ^ v[a], 32n);
      v[c] = long(v[c] + v[d]);
      v[b] = turned(v[b] ^ v[c], 24n);
      v[a] = long(v[a] + v[b] + y);
      v[d] = turned(v[d] ^ v[a], 16n);
      v[c] = long(v[c] + v[d]);
      v[b] = turned(v[b] ^ v[c], 63n);
    };
    for (let round = 0; round < 12; round++) {
      const s = SIGMA[round % 10];
      for (let i = 0; i < 4; i++) {
        mix(i, i + 4, i + 8, i + 12, m[s[2 * i]], m[s[2 * i + 1]]);
      }
      for (let i = 0; i < 4; i++) {
        mix(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[s[2 * i + 8]], m[s[2 * i + 9]]);
      }
    }
    return state.map((word, i) => word ^ v[i] ^ v[i + 8]);
  }

  function blake2b(bytes, length) {
    let state = [...IV];
    state[0] ^= 0x01010000n ^ BigInt(length);
    const padded = new Uint8Array(Math.max(128, Math.ceil(bytes.length / 128) * 128));
    padded.set(bytes);
    for (let at = 0; at < padded.length; at += 128) {
      const last = at + 128 === padded.length;
      state = compress(state, padded.subarray(at, at + 128), last ? bytes.length : at + 128, last);
    }
    const view = new DataView(new ArrayBuffer(64));
    state.forEach((word, i) => view.setBigUint64(8 * i, word, true));
    return new Uint8Array(view.buffer, 0, length);
  }

  function numbers(...values) {
    const view = new DataView(new ArrayBuffer(4 * values.length));
    values.forEach((value, i) => view.setUint32(4 * i, value, true));
    return new Uint8Array(view.buffer);
  }

  // RFC 9106, section 3.3.
  function long2b(bytes, length) {
    const begin = P256.join(numbers(length), bytes);
    if (length <= 64) {
      return blake2b(begin, length);
    }
    const parts = [];
    let last = blake2b(begin, 64);
    let left = length;
    for (; left > 64; left -= 32) {
      parts.push(last.slice(0, 32));
      last = blake2b(last, left - 32 > 64 ? 64 : left - 32);
    }
    return P256.join(...parts, last);
  }

  // a + b + 2 * low(a) * low(b), into a.
  function blend(v, a, b) {
    const x = v[a];
    const y = v[b];
    const x1 = x >>> 16;
    const y1 = y >>> 16;
    const x0 = x & 0xffff;
    const y0 = y & 0xffff;
    const middle = (Math.imul(x1, y0) >>> 0) + (Math.imul(x0, y0) >>> 16);
    const other = (Math.imul(x0, y1) >>> 0) + (middle & 0xffff);
    const high = (Math.imul(x1, y1) >>> 0) + (middle >>> 16) + (other >>> 16);
    const low = Math.imul(x, y);
    const sum = x + y + (low << 1 >>> 0);
    v[a] = sum;
    v[a + 1] = v[a + 1] + v[b + 1] + (high << 1 | low >>> 31) + (sum / 0x100000000 | 0);
  }

  function quarter(v, a, b, c, d) {
    let low;
    let high;
    blend(v, a, b);
    low = v[d] ^ v[a];
    high = v[d + 1] ^ v[a + 1];
    v[d] = high;
    v[d + 1] = low;
    blend(v, c, d);
    low = v[b] ^ v[c];
    high = v[b + 1] ^ v[c + 1];
    v[b] = low >>> 24 | high << 8;
    v[b + 1] = high >>> 24 | low << 8;
    blend(v, a, b);
    low = v[d] ^ v[a];
    high = v[d + 1] ^ v[a + 1];
    v[d] = low >>> 16 | high << 16;
    v[d + 1] = high >>> 16 | low << 16;
    blend(v, c, d);
    low = v[b] ^ v[c];
    high = v[b + 1] ^ v[c + 1];
    v[b] = high >>> 31 | low << 1;
    v[b + 1] = low >>> 31 | high << 1;
  }

  // Sixteen numbers: pairs of them lie step apart.
  function permute(v, at, step) {
    const b = at + step;
    const c = b + step;
    const d = c + step;
    const e = d + step;
    const f = e + step;
    const g = f + step;
    const h = g + step;
    quarter(v, at, c, e, g);
    quarter(v, at + 2, c + 2, e + 2, g + 2);
    quarter(v, b, d, f, h);
    quarter(v, b + 2, d + 2, f + 2, h + 2);
    quarter(v, at, c + 2, f, h + 2);
    quarter(v, at + 2, d, f + 2, g);
    quarter(v, b, d + 2, e, g + 2);
    quarter(v, b + 2, c, e + 2, h);
  }

  const before = new Uint32Array(WORDS);
  const work = new Uint32Array(WORDS);

  // The block at one place becomes what two others make of it, with what it was if it is kept.
  function fill(from, one, other, to, keep, into) {
    for (let i = 0; i < WORDS; i++) {
      work[i] = before[i] = from[one + i] ^ other[i];
    }
    for (let i = 0; i < 8; i++) {
      permute(work, 32 * i, 4);
    }
    for (let i = 0; i < 8; i++) {
      permute(work, 4 * i, 32);
    }
    for (let i = 0; i < WORDS; i++) {
      into[to + i] = before[i] ^ work[i] ^ (keep ? into[to + i] : 0);
    }
  }

  function addresses(place, counter) {
    const zero = new Uint32Array(WORDS);
    const input = new Uint32Array(WORDS);
    [place.pass, 0, place.slice, place.blocks, place.passes, 2, counter].forEach((value, i) => {
      input[2 * i] = value;
    });
    fill(zero, 0, input, 0, false, input);
    fill(zero, 0, input, 0, false, input);
    return input;
  }

  const highOfSquare = x => Number(BigInt(x) * BigInt(x) >> 32n);

  function segment(memory, place) {
    const { pass, slice, blocks } = place;
    const length = blocks / 4;
    const fixed = pass === 0 && slice < 2;
    let known = null;
    for (let index = pass === 0 && slice === 0 ? 2 : 0; index < length; index++) {
      const at = slice * length + index;
      const previous = (at + blocks - 1) % blocks;
      if (fixed && (known === null || index % ADDRESSES === 0)) {
        known = addresses(place, Math.floor(index / ADDRESSES) + 1);
      }
      const random = fixed ? known[2 * (index % ADDRESSES)] : memory[previous * WORDS];
      const area = (pass === 0 ? slice * length : blocks - length) + index - 1;
      const back = Math.floor(area * highOfSquare(random) / 0x100000000);
      const begin = pass === 0 || slice === 3 ? 0 : (slice + 1) * length;
      const reference = (begin + area - 1 - back) % blocks;
      const other = memory.subarray(reference * WORDS, (reference + 1) * WORDS);
      fill(memory, previous * WORDS, other, at * WORDS, pass > 0, memory);
    }
  }

  // Lets the page breathe between parts.
  const pause = () => new Promise(done => setTimeout(done, 0));

  async function hash(password, salt, { kib, passes, length }) {
    const blocks = Math.floor(kib / 4) * 4;
    const begin = blake2b(P256.join(
      numbers(1, length, kib, passes, 0x13, 2, password.length), password,
      numbers(salt.length), salt, numbers(0, 0)), 64);
    const memory = new Uint32Array(blocks * WORDS);
    const bytes = new Uint8Array(memory.buffer); // little-endian, as every browser's machine is
    bytes.set(long2b(P256.join(begin, numbers(0, 0)), 1024));
    bytes.set(long2b(P256.join(begin, numbers(1, 0)), 1024), 1024);
    for (let pass = 0; pass < passes; pass++) {
      for (let slice = 0; slice < 4; slice++) {
        await pause();
        segment(memory, { pass, slice, blocks, passes });
      }
    }
    const tag = long2b(bytes.slice((blocks - 1) * 1024), length);
    memory.fill(0);
    return tag;
  }

  return { hash };
})();

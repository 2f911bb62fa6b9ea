"use strict";
// Checks a sealed evidence package where it lies, without a network. Plain functions first, each of
// a published standard; then the layers; the page last. Nothing is fetched and nothing is sent.

// MARK: Bytes

const utf8 = new TextEncoder();
const text = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
/// What is not UTF-8 becomes something that fits nothing.
const loose = (bytes) => new TextDecoder().decode(bytes || new Uint8Array());
const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const unhex = (digits) => Uint8Array.from(digits.match(/../g) || [], (pair) => parseInt(pair, 16));
const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

function join(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/// The bytes of standard, padded base64; null for anything else.
function unbase64(digits) {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits)) return null;
  return Uint8Array.from(atob(digits), (c) => c.charCodeAt(0));
}

// MARK: SHA-256 (FIPS 180-4) and SM3 (GB/T 32905-2016): the same padding and block size

const SHA256_K = (() => {
  const k = new Uint32Array(64);
  for (let n = 0, candidate = 2; n < 64; candidate++) {
    let prime = true;
    for (let d = 2; d * d <= candidate; d++) if (candidate % d === 0) prime = false;
    if (prime) k[n++] = Math.floor((Math.cbrt(candidate) % 1) * 4294967296);
  }
  return k;
})();

class BlockHash {
  constructor(start) {
    this.state = Uint32Array.from(start);
    this.block = new Uint8Array(64);
    this.filled = 0;
    this.length = 0;
  }

  update(bytes) {
    this.length += bytes.length;
    let at = 0;
    if (this.filled > 0) {
      at = Math.min(64 - this.filled, bytes.length);
      this.block.set(bytes.subarray(0, at), this.filled);
      this.filled += at;
      if (this.filled < 64) return this;
      this.compress(this.block, 0);
      this.filled = 0;
    }
    for (; at + 64 <= bytes.length; at += 64) this.compress(bytes, at);
    this.block.set(bytes.subarray(at), 0);
    this.filled = bytes.length - at;
    return this;
  }

  digest() {
    const tail = new Uint8Array(this.filled < 56 ? 64 : 128);
    tail.set(this.block.subarray(0, this.filled));
    tail[this.filled] = 0x80;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(this.length / 0x20000000));
    view.setUint32(tail.length - 4, (this.length << 3) >>> 0);
    for (let at = 0; at < tail.length; at += 64) this.compress(tail, at);
    const out = new DataView(new ArrayBuffer(32));
    this.state.forEach((word, i) => out.setUint32(i * 4, word));
    return new Uint8Array(out.buffer);
  }
}

class SHA256 extends BlockHash {
  constructor() {
    super([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]);
    this.w = new Uint32Array(64);
  }

  compress(bytes, at) {
    const w = this.w;
    for (let i = 0; i < 16; i++, at += 4)
      w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = this.state;
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + SHA256_K[i] + w[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => { this.state[i] += word; });
  }
}

class SM3 extends BlockHash {
  constructor() {
    super([0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e]);
    this.w = new Uint32Array(68);
  }

  compress(bytes, at) {
    const w = this.w, turn = (x, n) => (x << n) | (x >>> (32 - n));
    for (let i = 0; i < 16; i++, at += 4)
      w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    for (let i = 16; i < 68; i++) {
      const x = w[i - 16] ^ w[i - 9] ^ turn(w[i - 3], 15);
      w[i] = x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[i - 13], 7) ^ w[i - 6];
    }
    let [a, b, c, d, e, f, g, h] = this.state;
    for (let i = 0; i < 64; i++) {
      const early = i < 16, t = early ? 0x79cc4519 : 0x7a879d8a, n = i % 32;
      const ss1 = turn((turn(a, 12) + e + (n ? turn(t, n) : t)) | 0, 7);
      const ss2 = ss1 ^ turn(a, 12);
      const tt1 = ((early ? a ^ b ^ c : (a & b) | (a & c) | (b & c)) + d + ss2 + (w[i] ^ w[i + 4])) | 0;
      const tt2 = ((early ? e ^ f ^ g : (e & f) | (~e & g)) + h + ss1 + w[i]) | 0;
      d = c; c = turn(b, 9); b = a; a = tt1;
      h = g; g = turn(f, 19); f = e; e = tt2 ^ turn(tt2, 9) ^ turn(tt2, 17);
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => { this.state[i] ^= word; });
  }
}

const sha256 = (bytes) => new SHA256().update(bytes).digest();
const sm3 = (bytes) => new SM3().update(bytes).digest();

// MARK: Ed25519 (RFC 8032), verification only; whole numbers, for nothing here is secret

const MASK64 = (1n << 64n) - 1n;

/// The first 64 bits behind the point of the square (or cube) roots of the first primes.
function rootBits(count, power) {
  const out = [];
  for (let candidate = 2n; out.length < count; candidate++) {
    let prime = true;
    for (let d = 2n; d * d <= candidate; d++) if (candidate % d === 0n) prime = false;
    if (!prime) continue;
    // The integer root of candidate * 2^(64 * power), by bisection.
    let low = 0n, high = 1n << 70n;
    while (low + 1n < high) {
      const middle = (low + high) >> 1n;
      if (middle ** power <= candidate << (64n * power)) low = middle;
      else high = middle;
    }
    out.push(low & MASK64);
  }
  return out;
}

const SHA512_K = rootBits(80, 3n), SHA512_H = rootBits(8, 2n);

function sha512(bytes) {
  const size = Math.ceil((bytes.length + 17) / 128) * 128, padded = new Uint8Array(size);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(size - 8, BigInt(bytes.length) * 8n);
  const state = [...SHA512_H], turn = (x, n) => ((x >> n) | (x << (64n - n))) & MASK64;
  for (let at = 0; at < size; at += 128) {
    const w = [];
    for (let i = 0; i < 16; i++) w.push(view.getBigUint64(at + i * 8));
    for (let i = 16; i < 80; i++) {
      const x = w[i - 15], y = w[i - 2];
      w.push((w[i - 16] + (turn(x, 1n) ^ turn(x, 8n) ^ (x >> 7n)) + w[i - 7]
        + (turn(y, 19n) ^ turn(y, 61n) ^ (y >> 6n))) & MASK64);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 80; i++) {
      const t1 = (h + (turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n)) + ((e & f) ^ (~e & MASK64 & g))
        + SHA512_K[i] + w[i]) & MASK64;
      const t2 = ((turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c))) & MASK64;
      h = g; g = f; f = e; e = (d + t1) & MASK64; d = c; c = b; b = a; a = (t1 + t2) & MASK64;
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] = (state[i] + word) & MASK64; });
  }
  const out = new DataView(new ArrayBuffer(64));
  state.forEach((word, i) => out.setBigUint64(i * 8, word));
  return new Uint8Array(out.buffer);
}

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (x) => ((x % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b)) if (e & 1n) result = mod(result * b);
  return result;
}

const D = mod(-121665n * power(121666n, P - 2n)), ROOT = power(2n, (P - 1n) / 4n);
const little = (bytes) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/// A point in extended coordinates; null where the bytes are none in their one spelling.
function point(bytes) {
  const sign = bytes[31] >> 7, y = little(bytes) & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const u = mod(y * y - 1n), v = mod(D * y * y + 1n);
  let x = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  if (mod(v * x * x) !== u) x = mod(x * ROOT);
  if (mod(v * x * x) !== u || (x === 0n && sign)) return null;
  if (Number(x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2)), b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * D * t1 * t2), d = mod(2n * z1 * z2), e = b - a, f = d - c, g = d + c, h = b + a;
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function times(scalar, base) {
  let result = [0n, 1n, 1n, 0n];
  for (let s = scalar, p = base; s > 0n; s >>= 1n, p = add(p, p)) if (s & 1n) result = add(result, p);
  return result;
}

const BASE = point(unhex("5866666666666666666666666666666666666666666666666666666666666666"));

function ed25519(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const a = point(key), r = point(signature.subarray(0, 32)), s = little(signature.subarray(32));
  if (!a || !r || s >= ORDER) return false;
  const k = little(sha512(join(signature.subarray(0, 32), key, message))) % ORDER;
  const left = times(s, BASE), right = add(r, times(k, a));
  return mod(left[0] * right[2]) === mod(right[0] * left[2]) && mod(left[1] * right[2]) === mod(right[1] * left[2]);
}

// MARK: Trees, notes, policies (RFC 6962, C2SP signed-note, tlog-cosignature, tlog-proof, tlog-policy)

const leafHash = (entry) => sha256(join([0], entry));
const nodeHash = (left, right) => sha256(join([1], left, right));

/// RFC 9162 2.1.3.2.
function included(index, size, leaf, hashes, root) {
  if (!(index >= 0 && index < size)) return false;
  let node = index, last = size - 1, found = leaf;
  const half = (x) => Math.floor(x / 2);
  for (const hash of hashes) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      found = nodeHash(hash, found);
      while (node % 2 === 0 && node !== 0) { node = half(node); last = half(last); }
    } else {
      found = nodeHash(found, hash);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && same(found, root);
}

/// The text of a checkpoint with its signature lines; throws where it is none.
function parseNote(bytes) {
  const whole = text(bytes), gap = whole.lastIndexOf("\n\n");
  if (gap < 0 || !whole.endsWith("\n")) throw new Error("not a signed note");
  const head = whole.slice(0, gap + 1), [origin, size, root] = head.split("\n");
  const hash = unbase64(root || "");
  if (!/^(0|[1-9][0-9]{0,15})$/.test(size || "") || !hash || hash.length !== 32) throw new Error("not a checkpoint");
  const signatures = whole.slice(gap + 2).split("\n").filter(Boolean).map((line) => {
    const words = line.split(" "), blob = unbase64(words[2] || "");
    if (words.length !== 3 || words[0] !== "\u2014" || !blob || blob.length < 5) throw new Error("not a signature line");
    return { name: words[1], id: hex(blob.subarray(0, 4)), blob: blob.subarray(4) };
  });
  return { origin, size: Number(size), root: hash, text: utf8.encode(head), signatures };
}

/// A verifier key: name+id+base64 of its type and bytes.
function parseKey(word) {
  const [, name, id, digits] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(word) || [];
  const blob = unbase64(digits || "");
  if (!blob) throw new Error("not a verifier key");
  const own = hex(sha256(join(utf8.encode(name + "\n"), blob)).subarray(0, 4));
  if (own !== id) throw new Error("the key's ID is another");
  return { name, id, type: blob[0], bytes: blob.subarray(1) };
}

function parsePolicy(words) {
  const policy = { logs: [], witnesses: [], groups: [], quorum: undefined };
  words.split("\n").forEach((line, number) => {
    const parts = line.trim().split(/[ \t]+/);
    try {
      if (parts[0] === "" || parts[0].startsWith("#")) return;
      if (parts[0] === "log") policy.logs.push(parseKey(parts[1]));
      else if (parts[0] === "witness") policy.witnesses.push({ name: parts[1], key: parseKey(parts[2]) });
      else if (parts[0] === "group") policy.groups.push({ name: parts[1], k: parts[2], members: parts.slice(3) });
      else if (parts[0] === "quorum" && policy.quorum === undefined) policy.quorum = parts[1];
      else throw new Error("unknown line");
    } catch (error) {
      throw new Error(`line ${number + 1}: ${error.message}`);
    }
  });
  if (!policy.quorum) throw new Error("no quorum");
  return policy;
}

/// When this witness cosigned, POSIX seconds; null where it did not. Throws where a line is forged.
function cosigned(note, key) {
  let time = null;
  for (const line of note.signatures) {
    if (line.name !== key.name || line.id !== key.id || key.type !== 4) continue;
    const seconds = line.blob.length === 72 ? new DataView(line.blob.buffer, line.blob.byteOffset).getBigUint64(0) : -1n;
    const message = join(utf8.encode(`cosignature/v1\ntime ${seconds}\n`), note.text);
    if (seconds < 0n || !ed25519(key.bytes, message, line.blob.subarray(8))) throw new Error(`${key.name}: not its signature 签名验证不通过`);
    if (time === null || seconds < time) time = seconds;
  }
  return time;
}

function meetsQuorum(policy, names) {
  if (policy.quorum === "none") return true;
  const met = new Set(names);
  for (const group of policy.groups) {
    const count = group.members.filter((name) => met.has(name)).length;
    const wanted = group.k === "any" ? 1 : group.k === "all" ? group.members.length : Number(group.k);
    if (count >= wanted) met.add(group.name);
  }
  return met.has(policy.quorum);
}

// MARK: The layers

const words = {
  form: ["Form of the package (BagIt)", "封存证据包格式（BagIt）"],
  payload: ["Digests of the footage", "音视频文件哈希值"],
  tags: ["Digests of the papers", "其余文件哈希值"],
  entries: ["Log entries are about these files", "存证日志条目与文件相符"],
  records: ["Records match the entries", "存证记录与条目相符"],
  proofs: ["Entries are in the custody log", "条目在存证日志中"],
  signature: ["Signature of the court's log", "法院存证日志签名"],
  cosignatures: ["Cosigned by the notary", "公证机构联署"],
  stamps: ["Time stamps", "可信时间戳"],
};
const notCheckedHere = ["not checked here: see VERIFY.txt", "本页不校验，方法见 VERIFY.txt"];
const noPolicy = ["not checked: paste the notary's policy file", "未校验：请粘贴公证机构提供的信任策略文件"];
const notYet = ["not yet cosigned by enough of the policy's witnesses", "信任策略要求的公证机构尚未联署"];
const missing = ["missing", "缺失"], added = ["not listed: added", "未列入清单"], differs = ["the bytes differ", "内容不一致"];

/// Both digests of a file, a piece at a time; `file.slice(from, to)` gives a promise of bytes.
async function digests(file, progress) {
  const one = new SHA256(), other = new SM3(), step = 1 << 22;
  for (let at = 0; at < file.size; at += step) {
    const bytes = await file.slice(at, Math.min(at + step, file.size));
    one.update(bytes);
    other.update(bytes);
    progress(bytes.length);
  }
  return { sha256: hex(one.digest()), sm3: hex(other.digest()) };
}

/// - files: a Map from places in the package to { size, slice }.
/// - policy: the text of the notary's policy; "" for none.
/// Gives a list of { layer, result, message, findings }, result being holds, fails or absent.
async function verifyBag(files, policy, progress = () => {}) {
  const layers = [], places = [...files.keys()].sort();
  const whole = async (place) => (files.has(place) ? files.get(place).slice(0, files.get(place).size) : null);
  const put = (layer, findings, message) =>
    layers.push({ layer, result: findings.length ? "fails" : "holds", message, findings });
  const absent = (layer, message) => layers.push({ layer, result: "absent", message, findings: [] });
  const found = new Map();
  for (const place of places) found.set(place, await digests(files.get(place), progress));

  const payload = places.filter((place) => place.startsWith("data/"));
  const oxum = `${payload.reduce((sum, place) => sum + files.get(place).size, 0)}.${payload.length}`;
  const info = loose(await whole("bag-info.txt"));
  const declared = loose(await whole("bagit.txt")).replace(/\r/g, "");
  const formFindings = [];
  if (declared !== "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n") formFindings.push(["bagit.txt", differs]);
  if (!info.split("\n").includes(`Payload-Oxum: ${oxum}`)) formFindings.push(["bag-info.txt", differs]);
  if (!payload.length) formFindings.push(["data/", ["nothing to check", "没有可核验的文件"]]);
  put("form", formFindings, [oxum, oxum]);

  for (const [layer, prefix, chosen] of [
    ["payload", "manifest-", payload],
    ["tags", "tagmanifest-", places.filter((p) => !p.startsWith("data/") && !p.startsWith("tagmanifest-"))],
  ]) {
    const findings = [], there = new Set(chosen);
    for (const algorithm of ["sha256", "sm3"]) {
      const manifest = await whole(`${prefix}${algorithm}.txt`);
      if (!manifest) { findings.push([`${prefix}${algorithm}.txt`, missing]); continue; }
      const listed = new Map(loose(manifest).split("\n").filter(Boolean).map((line) => [line.slice(64).trim(), line.slice(0, 64)]));
      for (const [place, digest] of listed) {
        if (!there.has(place)) findings.push([place, missing]);
        else if (found.get(place)[algorithm] !== digest.toLowerCase()) findings.push([place, differs]);
      }
      for (const place of chosen) if (!listed.has(place)) findings.push([place, added]);
    }
    put(layer, findings, [`files: ${chosen.length}`, `${chosen.length} 个文件`]);
  }

  const noteBytes = await whole("custody/checkpoint");
  let note = null;
  try { note = parseNote(noteBytes || new Uint8Array()); } catch { /* the proofs say so */ }
  const entries = places.map((place) => /^custody\/(\d+)\.entry$/.exec(place)).filter(Boolean).map((m) => m[1]);
  const entryFindings = [], recordFindings = [], proofFindings = [], stated = new Map(), listedRows = new Set();
  for (const index of entries) {
    const place = `custody/${index}.entry`, entry = await whole(place);
    let leaf = null;
    try { leaf = JSON.parse(text(entry)); } catch { /* told below; its proof is looked at all the same */ }
    if (leaf === null || typeof leaf !== "object") {
      entryFindings.push([place, ["not JSON", "无法解析"]]);
      leaf = {};
    }
    const header = await whole(`custody/${index}.record`);
    if (leaf.record && (!header || hex(sha256(header)) !== leaf.record)) {
      recordFindings.push([`custody/${index}.record`, header ? differs : missing]);
    } else if (header) {
      for (const digest of listOf(header)) {
        listedRows.add(digest);
        const row = await whole(`custody/rows/${digest}`);
        if (!row) continue;
        if (hex(sha256(row)) !== digest) { recordFindings.push([`custody/rows/${digest}`, differs]); continue; }
        const content = JSON.parse(loose(row));
        if (leaf.event === "ingestion" && content.kind === "file")
          stated.set(`${leaf.station}-${index}`, { ...content, entry: leaf, place });
      }
    }
    try {
      const proof = await whole(`custody/${index}.tlog-proof`), at = text(proof).indexOf("\n\n") + 2;
      const lines = text(proof).slice(0, at - 2).split("\n");
      const start = lines[1].startsWith("extra ") ? 2 : 1, hashes = lines.slice(start + 1).map(unbase64);
      const isOurs = lines[0] === "c2sp.org/tlog-proof@v1" && lines[start] === `index ${index}`
        && same(utf8.encode(text(proof).slice(at)), noteBytes);
      if (!isOurs || !included(Number(index), note.size, leafHash(entry), hashes, note.root)) throw new Error();
    } catch { proofFindings.push([`custody/${index}.tlog-proof`, ["does not lead to the checkpoint", "不能归结到检查点"]]); }
  }
  for (const place of payload) {
    const key = (/^data\/([A-Za-z0-9]+-[0-9]+)_/.exec(place) || [])[1], row = stated.get(key);
    if (!row) { entryFindings.push([place, ["no entry is about it", "没有对应条目"]]); continue; }
    const digest = found.get(place), leaf = row.entry;
    const fits = row.sha256 === digest.sha256 && row.sm3 === digest.sm3 && row.size === files.get(place).size
      && (leaf.sha256 === undefined || leaf.sha256 === digest.sha256) && (leaf.sm3 === undefined || leaf.sm3 === digest.sm3);
    if (!fits) entryFindings.push([place, differs]);
    stated.delete(key);
  }
  for (const [, row] of stated) entryFindings.push([row.place, ["its file is missing", "缺少对应文件"]]);
  for (const findings of [entryFindings, recordFindings, proofFindings]) if (!entries.length) findings.push(["custody/", missing]);
  for (const place of places.filter((p) => p.startsWith("custody/rows/")))
    if (!listedRows.has(place.slice(13))) recordFindings.push([place, ["no record lists it", "没有记录列有此行"]]);
  put("entries", entryFindings, [`entries: ${entries.length}`, `${entries.length} 个条目`]);
  put("records", recordFindings, [`records: ${entries.length}`, `${entries.length} 份记录`]);
  put("proofs", proofFindings, note ? [`entries of the log: ${note.size}`, `日志共 ${note.size} 条`] : missing);

  judge(policy, note, put, absent);
  absent("stamps", notCheckedHere);
  return layers;
}

/// The digests of the rows that a record's header lists.
function listOf(header) {
  try { return JSON.parse(text(header)).rows.filter((digest) => /^[0-9a-f]{64}$/.test(digest)); } catch { return []; }
}

/// Signature and cosignatures under the verifier's own policy.
function judge(policyText, note, put, absent) {
  if (!policyText.trim()) { absent("signature", noPolicy); absent("cosignatures", noPolicy); return; }
  let policy;
  try {
    policy = parsePolicy(policyText);
    const keys = policy.logs.filter((key) => note && key.name === note.origin && key.type === 1);
    const lines = (key) => note.signatures.filter((line) => line.name === key.name && line.id === key.id);
    const signers = keys.filter((key) => lines(key).length > 0);
    if (!signers.length) throw new Error("signed by no key of the policy 没有信任策略所列密钥的签名");
    if (!signers.every((key) => lines(key).every((line) => ed25519(key.bytes, note.text, line.blob))))
      throw new Error("the signature is not the key's 签名验证不通过");
    put("signature", [], [note.origin, note.origin]);
  } catch (error) {
    put("signature", [["custody/checkpoint", [error.message, error.message]]], ["", ""]);
    absent("cosignatures", noPolicy);
    return;
  }
  try {
    const times = policy.witnesses.map((witness) => [witness.name, cosigned(note, witness.key)]).filter(([, time]) => time !== null);
    const list = times.map(([name, time]) => `${name} ${new Date(Number(time) * 1000).toISOString()}`).join(", ");
    if (!times.length || !meetsQuorum(policy, times.map(([name]) => name))) absent("cosignatures", notYet);
    else put("cosignatures", [], [list, list]);
  } catch (error) {
    put("cosignatures", [["custody/checkpoint", [error.message, error.message]]], ["", ""]);
  }
}

// MARK: The page

function showPage() {
  const chinese = (navigator.language || "").toLowerCase().startsWith("zh"), say = (pair) => pair[chinese ? 1 : 0];
  const element = (id) => document.getElementById(id);
  document.documentElement.lang = chinese ? "zh-CN" : "en";
  document.querySelectorAll("[data-zh]").forEach((node) => { if (chinese) node.textContent = node.dataset.zh; });
  const line = (tag, kind, words) => {
    const node = document.createElement(tag);
    node.className = kind;
    node.textContent = words;
    return node;
  };
  element("check").addEventListener("click", async () => {
    const files = new Map();
    for (const file of element("folder").files) {
      const place = file.webkitRelativePath.split("/").slice(1).join("/");
      files.set(place, {
        size: file.size,
        slice: async (from, to) => new Uint8Array(await file.slice(from, to).arrayBuffer()),
      });
    }
    element("verdict").className = "";
    element("verdict").textContent = files.size ? "" : say(["Choose the folder first", "请先选择文件夹"]);
    element("layers").replaceChildren();
    if (!files.size) return;
    const out = element("layers"), all = [...files.values()].reduce((sum, file) => sum + file.size, 0) || 1;
    let done = 0;
    let layers;
    try {
      layers = await verifyBag(files, element("policy").value, (bytes) => {
        done += bytes;
        element("verdict").textContent = `${Math.floor((done / all) * 100)} %`;
      });
    } catch (error) {
      element("verdict").className = "fails";
      element("verdict").textContent = `${say(["This package cannot be read", "无法读取该封存证据包"])}: ${error.message}`;
      return;
    }
    const fails = layers.some((one) => one.result === "fails");
    const short = layers.some((one) => one.result === "absent" && one.layer !== "stamps");
    element("verdict").className = fails ? "fails" : short ? "absent" : "holds";
    element("verdict").textContent = say(fails ? ["✗ Differs from the record", "✗ 核验不一致"]
      : short ? ["– Nothing differs, but not everything was shown", "– 未发现不一致，但并非各层均得到证明"]
        : ["✓ Matches the record", "✓ 核验一致"]);
    for (const one of layers) {
      const sign = { holds: ["✓ holds", "✓ 成立"], fails: ["✗ FAILS", "✗ 不成立"], absent: ["– not shown", "– 未证明"] }[one.result];
      const row = line("li", one.result, `${say(words[one.layer])}: ${say(sign)} (${say(one.message)})`);
      const list = document.createElement("ul");
      for (const [place, why] of one.findings.slice(0, 200)) list.append(line("li", "", `${place}: ${say(why)}`));
      if (one.findings.length) row.append(list);
      out.append(row);
    }
  });
}

if (typeof document !== "undefined") showPage();
if (typeof module !== "undefined") module.exports = { sha256, sm3, sha512, ed25519, hex, unhex, included, parseNote, parsePolicy, verifyBag };

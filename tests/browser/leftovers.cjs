// Searches every file below a directory for texts, as they are, in UTF-16 and inside deflated
// streams.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');

function* filesBelow(directory) {
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    const name = path.join(directory, entry.name);
    if (entry.isDirectory()) yield* filesBelow(name);
    else if (entry.isFile()) yield name;
  }
}

// What begins at a gzip or zlib header somewhere in `bytes`; most such places are chance.
function* inflated(bytes) {
  const lenient = { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: 1 << 24 };
  for (const [magic, inflate] of [['1f8b08', zlib.gunzipSync], ['7801', zlib.inflateSync],
    ['785e', zlib.inflateSync], ['789c', zlib.inflateSync], ['78da', zlib.inflateSync]]) {
    const header = Buffer.from(magic, 'hex');
    for (let at = bytes.indexOf(header); at >= 0; at = bytes.indexOf(header, at + 1)) {
      try { yield inflate(bytes.subarray(at), lenient); } catch { /* no stream begins here */ }
    }
  }
}

// The texts that were found, each with the file it is in.
function findTexts(directory, texts) {
  const found = new Map();
  let files = 0;
  for (const file of filesBelow(directory)) {
    const bytes = fs.readFileSync(file);
    files += 1;
    for (const part of [bytes, ...inflated(bytes)]) {
      for (const text of texts) {
        if (part.includes(text) || part.includes(text, 0, 'utf16le')) found.set(text, file);
      }
    }
  }
  return { found, files };
}

module.exports = { findTexts };

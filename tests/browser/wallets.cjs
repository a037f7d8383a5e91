// The backend's part: makes users with a card each, all with the same history, so that nothing but
// the wallet tells their lists apart.
'use strict';
const fs = require('node:fs');
const { randomBytes } = require('node:crypto');

const vault = process.env.VAULT_URL;
const key = /^Authorization: (.*)$/m.exec(fs.readFileSync(process.env.BACKEND_HEADER, 'utf8'))[1];

async function call(method, path, body, headers = { Authorization: key }) {
  const answer = await fetch(vault + path, {
    method,
    headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
}

// Letters alone: a nickname with digits might look like a card number.
function marker() {
  return [...randomBytes(16)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');
}

async function makeUser(subject, pan) {
  const wallet = (await call('POST', '/v1/wallets', { subject })).id;
  const own = `/v1/wallets/${wallet}`;
  const device = (await call('POST', `${own}/devices`, { name: 'browser', fingerprint: subject })).id;
  const card = await call('POST', `${own}/cards`, { pan });
  const { token } = await call('POST', `${own}/tokens`, { device_id: device, scopes: ['cards:list'] });
  const nickname = marker();
  await call('PATCH', `/v1/cards/${card.id}`, { nickname },
    { Authorization: `Bearer ${token}`, 'Device-Id': device });
  return { wallet, own, vault, device, token, nickname, card: card.id, masked: card.masked, last4: card.last4 };
}

module.exports = { call, makeUser, marker };

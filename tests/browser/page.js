// The page: shows the cards of whoever is logged in. It asks like a plain page, whose requests the
// browser's own cache may answer, or `holding`: with the entity tag of the list that it had last,
// whoever that list was of. That is careless, and must not matter.
'use strict';
let held = null;

async function ask(session, how) {
  const headers = {};
  if (session.token) headers.Authorization = `Bearer ${session.token}`;
  if (session.device) headers['Device-Id'] = session.device;
  if (how.holding && held) headers['If-None-Match'] = held.etag;
  return fetch(`${session.vault}/v1/cards`, { headers, cache: how.cache || 'default' });
}

async function show(how = {}) {
  const list = document.getElementById('cards');
  document.body.dataset.state = 'asking';
  const session = await (await fetch('/session', { cache: 'no-store' })).json();
  const shown = { status: 0, code: '', cards: [] };
  if (session.vault) {
    const answer = await ask(session, how);
    shown.status = answer.status;
    if (answer.status === 200) held = { etag: answer.headers.get('ETag'), data: (await answer.json()).data };
    if (answer.status >= 400) shown.code = (await answer.json()).code;
    if (answer.status < 400) shown.cards = held.data;
  }
  list.replaceChildren(...shown.cards.map((card) => {
    const row = document.createElement('li');
    row.textContent = `${card.display} ${card.masked} ${card.nickname}`;
    return row;
  }));
  document.body.dataset.state = 'done';
  return { status: shown.status, code: shown.code, rows: [...list.children].map((row) => row.textContent) };
}

show();

// Claims about what a real browser shows and keeps; see scripts/browser_test.
'use strict';
const { chromium } = require('playwright-core');
const { call, makeUser, marker } = require('./wallets.cjs');
const { findTexts } = require('./leftovers.cjs');

const page_url = process.env.PAGE_URL;

function claim(what, holds, seen) {
  console.log(`   ${holds ? 'ok' : 'FAILED'} ${what}`);
  if (holds) return;
  console.log(`      seen: ${JSON.stringify(seen)}`);
  process.exitCode = 1;
}

function claimShows(what, seen, user, status = 200) {
  const right = seen.status === status && seen.rows.length === 1 && seen.rows[0].includes(user.nickname);
  claim(what, right, seen);
}

const logIn = (session) => fetch(`${page_url}/session`, { method: 'PUT', body: JSON.stringify(session) });
const show = (page, how) => page.evaluate((asked) => show(asked), how || {});

// What the page shows by itself once it is there.
async function shownBy(page) {
  await page.waitForFunction(() => document.body.dataset.state === 'done');
  return page.evaluate(() => ({
    status: 200, rows: [...document.querySelectorAll('#cards li')].map((row) => row.textContent),
  }));
}

function openBrowser() {
  return chromium.launchPersistentContext(process.env.PROFILE, {
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    headless: true,
    chromiumSandbox: false, // the only pages are this test's, and root may not have one
    args: ['--no-proxy-server', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });
}

async function severalUsers(context, page, a, b) {
  await logIn(a);
  claimShows('the first user sees the own cards', await show(page), a);
  await logIn(b);
  claimShows('the second user, in the same page, sees the own cards', await show(page), b);
  await page.reload();
  claimShows('also after a reload', await shownBy(page), b);
  const tab = await context.newPage();
  await tab.goto(page_url);
  claimShows('also in a new tab', await shownBy(tab), b);
  claimShows('also when the page takes whatever is cached', await show(tab, { cache: 'force-cache' }), b);
  await tab.close();
  await logIn(a);
  claimShows('the first user again sees the own cards', await show(page), a);
}

async function heldTags(page, a, b) {
  await logIn(a);
  claimShows('a page may hold a list with its tag', await show(page), a);
  claimShows('it gets 304 for the tag', await show(page, { holding: true }), a, 304);
  await logIn(b);
  claimShows("with the first user's tag the second gets the own list", await show(page, { holding: true }), b);
}

async function walletMadeAnew(page, old, remade) {
  await logIn(old);
  await show(page);
  await call('PATCH', old.own, { state: 'closed' });
  const next = await makeUser(remade, '6226090000000048');
  await logIn(next);
  claimShows('a wallet closed and made anew for the same user shows its own cards, to the old tag',
    await show(page, { holding: true }), next);
  claimShows('also without a tag', await show(page), next);
  await page.reload();
  claimShows('also after a reload', await shownBy(page), next);
  return next;
}

async function logOut(page, user) {
  await call('DELETE', `${user.own}/tokens`);
  for (const cache of ['default', 'force-cache']) {
    const dead = await show(page, { cache });
    claim(`a dead token shows nothing, and the page can read why (${cache})`,
      dead.code === 'token_revoked' && dead.rows.length === 0, dead);
  }
  await logIn({});
  await page.reload();
  const nobody = await shownBy(page);
  claim('after a log-out the page shows no card', nobody.rows.length === 0, nobody);
}

async function main() {
  const a = await makeUser('user-a', '4111111111111111');
  const b = await makeUser('user-b', '5555555555554444');
  const plain = marker();
  const packed = marker();
  let context = await openBrowser();
  const page = context.pages()[0] || await context.newPage();
  await page.goto(page_url);
  await page.evaluate(async ([one, other]) => {
    await (await fetch(`/keepable?marker=${one}`)).text();
    await (await fetch(`/keepable?encoding=gzip&marker=${other}`)).text();
  }, [plain, packed]);
  await severalUsers(context, page, a, b);
  await heldTags(page, a, b);
  const next = await walletMadeAnew(page, b, 'user-b');
  await logOut(page, next);
  await context.close();

  const texts = [a, b, next].flatMap((user) => [user.nickname, user.masked, user.card, user.token]);
  const { found, files } = findTexts(process.env.PROFILE, [...texts, plain, packed]);
  claim(`the search finds what a browser may keep, in ${files} files of its profile`,
    found.has(plain) && found.has(packed), [...found]);
  const left = texts.filter((text) => found.has(text)).map((text) => [text.slice(0, 24), found.get(text)]);
  claim('no nickname, masked number, card id or token of any list is among them', left.length === 0, left);
}

main().catch((error) => { console.error(error); process.exitCode = 1; });

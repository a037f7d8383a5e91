// Plays a wallet's web site on a free loopback port: one page, and the session that its backend
// keeps for the browser. PUT /session is how the test logs a user in or out.
'use strict';
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const zlib = require('node:zlib');

const page = '<!doctype html><meta charset="utf-8"><title>cards</title>' +
  '<ul id="cards"></ul><script src="/page.js"></script>';
const script = fs.readFileSync(path.join(__dirname, 'page.js'));
let session = '{}';

// What a browser may keep, so that a search of its files can be seen to find something.
function keepable(response, marker, encoding) {
  const body = Buffer.from(`${marker} `.repeat(40));
  const fields = { 'Content-Type': 'text/plain', 'Cache-Control': 'private, max-age=3600' };
  if (encoding) fields['Content-Encoding'] = encoding;
  response.writeHead(200, fields).end(encoding ? zlib.gzipSync(body) : body);
}

const server = http.createServer((request, response) => {
  const send = (type, body) =>
    response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
  const { pathname, searchParams } = new URL(request.url, 'http://page');
  if (request.method === 'PUT' && pathname === '/session') {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => { session = Buffer.concat(parts).toString(); send('text/plain', ''); });
  } else if (pathname === '/session') {
    send('application/json', session);
  } else if (pathname === '/page.js') {
    send('text/javascript', script);
  } else if (pathname === '/keepable') {
    keepable(response, searchParams.get('marker'), searchParams.get('encoding'));
  } else {
    send('text/html', page);
  }
});

server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ listen: `127.0.0.1:${server.address().port}` })));

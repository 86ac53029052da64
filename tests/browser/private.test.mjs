// "Nothing leaves this computer": no request is made after the page has loaded, and none can be.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe } from 'node:test';
import * as page from './support.mjs';

const { test } = page;

describe('nothing leaves this computer', () => {
  const { session } = page.setUp();
  let outside;
  let address;
  const received = [];
  before(async () => {
    if (page.cannotRun) return;
    // A server that would welcome anything: allowed by every rule but the page's own.
    outside = createServer((request, response) => {
      received.push(request.url);
      response.writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'text/plain' }).end('hello');
    });
    await new Promise((resolve) => outside.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${outside.address().port}/`;
  });
  after(async () => {
    outside?.closeAllConnections();
    outside?.close();
  });

  const inTransit = (url) => !url.startsWith('blob:') && !url.startsWith('data:');

  for (const way of page.ways) {
    test(`no request after the page has loaded (${way})`, async () => {
      const tab = await session.page(way);
      const requests = [];
      const served = [];
      tab.context().on('request', (request) => requests.push(request.url()));
      const count = (request) => served.push(request.url);
      session.server.on('request', count);
      await page.openSample(tab);
      await page.search(tab).fill('traffic');
      await page.row(tab, 'struct', 'traffic').click();
      await page.code(tab).waitFor();
      await page.openFile(tab, page.golden('types.o'));
      session.server.off('request', count);
      assert.deepEqual(requests.filter(inTransit), []);
      assert.deepEqual(served, []);
      await tab.context().close();
    });

    test(`the browser refuses every connection (${way})`, async () => {
      const tab = await session.page(way);
      const own = way === 'server' ? tab.url() : address;
      for (const url of [address, own]) {
        const attempts = await tab.evaluate(tryEverything, url);
        assert.deepEqual(attempts, { fetch: 'refused', request: 'refused', socket: 'refused', events: 'refused', image: 'refused', script: 'refused' }, url);
      }
      // Workers inherit the policy: the spare one that waits for a file, and that of an open file.
      await page.openSample(tab);
      for (const worker of tab.workers()) {
        for (const url of [address, own]) {
          const answer = await worker.evaluate((to) => fetch(to).then(() => 'answered', () => 'refused'), url);
          assert.equal(answer, 'refused');
        }
      }
      assert.ok(tab.workers().length > 0);
      assert.deepEqual(received, []);
      await tab.context().close();
    });
  }

  test('the single file is one request', async () => {
    const context = await session.browser.newContext();
    const requests = [];
    context.on('request', (request) => requests.push(request.url()));
    const tab = await context.newPage();
    const { pathToFileURL } = await import('node:url');
    await tab.goto(pathToFileURL(page.singleFile).href);
    await tab.getByRole('button', { name: 'Try a sample' }).waitFor();
    assert.equal(requests.filter(inTransit).length, 1);
    assert.match(await tab.locator('meta[http-equiv=Content-Security-Policy]').getAttribute('content'), /connect-src 'none'/);
    await context.close();
  });

  test('the outside would have answered', async () => {
    const answer = await fetch(address);
    assert.equal(await answer.text(), 'hello');
  });
});

/** Runs in the page. */
async function tryEverything(url) {
  const outcome = (start) =>
    new Promise((resolve) => {
      const end = (answer) => resolve(answer);
      setTimeout(end, 5000, 'no answer');
      try {
        start(() => end('answered'), () => end('refused'));
      } catch {
        end('refused');
      }
    });
  return {
    fetch: await outcome((yes, no) => fetch(url, { mode: 'no-cors' }).then(yes, no)),
    request: await outcome((yes, no) => {
      const request = new XMLHttpRequest();
      request.onload = yes;
      request.onerror = no;
      request.open('POST', url);
      request.send('content');
    }),
    socket: await outcome((yes, no) => {
      const refused = () => document.removeEventListener('securitypolicyviolation', refused) ?? no();
      document.addEventListener('securitypolicyviolation', refused);
      const socket = new WebSocket(url.replace(/^(http|file)/, 'ws'));
      socket.onopen = yes;
    }),
    events: await outcome((yes, no) => {
      const source = new EventSource(url);
      source.onopen = yes;
      source.onerror = no;
    }),
    image: await outcome((yes, no) => {
      const image = new Image();
      image.onload = yes;
      image.onerror = no;
      image.src = `${url}image`;
    }),
    script: await outcome((yes, no) => {
      const script = document.createElement('script');
      script.onload = yes;
      script.onerror = no;
      // The page's own folder may serve scripts, so the question is only whether another address may.
      script.src = `${url.replace('127.0.0.1', 'localhost').split('#')[0]}script`;
      document.head.append(script);
    }),
  };
}

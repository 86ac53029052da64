// Serves dist/ on loopback and prints the address. For development and tests: `npm run serve`, or `startServer()`.
// Options: --port N (default: 8080, or the next free one).
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize, sep } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const dist = join(dirname(fileURLToPath(import.meta.url)), 'dist');

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

/** Resolves to {server, address}. Port 0: any free one. */
export async function startServer({ folder = dist, port = 0 } = {}) {
  const server = createServer(async (request, response) => {
    try {
      const body = await readFile(within(folder, request.url ?? '/'));
      response.writeHead(200, {
        'Content-Type': types[extname(fileName(request.url))] ?? 'application/octet-stream',
        'Cache-Control': 'no-cache',
        'X-Content-Type-Options': 'nosniff',
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    } catch {
      response.writeHead(404, { 'Content-Type': 'text/plain' });
      response.end('Not found\n');
    }
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { server, address: `http://127.0.0.1:${server.address().port}/` };
}

function fileName(url) {
  const { pathname } = new URL(url, 'http://localhost');
  return decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
}

/** The path of a URL inside the folder; throws when it leads out of it. */
function within(folder, url) {
  const path = normalize(join(folder, fileName(url)));
  if (!path.startsWith(folder + sep)) throw new Error('outside');
  return path;
}

async function main() {
  const { values } = parseArgs({ options: { port: { type: 'string' } } });
  const wanted = values.port === undefined ? 8080 : Number(values.port);
  const { address } = await startServer({ port: wanted }).catch((error) => {
    if (error.code !== 'EADDRINUSE' || values.port !== undefined) throw error;
    return startServer();
  });
  console.log(`The page is at ${address}, and in one file at ${address}btfkit.html. Ctrl+C ends this.`);
}

if (argv[1] === fileURLToPath(import.meta.url)) await main();

// What a page does before its user asks for anything special. The build runs it in an instrumented module: the functions that it uses
// make btf.wasm, all others more.wasm. tests/node/parts.test.mjs checks on other inputs that these steps need no more.
export function train({ Btf, BtfError }, inputs, { base, split }, useless) {
  for (const bytes of inputs) {
    using(Btf.fromBytes(bytes), look);
    // What is wrong with a file is said at once too.
    for (const length of [0, 20, 30, bytes.length >> 1, bytes.length - 1]) refused(() => Btf.fromBytes(bytes.slice(0, length)).close());
  }
  using(Btf.fromBytes(base), (base) => using(Btf.fromBytes(split, { base }), look));
  for (const bytes of [split, ...useless]) refused(() => Btf.fromBytes(bytes));

  function look(btf) {
    btf.columns();
    for (const includes of ['', 'i', 'no such name']) btf.search({ includes, limit: 100 });
    btf.search({ prefix: 's', kinds: ['struct'] });
    btf.find('int');
    btf.find('int', 'int');
    btf.named('int');
    for (const type of btf.types()) {
      type.toC();
      type.toC({ offsets: true });
    }
  }
  function using(btf, body) {
    body(btf);
    btf.close();
  }
  function refused(open) {
    try {
      open();
    } catch (error) {
      if (!(error instanceof BtfError)) throw error;
    }
  }
}

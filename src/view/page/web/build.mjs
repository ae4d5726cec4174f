// Bundles the page into one HTML file with a place for the data of the runs. Deterministic: same sources and lock file,
// same bytes.
//   node build.mjs OUTPUT
import {createHash} from 'node:crypto';
import {readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2] ?? join(here, 'page.html');

const bundle = async (entry) => {
  const result = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    minify: true,
    write: false,
    charset: 'utf8',
    format: 'iife',
    target: ['chrome100', 'firefox102', 'safari15'],
    legalComments: 'inline',
  });
  return result.outputFiles[0].text.trim();
};

// The content security policy names the one script and the one style by what is in them: nothing else runs, and nothing
// is fetched.
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const script = await bundle('src/main.js');
const style = await bundle('src/style.css');
const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
const shell = await readFile(join(here, 'src/shell.html'), 'utf8');
// Function replacements: a string's $-patterns would be expanded.
await writeFile(output, shell.replace('%POLICY%', () => policy)
                             .replace('%STYLE%', () => style)
                             .replace('%SCRIPT%', () => script));

// Builds the addon with cargo and puts it where `js/native.js` looks for it.
//
// Plain cargo, because its build then shares its dependencies with that of the
// Python package: the usual build tool names a target, which cargo keeps apart.
// `node bindings-node/build.mjs [--debug]`
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const debug = process.argv.includes('--debug');
const { addonName } = createRequire(import.meta.url)('./js/platform.js');

const library = { win32: 'roocode_node.dll', darwin: 'libroocode_node.dylib' }[process.platform] ?? 'libroocode_node.so';
const flags = ['build', '--quiet', '--locked', '-p', 'roocode-node', ...(debug ? [] : ['--release'])];
execFileSync('cargo', flags, { cwd: fileURLToPath(root), stdio: 'inherit' });

const built = new URL(`${process.env.CARGO_TARGET_DIR ?? 'target'}/${debug ? 'debug' : 'release'}/${library}`, root);
const addon = new URL(`bindings-node/js/${addonName()}`, root);
// A new file, not the old one rewritten: a process may have that one loaded.
rmSync(addon, { force: true });
copyFileSync(built, addon);

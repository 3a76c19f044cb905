// Finds the compiled core: beside this file (a checkout, or a package built for
// one platform), else in the platform's own package.

const { existsSync } = require('node:fs');
const { join } = require('node:path');

function usesMusl() {
  if (process.platform !== 'linux') return false;
  // The report names the C library; only its header is asked for, and no network is probed.
  const { report } = process;
  if (!report) return false;
  report.excludeNetwork = true;
  return !report.getReport().header.glibcVersionRuntime;
}

function platform() {
  const { platform: system, arch } = process;
  if (system === 'linux') return `linux-${arch}-${usesMusl() ? 'musl' : 'gnu'}`;
  if (system === 'win32') return `win32-${arch}-msvc`;
  return `${system}-${arch}`;
}

function load() {
  const name = platform();
  const local = join(__dirname, `roocode.${name}.node`);
  if (existsSync(local)) return require(local);
  const packageName = `@roocode/native-${name}`;
  try {
    return require(packageName);
  } catch (cause) {
    throw new Error(
      `roocode has no compiled core for ${name}: neither ${local} nor the package ${packageName} is there. ` +
        'In a checkout run `npm run build`; else reinstall without `--omit=optional`.',
      { cause },
    );
  }
}

module.exports = load();

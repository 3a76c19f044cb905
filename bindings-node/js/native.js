// Finds the compiled core: beside this file (a checkout, or a package built for
// one platform), else in the platform's own package.

const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { addonName, platform } = require('./platform.js');

function load() {
  const name = platform();
  const local = join(__dirname, addonName());
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

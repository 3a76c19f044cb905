// Which compiled core belongs to this machine.

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

/** The addon's file name. */
const addonName = () => `roocode.${platform()}.node`;

module.exports = { addonName, platform };

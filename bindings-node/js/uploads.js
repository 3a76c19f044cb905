// Files that a caller hands over: taken out of a request, so that their bytes never go through JSON.

const { basename } = require('node:path');
const { ReadStream } = require('node:fs');
const { badRequest } = require('./errors.js');

/** The parameters of each operation that are files. */
const FILES = { transcriptions: ['file'], translations: ['file'], image_edits: ['image', 'mask'] };

/** Whether an operation takes files. */
function takesFiles(operation) {
  return operation !== undefined && Object.hasOwn(FILES, operation);
}

/**
 * The request with what stands for its files, and their bytes in the order of their numbers.
 * @returns {Promise<{ body: object, files: Buffer[] }>}
 */
async function takeFiles(operation, given) {
  const body = { ...given };
  const files = [];
  for (const name of FILES[operation]) {
    const file = body[name];
    if (file === undefined || file === null) continue;
    if (Array.isArray(file)) {
      body[name] = [];
      for (const [index, one] of file.entries()) body[name].push(await take(`${name}[${index}]`, one, files));
    } else {
      body[name] = await take(name, file, files);
    }
  }
  return { body, files };
}

/** What stands for one file. A path stays a path, which native code reads piece by piece. */
async function take(place, file, files) {
  if (typeof file === 'string') return file;
  if (file instanceof URL && file.protocol === 'file:') return require('node:url').fileURLToPath(file);
  // One of a part of a file, or one that was read from, is read to its end.
  if (file instanceof ReadStream && typeof file.path === 'string' && file.bytesRead === 0 && whole(file)) {
    file.destroy();
    return file.path;
  }
  if (plain(file) && typeof file.path === 'string') return file;
  const data = plain(file) ? file.data : file;
  const bytes = await bytesOf(data);
  if (bytes === undefined) {
    throw badRequest(place, 'is no file: give a path, a Buffer, a Blob, a File or a stream');
  }
  const own = typeof data.name === 'string' ? data.name : typeof data.path === 'string' ? data.path : undefined;
  const { name, content_type: type } = plain(file) ? file : {};
  files.push(bytes);
  return {
    attached: files.length - 1,
    name: name ?? (own && basename(own)),
    content_type: type ?? (data instanceof Blob && data.type ? data.type : undefined),
  };
}

function whole(stream) {
  return !stream.start && (stream.end === undefined || stream.end === Number.POSITIVE_INFINITY);
}

function plain(file) {
  const prototype = typeof file === 'object' && file !== null ? Object.getPrototypeOf(file) : undefined;
  return prototype === Object.prototype || prototype === null;
}

/** The bytes of what holds some, or undefined. */
async function bytesOf(data) {
  if (typeof data !== 'object' || data === null) return undefined;
  if (Buffer.isBuffer(data)) return data;
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  if (typeof data.arrayBuffer === 'function') return Buffer.from(await data.arrayBuffer());
  if (typeof data[Symbol.asyncIterator] !== 'function') return undefined;
  const pieces = [];
  for await (const piece of data) pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  return Buffer.concat(pieces);
}

module.exports = { takeFiles, takesFiles };

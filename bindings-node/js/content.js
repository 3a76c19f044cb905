// Replies that are bytes, such as speech: what is said of them, and the bytes beside it.

const { writeFile } = require('node:fs/promises');

/** Gives `reply` its bytes. They are no property that is listed, so that JSON has none of them. */
function withContent(reply, content) {
  const hidden = (value) => ({ value, enumerable: false });
  return Object.defineProperties(reply, {
    content: hidden(content),
    arrayBuffer: hidden(async () => new Uint8Array(content).buffer),
    blob: hidden(async () => new Blob([content], { type: reply.content_type })),
    writeToFile: hidden((path) => writeFile(path, content)),
  });
}

module.exports = { withContent };

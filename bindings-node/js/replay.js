const native = require('./native.js');
const { encode } = require('./encode.js');
const { guarded } = require('./errors.js');

/** Makes a recorded decision again, and says where it comes out otherwise. */
function replay(trace) {
  const { text, mark, strings } = encode(trace, 'trace');
  return JSON.parse(guarded(() => native.replay(text, mark, strings)));
}

/** How likely each target was to be chosen, for each choice of a recorded decision. */
function propensities(trace) {
  const { text, mark, strings } = encode(trace, 'trace');
  return JSON.parse(guarded(() => native.propensities(text, mark, strings)));
}

module.exports = { propensities, replay };

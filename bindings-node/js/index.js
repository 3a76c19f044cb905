const native = require('./native.js');
const { APIPromise } = require('./api_promise.js');
const { Roocode, roocode } = require('./client.js');
const { classes } = require('./errors.js');
const { propensities, replay } = require('./replay.js');
const { Stream } = require('./stream.js');

module.exports = {
  ...classes,
  APIPromise,
  Roocode,
  Stream,
  default: Roocode,
  propensities,
  replay,
  roocode,
  version: native.version(),
};

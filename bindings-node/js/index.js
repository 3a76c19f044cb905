const native = require('./native.js');
const { APIPromise } = require('./api_promise.js');
const { Roocode, roocode } = require('./client.js');
const { classes } = require('./errors.js');
const { Stream } = require('./stream.js');

module.exports = { ...classes, APIPromise, Roocode, Stream, default: Roocode, roocode, version: native.version() };

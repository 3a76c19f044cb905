import testing from './testing.js';

export const { MockServer, decide } = testing;

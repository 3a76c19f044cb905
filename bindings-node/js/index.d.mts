export * from './index.js';
export { Roocode as default } from './index.js';

// Exits with calls pending and streams flowing.
import { create } from './common.mjs';

for (let count = 0; count < 10; count++) create('hang').catch(() => {});
for (let count = 0; count < 10; count++) {
  create('endless', true).then(async (stream) => {
    for await (const _ of stream);
  });
}
setTimeout(() => process.exit(0), 30);

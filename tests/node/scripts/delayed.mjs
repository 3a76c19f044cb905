// Nothing but the pending call keeps this process alive.
import { create } from './common.mjs';

create('delay-300').then((reply) => process.stdout.write(reply.id));

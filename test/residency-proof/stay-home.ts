// Preload of services under proof: every host is this machine, so that an address can have the name of a real provider and
// nothing can reach one.
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

const here = '127.0.0.1';

function lookup(_host: string, options: dns.LookupOptions, callback: Callback): void {
  if (options.all === true) callback(null, [{ address: here, family: 4 }]);
  else callback(null, here, 4);
}

type Callback = (error: null, address: string | dns.LookupAddress[], family?: number) => void;

Object.assign(dns, { lookup });
syncBuiltinESMExports();

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

export default ({ mode }) => ({
  resolve: {
    alias: {
      how: at(`./${mode}.jsx`),
      // The script that auth0-react publishes has auth0-spa-js inside already; its source, which it publishes too, imports it.
      ...(mode === 'alias' && { '@auth0/auth0-react': at('./node_modules/@auth0/auth0-react/src/index.tsx'), '@auth0/auth0-spa-js': 'postern/auth0' }),
    },
  },
  define: { __VERSION__: JSON.stringify(JSON.parse(readFileSync(at('./node_modules/@auth0/auth0-react/package.json'))).version) },
  // Names of types are still among its exports, and no compiler has been there to take them out.
  build: { target: 'es2022', rolldownOptions: { shimMissingExports: mode === 'alias' } },
});

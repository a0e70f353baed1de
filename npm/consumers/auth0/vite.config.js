import { fileURLToPath } from 'node:url';

export default ({ mode }) => ({
  resolve: {
    alias: {
      how: fileURLToPath(new URL(`./${mode}.jsx`, import.meta.url)),
      // The script that auth0-react publishes has auth0-spa-js inside already; its source, which it publishes too, imports it.
      ...(mode === 'alias' && { '@auth0/auth0-react': '@auth0/auth0-react/src/index.tsx', '@auth0/auth0-spa-js': 'postern/auth0' }),
    },
  },
  define: { __VERSION__: '"2.27.0"' }, // auth0-react's own build would set it
  // Names of types are still among its exports, and no compiler has been there to take them out.
  build: { target: 'es2022', rolldownOptions: { input: ['index.html', 'uses.html'], shimMissingExports: mode === 'alias' } },
});

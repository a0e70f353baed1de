// What the classic script sets. `import type {} from 'postern/global'` makes it known where the script tag does the loading.
import type * as api from './index.js';

declare global {
  var postern: typeof api;
}

// Bundled as a classic script, which is what esbuild makes unless it is told otherwise, and which knows no import.meta.
import { createClient } from 'postern/inline';
import { start } from './app.js';

start(createClient);

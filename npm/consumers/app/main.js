import { createClient } from 'postern';
import { start } from './app.js';

start(createClient);

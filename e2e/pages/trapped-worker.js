// The vault's worker, with a trap door in it.
import './trap.js';
import '/postern/postern.worker.js';

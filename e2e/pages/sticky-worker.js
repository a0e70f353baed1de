// The vault's worker in an engine that hands over no streams.
import './sticky.js';
import '/postern/postern.worker.js';

// The vault's worker, shared by all tabs, which a page can end; and whose session waits for no page once the last one is gone, which it tells.
import './mortal.js';
import '/postern/postern.worker.js';

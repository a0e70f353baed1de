// What a signed-in user can do here: renew, call the API, and break the server to see what happens.
import { clearProblem, log, make, showProblem } from '/messages.js';
import { showJSON } from '/session.js';

const byId = (id) => document.getElementById(id);

/** Runs f when the button is pressed, one press at a time. Disabling the button meanwhile would take the focus from it. */
export function onPress(id, f) {
  const button = byId(id);
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    clearProblem();
    try {
      await f(button);
    } catch (error) {
      showProblem(error);
    } finally {
      button.removeAttribute('aria-busy');
    }
  });
}

/** Makes the buttons of a running client work. */
export function wireActions(client, config) {
  byId('faults').hidden = !config.faults; // a server may be started without them
  const faults = config.faults && wireFaults(config.faults);
  onPress('renew', async () => {
    try {
      await client.getTokenSilently({ cacheMode: 'off' });
    } catch (error) {
      log('page', `renewal refused: ${error.code}${error.retryable ? ', may be tried again' : ''}`);
      throw error;
    } finally {
      faults?.report();
    }
  });
  onPress('call-api', () => callAPI(client, `${config.audience}/me`));
  client.on('session', ({ user }) => { if (!user) forgetAnswer(); });
  forgetAnswer();
  // A rotation in the background may have met a fault that was waiting for it.
  if (faults) client.on('token', faults.report);
}

/** What the API said was for the user who has left. */
function forgetAnswer() {
  byId('api-status').textContent = 'Not called yet';
  delete byId('api-status').dataset.ok;
  showJSON(byId('api-body'), undefined, 'Its answer goes here.');
}

async function callAPI(client, url) {
  const status = byId('api-status');
  const token = await client.getTokenSilently();
  const started = performance.now();
  let response;
  try {
    response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  } catch (error) {
    throw { code: 'network', error_description: `The API at ${new URL(url).origin} doesn’t answer: ${error.message}` };
  }
  const body = await response.json().catch(() => undefined);
  const took = Math.round(performance.now() - started);
  status.textContent = `${response.status} ${response.ok ? 'OK' : reason(response)}`;
  status.dataset.ok = response.ok;
  showJSON(byId('api-body'), body, 'The answer is no JSON.');
  log('page', `the API answered ${response.status} in ${took} ms`);
}

/** What a challenge says (RFC 6750 section 3), in the words of its sender. */
const reason = (response) => /error_description="([^"]*)"/.exec(response.headers.get('WWW-Authenticate'))?.[1] ?? response.statusText;

/** The server's fault switches. Returns what shows their state. */
function wireFaults(url) {
  const ask = async (init) => {
    const response = await fetch(url, { ...init, cache: 'no-store' }).catch((error) => {
      throw { code: 'network', error_description: `The fault switches don’t answer: ${error.message}` };
    });
    if (!response.ok) throw { code: 'network', error_description: `The fault switches answered ${response.status}.` };
    show(await response.json());
  };
  for (const button of byId('faults').querySelectorAll('button[data-fault]')) {
    onPress(button.id, async () => {
      // JSON, because that takes a preflight: no foreign page can press these.
      await ask({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ fault: button.dataset.fault }) });
      log('page', `fault: ${button.textContent.toLowerCase()}`);
    });
  }
  const report = () => ask().catch(() => {}); // an extra; whoever needs the server hears of its absence
  report();
  return { report };
}

function show({ armed, ledger }) {
  byId('armed').textContent = armed.length ? `Waits for the next token request: ${armed.join('; ')}` : '';
  const { codeExchanges, refreshes, revocations, maxUses } = ledger;
  byId('ledger').replaceChildren(...Object.entries({
    'Sign-ins the server has seen': codeExchanges, Renewals: refreshes, Revocations: revocations, 'Most uses of one refresh token': maxUses,
  }).map(([name, count]) => make('div', {}, make('dt', {}, name), make('dd', {}, String(count)))));
}

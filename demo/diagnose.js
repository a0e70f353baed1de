// The button "Diagnose": what the SDK finds out about itself and its surroundings.
import { onPress } from '/actions.js';
import { log, make } from '/messages.js';

const byId = (id) => document.getElementById(id);

export function wireDiagnose(client) {
  byId('diagnose').disabled = false;
  onPress('diagnose', async () => {
    const { ok, checks, trace } = await client.diagnose();
    const wrong = checks.filter((check) => !check.ok).length;
    byId('diagnosis-summary').textContent = ok ? `All ${checks.length} checks are well.` : `${wrong} of ${checks.length} checks found something to change.`;
    byId('diagnosis').replaceChildren(...checks.map(({ name, ok: well, detail, hint }) => make('li', { 'data-ok': String(well) },
      make('b', {}, `${name}: ${well ? 'well' : 'wrong'}`), make('span', {}, hint ? `${detail} ${hint}` : detail))));
    byId('trace').textContent = trace.join('\n');
    log('page', `diagnosed: ${ok ? 'all is well' : `${wrong} to change`}`);
  });
}

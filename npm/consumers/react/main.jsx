// The React application of postern/react's tests. It counts what the provider is told of and who listens to its client.
import { StrictMode, Suspense, use, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Client } from 'postern';
import { PosternProvider, usePostern } from 'postern/react';

const { issuer, clientId, audience } = await (await fetch('/config.json')).json();
const client = new Client({
  issuer, clientId, cacheLocation: 'localstorage', authorizationParams: { audience, redirect_uri: location.origin + '/', scope: 'openid profile email read:messages' },
});

const seen = window.seen = { suspended: 0, statuses: [], returned: [], listening: 0 };
const on = client.on.bind(client);
client.on = (event, listener) => {
  const stop = on(event, listener);
  seen.listening++;
  return () => { seen.listening--; stop(); };
};

function Waiting() {
  seen.suspended++;
  return <p id="waiting">…</p>;
}

function Who() {
  const { ready, user, error, status, isAuthenticated, login, logout, getToken } = usePostern();
  use(ready);
  seen.statuses.push(status);
  const [answer, setAnswer] = useState('');
  const ask = async () => {
    const response = await fetch(`${audience}/me`, { headers: { Authorization: `Bearer ${await getToken()}` } });
    setAnswer((await response.json()).sub);
  };
  if (error) return <p id="who">failed: {error.code}</p>;
  return (
    <>
      <p id="who">{isAuthenticated ? user.name : 'nobody'}</p>
      <p id="answer">{answer}</p>
      <button id="in" onClick={() => login({ appState: { returnTo: '/#there' } })}>Sign in</button>
      <button id="fragment" onClick={() => login({ appState: { returnTo: '/#here' }, authorizationParams: { response_mode: 'fragment' } })}>Sign in by the fragment</button>
      <button id="refused" onClick={() => login({ authorizationParams: { prompt: 'none' } })}>Sign in without asking</button>
      <button id="ask" onClick={ask}>Ask</button>
      <button id="out" onClick={() => logout({ logoutParams: { returnTo: location.origin + '/' } })}>Sign out</button>
    </>
  );
}

function Status() {
  return <p id="status">{usePostern().status}</p>;
}

const root = createRoot(document.getElementById('root'));
window.unmount = () => root.unmount();
// A boundary outside of the provider as well: what is thrown away then includes the provider itself.
root.render(
  <StrictMode>
    <Suspense fallback={<Waiting />}>
      <PosternProvider client={client} onRedirectCallback={(result) => { seen.returned.push(result.appState); history.replaceState(null, '', result.appState.returnTo); }}>
        <Status />
        <Who />
      </PosternProvider>
    </Suspense>
  </StrictMode>,
);

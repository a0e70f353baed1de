import React, { useEffect, useState } from 'react';
import { useAuth0 } from '@auth0/auth0-react';
import { AuthenticationError } from 'how';

export function App({ audience }) {
  const { isLoading, error, user, loginWithRedirect, logout, getAccessTokenSilently } = useAuth0();
  const [answer, setAnswer] = useState('');
  const [failed, setFailed] = useState();
  useEffect(() => {
    if (!user) return;
    (async () => {
      const response = await fetch(`${audience}/me`, { headers: { Authorization: `Bearer ${await getAccessTokenSilently()}` } });
      setAnswer((await response.json()).sub);
    })().catch(setFailed);
  }, [user, audience, getAccessTokenSilently]);
  const wrong = error ?? failed;
  // Whoever is signed in is named when the API has answered them.
  const who = wrong ? `failed: ${wrong.error}: ${wrong instanceof AuthenticationError ? wrong.appState?.returnTo : wrong.message}` : isLoading || (user && !answer) ? '' : user ? user.name : 'nobody';
  return <>
    <p id="who">{who}</p>
    <p id="answer">{answer}</p>
    <button id="in" onClick={() => loginWithRedirect({ appState: { returnTo: '/' } })}>Sign in</button>
    <button id="out" onClick={() => logout({ logoutParams: { returnTo: location.origin + '/' } })}>Sign out</button>
  </>;
}

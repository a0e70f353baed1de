// The application that every tool builds: it says who is signed in and what the API answers them, and lets them in and out.
const show = (id, text) => { document.getElementById(id).textContent = text; };

export async function start(createClient) {
  try {
    const { issuer, clientId, audience } = await (await fetch('/config.json')).json();
    const client = await createClient({ issuer, clientId, authorizationParams: { audience, redirect_uri: location.origin + '/', scope: 'openid profile email read:messages' } });
    document.getElementById('in').onclick = () => client.loginWithRedirect();
    document.getElementById('out').onclick = () => client.logout({ logoutParams: { returnTo: location.origin + '/' } });
    if (new URLSearchParams(location.search).has('state')) await client.handleRedirectCallback();
    const user = await client.getUser();
    if (user) {
      const response = await fetch(`${audience}/me`, { headers: { Authorization: `Bearer ${await client.getTokenSilently()}` } });
      show('answer', (await response.json()).sub);
    }
    document.getElementById('answer').onclick = async () => show('answer', (await client.fetchUserInfo()).email); // few pages do, and so it takes the full module
    show('who', user ? user.name : 'nobody');
  } catch (error) {
    show('who', `failed: ${error.code}: ${error.message}`);
    throw error;
  }
}

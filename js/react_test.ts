// An example of every name of postern/react, for tsc to check. Nothing here runs.
import { createElement, use } from 'react';
import { AuthError, Client, type SessionSnapshot } from 'postern';
import { PosternProvider, usePostern, type PosternProviderProps, type PosternState } from 'postern/react';

const client = new Client({ issuer: 'https://login.example.com/', clientId: 'id' });
const props: PosternProviderProps = { client, onRedirectCallback: ({ appState, signedOut }) => { void appState.returnTo; void signedOut; } };

function Profile() {
  const state: PosternState = usePostern();
  use(state.ready);
  const { user, session, error, status, isAuthenticated, login, loginWithPopup, logout, getToken } = usePostern<{ sub: string; team: string }>();
  const failed: AuthError | undefined = error;
  const snapshot: SessionSnapshot | undefined = session;
  if (status === 'loading' || status === 'recovering') return snapshot?.generation ?? null;
  // @ts-expect-error there is no such status
  if (status === 'signing-in') return null;
  // @ts-expect-error nobody may be signed in
  user.team;
  const token = async (): Promise<string> => getToken({ authorizationParams: { scope: 'read' } });
  const act = async () => { await login({ appState: { returnTo: '/' } }); await loginWithPopup({}, { timeoutInSeconds: 60 }); await logout(); await token(); };
  return createElement('button', { onClick: act }, isAuthenticated ? user?.team : failed?.code);
}

createElement(PosternProvider, props, createElement(Profile));
createElement(PosternProvider, { client, children: 'text' });
// @ts-expect-error a client is what it is about
createElement(PosternProvider, {});
// @ts-expect-error made outside of components, not by it
createElement(PosternProvider, { options: { issuer: 'https://login.example.com/', clientId: 'id' } });

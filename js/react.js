'use client';
// postern/react: a client as React sees it. The client is made outside of components and belongs to whoever made it, so nothing here is made twice by
// StrictMode, lost by Suspense, or left open by an unmount.
import { createContext, createElement, useContext, useEffect, useSyncExternalStore } from 'react';

const Context = createContext(undefined);

/** Whether the page's address is an answer to a login. A fragment is as often the application's own, so one that is an answer has all of it. */
const answered = () => {
  const fragment = new URLSearchParams(location.hash.slice(1));
  return /[?&](state|response)=/.test(location.search) || fragment.has('state') && (fragment.has('code') || fragment.has('error'));
};

/** One a client, and not one a component: React renders twice, throws trees away that were never mounted, and begins again. */
const started = new WeakMap();

function start(client) {
  if (!client?.session) throw new Error('PosternProvider wants a client, made outside of components: const client = new Client({ issuer, clientId })');
  if (started.has(client)) return started.get(client);

  const restore = async () => {
    if (typeof document === 'undefined') return undefined; // on a server nobody is signed in
    let result, error;
    try {
      if (answered()) result = await client.handleRedirectCallback();
    } catch (e) {
      error = e;
    }
    try {
      await client.isAuthenticated(); // reads what is stored; a login that failed ends no session that was there
    } catch (e) {
      error ??= e;
    }
    state = known(client.session(), error);
    return result;
  };
  const returned = restore();
  const ready = returned.then(() => {});

  const verbs = {
    client,
    ready,
    login: (options) => client.loginWithRedirect(options),
    loginWithPopup: (options, config) => client.loginWithPopup(options, config),
    logout: (options) => client.logout(options),
    getToken: (options) => client.getTokenSilently(options),
  };
  const known = (session, error) => ({ ...verbs, session, error, status: session.status, user: session.user, isAuthenticated: session.status !== 'signed-out' });
  // What a server renders, and the browser first, so that the two agree.
  const loading = { ...verbs, session: undefined, error: undefined, status: 'loading', user: undefined, isAuthenticated: false };
  let state = loading;

  const it = {
    returned,
    told: false,
    subscribe(changed) {
      const stop = client.on('session', changed);
      ready.then(changed);
      return stop;
    },
    read() {
      const session = client.session();
      if (state !== loading && session !== state.session) state = known(session, session.status === 'signed-out' ? state.error : undefined);
      return state;
    },
    loading: () => loading,
  };
  started.set(client, it);
  return it;
}

export function PosternProvider({ client, onRedirectCallback, children }) {
  const it = start(client);
  useEffect(() => {
    let mounted = true;
    it.returned.then((result) => {
      if (!result || !mounted || it.told || !onRedirectCallback) return;
      it.told = true;
      onRedirectCallback(result);
    });
    return () => { mounted = false; };
  }, [it, onRedirectCallback]);
  return createElement(Context.Provider, { value: it }, children);
}

/** Reads the client and not what the provider has rendered, which is older where a component goes on after use(ready). */
export function usePostern() {
  const it = useContext(Context);
  if (!it) throw new Error('usePostern() is for components inside of a PosternProvider');
  return useSyncExternalStore(it.subscribe, it.read, it.loading);
}

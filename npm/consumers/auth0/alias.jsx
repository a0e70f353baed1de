// auth0-react, whose @auth0/auth0-spa-js is postern/auth0 by vite.config.js. Nothing here says so.
import React from 'react';
import { Auth0Provider } from '@auth0/auth0-react';

export { AuthenticationError } from '@auth0/auth0-react';

export function Provider({ options, children }) {
  return <Auth0Provider {...options}>{children}</Auth0Provider>;
}

// auth0-react as it is published, with a client that isn't its own.
import React, { useState } from 'react';
import { Auth0Provider } from '@auth0/auth0-react';
import { Auth0Client } from 'postern/auth0';

export { AuthenticationError } from 'postern/auth0'; // auth0-react's own is another class

export function Provider({ options, children }) {
  const [client] = useState(() => new Auth0Client(options));
  return <Auth0Provider client={client}>{children}</Auth0Provider>;
}

import React, { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Provider } from 'how';
import { App } from './app.jsx';

const { issuer, clientId, audience } = await (await fetch('/config.json')).json();
const options = { domain: issuer, clientId, authorizationParams: { audience, redirect_uri: location.origin + '/', scope: 'openid profile email read:messages' } };

createRoot(document.getElementById('root')).render(<StrictMode><Provider options={options}><App audience={audience} /></Provider></StrictMode>);

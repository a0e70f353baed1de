// auth0-spa-js's error classes. Each is an AuthError too, so that code and retryable are there for whoever moves on to them.
import { AuthError } from './postern.js';

const made = (error, error_description) => ({ code: 'internal', error, error_description, message: error_description });

export class GenericError extends AuthError {
  constructor(error, error_description) { super(made(error, error_description)); }
  static fromPayload({ error, error_description }) { return new GenericError(error, error_description); }
}

export class InvalidConfigurationError extends GenericError {
  constructor(message, suggestion) {
    super('invalid_configuration', `${message} ${suggestion}`);
    this.code = 'config_invalid';
    this.suggestion = suggestion;
  }
}

export class AuthenticationError extends GenericError {
  constructor(error, error_description, state, appState = null) {
    super(error, error_description);
    Object.assign(this, { state, appState });
  }
}

export class ConnectError extends GenericError {
  constructor(error, error_description, connection, state, appState = null) {
    super(error, error_description);
    Object.assign(this, { connection, state, appState });
  }
}

export class TimeoutError extends GenericError {
  constructor() { super('timeout', 'Timeout'); }
}

export class PopupTimeoutError extends TimeoutError {
  constructor(popup) {
    super();
    this.popup = popup;
  }
}

export class PopupCancelledError extends GenericError {
  constructor(popup) {
    super('cancelled', 'Popup closed');
    this.popup = popup;
  }
}

export class PopupOpenError extends GenericError {
  constructor() { super('popup_open', 'Unable to open a popup for loginWithPopup - window.open returned `null`'); }
}

export class MfaRequiredError extends GenericError {
  constructor(error, error_description, mfa_token, mfa_requirements) {
    super(error, error_description);
    Object.assign(this, { mfa_token, mfa_requirements });
  }
}

const about = (audience, scope, missing = '') => `(audience: '${audience && audience !== 'default' ? audience : ''}', ${missing}scope: '${scope || ''}')`;

export class MissingRefreshTokenError extends GenericError {
  constructor(audience, scope) {
    super('missing_refresh_token', `Missing Refresh Token ${about(audience, scope)}`);
    Object.assign(this, { audience, scope });
  }
}

export class MissingScopesError extends GenericError {
  constructor(audience, scope) {
    super('missing_scopes', `Missing requested scopes after refresh ${about(audience, scope, 'missing ')}`);
    Object.assign(this, { audience, scope });
  }
}

export class UseDpopNonceError extends GenericError {
  constructor(newDpopNonce) {
    super('use_dpop_nonce', 'Server rejected DPoP proof: wrong nonce');
    this.newDpopNonce = newDpopNonce;
  }
}

// Of what only Auth0 has. Nothing here throws them; they are there for those who name them in an instanceof or pass them on, as auth0-react does.
export class MfaError extends GenericError {}
export class MfaListAuthenticatorsError extends MfaError {}
export class MfaEnrollmentError extends MfaError {}
export class MfaChallengeError extends MfaError {}
export class MfaVerifyError extends MfaError {}
export class MfaEnrollmentFactorsError extends MfaError {}
export class PasskeyError extends GenericError {}
export class PasskeyRegisterError extends PasskeyError {}
export class PasskeyChallengeError extends PasskeyError {}
export class PasskeyGetTokenError extends PasskeyError {}
export class MyAccountApiError extends GenericError {}
export class AnonymousSessionError extends GenericError {}

/** What the provider answered a redirect with, which has a class of its own there. */
const ANSWERED = /^(access_denied|authorization_failed|(login|interaction|consent|account_selection)_required)$/;

/** context is what the call was about: url, popup, audience and scope. */
const chosen = (e, { url, popup, audience, scope }) => {
  switch (e.code) {
    case 'timeout': return new TimeoutError();
    case 'popup_timeout': return new PopupTimeoutError(popup);
    case 'popup_closed': return new PopupCancelledError(popup);
    case 'popup_blocked': return new PopupOpenError();
    // The page never sees an MFA token: the user answers at the provider, by a login.
    case 'mfa_required': return new MfaRequiredError(e.error, e.error_description, '', {});
    case 'missing_refresh_token': return new MissingRefreshTokenError(audience, scope);
    case 'missing_scopes': return new MissingScopesError(audience, scope);
    case 'transaction_expired':
    case 'callback_replayed': return new GenericError('missing_transaction', 'Invalid state');
    case 'state_mismatch': return new GenericError('state_mismatch', 'Invalid state');
    case 'config_invalid': return new InvalidConfigurationError(e.error_description, '');
  }
  if (e.error === 'use_dpop_nonce') return new UseDpopNonceError(undefined);
  if (url && ANSWERED.test(e.code)) return new AuthenticationError(e.error, e.error_description, new URL(url, location.href).searchParams.get('state'), e.appState);
  return new GenericError(e.error, e.error_description || e.code);
};

/** An AuthError as auth0-spa-js's class, with the code and retryable it had; it is the cause. Everything else stays as it is. */
export const translated = (e, context = {}) => {
  if (!(e instanceof AuthError) || e instanceof GenericError) return e;
  const { code, retryable, appState, authorizationParams } = e;
  return Object.assign(chosen(e, context), { code, retryable, cause: e }, appState !== undefined && { appState }, authorizationParams && { authorizationParams });
};

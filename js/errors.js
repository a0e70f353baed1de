/** The one error class of the API. Its code is ours and closed (ErrorCode in index.d.ts); branch on it, never on text. */
export class AuthError extends Error {
  constructor({ code, error, error_description = '', retryable = false, message, appState, authorizationParams }, cause) {
    super(message || `${code}: ${error_description}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.error = error || code;
    this.error_description = error_description;
    this.retryable = retryable;
    if (appState !== undefined) this.appState = appState;
    if (authorizationParams) this.authorizationParams = authorizationParams;
  }
  get name() { return 'AuthError'; }
}

export const fail = (code, error_description, cause, retryable) => new AuthError({ code, error_description, retryable }, cause);

/** JSON is what crosses into the module, so what JSON can't say is refused by name here. */
export const toJSON = (what, value) => {
  try {
    return JSON.stringify(value);
  } catch (e) {
    throw fail('config_invalid', `${what} can't be expressed as JSON: ${e.message}`);
  }
};

/** What was given, and nothing inherited: where a bug in another library let Object.prototype be polluted, that chooses no option and no address. */
export const own = (given) => ({ __proto__: null, ...given });

// postern/react: a client as React (19) sees it.
import type { ReactElement, ReactNode } from 'react';
import type {
  AuthError, Client, GetTokenSilentlyOptions, LogoutOptions, PopupConfigOptions, PopupLoginOptions, RedirectLoginOptions, RedirectLoginResult,
  SessionSnapshot, User,
} from './index.js';

export interface PosternProviderProps {
  /** Made once, outside of components: `new Client(options)`. It belongs to whoever made it; unmounting doesn't close it. */
  client: Client;
  /** Told once of each redirect that was finished here, for a router to go to `appState`. Without it the page stays where it is. */
  onRedirectCallback?: (result: RedirectLoginResult<any>) => void;
  children?: ReactNode;
}

/** Finishes a redirect, if the page is the end of one, and restores the session: once for a client, however often React renders. */
export function PosternProvider(props: PosternProviderProps): ReactElement;

/** The session, and what may be done with it. The component renders again whenever the session changes, here or in another tab. */
export function usePostern<U extends User = User>(): PosternState<U>;

export interface PosternState<U extends User = User> {
  client: Client;
  /** `loading` until the session is restored, and on a server. */
  status: 'loading' | SessionSnapshot['status'];
  isAuthenticated: boolean;
  user?: U;
  /** Not there while `loading`. */
  session?: SessionSnapshot;
  /** What finishing the redirect or restoring failed with, until somebody signs in. A verb's failure is its caller's: the promise rejects. */
  error?: AuthError;
  /** Resolves when the status isn't `loading` any more, and never rejects: `use(ready)` suspends a component until then. */
  ready: Promise<void>;
  login<S = unknown>(options?: RedirectLoginOptions<S>): Promise<void>;
  /** Call it in the handler of a click, before anything is awaited. */
  loginWithPopup(options?: PopupLoginOptions, config?: PopupConfigOptions): Promise<void>;
  logout(options?: LogoutOptions): Promise<void>;
  getToken(options?: GetTokenSilentlyOptions & { detailedResponse?: false }): Promise<string>;
}

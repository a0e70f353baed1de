// What a server sends: rendered without a window, with nothing thrown and nothing waited for without end.
import { createElement, Suspense, use } from 'react';
import { prerenderToNodeStream } from 'react-dom/static';
import { Client } from 'postern';
import { PosternProvider, usePostern } from 'postern/react';

const client = new Client({ issuer: 'https://login.example.com/', clientId: 'id' });
function Who() {
  const { ready, status } = usePostern();
  use(ready);
  return status;
}
const { prelude } = await prerenderToNodeStream(
  createElement(PosternProvider, { client }, createElement(Suspense, { fallback: 'waiting' }, createElement('p', null, createElement(Who)))),
  { onError(error) { throw error; } },
);
prelude.pipe(process.stdout);

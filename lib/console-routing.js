// CloudFront runs this before its cache, for all requests except those for assets. It chooses the
// file for a request in the same way as the server of `npm start` (local/console/serve-console.ts);
// a test compares both.

/** Files that browsers may request by name: no pages, and nothing outside the build's folder. */
const FILE = /^\/[\w-][\w.-]*\.(css|js|json|svg|ttf|woff2)$/;

const NOT_FOUND = {
  statusCode: 404,
  statusDescription: 'Not Found',
  headers: {
    'content-type': { value: 'text/plain; charset=utf-8' },
    'cache-control': { value: 'no-cache' },
  },
  body: 'There is nothing here.\n',
};

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
  const request = event.request;
  const accept = request.headers.accept;
  const wantsPage = accept !== undefined && accept.value.indexOf('text/html') >= 0;
  if (request.uri === '/graphql') {
    if (!wantsPage) return NOT_FOUND;
    request.uri = '/graphiql.html';
  } else if (!FILE.test(request.uri)) {
    if (request.uri !== '/' && !wantsPage) return NOT_FOUND;
    request.uri = '/index.html';
  }
  return request;
}
